"""`constabulary response rota` and `rota check`: what scripts and planners may rely on."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from constabulary.services.workspace.workspaces import Workspace

Run = Callable[..., Result]
RunJson = Callable[..., dict[str, Any]]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture
def need(tmp_path: Path) -> Path:
    """Five people from 07:00 to 23:00, three at night."""
    rows = [
        (day, f"{half // 2:02d}:{half % 2 * 30:02d}", 5 if 14 <= half < 46 else 3)
        for day in DAYS
        for half in range(48)
    ]
    path = tmp_path / "need.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("day", "starts_at", "need"), *rows])
    return path


PLAIN = ("--length-h", 8, "--every-min", 60, "--break-share", 0, "--teams", 5)


def test_a_rota_covers_its_need_and_is_rostered_and_checked(
    need: Path, tmp_path: Path, run: Run, run_json: RunJson
) -> None:
    out = tmp_path / "out"
    answer = run_json(
        *("response", "rota", "--need", need, *PLAIN, "--kinds", 3, "--out", out, "--from", "2026-03-24"),
        *("--weeks", 10),
    )
    # By hand: 16 hours of five people and 8 of three, all in whole shifts of eight hours.
    assert answer["need_h"] == answer["ideal"]["paid_h"] == 7 * (16 * 5 + 8 * 3)
    assert answer["ideal"]["proven"] is True
    rota = answer["rota"]
    assert rota["short_h"] == 0 and rota["breaches"] == []
    assert rota["people"] == rota["teams"] * rota["team_size"] == 25
    assert len({(one["week_h"], one["nights"], one["weekends_off"]) for one in rota["fair"]}) == 1
    for name in ("roster.csv", "rota.ics"):
        checked = run_json("response", "rota", "check", out / name)
        assert checked["ok"] and checked["weeks"] == 10
    # Ten weeks are two cycles of five; said to be part of one of twenty, what the other ten may bring is left open.
    for weeks in (5, 20):
        told = run_json(
            "response", "rota", "check", out / "roster.csv", "--cycle-weeks", weeks, "--weekends-off", 1
        )
        assert told["ok"] and told["cycle_weeks"] == weeks
    line = run_json(
        *("response", "rota", "check", out / "pattern.csv", "--need", need, "--team-size", rota["team_size"]),
        *("--break-share", 0),
    )
    assert line["ok"] and line["short_h"] == 0 and line["covered_share"] == 1
    refused = run("response", "rota", "check", out / "pattern.csv", "--cycle-weeks", 6)
    assert refused.exit_code == 3 and "5 weeks, and they are its cycle" in refused.stderr
    with (out / "roster.csv").open(encoding="utf-8") as lines:
        roster = list(csv.DictReader(lines))
    assert min(row["starts_at"] for row in roster).startswith("2026-03-30")  # the Monday on or after
    assert {row["who"] for row in roster} == {f"team {team}" for team in range(1, 6)}


def test_calendar_and_roster_say_the_same_instants(need: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "out"
    result = run(
        "response", "rota", "--need", need, *PLAIN, "--kinds", 3, "--out", out, "--from", "2026-10-19"
    )
    assert result.exit_code == 0, result.output
    text = (out / "rota.ics").read_bytes().decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n") and "\r\nVERSION:2.0\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    uids = re.findall(r"^UID:(.+)\r$", text, re.M)
    assert len(uids) == len(set(uids))
    spells = {
        (datetime.fromisoformat(a), datetime.fromisoformat(b))
        for a, b in re.findall(r"DTSTART:(\S+)\r\nDTEND:(\S+)\r\n", text)
    }
    with (out / "roster.csv").open(encoding="utf-8") as lines:
        rostered = {
            tuple(datetime.fromisoformat(row[column]).astimezone(UTC) for column in ("starts_at", "ends_at"))
            for row in csv.DictReader(lines)
        }
    assert spells == rostered
    # The clocks go back on 2026-10-25: that night is an hour longer.
    assert {(end - start).total_seconds() / 3600 for start, end in spells} <= {8.0, 9.0}


def test_a_calendar_with_zones_and_folded_lines_is_read(tmp_path: Path, run_json: RunJson) -> None:
    path = tmp_path / "team.ics"
    path.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/London:20260706T070000\r\n"
        "DTEND;TZID=Europe/London:20260706T150000\r\nSUMMARY:Al\r\n ex: Early\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART:20260706T230000Z\r\nDTEND:20260707T060000Z\r\nSUMMARY:Alex: Late\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n",
        encoding="utf-8",
        newline="",
    )
    found = run_json_or_broken(run_json, path)
    assert [one["who"] for one in found["people"]] == ["Alex"]
    # 15:00 in London is 14:00 UTC in July: nine hours of rest.
    assert [(one["rule"], one["on"]) for one in found["breaches"]] == [("rest_h", "2026-07-06")]


def run_json_or_broken(run_json: RunJson, path: Path) -> dict[str, Any]:
    import json

    from click.testing import CliRunner

    from constabulary.cli import main

    result = CliRunner().invoke(main, ["response", "rota", "check", str(path), "--json"])
    assert result.exit_code == 1
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_broken_rule_ends_with_status_one_and_is_named(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "line.csv"
    path.write_text(
        "week,day,starts_at,length_min,name\n1,mon,15:00,480,Late\n1,tue,07:00,480,Early\n", encoding="utf-8"
    )
    result = run("response", "rota", "check", path)
    assert result.exit_code == 1
    assert "week 1 tue: 8 h between Late and Early, at least 11 (rest_h)" in result.stdout
    assert run("response", "rota", "check", path, "--rest-h", 8).exit_code == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("day,starts_at,need\nmon,00:00,1\n", "335 half-hours are missing, the first mon 00:30"),
        ("day,starts_at,need\nmon,00:10,1\n", "a half-hour"),
        ("day,starts_at,need\nmon,00:00,-1\n", "need"),
        ("day,need\nmon,1\n", "day, starts_at, need"),
    ],
)
def test_a_need_that_cannot_be_used_is_told(tmp_path: Path, run: Run, text: str, told: str) -> None:
    path = tmp_path / "need.csv"
    path.write_text(text, encoding="utf-8")
    result = run("response", "rota", "--need", path)
    assert result.exit_code == 3 and told in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        "week,day,starts_at,length_min,name\n0,mon,07:00,480,x\n",
        "week,day,starts_at,length_min,name\n1,mon,7,480,x\n",
        "week,day,starts_at,length_min,name\n",
        "who,starts_at,ends_at,name\na,2026-01-01T07:00,2026-01-01T07:00,x\n",
        "who,starts_at,ends_at,name\na,soon,2026-01-01T07:00,x\n",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nEND:VEVENT\n",
        "",
    ],
)
def test_a_rota_that_cannot_be_used_is_told(tmp_path: Path, run: Run, text: str) -> None:
    path = tmp_path / "rota.csv"
    path.write_text(text, encoding="utf-8")
    result = run("response", "rota", "check", path)
    assert result.exit_code == 3 and "rota.csv" in result.stderr


def test_the_invented_force_gets_a_rota_from_its_own_need(
    invented_workspace: Workspace, run_json: RunJson
) -> None:
    answer = run_json(
        *(
            "response",
            "rota",
            "--area",
            "W99900001",
            "--kinds",
            3,
            "--length-h",
            8,
            "--limit-s",
            5,
            "--teams",
            5,
        ),
        workspace=invented_workspace,
    )
    assert answer["rota"]["short_h"] == 0 and answer["rota"]["breaches"] == []
    assert answer["present"]["pattern_id"]
    assert {one["of"] for one in answer["checks"]} == {"Critical, Highmoor", "Urgent, Highmoor"}
    for one in answer["checks"]:
        assert one["achieved_share"] + one["half_width"] >= one["wanted_share"] - 0.01
    assert min(answer["need"]) > 0


def test_an_area_that_is_not_there_is_told(invented_workspace: Workspace, run: Run) -> None:
    result = run("response", "rota", "--area", "nowhere", workspace=invented_workspace)
    assert result.exit_code == 3 and "W99900001" in result.stderr


def test_call_takers_get_a_rota_whose_need_is_borne_out_by_simulation(
    invented_workspace: Workspace, run_json: RunJson, run: Run
) -> None:
    answer = run_json(
        *("response", "rota", "--for", "call-takers", "--length-h", 8, "--kinds", 3, "--teams", 5),
        workspace=invented_workspace,
    )
    assert answer["asked"]["for"] == "call-takers"
    # The folder has 14 people on one pattern and 9.5 on another, 15 and 20 in a hundred of whom are away.
    present = answer["present"]
    assert present["pattern_id"] == "twelves, weekend" and present["people_now"] == 23.5
    assert answer["asked"]["away_share"] == pytest.approx((14 * 0.15 + 9.5 * 0.2) / 23.5)
    # More are proposed where more are short, and more are answered in time.
    assert (present["short_h_now"] > 0) == (present["people_now"] < present["people_to_cover"])
    judged = [one["judged"]["achieved_share"] for one in (answer, present)]
    assert judged[0] >= answer["judged"]["wanted_share"] - 0.02
    if answer["rota"]["people"] > present["people_to_cover"]:
        assert judged[0] >= judged[1]
    assert answer["rota"]["short_h"] == 0 and answer["rota"]["breaches"] == []
    (check,) = answer["checks"]
    assert check["achieved_share"] + check["half_width"] >= check["wanted_share"] - 0.01
    result = run(
        "response", "rota", "--for", "call-takers", "--area", "W99900001", workspace=invented_workspace
    )
    assert result.exit_code != 0 and "leave --area away" in result.output


def test_a_team_cycle_says_whether_it_is_proven(tmp_path: Path, run: Run, run_json: RunJson) -> None:
    need = tmp_path / "need.csv"
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    rows = [f"{day},{slot // 2:02}:{slot % 2 * 30:02},2" for day in days for slot in range(48)]
    need.write_text("\n".join(["day,starts_at,need", *rows]), encoding="utf-8")
    asked = (
        "response",
        "rota",
        "--need",
        need,
        "--teams",
        5,
        "--length-h",
        8,
        "--kinds",
        3,
    )
    is_proven = run_json(*asked)["rota"]["proven"]
    said = next(line for line in run(*asked).stdout.splitlines() if line.startswith("Team cycle"))
    assert said.endswith("(proven).") if is_proven else "(not proven" in said


def test_a_week_or_a_year_that_is_a_slip_of_the_pen_is_told_or_borne(tmp_path: Path, run: Run) -> None:
    line = tmp_path / "line.csv"
    line.write_text(
        "week,day,starts_at,length_min,name\n1,mon,07:00,480,Early\n2000000000000,mon,07:00,480,Early\n",
        encoding="utf-8",
    )
    said = run("response", "rota", "check", line)
    assert said.exit_code == 3
    assert 'week: "2000000000000"' in said.stderr
    dated = tmp_path / "dated.csv"
    dated.write_text(
        "who,starts_at,ends_at,name\nA,2026-01-05T07:00,2026-01-05T15:00,Early\nA,9990-01-05T07:00,9990-01-05T15:00,Early\n",
        encoding="utf-8",
    )
    assert run("response", "rota", "check", dated, "--cycle-weeks", "200000").exit_code == 0
