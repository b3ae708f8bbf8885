"""Works out the figures of a measure: counted from records, added up from positions, or observed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from constabulary.core.errors import NothingThere
from constabulary.cover.visibility import visible
from constabulary.demand.span import DAY, Span, next_month
from constabulary.performance.lines import Lines, lines_of
from constabulary.performance.measure import Measure, Terms
from constabulary.performance.observed import ObservedSeries, series_of
from constabulary.services.cover.kept import kept
from constabulary.services.cover.measure import meanings_of
from constabulary.services.demand.figure import ANY, Question
from constabulary.services.performance.measures import Known
from constabulary.services.workspace.lens import View, noting
from constabulary.tables.aggregate import VALUE, Aggregate, Condition

MOST_ROWS = 200_000
"""Positions that are added up for a summary; more wait until they are asked for, here or on a page about cover."""
LEVELS = ("district", "force")
"""Levels whose visits hold all time in the force's area, that of the pages about cover first."""


@dataclass(frozen=True)
class Values:
    """The figures of a measure, one a period, from one source.

    Parameters
    ----------
    records
        real or synthetic where they were counted, observed where they were typed in, published or imported.
    unit, basis, kind
        Their unit, how they relate to their periods, and what a period is.
    periods, ends
        Names and last days of the periods in order, those without a figure too.
    values
        The figures, None where there is none.
    counted, out_of
        Of counted shares: what was counted, and out of what; None for anything else.
    observed
        The series of observations, where it is one.
    warnings
        What a reader must know.
    queries
        The SQL that was run.
    """

    records: str
    unit: str
    basis: str
    kind: str
    periods: tuple[str, ...]
    ends: tuple[date, ...]
    values: tuple[float | None, ...]
    counted: tuple[float | None, ...] | None
    out_of: tuple[float | None, ...] | None
    observed: ObservedSeries | None = None
    warnings: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()

    @cached_property
    def lines(self) -> Lines:
        """Rolling twelve months, and the same month last year, of sums and counted shares."""
        if self.kind != "month" or not (self.is_sum or self.out_of):
            return Lines((None,) * len(self.periods), (None,) * len(self.periods))
        return lines_of(self.periods, self.counted or self.values, self.out_of)

    @property
    def is_sum(self) -> bool:
        """Whether a longer period would have a larger figure: counts, hours and pounds over a period."""
        is_total = self.observed is None or self.basis == "total"
        return is_total and self.unit in ("count", "hours", "gbp")


def values_of(view: View, known: Known, *, is_asked: bool) -> Values | None:
    """Return the figures of a measure: counted from records where they are held, else as observed; None for neither.

    Parameters
    ----------
    view
        The records.
    known
        The measure.
    is_asked
        True where this measure alone is asked for, so that what takes long is done.
    """
    if known.measure.added_up:
        return ADDED_UP[known.measure.added_up](view, known.measure, is_asked)
    counted = _counted(view, known.measure, known.terms) if known.terms is not None else None
    return counted or _observed(known)


def visible_officer_hours(view: View, measure: Measure, is_asked: bool) -> Values | None:
    """Return visible officer-hours by month, of months whose every day has positions; None where none are held.

    Visits that are not added up yet are added up here where the measure is asked for or the positions are few.
    """
    covered = {is_synthetic: view.covered("pings", is_synthetic) for is_synthetic in (False, True)}
    days = covered[False] or covered[True]
    if not days:
        return None
    n_rows = sum(part.n_rows for one in view.live for part in one.coverage if part.table == "pings")
    folder = view.workspace.results_path / "cover"
    level = next((one for one in LEVELS if any(folder.glob(f"{one}-*.parquet"))), None)
    if level is None and n_rows > MOST_ROWS and not is_asked:
        return None
    try:
        held = kept(view.workspace, level or LEVELS[0])
    except NothingThere:
        return None
    hours = held.hours.filter(pl.col("area_id").is_not_null()).with_columns(
        month=pl.col("local_on").dt.month_start()
    )
    span = Span(min(days), max(days), days, view.force.time_zone)
    whole = [month for month in span.months if span.is_whole(month)]
    if not whole:
        return None
    found = visible(hours, meanings_of(view.force), ("month",))
    by_month = dict(found.select("month", "visible_officer_hours").iter_rows())
    every, within = list(_months_between(whole[0], whole[-1])), set(whole)
    values = tuple(float(by_month.get(month, 0.0)) if month in within else None for month in every)
    periods = tuple(f"{month:%Y-%m}" for month in every)
    return Values(
        records="synthetic" if held.is_synthetic else "real",
        unit=measure.unit,
        basis="officer-hours",
        kind="month",
        periods=periods,
        ends=tuple(next_month(month) - DAY for month in every),
        values=values,
        counted=None,
        out_of=None,
        warnings=_about_months([month for month in span.months if month not in within]),
    )


