"""Hot spots that overlap and the ground of stations, each held to the same question put by another way."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import shapely

from constabulary.services.cover.patrol import dosage
from constabulary.services.cover.presence import presence
from constabulary.services.records.synthesise_positions import synthesise_positions
from constabulary.services.workspace.workspaces import Workspace, new_workspace
from constabulary.tables.circles import circles

Run = Callable[..., Any]
WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"
STATION_M = 120.0
"""How far a station without a radius of its own reaches, a parameter."""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = new_workspace(tmp_path_factory.mktemp("held") / "workspace", str(WESTMARCH))
    synthesise_positions(made, first_on=date(2022, 6, 1), n_days=4)
    return made


def rows_of(name: str) -> list[dict[str, str]]:
    with (WESTMARCH / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def circle(row: dict[str, str], radius_m: float) -> Any:
    return circles([(float(row["longitude"]), float(row["latitude"]), radius_m)])[0]


def layer(path: Path, *shapes: Any) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"code": f"area {number}"},
            "geometry": shapely.geometry.mapping(shape),
        }
        for number, shape in enumerate(shapes)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return str(path)


def test_time_in_hot_spots_that_overlap_is_that_of_each_asked_by_itself(
    held: Workspace, tmp_path: Path
) -> None:
    found = presence(held, "hot_spots", visits=tmp_path / "visits.parquet")
    alone = {}
    for row in rows_of("cover/hot_spots.csv"):
        asked = presence(held, layer(tmp_path / "one.geojson", circle(row, float(row["radius_m"]))))
        alone[row["hot_spot_id"]] = (asked.areas[0].whole.seconds, asked.areas[0].whole.units)
    assert {one.area_id: (one.whole.seconds, one.whole.units) for one in found.areas} == alone
    visits = pl.read_parquet(tmp_path / "visits.parquet").group_by("area_id").agg(pl.col("seconds").sum())
    by_visits = dict(visits.with_columns(pl.col("area_id").cast(pl.String)).iter_rows())
    assert {area: by_visits[area] for area in alone} == pytest.approx(
        {area: seconds for area, (seconds, _) in alone.items()}
    )
    # The overlap is what all spots have more than their union.
    union = shapely.union_all([circle(row, float(row["radius_m"])) for row in rows_of("cover/hot_spots.csv")])
    inside = presence(held, layer(tmp_path / "union.geojson", union)).areas[0].whole.seconds
    assert found.overlap_s == pytest.approx(sum(seconds for seconds, _ in alone.values()) - inside, abs=1e-6)
    assert found.overlap_s > 0
    assert any("counted more than once" in text for text in found.warnings)


def test_overlaps_of_a_layer_of_one_s_own_count_once_in_the_first_and_are_told(
    held: Workspace, tmp_path: Path
) -> None:
    x, y = (float(rows_of("cover/hot_spots.csv")[0][name]) for name in ("longitude", "latitude"))
    west, east = (
        shapely.box(x - 0.2, y - 0.2, x + 0.05, y + 0.2),
        shapely.box(x - 0.05, y - 0.2, x + 0.2, y + 0.2),
    )
    found = presence(held, layer(tmp_path / "both.geojson", west, east))
    alone = presence(held, layer(tmp_path / "apart.geojson", west, shapely.difference(east, west)))
    assert {one.area_id: one.whole for one in found.areas} == {one.area_id: one.whole for one in alone.areas}
    assert min(one.whole.seconds for one in found.areas) > 0
    assert sum(one.whole.seconds for one in (*found.areas, found.outside)) == found.observed_s
    assert any("overlap" in text and "first in the file" in text for text in found.warnings)
    assert not any("overlap" in text for text in alone.warnings)


def test_an_outline_of_one_s_own_that_crosses_itself_is_told(held: Workspace, tmp_path: Path) -> None:
    x, y = (float(rows_of("cover/hot_spots.csv")[0][name]) for name in ("longitude", "latitude"))
    corners = [(x - 0.1, y - 0.1), (x + 0.1, y + 0.1), (x + 0.1, y - 0.1), (x - 0.1, y + 0.1)]
    found = presence(held, layer(tmp_path / "bow.geojson", shapely.Polygon(corners)))
    assert any("crosses itself" in text for text in found.warnings)


def test_a_visit_to_a_hot_spot_is_one_visit_though_part_of_it_lies_in_another(held: Workspace) -> None:
    visits = {row["area_id"]: row for row in dosage(held).rows.iter_rows(named=True)}
    # Market Hall stands within Corn Market but for a sliver: whoever visits it visits both.
    assert visits["market_hall"]["n_visits"] > 0
    assert visits["corn_market"]["minutes"] >= visits["market_hall"]["minutes"] * 0.9
    assert visits["corn_market"]["n_visits"] < 2 * visits["market_hall"]["n_visits"]


def test_units_are_in_a_station_within_its_outline_or_radius(held: Workspace, tmp_path: Path) -> None:
    outlines = json.loads((WESTMARCH / "cover" / "stations.geojson").read_text(encoding="utf-8"))["features"]
    outlined = {one["properties"]["station_id"]: shapely.geometry.shape(one["geometry"]) for one in outlines}
    radius = {row["station_id"]: float(row["radius_m"]) for row in rows_of("cover/stations.csv")}
    buffers = [
        circle(row, radius.get(row["station_id"], STATION_M))
        for row in rows_of("response/stations.csv")
        if row["station_id"] not in outlined
    ]
    ground = shapely.union_all([*outlined.values(), *buffers])
    truth = presence(held, layer(tmp_path / "ground.geojson", ground)).areas[0].whole.seconds
    found = presence(held, "force", parts=("station",))
    told = sum(
        part.seconds for one in (*found.areas, found.outside) for part in one.parts if part.is_in_station
    )
    assert told == truth > 0


def test_a_hot_spot_that_is_drawn_has_that_shape_and_one_of_no_table_counts_too(tmp_path: Path) -> None:
    made = new_workspace(tmp_path / "drawn", str(WESTMARCH))
    synthesise_positions(made, first_on=date(2022, 6, 1), n_days=2)
    first, second = (
        (float(row["longitude"]), float(row["latitude"])) for row in rows_of("cover/hot_spots.csv")[:2]
    )
    street = shapely.LineString([first, second]).buffer(0.002, quad_segs=2)
    yard = shapely.box(first[0] - 0.01, first[1] - 0.004, first[0] - 0.003, first[1] + 0.004)
    alone = presence(made, layer(tmp_path / "street.geojson", street)).areas[0].whole
    features = [
        {
            "type": "Feature",
            "properties": {"hot_spot_id": place_id, "name": "As drawn"},
            "geometry": shapely.geometry.mapping(shape),
        }
        for place_id, shape in (("corn_market", street), ("yard", yard))
    ]
    (made.path / "force" / "cover" / "hot_spots.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    found = {one.area_id: one for one in presence(made, "hot_spots").areas}
    assert found["corn_market"].whole == alone and alone.seconds > 0
    assert (found["corn_market"].name, found["yard"].name) == ("Corn Market", "As drawn")
    assert set(dosage(made).rows["area_id"]) == {
        row["hot_spot_id"] for row in rows_of("cover/hot_spots.csv")
    } | {"yard"}


def test_wrong_ground_of_a_station_is_told(tmp_path: Path, run: Run) -> None:
    made = new_workspace(tmp_path / "wrong", str(WESTMARCH))
    synthesise_positions(made, first_on=date(2022, 6, 1), n_days=1)
    layer(made.path / "force" / "cover" / "stations.geojson", shapely.box(0, 0, 1, 1))
    told = run("force", "check", str(made.path / "force"))
    assert told.exit_code == 4 and "cover/stations.geojson" in told.output and "station_id" in told.output
    result = run("cover", "presence", "--by-station", workspace=made)
    assert result.exit_code != 0 and "station_id" in result.output and "stations.geojson" in result.output
    (made.path / "force" / "cover" / "stations.csv").write_text(
        "station_id,radius_m,source_id,where,status,note\nhighmoor_hall,2,,,assumed,x\nnowhere,100,,,assumed,x\n",
        encoding="utf-8",
    )
    checked = run("force", "check", str(made.path / "force"))
    assert checked.exit_code != 0
    assert "is no radius of a station" in checked.output or "nowhere" in checked.output


def test_a_hot_spot_that_is_only_drawn_gets_synthetic_visits(tmp_path: Path) -> None:
    shutil.copytree(WESTMARCH, tmp_path / "force")
    x, y = (float(rows_of("cover/hot_spots.csv")[0][name]) for name in ("longitude", "latitude"))
    # A horseshoe of 200 m about a park, whose middle lies outside it.
    outer = shapely.box(x + 0.02, y, x + 0.03, y + 0.008)
    horseshoe = outer - shapely.box(x + 0.023, y + 0.002, x + 0.027, y + 0.008)
    assert not horseshoe.contains(horseshoe.centroid)
    feature = {
        "type": "Feature",
        "properties": {"hot_spot_id": "park", "name": "The Park"},
        "geometry": shapely.geometry.mapping(horseshoe),
    }
    (tmp_path / "force" / "cover" / "hot_spots.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8"
    )
    made = new_workspace(tmp_path / "workspace", str(tmp_path / "force"))
    synthesise_positions(made, first_on=date(2022, 6, 1), n_days=3)
    visits = {row["area_id"]: row for row in dosage(made).rows.iter_rows(named=True)}
    drawn, circled = visits["park"], visits["corn_market"]
    assert drawn["name"] == "The Park"
    assert drawn["minutes"] > circled["minutes"] / 2 > 10
