"""From proposal to scenario with one action: what is simulated is what was proposed, and nothing else changes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from constabulary.core.errors import BadInput
from constabulary.core.force.rooms.response import Station
from constabulary.response.rota.rules import Rules
from constabulary.response.scenario import ShiftShare
from constabulary.services.response.setup import make_ready, scenario_of
from constabulary.services.staffing.proposals import judged, keep_proposal, proposed
from constabulary.services.staffing.rota import RotaQuestion, cycle_of, propose, rota_files
from constabulary.services.staffing.rota_files import duties_of_members, read_members, read_rota
from constabulary.services.staffing.rota_need import CALL_TAKERS, OFFICERS, Needed
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.workspaces import Workspace

RunJson = Callable[..., dict[str, Any]]
AREAS = {"W99900001": 100.0, "W99900002": 250.0, "W99900003": 50.0}
QUICK = RotaQuestion(lengths_h=(8.0,), n_kinds=3, n_teams=5, limit_s=5.0)


def need(who: str = OFFICERS, area: str | None = None, away: float = 0.0) -> Needed:
    people = np.where((np.arange(336) % 48 >= 14) & (np.arange(336) % 48 < 46), 12.0, 7.0)
    hours = {area: float(people.sum()) / 2} if area else AREAS
    return Needed(who, people, {"made up": ""}, area=area, hours_by_area=hours, away_share=away)


@pytest.fixture
def rota(invented_workspace: Workspace) -> dict[str, Any]:
    """Return a rota of officers for the whole of the invented force."""
    return propose(need(), QUICK, invented_workspace)


def on_shift(setup: Any, district: int | None = None) -> np.ndarray:
    """Return the officers rostered at each minute of a week, counted minute by minute."""
    found = np.zeros(7 * 1440)
    for line in setup.lines:
        if district in (None, line.district):
            for day in line.weekdays:
                minutes = day * 1440 + line.start_min + np.arange(line.length_min)
                found[minutes % len(found)] += line.officers
    return found


def worked(result: dict[str, Any]) -> np.ndarray:
    """Return the people of a rota on shift at each minute of a week: every team's every duty, laid out."""
    cycle = cycle_of(result)
    found = np.zeros(7 * 1440 * cycle.n_teams)
    for duty in cycle.duties():
        found[np.arange(duty.start_min, duty.end_min) % len(found)] += cycle.team_size
    weeks = found.reshape(cycle.n_teams, -1)
    assert (weeks == weeks[0]).all()
    return weeks[0]


def test_the_rota_simulated_is_the_rota_proposed(invented_workspace: Workspace, rota: dict[str, Any]) -> None:
    name = keep_proposal(invented_workspace, rota)
    path = invented_workspace.force_path / "response" / "scenarios" / name
    setup = make_ready(invented_workspace, scenario_of(invented_workspace, path), 1).setup
    assert on_shift(setup) == pytest.approx(worked(rota), rel=1e-4)
    # Districts have them as their need is.
    for number, hours in enumerate(AREAS.values()):
        assert on_shift(setup, number) == pytest.approx(worked(rota) * hours / 400.0, rel=1e-3)


def test_a_rota_of_one_area_leaves_the_others_as_they_are(invented_workspace: Workspace) -> None:
    found = propose(need(area="W99900002"), QUICK, invented_workspace)
    plain = make_ready(invented_workspace, scenario_of(invented_workspace, None), 1).setup
    tried = make_ready(invented_workspace, proposed(invented_workspace, found), 1).setup
    assert on_shift(tried, 1) == pytest.approx(worked(found), rel=1e-4)
    for other in (0, 2):
        assert on_shift(tried, other) == pytest.approx(on_shift(plain, other))


