"""The commands of cover from end to end: made-up positions, every measure, shifts that were imported."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from constabulary.services.cover.kept import kept
from constabulary.services.records.synthesise_positions import synthesise_positions
from constabulary.services.workspace.workspaces import Workspace, new_workspace

Run = Callable[..., Any]
WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"
CONTRACT = {"observed_s", "outside_s", "unknown_s", "areas", "removed"}
AREA = {"area_id", "name", "seconds", "units", "officer_hours"}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = new_workspace(tmp_path_factory.mktemp("held") / "workspace", str(WESTMARCH))
    synthesise_positions(made, first_on=date(2022, 6, 1), n_days=4)
    return made


@pytest.mark.parametrize("by", ["force", "district", "neighbourhood", "lsoa", "hot_spots"])
def test_time_in_areas_and_outside_is_time_observed_to_the_second(
    by: str, held: Workspace, run_json: Run
) -> None:
    found = run_json("cover", "presence", "--by", by, workspace=held)
    assert found.keys() >= CONTRACT
    assert all(area.keys() >= AREA for area in found["areas"])
    told = sum(area["seconds"] for area in found["areas"]) + found["outside_s"]
    assert abs(told - found["overlap_s"] - found["observed_s"]) < 1e-6
    # Hot spots overlap; areas of a level do not.
    assert (found["overlap_s"] > 0) == (by == "hot_spots")
    assert found["observed_s"] > 0 and found["synthetic"] is True


def test_parts_by_station_and_by_movement_make_the_whole(
    tmp_path: Path, held: Workspace, run: Run, run_json: Run
) -> None:
    found = run_json("cover", "presence", "--by-moving", workspace=held)
    for area in found["areas"]:
        assert sum(part["seconds"] for part in area["parts"]) == pytest.approx(area["seconds"])
        assert {part["is_moving"] for part in area["parts"]} == {True, False}
    # The invented force may name no stations; then that is what is told.
    result = run("cover", "presence", "--by-station", workspace=held)
    assert result.exit_code == 0 or "names no stations" in result.output


MEASURES = {
    "visibility": ("area_id", "visible_officer_hours", "per_1000"),
    "reach": ("local_hour_of_week", "residents_share"),
    "gaps": ("area_id", "gap_hours", "n_incidents_in_gaps"),
    "establishment": ("area_id", "posts", "all_officer_hours"),
    "dosage": ("area_id", "n_visits", "n_in_band"),
    "planned": ("plan_id", "days_met", "delivered_visits"),
}


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_every_measure_answers_in_words_and_in_json(
    name: str, held: Workspace, run: Run, run_json: Run
) -> None:
    found = run_json("cover", name, workspace=held)
    assert found["synthetic"] is True and found["stamp"]["id"]
    assert found["rows"] and all(column in found["rows"][0] for column in MEASURES[name])
    told = run("cover", name, workspace=held)
    assert told.exit_code == 0 and found["answer"] in told.stdout and "synthetic" in told.stdout


def test_gaps_by_area_hour_and_stretch_add_up_to_the_same_hours(held: Workspace, run_json: Run) -> None:
    areas, hours, stretches = (
        run_json("cover", "gaps", "--by", "lsoa", "--hours", 2, "--show", show, workspace=held)["rows"]
        for show in ("areas", "hours", "stretches")
    )
    total = sum(row["gap_hours"] for row in areas)
    assert total > 0
    assert sum(row["hours"] for row in stretches) == pytest.approx(total)
    # Four days in June: each hour of the week comes once, for an hour.
    assert len(hours) == 96 and sum(row["n_areas"] for row in hours) == pytest.approx(total, abs=1e-3)
    assert len(stretches) == sum(row["n_gaps"] for row in areas)
    assert stretches[0]["begins_at"].endswith("+01:00")


def test_every_figure_of_time_says_its_rule_and_the_interval_of_fixes(held: Workspace, run_json: Run) -> None:
    whole = run_json("cover", "presence", workspace=held)
    for name in MEASURES:
        crediting = run_json("cover", name, workspace=held)["crediting"]
        assert f"Median interval: {whole['median_interval_s'] / 60:g} minutes." in crediting
        assert "the area of the earlier" in crediting and "5 minutes" in crediting


def test_the_map_and_the_paper_are_written_to_files_of_their_kind(
    tmp_path: Path, held: Workspace, run: Run, run_json: Run
) -> None:
    for name, begin in (("m.svg", b"<svg"), ("m.png", b"\x89PNG"), ("p.pdf", b"%PDF"), ("p.xlsx", b"PK")):
        command = "map" if name.startswith("m") else "paper"
        found = run_json("cover", command, tmp_path / name, workspace=held)
        assert (tmp_path / name).read_bytes().startswith(begin) and found["synthetic"] is True
    run_json("cover", "map", tmp_path / "m.geojson", "--by", "lsoa", "--show", "time", workspace=held)
    drawn = json.loads((tmp_path / "m.geojson").read_text(encoding="utf-8"))["features"]
    told = run_json("cover", "presence", "--by", "lsoa", workspace=held)["areas"]
    assert {one["properties"]["area_id"]: one["properties"]["count"] for one in drawn} == pytest.approx(
        {area["area_id"]: area["officer_hours"] for area in told}, abs=1e-5
    )
    text = (tmp_path / "m.svg").read_text(encoding="utf-8")
    words = " ".join(re.sub("<[^>]*>", " ", text).split())
    assert "Median interval: 3 minutes." in words and "made up" in words
    for wrong, said in (
        ("m.bmp", "ends in none of .svg, .png, .geojson"),
        ("no/m.svg", "there is no folder"),
    ):
        result = run("cover", "map", tmp_path / wrong, workspace=held)
        assert result.exit_code == 2 and said in " ".join(result.output.split())


def test_a_folder_from_scratch_gets_an_answer_or_is_told_what_to_add(
    tmp_path: Path, bare_force: str, run: Run
) -> None:
    for name in ("cover", "response"):
        shutil.rmtree(Path(bare_force) / name, ignore_errors=True)
    made = new_workspace(tmp_path / "scratch", bare_force)
    nothing = run("cover", "visibility", workspace=made)
    assert nothing.exit_code == 9 and "Import some: constabulary import pings" in nothing.output
    synthesise_positions(made, first_on=date(2022, 6, 1), n_days=2)
    for name in ("visibility", "reach", "gaps", "establishment"):
        assert run("cover", name, workspace=made).exit_code == 0, name
    assert "does not say what statuses mean" in run("cover", "visibility", workspace=made).output
    for name, missing in (("dosage", "names no hot spots"), ("planned", "names no hot spots")):
        result = run("cover", name, workspace=made)
        assert result.exit_code == 9 and missing in result.output


def test_the_same_positions_made_again_add_nothing_and_another_seed_replaces_them(
    tmp_path: Path, run_json: Run
) -> None:
    made = new_workspace(tmp_path / "again", str(WESTMARCH))
    reports = [
        run_json("cover", "synthesise", "--from", "2022-06-01", "--days", 1, "--seed", seed, workspace=made)
        for seed in (1, 1, 2)
    ]
    assert [one["is_new"] for one in reports] == [True, False, True]
    assert reports[0]["import"] == reports[1]["import"] != reports[2]["import"]


def test_officers_on_duty_are_those_of_establishment_and_shifts(tmp_path: Path, run_json: Run) -> None:
    made = new_workspace(tmp_path / "calibrated", str(WESTMARCH))
    report = run_json("cover", "synthesise", "--from", "2022-06-06", "--days", 14, workspace=made)
    # Whole people are drawn for each shift and day: some sixty draws of a share of one person, spread over a fortnight.
    assert report["mean_officers_on_duty"] == pytest.approx(report["expected_officers_on_duty"], rel=0.05)
    # Posts of the yearbook: 151.5 wardens and 24.5 auxiliaries.
    assert report["posts_fte"] == 176


def test_shifts_that_were_imported_tell_when_patrol_began(tmp_path: Path, run_json: Run) -> None:
    made = new_workspace(tmp_path / "shifts", str(WESTMARCH))
    rows = ["unit,at,lon,lat,status"]
    for day in (1, 2):
        # An hour in the station, then an hour of patrol on the first day; half an hour and then patrol on the second.
        in_station = 60 if day == 1 else 30
        rows += [
            f"X1,2022-06-0{day}T{8 + minute // 60:02}:{minute % 60:02}:00Z,-3.5,52.25,"
            + ("in_station" if minute < in_station else "patrol")
            for minute in range(121)
        ]
    (tmp_path / "pings.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    (tmp_path / "pings.toml").write_text(
        'table = "pings"\n[columns]\nunit_id = "unit"\nat = "at"\n'
        'longitude = "lon"\nlatitude = "lat"\nstatus = "status"\n',
        encoding="utf-8",
    )
    shifts = [
        "call sign,team,start,end",
        *(f"X1,A,2022-06-0{day}T07:50:00Z,2022-06-0{day}T16:00:00Z" for day in (1, 2)),
    ]
    (tmp_path / "shifts.csv").write_text("\n".join([*shifts, ""]), encoding="utf-8")
    (tmp_path / "shifts.toml").write_text(
        'table = "shifts"\n[columns]\nunit_id = "call sign"\nteam = "team"\nstarts_at = "start"\nends_at = "end"\n',
        encoding="utf-8",
    )
    for kind in ("pings", "shifts"):
        report = run_json(
            "import", kind, tmp_path / f"{kind}.csv", "--mapping", tmp_path / f"{kind}.toml", workspace=made
        )
        assert report["refused"] == 0 and report["accepted"] == len(rows if kind == "pings" else shifts) - 1
        known = run_json("cover", "presence", workspace=made)
        # Silent from 10:00 on the first day to 08:00 on the next, of which 16:00 to 07:50 lie between the shifts.
        silence = (22 * 3600, None) if kind == "pings" else (6 * 3600 + 600, 15 * 3600 + 50 * 60)
        assert (known["unknown_s"], known["off_duty_s"], known["gaps"]) == (*silence, 1)
        about = kept(made, "district").about
        assert (about["unknown_s"], about["off_duty_s"]) == silence
    found = run_json(
        "cover", "trial", "--before", "2022-06-01..2022-06-01", "--after", "2022-06-02..2022-06-02", "--team", "A",
        workspace=made,
    )  # fmt: skip
    measures = {row["measure"]: (row["before"], row["after"]) for row in found["rows"]}
    assert measures["patrol_start_min"] == (70, 40)
    assert measures["patrol_hours"] == (1, 1.5)
    assert measures["station_hours"] == (1, 0.5)
    assert found["synthetic"] is False


def test_a_shift_that_ends_before_it_starts_is_refused(tmp_path: Path, run_json: Run) -> None:
    made = new_workspace(tmp_path / "wrong", str(WESTMARCH))
    (tmp_path / "s.csv").write_text(
        "unit,from,to\nX1,2022-06-01T08:00:00Z,2022-06-01T07:00:00Z\nX2,2022-06-01T08:00:00Z,2022-06-01T17:00:00Z\n",
        encoding="utf-8",
    )
    (tmp_path / "s.toml").write_text(
        'table = "shifts"\n[columns]\nunit_id = "unit"\nstarts_at = "from"\nends_at = "to"\n',
        encoding="utf-8",
    )
    report = run_json(
        "import", "shifts", tmp_path / "s.csv", "--mapping", tmp_path / "s.toml", workspace=made
    )
    assert (report["accepted"], report["refused"]) == (1, 1)
    assert [one["rule"] for one in report["problems"]] == ["ends_at_before_starts_at"]
