"""A measure of cover as every command, page and file hands it on: one sentence, one table, what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from constabulary.core.amounts import duration
from constabulary.core.answers import Days, StampedAnswer, Value, words_of
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.cover import UnitStatus
from constabulary.core.provenance import Stamp
from constabulary.services.cover.areas import LEVELS
from constabulary.services.cover.kept import Kept
from constabulary.services.cover.result import far_outside

SCHEMA = 1
SYNTHETIC = "These positions are synthetic: made up, not real."
UNTOLD = (
    "The force folder does not say what statuses mean (cover/statuses.csv), so nobody is known to be free or at a job: "
    "all time out of station counts as visible."
)
MOST_NAMED = 5
"""Statuses without a meaning that are named."""
CREDIT_WORDS = {
    "earlier": "Time between two fixes goes to the area of the earlier",
    "line": "Time between two fixes is shared out along the straight line between them where they are close in time",
    "pings": "Each fix counts the same time",
}
"""What each rule of credit does."""


@dataclass(frozen=True)
class Measured:
    """One measure of cover.

    Parameters
    ----------
    name
        Its name, as the command.
    title
        Its name for people.
    answer
        What it says, in a sentence.
    definition
        What is measured.
    crediting
        How time is credited, what is unknown, and the median interval between fixes.
    from_on, to_on
        First and last local day.
    rows
        Its table.
    totals
        Figures of the whole.
    warnings
        What a reader must know.
    is_synthetic
        Whether any of it is made up.
    attribution
        What must be said where areas are shown.
    stamp
        What it rests on.
    """

    name: str
    title: str
    answer: str
    definition: str
    crediting: str
    from_on: date
    to_on: date
    rows: pl.DataFrame = field(repr=False)
    totals: Mapping[str, Any]
    warnings: tuple[str, ...]
    is_synthetic: bool
    attribution: str
    stamp: Stamp

    def as_json(self) -> MeasuredAnswer:
        """Return the measure as its command prints it with `--json`."""
        return {
            "schema": SCHEMA,
            "measure": self.name,
            "synthetic": self.is_synthetic,
            "answer": self.answer,
            "definition": self.definition,
            "crediting": self.crediting,
            "from": self.from_on.isoformat(),
            "to": self.to_on.isoformat(),
            "totals": dict(self.totals),
            "rows": [
                {key: _plain(value) for key, value in row.items()} for row in self.rows.iter_rows(named=True)
            ],
            "warnings": list(self.warnings),
            "attribution": self.attribution,
            "stamp": self.stamp.as_json(),
        }


@words_of(Measured)
class MeasuredAnswer(StampedAnswer, Days):
    """One measure of cover; the columns of its rows are its own, with units as suffixes.

    Parameters
    ----------
    measure
        Its name.
    """

    measure: str
    synthetic: bool
    answer: str
    definition: str
    crediting: str
    totals: dict[str, Value | list[str] | dict[str, str]]
    rows: list[dict[str, Value]]
    warnings: list[str]
    attribution: str


def measured(
    kept: Kept,
    name: str,
    title: str,
    definition: str,
    answer: str,
    rows: pl.DataFrame,
    days: tuple[date, date],
    totals: Mapping[str, Any] | None = None,
    warnings: Sequence[str] = (),
    asked: Mapping[str, Any] | None = None,
) -> Measured:
    """Return a measure of what is kept of a level, with its stamp and what must be said of it."""
    said = [SYNTHETIC] if kept.is_synthetic else []
    if kept.level in LEVELS:
        said += far_outside(kept.about["outside_s"], kept.about["observed_s"])
    stamp = kept.about["stamp"]
    parameters = {
        **stamp["parameters"],
        "figure": name,
        "from": str(days[0]),
        "to": str(days[1]),
        **(asked or {}),
    }
    return Measured(
        name,
        title,
        answer,
        definition,
        crediting_of(kept.about),
        *days,
        rows,
        totals or {},
        (*said, *warnings),
        kept.is_synthetic,
        kept.about["attribution"],
        Stamp(stamp["inputs"], parameters),
    )


def crediting_of(about: Mapping[str, Any]) -> str:
    """Return what every figure of time rests on: its rule of credit, its cap and the median interval of fixes.

    Parameters
    ----------
    about
        A result as `constabulary cover presence --json` prints it.
    """
    median = about["median_interval_s"]
    return (
        f"{CREDIT_WORDS[about['credit']]}; more than {duration(about['cap_s'])} is unknown and in no figure. "
        + (f"Median interval: {duration(median)}." if median is not None else "No unit has two fixes.")
    )


def days_of(kept: Kept, from_on: date | None, to_on: date | None) -> tuple[date, date]:
    """Return the first and last day asked for, both within those held.

    Raises
    ------
    BadInput
        If the first day lies after the last, or there are no positions of any such day.
    """
    first, last = kept.span
    if from_on and to_on and from_on > to_on:
        expected = "a first day on or before the last"
        raise BadInput(
            Problem("days_reversed", f"{from_on} is after {to_on}.", expected=expected, column="--from")
        )
    days = max(from_on or first, first), min(to_on or last, last)
    if days[0] > days[1]:
        raise BadInput(
            Problem(
                "no_positions_then",
                f"there are no positions from {from_on or 'the first'} to {to_on or 'the last'}.",
                expected=f"days from {first} to {last}",
                column="--from",
            )
        )
    return days


def instants(days: tuple[date, date], time_zone: str) -> tuple[datetime, datetime]:
    """Return when the first day begins and the last one ends (UTC)."""
    zone = ZoneInfo(time_zone)
    begin, end = days[0], days[1] + timedelta(days=1)
    return tuple(  # type: ignore[return-value]
        datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) for day in (begin, end)
    )


def meanings_of(force: Force) -> dict[str, str]:
    """Return the meaning of each status that the force folder tells."""
    return {row.unit_status: row.meaning for row in force.rows(UnitStatus)}


def untold(kept: Kept) -> list[str]:
    """Return what must be said of statuses that the force folder gives no meaning; nothing where all have one."""
    meanings = meanings_of(kept.force)
    if not meanings:
        return [UNTOLD]
    seen = kept.visits["status"].cast(pl.String).unique().sort()
    without = [f'"{status}"' for status in seen.drop_nulls() if status not in meanings]
    without += ["no status at all"] if seen.null_count() else []
    if not without:
        return []
    named = ", ".join(without[:MOST_NAMED]) + (
        f" and {len(without) - MOST_NAMED} more" if without[MOST_NAMED:] else ""
    )
    return [
        "Some positions carry a status to which the force folder gives no meaning (cover/statuses.csv): "
        f"{named}. Their units are not known to be free or at a job; out of station their time counts as visible."
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        # Adding nought takes the sign from a nought.
        return round(value, 6) + 0.0
    return value.isoformat() if isinstance(value, date) else value
