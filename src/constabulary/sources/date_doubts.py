"""What may be wrong with dates though all of them can be read: the one mistake that an import cannot notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from constabulary.sources.evidence import EitherWay, Evidence, MixedDates, swapped
from constabulary.sources.mapping import as_toml


@dataclass(frozen=True)
class DateDoubt:
    """What may be wrong with a column of dates though all of it can be read.

    Parameters
    ----------
    rule
        day_or_month_first or mixed_dates.
    column, names
        Our column, and the supplier's that it is proposed from.
    form
        The format proposed.
    counts
        How many rows tell what.
    message
        All of it in words.
    """

    rule: str
    column: str
    names: tuple[str, ...]
    form: str
    counts: Mapping[str, int]
    message: str

    def __str__(self) -> str:
        return f"{self.column}: {self.message} A wrong reading puts records on wrong days and no import notices it."


def date_doubts(
    column: str, names: tuple[str, ...], form: str | None, evidence: Mapping[str, Evidence]
) -> Iterator[DateDoubt]:
    """Yield what may be wrong with the dates proposed for a column of ours.

    Parameters
    ----------
    column, names
        Our column, and the supplier's that it is proposed from.
    form
        The format proposed; None where none is needed.
    evidence
        What the values of each of the supplier's columns tell.
    """
    for seen in (evidence[name] for name in names if form):
        if way := seen.either_way:
            counts = {
                "rows_both_ways": way.n_both,
                "rows_only_day_first": way.n_only_day_first,
                "rows_only_month_first": way.n_only_month_first,
            }
            yield DateDoubt(
                "day_or_month_first", column, names, form or "", counts, _either_way(way, form or "")
            )
        if (mixed := seen.mixed) and mixed.n_text:
            counts = {"rows_text": mixed.n_text, "rows_dates": mixed.n_dates}
            yield DateDoubt("mixed_dates", column, names, form or "", counts, _mixed(mixed, form or ""))


def _either_way(way: EitherWay, form: str) -> str:
    return (
        f"its dates could be day first or month first. Of the rows looked at {way.n_both:,} read both ways, "
        f"{way.n_only_day_first:,} only with the day first, {way.n_only_month_first:,} only with the month first. "
        f"Proposed is {way.first} first, format {as_toml(form)}; the other is {as_toml(swapped(form))}."
    )


def _mixed(mixed: MixedDates, form: str) -> str:
    swap = "; it seems so, for no date has a day past 12 and every text has" if mixed.is_swapped else ""
    return (
        f"of the rows looked at {mixed.n_dates:,} hold dates of a spreadsheet and {mixed.n_text:,} hold text, read as "
        f"{as_toml(form)}. A spreadsheet set to another country may have made dates of some texts, with day and month "
        f"swapped{swap}. Compare both with the system they come from."
    )
