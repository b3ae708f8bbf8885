"""Shapes that overlap, cut into faces that do not: a point in a face is in every shape that the face belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely


@dataclass(frozen=True)
class Faces:
    """The faces that shapes cut each other into.

    Parameters
    ----------
    shapes
        The faces; none overlaps another.
    members
        The numbers of the shapes that each face lies in, one or more, the lowest first.
    """

    shapes: tuple[Any, ...]
    members: tuple[tuple[int, ...], ...]

    @property
    def has_overlaps(self) -> bool:
        """Whether any shape overlaps another."""
        return any(len(own) > 1 for own in self.members)


def faces_of(shapes: Sequence[Any]) -> Faces:
    """Return the faces that some polygons cut each other into.

    A shape that overlaps no other is a face as it stands, so its border stays exactly where it was.

    Parameters
    ----------
    shapes
        Polygons and multi-polygons (shapely), in any unit.

    Examples
    --------
    >>> found = faces_of([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1), shapely.box(5, 0, 6, 1)])
    >>> sorted(found.members)
    [(0,), (0, 1), (1,), (2,)]
    """
    every = np.array(shapes, dtype=object)
    found: list[tuple[tuple[int, ...], Any]] = []
    for group in _groups(every):
        if len(group) == 1:
            found.append(((group[0],), every[group[0]]))
            continue
        borders = shapely.union_all(shapely.boundary(every[group]))
        for face in shapely.get_parts(shapely.polygonize([borders])):
            inside = shapely.point_on_surface(face)
            own = tuple(number for number in group if shapely.contains(every[number], inside))
            # What lies in none is a hole that shapes leave between them.
            if own:
                found.append((own, face))
    return Faces(tuple(shape for _, shape in found), tuple(own for own, _ in found))


def _groups(shapes: Any) -> list[list[int]]:
    """Return the numbers of shapes that overlap each other, directly or through others, together."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    is_pair = one < other
    one, other = one[is_pair], other[is_pair]
    shares = shapely.area(shapely.intersection(shapes[one], shapes[other])) > 0
    group_of = list(range(len(shapes)))
    for first, second in zip(one[shares].tolist(), other[shares].tolist(), strict=True):
        joined, left = sorted((group_of[first], group_of[second]))
        group_of = [joined if group == left else group for group in group_of]
    groups: dict[int, list[int]] = {}
    for number, group in enumerate(group_of):
        groups.setdefault(group, []).append(number)
    return list(groups.values())
