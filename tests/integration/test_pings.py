"""Positions from a file to time in each area, through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from constabulary.services.cover import pings as service
from constabulary.services.cover.duty import miles_by_unit
from constabulary.services.workspace.workspaces import Workspace

Run = Callable[..., Any]
MAPPING = """
table = "pings"
[columns]
unit_id = "Call sign"
at = {{ from = "{at}"{form} }}
longitude = "Lon"
latitude = "Lat"
status = "State"
role = "Team"
crew_size = "Crew"
speed_kmh = "Speed"
[values.status]
"6" = "on_patrol"
"""
CAMBRIDGE, PETERBOROUGH, PARIS = (0.1218, 52.2053), (-0.2405, 52.5695), (2.35, 48.86)
BEGIN = int(datetime(2024, 7, 1, 8, 59, tzinfo=UTC).timestamp())


def day(n: int = 20, place: tuple[float, float] = CAMBRIDGE, step_s: int = 30) -> list[dict[str, Any]]:
    return [
        {
            "Call sign": "EX01",
            "Stamp": BEGIN + step_s * k,
            "Lon": place[0],
            "Lat": place[1],
            "State": "6",
            "Team": "response",
            "Crew": 2,
            "Speed": 0,
        }
        for k in range(n)
    ]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    frame = pl.DataFrame(rows)
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        frame.write_csv(path)
    return path


@pytest.fixture
def mapping(tmp_path: Path) -> Callable[..., Path]:
    def make(at: str = "Stamp", form: str = ', format = "epoch"') -> Path:
        path = tmp_path / "pings.toml"
        path.write_text(MAPPING.format(at=at, form=form), encoding="utf-8")
        return path

    return make


def imported(run_json: Run, workspace: Workspace, file: Path, mapping: Path) -> dict[str, Any]:
    report: dict[str, Any] = run_json("import", "pings", file, "--mapping", mapping, workspace=workspace)
    return report


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_positions_go_in_and_time_comes_out(
    ending: str, tmp_path: Path, workspace: Workspace, run_json: Run, mapping: Callable[..., Path]
) -> None:
    rows = [*day(11), *day(3, PETERBOROUGH)]
    for row in rows[11:]:
        row["Call sign"] = "EX02"
    report = imported(run_json, workspace, write(tmp_path / f"fleet{ending}", rows), mapping())
    assert (report["rows_read"], report["accepted"], report["refused"]) == (14, 14, 0)
    answer = run_json("cover", "presence", workspace=workspace)
    by_seconds = [(area["seconds"], area["units"], area["officer_hours"]) for area in answer["areas"][:3]]
    assert by_seconds == [(300, 1, 600 / 3600), (60, 1, 120 / 3600), (0, 0, 0)]
    assert (answer["observed_s"], answer["outside_s"], answer["unknown_s"]) == (360, 0, 0)
    assert (answer["median_interval_s"], answer["credit"], answer["synthetic"]) == (30, "earlier", False)
    assert answer["stamp"]["inputs"].keys() >= {"force folder", "import 000001", "outlines"}


@pytest.mark.parametrize("by", ["force", "area", "district", "neighbourhood", "lsoa"])
def test_seconds_in_areas_and_outside_are_the_seconds_observed(
    by: str, tmp_path: Path, workspace: Workspace, run_json: Run, mapping: Callable[..., Path]
) -> None:
    rows = [*day(11), *day(11, PARIS)]
    for row in rows[11:]:
        row["Stamp"] += 3 * 3600
    imported(run_json, workspace, write(tmp_path / "fleet.csv", rows), mapping())
    answer = run_json("cover", "presence", "--by", by, workspace=workspace)
    assert sum(area["seconds"] for area in answer["areas"]) == 300
    assert (answer["observed_s"], answer["outside_s"], answer["unknown_s"]) == (600, 300, 3 * 3600 - 300)


@pytest.mark.parametrize(
    ("at", "form"),
    [
        (lambda stamp: stamp, ', format = "epoch"'),
        (lambda stamp: stamp * 1000, ', format = "epoch_ms"'),
        (lambda stamp: datetime.fromtimestamp(stamp, UTC).isoformat(), ""),
        # Local time: British summer time is an hour ahead.
        (
            lambda stamp: f"{datetime.fromtimestamp(stamp + 3600, UTC):%d/%m/%Y %H:%M:%S}",
            ', format = "%d/%m/%Y %H:%M:%S"',
        ),
    ],
    ids=["epoch", "epoch_ms", "iso", "local"],
)
def test_instants_are_read_as_they_are_written(
    at: Callable[[int], Any], form: str, tmp_path: Path, workspace: Workspace, run_json: Run,
    mapping: Callable[..., Path],
) -> None:  # fmt: skip
    rows = [{**row, "Stamp": at(row["Stamp"])} for row in day(5)]
    imported(run_json, workspace, write(tmp_path / "fleet.csv", rows), mapping(form=form))
    answer = run_json("cover", "presence", "--by", "force", "--by-hour", workspace=workspace)
    # 09:59 to 10:01 on a Monday, local time.
    parts = answer["areas"][0]["parts"]
    assert [(part["local_hour_of_week"], part["seconds"]) for part in parts] == [(9, 60), (10, 60)]


def test_positions_that_break_a_rule_are_refused_and_can_be_mended(
    tmp_path: Path, workspace: Workspace, run: Run, run_json: Run, mapping: Callable[..., Path]
) -> None:
    rows = day(4)
    rows[1]["Lat"] = 95.0
    rows[2]["Stamp"] = 0
    report = imported(run_json, workspace, write(tmp_path / "fleet.parquet", rows), mapping())
    assert (report["accepted"], report["refused"]) == (2, 2)
    assert {problem["rule"] for problem in report["problems"]} == {"out_of_range", "too_early"}
    mend = tmp_path / "mend.csv"
    assert run("refused", "export", report["imports"][0], mend, workspace=workspace).exit_code == 0
    text = (
        mend.read_text(encoding="utf-8")
        .replace(",95.0,", f",{CAMBRIDGE[1]},")
        .replace("EX01,0,", f"EX01,{BEGIN},")
    )
    mend.write_text(text, encoding="utf-8")
    assert run_json("import", "pings", mend, workspace=workspace)["accepted"] == 2
    assert run_json("cover", "presence", workspace=workspace)["observed_s"] == 90


def test_a_stray_day_hides_no_other_days(
    tmp_path: Path, workspace: Workspace, run_json: Run, mapping: Callable[..., Path]
) -> None:
    imported(run_json, workspace, write(tmp_path / "one.csv", day(11)), mapping())
    later = [{**row, "Stamp": row["Stamp"] + 5 * 86_400} for row in day(11)]
    later[0]["Stamp"] -= 10 * 86_400
    report = imported(run_json, workspace, write(tmp_path / "two.csv", later), mapping())
    assert report["superseded"] == 0
    assert run_json("cover", "presence", workspace=workspace)["observed_s"] == 300 + 270


def test_a_day_sent_again_replaces_that_day_alone(
    tmp_path: Path, workspace: Workspace, run_json: Run, mapping: Callable[..., Path]
) -> None:
    two = [*day(11), *({**row, "Stamp": row["Stamp"] + 86_400} for row in day(11))]
    imported(run_json, workspace, write(tmp_path / "one.csv", two), mapping())
    again = [{**row, "Stamp": row["Stamp"] + 86_400} for row in day(21)]
    assert imported(run_json, workspace, write(tmp_path / "two.csv", again), mapping())["superseded"] == 11
    assert run_json("cover", "presence", workspace=workspace)["observed_s"] == 300 + 600


def test_how_the_days_are_read_in_parts_changes_nothing(
    tmp_path: Path, workspace: Workspace, run_json: Run, mapping: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    rows = []
    for unit in range(7):
        for row in day(3000, (0.1 + unit / 40, 52.2)):
            k = (row["Stamp"] - BEGIN) // 30
            rows.append(
                {
                    **row,
                    "Call sign": f"EX{unit:02}",
                    "Stamp": row["Stamp"] + unit,
                    "Lon": row["Lon"] + k * 1e-4,
                }
            )
    imported(run_json, workspace, write(tmp_path / "fleet.parquet", rows), mapping())
    answers, visits = [], []
    for most_rows in (10**6, 9000, 500):
        monkeypatch.setattr(service, "MOST_ROWS", most_rows)
        file = tmp_path / f"visits-{most_rows}.parquet"
        answers.append(
            json.dumps(
                run_json(
                    "cover", "presence", "--by", "lsoa", "--by-hour", "--visits", file, workspace=workspace
                )
            )
        )
        visits.append(
            pl.read_parquet(file)
            .with_columns(pl.col(pl.Categorical).cast(pl.String))
            .sort("unit_id", "arrived_at")
        )
    assert answers[0] == answers[1] == answers[2]
    assert visits[0].equals(visits[1])
    assert visits[0].equals(visits[2])
    assert visits[0]["seconds"].sum() == json.loads(answers[0])["observed_s"] == 7 * 2999 * 30


def test_a_run_of_days_counts_what_crosses_midnight_once(
    tmp_path: Path, workspace: Workspace, run_json: Run, mapping: Callable[..., Path]
) -> None:
    imported(run_json, workspace, write(tmp_path / "fleet.csv", day(6000)), mapping())
    days = ["2024-07-01", "2024-07-02", "2024-07-03"]
    each = [run_json("cover", "presence", "--from", one, "--to", one, workspace=workspace) for one in days]
    whole = run_json("cover", "presence", workspace=workspace)
    assert each[1]["observed_s"] == 86_400
    assert sum(one["observed_s"] for one in each) == whole["observed_s"] == 5999 * 30


def test_what_cleaning_removes_is_listed_with_its_line(
    tmp_path: Path, workspace: Workspace, run: Run, run_json: Run, mapping: Callable[..., Path]
) -> None:
    rows = day(11)
    rows[5]["Lon"], rows[5]["Lat"] = PARIS
    rows.insert(8, dict(rows[7]))
    imported(run_json, workspace, write(tmp_path / "fleet.csv", rows), mapping())
    found = run_json("cover", "removed", workspace=workspace)
    assert [(row["reason"], row["source_row"]) for row in found["rows"]] == [
        ("impossible_jump", 7),
        ("duplicate", 10),
    ]
    answer = run_json("cover", "presence", workspace=workspace)
    assert answer["removed"] == found["removed"]
    assert (answer["fixes"], answer["observed_s"]) == (10, 300)
    listed = run("cover", "removed", "--rule", "duplicate", workspace=workspace).stdout.splitlines()
    assert len(listed) == 2


def test_the_unit_does_not_show_in_sql(
    tmp_path: Path, workspace: Workspace, run: Run, run_json: Run, mapping: Callable[..., Path]
) -> None:
    imported(run_json, workspace, write(tmp_path / "fleet.csv", day(3)), mapping())
    assert run("query", "SELECT unit_id FROM pings", workspace=workspace).exit_code == 3
    assert run("query", "SELECT count(*) AS n FROM pings", workspace=workspace).exit_code == 0


def test_a_mapping_is_proposed_from_the_file(tmp_path: Path, workspace: Workspace, run: Run) -> None:
    rows = [{**row, "Stamp": datetime.fromtimestamp(row["Stamp"], UTC).isoformat()} for row in day(5)]
    proposed = run("import", "pings", "--suggest", write(tmp_path / "fleet.csv", rows), workspace=workspace)
    assert 'unit_id = "Call sign"' in proposed.stdout
    assert 'longitude = "Lon"' in proposed.stdout


@pytest.mark.parametrize(
    ("name", "instant", "line"),
    [
        ("fleet.parquet", lambda stamp: datetime.fromtimestamp(stamp, UTC), 'at = "timestamp"'),
        (
            "fleet.csv",
            lambda stamp: f"{datetime.fromtimestamp(stamp, UTC):%Y-%m-%dT%H:%M:%S.%f}Z",
            'at = "timestamp"',
        ),
        ("fleet.csv", lambda stamp: stamp, 'at = { from = "timestamp", format = "epoch" }'),
        ("fleet.csv", lambda stamp: stamp * 1000, 'at = { from = "timestamp", format = "epoch_ms" }'),
    ],
    ids=["Parquet", "fractions and offset", "seconds", "milliseconds"],
)
def test_instants_of_any_kind_are_found_and_the_proposal_imports_as_it_is(
    name: str, instant: Callable[[int], Any], line: str, tmp_path: Path, workspace: Workspace, run: Run,
    run_json: Run,
) -> None:  # fmt: skip
    rows = [
        {
            "cab_id": f"c{row['Stamp'] % 7}",
            "timestamp": instant(row["Stamp"]),
            "lat": row["Lat"],
            "lon": row["Lon"],
        }
        for row in day(70, step_s=1)
    ]
    # A log's own numbers may look like seconds since 1970; a name unlike a time is not taken for one.
    for number, row in enumerate(rows):
        row["log"] = 1_700_000_000 + number
    file = write(tmp_path / name, rows)
    proposed = run("import", "pings", "--suggest", file, workspace=workspace)
    assert line in proposed.stdout
    mapping = tmp_path / "proposed.toml"
    mapping.write_text(proposed.stdout, encoding="utf-8")
    assert imported(run_json, workspace, file, mapping)["accepted"] == 70
    answer = run_json("cover", "presence", "--by", "force", "--by-hour", workspace=workspace)
    # Each of seven units is seen every 7 s from 09:59 on a Monday, local time.
    assert sum(part["seconds"] for part in answer["areas"][0]["parts"]) == 7 * 63
    assert {part["local_hour_of_week"] for part in answer["areas"][0]["parts"]} == {9, 10}


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--by", "parish"], 3, "no level and no file"),
        (["--cap-s", "0"], 3, "no cap"),
        (["--by", "h3:16"], 3, "no resolution"),
        (["--from", "2024-07-02", "--to", "2024-07-01"], 3, "is after"),
        (["--from", "2030-01-01"], 9, "there are no positions"),
        (["--visits", "visits.csv"], 3, "a name that ends in .parquet"),
    ],
)
def test_a_question_that_cannot_be_put_is_told_in_words(
    arguments: list[str], status: int, words: str, tmp_path: Path, workspace: Workspace, run: Run, run_json: Run,
    mapping: Callable[..., Path],
) -> None:  # fmt: skip
    imported(run_json, workspace, write(tmp_path / "fleet.csv", day(3)), mapping())
    result = run("cover", "presence", *arguments, workspace=workspace)
    assert (result.exit_code, words in result.output) == (status, True)


def test_files_without_a_row_that_counts_leave_what_is_held_as_it_is(
    tmp_path: Path, workspace: Workspace, run: Run, run_json: Run, mapping: Callable[..., Path]
) -> None:
    imported(run_json, workspace, write(tmp_path / "fleet.csv", day(3)), mapping())
    before = run_json("cover", "presence", workspace=workspace)
    empty = pl.DataFrame(day(3)).clear()
    refused = [{**row, "Lat": 95.0} for row in day(3)]
    for name, rows in (("none.parquet", empty), ("refused.parquet", pl.DataFrame(refused))):
        rows.write_parquet(tmp_path / name)
        assert imported(run_json, workspace, tmp_path / name, mapping())["accepted"] == 0
        after = run_json("cover", "presence", workspace=workspace)
        assert after == before
    assert before["answer"].startswith("1 unit was observed for 0.0 unit-hours, 100% of them in Cambridge")


def test_without_positions_it_is_said_how_to_bring_them(workspace: Workspace, run: Run) -> None:
    result = run("cover", "presence", workspace=workspace)
    assert result.exit_code == 9
    assert "constabulary import pings" in result.output


def test_time_by_h3_cell_is_in_the_cell_that_h3_says(
    tmp_path: Path, workspace: Workspace, run_json: Run, mapping: Callable[..., Path]
) -> None:
    h3 = pytest.importorskip("h3", reason="the h3 extra is not installed")
    imported(run_json, workspace, write(tmp_path / "fleet.csv", day(11)), mapping())
    answer = run_json("cover", "presence", "--by", "h3:8", workspace=workspace)
    assert [(area["area_id"], area["seconds"]) for area in answer["areas"]] == [
        (h3.latlng_to_cell(CAMBRIDGE[1], CAMBRIDGE[0], 8), 300)
    ]


def test_a_line_across_h3_cells_is_shared_out_between_them_and_adds_up(
    tmp_path: Path, workspace: Workspace, run_json: Run, mapping: Callable[..., Path]
) -> None:
    h3 = pytest.importorskip("h3", reason="the h3 extra is not installed")
    # Two units, 30 s from one fix to the next, about 300 m; the file is read as several days.
    rows = [*day(12), *day(12)]
    for number, row in enumerate(rows):
        row["Call sign"] = f"EX{number // 12}"
        row["Lon"] += 0.0045 * (number % 12)
        row["Stamp"] += 86_400 * (number // 12)
    imported(run_json, workspace, write(tmp_path / "fleet.csv", rows), mapping())
    earlier, line = (
        run_json("cover", "presence", "--by", "h3:9", "--credit", credit, workspace=workspace)
        for credit in ("earlier", "line")
    )
    spent = [{area["area_id"]: area["seconds"] for area in one["areas"]} for one in (earlier, line)]
    for one in spent:
        assert sum(round(seconds * 1e6) for seconds in one.values()) == 2 * 330 * 1_000_000
    assert earlier["observed_s"] == line["observed_s"] == 2 * 330
    # A way sampled every metre, each metre asked of H3.
    sampled: dict[str, float] = {}
    for step in range(3300):
        cell = h3.latlng_to_cell(CAMBRIDGE[1], CAMBRIDGE[0] + 0.0045 * 11 * (step + 0.5) / 3300, 9)
        sampled[cell] = sampled.get(cell, 0) + 2 * 330 / 3300
    assert spent[1].keys() == sampled.keys() and spent[0].keys() <= sampled.keys()
    assert all(abs(spent[1][cell] - seconds) < 0.5 for cell, seconds in sampled.items())
    assert any(abs(spent[0].get(cell, 0) - seconds) > 5 for cell, seconds in sampled.items())


def test_the_answer_in_text_says_the_rule_and_the_interval(
    tmp_path: Path, workspace: Workspace, run: Run, run_json: Run, mapping: Callable[..., Path]
) -> None:
    imported(run_json, workspace, write(tmp_path / "fleet.csv", day(11)), mapping())
    text = run("cover", "presence", "--by-status", workspace=workspace).stdout
    assert "on_patrol" in text
    assert "Credit: earlier. Median interval between fixes: 30 s." in text


def test_time_that_is_all_outside_and_statuses_without_meaning_are_told(
    tmp_path: Path, workspace: Workspace, run_json: Run, mapping: Callable[..., Path]
) -> None:
    rows = [*day(11, PARIS), *day(3, PARIS)]
    for row in rows[11:]:
        row["State"], row["Call sign"] = None, "EX02"
    imported(run_json, workspace, write(tmp_path / "fleet.csv", rows), mapping())
    for name in ("presence", "visibility"):
        warnings = run_json("cover", name, workspace=workspace)["warnings"]
        assert any("100% of observed time is outside the force's area" in text for text in warnings)
    found = run_json("cover", "visibility", workspace=workspace)
    assert found["answer"] == "No unit was known to be in any of these areas."
    assert any(
        'no meaning (cover/statuses.csv): "on_patrol", no status at all.' in text
        for text in found["warnings"]
    )


def test_time_within_the_force_is_not_told_to_be_outside(
    tmp_path: Path, workspace: Workspace, run_json: Run, mapping: Callable[..., Path]
) -> None:
    imported(run_json, workspace, write(tmp_path / "fleet.csv", day(11)), mapping())
    found = run_json("cover", "visibility", workspace=workspace)
    assert not any("outside" in text for text in found["warnings"])
    assert found["answer"].startswith("Officers were visible for 0 hours, 100% of their time")


def test_miles_across_midnight_count_however_the_days_are_read(
    tmp_path: Path, workspace: Workspace, run_json: Run, mapping: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # Ten minutes due north, five on each side of midnight (23:00 UTC in summer).
    midnight = int(datetime(2024, 7, 1, 23, tzinfo=UTC).timestamp())
    rows = day(21)
    for k, row in enumerate(rows):
        row.update({"Stamp": midnight - 300 + 30 * k, "Lat": 52.2 + 0.002 * k, "Speed": 26})
    imported(run_json, workspace, write(tmp_path / "fleet.csv", rows), mapping())
    monkeypatch.setattr(service, "MOST_ROWS", 1)
    ways = miles_by_unit(workspace, "Europe/London", (date(2024, 7, 1), date(2024, 7, 2)))
    assert ways.height == 20
    # A degree of latitude is 68.7 to 69.4 miles; one way of twenty less would be a twentieth.
    assert ways["miles"].sum() == pytest.approx(0.04 * 69.05, rel=0.005)
