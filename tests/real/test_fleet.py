"""A real fleet, 269 vehicles over 25 days: imported, cleaned, added up, and held to GEOS fix by fix."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely

from constabulary.services.cover import presence
from constabulary.services.workspaces import Workspace, new_workspace
from constabulary.tables.geojson import read_geojson

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
    from constabulary.services.workspaces import open_workspace

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
    from datetime import date

    def between(first: str, last: str) -> tuple[float, float]:
        found = presence(
            opened(fleet), str(grid), from_on=date.fromisoformat(first), to_on=date.fromisoformat(last)
        )
        return found.observed_s, found.unknown_s

    one, other, both = between(DAYS[0], DAYS[0]), between(DAYS[1], DAYS[1]), between(*DAYS)
    assert (one[0] + other[0], one[1] + other[1]) == both


@pytest.mark.real
@pytest.mark.parametrize("credit", ["earlier", "line"])
def test_the_fleet_is_within_a_second_a_unit_and_day_of_geos(
    fleet: Path, grid: Path, shared_data: Path, credit: str, tmp_path: Path, run: Run
) -> None:
    from datetime import date

    removed = pl.read_csv(run("cover", "removed", workspace=opened(fleet)).stdout.encode())
    file = shared_data / "gps_fleet" / "cabspotting_sf_taxis_2008_shared_half.parquet"
    rows = (
        pl.scan_parquet(file)
        .with_row_index("row", 2)
        .with_columns(day=pl.col("timestamp").dt.convert_time_zone("Europe/London").dt.date())
    )
    visits = tmp_path / "visits.parquet"
    presence(
        opened(fleet), str(grid), from_on=date.fromisoformat(DAYS[0]), to_on=date.fromisoformat(DAYS[0]),
        credit=credit, visits=visits,
    )  # fmt: skip
    stays = pl.read_parquet(visits)
    shapes = list(read_geojson(grid).geometries)
    ids = read_geojson(grid).area_ids
    tree = shapely.STRtree(shapes)
    units = sorted(stays["unit_id"].cast(pl.String).unique())[:8]
    for unit in units:
        track = (
            rows.filter(
                pl.col("cab_id") == unit, pl.col("day").cast(pl.String).is_between("2008-05-20", "2008-05-21")
            )
            .collect()
            .join(
                removed.select(row="source_row"), on=pl.col("row").cast(pl.Int64), right_on="row", how="anti"
            )
            .sort("timestamp")
        )
        t = track["timestamp"].cast(pl.Datetime("us")).to_physical().to_numpy() / 1e6
        x, y = track["lon"].to_numpy(), track["lat"].to_numpy()
        is_day = (track["day"].cast(pl.String) == DAYS[0]).to_numpy()
        expected: Counter[str | None] = Counter()
        midnight = t[~is_day][0] if (~is_day).any() else np.inf
        for i in range(len(t) - 1):
            length = t[i + 1] - t[i]
            if not is_day[i] or length > 300:
                continue
            # The interval over midnight counts as far as midnight.
            if midnight <= t[i + 1]:
                break
            segment = shapely.LineString([(x[i], y[i]), (x[i + 1], y[i + 1])])
            if credit == "line" and length <= 30 and segment.length > 0:
                shares = {
                    ids[k]: segment.intersection(shapes[k]).length / segment.length
                    for k in tree.query(segment, predicate="intersects")
                }
                for area, share in shares.items():
                    expected[area] += share * length
            else:
                hits = tree.query(shapely.Point(x[i], y[i]), predicate="intersects")
                expected[ids[hits.min()] if hits.size else None] += length
        mine = stays.filter(pl.col("unit_id").cast(pl.String) == unit)
        found = dict(
            mine.group_by(pl.col("area_id").cast(pl.String)).agg(pl.col("seconds").sum()).iter_rows()
        )
        last_s = 300  # at most what lies between the last fix of the day and midnight
        apart = {
            area: abs(found.get(area, 0) - expected.get(area, 0))
            for area in {*found, *expected}
            if area is not None
        }
        assert sum(value > 1 for value in apart.values()) <= 1
        assert max(apart.values()) <= last_s


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
