"""Places that a force folder draws as polygons: the ground of stations, and hot spots, each by its id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.rooms.cover import HOT_SPOT_OUTLINES, STATION_OUTLINES
from constabulary.tables.circles import circles
from constabulary.tables.geojson import read_geojson
from constabulary.tables.outlines import Outlines

ID_KEYS = {STATION_OUTLINES: "station_id", HOT_SPOT_OUTLINES: "hot_spot_id"}
"""The property that holds a place's id, by file."""
Circle = tuple[str, str, float, float, float]
"""Id, name, longitude, latitude [degrees] and radius [m] of a place."""


def places_of(folder: Path, file: str, rows: Sequence[Circle]) -> Outlines | None:
    """Return places as shapes: circles, and the polygons of a file in their stead or besides; None where none are.

    Parameters
    ----------
    folder
        The force folder.
    file
        One of `ID_KEYS`; it need not be there.
    rows
        The places of the table. One whose id has a polygon takes its shape from it, and its name from here.

    Raises
    ------
    BadInput
        If the polygons break a rule.
    """
    found: dict[str, tuple[str, Any]] = {}
    shapes = circles([row[2:] for row in rows])
    for (place_id, name, *_), shape in zip(rows, shapes, strict=True):
        found[place_id] = name, shape
    for place_id, (name, shape) in _drawn(folder, file).items():
        found[place_id] = found.get(place_id, (name,))[0], shape
    if not found:
        return None
    names, geometries = zip(*found.values(), strict=True)
    return Outlines(tuple(found), names, geometries)


def wrongly_drawn(folder: Path) -> list[Problem]:
    """Return what is wrong with the polygons of a force folder."""
    problems: list[Problem] = []
    for file in ID_KEYS:
        try:
            _drawn(folder, file)
        except BadInput as error:
            problems += error.problems
    return problems


def _drawn(folder: Path, file: str) -> dict[str, tuple[str, Any]]:
    """Return name and shape by id."""
    if not (folder / file).is_file():
        return {}
    try:
        found = read_geojson(folder / file, id_key=ID_KEYS[file])
    except BadInput as error:
        raise BadInput(replace(problem, file=file) for problem in error.problems) from error
    return dict(zip(found.area_ids, zip(found.names, found.geometries, strict=True), strict=True))
