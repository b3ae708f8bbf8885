"""What a scenario says of shifts, bases and call takers: read, written, refused, and simulated as it says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from constabulary.core.errors import BadInput
from constabulary.core.force import Force, load_force
from constabulary.core.force.rooms.response import ControlRoomRow, ShiftRow
from constabulary.response.control_room import agents_of_pools, agents_on_duty, pattern_cover
from constabulary.response.draws import Luck
from constabulary.response.rota.shifts import OnShift
from constabulary.response.scenario import (
    Assumption,
    NewStation,
    Posts,
    Scenario,
    ShiftShare,
    StationUnits,
)
from constabulary.response.scenario_file import read_scenario
from constabulary.response.scenario_text import scenario_text
from constabulary.response.setup import units_of
from constabulary.services.response.setup import make_ready
from constabulary.services.response.values import known_parameters
from constabulary.services.workspace.workspaces import Workspace

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"


@pytest.fixture(scope="module")
def force() -> Force:
    return load_force(WESTMARCH)


def row(
    pattern: str, shift: str, starts_at: str, length_min: int, share: str, days: str | None = None
) -> ShiftRow:
    return ShiftRow(
        file="tried.toml",
        line=1,
        status="assumed",
        pattern_id=pattern,
        shift_id=shift,
        name=shift.title(),
        days=days,
        starts_at=starts_at,
        length_min=length_min,
        on_duty_share=Decimal(share),
        double_crewed_share=Decimal("0.5"),
    )


def people(pool: str | None, pattern: str, n: str, away: str) -> ControlRoomRow:
    return ControlRoomRow(
        file="tried.toml",
        line=1,
        status="assumed",
        pool=pool,
        pattern_id=pattern,
        people_fte=Decimal(n),
        away_share=Decimal(away),
    )


def read(tmp_path: Path, text: str, force: Force) -> Scenario:
    path = tmp_path / "tried.toml"
    path.write_text(text, encoding="utf-8")
    return read_scenario(path, force, known_parameters())


def test_a_scenario_written_is_the_scenario_read(tmp_path: Path, force: Force) -> None:
    tried = Scenario(
        name='All of it, "quoted" \\ and more',
        about="Said in a sentence.",
        areas={"hills and dales": ("W99900001", "W99900003"), "coast": ("W99900002",)},
        closed_stations=("saltreach_quay",),
        stations=(
            NewStation("a", "A", lsoa_code="W99000009"),
            NewStation("b", "B", longitude=-3.4, latitude=52.2, district_id="W99900001"),
        ),
        station_units=(StationUnits("a", 3), StationUnits("highmoor_hall", 2)),
        posts=(Posts("warden", "response", "W99900001", -2.5),),
        shift_patterns={"response": "own", "W99900002": {"response": "twelves"}},
        shifts=(
            row("own", "early", "07:00", 480, "0.25", "mon tue"),
            row("own", "night", "23:00", 480, "0.2"),
        ),
        shift_shares=(ShiftShare("W99900001", "own", "night", 0.3125),),
        pools="separate",
        agents="rostered",
        control_room=(people("emergency", "own", "12.5", "0.2"), people("other", "twelves", "9", "0")),
        factor=1.25,
        rules={"meals": False},
        values={"circuity": 1.1, "handling_mean_s": {"emergency_call": 1, "other_call": 2, "not_a_call": 3}},
        weeks=3,
        warm_up_days=2,
        yearly_gbp=-1000.0,
        assumptions=(Assumption("Invented.", "assumed"),),
    )
    text = scenario_text(tried, "Written by a test.")
    found = read(tmp_path, text, force)
    assert scenario_text(found, "Written by a test.") == text
    for name in (
        "areas",
        "stations",
        "station_units",
        "posts",
        "shift_patterns",
        "shifts",
        "shift_shares",
        "control_room",
        "values",
    ):
        assert getattr(found, name) == getattr(tried, name)
    assert (found.name, found.factor, found.agents) == (tried.name, 1.25, "rostered")


def test_what_a_scenario_leaves_as_it_is_is_not_written() -> None:
    text = 'schema = 1\nname = "Plain"\n\n[structure]\nareas = "districts"\n'
    assert scenario_text(Scenario("Plain")) == text


def test_everything_wrong_with_the_lists_is_told_at_once(tmp_path: Path, force: Force) -> None:
    with pytest.raises(BadInput) as caught:
        read(
            tmp_path,
            """
