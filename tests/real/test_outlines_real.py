"""The real outlines: read whole, free of overlap, adding up to the districts, and decided as GEOS decides."""

from __future__ import annotations

from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely

from constabulary.numeric.grid import AreaIndex
from constabulary.tables.geojson import read_geojson
from constabulary.tables.geojson_text import to_geojson
from constabulary.tables.outlines import Outlines, dissolve, rings_of
from constabulary.tables.places import district_of, neighbourhood_of

DISTRICTS = [
    "Cambridge",
    "East Cambridgeshire",
    "Fenland",
    "Huntingdonshire",
    "South Cambridgeshire",
    "Peterborough",
]
SHIPPED = Path(str(files("constabulary"))) / "forces" / "cambridgeshire" / "geography" / "lsoa_2011.geojson"


@pytest.fixture(scope="module", params=["shipped", "detailed"])
def lsoas(request: pytest.FixtureRequest) -> Outlines:
    if request.param == "shipped":
        return read_geojson(SHIPPED)
    folder = request.getfixturevalue("shared_data")
    return read_geojson(folder / "geography" / "cambs_lsoa_2011.geojson")


def by_geos(outlines: Outlines, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    tree = shapely.STRtree(list(outlines.geometries))
    point, area = tree.query(shapely.points(x, y), predicate="intersects")
    lowest = np.full(len(x), len(outlines))
    np.minimum.at(lowest, point, area)
    return np.where(lowest == len(outlines), -1, lowest)


def test_the_487_lsoas_of_2011_are_read_without_repair_or_overlap(lsoas: Outlines) -> None:
    assert len(lsoas) == 487
    assert lsoas.notices == ()
    assert set(lsoas.area_ids) >= {"E01017943"}
    assert lsoas.names[lsoas.area_ids.index("E01017943")] == "Cambridge 006A"


def test_the_shipped_outlines_carry_their_attribution() -> None:
    assert "Open Government Licence" in read_geojson(SHIPPED).attribution


def test_random_points_corners_and_points_nudged_off_them_are_decided_as_by_geos(lsoas: Outlines) -> None:
    rng = np.random.default_rng(20_180_401)
    west, south, east, north = shapely.total_bounds(list(lsoas.geometries))
    corners = shapely.get_coordinates(list(lsoas.geometries))
    nudged = [np.nextafter(corners, corners + step) for step in ([1, 0], [-1, 0], [0, 1], [0, -1])]
    random = np.column_stack([rng.uniform(west, east, 100_000), rng.uniform(south, north, 100_000)])
    x, y = np.vstack([random, corners, *nudged]).T
    assert (AreaIndex.build(*rings_of(lsoas)).locate(x, y) == by_geos(lsoas, x, y)).all()


def test_every_corner_is_in_the_lowest_numbered_of_the_areas_that_have_it(lsoas: Outlines) -> None:
    rings = rings_of(lsoas)
    found = AreaIndex.build(*rings).locate(*rings.coordinates.T)
    lowest: dict[tuple[float, float], int] = {}
    of_corner = np.repeat(rings.ring_areas, np.diff(rings.ring_starts))
    for corner, area in zip(map(tuple, rings.coordinates.tolist()), of_corner.tolist(), strict=True):
        lowest[corner] = min(area, lowest.get(corner, area))
    # Borders are shared corner by corner (no overlap, above), so no other area has the corner on an edge.
    assert found.tolist() == [lowest[corner] for corner in map(tuple, rings.coordinates.tolist())]


def test_the_middle_of_an_edge_is_decided_by_whole_numbers(lsoas: Outlines) -> None:
    rings = rings_of(lsoas)
    ends = np.setdiff1d(np.arange(len(rings.coordinates)), rings.ring_starts[1:] - 1)[::37]
    a, b = rings.coordinates[ends], rings.coordinates[ends + 1]
    middles = (a + b) / 2
    found = AreaIndex.build(*rings).locate(*middles.T)
    for (x, y), area in zip(middles.tolist(), found.tolist(), strict=True):
        near = [
            n
            for n in shapely.STRtree(list(lsoas.geometries)).query(shapely.Point(x, y))
            if _has(lsoas, int(n), x, y)
        ]
        assert area == min(near, default=-1)


def _has(outlines: Outlines, number: int, x: float, y: float) -> bool:
    """Whether an area has a point: on an edge, or an odd number of edges straight above it."""
    px, py = _whole(x), _whole(y)
    n_above = 0
    for part in shapely.get_parts(outlines.geometries[number]):
        for ring in (part.exterior, *part.interiors):
            corners = [(_whole(u), _whole(v)) for u, v in ring.coords]
            for (ax, ay), (bx, by) in pairwise(corners):
                turn = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
                if turn == 0 and min(ax, bx) <= px <= max(ax, bx) and min(ay, by) <= py <= max(ay, by):
                    return True
                n_above += (ax <= px < bx and turn < 0) or (bx <= px < ax and turn > 0)
    return n_above % 2 == 1


def _whole(degrees: float) -> int:
    scaled = degrees * 2.0**100
    assert scaled.is_integer()
    return int(scaled)


def test_districts_and_neighbourhoods_add_up_and_find_the_same_points(lsoas: Outlines) -> None:
    rng = np.random.default_rng(7)
    west, south, east, north = shapely.total_bounds(list(lsoas.geometries))
    x, y = rng.uniform(west, east, 50_000), rng.uniform(south, north, 50_000)
    found = AreaIndex.build(*rings_of(lsoas)).locate(x, y)
    for group_of, n_groups in ((lambda name: district_of(name, DISTRICTS), 6), (neighbourhood_of, 98)):
        groups = {area: str(group_of(name)) for area, name in zip(lsoas.area_ids, lsoas.names, strict=True)}
        larger = dissolve(lsoas, groups)
        assert len(larger) == n_groups
        total = shapely.area(np.array(lsoas.geometries)).sum()
        assert shapely.area(np.array(larger.geometries)).sum() == pytest.approx(total, rel=1e-12)
        number = {group: n for n, group in enumerate(larger.area_ids)}
        by_part = np.array([*(number[groups[area]] for area in lsoas.area_ids), -1])[found]
        assert (AreaIndex.build(*rings_of(larger)).locate(x, y) == by_part).all()


def test_districts_made_of_lsoas_are_the_districts_as_published(shared_data: Path) -> None:
    lsoas = read_geojson(shared_data / "geography" / "cambs_lsoa_2011.geojson")
    published = read_geojson(shared_data / "geography" / "cambs_lad_2013.geojson")
    groups = {
        a: str(district_of(name, DISTRICTS)) for a, name in zip(lsoas.area_ids, lsoas.names, strict=True)
    }
    made = dissolve(lsoas, groups)
    for name, shape in zip(published.names, published.geometries, strict=True):
        own = made.geometries[made.area_ids.index(name)]
        # Two generalisations of one border: they differ by less than two parts in a hundred.
        assert shapely.area(shapely.symmetric_difference(own, shape)) < 0.02 * shapely.area(shape)


def test_every_real_layer_is_read_with_codes_and_names_guessed(shared_data: Path) -> None:
    rows = {
        "cambs_lad_2013.geojson": 6, "cambs_lad_2024.geojson": 6, "cambs_lsoa_2021.geojson": 516,
        "cambs_msoa_2011.geojson": 98, "cambs_msoa_2021.geojson": 98, "cambs_oa_2011.geojson.gz": 2541,
        "cambs_police_force_area_2020.geojson": 1, "cambs_wards_2013.geojson": 147, "cambs_wards_2022.geojson": 126,
        "england_wales_police_force_areas_2020.geojson": 43,
    }  # fmt: skip
    for file, n_rows in rows.items():
        outlines = read_geojson(shared_data / "geography" / file)
        assert len(set(outlines.area_ids)) == n_rows, file
        assert {notice.rule for notice in outlines.notices} <= {"outlines_overlap", "outline_repaired"}
        assert shapely.is_valid(np.array(outlines.geometries)).all()


def test_real_outlines_written_and_read_back_are_valid_and_within_a_metre(
    lsoas: Outlines, tmp_path: Path
) -> None:
    path = tmp_path / "lsoa.geojson"
    path.write_text(to_geojson(lsoas), encoding="utf-8")
    back = read_geojson(path, id_key="area_id")
    assert back.area_ids == lsoas.area_ids
    moved = shapely.hausdorff_distance(np.array(back.geometries), np.array(lsoas.geometries))
    assert moved.max() < 1.5e-5
    simpler = to_geojson(lsoas, tolerance_deg=0.002)
    assert len(simpler) < len(to_geojson(lsoas))
