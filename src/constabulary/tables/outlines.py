"""Outlines of areas: shapes with ids and names, larger areas made from smaller, rings for point to area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem


@dataclass(frozen=True)
class Outlines:
    """Areas with their shapes; an area's number is its place in these lists, from 0.

    Parameters
    ----------
    area_ids
        Code of each area, each only once.
    names
        Name of each area.
    geometries
        Valid polygons or multi-polygons, longitude and latitude [degrees, WGS 84].
    attribution
        What every map and export made from them must say; empty if nothing.
    notices
        What was repaired or looks odd; nothing here stops their use.
    """

    area_ids: tuple[str, ...]
    names: tuple[str, ...]
    geometries: tuple[Any, ...]
    attribution: str = ""
    notices: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.area_ids)


class Rings(NamedTuple):
    """Rings of all areas, as point to area takes them: ``AreaIndex.build(*rings_of(outlines))``."""

    coordinates: NDArray[np.float64]
    ring_starts: NDArray[np.int64]
    ring_areas: NDArray[np.int64]


def rings_of(outlines: Outlines) -> Rings:
    """Return the rings of all areas, outer and holes; a ring's area is the area's number in the outlines."""
    polygons, area_of_polygon = shapely.get_parts(list(outlines.geometries), return_index=True)
    rings, polygon_of_ring = shapely.get_rings(polygons, return_index=True)
    starts = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(rings))])
    return Rings(shapely.get_coordinates(rings), starts, area_of_polygon[polygon_of_ring])


def dissolve(
    outlines: Outlines, groups: Mapping[str, str], names: Mapping[str, str] | None = None
) -> Outlines:
    """Return the outlines of larger areas, each made of all the areas of its group.

    Borders between areas that share them corner by corner vanish without moving a corner, so the sizes add
    up.

    Parameters
    ----------
    outlines
        The smaller areas.
    groups
        Id of the larger area by id of the smaller; every smaller area has one.
    names
        Name by id of the larger area; the id itself where there is none.

    Returns
    -------
    Outlines
        The larger areas in order of their ids, with the same attribution.

    Raises
    ------
    BadInput
        When an area has no group.
    """
    without = [area_id for area_id in outlines.area_ids if area_id not in groups]
    if without:
        raise BadInput(
            Problem(
                rule="area_without_group",
                message=f"{without[0]} is in no group.",
                expected="a group for every area",
                remedy="Add it to a group or leave its outline out.",
                count=len(without),
            )
        )
    members: dict[str, list[Any]] = {}
    for area_id, geometry in zip(outlines.area_ids, outlines.geometries, strict=True):
        members.setdefault(groups[area_id], []).append(geometry)
    ids = tuple(sorted(members))
    return Outlines(
        area_ids=ids,
        names=tuple((names or {}).get(group, group) for group in ids),
        geometries=tuple(_united(members[group]) for group in ids),
        attribution=outlines.attribution,
    )


def _united(geometries: list[Any]) -> Any:
    if shapely.coverage_is_valid(geometries):
        return shapely.coverage_union_all(geometries)
    return shapely.union_all(geometries)


def overlaps(outlines: Outlines) -> list[tuple[str, str, float]]:
    """Return the pairs of areas that overlap and the share of the smaller one (0 to 1), largest first."""
    shapes = np.array(outlines.geometries)
    if shapely.coverage_is_valid(shapes):
        return []
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    share = shared / np.minimum(shapely.area(shapes[one]), shapely.area(shapes[other]))
    ids = outlines.area_ids
    return [
        (ids[one[k]], ids[other[k]], float(share[k]))
        for k in np.argsort(-share, kind="stable")
        if share[k] > 0
    ]
