"""Outlines written as GeoJSON for maps and downloads: the same text for the same outlines, every time."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from constabulary.core.errors import BadInput, Problem
from constabulary.tables.outlines import Outlines


def to_geojson(
    outlines: Outlines,
    properties: Mapping[str, Sequence[Any]] | None = None,
    *,
    tolerance_deg: float = 0.0,
    decimals: int = 5,
) -> str:
    """Return the outlines as GeoJSON text, one line an area, with the attribution beside the areas.

    Parameters
    ----------
    outlines
        The areas; each gets the properties "area_id" and "name".
    properties
        Further columns by name, one value an area in the order of the outlines; NaN becomes null.
    tolerance_deg
        How far a border may be moved to save corners [degrees]; areas that share a border go on sharing it.
    decimals
        Decimals kept of a coordinate; 5 are about a metre. An area too small for that keeps them all.

    Raises
    ------
    BadInput
        When a column has not one value for each area.
    """
    columns = {"area_id": outlines.area_ids, "name": outlines.names, **(properties or {})}
    wrong = [name for name, values in columns.items() if len(values) != len(outlines)]
    if wrong:
        raise BadInput(
            Problem(
                rule="property_length",
                message=f"There are {len(columns[wrong[0]]):,} values for {len(outlines):,} areas.",
                column=wrong[0],
                expected="one value an area",
                count=len(wrong),
            )
        )
    shapes = np.array(outlines.geometries, dtype=object)
    if tolerance_deg > 0:
        shapes = shapely.coverage_simplify(shapes, tolerance_deg)
    shapes = shapely.orient_polygons(shapely.normalize(shapes))
    lines = []
    for number, shape in enumerate(shapes):
        values = {name: _plain(column[number]) for name, column in columns.items()}
        geometry = _rounded_shape(shape, decimals)
        lines.append(_json({"type": "Feature", "properties": values, "geometry": geometry}))
    head = f'{{"type":"FeatureCollection","attribution":{_json(outlines.attribution)},"features":[\n'
    return head + ",\n".join(lines) + "\n]}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and math.isnan(plain) else plain


def _rounded_shape(shape: Any, decimals: int) -> dict[str, Any]:
    """Return a shape as GeoJSON with rounded corners; parts and holes that rounding closes are left out."""
    polygons = []
    for polygon in shapely.get_parts(shape):
        rings = [_rounded_ring(ring, decimals) for ring in (polygon.exterior, *polygon.interiors)]
        if rings[0]:
            polygons.append([ring for ring in rings if ring])
    if not polygons:
        whole: dict[str, Any] = shapely.geometry.mapping(shape)
        return whole
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def _rounded_ring(ring: Any, decimals: int) -> list[tuple[float, float]]:
    # Adding nought turns -0.0 into 0.0, so that the text does not depend on the side it was rounded from.
    corners = [(round(x, decimals) + 0.0, round(y, decimals) + 0.0) for x, y in ring.coords]
    kept = corners[:1] + [b for a, b in pairwise(corners) if a != b]
    return kept if len(kept) >= 4 else []
