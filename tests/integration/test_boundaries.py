"""Boundaries of one's own: what maps and point-to-area use after an import, and after it is withdrawn."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from constabulary.core.errors import NothingThere
from constabulary.services.records.imports import list_imports
from constabulary.services.workspace.geography import area_table, outlines, vintages
from constabulary.services.workspace.workspaces import Workspace
from constabulary.store.lake import Lake

Run = Callable[..., Any]
STOPS = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
    "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
    "Outcome linked to object of search,Removal of more than just outer clothing\n"
)


def square(west: float, south: float, size: float = 0.1) -> list[list[list[float]]]:
    east, north = west + size, south + size
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def geojson(
    path: Path, areas: dict[tuple[str, str], list[Any]], code: str = "LSOA21CD", name: str = "LSOA21NM"
) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {code: area_id, name: title},
            "geometry": {"type": "Polygon", "coordinates": shape},
        }
        for (area_id, title), shape in areas.items()
    ]
    text = json.dumps({"type": "FeatureCollection", "attribution": "Drawn by hand", "features": features})
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def stop_at(folder: Path, name: str, *points: tuple[float, float] | None) -> Path:
    rows = [
        f"Person search,2022-03-07T12:00:00+00:00,,,{point[1] if point else ''},{point[0] if point else ''},,,,,,,,,"
        for point in points
    ]
    file = folder / name
    file.write_text(STOPS + "\n".join(rows) + "\n", encoding="utf-8")
    return file


def stops(workspace: Workspace) -> list[dict[str, Any]]:
    lake = Lake(workspace.lake_path)
    paths = lake.files_of("stops", [record.import_id for record in lake.imports()])
    frame = pl.concat([pl.read_parquet(path, hive_partitioning=False) for path in paths])
    return frame.select("lsoa_code", "district", "neighbourhood").rows(named=True)


def test_a_stop_is_placed_in_the_area_of_its_point(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    file = stop_at(tmp_path, "2022-03-westmarch-stop-and-search.csv", (-3.52, 52.21), (0.0, 0.0), None)
    assert run_json("import", "police-uk", file, workspace=invented_workspace)["accepted"] == 3
    inside, outside, unknown = stops(invented_workspace)
    assert inside == {"lsoa_code": "W99000002", "district": "W99900001", "neighbourhood": "Highmoor 001"}
    assert outside == unknown == {"lsoa_code": None, "district": None, "neighbourhood": None}


def test_the_area_recorded_wins_and_a_code_without_a_name_gets_its_district(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    file = tmp_path / "incidents.csv"
    # All three points lie in W99000002 (Highmoor 001B).
    file.write_text(
        "incident_id,received_at,category,longitude,latitude,lsoa_code,lsoa_name\n"
        "recorded,2022-03-07T12:00:00Z,roads,-3.52,52.21,W99000005,Highmoor 002A\n"
        "code only,2022-03-07T12:00:00Z,roads,-3.52,52.21,W99000006,\n"
        "neither,2022-03-07T12:00:00Z,roads,-3.52,52.21,,\n",
        encoding="utf-8",
    )
    report = run_json("import", "incidents", file, workspace=invented_workspace)
    assert [(one["rule"], one["count"]) for one in report["problems"]] == [("placed_by_point", 1)]
    paths = Lake(invented_workspace.lake_path).files("incidents").whole
    rows = pl.read_parquet(list(paths), hive_partitioning=False).sort("source_row").rows(named=True)
    assert [row["lsoa_code"] for row in rows] == ["W99000005", "W99000006", "W99000002"]
    assert [row["lsoa_name"] for row in rows] == ["Highmoor 002A", "Highmoor 002B", "Highmoor 001B"]
    assert [row["neighbourhood"] for row in rows] == ["Highmoor 002", "Highmoor 002", "Highmoor 001"]


def test_imported_outlines_are_used_until_they_are_withdrawn(
    invented_workspace: Workspace, run: Run, run_json: Run, tmp_path: Path
) -> None:
    shipped = outlines(invented_workspace)
    file = geojson(
        tmp_path / "areas.geojson.gz",
        {
            ("W21", "Highmoor 009A"): square(-3.6, 52.2),
            ("W22", "Highmoor 009B"): square(-3.5, 52.2),
            ("E01", "Elsewhere 001A"): square(0, 0),
        },
    )
    report = run_json("import", "boundaries", file, workspace=invented_workspace)
    assert (report["areas"], report["attribution"], report["new"]) == (3, "Drawn by hand", True)
    assert vintages(invented_workspace) == (2011, 2021)
    assert outlines(invented_workspace).area_ids == ("W21", "W22")
    assert outlines(invented_workspace).attribution == "Drawn by hand"
    assert outlines(invented_workspace, "lsoa", 2011).area_ids == shipped.area_ids
    named = area_table(invented_workspace).filter(level="lsoa").select("vintage", "area_id", "name").rows()
    assert named == [
        (vintage, area_id, name)
        for vintage in (2011, 2021)
        for drawn in [outlines(invented_workspace, "lsoa", vintage)]
        for area_id, name in zip(drawn.area_ids, drawn.names, strict=True)
    ]
    # Two squares of 0.1 degrees side by side make a neighbourhood of 0.02 square degrees.
    (neighbourhood,) = outlines(invented_workspace, "neighbourhood").geometries
    assert neighbourhood.area == pytest.approx(0.02)
    assert neighbourhood.geom_type == "Polygon"
    run_json(
        "import",
        "police-uk",
        stop_at(tmp_path, "2022-03-westmarch-stop-and-search.csv", (-3.55, 52.25)),
        workspace=invented_workspace,
    )
    assert stops(invented_workspace)[0]["lsoa_code"] == "W21"
    again = run_json("import", "boundaries", file, workspace=invented_workspace)
    assert (again["new"], again["import"]) == (False, report["import"])
    assert (
        run(
            "import", "withdraw", report["import"], "--reason", "wrong file", workspace=invented_workspace
        ).exit_code
        == 0
    )
    assert outlines(invented_workspace).area_ids == shipped.area_ids
    assert [record.state for record in list_imports(invented_workspace) if record.kind == "boundaries"] == [
        "withdrawn"
    ]


def test_imported_beats_become_the_neighbourhoods_of_points(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    file = geojson(tmp_path / "beats.geojson", {("B1", "North beat"): square(-3.6, 52.2)}, "beat", "title")
    report = run_json(
        "import",
        "boundaries",
        file,
        "--level",
        "neighbourhood",
        "--id",
        "beat",
        "--name",
        "title",
        "--attribution",
        "Ours",
        workspace=invented_workspace,
    )
    assert report["attribution"] == "Ours"
    run_json(
        "import",
        "police-uk",
        stop_at(tmp_path, "2022-03-westmarch-stop-and-search.csv", (-3.52, 52.21)),
        workspace=invented_workspace,
    )
    assert stops(invented_workspace)[0] == {
        "lsoa_code": "W99000002",
        "district": "W99900001",
        "neighbourhood": "B1",
    }
    listed = area_table(invented_workspace).filter(pl.col("level") == "neighbourhood")
    assert listed.rows() == [("neighbourhood", "B1", "North beat", None, None, None)]


def test_the_list_of_areas_has_every_level_with_its_parent_and_residents(workspace: Workspace) -> None:
    areas = area_table(workspace)
    counts = dict(areas.group_by("level").len().rows())
    # The force folder lists two areas and six districts; the outlines are of the 487 LSOAs of the 2011 census.
    assert {level: counts[level] for level in ("force", "area", "district", "lsoa")} == {
        "force": 1,
        "area": 2,
        "district": 6,
        "lsoa": 487,
    }
    known = set(areas["area_id"])
    assert set(areas["parent_id"].drop_nulls()) <= known
    people = {
        level: areas.filter(pl.col("level") == level)["population"].sum()
        for level in ("force", "area", "district")
    }
    assert people["force"] == people["area"] == people["district"] > 0


def test_larger_areas_are_as_large_as_what_they_are_made_of_and_kept(workspace: Workspace) -> None:
    whole = sum(shape.area for shape in outlines(workspace).geometries)
    for level, number in (("district", 6), ("area", 2)):
        made = outlines(workspace, level)
        assert len(made) == number
        assert sum(shape.area for shape in made.geometries) == pytest.approx(whole, rel=1e-6)
        assert "Open Government Licence" in made.attribution
    assert len(list((workspace.results_path / "geography").glob("*.geojson"))) == 2


def test_a_force_without_outlines_says_how_to_get_some(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    (invented_workspace.force_path / "geography" / "lsoa_2011.geojson").unlink()
    with pytest.raises(NothingThere, match="constabulary import boundaries"):
        outlines(invented_workspace)
    file = stop_at(tmp_path, "2022-03-westmarch-stop-and-search.csv", (-3.52, 52.21))
    assert run_json("import", "police-uk", file, workspace=invented_workspace)["accepted"] == 1
    assert stops(invented_workspace)[0]["lsoa_code"] is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"type": "FeatureColl', "cannot be read as GeoJSON"),
        (b"\x1f\x8b\x08\x00cut", "cut short or damaged"),
        (b'{"type":"FeatureCollection","features":[]}', "no areas"),
        (gzip.compress(b" " * 70_000_000), "unpacks to more than 150 times its size"),
    ],
    ids=["cut", "gzip cut", "nothing", "a bomb"],
)
def test_a_damaged_boundary_file_changes_nothing(
    invented_workspace: Workspace, run: Run, tmp_path: Path, content: bytes, told: str
) -> None:
    file = tmp_path / "lsoa21.geojson"
    file.write_bytes(content)
    result = run("import", "boundaries", file, "--vintage", "2021", workspace=invented_workspace)
    assert result.exit_code == 3
    assert told in result.stderr
    assert list_imports(invented_workspace) == ()
    assert not (invented_workspace.path / "boundaries").exists()


def test_a_census_that_cannot_be_told_is_asked_for(
    invented_workspace: Workspace, run: Run, tmp_path: Path
) -> None:
    file = geojson(tmp_path / "a.geojson", {("A1", "Highmoor 001A"): square(-3.6, 52.2)}, "code", "name")
    result = run("import", "boundaries", file, workspace=invented_workspace)
    assert result.exit_code == 3
    assert "--vintage 2021" in result.stderr


def test_the_doctor_finds_imported_outlines_sound_and_tells_when_they_are_not(
    invented_workspace: Workspace, run_json: Run, run: Run, tmp_path: Path
) -> None:
    file = geojson(tmp_path / "a.geojson", {("A1", "Highmoor 001A"): square(-3.6, 52.2)}, "code", "name")
    run_json("import", "boundaries", file, "--vintage", "2021", workspace=invented_workspace)

    def lake() -> list[tuple[str, str]]:
        found = json.loads(run("doctor", "--json", workspace=invented_workspace).stdout)["findings"]
        return [(one["state"], one["message"]) for one in found if one["check"] == "lake"]

    assert [state for state, _ in lake()] == ["ok"]
    [kept] = (invented_workspace.path / "boundaries").iterdir()
    kept.write_bytes(kept.read_bytes().replace(b"52.2", b"52.3", 1))
    [(state, text)] = lake()
    assert state == "fail" and "the outlines of import 000001 are missing or damaged" in text
    kept.unlink()
    assert [state for state, _ in lake()] == ["fail"]


def test_an_import_that_places_points_by_outlines_that_are_gone_says_so_and_keeps_nothing(
    invented_workspace: Workspace, run_json: Run, run: Run, tmp_path: Path
) -> None:
    file = geojson(tmp_path / "a.geojson", {("A1", "Highmoor 001A"): square(-3.6, 52.2)}, "code", "name")
    run_json("import", "boundaries", file, "--vintage", "2021", workspace=invented_workspace)
    [kept] = (invented_workspace.path / "boundaries").iterdir()
    kept.unlink()
    stopped = stop_at(tmp_path, "2022-03-westmarch-stop-and-search.csv", (-3.55, 52.25))
    result = run("import", "police-uk", stopped, workspace=invented_workspace)
    assert (result.exit_code, kept.name in result.stderr) == (3, True)
    assert [record.kind for record in list_imports(invented_workspace)] == ["boundaries"]