schema = 1
name = "Wrong"
[[shifts]]
pattern_id = "twelves"
shift_id = "day"
name = "Day"
starts_at = "25:00"
length_min = 480
on_duty_share = 0.2
double_crewed_share = 0
[[shift_shares]]
district_id = "nowhere"
pattern_id = "twelves"
shift_id = "evening"
on_duty_share = 0.2
[[stations]]
station_id = "saltreach_quay"
name = "Twice, and nowhere"
[[station_units]]
station_id = "no_such_station"
n_units = 0
[[control_room]]
pattern_id = "none"
people_fte = -1
away_share = 1
""",
            force,
        )
    told = "\n".join(str(one) for one in caught.value.problems)
    for wrong in (
        *(
            "is no clock time",
            "twelves/day is there twice",
            "twelves/evening",
            "nowhere",
            "saltreach_quay is there",
            '"no_such_station" is not a station',
            "0 units at no_such_station",
        ),
        *("not clear where", '"none" is not a shift pattern', "fewer than none", "nobody on duty"),
    ):
        assert wrong in told


def test_districts_have_the_shares_that_a_scenario_gives_them(invented_workspace: Workspace) -> None:
    plain, tried = (
        make_ready(invented_workspace, one, 1).setup
        for one in (
            Scenario("As it is"),
            Scenario("More nights", shift_shares=(ShiftShare("W99900002", "twelves", "night", 0.5),)),
        )
    )
    for before, after in zip(plain.lines, tried.lines, strict=True):
        is_changed = (
            before.start_min == 18 * 60 + 30 and plain.places.district_ids[before.district] == "W99900002"
        )
        # A quarter of them on nights becomes a half.
        assert after.officers == pytest.approx(before.officers * (2.0 if is_changed else 1.0))


def test_one_district_may_work_a_pattern_of_its_own(invented_workspace: Workspace) -> None:
    tried = Scenario(
        "One apart",
        shift_patterns={"W99900001": {"response": "own"}},
        shifts=(row("own", "noon", "12:00", 360, "0.4"),),
    )
    lines = make_ready(invented_workspace, tried, 1).setup.lines
    assert {line.start_min for line in lines if line.district == 0} == {12 * 60}
    assert {line.start_min for line in lines if line.district != 0} == {6 * 60 + 30, 18 * 60 + 30}


def test_a_base_is_opened_where_the_scenario_says(invented_workspace: Workspace) -> None:
    plain = make_ready(invented_workspace, Scenario("As it is"), 1).setup
    code = plain.places.codes[0]
    district = int(plain.places.district[0])
    opened = (NewStation("new", "New", lsoa_code=code),)
    tried = make_ready(invented_workspace, Scenario("One more", stations=opened), 1).setup
    assert 0 in tried.bases.atoms[district]
    others = [one for one in range(len(plain.places.district_ids)) if one != district]
    assert [tried.bases.atoms[one] for one in others] == [plain.bases.atoms[one] for one in others]
    with pytest.raises(BadInput, match="no LSOA"):
        make_ready(
            invented_workspace, Scenario("x", stations=(NewStation("n", "N", lsoa_code="nowhere"),)), 1
        )


def test_units_start_at_stations_as_often_as_the_scenario_says(invented_workspace: Workspace) -> None:
    plain = make_ready(invented_workspace, Scenario("As it is"), 1).setup
    district = plain.places.district_ids.index("W99900001")
    (hall,) = plain.bases.atoms[district]
    at = int(np.flatnonzero((plain.places.district == district) & (np.arange(len(plain.places)) != hall))[0])
    tried = Scenario(
        "Three to one",
        stations=(NewStation("new", "New", lsoa_code=plain.places.codes[at]),),
        station_units=(StationUnits("new", 3),),
    )
    setup = make_ready(invented_workspace, tried, 1).setup
    # In turn: the hall's one unit stands between those of the new base, not after them.
    assert setup.bases.atoms[district] == (at, hall, at, at)
    duties, of = units_of(setup, Luck(1, 0))
    base = duties.base_atom[of == district]
    assert set(base.tolist()) == {at, hall}
    assert np.mean(base == at) == pytest.approx(0.75, abs=0.02)


def test_a_pattern_covers_what_its_shares_come_to_by_hand() -> None:
    rows = (row("p", "night", "22:00", 600, "0.25", "sun"), row("q", "day", "08:00", 600, "0.5"))
    cover, hours = pattern_cover(rows, "p")
    assert hours == pytest.approx(2.5)
    # Sunday 22:00 to Monday 08:00: four half-hours at the week's end and sixteen at its start.
    assert np.flatnonzero(cover).tolist() == [*range(16), *range(332, 336)]
    assert cover[0] == pytest.approx(0.25)


def test_those_on_duty_are_people_there_and_not_away() -> None:
    rows = (row("p", "all", "00:00", 1440, "0.5"),)
    room = (people("emergency", "p", "20", "0.2"), people("other", "p", "10", "0"))
    on_duty = agents_on_duty(room, rows, OnShift(0.0, 0.125))
    assert on_duty["emergency"] == pytest.approx(
        np.full(336, 7.0)
    )  # 20 of whom half are on, less a fifth, an eighth
    assert agents_of_pools(on_duty, ("one",)) == pytest.approx(np.full((1, 336), 11.0))  # 7 and 4.375
    with pytest.raises(BadInput, match="nobody is rostered for the pool emergency, other"):
        agents_of_pools({"one": np.ones(336)}, ("emergency", "other"))


def test_the_simulation_has_the_call_takers_that_the_force_rosters(invented_workspace: Workspace) -> None:
    setup = make_ready(invented_workspace, Scenario("Rostered", agents="rostered", pools="separate"), 1).setup
    assert setup.contact is not None and setup.contact.pool_ids == ("emergency", "other")
    assert setup.contact.agents.interval_s == 1800.0
    # 14 people, a quarter on at any hour, 15 in 100 away and the share at breaks: near three.
    assert set(np.unique(setup.contact.agents.n[0])) <= {2, 3}
