"""Refused rows handed out, mended, and imported into the edition they left."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.integration.importing import police_header, rules, sql, take

from constabulary.services.records import imports
from constabulary.services.workspace.workspaces import Workspace

Contents = Callable[[Workspace], dict[str, tuple[int, str]]]


def test_refused_rows_can_be_taken_away_mended_and_imported_into_the_edition_they_left(
    workspace: Workspace, police: Any, tmp_path: Path, run: Callable[..., Any], run_json: Callable[..., Any]
) -> None:
    rows = police.street_rows(30)
    rows[2][1], rows[2][9] = "10-2024", "Piracy"
    rows[7][5], rows[7][6] = "north", "=HYPERLINK(1)"
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
    assert refused[1]["Location"] == "'=HYPERLINK(1)"
    good = police.street_rows(30)
    good[7][6] = refused[1]["Location"]
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
    assert sql(workspace, "SELECT count(*) FROM crimes WHERE location = '=HYPERLINK(1)'") == [(1,)]


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


@pytest.fixture
def handed_out(invented_workspace: Workspace, tmp_path: Path, run_json: Any) -> str:
    """Return three refused rows of the force's own calls as they are handed out; import 000001 keeps a fourth."""
    rows = [f"c{n},911,2022-03-07 12:0{n}:00" for n in range(3)]
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(["call_id,channel,received_at", *rows, "c9,112,2022-03-07 13:00:00", ""]))
    assert run_json("import", "calls", path, workspace=invented_workspace)["refused"] == 3
    return imports.export_refused(invented_workspace, "000001").replace(",911,", ",112,")


@pytest.mark.parametrize("written", ["1", "1.0", " 000001 "])
def test_a_spreadsheet_may_write_the_import_s_number_its_own_way(
    invented_workspace: Workspace, handed_out: str, tmp_path: Path, run_json: Any, written: str
) -> None:
    path = tmp_path / "mend.csv"
    path.write_text(handed_out.replace("000001", written))
    report = run_json("import", "calls", path, workspace=invented_workspace)
    assert (report["accepted"], report["refused"], report["superseded"]) == (3, 0, 0)
    assert sql(invented_workspace, "SELECT count(*) FROM calls") == [(4,)]


@pytest.mark.parametrize("damage", ["c0\rc0", "c0" + "x" * 200_000, '"c0' + "x" * 200_000, "c0\x00"])
def test_a_row_that_is_garbled_when_it_comes_back_costs_itself(
    invented_workspace: Workspace, handed_out: str, tmp_path: Path, run_json: Any, damage: str
) -> None:
    path = tmp_path / "mend.csv"
    path.write_text(handed_out.replace("c0", damage, 1), newline="")
    report = run_json("import", "calls", path, workspace=invented_workspace)
    assert (report["accepted"], report["refused"], report["superseded"]) == (2, 1, 0)
    assert ("garbled_line", None) in rules(report)


def test_own_rows_that_mend_another_import_are_refused(
    invented_workspace: Workspace, handed_out: str, tmp_path: Path, run_json: Any
) -> None:
    path = tmp_path / "mend.csv"
    path.write_text("000002".join(handed_out.rsplit("000001", 1)))
    report = run_json("import", "calls", path, workspace=invented_workspace)
    assert (report["accepted"], report["refused"]) == (2, 1)
    assert rules(report) == {("mends_another_import", "refused_by_import"): 1}


@pytest.mark.parametrize("left", ["", "  "])
def test_mended_rows_that_lost_their_marks_are_turned_away_lest_they_replace_their_neighbours(
    invented_workspace: Workspace, handed_out: str, tmp_path: Path, run: Any, left: str
) -> None:
    path = tmp_path / "mend.csv"
    path.write_text(handed_out.replace("000001", left))
    answer = run("import", "calls", path, workspace=invented_workspace)
    assert answer.exit_code == 3
    assert "no row says which import it mends" in answer.stderr
    assert sql(invented_workspace, "SELECT count(*) FROM calls") == [(1,)]