def _counted(view: View, measure: Measure, terms: Terms | None) -> Values | None:
    if measure.numerator is None or terms is None:
        return None
    parts = [(measure.numerator, (*terms.counted,))]
    if measure.denominator is not None:
        parts.append((measure.denominator, (*terms.out_of,)))
    questions = {part.table: Question(view, ANY, part.table) for part, _ in parts}
    if any(question.reason for question in questions.values()):
        return None
    months = [_covered_months(view, question) for question in questions.values()]
    whole = sorted(set.intersection(*(held for held, _ in months)))
    if not whole:
        return None
    partial = sorted({month for _, some in months for month in some} - set(whole))
    with noting() as asked:
        counts = [_by_month(questions[part.table], part, further, whole) for part, further in parts]
    every = list(_months_between(whole[0], whole[-1]))
    held = set(whole)
    above = tuple(float(counts[0].get(month, 0)) if month in held else None for month in every)
    below = (
        tuple(float(counts[1].get(month, 0)) if month in held else None for month in every)
        if len(counts) > 1
        else None
    )
    values = above if below is None else tuple(map(_ratio, above, below))
    periods = tuple(f"{month:%Y-%m}" for month in every)
    return Values(
        records=questions[measure.numerator.table].records,
        unit=measure.unit,
        basis=terms.basis or measure.definition,
        kind="month",
        periods=periods,
        ends=tuple(next_month(month) - DAY for month in every),
        values=values,
        counted=above if below is not None else None,
        out_of=below,
        warnings=_about_months(partial),
        queries=tuple(one.sql for one in asked),
    )


def _observed(known: Known) -> Values | None:
    series = series_of(known.observations)
    if series is None:
        return None
    periods = tuple(one.label for one in series.points)
    values: tuple[float | None, ...] = tuple(one.value for one in series.points)
    warnings = []
    bounded = [f"{one.label} ({one.bound})" for one in series.points if one.bound]
    if bounded:
        warnings.append(f"Not printed as exact: {', '.join(bounded)}.")
    if series.revised:
        labels = ", ".join(dict.fromkeys(one.label for one in series.revised))
        warnings.append(f"Revised since they were first given: {labels}.")
    return Values(
        records="observed",
        unit=series.unit,
        basis=series.basis,
        kind=series.kind,
        periods=periods,
        ends=tuple(one.end_on for one in series.points),
        values=values,
        counted=None,
        out_of=None,
        observed=series,
        warnings=tuple(warnings),
    )


def _covered_months(view: View, question: Question) -> tuple[set[date], set[date]]:
    """Return the months of which records cover every day, and those of which they cover some."""
    covered = question.covered
    span = Span(min(covered), max(covered), covered, view.force.time_zone)
    whole = {month for month in span.months if span.is_whole(month)}
    return whole, {month for month in span.months if span.n_days_of(month)} - whole


def _by_month(
    question: Question, part: Aggregate, further: Sequence[Condition], whole: Sequence[date]
) -> Mapping[date, int]:
    last = next_month(whole[-1]) - DAY
    span = Span(whole[0], last, question.covered, question.view.force.time_zone)
    conditions = question.within(span).conditions(*further, with_last_year=False)
    frame = question.view.count(part, conditions)
    return dict(frame.select("month", VALUE).iter_rows())


def _months_between(first: date, last: date) -> Iterator[date]:
    month = first
    while month <= last:
        yield month
        month = next_month(month)


def _ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def _about_months(partial: Sequence[date]) -> tuple[str, ...]:
    if not partial:
        return ()
    listed = ", ".join(f"{month:%Y-%m}" for month in partial)
    return (f"Left out, for records cover some of their days only: {listed}.",)


ADDED_UP = {"visible_officer_hours": visible_officer_hours}
"""What measures say is added up, and how."""
