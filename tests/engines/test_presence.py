"""Time in each area is the same to the microsecond wherever its parts are worked on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from constabulary.core.errors import BadInput
from constabulary.services.cover import pings
from constabulary.services.cover import presence as cover
from constabulary.services.workspace.workspaces import Workspace

MAPPING = """
table = "pings"
[columns]
unit_id = "unit"
at = { from = "at", format = "epoch" }
longitude = "lon"
latitude = "lat"
status = "state"
role = "team"
crew_size = "crew"
"""


def walks() -> pl.DataFrame:
    """Return three days of seven units that wander about the county, with silences, across midnight."""
    rng = np.random.default_rng(5)
    begin = datetime(2024, 7, 1, 20, tzinfo=UTC)
    rows = []
    for unit in range(7):
        at, place = begin + timedelta(minutes=int(rng.integers(0, 90))), np.array([0.0, 52.4])
        while at < begin + timedelta(days=2, hours=6):
            place = place + rng.normal(0, 0.004, 2)
            state, team = ("patrol", "job", "break")[rng.integers(3)], ("response", "roads")[unit % 2]
            rows.append((f"U{unit}", int(at.timestamp()), *place.round(6), state, team, 1 + unit % 3))
            at += timedelta(seconds=int(rng.integers(20, 90)) if rng.random() < 0.97 else 2400)
    return pl.DataFrame(rows, schema=["unit", "at", "lon", "lat", "state", "team", "crew"], orient="row")


@pytest.fixture
def patrolled(
    run_json: Any, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Workspace:
    """Return a workspace of these walks that is worked on a day at a time."""
    (tmp_path / "pings.toml").write_text(MAPPING, encoding="utf-8")
    walks().write_csv(tmp_path / "pings.csv")
    report = run_json(
        "import", "pings", tmp_path / "pings.csv", "--mapping", tmp_path / "pings.toml", workspace=workspace
    )
    assert report["refused"] == 0
    monkeypatch.setattr(pings, "MOST_ROWS", 2000)
    return workspace


def test_every_engine_gives_what_one_thread_gives(
    address: str | None, patrolled: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {
        "by": "district",
        "credit": "line",
        "parts": ("hour", "role", "status", "moving"),
    }
    there = cover.presence(patrolled, **asked, visits=tmp_path / "there.parquet", engine=address)
    monkeypatch.setattr(cover, "N_THREADS", 1)
    here = cover.presence(patrolled, **asked, visits=tmp_path / "here.parquet")
    assert here.as_json() == there.as_json()
    assert here.observed_s > 400_000
    one, other = (pl.read_parquet(tmp_path / name) for name in ("here.parquet", "there.parquet"))
    assert one.equals(other)
    monkeypatch.setattr(pings, "MOST_ROWS", 10**9)
    whole = cover.presence(patrolled, **asked)
    assert whole.as_json()["areas"] == here.as_json()["areas"]


def test_cells_of_h3_are_not_asked_of_a_cluster(patrolled: Workspace) -> None:
    with pytest.raises(BadInput, match="numbered by one process"):
        cover.presence(patrolled, by="h3:6", engine="dask://127.0.0.1:1")