def test_call_takers_simulated_are_those_of_the_rota(invented_workspace: Workspace) -> None:
    found = propose(need(CALL_TAKERS, away=0.2), QUICK, invented_workspace)
    setup = make_ready(invented_workspace, proposed(invented_workspace, found), 2).setup
    assert setup.contact is not None and setup.contact.pool_ids == ("one",)
    # Those on shift less a fifth away; breaks and briefing take some more, one in seven at most.
    slots = worked(found).reshape(336, 30).mean(axis=1) * 0.8
    agents = setup.contact.agents.n[0]
    first = setup.clock.slot_of_week
    assert (agents <= slots[first] + 0.5).all()
    assert agents.sum() >= 0.85 * slots[first].sum()


@pytest.mark.parametrize("who", [OFFICERS, CALL_TAKERS])
def test_the_simulation_that_judges_a_proposal_is_found_again(
    who: str, invented_workspace: Workspace, run_json: RunJson
) -> None:
    found = propose(need(who), QUICK, invented_workspace)
    assert judged(invented_workspace, found) is None
    path = invented_workspace.force_path / "response" / "scenarios" / keep_proposal(invented_workspace, found)
    made = run_json(
        *("response", "simulate", "--scenario", path, "--weeks", 1, "--replications", 2),
        workspace=invented_workspace,
    )
    simulated = judged(invented_workspace, found)
    assert simulated is not None and simulated["stamp"] == made["stamp"]


def test_a_scenario_changed_by_hand_stays_beside_the_proposal(
    invented_workspace: Workspace, rota: dict[str, Any]
) -> None:
    first = keep_proposal(invented_workspace, rota)
    assert keep_proposal(invented_workspace, rota) == first
    path = invented_workspace.force_path / "response" / "scenarios" / first
    path.write_text(
        path.read_text(encoding="utf-8").replace("schema = 1", "schema = 1 # mine"), encoding="utf-8"
    )
    second = keep_proposal(invented_workspace, rota)
    assert second != first and "# mine" in path.read_text(encoding="utf-8")


def test_officers_by_district_and_shift_are_simulated_as_proposed(
    invented_workspace: Workspace, run_json: RunJson
) -> None:
    answer = run_json(
        *("response", "allocate", "--weeks", 2, "--replications", 4, "--difference", 0.2, "--keep"),
        workspace=invented_workspace,
    )
    path = invented_workspace.force_path / "response" / "scenarios" / answer["scenario"]
    setup = make_ready(invented_workspace, scenario_of(invented_workspace, path), 1).setup
    for row in answer["allocation"]:
        number = setup.places.district_ids.index(row["district"])
        for kind, officers in zip(answer["shifts"], row["proposed"], strict=True):
            hour, minute = kind["starts_at"].split(":")
            there = sum(
                line.officers
                for line in setup.lines
                if line.district == number and line.start_min == 60 * int(hour) + int(minute)
            )
            assert there == pytest.approx(officers, rel=1e-3)
    posts = sum(row["posts_by_shift"][0] + row["posts_by_shift"][1] for row in answer["allocation"])
    assert posts == pytest.approx(answer["posts_proposed"])


def test_a_proposal_begun_from_a_scenario_keeps_what_that_changed(
    invented_workspace: Workspace, rota: dict[str, Any]
) -> None:
    folder = invented_workspace.force_path / "response" / "scenarios"
    folder.mkdir(exist_ok=True)
    (folder / "closed.toml").write_text(
        'schema = 1\nname = "Closed"\n[structure]\nclosed_stations = ["saltreach_quay"]\n[demand]\nfactor = 1.5\n'
        '[[shift_shares]]\ndistrict_id = "W99900001"\npattern_id = "twelves"\nshift_id = "day"\non_duty_share = 0.3\n',
        encoding="utf-8",
    )
    found = proposed(invented_workspace, {**rota, "begins_from": "closed.toml"})
    assert (found.closed_stations, found.factor) == (("saltreach_quay",), 1.5)
    assert found.shift_shares == (ShiftShare("W99900001", "twelves", "day", 0.3),)
    with pytest.raises(BadInput, match="no scenario of the force folder"):
        proposed(invented_workspace, {**rota, "begins_from": "gone.toml"})


