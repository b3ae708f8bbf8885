"""The map of a figure by area: outlines of one level, each with its figures and its class."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from typing import Any

from constabulary.core.errors import BadInput, Problem
from constabulary.demand.filters import Filters
from constabulary.demand.places import Place
from constabulary.services.demand.figure import ANY, Figure
from constabulary.services.demand.picture import FIGURES
from constabulary.services.workspace.geography import outlines
from constabulary.store.workspace import Workspace
from constabulary.tables.geojson_text import to_geojson
from constabulary.tables.outlines import Outlines

LEVELS = ("area", "district", "neighbourhood", "lsoa")
"""Levels that can be drawn, largest areas first."""
MEASURES = {"count": "count", "rate": "rate_per_1000"}
"""What can be drawn, and the column of a place that holds it."""
MOST_CLASSES = 5


@dataclass(frozen=True)
class MapClass:
    """One shade of the map.

    Parameters
    ----------
    number
        0 is the lowest.
    least, most
        Lowest and highest figure among its areas.
    n_areas
        How many areas it holds.
    """

    number: int
    least: float
    most: float
    n_areas: int


@dataclass(frozen=True)
class AreaMap:
    """A figure by area, ready to be drawn.

    Parameters
    ----------
    figure
        The figure.
    level, measure
        Of `LEVELS` and `MEASURES`.
    places
        Of each outline, its figures; None where the figure has no row for it.
    class_of
        Of each outline, its class; None where there is no figure.
    classes
        The classes, the lowest first; see `classified`.
    listed
        Every place of the level, drawn or not.
    outlines
        The shapes, with their attribution.
    """

    figure: Figure
    level: str
    measure: str
    places: tuple[Place | None, ...]
    class_of: tuple[int | None, ...]
    classes: tuple[MapClass, ...]
    listed: tuple[Place, ...]
    outlines: Outlines = field(repr=False)

    @property
    def not_drawn(self) -> tuple[Place, ...]:
        """Places of the level that have no outline, and so are not on the map."""
        drawn = set(self.outlines.area_ids)
        return tuple(one for one in self.listed if one.id not in drawn)

    @property
    def values(self) -> tuple[float | None, ...]:
        """The figure that is drawn, of each outline."""
        return tuple(None if place is None else value_of(place, self.measure) for place in self.places)

    def as_geojson(self) -> str:
        """Return the outlines as GeoJSON, each with count, rate per 1,000, change, class, and whether it is small."""
        rows = self.places
        columns: dict[str, list[Any]] = {
            "count": [row.count.count if row else None for row in rows],
            "rate_per_1000": [row.rate_per_1000 if row else None for row in rows],
            "change": [row.count.change if row else None for row in rows],
            "is_small": [row.is_small if row else None for row in rows],
            "class": list(self.class_of),
            "is_synthetic": [self.figure.about.is_synthetic] * len(rows),
        }
        return to_geojson(self.outlines, columns)


def area_map(
    workspace: Workspace,
    filters: Filters = ANY,
    table: str = "crimes",
    level: str = "district",
    measure: str = "rate",
    figure: Figure | None = None,
) -> AreaMap:
    """Return the map of incidents or crimes at one level.

    Parameters
    ----------
    workspace
        Whose records.
    filters
        What to narrow it to.
    table
        incidents or crimes.
    level, measure
        Of `LEVELS` and `MEASURES`.
    figure
        The figure under these filters, where the caller has it already.

    Raises
    ------
    BadInput
        If table, level or measure is none of those.
    NothingThere
        If there are no outlines of the level.
    """
    for word, value, allowed in (
        ("of", table, ("incidents", "crimes")),
        ("level", level, LEVELS),
        ("show", measure, tuple(MEASURES)),
    ):
        if value not in allowed:
            expected = f"one of {', '.join(allowed)}"
            raise BadInput(Problem("bad_map", f'"{value}" cannot be drawn', column=word, expected=expected))
    figure = figure or FIGURES[f"areas_{table}"](workspace, filters)
    shapes = outlines(workspace, level)
    listed = places_at(figure, level, filters)
    found = {row.id: row for row in listed}
    if filters.area_id is not None:
        shapes = _kept_to(shapes, found)
    places = tuple(found.get(area_id) for area_id in shapes.area_ids)
    values = [None if place is None else value_of(place, measure) for place in places]
    class_of, classes = classified(values)
    return AreaMap(figure, level, measure, places, class_of, classes, listed, shapes)


def places_at(figure: Figure, level: str, filters: Filters) -> tuple[Place, ...]:
    """Return the places of a level that lie in the area asked for, all of them where none is."""
    rows = tuple(row for row in figure.rows if row.level == level)
    if filters.area_id is None:
        return rows
    above = {row.id: row.parent_id for row in figure.rows}
    return tuple(row for row in rows if filters.area_id in _upwards(row.id, above))


def _upwards(place: str | None, above: dict[str, str | None]) -> list[str]:
    chain: list[str] = []
    while place is not None and place not in chain:
        chain.append(place)
        place = above.get(place)
    return chain


def _kept_to(shapes: Outlines, found: dict[str, Place]) -> Outlines:
    kept = [no for no, area_id in enumerate(shapes.area_ids) if area_id in found]
    return replace(
        shapes,
        area_ids=tuple(shapes.area_ids[no] for no in kept),
        names=tuple(shapes.names[no] for no in kept),
        geometries=tuple(shapes.geometries[no] for no in kept),
    )


def value_of(place: Place, measure: str) -> float | None:
    """Return the figure of a place that a map of a measure draws."""
    return place.rate_per_1000 if measure == "rate" else float(place.count.count)


def classified(values: list[float | None]) -> tuple[tuple[int | None, ...], tuple[MapClass, ...]]:
    """Part figures into at most five classes; equal figures share one.

    Where no more than five figures differ, each has a class of its own; where more do, areas are parted in the order of
    their figures, as near as can be as many in each class.

    Returns
    -------
    tuple
        The class of each figure, None where there is none; and the classes, the lowest first.

    Examples
    --------
    >>> classified([1.0, 2.0, 2.0, None])[0]
    (0, 1, 1, None)
    """
    ranked = sorted(value for value in values if value is not None)
    ends = sorted(set(ranked))
    if len(ends) > MOST_CLASSES:
        places = range(1, MOST_CLASSES + 1)
        ends = sorted({ranked[-(-no * len(ranked) // MOST_CLASSES) - 1] for no in places})
    class_of = tuple(None if value is None else bisect_left(ends, value) for value in values)
    classes = []
    for number in range(len(ends)):
        held = [
            value for value, own in zip(values, class_of, strict=True) if own == number and value is not None
        ]
        classes.append(MapClass(number, min(held), max(held), len(held)))
    return class_of, tuple(classes)
