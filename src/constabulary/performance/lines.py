"""The lines that stand beside a chart of months: rolling twelve months, and the same month of the year before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constabulary.performance.periods import parse_periods

MONTHS = 12


@dataclass(frozen=True)
class Lines:
    """What stands beside each period of a chart, None where it cannot be said.

    Parameters
    ----------
    rolling_12
        The twelve months up to the period: their sum for counts and hours, or for shares all that was counted divided
        by all it was counted out of [unit of the measure].
    last_year
        The same month a year before [unit of the measure].
    """

    rolling_12: tuple[float | None, ...]
    last_year: tuple[float | None, ...]


def lines_of(
    periods: Sequence[str], counted: Sequence[float | None], out_of: Sequence[float | None] | None = None
) -> Lines:
    """Work out the lines of a series by month; other periods have none.

    Parameters
    ----------
    periods
        Names of the periods in order, missing ones too.
    counted
        What was counted in each [any unit], None where it is missing.
    out_of
        What it was counted out of; None for plain counts.

    Examples
    --------
    >>> lines_of([f"2023-{no:02}" for no in range(1, 13)], [1.0] * 12).rolling_12[-1]
    12.0
    """
    parsed = parse_periods(periods)
    if any(period.unit != "month" or period.is_rolling for period in parsed):
        nothing = (None,) * len(periods)
        return Lines(nothing, nothing)
    above = _held(parsed_numbers := [period.number for period in parsed], counted)
    below = _held(parsed_numbers, out_of) if out_of is not None else None
    return Lines(
        tuple(_rolling(number, above, below) for number in parsed_numbers),
        tuple(_value(number - MONTHS, above, below) for number in parsed_numbers),
    )


def _held(numbers: Sequence[int], values: Sequence[float | None]) -> dict[int, float]:
    return {number: value for number, value in zip(numbers, values, strict=True) if value is not None}


def _rolling(number: int, above: Mapping[int, float], below: Mapping[int, float] | None) -> float | None:
    months = range(number - MONTHS + 1, number + 1)
    if not all(month in above and (below is None or month in below) for month in months):
        return None
    total = sum(above[month] for month in months)
    if below is None:
        return total
    whole = sum(below[month] for month in months)
    return total / whole if whole else None


def _value(number: int, above: Mapping[int, float], below: Mapping[int, float] | None) -> float | None:
    if number not in above or (below is not None and not below.get(number)):
        return None
    return above[number] if below is None else above[number] / below[number]
