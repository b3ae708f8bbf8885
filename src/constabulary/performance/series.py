"""A series of values by period, read from a `period,value` file and checked: every problem at once, with its line."""

from __future__ import annotations

import itertools
import math
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from constabulary.core.errors import BadInput, Problem
from constabulary.performance.columns import parse_number, read_rows
from constabulary.performance.periods import Period, label_of, months_of_days, parse_period, parse_periods


@dataclass(frozen=True)
class Series:
    """Values in the order of their periods.

    Parameters
    ----------
    labels
        The periods that have a value, as written.
    values
        Their values [any unit].
    unit
        What the periods are: month, quarter, year, financial_year, week, day or label.
    numbers
        Their numbers, one apart where nothing is missing; places in the row for labels.
    missing
        Periods between the first and the last without a value.
    is_rolling
        Whether the periods are said to cover twelve months each.
    """

    labels: tuple[str, ...]
    values: tuple[float, ...]
    unit: str
    numbers: tuple[int, ...]
    missing: tuple[str, ...] = ()
    is_rolling: bool = False

    def place(self, label: str, option: str) -> int:
        """Return the place of a period in the series.

        Parameters
        ----------
        label
            The period, as written in the series or in any other way that names it.
        option
            Who asks; named in the error.

        Raises
        ------
        BadInput
            If the series has no value for that period.
        """
        if label.strip() in self.labels:
            return self.labels.index(label.strip())
        period = parse_period(label)
        if period.unit == self.unit != "label" and period.number in self.numbers:
            return self.numbers.index(period.number)
        raise BadInput(
            Problem(
                "unknown_period",
                f'there is no value for the period "{label}".',
                column=option,
                expected=f"a period from {self.labels[0]} to {self.labels[-1]}" if self.labels else None,
            )
        )


def read_series(text: str, file: str) -> Series:
    r"""Return the series in a CSV text with the columns period and value; other columns are left alone.

    Parameters
    ----------
    text
        The file's text.
    file
        Its name, for messages.

    Raises
    ------
    BadInput
        If the columns are not there, or a row breaks a rule; all problems at once. An empty value is no problem: the
        period is missing.

    Examples
    --------
    >>> read_series("period,value\n2024-01,5\n2024-03,7\n", "calls.csv").missing
    ('2024-02',)
    """
    _, rows = read_rows(text, file, needed=("period", "value"))
    lines = [row.line for row in rows]
    periods, texts = ([row[name] for row in rows] for name in ("period", "value"))
    return _checked(lines, periods, texts, file)


def make_series(values: Sequence[float], periods: Sequence[str] | None = None) -> Series:
    """Return a series of values already at hand.

    Parameters
    ----------
    values
        Values [any unit]; NaN where a period has none.
    periods
        Their periods; 1, 2, 3 ... if there are none.

    Raises
    ------
    BadInput
        As in `read_series`; rows are counted from 1.
    """
    labels = (
        [str(no) for no in range(1, len(values) + 1)]
        if periods is None
        else [str(period) for period in periods]
    )
    if len(labels) != len(values):
        raise BadInput(f"There are {len(values):,} values and {len(labels):,} periods; expected as many.")
    texts = ["" if math.isnan(value) else repr(float(value)) for value in values]
    return _checked(list(range(1, len(texts) + 1)), labels, texts, None)


def _checked(lines: list[int], labels: list[str], texts: list[str], file: str | None) -> Series:
    periods = parse_periods(labels)
    unit, numbers = _placed(periods)
    problems: list[Problem] = []
    values: list[float | None] = []
    first_line: dict[int | str, int] = {}
    latest: int | None = None
    for line, period, number, text in zip(lines, periods, numbers, texts, strict=True):
        key = period.label if unit == "label" else number
        value, fault = _value(text)
        values.append(value)
        if fault:
            problems.append(fault.at(file, line, "value", text))
        if not period.label or key is None:
            expected = (
                "a name" if unit == "label" else f"a {unit.replace('_', ' ')}, as most of the periods are"
            )
            message = (
                "there is no period."
                if not period.label
                else f'"{period.label}" is not a period like the others.'
            )
            problems.append(_Fault("not_a_period", message, expected).at(file, line, "period", period.label))
            continue
        if key in first_line:
            message = f'"{period.label}" stands in row {first_line[key]:,} already.'
            problems.append(
                _Fault("repeated_period", message, "one row a period").at(file, line, "period", period.label)
            )
        elif latest is not None and number is not None and number < latest:
            message = f'"{period.label}" comes after a later period.'
            problems.append(
                _Fault("out_of_order", message, "earliest first").at(file, line, "period", period.label)
            )
        first_line.setdefault(key, line)
        latest = number if latest is None or number is None else max(latest, number)
    if problems:
        raise BadInput(problems)
    at = [no for no, value in enumerate(values) if value is not None]
    kept = tuple(number for no in at if (number := numbers[no]) is not None)
    return Series(
        labels=tuple(periods[no].label for no in at),
        values=tuple(value for value in values if value is not None),
        unit=unit,
        numbers=kept,
        missing=tuple(_missing(unit, kept, [period.label for period in periods])),
        is_rolling=any(period.is_rolling for period in periods),
    )


@dataclass(frozen=True)
class _Fault:
    rule: str
    message: str
    expected: str

    def at(self, file: str | None, row: int, column: str, value: str) -> Problem:
        return Problem(self.rule, self.message, file, row, column, value, self.expected, "Mend the row.")


def _placed(periods: list[Period]) -> tuple[str, list[int | None]]:
    """Return what the periods are and their numbers; None for one that is not what most are."""
    unit = Counter(period.unit for period in periods).most_common(1)[0][0] if periods else "label"
    if unit == "label":
        return unit, list(range(len(periods)))
    numbers = [period.number if period.unit == unit else None for period in periods]
    if unit == "day":
        months = months_of_days([number for number in numbers if number is not None])
        if months is not None:
            rest = iter(months)
            return "month", [None if number is None else next(rest) for number in numbers]
    return unit, numbers


def _value(text: str) -> tuple[float | None, _Fault | None]:
    if not text:
        return None, None
    value = parse_number(text)
    if value is None:
        return None, _Fault(
            "not_a_number", f'"{text}" is not a number.', "a number such as 1234.5, or nothing"
        )
    return value, None


def _missing(unit: str, numbers: tuple[int, ...], labels: list[str]) -> Iterator[str]:
    """Tell the periods between the first and the last that have no value."""
    if unit == "label":
        yield from (label for no, label in enumerate(labels) if no not in numbers)
        return
    gaps = [later - earlier for earlier, later in itertools.pairwise(numbers)]
    # Days may be measured on some days of the week only: a gap is one longer than usual.
    usual = 1.5 * statistics.median(gaps) if unit == "day" and gaps else 1
    for earlier, gap in zip(numbers, gaps, strict=False):
        if gap > usual and unit == "day":
            yield f"{label_of(unit, earlier)} to {label_of(unit, earlier + gap)}"
        elif gap > usual:
            yield from (label_of(unit, number) for number in range(earlier + 1, earlier + gap))
