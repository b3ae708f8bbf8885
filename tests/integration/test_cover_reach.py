"""Reach from end to end, against instants gone through one by one and journeys whose minutes are made up for it."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from constabulary.core.errors import BadInput
from constabulary.services.cover.presence import presence
from constabulary.services.cover.reach import reach
from constabulary.services.records.synthesise_positions import synthesise_positions
from constabulary.services.workspace.workspaces import Workspace, new_workspace

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"
DAY = date(2022, 6, 2)
MIDNIGHT = datetime(2022, 6, 1, 23, tzinfo=UTC)
"""When that day began, an hour before that of UTC."""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = new_workspace(tmp_path_factory.mktemp("held") / "workspace", str(WESTMARCH))
    synthesise_positions(made, first_on=date(2022, 6, 1), n_days=3)
    return made


def scenario(folder: Path, codes: list[str], minutes: dict[tuple[str, str], float]) -> Path:
    """A scenario whose journeys take two minutes within a place, and between places what is said, else 90."""
    rows = [
        f"{one},{other},{2 if one == other else minutes.get((one, other), 90)}"
        for one, other in itertools.product(codes, codes)
    ]
    (folder / "minutes.csv").write_text("\n".join(["from,to,minutes", *rows, ""]), encoding="utf-8")
    text = (WESTMARCH / "response" / "scenarios" / "1_three_shires.toml").read_text(encoding="utf-8")
    path = folder / "own.toml"
    path.write_text(f'{text}\n[travel]\nmatrix = "minutes.csv"\n', encoding="utf-8")
    return path


def test_who_is_reached_is_told_by_the_minutes_of_ones_own_matrix(held: Workspace, tmp_path: Path) -> None:
    whole = presence(held, "lsoa", visits=tmp_path / "visits.parquet")
    codes = sorted(area.area_id for area in whole.areas if area.area_id)
    # From the first three places one comes soon to the fourth, but not back.
    soon = {(one, codes[3]): 9.0 for one in codes[:3]}
    found = reach(held, minutes=10, scenario=scenario(tmp_path, codes, soon), from_on=DAY, to_on=DAY)
    free = pl.read_parquet(tmp_path / "visits.parquet").filter(
        pl.col("status").cast(pl.String) == "patrol", ~pl.col("is_in_station")
    )
    by_hour: dict[int, list[float]] = {hour: [] for hour in range(24)}
    # Residents of LSOAs are not known in this folder: those of its districts, as printed, are shared out evenly.
    districts = {"W99900001": 64_210, "W99900002": 118_400, "W99900003": 37_555}
    assert any("shared out evenly" in text for text in found.warnings)
    people = people_of(held, codes, districts)
    for quarter in range(96):
        at = MIDNIGHT + quarter * timedelta(minutes=15)
        here = set(
            free.filter(pl.col("arrived_at") <= at, pl.col("left_at") > at)["area_id"]
            .cast(pl.String)
            .drop_nulls()
        )
        reached = here | ({codes[3]} if here & set(codes[:3]) else set())
        by_hour[quarter // 4].append(sum(people[one] for one in reached) / sum(people.values()))
    told = dict(found.rows.select("local_hour_of_week", "residents_share").iter_rows())
    # The second of June 2022 was a Thursday.
    assert told == pytest.approx({72 + hour: sum(shares) / 4 for hour, shares in by_hour.items()})
    assert max(told.values()) > 0
    assert "minutes.csv" in found.definition


def people_of(held: Workspace, codes: list[str], districts: dict[str, int]) -> dict[str, float]:
    from constabulary.services.workspace.geography import area_table

    rows = {row["area_id"]: row for row in area_table(held).iter_rows(named=True)}
    district = {}
    for code in codes:
        here = code
        while here not in districts:
            here = rows[here]["parent_id"]
        district[code] = here
    of = list(district.values())
    return {code: districts[own] / of.count(own) for code, own in district.items()}


def test_within_so_long_that_everywhere_is_near_all_are_reached_while_anybody_is_free(
    held: Workspace, tmp_path: Path
) -> None:
    found = reach(held, minutes=240, from_on=DAY, to_on=DAY)
    near = reach(held, minutes=5, from_on=DAY, to_on=DAY)
    assert set(found.rows["residents_share"]) <= {0.0, 1.0} or found.totals["residents_share"] > 0.9
    assert (near.rows["residents_share"] <= found.rows["residents_share"]).all()
    assert "times the straight line" in found.definition


def test_a_scenario_that_cannot_be_read_is_told(held: Workspace, tmp_path: Path) -> None:
    path = scenario(tmp_path, ["nowhere"], {})
    with pytest.raises(BadInput, match="there is no time from"):
        reach(held, scenario=path)
