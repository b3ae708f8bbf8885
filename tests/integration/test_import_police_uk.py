"""What an import of police.uk files reports, keeps, replaces and gives back."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
import threading
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from constabulary.core.errors import BadInput
from constabulary.services import imports
from constabulary.services.workspaces import Workspace
from constabulary.store.lake import Lake
from constabulary.store.lens import Lens
from constabulary.tables.catalogue import CONTRACTS

Contents = Callable[[Workspace], dict[str, tuple[int, str]]]


def take(workspace: Workspace, *paths: Path, **how: Any) -> dict[str, Any]:
    return imports.import_police_uk(workspace, paths, by="tester", **how).as_json()


def sql(workspace: Workspace, query: str) -> list[tuple[Any, ...]]:
    lens = Lens(Lake(workspace.lake_path), list(CONTRACTS.values()))
    try:
        return lens.sql(query).rows()
    finally:
        lens.close()


def rules(report: dict[str, Any]) -> dict[tuple[str, str | None], int]:
    return {(problem["rule"], problem["column"]): problem["count"] for problem in report["problems"]}


def assert_every_row_accounted_for(report: dict[str, Any]) -> None:
    for part in [report, *report["files"]]:
        assert part["rows_read"] == part["accepted"] + part["refused"] + part["duplicates"]
    for key in ("rows_read", "accepted", "refused", "duplicates"):
        assert report[key] == sum(file[key] for file in report["files"])


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


def police_header(police: Any) -> list[str]:
    with police.street(1, "1999-01").open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))


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


@pytest.mark.parametrize("how", ["same", "gz", "renamed", "zip", "plain beside gz"])
def test_importing_the_same_again_adds_nothing(
    workspace: Workspace, police: Any, tmp_path: Path, contents: Contents, how: str
) -> None:
    path = police.street(30)
    take(workspace, path)
    before, n_imports = contents(workspace), len(imports.list_imports(workspace))
    again = path
    if how in {"gz", "plain beside gz"}:
        again = tmp_path / f"{path.name}.gz"
        again.write_bytes(gzip.compress(path.read_bytes()))
    elif how == "renamed":
        again = shutil.copy(path, tmp_path / "quite another name.csv")
    elif how == "zip":
        again = tmp_path / "month.zip"
        with zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path, "2024-10/2024-10-cambridgeshire-street.csv")
    paths = [path, again] if how == "plain beside gz" else [again]
    report = take(workspace, *paths)
    assert contents(workspace) == before
    assert len(imports.list_imports(workspace)) == n_imports
    assert (report["accepted"], report["duplicates"]) == (0, 30 * len(paths))
    assert report["imports"] == []
    assert rules(report) == {("file_already_imported", None): len(paths)}
    assert_every_row_accounted_for(report)


def test_a_later_edition_replaces_an_earlier_one_which_can_still_be_seen_and_comes_back(
    workspace: Workspace, police: Any, contents: Contents
) -> None:
    first = take(workspace, police.street(30))
    before = contents(workspace)
    later = take(workspace, police.street(33, seed=9), police.street(12, "2024-11"))
    assert later["superseded"] == 30
    assert sql(workspace, "SELECT count(*) FROM crimes") == [(33 + 12,)]
    kept = pl.concat(
        pl.read_parquet(file, hive_partitioning=False)
        for file in Lake(workspace.lake_path).files_of("crimes", first["imports"])
    )
    assert sorted(key for key in kept["crime_id"] if key) == sorted(
        row[0] for row in police.street_rows(30) if row[0]
    )
    imports.withdraw_import(workspace, later["imports"][0], by="tester", reason="too early")
    assert contents(workspace) == before


@pytest.mark.parametrize(("first", "second", "shown"), [
    ("2024-12-01", "2025-12-01", 2), ("2025-12-01", "2024-12-01", 1), (None, "2020-01-01", 1), (None, None, 2),
    ("2020-01-01", None, 2),
])  # fmt: skip
def test_the_date_of_an_edition_decides_which_is_later(
    workspace: Workspace, police: Any, run_json: Callable[..., Any], first: str, second: str, shown: int
) -> None:
    for seed, edition in ((1, first), (2, second)):
        path = police.street(10 * seed, seed=seed)
        told = run_json(
            "import", "police-uk", path, *(["--edition", edition] if edition else []), workspace=workspace
        )
    assert sql(workspace, "SELECT count(*) FROM crimes") == [(10 * shown,)]
    assert told["superseded"] == (10 if shown == 2 else 0)
    assert (("hidden_by_later_edition", None) in rules(told)) == (shown == 1)


def test_an_edition_dated_today_is_later_than_what_was_imported_today_before_it(
    workspace: Workspace, police: Any
) -> None:
    take(workspace, police.street(10))
    today = imports.list_imports(workspace)[0].at.date()
    assert take(workspace, police.street(20, seed=2), edition_on=today)["superseded"] == 10
    assert take(workspace, police.street(25, seed=3))["superseded"] == 20
    assert sql(workspace, "SELECT count(*) FROM crimes") == [(25,)]


@pytest.mark.parametrize("together", [False, True])
def test_two_imports_of_one_edition_date_are_one_edition_with_each_key_once(
    workspace: Workspace, police: Any, tmp_path: Path, run_json: Callable[..., Any], together: bool
) -> None:
    rows = [row for row in police.street_rows(40) if row[0]]
    header = police_header(police)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    name = "2024-10-cambridgeshire-street.csv"
    one = police.write(tmp_path / "one" / name, header, rows[:20])
    two = police.write(tmp_path / "two" / name, header, rows[10:])
    steps = [(one, two)] if together else [(one,), (two,)]
    reports = [
        run_json("import", "police-uk", *paths, "--edition", "2025-01-01", workspace=workspace)
        for paths in steps
    ]
    assert sum(report["duplicates"] for report in reports) == 10
    assert sum(report["superseded"] for report in reports) == 0
    assert sql(workspace, "SELECT count(*), count(DISTINCT crime_id) FROM crimes") == [(32, 32)]


def test_two_files_of_one_name_in_one_command_are_successive_editions(
    workspace: Workspace, police: Any, tmp_path: Path
) -> None:
    first = police.street(10)
    shutil.copytree(police.folder, tmp_path / "first")
    second = police.street(14, seed=5)
    report = take(workspace, tmp_path / "first", second)
    assert len(report["imports"]) == 2
    assert (report["accepted"], report["superseded"]) == (24, 10)
    assert sql(workspace, "SELECT count(*) FROM crimes") == [(14,)]
    assert first == second


def test_an_earlier_file_known_already_does_not_make_the_later_one_a_duplicate(
    workspace: Workspace, police: Any, tmp_path: Path
) -> None:
    old = shutil.copy(police.street(20), tmp_path / "old.csv")
    take(workspace, old)
    rows = police.street_rows(20)
    for row in rows:
        row[10] = row[10] and "Court result unavailable"
    new = police.write(tmp_path / "new.csv", police_header(police), rows)
    report = take(workspace, old, new)
    assert [file["accepted"] for file in report["files"]] == [0, 20]
    assert report["superseded"] == 20


def test_a_folder_is_searched_to_any_depth_and_other_files_in_it_are_left_alone(
    workspace: Workspace, police: Any
) -> None:
    police.street(10)
    police.street(10, "2024-11")
    (police.folder / "readme.txt").write_text("hello")
    (police.folder / "2024-10" / "._2024-10-cambridgeshire-street.csv").write_bytes(b"\0\5\x16\7")
    (police.folder / "2024-10" / "notes.xlsx").write_bytes(b"PK")
    assert take(workspace, police.folder)["accepted"] == 20


def test_an_unrelated_csv_of_a_folder_is_left_out_and_told_and_named_itself_it_is_an_error(
    workspace: Workspace, police: Any
) -> None:
    police.street(10)
    notes, empty = police.folder / "notes.csv", police.folder / "empty.csv"
    notes.write_text("name,age\nTom,3\n")
    empty.write_bytes(b"")
    report = take(workspace, police.folder)
    assert (report["accepted"], len(report["files"])) == (10, 1)
    told = [one for one in report["problems"] if one["rule"] == "other_file"]
    assert [one["example"]["file"] for one in told] == [empty.as_posix(), notes.as_posix()]
    assert not any(one["refused"] for one in told)
    assert '"name,age" is no header of data.police.uk; the file was left out' in told[1]["message"]
    for alone in (notes, empty):
        with pytest.raises(BadInput):
            take(workspace, alone, police.folder)


def test_a_folder_of_unrelated_files_alone_is_an_error(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "notes.csv").write_text("name,age\nTom,3\n")
    with pytest.raises(BadInput, match=r"none of data\.police\.uk's three"):
        take(workspace, tmp_path / "ours")


@pytest.mark.parametrize("name", ["2024-10-cambridgeshire-street.csv", "export.csv"])
def test_a_file_of_a_folder_that_is_meant_to_be_police_data_and_is_damaged_is_never_passed_over(
    workspace: Workspace, police: Any, name: str
) -> None:
    police.street(10, "2024-11")
    street = police.street(10)
    text = street.read_text()
    damaged = text.replace("Longitude,", "") if name == "export.csv" else "title\n" + text
    street.unlink()
    (street.parent / name).write_text(damaged)
    with pytest.raises(BadInput, match=re.escape(name)):
        take(workspace, police.folder)


def test_an_archive_of_folders_is_read_without_unpacking_it(
    workspace: Workspace, police: Any, tmp_path: Path
) -> None:
    street, stops = police.street(10), police.stops(4)
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(street, f"2024-10/{street.name}")
        archive.writestr(f"2024-10/{stops.name}.gz", gzip.compress(stops.read_bytes()))
        archive.writestr("__MACOSX/2024-10/._x-street.csv", b"\0\1")
        archive.writestr("readme.txt", "hello")
    report = take(workspace, tmp_path / "all.zip")
    assert (report["accepted"], report["refused"]) == (14, 0)
    assert [file["file"].rpartition("!")[2] for file in report["files"]] == [
        f"2024-10/{stops.name}.gz",
        f"2024-10/{street.name}",
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


def test_refused_rows_can_be_taken_away_mended_and_imported_into_the_edition_they_left(
    workspace: Workspace, police: Any, tmp_path: Path, run: Callable[..., Any], run_json: Callable[..., Any]
) -> None:
    rows = police.street_rows(30)
    rows[2][1], rows[2][9] = "10-2024", "Piracy"
    rows[7][5] = "north"
    rows[12] = rows[12][:6]
    path = police.write(police.path("street", "2024-10"), police_header(police), rows)
    first = take(workspace, path)
    assert (first["accepted"], first["refused"]) == (27, 3)
    out = tmp_path / "mend.csv"
    assert run("refused", "export", first["imports"][0], out, workspace=workspace).exit_code == 0
    with out.open(encoding="utf-8", newline="") as stream:
        refused = list(csv.DictReader(stream))
    assert [row["Crime ID"] for row in refused] == [rows[2][0], rows[7][0], rows[12][0]]
    assert "month unreadable" in refused[0]["reasons"] and "crime_type not_in_list" in refused[0]["reasons"]
    assert "latitude unreadable" in refused[1]["reasons"]
    assert "wrong_number_of_fields" in refused[2]["reasons"]
    assert {row["refused_from_file"] for row in refused} == {path.name}
    good = police.street_rows(30)
    for row, number in zip(refused, (2, 7, 12), strict=True):
        row.update(zip(police_header(police), good[number], strict=True))
    refused.append(dict(refused[0]) | {"Crime ID": good[0][0]})
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(refused[0]))
        writer.writeheader()
        writer.writerows(refused)
    mended = run_json("import", "police-uk", out, workspace=workspace)
    assert (mended["rows_read"], mended["accepted"], mended["duplicates"], mended["superseded"]) == (
        4,
        3,
        1,
        0,
    )
    assert sql(workspace, "SELECT count(*), count(DISTINCT crime_id) FROM crimes") == [(30, 24)]


def test_mended_stops_keep_the_force_and_month_of_the_file_they_came_from(
    workspace: Workspace, police: Any, tmp_path: Path
) -> None:
    one, two = police.stops(4, "2024-04", slug="metropolitan"), police.stops(4, "2024-05", slug="kent")
    for path in (one, two):
        path.write_text(path.read_text().replace("Person search", "Frisk", 1))
    first = take(workspace, one, two)["imports"][0]
    out = tmp_path / "mend.csv"
    out.write_text(imports.export_refused(workspace, first).replace("Frisk", "Person search"), newline="")
    assert take(workspace, out)["accepted"] == 2
    assert sql(
        workspace, "SELECT force, strftime(month, '%Y-%m'), count(*) FROM stops GROUP BY ALL ORDER BY 1"
    ) == [
        ("kent", "2024-05", 4),
        ("metropolitan", "2024-04", 4),
    ]


def test_refused_rows_of_two_tables_are_handed_out_a_table_at_a_time(
    workspace: Workspace, police: Any, tmp_path: Path, run: Callable[..., Any]
) -> None:
    for path in (police.street(5), police.outcomes(5)):
        path.write_text(path.read_text().replace("2024-10,", "Oct-24,", 1))
    first = take(workspace, police.folder)["imports"][0]
    both = run("refused", "export", first, tmp_path / "x.csv", workspace=workspace)
    assert both.exit_code == 3 and "crimes, outcomes" in both.output
    for table, last in (("crimes", "Context"), ("outcomes", "Outcome type")):
        assert (
            run(
                "refused", "export", first, tmp_path / "x.csv", "--table", table, workspace=workspace
            ).exit_code
            == 0
        )
        with (tmp_path / "x.csv").open(newline="") as stream:
            header, *rows = csv.reader(stream)
        assert header[header.index("refused_by_import") - 1] == last and len(rows) == 1


def test_mended_rows_of_an_import_that_is_not_here_are_turned_away_whole(
    workspace: Workspace, police: Any, tmp_path: Path, run: Callable[..., Any], contents: Contents
) -> None:
    path = police.street(10)
    path.write_text(path.read_text().replace("2024-10,", "Oct-24,", 1))
    first = take(workspace, path)["imports"][0]
    text = imports.export_refused(workspace, first).replace("Oct-24", "2024-10")
    before = contents(workspace)
    out = tmp_path / "mend.csv"
    out.write_text(text.replace(f",{first},", ",000777,"), newline="")
    answer = run("import", "police-uk", out, workspace=workspace)
    assert answer.exit_code == 3 and "000777" in answer.output
    imports.withdraw_import(workspace, first, by="tester", reason="test")
    out.write_text(text, newline="")
    assert run("import", "police-uk", out, workspace=workspace).exit_code == 3
    assert before["crimes"][0] == 9


def test_rows_that_mend_another_import_are_refused(workspace: Workspace, police: Any, tmp_path: Path) -> None:
    path = police.street(10)
    path.write_text(path.read_text().replace("2024-10,", "Oct-24,", 2))
    first = take(workspace, path)["imports"][0]
    text = imports.export_refused(workspace, first).replace("Oct-24", "2024-10")
    head, _, tail = text.rpartition(f",{first},")
    out = tmp_path / "mend.csv"
    out.write_text(f"{head},000099,{tail}", newline="")
    report = take(workspace, out)
    assert (report["accepted"], report["refused"]) == (1, 1)
    assert rules(report) == {("mends_another_import", "refused_by_import"): 1}


def test_an_import_can_be_withdrawn_once_with_a_reason(
    workspace: Workspace, police: Any, run: Callable[..., Any]
) -> None:
    first = take(workspace, police.street(10))["imports"][0]
    assert run("import", "withdraw", first, "--reason", " ", workspace=workspace).exit_code == 3
    assert run("import", "withdraw", "000009", "--reason", "x", workspace=workspace).exit_code == 9
    assert run("import", "withdraw", first, "--reason", "wrong", workspace=workspace).exit_code == 0
    assert run("import", "withdraw", first, "--reason", "wrong", workspace=workspace).exit_code == 9
    assert sql(workspace, "SELECT count(*) FROM crimes") == [(0,)]
    listed = json.loads(run("import", "list", "--json", workspace=workspace).stdout)["imports"]
    assert [(one["state"], one["accepted"]) for one in listed] == [("withdrawn", 10)]
    assert take(workspace, police.path("street", "2024-10"))["accepted"] == 10


def test_a_reader_sees_the_old_state_while_an_import_runs_and_a_second_writer_is_turned_away(
    workspace: Workspace, police: Any, run: Callable[..., Any], contents: Contents
) -> None:
    take(workspace, police.street(10))
    before = contents(workspace)
    keeping, go_on = threading.Event(), threading.Event()

    def pause(done: float, total: float, doing: str) -> None:
        if doing == "Keeping":
            keeping.set()
            assert go_on.wait(60)

    other = police.street(20, "2024-11")
    work = threading.Thread(target=lambda: take(workspace, other, progress=pause))
    work.start()
    try:
        assert keeping.wait(60)
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


def test_compaction_changes_no_row(workspace: Workspace, police: Any, contents: Contents) -> None:
    for month in ("2024-09", "2024-10", "2024-11"):
        take(workspace, police.street(15, month))
    take(workspace, police.street(16, "2024-10", seed=4))
    before = contents(workspace)
    records = imports.list_imports(workspace)
    Lake(workspace.lake_path).compact()
    assert contents(workspace) == before
    assert imports.list_imports(workspace) == records
    assert Counter(file["accepted"] for file in take(workspace, police.folder)["files"]) == Counter({0: 3})
