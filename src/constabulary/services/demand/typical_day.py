"""The typical day of a workspace: which period each figure is taken over, and what the records say of each day."""

from __future__ import annotations

from itertools import repeat

import polars as pl

from constabulary.demand import typical
from constabulary.demand.declared import ANTI_SOCIAL_BEHAVIOUR
from constabulary.demand.filters import Filters
from constabulary.demand.span import Span
from constabulary.services.demand.figure import (
    ANY,
    Figure,
    Question,
    definition_of,
    listed_types,
    spanned,
    view_for,
)
from constabulary.services.workspace.lens import View
from constabulary.store.workspace import Workspace
from constabulary.tables.aggregate import VALUE

PERIODS = "Each figure is of the period its basis names; published and calculated periods may differ."


def typical_day(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return the typical day, published beside calculated; rows are `demand.typical.TypicalDay`."""
    view = view_for(workspace, filters)
    force = view.force
    found: dict[typical.KEY, typical.Daily] = {}
    absent: dict[str, str] = {}
    questions = {measure: _typical_question(view, filters, measure) for measure in typical.TABLES}
    for measure, question in questions.items():
        if question.reason:
            absent[measure] = question.reason
        else:
            found |= _DAILY[measure](question)
    rows = typical.typical_day(force, found, absent, filters)
    shown = next((question for question in questions.values() if not question.reason), questions["incidents"])
    about = shown.about(
        "typical_day",
        "A typical day",
        definition_of("calls_by_day", "incidents_by_day", "crimes_by_type"),
        PERIODS,
    )
    return Figure(about, _typical_answer(rows), rows)


def _typical_question(view: View, filters: Filters, measure: str) -> Question:
    """Ask for the period that was published where records cover it and no other was asked for."""
    question = Question(view, filters, typical.TABLES[measure])
    if filters.from_month or filters.to_month:
        return question
    published = [
        v
        for v in view.force.volumes
        if v.measure == measure and v.basis in typical.BASES and v.n_days >= 365 and not v.area_id
    ]
    for volume in sorted(published, key=lambda one: one.period_end_on, reverse=True):
        span = Span(volume.period_start_on, volume.period_end_on, question.covered, view.force.time_zone)
        if span.n_days == volume.n_days:
            return question.within(span)
    return question


def _daily_calls(question: Question) -> dict[typical.KEY, typical.Daily]:
    frame = question.count("calls_by_day", with_last_year=False)
    found = _split(
        question, frame, "contacts", "channel", "channel", [one.id for one in question.view.force.channels]
    )
    return {key: daily for key, daily in found.items() if question.filters.channel in (None, key[2])}


def _daily_incidents(question: Question) -> dict[typical.KEY, typical.Daily]:
    force, filters = question.view.force, question.filters
    frame = question.count("incidents_by_day", with_last_year=False)
    marked = question.count("qualifiers_by_day", with_last_year=False)
    by_day = frame.group_by("day").agg(pl.col(VALUE).sum())
    whole: dict[typical.KEY, typical.Daily] = {("incidents", None, None): _daily(question, by_day)}
    parts = _split(
        question, frame, "incidents", "category", "category", [one.id for one in force.incident_categories]
    )
    flags = _split(
        question, marked, "incidents", "qualifier", "qualifier", [one.id for one in force.qualifiers]
    )
    parts = {key: daily for key, daily in parts.items() if filters.category in (None, key[2])}
    return {
        **whole,
        **parts,
        **{key: daily for key, daily in flags.items() if filters.qualifier in (None, key[2])},
    }


def _daily_crimes(question: Question) -> dict[typical.KEY, typical.Daily]:
    # With last year's, as other figures ask, so that the records are read once for all of them.
    frame = question.count("crimes_by_type").filter(
        pl.col("month").is_between(spanned(question).from_on, spanned(question).to_on)
    )
    found: dict[typical.KEY, typical.Daily] = {}
    if question.filters.crime_type is None:
        crimes = frame.filter(pl.col("crime_type") != ANTI_SOCIAL_BEHAVIOUR)
        found["crimes", None, None] = typical.Daily(
            int(crimes[VALUE].sum()), None, spanned(question), question.records
        )
    published = {part for measure, _, part in typical.published(question.view.force) if measure == "crimes"}
    for crime_type in listed_types(frame):
        part = crime_type.lower().replace(" ", "_")
        if part in published:
            n = int(frame.filter(pl.col("crime_type") == crime_type)[VALUE].sum())
            found["crimes", "crime_type", part] = typical.Daily(n, None, spanned(question), question.records)
    return found


_DAILY = {"contacts": _daily_calls, "incidents": _daily_incidents, "crimes": _daily_crimes}


def _split(
    question: Question, frame: pl.DataFrame, measure: str, breakdown: str, column: str, ids: list[str]
) -> dict[typical.KEY, typical.Daily]:
    by_part = frame.partition_by(column, as_dict=True)
    nothing = frame.clear()
    return {(measure, breakdown, part): _daily(question, by_part.get((part,), nothing)) for part in ids}


def _daily(question: Question, frame: pl.DataFrame) -> typical.Daily:
    """Return what a frame with one row a day, or none, says of each covered day."""
    span = spanned(question)
    n = dict(zip(frame["day"].to_list(), frame[VALUE].to_list(), strict=True))
    return typical.Daily(sum(n.values()), tuple(map(n.get, span.days, repeat(0))), span, question.records)


def _typical_answer(rows: tuple[typical.TypicalDay, ...]) -> str:
    counted = [row for row in rows if row.calculated is not None]
    if not counted:
        return "No records are held from which to work out a typical day."
    first = next((row for row in counted if row.measure == "incidents"), counted[0])
    published = f", against {first.published:,.0f} published" if first.published is not None else ""
    brings = f"{first.calculated:,.1f}".removesuffix(".0")
    return f"A typical day brings {brings} {first.name.lower()}{published}."
