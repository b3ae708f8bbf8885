"""The demand picture: each figure by itself, so that a page asks only for what it shows, and the profile of them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.demand import categories, harm as harm_days, hours, months, places, typical
from constabulary.demand.aggregate import VALUE, Condition
from constabulary.demand.declared import ANTI_SOCIAL_BEHAVIOUR, CRIME_ONLY
from constabulary.demand.filters import Filters
from constabulary.demand.harm import DEFAULT_WEIGHTS, Weights, read_weights
from constabulary.demand.span import Span
from constabulary.services.figure import SCHEMA, Figure, Question, definition_of
from constabulary.services.lens import View, view_of
from constabulary.store.workspace import Workspace
from constabulary.tables.crimes import CRIME_TYPES

__all__ = ["FIGURES", "Figure", "Filters", "Profile", "Weights", "profile", "read_weights"]

ANY = Filters()


@dataclass(frozen=True)
class Profile:
    """The whole demand picture.

    Parameters
    ----------
    figures
        Each figure by name.
    """

    figures: Mapping[str, Figure]

    def as_json(self) -> dict[str, Any]:
        """Return the profile as `constabulary demand profile --json` gives it."""
        timed = (
            self.figures["hours_incidents"]
            if self.figures["hours_incidents"].about.n_days
            else self.figures["hours_calls"]
        )
        area = (
            self.figures["areas_incidents"]
            if self.figures["areas_incidents"].about.n_days
            else self.figures["areas_crimes"]
        )
        main = (
            self.figures["categories"].about
            if self.figures["categories"].about.n_days
            else self.figures["crime_types"].about
        )
        whole = [figure.as_json() for figure in self.figures.values()]
        return {
            "schema": SCHEMA,
            "synthetic": any(
                figure.about.is_synthetic and figure.about.n_days for figure in self.figures.values()
            ),
            "period": {"from": main.from_on, "to": main.to_on},
            "typical_day": self.figures["typical_day"].table,
            "by_category": self.figures["categories"].table,
            "by_area": area.table,
            "by_area_of": "incidents" if area is self.figures["areas_incidents"] else "crimes",
            "hour_of_week": [row.mean for row in timed.rows] or [None] * 168,
            "hour_of_week_of": "incidents" if timed is self.figures["hours_incidents"] else "calls",
            **{
                name: figure.table
                for name, figure in self.figures.items()
                if name
                not in (
                    "typical_day",
                    "categories",
                    "areas_incidents",
                    "areas_crimes",
                    "hours_incidents",
                    "hours_calls",
                )
            },
            "areas_crimes": self.figures["areas_crimes"].table,
            "figures": {
                one["figure"]: {key: value for key, value in one.items() if key not in ("rows", "schema")}
                for one in whole
            },
            "warnings": list(
                dict.fromkeys(text for figure in self.figures.values() for text in figure.about.warnings)
            ),
            "stamp": self.figures["typical_day"].about.stamp.as_json(),
        }


def profile(workspace: Workspace, filters: Filters = ANY, weights: Weights | None = None) -> Profile:
    """Return every figure of the demand picture.

    Parameters
    ----------
    workspace
        Whose records.
    filters
        What to narrow it to.
    weights
        Days of harm by crime type; the force folder's, or else the default, when None.

    Raises
    ------
    BadInput
        If a filter names something the force does not know.
    """
    named = {name: figure(workspace, filters) for name, figure in FIGURES.items() if name != "harm"}
    return Profile({**named, "harm": harm(workspace, filters, weights)})


def typical_day(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return the typical day, published beside calculated; rows are `demand.typical.TypicalDay`."""
    view = _view(workspace, filters)
    force = view.force
    found: dict[typical.KEY, typical.Daily] = {}
    absent: dict[str, str] = {}
    questions = {measure: _typical_question(view, filters, measure) for measure in typical.TABLES}
    for measure, question in questions.items():
        if question.reason:
            absent[measure] = question.reason
        else:
            found |= _DAILY[measure](question)
    rows = typical.typical_day(force, found, absent)
    shown = next((question for question in questions.values() if not question.reason), questions["incidents"])
    about = shown.about(
        "typical_day",
        "A typical day",
        definition_of("calls_by_day", "incidents_by_day", "crimes_by_type"),
        _years_apart(rows),
    )
    return Figure(about, _typical_answer(rows), rows)


