"""Point to area is exact: against whole-number arithmetic and GEOS, compiled and as plain Python."""

from __future__ import annotations

from fractions import Fraction
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constabulary.numeric._kernel import exact_sign, point_to_area
from constabulary.numeric.grid import AreaIndex

Ring = list[tuple[float, float]]
Areas = list[list[Ring]]


@pytest.fixture(scope="module", params=["compiled", "plain Python"], autouse=True)
def kernels(request: pytest.FixtureRequest) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "plain Python":
            for module in (exact_sign, point_to_area):
                _without_compiler(module, patch)
        yield request.param


def _without_compiler(module: ModuleType, patch: pytest.MonkeyPatch) -> None:
    for name, value in list(vars(module).items()):
        if hasattr(value, "py_func"):
            patch.setattr(module, name, value.py_func)


def index_of(areas: Areas) -> AreaIndex:
    rings = [(number, ring) for number, rings in enumerate(areas) for ring in rings]
    corners = [corner for _, ring in rings for corner in [*ring, ring[0]]]
    starts = np.cumsum([0] + [len(ring) + 1 for _, ring in rings])
    return AreaIndex.build(corners, starts, [number for number, _ in rings])


def located(areas: Areas, points: list[tuple[float, float]]) -> list[int]:
    return index_of(areas).locate([x for x, _ in points], [y for _, y in points]).tolist()


def whole(value: float) -> int:
    """A coordinate of 1e-120 or more in size as a whole number of 2^-452: nothing is lost."""
    scaled = Fraction(value) * 2**452
    assert scaled.denominator == 1
    return scaled.numerator


def by_whole_numbers(areas: Areas, points: list[tuple[float, float]]) -> list[int]:
    exact = [[[(whole(x), whole(y)) for x, y in ring] for ring in rings] for rings in areas]
    return [
        next((number for number, rings in enumerate(exact) if has_point(rings, whole(x), whole(y))), -1)
        for x, y in points
    ]


def has_point(rings: list[list[tuple[int, int]]], x: int, y: int) -> bool:
    """Whether the point is on an edge, or has an odd number of edges straight above it."""
    n_above = 0
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
            turn = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
            if turn == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
                return True
            if (ax <= x < bx and turn < 0) or (bx <= x < ax and turn > 0):
                n_above += 1
    return n_above % 2 == 1


def telling_points(areas: Areas) -> list[tuple[float, float]]:
    """Corners, middles and thirds of edges, each also one step of a double to every side."""
    points = []
    for rings in areas:
        for ring in rings:
            for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
                points += [(ax, ay), ((ax + bx) / 2, (ay + by) / 2), (ax + (bx - ax) / 3, ay + (by - ay) / 3)]
                points += [(bx, ay), ((ax + bx) / 2, ay)]
    nudged = []
    for x, y in points:
        nudged += [(float(np.nextafter(x, s * np.inf)), y) for s in (-1, 1)]
        nudged += [(x, float(np.nextafter(y, s * np.inf))) for s in (-1, 1)]
    return points + nudged


def areas_of(coordinate: st.SearchStrategy[float]) -> st.SearchStrategy[Areas]:
    ring = st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=6)
    return st.lists(st.lists(ring, min_size=1, max_size=2), min_size=1, max_size=3)


COARSE = st.integers(-4, 4).map(float)
DECIMAL = st.integers(-60, 60).map(lambda n: n / 10 + 52)
TINY_DIFFERENCES = st.integers(0, 6).map(lambda n: 1.0 + n * 2.0**-52)
ANY = st.floats(-180, 180, allow_subnormal=False).map(lambda v: 0.0 if abs(v) < 1e-100 else v)
MIXED_SIZES = st.sampled_from(
    [0.0, 1e-119, -1e-119, 1e-30, 1.0, 1.0 + 2**-52, -3.0, 1e20, 1e119, -1e119, 7e118]
)