def test_one_more_base_becomes_a_scenario_and_stands_where_it_was_proposed(
    invented_workspace: Workspace, run_json: RunJson
) -> None:
    answer = run_json(
        *("response", "locate", "pmedian", "--among", "more", "--sites", 1, "--keep"),
        workspace=invented_workspace,
    )
    (opened,) = answer["opened"]
    assert answer["closed"] == [] and answer["proven"]
    path = invented_workspace.force_path / "response" / "scenarios" / answer["scenario"]
    setup = make_ready(invented_workspace, scenario_of(invented_workspace, path), 1).setup
    atom = setup.places.codes.index(opened)
    assert any(atom in atoms for atoms in setup.bases.atoms)
    # By trying every place: no other brings units nearer.
    plain = make_ready(invented_workspace, scenario_of(invented_workspace, None), 1).setup
    stations = [
        plain.places.nearest(float(one.longitude), float(one.latitude))
        for one in force_of(invented_workspace).rows(Station)
    ]
    weights = np.array([one["incidents_per_day"] for one in answer["places"]])
    day = np.flatnonzero(plain.clock.hour_of_week % 24 == 0)[0] + np.arange(24)
    minutes = np.mean([plain.ground.minutes[band] for band in plain.ground.band_of_hour[day]], axis=0)
    minutes *= plain.grades.travel_factor[0]
    worth = [weights @ minutes[:, [*stations, one]].min(axis=1) for one in range(len(plain.places))]
    assert min(worth) == pytest.approx(answer["objective"]) == pytest.approx(worth[atom])


def test_units_of_each_site_are_simulated_as_they_were_placed(
    invented_workspace: Workspace, run_json: RunJson
) -> None:
    answer = run_json(
        *("response", "locate", "mexclp", "--units", 5, "--standard-min", 15, "--busy-share", 0.4, "--keep"),
        workspace=invented_workspace,
    )
    # Both stations stay, yet the scenario is not the force as it stands: units and people are given to them anew.
    assert answer["closed"] == answer["opened"] == [] and sum(answer["units"].values()) == 5
    path = invented_workspace.force_path / "response" / "scenarios" / answer["scenario"]
    now, then = (
        make_ready(invented_workspace, scenario_of(invented_workspace, one), 1).setup for one in (None, path)
    )
    officers = [sum(line.officers for line in setup.lines) for setup in (now, then)]
    assert officers[1] == pytest.approx(officers[0])
    for site, units in answer["units"].items():
        district = then.places.district_ids.index(answer["district_of"][site])
        there = sum(line.officers for line in then.lines if line.district == district)
        assert there / officers[1] == pytest.approx(units / 5, abs=1e-4)


def test_what_changes_nothing_is_no_scenario(invented_workspace: Workspace, run_json: RunJson) -> None:
    answer = run_json("response", "locate", "pmedian", "--sites", 2, workspace=invented_workspace)
    with pytest.raises(BadInput, match="changes nothing"):
        proposed(invented_workspace, answer)


def rows_of(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode())))


def test_members_of_teams_are_rostered_over_the_nights_the_clocks_change(
    tmp_path: Path, rota: dict[str, Any]
) -> None:
    path = tmp_path / "members.csv"
    path.write_text("member,team\nPC 1001,team 1\nPC 1002,1\nPC 2001,team 2\n", encoding="utf-8")
    members = read_members(path)
    monday = date(2026, 3, 23)  # the clocks go forward on 29 March
    files = rota_files(rota, monday, 5, "Europe/London", members)
    rows = rows_of(files["roster.csv"])
    assert {row["who"] for row in rows} == {"PC 1001", "PC 1002", "PC 2001"}
    zone = ZoneInfo("Europe/London")
    for row in rows:
        start, end = (datetime.fromisoformat(row[name]) for name in ("starts_at", "ends_at"))
        assert start.utcoffset() == start.replace(tzinfo=zone).utcoffset()
        assert float(row["hours"]) == (end - start).total_seconds() / 3600
        across = start.date() == date(2026, 3, 28) and end.date() == date(2026, 3, 29)
        assert float(row["hours"]) == (7.0 if across else 8.0)
    # The calendar and the roster say the same, and each entry is called the same when written from a later day on.
    later = rota_files(rota, monday + timedelta(days=7 * 5), 5, "Europe/London", members)["rota.ics"].decode()
    first = files["rota.ics"].decode()
    uids = [re.findall(r"UID:(.*)\r\n", text.replace("\r\n ", "")) for text in (first, later)]
    assert len(set(uids[0])) == len(rows) and not set(uids[0]) & set(uids[1])
    for name in ("roster.csv", "rota.ics"):
        read = read_rota(files[name].decode(), name, "Europe/London")
        assert {duty.who for duty in read.duties} == set(members) and len(read.duties) == len(rows)


