"""Counts beside those of the same period last year, over the months that both years' records cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import polars as pl

from constabulary.core.answers import words_of
from constabulary.demand.span import Span, year_before
from constabulary.tables.aggregate import VALUE


@dataclass(frozen=True)
class Count:
    """A count and what it is set beside.

    Parameters
    ----------
    count
        Records in the covered days of the period.
    per_day
        The same per covered day; None where none is covered.
    compared, last_year
        Records in the months that are covered whole in both years, this year and last; None where there are none.
    """

    count: int
    per_day: float | None
    compared: int | None
    last_year: int | None

    @property
    def change(self) -> float | None:
        """Growth on last year over the months both cover (0.1 is ten per cent more); None where it cannot be said."""
        return None if not self.last_year or self.compared is None else self.compared / self.last_year - 1

    def as_json(self) -> CountAnswer:
        """Return the four figures and the change."""
        return {
            "count": self.count,
            "per_day": self.per_day,
            "compared": self.compared,
            "last_year": self.last_year,
            "change": self.change,
        }


@words_of(Count)
class CountAnswer(TypedDict):
    """A count beside that of last year.

    Parameters
    ----------
    change
        Growth on last year over the months both cover (0.1 is ten per cent more); null where it cannot be said.
    """

    count: int
    per_day: float | None
    compared: int | None
    last_year: int | None
    change: float | None


def counts(frame: pl.DataFrame, span: Span, keys: Sequence[str]) -> dict[tuple[str | None, ...], Count]:
    """Add up counts by month into counts of the period, each beside that of last year.

    Parameters
    ----------
    frame
        Columns `month` (first days), the keys and `n`, of the period and of the same period a year before.
    span
        The period.
    keys
        Columns to keep apart.

    Returns
    -------
    dict
        Count by the values of the keys; keys without a record in the period or the months compared are absent.
    """
    return totals(sums(frame, span, keys), span, keys)


def sums(frame: pl.DataFrame, span: Span, keys: Sequence[str]) -> pl.DataFrame:
    """Return the sums `count`, `compared` and `last_year` by the keys; see `counts`."""
    compared = list(span.compared_months)
    month, n = pl.col("month"), pl.col(VALUE)
    is_now = month.is_between(pl.lit(span.from_on.replace(day=1)), pl.lit(span.to_on))
    return (
        frame.with_columns(whole=pl.lit(value=True))
        .group_by(*keys, "whole")
        .agg(
            n.filter(is_now).sum().alias("count"),
            n.filter(month.is_in(compared)).sum().alias("compared"),
            n.filter(month.is_in([year_before(each) for each in compared])).sum().alias("last_year"),
        )
    )


def totals(summed: pl.DataFrame, span: Span, keys: Sequence[str]) -> dict[tuple[str | None, ...], Count]:
    """Add sums up further, by fewer keys, into counts."""
    by_key = summed.group_by(*keys, "whole").agg(pl.col("count", "compared", "last_year").sum())
    rows = by_key.select(*keys, "count", "compared", "last_year").rows()
    return {row[:-3]: count_of(row[-3], row[-2], row[-1], span) for row in rows}


def count_of(count: int, compared: int, last_year: int, span: Span) -> Count:
    """Return a count with its rate per day and last year's, where the span allows them."""
    has_last_year = bool(span.compared_months)
    return Count(
        int(count),
        count / span.n_days if span.n_days else None,
        int(compared) if has_last_year else None,
        int(last_year) if has_last_year else None,
    )