@pytest.mark.parametrize(
    "coordinate",
    [COARSE, DECIMAL, TINY_DIFFERENCES, ANY, MIXED_SIZES],
    ids=["coarse", "decimal", "ulps", "any", "sizes"],
)
def test_every_telling_point_is_decided_as_by_whole_numbers(coordinate: st.SearchStrategy[float]) -> None:
    @settings(
        max_examples=80,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(areas_of(coordinate), st.lists(st.tuples(coordinate, coordinate), max_size=8))
    def check(areas: Areas, points: list[tuple[float, float]]) -> None:
        points = [p for p in points + telling_points(areas) if all(v == 0 or abs(v) >= 1e-120 for v in p)]
        assert located(areas, points) == by_whole_numbers(areas, points)

    check()


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(DECIMAL, TINY_DIFFERENCES, ANY, MIXED_SIZES), min_size=6, max_size=6), st.floats(0, 1)
)
def test_the_side_of_a_line_is_that_of_rational_numbers(numbers: list[float], share: float) -> None:
    ax, ay, bx, by, px, py = numbers
    on_line = (ax + (bx - ax) * share, ay + (by - ay) * share)
    for x, y in ((px, py), on_line):
        if any(v != 0 and abs(v) < 1e-120 for v in (x, y)):
            continue
        a, b, c, d, e, f = map(Fraction, (ax, ay, bx, by, x, y))
        exact = (a - e) * (d - f) - (b - f) * (c - e)
        assert exact_sign.side_of_line(ax, ay, bx, by, x, y) == (exact > 0) - (exact < 0)


def tessellation(seed: int, n: int) -> list[shapely.Polygon]:
    """Areas that share borders, as outlines do."""
    sites = np.random.default_rng(seed).normal([0.1, 52.3], [0.2, 0.1], (n, 2))
    cells = shapely.voronoi_polygons(shapely.multipoints(sites), extend_to=shapely.box(-1, 51, 1, 53))
    return list(shapely.get_parts(cells))


def rings_of(polygons: list[Any]) -> Areas:
    return [
        [list(ring.coords)[:-1] for p in shapely.get_parts(g) for ring in (p.exterior, *p.interiors)]
        for g in polygons
    ]


def by_geos(polygons: list[Any], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    point, area = shapely.STRtree(polygons).query(shapely.points(x, y), predicate="intersects")
    lowest = np.full(len(x), len(polygons))
    np.minimum.at(lowest, point, area)
    return np.where(lowest == len(polygons), -1, lowest)


@pytest.mark.parametrize("seed", range(4))
def test_areas_that_share_borders_agree_with_geos_on_random_points_and_corners(
    seed: int, kernels: str
) -> None:
    cells = tessellation(seed, 60)
    # Some in two parts, some with a hole that another fills.
    polygons = [shapely.union_all([cells[0], cells[30]]), cells[1].difference(cells[1].centroid.buffer(0.01))]
    polygons += [cells[1].centroid.buffer(0.01), *cells[2:30], *cells[31:]]
    rng = np.random.default_rng(seed + 100)
    n = 20_000 if kernels == "compiled" else 1_000
    corners = shapely.get_coordinates(polygons)
    x = np.concatenate([rng.uniform(-1, 1, n), rng.normal(0.1, 0.2, n), corners[:, 0]])
    y = np.concatenate([rng.uniform(51, 53, n), rng.normal(52.3, 0.1, n), corners[:, 1]])
    index = index_of(rings_of(polygons))
    assert (index.locate(x, y) == by_geos(polygons, x, y)).all()
    within = shapely.get_coordinates([polygon.representative_point() for polygon in polygons])
    assert index.locate(*within.T).tolist() == list(range(len(polygons)))


def test_the_fixture_really_runs_plain_python(kernels: str) -> None:
    assert isinstance(point_to_area.locate, FunctionType) == (kernels == "plain Python")