def test_a_member_of_no_team_is_told(tmp_path: Path, rota: dict[str, Any]) -> None:
    path = tmp_path / "members.csv"
    path.write_text("member,team\nPC 1,first\nPC 1,2\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_members(path)
    assert len(caught.value.problems) == 2
    with pytest.raises(BadInput, match="team 9"):
        duties_of_members(cycle_of(rota).duties(), {"PC 1": "team 9"}, "members.csv")


def independent_breaches(rows: list[dict[str, str]], rules: Rules) -> list[str]:
    """Hold a roster of dates to the rules anew, from its rows alone."""
    found = []
    for who in {row["who"] for row in rows}:
        spells = sorted(
            (datetime.fromisoformat(row["starts_at"]), datetime.fromisoformat(row["ends_at"]))
            for row in rows
            if row["who"] == who
        )
        for (_, end), (start, _) in pairwise(spells):
            if (start - end).total_seconds() < rules.rest_h * 3600:
                found.append(f"{who} rests too little before {start}")
        days = {start.date() for start, _ in spells}
        found += [
            f"{who} works too many days from {day}"
            for day in days
            if all(day + timedelta(days=n) in days for n in range(rules.most_days + 1))
        ]
        weeks = max((end for _, end in spells)).date() - min(days)
        hours = sum((end - start).total_seconds() / 3600 for start, end in spells)
        if hours / ((weeks.days + 7) / 7) > rules.week_h:
            found.append(f"{who} works too long")
    return found


def test_the_roster_taken_away_keeps_the_rules_by_another_count(rota: dict[str, Any]) -> None:
    files = rota_files(rota, date(2026, 9, 28), 5, "Europe/London")  # over the end of summer time
    assert independent_breaches(rows_of(files["roster.csv"]), Rules()) == []
    for name, begins in (("rota.xlsx", b"PK"), ("rota.pdf", b"%PDF")):
        assert files[name].startswith(begins)


@pytest.mark.parametrize("name", ["pattern.csv", "roster.csv", "rota.ics"])
def test_a_rota_brought_in_from_a_file_is_worked_by_those_there_are(
    name: str, invented_workspace: Workspace, rota: dict[str, Any], tmp_path: Path, run_json: RunJson
) -> None:
    path = tmp_path / name
    # Five weeks: the whole cycle of five teams, with no change of clocks.
    path.write_bytes(rota_files(rota, date(2026, 6, 1), 5, "Europe/Dublin")[name])
    answer = run_json("response", "rota", "check", path, "--keep", workspace=invented_workspace)
    assert answer["ok"]
    kept = invented_workspace.force_path / "response" / "scenarios" / answer["scenario"]
    plain = make_ready(invented_workspace, scenario_of(invented_workspace, None), 1)
    tried = make_ready(invented_workspace, scenario_of(invented_workspace, kept), 1)
    strength = sum(post.strength_fte for post in plain.posts if post.duty == "response")
    people = cycle_of(rota).n_people
    assert on_shift(tried.setup) == pytest.approx(worked(rota) * strength / people, rel=1e-4)
    answer = run_json(
        "response", "rota", "check", path, "--keep", "--for", "call-takers", workspace=invented_workspace
    )
    kept = invented_workspace.force_path / "response" / "scenarios" / answer["scenario"]
    assert scenario_of(invented_workspace, kept).agents == "rostered"
