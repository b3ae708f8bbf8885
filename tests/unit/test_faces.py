"""Faces of shapes that overlap: every point is in the shapes of its face, and no time is lost or counted too often."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely

from constabulary.tables.circles import circles
from constabulary.tables.faces import faces_of


@pytest.mark.parametrize("seed", range(6))
def test_a_point_lies_in_the_shapes_of_its_face_and_in_no_other(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = [
        (x, y, r) for x, y, r in zip(*rng.uniform((0, 52, 100), (0.02, 52.01, 500), (9, 3)).T, strict=True)
    ]
    shapes = circles(places)
    found = faces_of(shapes)
    assert found.has_overlaps
    x, y = rng.uniform((-0.01, 51.99), (0.03, 52.02), (4000, 2)).T
    truth = np.array([shapely.contains_xy(shape, x, y) for shape in shapes])
    told = np.zeros_like(truth)
    n_faces = np.zeros(x.size, int)
    for face, own in zip(found.shapes, found.members, strict=True):
        inside = shapely.contains_xy(face, x, y)
        n_faces += inside
        told[list(own)] |= inside
    assert (told == truth).all()
    assert n_faces.max() == 1 and (n_faces == truth.any(axis=0)).all()
    # Each shape is as large as its faces together.
    for number, shape in enumerate(shapes):
        own_faces = [
            face.area for face, own in zip(found.shapes, found.members, strict=True) if number in own
        ]
        assert sum(own_faces) == pytest.approx(shape.area, rel=1e-9)


def test_shapes_that_touch_or_stand_apart_stay_exactly_as_they_are() -> None:
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(5, 5, 6, 6)]
    found = faces_of(shapes)
    assert not found.has_overlaps
    assert found.members == ((0,), (1,), (2,))
    assert all(one is other for one, other in zip(found.shapes, shapes, strict=True))


def test_a_hole_that_shapes_leave_between_them_is_no_face() -> None:
    # A ring of four boxes around an empty middle, each over its neighbours' corners.
    ring = [
        shapely.box(0, 0, 3, 1),
        shapely.box(2, 0, 3, 3),
        shapely.box(0, 2, 3, 3),
        shapely.box(0, 0, 1, 3),
    ]
    found = faces_of(ring)
    assert not any(shapely.contains_xy(face, 1.5, 1.5) for face in found.shapes)
    assert sum(face.area for face in found.shapes) == pytest.approx(8)
    assert sorted(own for own in found.members if len(own) > 1) == [(0, 1), (0, 3), (1, 2), (2, 3)]
    assert all(one < other for own in found.members for one, other in itertools.pairwise(own))