def by_category(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return incidents by category with shares and the published ones; rows are `demand.categories.Part`."""
    question = _question(workspace, filters, "incidents")
    about = question.about("categories", "Incidents by category", definition_of("incidents_by_category"))
    if question.reason:
        return Figure(about, _nothing(question), ())
    span, force = _span(question), question.view.force
    frame = question.count("incidents_by_category")
    is_crime = {category.id: category.is_crime for category in force.incident_categories}
    rows = tuple(
        _published(part, force, "category", is_crime.get(part.id or ""))
        for part in categories.parts(
            frame, span, "category", {one.id: one.name for one in force.incident_categories}
        )
    )
    total = categories.total_of(frame, span)
    crime, other = (
        categories.summed([row.count for row in rows if row.is_crime is wanted], span)
        for wanted in (True, False)
    )
    share, source = categories.published_share(force, "incidents", "crime_or_not", "crime")
    crime_share = crime.count / total.count if total.count else None
    totals = {
        "all": total,
        "crime": crime,
        "non_crime": other,
        "crime_share": crime_share,
        "published_crime_share": share,
        "source": source,
    }
    answer = f"{total.count:,} incidents, {crime_share or 0:.1%} of them closed as crime and {1 - (crime_share or 0):.1%} as other demand."
    return Figure(about, answer, rows, totals)


def qualifiers(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return the share of incidents that carry each qualifier; rows are `demand.categories.Part`."""
    question = _question(workspace, filters, "incidents")
    about = question.about("qualifiers", "Qualifiers", definition_of("incidents_by_qualifier"))
    if question.reason:
        return Figure(about, _nothing(question), ())
    span, force = _span(question), question.view.force
    total = categories.total_of(question.count("incidents_by_category"), span)
    names = {one.id: one.name for one in force.qualifiers}
    parts = categories.parts(question.count("incidents_by_qualifier"), span, "qualifier", names, total)
    rows = tuple(_published(part, force, "qualifier", None) for part in parts)
    said = "; ".join(f"{row.name} {row.share or 0:.1%}" for row in rows)
    return Figure(about, f"Of {total.count:,} incidents: {said}.", rows, {"all": total})


def channels_by_month(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return contacts by channel and month with peaks and troughs; rows are `demand.months.MonthCount`."""
    question = _question(workspace, filters, "calls")
    about = question.about(
        "channels_by_month", "Contacts by channel and month", definition_of("calls_by_channel")
    )
    if question.reason:
        return Figure(about, _nothing(question), ())
    span, force = _span(question), question.view.force
    frame = question.count("calls_by_channel")
    names = {one.id: one.name for one in force.channels if filters.channel in (None, one.id)}
    rows = months.by_month(frame, span, "channel", names)
    parts = categories.parts(frame, span, "channel", names)
    largest = max(parts, key=lambda part: part.count.count, default=None)
    high = next((row for row in rows if largest and row.id == largest.id and row.peak == "highest"), None)
    answer = f"{categories.total_of(frame, span).count:,} contacts"
    answer += f"; {largest.name} is the largest channel with {largest.share or 0:.0%}" if largest else ""
    answer += f", at its highest in {high.month} with {high.count:,}." if high else "."
    return Figure(about, answer, rows, {"channels": parts, "published": _published_months(question)})


def season(workspace: Workspace, filters: Filters = ANY, table: str = "incidents") -> Figure:
    """Return records per day by month of the year; rows are `demand.months.Season`; table calls, incidents or crimes."""
    question = _question(workspace, filters, _table(table, "calls", "incidents", "crimes"))
    name = {"calls": "calls_by_channel", "incidents": "incidents_by_category", "crimes": "crimes_by_type"}[
        table
    ]
    about = question.about(f"season_{table}", f"Season: {table}", definition_of(name))
    if question.reason:
        return Figure(about, _nothing(question), ())
    rows = months.season(question.count(name, *_crime_only(question)), _span(question))
    counted = [row for row in rows if row.per_day is not None]
    high = max(counted, key=lambda row: row.per_day or 0)
    low = min(counted, key=lambda row: row.per_day or 0)
    names = ("January February March April May June July August September October November December").split()
    answer = f"{names[high.month_of_year - 1]} is the busiest month with {high.per_day:,.1f} a day, {names[low.month_of_year - 1]} the quietest with {low.per_day:,.1f}."
    return Figure(about, answer, rows)


def hour_of_week(workspace: Workspace, filters: Filters = ANY, table: str = "incidents") -> Figure:
    """Return the mean of each of the 168 hours of the week; rows are `demand.hours.HourOfWeek`; table calls or incidents."""
    question = _question(workspace, filters, _table(table, "calls", "incidents"))
    about = question.about(
        f"hours_{table}", f"The week by the hour: {table}", definition_of(f"{table}_by_hour")
    )
    if question.reason:
        return Figure(about, _nothing(question), ())
    frame = question.count(f"{table}_by_hour", with_last_year=False)
    rows = hours.hour_of_week({hour: n for hour, n in frame.iter_rows() if hour is not None}, _span(question))
    high = max(rows, key=lambda row: row.mean or 0)
    low = min((row for row in rows if row.mean is not None), key=lambda row: row.mean or 0)
    answer = (
        f"The busiest hour is {high.day} {high.hour:02}:00 with {high.mean or 0:,.1f} {table} on average; "
        f"the quietest {low.day} {low.hour:02}:00 with {low.mean or 0:,.1f}."
    )
    return Figure(about, answer, rows)


def by_area(workspace: Workspace, filters: Filters = ANY, table: str = "incidents") -> Figure:
    """Return counts and rates of every area, and what has no place; rows are `demand.places.Place`; table incidents or crimes."""
    question = _question(workspace, filters, _table(table, "incidents", "crimes"))
    about = question.about(f"areas_{table}", f"By area: {table}", definition_of(f"{table}_by_place"))
    if question.reason:
        return Figure(about, _nothing(question), ())
    frame = question.count(f"{table}_by_place", *_crime_only(question))
    rows = places.by_area(frame, _span(question), question.view.force, question.view.outlines, {})
    whole = rows[0]
    districts = [
        row for row in rows if row.level == "district" and row.rate_per_1000 is not None and not row.is_small
    ]
    highest = max(districts, key=lambda row: row.rate_per_1000 or 0, default=None)
    answer = f"{whole.count.count:,} {table}"
    answer += (
        f"; {highest.name} has the highest rate with {highest.rate_per_1000:,.1f} per 1,000 residents."
        if highest
        else "."
    )
    unplaced = {row.id: row.count.count for row in rows if row.level == "remainder"}
    return Figure(
        about,
        answer,
        rows,
        {
            "unplaced": unplaced,
            "small_count": places.SMALL_COUNT,
            "small_population": places.SMALL_POPULATION,
        },
    )


def crime_types(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return crimes by type beside last year; rows are `demand.categories.Part`."""
    question = _question(workspace, filters, "crimes")
    about = question.about("crime_types", "Crimes by type", definition_of("crimes_by_type"))
    if question.reason:
        return Figure(about, _nothing(question), ())
    span = _span(question)
    parts = _types(question)
    crime = categories.summed([part.count for part in parts if part.is_crime], span)
    rows = tuple(sorted(parts, key=lambda part: (not part.is_crime, -part.count.count)))
    answer = f"{crime.count:,} crimes" + (f", {crime.per_day:,.1f} a day" if crime.per_day else "")
    answer += f"; {crime.change:+.1%} on the same months a year before." if crime.change is not None else "."
    other = categories.summed([part.count for part in parts if not part.is_crime], span)
    return Figure(about, answer, rows, {"crimes": crime, "anti_social_behaviour": other})


def crimes_by_month(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return crimes by type and month, missing months as missing; rows are `demand.months.MonthCount`."""
    question = _question(workspace, filters, "crimes")
    about = question.about("crimes_by_month", "Crimes by type and month", definition_of("crimes_by_type"))
    if question.reason:
        return Figure(about, _nothing(question), ())
    frame = question.count("crimes_by_type")
    rows = months.by_month(frame, _span(question), "crime_type", _listed(frame))
    only = (
        frame.filter(pl.col("crime_type") != ANTI_SOCIAL_BEHAVIOUR).group_by("month").agg(pl.col(VALUE).sum())
    )
    total = months.by_month(
        only.with_columns(all=pl.lit("crimes")), _span(question), "all", {"crimes": "All crimes"}
    )
    counted = [row for row in total if row.count is not None]
    answer = (
        f"{counted[-1].count:,} crimes in {counted[-1].month}, the last month covered."
        if counted
        else _nothing(question)
    )
    return Figure(about, answer, (*total, *rows))


def latest_outcomes(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return crimes by the latest outcome published with them; rows are `demand.categories.Part`."""
    question = _question(workspace, filters, "crimes")
    about = question.about("latest_outcomes", "Crimes by latest outcome", definition_of("crimes_by_outcome"))
    if question.reason:
        return Figure(about, _nothing(question), ())
    parts = categories.parts(
        question.count("crimes_by_outcome"), _span(question), "outcome", {}, unnamed="None published"
    )
    rows = tuple(sorted(parts, key=lambda part: -part.count.count))
    n_all = sum(part.count.count for part in parts)
    answer = (
        f'Of {n_all:,} crimes, {rows[0].share or 0:.1%} have the latest outcome "{rows[0].name}".'
        if n_all
        else "No crimes."
    )
    return Figure(about, answer, rows)


def outcomes_by_month(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return outcomes by type and month of the outcome; rows are `demand.months.MonthCount`."""
    question = _question(workspace, filters, "outcomes")
    about = question.about(
        "outcomes_by_month", "Outcomes by type and month", definition_of("outcomes_by_type")
    )
    if question.reason:
        return Figure(about, _nothing(question), ())
    frame = question.count("outcomes_by_type")
    total = categories.total_of(frame, _span(question))
    return Figure(
        about,
        f"{total.count:,} outcomes.",
        months.by_month(frame, _span(question), "outcome", {}),
        {"all": total},
    )


def harm(workspace: Workspace, filters: Filters = ANY, weights: Weights | None = None) -> Figure:
    """Return crime weighed by harm beside counts; rows are `demand.harm.Harm`."""
    question = _question(workspace, filters, "crimes")
    used = weights or _force_weights(question.view) or DEFAULT_WEIGHTS
    about = question.about(
        "harm", "Crime weighed by harm", definition_of("crimes_by_type"), weights=used.version
    )
    if question.reason:
        return Figure(about, _nothing(question), (), {"weights": used})
    parts = _types(question)
    rows = harm_days.weigh(parts, used)
    total = sum(row.harm_days or 0.0 for row in rows)
    unweighted = [row.crime_type for row in rows if row.weight_days is None]
    top = rows[0]
    answer = f"{total:,.0f} days of harm"
    if top.harm_days:
        answer += f"; {top.crime_type} is {top.share_of_harm or 0:.0%} of it and {top.share_of_count or 0:.0%} of the crimes weighed."
    return Figure(about, answer, rows, {"harm_days": total, "unweighted": unweighted, "weights": used})


FIGURES: Mapping[str, Callable[[Workspace, Filters], Figure]] = {
    "typical_day": typical_day,
    "categories": by_category,
    "qualifiers": qualifiers,
    "channels_by_month": channels_by_month,
    "hours_incidents": hour_of_week,
    "hours_calls": lambda workspace, filters: hour_of_week(workspace, filters, "calls"),
    "season": season,
    "areas_incidents": by_area,
    "areas_crimes": lambda workspace, filters: by_area(workspace, filters, "crimes"),
    "crime_types": crime_types,
    "crimes_by_month": crimes_by_month,
    "latest_outcomes": latest_outcomes,
    "outcomes_by_month": outcomes_by_month,
    "harm": harm,
}
"""Every figure by the name that addresses, commands and the working use."""


def _view(workspace: Workspace, filters: Filters) -> View:
    view = view_of(workspace)
    filters.check(view.force)
    return view


def _question(workspace: Workspace, filters: Filters, table: str) -> Question:
    return Question(_view(workspace, filters), filters, table)


def _span(question: Question) -> Span:
    assert question.span is not None
    return question.span


def _nothing(question: Question) -> str:
    return f"Nothing to show: {question.reason}"


def _table(table: str, *allowed: str) -> str:
    if table not in allowed:
        raise BadInput(
            Problem(
                "bad_table",
                f'"{table}" cannot be counted so',
                value=table,
                expected=f"one of {', '.join(allowed)}",
            )
        )
    return table


def _crime_only(question: Question) -> tuple[Condition, ...]:
    return (CRIME_ONLY,) if question.table == "crimes" and question.filters.crime_type is None else ()


def _listed(frame: pl.DataFrame) -> dict[str, str]:
    held = set(frame["crime_type"].unique())
    return {name: name for name in CRIME_TYPES if name in held}


def _types(question: Question) -> tuple[categories.Part, ...]:
    """Return the crime types with shares of all crime; anti-social behaviour has none."""
    frame, span = question.count("crimes_by_type"), _span(question)
    crime = categories.total_of(frame.filter(pl.col("crime_type") != ANTI_SOCIAL_BEHAVIOUR), span)
    parts = categories.parts(frame, span, "crime_type", _listed(frame), crime)
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


def _published(part: categories.Part, force: Any, breakdown: str, is_crime: bool | None) -> categories.Part:
    share, source = categories.published_share(force, "incidents", breakdown, part.id or "")
    return categories.Part(part.id, part.name, part.count, part.share, share, source, is_crime)


def _published_months(question: Question) -> list[dict[str, Any]]:
    """Return the highest and lowest months that are published for contacts."""
    return [
        {
            "channel": volume.part,
            "peak": volume.basis.removesuffix("_month"),
            "month": f"{volume.period_start_on:%Y-%m}",
            "count": int(volume.value),
            "source": volume.where,
        }  # fmt: skip
        for volume in question.view.force.volumes
        if volume.measure == "contacts" and volume.basis in ("highest_month", "lowest_month")
    ]


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
    whole = {("incidents", None, None): _daily(question, frame)}
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
    frame = question.count("crimes_by_type", with_last_year=False)
    found = {}
    if question.filters.crime_type is None:
        crimes = frame.filter(pl.col("crime_type") != ANTI_SOCIAL_BEHAVIOUR)
        found["crimes", None, None] = typical.Daily(
            int(crimes[VALUE].sum()), None, _span(question), question.records
        )
    published = {volume.part for volume in question.view.force.volumes if volume.measure == "crimes"}
    for crime_type in _listed(frame):
        part = crime_type.lower().replace(" ", "_")
        if part in published:
            n = int(frame.filter(pl.col("crime_type") == crime_type)[VALUE].sum())
            found["crimes", "crime_type", part] = typical.Daily(n, None, _span(question), question.records)
    return found


_DAILY = {"contacts": _daily_calls, "incidents": _daily_incidents, "crimes": _daily_crimes}


def _split(
    question: Question, frame: pl.DataFrame, measure: str, breakdown: str, column: str, ids: list[str]
) -> dict[typical.KEY, typical.Daily]:
    return {
        (measure, breakdown, part): _daily(question, frame.filter(pl.col(column) == part)) for part in ids
    }


def _daily(question: Question, frame: pl.DataFrame) -> typical.Daily:
    span = _span(question)
    n = dict(frame.group_by("day").agg(pl.col(VALUE).sum()).iter_rows())
    return typical.Daily(sum(n.values()), tuple(n.get(day, 0) for day in span.days), span, question.records)


def _years_apart(rows: tuple[typical.TypicalDay, ...]) -> str:
    return "Published and calculated figures are of the periods their basis names; where these differ, so do the figures."


def _typical_answer(rows: tuple[typical.TypicalDay, ...]) -> str:
    counted = [row for row in rows if row.calculated is not None]
    if not counted:
        return "No records are held from which to work out a typical day."
    first = next((row for row in counted if row.measure == "incidents"), counted[0])
    published = f", against {first.published:,.0f} published" if first.published is not None else ""
    return f"On a typical day the records hold {first.calculated:,.1f} of {first.name.lower()}{published}."
