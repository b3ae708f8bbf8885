"""Figures of contacts and incidents: categories, qualifiers, channels, season, hours of the week, areas."""

from __future__ import annotations

from calendar import month_name

from constabulary.core.amounts import several
from constabulary.core.errors import BadInput, Problem
from constabulary.demand import categories, hours, months, places
from constabulary.demand.declared import CRIME_ONLY
from constabulary.demand.filters import Filters
from constabulary.demand.months import PublishedMonth
from constabulary.services.demand.figure import ANY, Figure, Question, ask, definition_of, nothing, spanned
from constabulary.store.workspace import Workspace
from constabulary.tables.aggregate import Condition


def by_category(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return incidents by category with shares and the published ones; rows are `demand.categories.Part`."""
    question = ask(workspace, filters, "incidents")
    about = question.about("categories", "Incidents by category", definition_of("incidents_by_category"))
    if question.reason:
        return Figure(about, nothing(question), ())
    span, force = spanned(question), question.view.force
    frame = question.count("incidents_by_category")
    is_crime = {category.id: category.is_crime for category in force.incident_categories}
    rows = tuple(
        _published(part, question, "category", is_crime.get(part.id or ""))
        for part in categories.parts(
            frame, span, "category", {one.id: one.name for one in force.incident_categories}
        )
    )
    total = categories.total_of(frame, span)
    crime, other = (
        categories.summed([row.count for row in rows if row.is_crime is wanted], span)
        for wanted in (True, False)
    )
    share, source = _published_share(question, "crime_or_not", "crime")
    crime_share = crime.count / total.count if total.count else None
    totals = {
        "all": total,
        "crime": crime,
        "non_crime": other,
        "crime_share": crime_share,
        "published_crime_share": share,
        "source": source,
    }
    answer = several(total.count, "incident")
    if crime_share is not None:
        other_share = other.count / total.count
        answer += f", {crime_share:.1%} of them closed as crime and {other_share:.1%} as non-crime"
    return Figure(about, f"{answer}.", rows, totals)


def qualifiers(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return the share of incidents that carry each qualifier; rows are `demand.categories.Part`."""
    question = ask(workspace, filters, "incidents")
    about = question.about("qualifiers", "Qualifiers", definition_of("incidents_by_qualifier"))
    if question.reason:
        return Figure(about, nothing(question), ())
    span, force = spanned(question), question.view.force
    total = categories.total_of(question.count("incidents_by_category"), span)
    names = {one.id: one.name for one in force.qualifiers}
    parts = categories.parts(question.count("incidents_by_qualifier"), span, "qualifier", names, total)
    rows = tuple(_published(part, question, "qualifier", None) for part in parts)
    said = "; ".join(f"{row.name} {row.share:.1%}" for row in rows if row.share is not None)
    counted = several(total.count, "incident")
    return Figure(about, f"Of {counted}: {said}." if said else f"{counted}.", rows, {"all": total})


def channels_by_month(workspace: Workspace, filters: Filters = ANY) -> Figure:
    """Return contacts by channel and month with peaks and troughs; rows are `demand.months.MonthCount`."""
    question = ask(workspace, filters, "calls")
    about = question.about(
        "channels_by_month", "Contacts by channel and month", definition_of("calls_by_channel")
    )
    if question.reason:
        return Figure(about, nothing(question), ())
    span, force = spanned(question), question.view.force
    frame = question.count("calls_by_channel")
    names = {one.id: one.name for one in force.channels if filters.channel in (None, one.id)}
    rows = months.by_month(frame, span, "channel", names)
    parts = categories.parts(frame, span, "channel", names)
    largest = max(parts, key=lambda part: part.count.count, default=None)
    high = next((row for row in rows if largest and row.id == largest.id and row.peak == "highest"), None)
    answer = several(categories.total_of(frame, span).count, "contact")
    answer += f"; {largest.name} is the largest channel with {largest.share or 0:.0%}" if largest else ""
    answer += f", at its highest in {high.month} with {high.count:,}." if high else "."
    return Figure(about, answer, rows, {"channels": parts, "published": _published_months(question)})


def season(workspace: Workspace, filters: Filters = ANY, table: str = "incidents") -> Figure:
    """Return records per day by month of the year; rows are `demand.months.Season`.

    `table` is calls, incidents or crimes.
    """
    question = ask(workspace, filters, _table(table, "calls", "incidents", "crimes"))
    name = {"calls": "calls_by_channel", "incidents": "incidents_by_category", "crimes": "crimes_by_type"}[
        table
    ]
    about = question.about(
        "season" if table == "incidents" else f"season_{table}", f"Season: {table}", definition_of(name)
    )
    if question.reason:
        return Figure(about, nothing(question), ())
    rows = months.season(question.count(name, *_crime_only(question)), spanned(question))
    counted = [row for row in rows if row.per_day is not None]
    high = max(counted, key=lambda row: row.per_day or 0)
    low = min(counted, key=lambda row: row.per_day or 0)
    if not high.per_day:
        return Figure(about, f"0 {table}.", rows)
    highest, lowest = (month_name[row.month_of_year] for row in (high, low))
    answer = f"{highest} is the busiest month with {high.per_day:,.1f} a day"
    answer += f", {lowest} the quietest with {low.per_day:,.1f}."
    return Figure(about, answer, rows)


def hour_of_week(workspace: Workspace, filters: Filters = ANY, table: str = "incidents") -> Figure:
    """Return the mean of each of the 168 hours of the week; rows are `demand.hours.HourOfWeek`.

    `table` is calls or incidents.
    """
    question = ask(workspace, filters, _table(table, "calls", "incidents"))
    about = question.about(
        f"hours_{table}", f"The week by the hour: {table}", definition_of(f"{table}_by_hour")
    )
    if question.reason:
        return Figure(about, nothing(question), ())
    frame = question.count(f"{table}_by_hour", with_last_year=False)
    rows = hours.hour_of_week(
        {hour: n for hour, n in frame.iter_rows() if hour is not None}, spanned(question)
    )
    high = max(rows, key=lambda row: row.mean or 0)
    low = min((row for row in rows if row.mean is not None), key=lambda row: row.mean or 0)
    if not high.mean:
        return Figure(about, f"0 {table}.", rows)
    answer = (
        f"The busiest hour is {high.day} {high.hour:02}:00 with {high.mean:,.1f} {table} on average; "
        f"the quietest {low.day} {low.hour:02}:00 with {low.mean or 0:,.1f}."
    )
    return Figure(about, answer, rows)


def by_area(workspace: Workspace, filters: Filters = ANY, table: str = "incidents") -> Figure:
    """Return counts and rates of every area, and what has no place; rows are `demand.places.Place`.

    `table` is incidents or crimes.
    """
    question = ask(workspace, filters, _table(table, "incidents", "crimes"))
    about = question.about(f"areas_{table}", f"By area: {table}", definition_of(f"{table}_by_place"))
    if question.reason:
        return Figure(about, nothing(question), ())
    frame = question.count(f"{table}_by_place", *_crime_only(question))
    rows = places.by_area(frame, spanned(question), question.view.force, question.view.areas)
    if filters.area_id is not None:
        rows = places.within(rows, filters.area_id)
    whole = rows[0]
    districts = [
        row for row in rows if row.level == "district" and row.rate_per_1000 is not None and not row.is_small
    ]
    highest = max(districts, key=lambda row: row.rate_per_1000 or 0, default=None)
    answer = f"{whole.count.count:,} {table}"
    answer += (
        f"; {highest.name} has the highest rate with {highest.rate_per_1000:,.1f} per 1,000 residents."
        if highest and whole.count.count
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


def _table(table: str, *allowed: str) -> str:
    if table not in allowed:
        raise BadInput(
            Problem(
                "bad_table",
                f'"{table}" cannot be counted so.',
                value=table,
                expected=f"one of {', '.join(allowed)}",
            )
        )
    return table


def _crime_only(question: Question) -> tuple[Condition, ...]:
    return (CRIME_ONLY,) if question.table == "crimes" and question.filters.crime_type is None else ()


def _published(
    part: categories.Part, question: Question, breakdown: str, is_crime: bool | None
) -> categories.Part:
    share, source = _published_share(question, breakdown, part.id or "")
    return categories.Part(part.id, part.name, part.count, part.share, share, source, is_crime)


def _published_share(question: Question, breakdown: str, part: str) -> tuple[float | None, str | None]:
    """Return a published share and its source, none where the question is of less than the whole force."""
    if question.filters.applied(question.table):
        return None, None
    return categories.published_share(question.view.force, question.table, breakdown, part)


def _published_months(question: Question) -> list[PublishedMonth]:
    """Return the highest and lowest months that are published for contacts."""
    return [
        {
            "channel": volume.part,
            "peak": volume.basis.removesuffix("_month"),
            "month": f"{volume.period_start_on:%Y-%m}",
            "count": int(volume.value),
            "source": question.view.force.cited(volume.source_id, volume.where),
        }
        for volume in question.view.force.volumes
        if volume.measure == "contacts" and volume.basis in ("highest_month", "lowest_month")
    ]
