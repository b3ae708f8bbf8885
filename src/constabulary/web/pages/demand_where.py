"""The page of where demand is: a map by level, and the same in a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse

from constabulary.core.errors import NothingThere
from constabulary.registers.access import Permission
from constabulary.services.demand.choices import filters_of
from constabulary.services.demand.maps import AreaMap, area_map, places_at
from constabulary.services.demand.picture import Figure
from constabulary.web.demand import mapped, tables, words
from constabulary.web.demand.asked import Asked, asking
from constabulary.web.demand.block import links
from constabulary.web.demand.head import Head, head
from constabulary.web.numbers import number, several
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Cell, Table

OPTIONS = {
    "of": ("What", (("crimes", "Crimes"), ("incidents", "Incidents"))),
    "level": ("By", tuple((level, name[0].upper() + name[1:]) for level, name in mapped.LEVELS.items())),
    "show": ("On the map", (("rate", "Rate per 1,000 residents"), ("count", "Count"))),
}
BELOW = {"area": "district", "district": "neighbourhood", "neighbourhood": "lsoa"}


@dataclass(frozen=True)
class Map:
    """The map of the page.

    Parameters
    ----------
    title
        What it shows.
    src
        The address of the areas with their figures (GeoJSON).
    picture
        The address of the same as a picture.
    alt
        What one sees in it.
    unit
        The unit of its figures.
    places
        Decimal places of its figures.
    legend
        Class and words of each shade, the lowest first.
    not_drawn
        A sentence on what has no outline; empty where all has.
    """

    title: str
    src: str
    picture: str
    alt: str
    unit: str
    places: int
    legend: tuple[tuple[int, str], ...]
    not_drawn: str


@dataclass(frozen=True)
class Where(Context):
    """What the page of where demand is shows.

    Parameters
    ----------
    head
        The way between the demand pages, filters, notes.
    map
        The map; None where there is nothing to draw.
    why_no_map
        Why there is no map, or why it shows another measure than was asked for.
    period
        What was counted over.
    definition
        What is counted.
    table
        The areas; None where nothing is counted.
    remainder
        What is not in any area of the level; None where all is.
    has_small
        True where a rate rests on few records or residents.
    links
        Ways to the working and to take it away.
    """

    head: Head
    map: Map | None
    why_no_map: str
    period: str
    definition: str
    table: Table | None
    remainder: Table | None
    has_small: bool
    links: tuple[Cell, ...]


@page(
    "demand/where/",
    name="demand_where",
    title="Where demand is",
    permission=Permission.SEE_RECORDS,
    nav=Room.DEMAND,
    parent="demand",
)
@asking(
    ("crimes", "incidents"),
    {
        "crimes": ("from", "to", "area", "crime_type", "records"),
        "incidents": ("from", "to", "area", "category", "channel", "qualifier", "records"),
    },
    OPTIONS,
)
def where(request: Request, asked: Asked) -> Where:
    """Show incidents or crimes by area."""
    of, level = asked.options["of"], asked.options["level"]
    name = f"areas_{of}"
    figure = asked.figure(name)
    shown = sorted(places_at(figure, level, asked.filters), key=lambda row: -row.count.count)
    has_rate = any(row.rate_per_1000 is not None for row in shown)
    measure = asked.options["show"] if has_rate else "count"
    if measure == "rate":
        shown.sort(key=lambda row: -(row.rate_per_1000 or 0))
    drawn, why_not = _map(asked, figure, name, level, measure) if shown else (None, "")
    if shown and asked.options["show"] == "rate" and not has_rate:
        why_not = f"The map shows counts: the residents of {mapped.LEVELS[level]} are not known, so there is no rate."
    whole = () if asked.filters.area_id else tuple(row for row in figure.rows if row.level == "force")
    outside = () if asked.filters.area_id else tuple(row for row in figure.rows if row.level == "remainder")
    return Where(
        answer=words.answer(figure),
        head=head(asked, "demand_where", (of,), (figure,)),
        map=drawn,
        why_no_map=why_not,
        period=words.period(figure.about),
        definition=figure.about.definition,
        table=_table(asked, figure, [row.as_json() for row in (*whole, *shown)], level) if shown else None,
        remainder=_remainder([row.as_json() for row in outside if row.count.count]),
        has_small=any(row.is_small for row in shown),
        links=links(
            asked, name, mapped.LEVELS[level], has_picture=drawn is not None, level=level, show=measure
        )
        if shown
        else (),
    )


@page(
    "demand/map/<slug:of>.geojson",
    name="demand_map",
    title="Areas with their figures as GeoJSON",
    permission=Permission.SEE_RECORDS,
)
def areas(request: Request, of: str) -> HttpResponse:
    """Hand out the outlines of a level with count, rate, change and class."""
    given = request.GET.dict()
    drawn = area_map(
        request.workspace,
        filters_of(request.workspace, given),
        of,
        given.get("level") or "district",
        given.get("show") or "rate",
    )
    return HttpResponse(drawn.as_geojson(), content_type="application/geo+json")


def _map(asked: Asked, figure: Figure, name: str, level: str, measure: str) -> tuple[Map | None, str]:
    workspace = asked.request.workspace
    table = name.removeprefix("areas_")
    try:
        drawn = area_map(workspace, asked.filters, table, level, measure, figure)
    except NothingThere as error:
        return None, " ".join(str(problem) for problem in error.problems)
    ranked = sorted(
        (
            (figure, one)
            for figure, one in zip(drawn.values, drawn.outlines.names, strict=True)
            if figure is not None
        ),
        reverse=True,
    )
    said = "; ".join(f"{one} {mapped.value(drawn, figure)}" for figure, one in ranked[:6])
    more = f"; {several(len(ranked) - 6, 'area')} lower" if len(ranked) > 6 else ""
    query = {"level": level, "show": measure}
    return Map(
        title=mapped.title(drawn),
        src=asked.address("demand_map", table, **query),
        picture=asked.address("demand_chart", name, "svg", **query),
        alt=f"Map of {mapped.unit(drawn)}, from the highest: {said}{more}.",
        unit=mapped.unit(drawn),
        places=1 if measure == "rate" else 0,
        legend=tuple(mapped.legend(drawn)),
        not_drawn=_not_drawn(drawn),
    ), ""


def _not_drawn(drawn: AreaMap) -> str:
    lacking = [one for one in drawn.not_drawn if one.count.count]
    if not lacking:
        return ""
    noun = words.NOUNS[words.TABLES[drawn.figure.about.name][0]]
    n_records = sum(one.count.count for one in lacking)
    return (
        f"{number(n_records)} {noun} are of {several(len(lacking), 'area')} without an outline, "
        f"such as codes of another census: in the table, not on the map."
    )


def _table(asked: Asked, figure: Figure, rows: list[Mapping[str, object]], level: str) -> Table:
    below = BELOW.get(level)
    further = {
        str(row["id"]): asked.address(
            "demand_where", area=f"{level}:{row['id']}", level=below, of=asked.options["of"]
        )
        for row in rows
        if below and row["level"] == level
    }
    noun = words.NOUNS[asked.options["of"]].capitalize()
    n_compared = len(figure.about.compared_months)
    note = f"Same months: the {several(n_compared, 'month')} covered in both years." if n_compared else ""
    if any(row["level"] == "force" for row in rows):
        note = " ".join(filter(None, (note, "The whole force counts what has no place too.")))
    return tables.places(rows, f"{noun} by {mapped.LEVELS[level][:-1]}", further, note)


def _remainder(rows: list[Mapping[str, object]]) -> Table | None:
    if not rows:
        return None
    return tables.places(rows, "In no area of this level, and not on the map", {})
