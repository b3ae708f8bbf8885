"""Typed-in and imported figures as series: one value a period, the latest known; earlier ones are kept as revisions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from constabulary.performance.periods import label_of
from constabulary.performance.series import Series

CHARTED = ("total", "share", "mean_each", "rate", "as_at", "mean_per_month", "mean_per_day")
"""Bases whose figures make a series, the most telling first; peaks and growth do not."""
KINDS = ("month", "quarter", "financial_year", "year", "rolling_12", "other")
"""What one figure may cover, the finest first."""
LONGEST_GAP_DAYS = 370
"""Between the ends of two neighbours lies no more: a year, for figures by the year, or eleven missing months."""
_LENGTH_MONTHS = {1: "month", 3: "quarter"}
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_NUMBERS: Mapping[str, Callable[[date], int]] = {
    "month": lambda end: end.year * 12 + end.month - 1,
    "quarter": lambda end: end.year * 4 + (end.month - 1) // 3,
    "financial_year": lambda end: end.year - 1,
    "year": lambda end: end.year,
    "rolling_12": lambda end: end.year * 12 + end.month - 1,
}
"""How the last day of a period of a kind becomes a number that grows by one a period."""


@dataclass(frozen=True)
class Observation:
    """One figure as a document or an import has it.

    Parameters
    ----------
    series
        What it is of, see `measure.series_name`.
    start_on, end_on
        First and last day of its period.
    value
        The figure [unit].
    unit, basis
        As in volumes.
    known
        When it was published or imported, as text that sorts: 2018, 2018-05 or 2018-05-31.
    origin
        The document, or the import.
    where
        The page or row in it.
    bound
        about, over, under, or None where exact.
    note
        What a reader should know.
    places
        Decimal places it was given with.
    """

    series: str
    start_on: date
    end_on: date
    value: float
    unit: str
    basis: str
    known: str
    origin: str
    where: str
    bound: str | None = None
    note: str | None = None
    places: int = 0

    @cached_property
    def kind(self) -> str:
        """What it covers, one of `KINDS`."""
        return kind_of(self.start_on, self.end_on)

    @cached_property
    def label(self) -> str:
        """Its period by name."""
        return period_label(self.start_on, self.end_on)


@dataclass(frozen=True)
class ObservedSeries:
    """The figures of one series that can stand side by side, one a period.

    Parameters
    ----------
    unit, basis, kind
        What they have in common.
    points
        One a period, in order; the latest known.
    revised
        Earlier figures for the same periods that a later document or import changed.
    """

    unit: str
    basis: str
    kind: str
    points: tuple[Observation, ...]
    revised: tuple[Observation, ...]


def kind_of(start_on: date, end_on: date) -> str:
    """Return what a period covers, one of `KINDS`.

    Examples
    --------
    >>> kind_of(date(2018, 1, 1), date(2018, 1, 31)), kind_of(date(2018, 5, 1), date(2019, 4, 30))
    ('month', 'rolling_12')
    """
    n_months = _n_months(start_on, end_on)
    if n_months is None:
        return "other"
    if n_months == 12:
        return {1: "year", 4: "financial_year"}.get(start_on.month, "rolling_12")
    if n_months == 3 and start_on.month % 3 != 1:
        return "other"
    return _LENGTH_MONTHS.get(n_months, "other")


def period_label(start_on: date, end_on: date) -> str:
    """Return the name of a period, as this package writes periods.

    Examples
    --------
    >>> period_label(date(2017, 4, 1), date(2018, 3, 31)), period_label(date(2018, 5, 1), date(2019, 4, 30))
    ('2017/18', '12 months to Apr 2019')
    """
    kind = kind_of(start_on, end_on)
    if kind == "month":
        return label_of("month", start_on.year * 12 + start_on.month - 1)
    if kind == "quarter":
        return label_of("quarter", start_on.year * 4 + (start_on.month - 1) // 3)
    if kind in ("year", "financial_year"):
        return label_of(kind, start_on.year)
    if kind == "rolling_12":
        return f"12 months to {_MONTH_NAMES[end_on.month - 1]} {end_on.year}"
    return f"{start_on.isoformat()} to {end_on.isoformat()}" if start_on != end_on else end_on.isoformat()


def series_of(observations: Iterable[Observation]) -> ObservedSeries | None:
    """Return the figures of a series that can stand side by side; None where none make a series.

    Of several bases, units and kinds of period the one with the most periods counts; of as many, the one that ends
    last, then the finer kind of period and the basis that stands first in `CHARTED`. Where a period has several
    figures, that of the latest document or import counts, and of one document the first.

    Parameters
    ----------
    observations
        Figures of one series.
    """
    held = [one for one in observations if one.basis in CHARTED]
    if not held:
        return None
    ends: dict[tuple[str, str, str], set[date]] = {}
    for one in held:
        ends.setdefault((one.unit, one.basis, one.kind), set()).add(one.end_on)
    unit, basis, kind = max(
        ends,
        key=lambda key: (
            len(ends[key]),
            max(ends[key]),
            -KINDS.index(key[2]),
            -CHARTED.index(key[1]),
            key[0],
        ),
    )
    alike = [one for one in held if (one.unit, one.basis, one.kind) == (unit, basis, kind)]
    latest: dict[tuple[date, date], Observation] = {}
    for one in alike:
        period = (one.end_on, one.start_on)
        if period not in latest or one.known > latest[period].known:
            latest[period] = one
    points = tuple(latest[period] for period in sorted(latest))
    revised = tuple(
        one
        for one in alike
        if one.known < (now := latest[(one.end_on, one.start_on)]).known and one.value != now.value
    )
    return ObservedSeries(unit, basis, kind, points, revised)


def chart_series(
    kind: str, ends: Sequence[date], labels: Sequence[str], values: Sequence[float | None]
) -> Series:
    """Return figures as a series to be charted.

    The name of a financial year such as 2010/11 is also that of a month, so periods are told by their days here.

    Parameters
    ----------
    kind
        What each period is, one of `KINDS`.
    ends
        Last day of each period, in order.
    labels, values
        Names and figures [any unit]; None where a period has no figure.
    """
    number_of = _NUMBERS.get(kind)
    numbers = [number_of(end) if number_of else no for no, end in enumerate(ends)]
    kept = [no for no, value in enumerate(values) if value is not None]
    known = dict(zip(numbers, labels, strict=True))
    held = [numbers[no] for no in kept]
    gaps = range(held[0], held[-1]) if held and number_of else ()
    unit = {"rolling_12": "month", "other": "label"}.get(kind, kind)
    return Series(
        labels=tuple(labels[no] for no in kept),
        values=tuple(value for value in values if value is not None),
        unit=unit,
        numbers=tuple(held),
        missing=tuple(known.get(no) or label_of(unit, no) for no in gaps if no not in set(held)),
        is_rolling=kind == "rolling_12",
    )


def after_gap(ends: Sequence[date], values: Sequence[float | None]) -> int:
    """Return the place of the first figure after the last gap of a year or more; 0 where there is none.

    Figures on either side of so long a gap are no neighbours: their difference says nothing of how a process varies.

    Parameters
    ----------
    ends
        Last day of each period, in order.
    values
        Figures [any unit], None where a period has none.

    Examples
    --------
    >>> after_gap([date(2018, 10, 31), date(2018, 11, 30), date(2024, 3, 31), date(2024, 4, 30)], [5, 6, 7, 8])
    2
    """
    held = [no for no, value in enumerate(values) if value is not None]
    for before, after in reversed(list(itertools.pairwise(held))):
        if (ends[after] - ends[before]).days > LONGEST_GAP_DAYS:
            return after
    return 0


def agree(one: Observation, other: Observation) -> bool:
    """Tell whether two figures are the same as far as the coarser was printed.

    Examples
    --------
    30.4% and 30% agree; 85.1% and 85.7% do not.

    >>> from dataclasses import replace
    >>> a = Observation("s", date(2018, 1, 1), date(2018, 1, 31), 0.304, "share", "share", "2018", "a", "", places=3)
    >>> agree(a, replace(a, value=0.3, places=2)), agree(a, replace(a, value=0.31, places=2))
    (True, False)
    """
    places = min(one.places, other.places)
    return round(one.value, places) == round(other.value, places)


def two_values(
    observations: Sequence[Observation],
) -> tuple[tuple[Observation, Observation], ...]:
    """Return pairs of figures of one quantity and one period that do not agree, in the order they stand.

    Parameters
    ----------
    observations
        Figures of any series.
    """
    first: dict[tuple[object, ...], list[Observation]] = {}
    pairs = []
    for one in observations:
        key = (one.series, one.unit, one.basis, one.start_on, one.end_on)
        for earlier in first.get(key, []):
            if not agree(earlier, one):
                pairs.append((earlier, one))
                break
        first.setdefault(key, []).append(one)
    return tuple(pairs)


def overlap_share(one: Observation, other: Observation) -> float:
    """Return how much of the shorter period two figures share, 0 to 1."""
    begin, end = max(one.start_on, other.start_on), min(one.end_on, other.end_on)
    days = (end - begin).days + 1
    shorter = min((o.end_on - o.start_on).days + 1 for o in (one, other))
    return max(0.0, days / shorter)


def _n_months(start_on: date, end_on: date) -> int | None:
    """Return how many whole months a period has; None where it does not begin and end with one."""
    after = end_on + timedelta(days=1)
    if start_on.day != 1 or after.day != 1:
        return None
    return (after.year - start_on.year) * 12 + after.month - start_on.month
