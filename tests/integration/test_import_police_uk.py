"""What an import of police.uk files reports and stores, and what others see meanwhile."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.integration.importing import assert_every_row_accounted_for, police_header, rules, sql, take

from constabulary.services.workspace.workspaces import Workspace
from constabulary.store.lake import Lake

Contents = Callable[[Workspace], dict[str, tuple[int, str]]]


def test_a_clean_import_accepts_every_row_and_has_no_problems(
    workspace: Workspace, police: Any, run_json: Callable[..., Any]
) -> None:
    police.street(60), police.outcomes(30), police.stops(20)
    report = run_json("import", "police-uk", police.folder, workspace=workspace)
    assert {key: report[key] for key in ("rows_read", "accepted", "refused", "duplicates", "superseded")} == {
        "rows_read": 110, "accepted": 110, "refused": 0, "duplicates": 0, "superseded": 0,
    }  # fmt: skip
    assert report["problems"] == []
    assert [Path(file["file"]).name for file in report["files"]] == [
        "2024-10-cambridgeshire-outcomes.csv",
        "2024-10-cambridgeshire-stop-and-search.csv",
        "2024-10-cambridgeshire-street.csv",
    ]
    assert [file["rows_read"] for file in report["files"]] == [30, 20, 60]
    assert_every_row_accounted_for(report)


def test_a_faulty_import_counts_refusals_duplicates_and_rows_replaced_and_names_the_line_of_each_example(
    workspace: Workspace, police: Any, run_json: Callable[..., Any]
) -> None:
    rows = police.street_rows(50)
    take(workspace, police.write(police.path("street", "2024-10"), police_header(police), rows))
    later = [list(row) for row in police.street_rows(50, seed=7)]
    later[3][1] = "10-2024"
    later[10][9] = "Piracy"
    later[11][9], later[11][4] = "Piracy", "181"
    later[20] = list(later[0])
    later[21] = list(later[0])
    path = police.write(police.path("street", "2024-10"), police_header(police), later)
    report = run_json("import", "police-uk", path, workspace=workspace)
    assert (report["rows_read"], report["accepted"], report["refused"], report["duplicates"]) == (
        50,
        45,
        3,
        2,
    )
    assert report["superseded"] == 50
    assert_every_row_accounted_for(report)
    examples = {
        (problem["rule"], problem["column"]): (
            problem["count"],
            problem["example"]["row"],
            problem["example"]["value"],
        )
        for problem in report["problems"]
    }
    assert examples == {
        ("unreadable", "month"): (1, 5, "10-2024"),
        ("not_in_list", "crime_type"): (2, 12, "Piracy"),
        ("out_of_range", "longitude"): (1, 13, "181"),
        ("duplicate_key", "crime_id"): (2, 22, later[0][0]),
    }
    assert all(problem["example"]["file"] == path.as_posix() for problem in report["problems"])


def test_rows_without_a_key_are_kept_however_alike(workspace: Workspace, police: Any) -> None:
    rows = police.street_rows(20)
    alike = [rows[4]] * 7
    path = police.write(police.path("street", "2024-10"), police_header(police), [*rows, *alike])
    report = take(workspace, path)
    assert (report["accepted"], report["duplicates"]) == (27, 0)
    assert sql(workspace, "SELECT count(*) FROM crimes WHERE crime_id IS NULL") == [(4 + 7,)]


def test_every_stored_row_leads_back_to_its_line(workspace: Workspace, police: Any) -> None:
    path = police.street(40)
    take(workspace, path)
    with path.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.reader(stream))
    stored = sql(
        workspace, "SELECT source_row, crime_id, longitude, last_outcome, lsoa_code FROM crimes ORDER BY 1"
    )
    assert stored == [
        (number, row[0] or None, float(row[4]) if row[4] else None, row[10] or None, row[7] or None)
        for number, row in enumerate(lines[1:], start=2)
    ]


def test_stops_belong_to_the_month_and_force_of_their_file_even_across_midnight(
    workspace: Workspace, police: Any
) -> None:
    path = police.stops(3, "2024-04", slug="metropolitan")
    path.write_text(path.read_text().replace("2024-04-01T00:15:00", "2024-03-31T23:51:00"))
    take(workspace, path)
    assert sql(workspace, "SELECT DISTINCT force, strftime(month, '%Y-%m') FROM stops") == [
        ("metropolitan", "2024-04")
    ]


def test_a_stray_month_in_a_file_is_told(workspace: Workspace, police: Any) -> None:
    rows = police.street_rows(10)
    rows[2][1] = "2024-01"
    report = take(workspace, police.write(police.path("street", "2024-10"), police_header(police), rows))
    assert rules(report) == {("several_months", "month"): 1}


def test_a_reader_sees_the_old_state_while_an_import_runs_and_a_second_writer_is_turned_away(
    workspace: Workspace, police: Any, run: Callable[..., Any], contents: Contents
) -> None:
    take(workspace, police.street(10))
    before = contents(workspace)
    keeping, go_on = threading.Event(), threading.Event()

    def pause(done: float, total: float, doing: str) -> None:
        if doing == "Keeping":
            keeping.set()
            assert go_on.wait(120)

    other = police.street(20, "2024-11")
    work = threading.Thread(target=lambda: take(workspace, other, progress=pause))
    work.start()
    try:
        assert keeping.wait(120)
        assert contents(workspace) == before
        second = run("import", "police-uk", other, workspace=workspace)
        assert second.exit_code == 6
        assert "another process is writing" in second.output
    finally:
        go_on.set()
        work.join()
    assert contents(workspace)["crimes"][0] == 30


def test_progress_runs_to_the_end_and_never_backwards(workspace: Workspace, police: Any) -> None:
    police.street(50), police.stops(5), police.street(20, "2024-11")
    told: list[float] = []
    take(workspace, police.folder, progress=lambda done, total, doing: told.append(done / total))
    assert told == sorted(told)
    assert told[-1] == 1


def test_an_import_stopped_on_the_way_leaves_nothing(
    workspace: Workspace, police: Any, contents: Contents
) -> None:
    take(workspace, police.street(10))
    before = contents(workspace)

    def stop(done: float, total: float, doing: str) -> None:
        if doing == "Keeping":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(workspace, police.street(20, "2024-11"), progress=stop)
    assert contents(workspace) == before
    assert Lake(workspace.lake_path).sweep() == 0
