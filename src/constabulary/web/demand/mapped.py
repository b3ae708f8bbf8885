"""The map of a demand figure in words and as a picture: its legend, its title, what one sees in it."""

from __future__ import annotations

from constabulary.render import maps
from constabulary.services.demand.choices import choices
from constabulary.services.demand.maps import AreaMap, area_map
from constabulary.services.demand.picture import Filters
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import numbers
from constabulary.web.demand import words
from constabulary.web.pictures import legend_of

LEVELS = {
    "district": "districts",
    "area": "policing areas",
    "neighbourhood": "neighbourhoods",
    "lsoa": "LSOAs",
}


def unit(drawn: AreaMap) -> str:
    """Return what the map's figures are: "crimes per 1,000 residents"."""
    noun = words.NOUNS[words.TABLES[drawn.figure.about.name][0]]
    return f"{noun} per 1,000 residents" if drawn.measure == "rate" else noun


def value(drawn: AreaMap, figure: float | None) -> str:
    """Return a figure of the map as text."""
    return numbers.number(figure, 1 if drawn.measure == "rate" else 0)


def legend(drawn: AreaMap) -> list[tuple[int, str]]:
    """Return each class and its words, the lowest first."""
    return legend_of(drawn.classes, lambda figure: value(drawn, figure))


def title(drawn: AreaMap) -> str:
    """Return the map's title."""
    said = unit(drawn)
    return f"{said[0].upper()}{said[1:]}, by {LEVELS[drawn.level][:-1]}"


def drawn_map(workspace: Workspace, filters: Filters, table: str, level: str, measure: str) -> str:
    """Return the map of incidents or crimes as SVG.

    Raises
    ------
    BadInput
        If table, level or measure is none.
    NothingThere
        If there are no outlines of the level.
    """
    drawn = area_map(workspace, filters, table, level, measure)
    offered = choices(workspace, (table,), filters)
    narrowed = [offered.words_of(filters, word) for word in ("area", "category", "crime_type", "qualifier")]
    return maps.choropleth(
        drawn.outlines.geometries,
        drawn.outlines.names,
        drawn.class_of,
        [value(drawn, one) for one in drawn.values],
        legend(drawn),
        title=title(drawn),
        subtitle=". ".join(
            filter(None, [words.period(drawn.figure.about), ", ".join(filter(None, narrowed))])
        ),
        attribution=drawn.outlines.attribution,
    )
