"""Series by month: channels, crime types, outcomes; months that are missing shown as missing, never as zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypedDict

import polars as pl

from constabulary.demand.span import Span, year_before
from constabulary.tables.aggregate import VALUE


@dataclass(frozen=True)
class MonthCount:
    """One month of one series.

    Parameters
    ----------
    month
        As YYYY-MM.
    id, name
        The series.
    count, per_day
        Records in the covered days of the month, and per day of them; None where no day is covered.
    is_partial
        Some days of the month are not covered.
    last_year
        The same month a year before; None unless both are covered whole.
    peak
        ``highest`` or ``lowest`` month of the series, by records, of the months covered whole.
    """

    month: str
    id: str | None
    name: str
    count: int | None
    per_day: float | None
    is_partial: bool
    last_year: int | None
    peak: str | None = None


@dataclass(frozen=True)
class Season:
    """One month of the calendar over all years of the period.

    Parameters
    ----------
    month_of_year
        1 is January.
    count, n_days
        Records, and days they cover.
    per_day
        Records per covered day; None where no such month is covered.
    index
        The same divided by that of the whole period; 1 is average.
    """

    month_of_year: int
    count: int
    n_days: int
    per_day: float | None
    index: float | None


class PublishedMonth(TypedDict):
    """A highest or lowest month that is published.

    Parameters
    ----------
    channel
        Id of the channel.
    peak
        highest or lowest.
    month
        The month, such as 2017-07.
    count
        Contacts in it, as printed.
    """

    channel: str | None
    peak: str
    month: str
    count: int
    source: str


def by_month(
    frame: pl.DataFrame, span: Span, column: str, names: Mapping[str, str]
) -> tuple[MonthCount, ...]:
    """Return every month of the span for every series, months in order within each.

    Parameters
    ----------
    frame
        Columns `month`, the column and `n`.
    span
        The period.
    column
        What parts the series.
    names
        Names by id of the series listed; they are there without a record too.
    """
    n: dict[tuple[str | None, date], int] = {
        (key, month): count for month, key, count in frame.select("month", column, VALUE).iter_rows()
    }
    shown = {key for key, month in n if span.from_on <= month <= span.to_on}
    others = sorted(shown - names.keys(), key=lambda text: (text is None, text or ""))
    months = [_month_of(month, span) for month in span.months]
    rows: list[MonthCount] = []
    for key in [*names, *others]:
        name = "Not stated" if key is None else names.get(key, key)
        counted = [n.get((key, one.month), 0) if one.n_days else None for one in months]
        peaks = _peaks(months, counted)
        rows += [
            MonthCount(
                one.text,
                key,
                name,
                count,
                None if count is None else count / one.n_days,
                bool(one.n_days) and not one.is_whole,
                n.get((key, one.before), 0) if one.before else None,
                peaks.get(one.month),
            )
            for one, count in zip(months, counted, strict=True)
        ]
    return tuple(rows)


def season(frame: pl.DataFrame, span: Span) -> tuple[Season, ...]:
    """Return the twelve months of the calendar, each per day it covers, from a frame with columns `month` and `n`."""
    counted = dict(frame.group_by("month").agg(pl.col(VALUE).sum()).iter_rows())
    total = sum(counted.get(month, 0) for month in span.months)
    average = total / span.n_days if span.n_days else 0
    rows = []
    for month_of_year in range(1, 13):
        months = [month for month in span.months if month.month == month_of_year]
        n_days = sum(span.n_days_of(month) for month in months)
        count = sum(counted.get(month, 0) for month in months)
        per_day = count / n_days if n_days else None
        index = per_day / average if per_day is not None and average else None
        rows.append(Season(month_of_year, count, n_days, per_day, index))
    return tuple(rows)


class _Month(NamedTuple):
    """What every series says of one month in the same way."""

    month: date
    text: str
    n_days: int
    is_whole: bool
    before: date | None
    """The same month a year before, where both are covered whole."""


def _month_of(month: date, span: Span) -> _Month:
    before, is_whole = year_before(month), span.is_whole(month)
    is_compared = is_whole and span.is_whole(before)
    return _Month(month, f"{month:%Y-%m}", span.n_days_of(month), is_whole, before if is_compared else None)


def _peaks(months: list[_Month], counted: list[int | None]) -> dict[date, str]:
    """Mark the highest and the lowest of the months covered whole, where they differ."""
    whole = [
        (count, one.month)
        for one, count in zip(months, counted, strict=True)
        if one.is_whole and count is not None
    ]
    if len({count for count, _ in whole}) < 2:
        return {}
    highest, lowest = (pick(whole, key=lambda one: one[0])[1] for pick in (max, min))
    return {highest: "highest", lowest: "lowest"}
