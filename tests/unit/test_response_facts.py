"""What a simulation rests on is told as people write it: no name of a column stands on a page."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from constabulary.core.force import Force, load_force
from constabulary.core.force.model import Establishment, Target
from constabulary.core.force.rooms.response import AwayRow, ControlRoomRow, DutyRow, ShiftRow, Station
from constabulary.response.scenario import Scenario
from constabulary.services.response.values import rests_on

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"


@pytest.fixture(scope="module")
def told() -> list[str]:
    force: Force = load_force(WESTMARCH)
    return [one.title for one in rests_on(force, Scenario("x", agents="rostered")) if not one.name]


@pytest.mark.parametrize(
    "sentence",
    [
        "Station: Saltreach Quay, Saltreach, at 52.23° N 3.37° W; 2 custody desks",
        "Shift: Day of the pattern twelves, every day from 06:30 for 12 hours; 25% of people are on it, "
        "30% of them in pairs",
        "Shift: Revel of the pattern weekend, Fri Sat from 20:00 for 8 hours; 20% of people are on it, "
        "100% of them in pairs",
        "Duty: Warden, response is done by 70% of posts, on the pattern twelves",
        "Away: vacancy, Warden, 2% of posts",
        "Away: annual leave, 12% of rostered time",
        "Call takers: 9.5 full-time equivalents for all other contacts, on the pattern weekend, away for 20% of "
        "rostered time",
    ],
)
def test_a_row_of_the_force_folder_is_told_with_units_and_names(told: list[str], sentence: str) -> None:
    assert sentence in told


def test_no_column_of_the_force_folder_is_named(told: list[str]) -> None:
    kinds = (Station, ShiftRow, DutyRow, AwayRow, ControlRoomRow, Target, Establishment)
    columns = {one.name.replace("_", " ") for kind in kinds for one in fields(kind) if "_" in one.name}
    assert {"n custody desks", "posts fte"} <= columns
    named = re.compile(rf"\b({'|'.join(columns)})\b")
    assert not [one for one in told if named.search(one) or "_" in one]
