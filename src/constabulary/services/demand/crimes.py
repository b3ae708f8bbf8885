"""Figures of recorded crime: types beside last year, months, outcomes, harm."""

from __future__ import annotations

import polars as pl

from constabulary.core.amounts import several
from constabulary.demand import categories, months
from constabulary.demand import harm as harm_days
from constabulary.demand.declared import ANTI_SOCIAL_BEHAVIOUR
from constabulary.demand.filters import Filters
from constabulary.demand.harm import DEFAULT_WEIGHTS, Weights
from constabulary.services.demand.figure import (
    ANY,
    Figure,
    Question,
    ask,
    definition_of,
    listed_types,
    nothing,
    spanned,
)
from constabulary.services.workspace.lens import View
from constabulary.store.workspace import Workspace
from constabulary.tables.aggregate import VALUE


def crime_types(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return crimes by type beside last year; rows are `demand.categories.Part`."""
    question = ask(workspace, filters, "crimes")
    about = question.about("crime_types", "Crimes by type", definition_of("crimes_by_type"))
    if question.reason:
        return Figure(about, nothing(question), ())
    span = spanned(question)
    parts = _types(question)
    crime = categories.summed([part.count for part in parts if part.is_crime], span)
    rows = tuple(sorted(parts, key=lambda part: (not part.is_crime, -part.count.count)))
    answer = several(crime.count, "crime") + (f", {crime.per_day:,.1f} a day" if crime.per_day else "")
    answer += f"; {crime.change:+.1%} on the same months a year before." if crime.change is not None else "."
    other = categories.summed([part.count for part in parts if not part.is_crime], span)
    return Figure(about, answer, rows, {"crimes": crime, "anti_social_behaviour": other})


def crimes_by_month(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return crimes by type and month, missing months as missing; rows are `demand.months.MonthCount`."""
    question = ask(workspace, filters, "crimes")
    about = question.about("crimes_by_month", "Crimes by type and month", definition_of("crimes_by_type"))
    if question.reason:
        return Figure(about, nothing(question), ())
    frame = question.count("crimes_by_type")
    rows = months.by_month(frame, spanned(question), "crime_type", listed_types(frame))
    only = (
        frame.filter(pl.col("crime_type") != ANTI_SOCIAL_BEHAVIOUR).group_by("month").agg(pl.col(VALUE).sum())
    )
    total = months.by_month(
        only.with_columns(all=pl.lit("crimes")), spanned(question), "all", {"crimes": "All crimes"}
    )
    counted = [row for row in total if row.count is not None]
    answer = (
        f"{several(counted[-1].count or 0, 'crime')} in {counted[-1].month}, the last month covered."
        if counted
        else nothing(question)
    )
    return Figure(about, answer, (*total, *rows))


def latest_outcomes(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return crimes by the latest outcome published with them; rows are `demand.categories.Part`."""
    question = ask(workspace, filters, "crimes")
    about = question.about("latest_outcomes", "Crimes by latest outcome", definition_of("crimes_by_outcome"))
    if question.reason:
        return Figure(about, nothing(question), ())
    parts = categories.parts(
        question.count("crimes_by_outcome"), spanned(question), "outcome", {}, unnamed="None published"
    )
    rows = tuple(sorted(parts, key=lambda part: -part.count.count))
    n_all = sum(part.count.count for part in parts)
    answer = (
        f'Of {several(n_all, "crime")}, {rows[0].share or 0:.1%} have the latest outcome "{rows[0].name}".'
        if n_all
        else "No crimes."
    )
    return Figure(about, answer, rows)


def outcomes_by_month(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return outcomes by type and month of the outcome; rows are `demand.months.MonthCount`."""
    question = ask(workspace, filters, "outcomes")
    about = question.about(
        "outcomes_by_month", "Outcomes by type and month", definition_of("outcomes_by_type")
    )
    if question.reason:
        return Figure(about, nothing(question), ())
    frame = question.count("outcomes_by_type")
    total = categories.total_of(frame, spanned(question))
    return Figure(
        about,
        f"{total.count:,} outcomes.",
        months.by_month(frame, spanned(question), "outcome", {}),
        {"all": total},
    )


def harm(workspace: Workspace, filters: Filters = ANY, weights: Weights | None = None) -> Figure:
    """Return crime weighed by harm beside counts; rows are `demand.harm.Harm`."""
    question = ask(workspace, filters, "crimes")
    used = weights or _force_weights(question.view) or DEFAULT_WEIGHTS
    is_equal = used is DEFAULT_WEIGHTS
    about = question.about(
        "harm",
        "Crime weighed by harm",
        definition_of("crimes_by_type"),
        *((used.source,) if is_equal else ()),
        weights=used.version,
    )
    if question.reason:
        return Figure(about, nothing(question), (), {"weights": used})
    parts = _types(question)
    rows = harm_days.weigh(parts, used)
    total = sum(row.harm_days or 0.0 for row in rows)
    unweighted = [row.crime_type for row in rows if row.weight_days is None]
    top = rows[0]
    answer = (
        "No harm weights are supplied: every crime weighs the same."
        if is_equal
        else f"{total:,.0f} days of harm"
    )
    if top.harm_days and not is_equal:
        answer += f"; {top.crime_type} is {top.share_of_harm or 0:.0%} of it"
        answer += f" and {top.share_of_count or 0:.0%} of the crimes weighed."
    return Figure(about, answer, rows, {"harm_days": total, "unweighted": unweighted, "weights": used})


def _types(question: Question) -> tuple[categories.Part, ...]:
    """Return the crime types with shares of all crime; anti-social behaviour has none."""
    frame, span = question.count("crimes_by_type"), spanned(question)
    crime = categories.total_of(frame.filter(pl.col("crime_type") != ANTI_SOCIAL_BEHAVIOUR), span)
    parts = categories.parts(frame, span, "crime_type", listed_types(frame), crime)
    return tuple(
        categories.Part(
            part.id,
            part.name,
            part.count,
            part.share if part.id != ANTI_SOCIAL_BEHAVIOUR else None,
            is_crime=part.id != ANTI_SOCIAL_BEHAVIOUR,
        )
        for part in parts
    )


def _force_weights(view: View) -> Weights | None:
    days = {weight.crime_type: float(weight.weight_days) for weight in view.force.harm_weights}
    if not days:
        return None
    return Weights(
        "harm weights of the force folder",
        f"sha256 {view.force.files_sha256[:16]}",
        days,
        "harm_weights.csv of the force folder",
    )
