"""Outlines: read with every problem at once, made into larger areas, written the same every time."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from constabulary.core.errors import BadInput
from constabulary.numeric.grid import AreaIndex
from constabulary.tables.geojson import read_geojson
from constabulary.tables.geojson_text import to_geojson
from constabulary.tables.outlines import Outlines, dissolve, overlaps, rings_of
from constabulary.tables.places import district_of, neighbourhood_of


def square(x: float, y: float, side: float = 1.0) -> list[list[float]]:
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def feature(code: Any, geometry: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"LSOA11CD": code, "LSOA11NM": f"Fenland 00{code}A", **more},
        "geometry": geometry,
    }


def write(folder: Path, *features: Any, **members: Any) -> Path:
    path = folder / "areas.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": list(features), **members}), encoding="utf-8"
    )
    return path


def problems_of(path: Path, **keys: str) -> dict[str, Any]:
    with pytest.raises(BadInput) as caught:
        read_geojson(path, **keys)
    assert all(problem.file == path.name for problem in caught.value.problems)
    return {problem.rule: problem for problem in caught.value.problems}


def two_by_two() -> Outlines:
    """Four unit squares: 0 and 1 below, 2 and 3 above them."""
    shapes = [shapely.box(x, y, x + 1, y + 1) for y in (0, 1) for x in (0, 1)]
    return Outlines(("a", "b", "c", "d"), ("A", "B", "C", "D"), tuple(shapes), "Said so")


def test_codes_and_names_are_found_whatever_the_publisher_calls_them(tmp_path: Path) -> None:
    def read(**properties: str) -> Outlines:
        one = {"type": "Feature", "properties": properties, "geometry": polygon(square(0, 52))}
        return read_geojson(write(tmp_path, one))

    assert read(LSOA11CD="E01", LSOA11NM="Fenland 001A").names == ("Fenland 001A",)
    assert read(lsoa21_name="Fenland 001A", lsoa21_code="E01").area_ids == ("E01",)
    assert read(ward_name="W", Code="7").names == ("W",)
    assert read(code="E01").names == ("E01",)
    assert (read(beat_id="B1", beat_name="North").area_ids, read(id="7", name="N").names) == (("B1",), ("N",))
    assert read(colour="red", name="North beat").area_ids == ("North beat",)


def test_a_name_that_two_areas_share_stands_in_for_no_code(tmp_path: Path) -> None:
    alike = [
        {"type": "Feature", "properties": {"name": "Beat"}, "geometry": polygon(square(x, 52))}
        for x in (0, 1)
    ]
    assert set(problems_of(write(tmp_path, *alike))) == {"no_area_code"}


def test_the_code_is_rather_the_one_that_differs_from_area_to_area(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        feature("1", polygon(square(0, 52)), LAD_CODE="E07"),
        feature("2", polygon(square(1, 52)), LAD_CODE="E07"),
    )
    assert read_geojson(path).area_ids == ("1", "2")
    content = json.loads(path.read_text())
    for each in content["features"]:
        each["properties"] = dict(reversed(each["properties"].items()))
    path.write_text(json.dumps(content))
    assert read_geojson(path).area_ids == ("1", "2")
    assert read_geojson(path).names == ("Fenland 001A", "Fenland 002A")


def test_the_caller_may_say_which_properties_hold_code_and_name(tmp_path: Path) -> None:
    path = write(tmp_path, feature("1", polygon(square(0, 52)), beat=12, title="North"))
    outlines = read_geojson(path, id_key="beat", name_key="title")
    assert (outlines.area_ids, outlines.names) == (("12",), ("North",))
    assert set(problems_of(path, id_key="bat", name_key="tile")) == {"no_area_code", "no_area_name"}


def test_gzip_a_byte_order_mark_and_a_third_dimension_are_read(tmp_path: Path) -> None:
    corners = [[*corner, 12.5] for corner in square(0, 52)]
    text = write(tmp_path, feature("1", polygon(corners))).read_text()
    packed = tmp_path / "areas.geojson.gz"
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + text.encode()))
    assert shapely.equals(read_geojson(packed).geometries[0], shapely.box(0, 52, 1, 53))
    packed.write_bytes(packed.read_bytes()[:-20])
    assert "cut short" in str(problems_of(packed)["not_geojson"])


def test_the_attribution_is_the_files_own_unless_given(tmp_path: Path) -> None:
    one = feature("1", polygon(square(0, 52)))
    assert read_geojson(write(tmp_path, one, attribution="Crown")).attribution == "Crown"
    assert read_geojson(write(tmp_path, one, metadata={"attribution": "Crown"})).attribution == "Crown"
    assert read_geojson(write(tmp_path, one, attribution="Crown"), attribution="Mine").attribution == "Mine"
    assert read_geojson(write(tmp_path, one)).attribution == ""


@pytest.mark.parametrize(
    "text", ["", "PK\x03\x04 shapefile", "[1, 2]", '{"type": "Topology"}', '{"features": [3]}', "{}"]
)
def test_what_is_no_geojson_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "areas.geojson"
    path.write_text(text)
    assert set(problems_of(path)) == {"not_geojson"}


def test_a_file_that_is_not_there_and_one_without_areas_are_refused(tmp_path: Path) -> None:
    assert "cannot be opened" in str(problems_of(tmp_path / "none.geojson")["not_geojson"])
    assert "no areas in it" in str(problems_of(write(tmp_path))["not_geojson"])


def test_metres_of_the_british_grid_are_refused_with_what_to_do(tmp_path: Path) -> None:
    problem = problems_of(write(tmp_path, feature("1", polygon(square(545_000, 258_000, 500)))))["wrong_crs"]
    assert problem.value == "545000, 258000"
    assert "EPSG:27700" in str(problem)
    assert "ogr2ogr -t_srs EPSG:4326" in str(problem)


def test_latitude_before_longitude_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = write(
        tmp_path, feature("A1", polygon(square(52.2, 0.1, 0.1))), feature("A2", polygon(square(50, -5)))
    )
    assert "longitude first" in problems_of(path)["latitude_first"].remedy


def test_a_file_that_says_it_is_in_another_reference_system_is_refused(tmp_path: Path) -> None:
    def crs(name: str) -> dict[str, Any]:
        return {"type": "name", "properties": {"name": name}}

    one = feature("1", polygon(square(0, 52)))
    assert "wrong_crs" in problems_of(write(tmp_path, one, crs=crs("urn:ogc:def:crs:EPSG::27700")))
    assert read_geojson(write(tmp_path, one, crs=crs("urn:ogc:def:crs:OGC:1.3:CRS84"))).area_ids == ("1",)


def test_every_problem_of_a_file_is_told_at_once_and_repeats_are_counted(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        feature("1", polygon(square(0, 52))),
        feature("1", polygon(square(1, 52))),
        feature(None, polygon(square(2, 52))),
        feature("3", {"type": "Point", "coordinates": [0, 52]}),
        feature("4", None),
        feature("5", polygon([[0, 52], [1, 53], [0, 52], [0, 52]])),
        feature("6", {"type": "Polygon", "coordinates": [[["a", "b"]]]}),
        feature("7", polygon(square(300, 52))),
    )
    found = problems_of(path)
    assert {rule: problem.count for rule, problem in found.items()} == {
        "not_an_area": 4,
        "wrong_crs": 1,
        "missing_area_code": 1,
        "repeated_area_code": 1,
    }
    assert "Outline 4 is no area" in str(found["not_an_area"])


def test_an_outline_that_crosses_itself_is_repaired_and_told(tmp_path: Path) -> None:
    bow_tie = polygon([[0, 52], [1, 53], [1, 52], [0, 53], [0, 52]])
    outlines = read_geojson(write(tmp_path, feature("1", bow_tie), feature("2", polygon(square(3, 52)))))
    assert [(notice.rule, notice.count) for notice in outlines.notices] == [("outline_repaired", 1)]
    assert shapely.is_valid(outlines.geometries[0])
    # Two triangles, each a quarter of the unit square.
    assert shapely.area(outlines.geometries[0]) == pytest.approx(0.5)


def test_areas_that_overlap_are_told_with_the_largest_first(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        feature("1", polygon(square(0, 52))),
        feature("2", polygon(square(0.75, 52))),
        feature("3", polygon(square(1.75, 52.5, 0.5))),
        feature("4", polygon(square(1.25, 52.5, 0.5))),
    )
    outlines = read_geojson(path)
    assert overlaps(outlines) == [("2", "4", 1.0), ("1", "2", 0.25)]
    assert [(notice.rule, notice.count) for notice in outlines.notices] == [("outlines_overlap", 2)]
    assert "2 and 4 overlap" in str(outlines.notices[0])


def test_areas_that_only_touch_do_not_overlap() -> None:
    assert overlaps(two_by_two()) == []


def test_larger_areas_are_made_of_their_parts_and_their_sizes_add_up() -> None:
    larger = dissolve(
        two_by_two(), {"a": "west", "c": "west", "b": "east", "d": "north"}, {"west": "The West"}
    )
    assert larger.area_ids == ("east", "north", "west")
    assert larger.names == ("east", "north", "The West")
    assert larger.attribution == "Said so"
    assert shapely.area(np.array(larger.geometries)).tolist() == [1.0, 1.0, 2.0]
    assert shapely.equals(larger.geometries[2], shapely.box(0, 0, 1, 2))


def test_an_area_without_a_group_is_refused_not_dropped() -> None:
    with pytest.raises(BadInput, match=re.escape("c is in no group") + ".*2 rows"):
        dissolve(two_by_two(), {"a": "west", "b": "east"})


def test_points_find_the_area_whose_number_is_its_place_in_the_outlines() -> None:
    with_hole = shapely.box(5, 0, 9, 4).difference(shapely.box(6, 1, 7, 2))
    shapes = (*two_by_two().geometries, shapely.union_all([with_hole, shapely.box(20, 0, 21, 1)]))
    outlines = Outlines(("a", "b", "c", "d", "e"), ("a",) * 5, shapes)
    index = AreaIndex.build(*rings_of(outlines))
    assert index.locate([0.5, 1.5, 0.5, 1.5, 5.5, 6.5, 20.5], [0.5, 0.5, 1.5, 1.5, 3, 1.5, 0.5]).tolist() == [
        0, 1, 2, 3, 4, -1, 4,
    ]  # fmt: skip


def test_geojson_text_can_be_read_back_and_is_the_same_every_time(tmp_path: Path) -> None:
    outlines = two_by_two()
    text = to_geojson(outlines, {"rate": np.array([1.5, np.nan, 2.0, 0.0]), "crimes": [1, 2, 3, 4]})
    turned = tuple(
        shapely.Polygon(list(shape.exterior.coords)[2:-1] + list(shape.exterior.coords)[:2])
        for shape in outlines.geometries
    )
    again = Outlines(outlines.area_ids, outlines.names, turned, outlines.attribution)
    assert to_geojson(again, {"rate": [1.5, float("nan"), 2.0, 0.0], "crimes": np.arange(1, 5)}) == text
    content = json.loads(text)
    assert content["attribution"] == "Said so"
    assert content["features"][1]["properties"] == {"area_id": "b", "name": "B", "rate": None, "crimes": 2}
    path = tmp_path / "out.geojson"
    path.write_text(text)
    back = read_geojson(path, id_key="area_id")
    assert (back.area_ids, back.names, back.attribution) == (outlines.area_ids, outlines.names, "Said so")
    assert shapely.equals(np.array(back.geometries), np.array(outlines.geometries)).all()


def test_written_outer_rings_run_anticlockwise_and_holes_clockwise() -> None:
    shape = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 2, 2))
    rings = json.loads(to_geojson(Outlines(("a",), ("A",), (shape,))))["features"][0]["geometry"][
        "coordinates"
    ]
    assert [shapely.LinearRing(ring).is_ccw for ring in rings] == [True, False]


def test_rounding_drops_corners_that_fall_together_but_never_an_area() -> None:
    fine = shapely.Polygon([(0, 0), (1, 0), (1, 1e-7), (1, 1), (1e-9, 1)])
    speck = shapely.box(3, 3, 3 + 1e-8, 3 + 1e-8)
    outlines = Outlines(
        ("a", "b", "c"), ("A", "B", "C"), (fine, speck, shapely.union_all([shapely.box(5, 5, 6, 6), speck]))
    )
    shapes = [each["geometry"] for each in json.loads(to_geojson(outlines))["features"]]
    assert shapes[0]["coordinates"] == [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]]
    assert shapely.geometry.shape(shapes[1]).area > 0
    assert shapes[2] == polygon(square(5, 5))


def test_simplified_areas_go_on_sharing_their_borders() -> None:
    wave = [(1 + 0.01 * (-1) ** k, k / 10) for k in range(1, 10)]
    left = shapely.Polygon([(0, 0), (1, 0), *wave, (1, 1), (0, 1)])
    right = shapely.Polygon([(2, 0), (1, 0), *wave, (1, 1), (2, 1)])
    text = to_geojson(Outlines(("a", "b"), ("A", "B"), (left, right)), tolerance_deg=0.1)
    shapes = [shapely.geometry.shape(each["geometry"]) for each in json.loads(text)["features"]]
    assert shapely.coverage_is_valid(shapes)
    assert sum(shapely.get_num_coordinates(shapes)) < 16
    assert shapely.equals(shapely.union_all(shapes), shapely.box(0, 0, 2, 1))


def test_a_column_that_has_not_one_value_for_each_area_is_refused() -> None:
    with pytest.raises(BadInput, match="3 values for 4 areas"):
        to_geojson(two_by_two(), {"crimes": [1, 2, 3]})


def test_the_neighbourhood_is_the_stem_of_the_name() -> None:
    assert neighbourhood_of("Fenland 004B") == "Fenland 004"
    assert neighbourhood_of("South Cambridgeshire 012AB") == "South Cambridgeshire 012"
    assert [neighbourhood_of(name) for name in ("Fenland", "Fenland 004", "Fenland 04B", "")] == [None] * 4


def test_the_district_is_the_name_before_the_number() -> None:
    districts = ["Cambridge", "South Cambridgeshire", "Newcastle", "Newcastle upon Tyne"]
    assert district_of("Cambridge 006A", districts) == "Cambridge"
    assert district_of("South Cambridgeshire 001A", districts) == "South Cambridgeshire"
    assert district_of("Newcastle upon Tyne 001A", districts) == "Newcastle upon Tyne"
    assert district_of("Cambridgeshire 001A", districts) is None
    assert district_of("Cambridge Heath 001A", districts) is None
