"""A real fleet, 269 vehicles over 25 days: imported, cleaned, added up, and held to GEOS fix by fix."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely

from constabulary.services.cover.presence import presence
from constabulary.services.workspace.workspaces import Workspace, new_workspace
from constabulary.tables.geojson import read_geojson
from constabulary.tables.outlines import Outlines

Run = Callable[..., Any]
MAPPING = """table = "pings"
time_zone = "UTC"
[columns]
unit_id = "cab_id"
at = "timestamp"
longitude = "lon"
latitude = "lat"
status = "occupied"
[values.status]
"1" = "busy"
"0" = "free"
"""
DAYS = "2008-05-20", "2008-05-21"
MIDNIGHT = int(datetime(2008, 5, 19, 23, tzinfo=UTC).timestamp())
"""When the first of these days began in the force's time zone, which is British summer time."""


@pytest.fixture(scope="module")
def fleet(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole fleet imported, once for all tests."""
    from click.testing import CliRunner

    from constabulary.cli import main

    folder = tmp_path_factory.mktemp("fleet")
    workspace = new_workspace(folder / "workspace", "cambridgeshire")
    (folder / "fleet.toml").write_text(MAPPING, encoding="utf-8")
    file = shared_data / "gps_fleet" / "cabspotting_sf_taxis_2008_shared_half.parquet"
    asked = [
        "--workspace",
        workspace.path,
        "import",
        "pings",
        file,
        "--mapping",
        folder / "fleet.toml",
        "--json",
    ]
    done = CliRunner().invoke(main, [str(one) for one in asked])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["rows_read"], report["accepted"], report["refused"]) == (5_690_468, 5_690_468, 0)
    return workspace.path


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred rectangles over the city, those of a row made crooked so that lines cross them at a slant."""
    features = []
    for k in range(100):
        west, south = -122.52 + 0.014 * (k % 10), 37.60 + 0.022 * (k // 10)
        slant = 0.004
        ring = [
            [west, south],
            [west + 0.014, south],
            [west + 0.014 + slant, south + 0.022],
            [west + slant, south + 0.022],
            [west, south],
        ]
        features.append(
            {
                "type": "Feature",
                "properties": {"code": f"G{k:02}", "name": f"Block {k:02}"},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    path = tmp_path_factory.mktemp("grid") / "grid.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def opened(path: Path) -> Workspace:
    from constabulary.services.workspace.workspaces import open_workspace

    return open_workspace(path)


@pytest.mark.real
def test_the_fleet_adds_up_at_every_level_and_by_every_part(fleet: Path, grid: Path) -> None:
    totals = set()
    for by, parts in ((str(grid), ()), (str(grid), ("hour", "status")), ("district", ("status",))):
        found = presence(opened(fleet), by, parts=parts)
        assert (
            sum(area.whole.seconds for area in found.areas) + found.outside.whole.seconds == found.observed_s
        )
        assert sum(found.removed.values()) + found.n_fixes == 5_690_468
        for area in (*found.areas, found.outside):
            if parts:
                assert sum(part.seconds for part in area.parts) == area.whole.seconds
        totals.add((found.observed_s, found.unknown_s, found.units, found.median_interval_s))
    assert len(totals) == 1
    ((_, _, units, median_s),) = totals
    assert (units, median_s) == (269, 60)


@pytest.mark.real
def test_days_add_up_to_their_sum(fleet: Path, grid: Path) -> None:
    def observed_s(first: str, last: str) -> float:
        days = {"from_on": date.fromisoformat(first), "to_on": date.fromisoformat(last)}
        return presence(opened(fleet), str(grid), **days).observed_s

    assert observed_s(DAYS[0], DAYS[0]) + observed_s(DAYS[1], DAYS[1]) == observed_s(*DAYS)


@pytest.mark.real
@pytest.mark.parametrize("credit", ["earlier", "line"])
def test_the_fleet_is_within_a_second_a_unit_and_day_of_geos(
    fleet: Path, grid: Path, shared_data: Path, credit: str, tmp_path: Path, run: Run
) -> None:
    around = ["--from", "2008-05-19", "--to", "2008-05-21"]
    removed = pl.read_csv(run("cover", "removed", *around, workspace=opened(fleet)).stdout.encode())
    day = date.fromisoformat(DAYS[0])
    visits = tmp_path / "visits.parquet"
    presence(opened(fleet), str(grid), from_on=day, to_on=day, credit=credit, visits=visits)
    stays = pl.read_parquet(visits).with_columns(pl.col("unit_id", "area_id").cast(pl.String))
    outlines = read_geojson(grid)
    units = sorted(stays["unit_id"].unique())[:8]
    rows = (
        pl.scan_parquet(shared_data / "gps_fleet" / "cabspotting_sf_taxis_2008_shared_half.parquet")
        .with_row_index("row", 2)
        .filter(pl.col("cab_id").is_in(units), ~pl.col("row").is_in(removed["source_row"].to_list()))
        .with_columns(s=pl.col("timestamp").dt.epoch("s") - MIDNIGHT)
        .filter(pl.col("s").is_between(-3600, 86_400 + 3600))
        .sort("cab_id", "s")
        .collect()
    )
    for unit in units:
        track = rows.filter(pl.col("cab_id") == unit).select("s", "lon", "lat").to_numpy()
        expected = asked_of_geos(track, outlines, credit)
        mine = stays.filter(pl.col("unit_id") == unit)
        found = dict(mine.group_by("area_id").agg(pl.col("seconds").sum()).iter_rows())
        assert mine["seconds"].sum() > 3600
        assert max(abs(found.get(area, 0) - expected.get(area, 0)) for area in {*found, *expected}) < 1


def asked_of_geos(track: np.ndarray, outlines: Outlines, credit: str) -> Counter[str | None]:
    """Seconds of one day by area, every interval asked of GEOS by itself; track is seconds of the day, x and y."""
    tree = shapely.STRtree(list(outlines.geometries))
    found: Counter[str | None] = Counter()
    for one, other in itertools.pairwise(track):
        whole = other[0] - one[0]
        low, high = max(one[0], 0), min(other[0], 86_400)
        # What is left of an impossible jump is believed on both sides, and the time in between is unknown.
        east_m, north_m = (other[1:] - one[1:]) * 111_320 * (np.cos(np.radians(one[2])), 1)
        is_jump = np.hypot(east_m, north_m) > 100 + 250 / 3.6 * whole
        if whole > 300 or low >= high or is_jump:
            continue
        # Of an interval over midnight, the part of its line that is in the day.
        ends = [one[1:] + (other[1:] - one[1:]) * (at - one[0]) / whole for at in (low, high)]
        line = shapely.LineString(ends)
        if credit == "line" and whole <= 30 and line.length > 0:
            left = high - low
            for area in tree.query(line, predicate="intersects"):
                part = line.intersection(outlines.geometries[area]).length / line.length * (high - low)
                found[outlines.area_ids[area]] += part
                left -= part
            found[None] += left
        else:
            hits = tree.query(shapely.Point(one[1:]), predicate="intersects")
            found[outlines.area_ids[hits.min()] if hits.size else None] += high - low
    return found


@pytest.mark.real
def test_two_vehicles_under_one_id_and_wrong_fixes_are_told_with_their_lines(
    fleet: Path, run_json: Run
) -> None:
    answer = run_json("cover", "removed", "--rule", "impossible_jump", workspace=opened(fleet))
    lines = {row["source_row"] for row in answer["rows"]}
    # A cab at 37.75 north is said to be at 38.00 north, 122.00 west for one fix, and is back a minute later.
    assert 1037 in lines
    assert 1036 not in lines
    assert 1038 not in lines
