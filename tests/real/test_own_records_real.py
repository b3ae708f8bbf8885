"""Real dispatch logs of another service and another country, through mappings, into the invented force."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from constabulary.services.workspace.workspaces import Workspace
from constabulary.store.lake import Lake

Run = Callable[..., Any]
FIRE = """table = "incidents"
time_zone = "Europe/London"
[columns]
incident_id = "incident_number"
received_at = "timestamp_of_call"
arrived_at = { from = "first_pump_arriving_attendance_time", seconds_after = "received_at" }
category = "incident_group"
n_units = "num_pumps_attending"
easting_m = "easting_rounded"
northing_m = "northing_rounded"
[values.category]
"Fire" = "offence"
"False*" = "nuisance"
"special service" = "welfare"
"""
SEATTLE = """table = "incidents"
time_zone = "America/Los_Angeles"
[columns]
incident_id = { from = ["at_scene_time", "hundred_block_location", "event_clearance_code", "longitude"] }
received_at = "at_scene_time"
category = "event_clearance_group"
longitude = "longitude"
latitude = "latitude"
[values.category]
"TRAFFIC*" = "roads"
"MOTOR*" = "roads"
"*" = "nuisance"
"""


def as_csv(parquet: Path, folder: Path) -> tuple[Path, pl.DataFrame]:
    frame = pl.read_parquet(parquet)
    file = folder / f"{parquet.stem}.csv"
    frame.write_csv(file, datetime_format="%Y-%m-%d %H:%M:%S")
    return file, frame


def imported(workspace: Workspace) -> pl.DataFrame:
    paths = Lake(workspace.lake_path).files("incidents").whole
    return pl.concat([pl.read_parquet(path, hive_partitioning=False) for path in paths]).sort("source_row")


@pytest.mark.real
def test_the_london_fire_log_goes_in_whole(
    shared_data: Path, invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    file, frame = as_csv(shared_data / "cad" / "london_fire_brigade_2017_jan_apr.parquet", tmp_path)
    mapping = tmp_path / "fire.toml"
    mapping.write_text(FIRE, encoding="utf-8")
    report = run_json("import", "incidents", file, "--mapping", mapping, workspace=invented_workspace)
    assert (report["rows_read"], report["accepted"], report["refused"], report["duplicates"]) == (
        frame.height,
        frame.height,
        0,
        0,
    )
    rows = imported(invented_workspace)
    attendance_s = (rows["arrived_at"] - rows["received_at"]).dt.total_seconds()
    assert attendance_s.to_list() == [
        None if value is None else int(value) for value in frame["first_pump_arriving_attendance_time"]
    ]
    local = rows["received_at"].dt.convert_time_zone("Europe/London").dt.replace_time_zone(None)
    assert (local == frame["timestamp_of_call"]).all()
    # Greater London, and the few calls that its crews took beyond the border.
    assert rows["longitude"].is_between(-0.51, 0.34).mean() > 0.999
    assert rows["latitude"].is_between(51.28, 51.70).mean() > 0.999


@pytest.mark.real
def test_the_seattle_log_goes_in_with_its_repeated_rows_as_duplicates(
    shared_data: Path, invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    file, frame = as_csv(shared_data / "cad" / "seattle_pd_911_response_2015.parquet", tmp_path)
    mapping = tmp_path / "seattle.toml"
    mapping.write_text(SEATTLE, encoding="utf-8")
    report = run_json("import", "incidents", file, "--mapping", mapping, workspace=invented_workspace)
    local = frame["at_scene_time"].dt.replace_time_zone(
        "America/Los_Angeles", non_existent="null", ambiguous="earliest"
    )
    kept = frame.filter(local.is_not_null())
    # The invented force keeps Irish days, but a key met again is met at the same instant.
    n_distinct = kept.select(
        "at_scene_time", "hundred_block_location", "event_clearance_code", "longitude"
    ).n_unique()
    assert (report["rows_read"], report["refused"]) == (frame.height, frame.height - kept.height)
    assert (report["accepted"], report["duplicates"]) == (n_distinct, kept.height - n_distinct)


@pytest.mark.real
@pytest.mark.parametrize("name", ["london_fire_brigade_2017_jan_apr", "seattle_pd_911_response_2015"])
def test_what_is_proposed_for_a_real_log_loads_unchanged(
    shared_data: Path, invented_workspace: Workspace, run: Run, run_json: Run, tmp_path: Path, name: str
) -> None:
    file, frame = as_csv(shared_data / "cad" / f"{name}.parquet", tmp_path)
    proposed = run("import", "incidents", "--suggest", file, workspace=invented_workspace).stdout
    assert {"incident_id", "received_at", "category"} <= set(tomllib.loads(proposed)["columns"])
    mapping = tmp_path / "m.toml"
    mapping.write_text(proposed, encoding="utf-8")
    trial = run_json(
        "import", "incidents", file, "--mapping", mapping, "--dry-run", workspace=invented_workspace
    )
    # Nothing but the codes, which only a person can translate, stands in the way.
    assert trial["rows_read"] == frame.height
    assert {one["rule"] for one in trial["problems"] if one["refused"]} == {"not_in_list"}


@pytest.mark.real
def test_the_outlines_of_2021_place_the_same_stops_in_the_same_districts(
    shared_data: Path, workspace: Workspace, run_json: Run
) -> None:
    run_json(
        "import", "boundaries", shared_data / "geography" / "cambs_lsoa_2021.geojson", workspace=workspace
    )
    folder = shared_data / "police_uk" / "cambridgeshire" / "2024-10"
    run_json("import", "police-uk", *sorted(folder.glob("*stop-and-search*")), workspace=workspace)
    paths = Lake(workspace.lake_path).files("stops").whole
    rows = pl.concat([pl.read_parquet(path, hive_partitioning=False) for path in paths])
    placed = rows.filter(pl.col("lsoa_code").is_not_null())
    # The force searches in its own area, apart from a few just over the border.
    assert placed.height > 0.95 * rows["longitude"].drop_nulls().len()
    assert placed["district"].null_count() == 0
