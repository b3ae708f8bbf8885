"""A force's own calls and incidents, from its export to the lake, through the command line."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from constabulary.core.errors import BadInput
from constabulary.services.records.imports import list_imports
from constabulary.services.records.own_records import import_own_records
from constabulary.services.records.synthesise_positions import synthesise_positions
from constabulary.services.workspace.workspaces import Workspace
from constabulary.store.lake import Lake

Run = Callable[..., Any]

MAPPING = """
table = "incidents"
force = "westmarch"
time_zone = "Europe/Dublin"
empty = ["NULL"]

[columns]
incident_id = "Inc No"
received_at = { from = ["Date", "Time"], format = "%d/%m/%Y %H:%M:%S" }
arrived_at = { from = "Mins to arrive", seconds_after = "received_at", unit = "min" }
category = "Closing Cd"
grade = "Grade"
qualifiers = { from = "Tags", split = "," }
on_scene_s = "On scene"
longitude = "Lon"
latitude = "Lat"

[constants]
channel = "112"

[values.category]
"NUI*" = "nuisance"
"OFF?" = "offence"
"RTC" = "roads"

[values.grade]
"1" = "critical"
"2" = "urgent"

[values.qualifiers]
"MH" = "crisis"
"DA" = "home"
"n/a" = ""

[flags]
young = "Under 18"
"""
HEADER = "Inc No,Date,Time,Mins to arrive,Closing Cd,Grade,Tags,On scene,Lon,Lat,Under 18"


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "incidents.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def export(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def records(workspace: Workspace, table: str = "incidents") -> pl.DataFrame:
    """Return the rows that count, from the files the lake names, in order of their lines."""
    files = Lake(workspace.lake_path).files(table)
    paths = [*files.whole, *files.partly]
    return pl.concat([pl.read_parquet(path, hive_partitioning=False) for path in paths]).sort("source_row")


def test_a_flag_that_says_neither_yes_nor_no_is_refused_and_not_taken_for_no(
    invented_workspace: Workspace, run_json: Run, mapping: Path, tmp_path: Path
) -> None:
    rows = [
        f"A{n},14/07/2022,13:05:00,,RTC,1,,,,,{flag}"
        for n, flag in enumerate(("Y", "No", "NULL", "", "Perhaps"))
    ]
    file = export(tmp_path / "week.csv", *rows)
    report = run_json("import", "incidents", file, "--mapping", mapping, workspace=invented_workspace)
    assert (report["accepted"], report["refused"]) == (4, 1)
    problem = report["problems"][0]
    assert (problem["rule"], problem["column"], problem["example"]["value"], problem["example"]["row"]) == (
        "unreadable",
        "qualifiers",
        "Perhaps",
        6,
    )
    assert records(invented_workspace)["qualifiers"].to_list() == ["young", None, None, None]


def test_a_supplier_s_columns_dates_and_codes_become_ours(
    invented_workspace: Workspace, run_json: Run, mapping: Path, tmp_path: Path
) -> None:
    file = export(
        tmp_path / "week.csv",
        'A1,14/07/2022,13:05:00,7.5,NUI-3,1,"MH,DA",0:20:30,-3.52,52.21,N',
        "A2,14/01/2022,13:05:00,,OFF2,2,n/a,NULL,,,Y",
        "A3,15/01/2022,00:00:00,2,rtc,NULL,,600,,,",
    )
    report = run_json("import", "incidents", file, "--mapping", mapping, workspace=invented_workspace)
    assert (report["rows_read"], report["accepted"], report["refused"], report["problems"][0]["rule"]) == (
        3,
        3,
        0,
        "placed_by_point",
    )
    rows = records(invented_workspace).rows(named=True)
    # In July Dublin keeps UTC+1, in January UTC.
    assert rows[0]["received_at"] == datetime(2022, 7, 14, 12, 5, tzinfo=UTC)
    assert rows[0]["arrived_at"] == datetime(2022, 7, 14, 12, 12, 30, tzinfo=UTC)
    assert rows[1]["received_at"] == datetime(2022, 1, 14, 13, 5, tzinfo=UTC)
    assert [row["category"] for row in rows] == ["nuisance", "offence", "roads"]
    assert [row["grade"] for row in rows] == ["critical", "urgent", None]
    assert [row["qualifiers"] for row in rows] == ["crisis;home", "young", None]
    assert [row["on_scene_s"] for row in rows] == [1230.0, None, 600.0]
    assert {row["channel"] for row in rows} == {"112"}
    assert rows[2]["local_on"] == date(2022, 1, 15)
    # 15 January 2022 was a Saturday: five days of 24 hours after Monday.
    assert rows[2]["local_hour_of_week"] == 120
    # -3.52, 52.21 lies in the second square of the invented outlines.
    assert (rows[0]["lsoa_code"], rows[0]["district"], rows[0]["neighbourhood"]) == (
        "W99000002",
        "W99900001",
        "Highmoor 001",
    )


def test_the_mapping_is_kept_with_the_import(
    invented_workspace: Workspace, run_json: Run, mapping: Path, tmp_path: Path
) -> None:
    run_json(
        "import",
        "incidents",
        export(tmp_path / "a.csv", "A1,14/07/2022,13:05:00,,RTC,1,,,,,"),
        "--mapping",
        mapping,
        workspace=invented_workspace,
    )
    (record,) = list_imports(invented_workspace)
    assert record.kind == "incidents"
    assert json.loads(record.mapping or "")["values"]["category"]["NUI*"] == "nuisance"


def test_an_unknown_code_is_refused_with_what_was_expected_and_what_to_do(
    invented_workspace: Workspace, run: Run, mapping: Path, tmp_path: Path
) -> None:
    rows = [
        f"A{n},14/07/2022,13:05:00,,RTC,{grade},,,,," for n, grade in enumerate(["1", "G1X", "G1X", "G9"])
    ]
    result = run(
        "import",
        "incidents",
        export(tmp_path / "a.csv", *rows),
        "--mapping",
        mapping,
        workspace=invented_workspace,
    )
    assert (
        'a.csv, row 3, grade: "G1X" is not a grade of this force. '
        "Expected advice, critical, planned, standard or urgent. "
        'In incidents.toml, under [values.grade], add the line "G1X" = "..." with the one it means; '
        "or add it to [grades] in force.toml; or mend the export."
    ) in result.stdout
    assert '"G9" (1)' in result.stdout
    shown = run("import", "show", "000001", workspace=invented_workspace)
    assert 'In incidents.toml, under [values.grade], add the line "G1X" = "..."' in shown.stdout


def test_the_line_that_an_unknown_code_asks_for_has_it_taken(
    invented_workspace: Workspace, run: Run, run_json: Run, mapping: Path, tmp_path: Path
) -> None:
    """Codes with the signs that patterns, TOML and mapping files give a meaning to."""
    codes = ["Theft [shop]", 'say "so"', "a\\b", "50%"]
    rows = [
        'A{},14/07/2022,13:05:00,,"{}",1,,,,,'.format(n, c.replace('"', '""')) for n, c in enumerate(codes)
    ]
    file = export(tmp_path / "a.csv", *rows)
    arguments = ("import", "incidents", file, "--mapping", mapping, "--dry-run")
    lines = []
    for code in codes:
        export(file, *(row for row in rows if row.startswith(f"A{codes.index(code)},")))
        said = run(*arguments, workspace=invented_workspace).stdout
        lines.append(said.partition("[values.category], add the line ")[2].partition(" with the one")[0])
    export(file, *rows)
    added = "\n".join(["[values.category]", *lines]).replace("...", "roads")
    mapping.write_text(MAPPING.replace("[values.category]", added), encoding="utf-8")
    report = run_json(*arguments, workspace=invented_workspace)
    assert (report["accepted"], report["refused"]) == (4, 0)


def test_a_time_that_cannot_be_read_says_which_line_of_the_mapping_says_how_times_are_written(
    invented_workspace: Workspace, run: Run, mapping: Path, tmp_path: Path
) -> None:
    file = export(tmp_path / "a.csv", "A1,07.14.2022,13:05:00,,RTC,1,,,,,")
    said = run("import", "incidents", file, "--mapping", mapping, workspace=invented_workspace).stdout
    assert "add how to formats of received_at under [columns] in incidents.toml" in said


def test_refused_rows_are_exported_mended_and_imported_again_without_the_mapping(
    invented_workspace: Workspace, run: Run, run_json: Run, mapping: Path, tmp_path: Path
) -> None:
    mapping.write_text(MAPPING + '\n[file]\ndelimiter = ";"\n', encoding="utf-8")
    file = tmp_path / "a.csv"
    file.write_text(
        HEADER.replace(",", ";")
        + '\nA1;14/07/2022;13:05:00;;RTC;1;;;;;\nA2;14/07/2022;13:06:00;;WHAT;1;"MH,DA";;;;\n',
        encoding="utf-8",
    )
    first = run_json("import", "incidents", file, "--mapping", mapping, workspace=invented_workspace)
    assert (first["accepted"], first["refused"]) == (1, 1)
    mend = tmp_path / "mend.csv"
    assert run("refused", "export", first["imports"][0], mend, workspace=invented_workspace).exit_code == 0
    text = mend.read_text(encoding="utf-8")
    assert 'A2,14/07/2022,13:06:00,,WHAT,1,"MH,DA"' in text
    mend.write_text(text.replace("WHAT", "OFF1"), encoding="utf-8")
    second = run_json("import", "incidents", mend, workspace=invented_workspace)
    assert (second["accepted"], second["refused"], second["superseded"]) == (1, 0, 0)
    assert sorted(records(invented_workspace)["incident_id"]) == ["A1", "A2"]


def test_a_dry_run_tells_all_and_keeps_nothing(
    invented_workspace: Workspace, run_json: Run, mapping: Path, tmp_path: Path
) -> None:
    file = export(
        tmp_path / "a.csv", "A1,14/07/2022,13:05:00,,RTC,1,,,,,", "A2,14/07/2022,13:06:00,,WHAT,1,,,,,"
    )
    trial = run_json(
        "import", "incidents", file, "--mapping", mapping, "--dry-run", workspace=invented_workspace
    )
    assert (trial["dry_run"], trial["imports"], trial["accepted"], trial["refused"]) == (True, [], 1, 1)
    assert trial["problems"][0]["values"] == [{"value": "WHAT", "count": 1}]
    assert list_imports(invented_workspace) == ()
    assert not list(invented_workspace.lake_path.glob("*/import_id=*"))
    real = run_json("import", "incidents", file, "--mapping", mapping, workspace=invented_workspace)
    assert (real["accepted"], real["refused"]) == (1, 1)


def test_columns_called_as_ours_need_no_mapping(workspace: Workspace, run_json: Run, tmp_path: Path) -> None:
    file = export(
        tmp_path / "calls.csv",
        "C1,999,2024-07-01T10:00:00+01:00,2024-07-01T10:00:08+01:00,12.5,false",
        "C2,101,2024-07-01T09:00:00Z,,0,true",
        header="call_id,channel,received_at,answered_at,handling_s,is_abandoned",
    )
    report = run_json("import", "calls", file, workspace=workspace)
    assert (report["accepted"], report["refused"]) == (2, 0)
    first, second = records(workspace, "calls").rows(named=True)
    assert first["received_at"] == second["received_at"] == datetime(2024, 7, 1, 9, 0, tzinfo=UTC)
    assert (first["force"], second["is_abandoned"]) == ("cambridgeshire", True)


def test_other_columns_without_a_mapping_are_told_how_to_begin(
    workspace: Workspace, run: Run, tmp_path: Path
) -> None:
    result = run(
        "import", "calls", export(tmp_path / "calls.csv", "1,2", header="Ref,Start"), workspace=workspace
    )
    assert result.exit_code == 3
    assert "constabulary import calls --suggest" in result.stderr


CLOCKS = """
table = "calls"
[columns]
call_id = "id"
channel = "channel"
received_at = { from = "start", format = "%d/%m/%Y %H:%M" }
answered_at = { from = "answered", format = "%d/%m/%Y %H:%M" }
"""


def test_the_hour_that_comes_twice_is_kept_and_flagged_and_the_hour_that_never_was_is_refused(
    workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    mapping = tmp_path / "calls.toml"
    mapping.write_text(CLOCKS, encoding="utf-8")
    # In 2024 the clocks went forward on 31 March at 01:00 and back on 27 October at 02:00 local time.
    file = export(
        tmp_path / "calls.csv",
        "before,999,27/10/2024 00:59,",
        "twice,999,27/10/2024 01:30,",
        "across,999,27/10/2024 01:59,27/10/2024 01:01",
        "after,999,27/10/2024 02:00,",
        "never,999,31/03/2024 01:30,",
        "not a time,999,31/04/2024 12:00,",
        header="id,channel,start,answered",
    )
    report = run_json("import", "calls", file, "--mapping", mapping, workspace=workspace)
    assert (report["accepted"], report["refused"]) == (4, 2)
    assert {(one["rule"], one["count"], one["example"]["row"]) for one in report["problems"]} == {
        ("never_existed", 1, 6),
        ("unreadable", 1, 7),
        ("hour_that_came_twice", 2, 3),
    }
    rows = {row["call_id"]: row for row in records(workspace, "calls").rows(named=True)}
    assert [rows[name]["is_ambiguous_hour"] for name in ("before", "twice", "across", "after")] == [
        False,
        True,
        True,
        False,
    ]
    assert rows["before"]["received_at"] == datetime(2024, 10, 26, 23, 59, tzinfo=UTC)
    assert rows["twice"]["received_at"] == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)
    assert rows["after"]["received_at"] == datetime(2024, 10, 27, 2, 0, tzinfo=UTC)
    # Answered at 01:01 after a call at 01:59: only the second 01:01 can be meant, two minutes later.
    assert (rows["across"]["answered_at"] - rows["across"]["received_at"]).total_seconds() == 120


def test_tabs_semicolons_marks_windows_letters_and_gzip_are_read(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'table = "calls"\n[columns]\ncall_id = "Réf"\nchannel = "canal"\nreceived_at = "début"\n',
        encoding="utf-8",
    )
    lines = ["Réf|canal|début", "Ä1|app|2022-05-01 10:00:00", "Ä2|112|2022-05-01 10:01:00"]
    for number, (mark, encoding, pack) in enumerate(
        [(",", "utf-8-sig", False), (";", "cp1252", False), ("\t", "utf-8", True)], start=1
    ):
        raw = "\r\n".join(lines).replace("|", mark).replace("Ä", f"Ä{number}").encode(encoding)
        file = tmp_path / f"calls{number}.csv"
        file.write_bytes(gzip.compress(raw) if pack else raw)
        report = run_json("import", "calls", file, "--mapping", mapping, workspace=invented_workspace)
        assert (report["accepted"], report["refused"]) == (2, 0), (mark, encoding)
        newest = pl.read_parquet(Lake(invented_workspace.lake_path).files_of("calls", report["imports"])[0])
        assert newest["call_id"].to_list() == [f"Ä{number}1", f"Ä{number}2"]


def workbook(path: Path) -> Path:
    """A workbook as people make them: a title above the header, real dates, texts and day numbers mixed."""
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Notes").write(0, 0, "See the other sheet")
    sheet = book.add_worksheet("Log")
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.write(0, 0, "Incidents, week 28")
    for column, name in enumerate(["Inc", "Opened", "Close", "Note"]):
        sheet.write(2, column, name)
    sheet.write(3, 0, "X1")
    sheet.write_datetime(3, 1, datetime(2022, 7, 14, 13, 5), moment)  # noqa: DTZ001 (a cell of a sheet)
    sheet.write(3, 2, "RTC")
    sheet.write(4, 0, 1002)
    sheet.write(4, 1, "14/07/2022 13:06")
    sheet.write(4, 2, "RTC")
    sheet.write(6, 0, "X3")
    # 44756 days after 30 December 1899 is 14 July 2022; half a day is noon.
    sheet.write(6, 1, 44756.5)
    sheet.write(6, 2, "RTC")
    sheet.write(7, 0, "X4")
    sheet.write(7, 1, "soon")
    sheet.write(7, 2, "RTC")
    sheet.write(7, 3, 'said "soon", no more')
    book.close()
    return path


def test_a_workbook_is_read_with_its_header_below_a_title_and_dates_of_every_kind(
    invented_workspace: Workspace, run: Run, run_json: Run, tmp_path: Path
) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        """
table = "incidents"
[file]
sheet = "Log"
header_row = 3
[columns]
incident_id = "Inc"
received_at = { from = "Opened", formats = ["%d/%m/%Y %H:%M", "excel"] }
category = "Close"
[values.category]
RTC = "roads"
""",
        encoding="utf-8",
    )
    report = run_json(
        "import",
        "incidents",
        workbook(tmp_path / "log.xlsx"),
        "--mapping",
        mapping,
        workspace=invented_workspace,
    )
    assert (report["rows_read"], report["accepted"], report["refused"]) == (4, 3, 1)
    rows = records(invented_workspace)
    assert rows["incident_id"].to_list() == ["X1", "1002", "X3"]
    assert rows["source_row"].to_list() == [4, 5, 7]
    assert rows["received_at"].dt.convert_time_zone("Europe/Dublin").dt.to_string(
        "%d/%m %H:%M"
    ).to_list() == [
        "14/07 13:05",
        "14/07 13:06",
        "14/07 12:00",
    ]
    mend = tmp_path / "mend.csv"
    run("refused", "export", report["imports"][0], mend, workspace=invented_workspace)
    assert 'X4,soon,RTC,"said ""soon"", no more"' in mend.read_text(encoding="utf-8")
    mend.write_text(
        mend.read_text(encoding="utf-8").replace("X4,soon", "X4,2022-07-14 14:00"), encoding="utf-8"
    )
    assert run_json("import", "incidents", mend, workspace=invented_workspace)["accepted"] == 1


def test_a_workbook_of_several_sheets_asks_which(
    invented_workspace: Workspace, run: Run, mapping: Path, tmp_path: Path
) -> None:
    result = run(
        "import",
        "incidents",
        workbook(tmp_path / "log.xlsx"),
        "--mapping",
        mapping,
        workspace=invented_workspace,
    )
    assert result.exit_code == 3
    assert "the workbook has 2 sheets. Expected one of Notes, Log." in result.stderr


def test_grid_references_become_longitude_and_latitude(
    workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'table = "incidents"\n[columns]\nincident_id = "id"\nreceived_at = "at"\ncategory = "cat"\n'
        'easting_m = "E"\nnorthing_m = { from = "N", empty = ["0"] }\n',
        encoding="utf-8",
    )
    # TL 448 584 is the west front of King's College Chapel, Cambridge, to 100 metres.
    file = export(
        tmp_path / "a.csv",
        "1,2024-07-01 10:00:00,crime,544800,258400",
        "2,2024-07-01 10:00:00,crime,,",
        "3,2024-07-01 10:00:00,crime,9999999,5",
        header="id,at,cat,E,N",
    )
    report = run_json("import", "incidents", file, "--mapping", mapping, workspace=workspace)
    assert (report["accepted"], report["refused"]) == (2, 1)
    first, second = records(workspace).rows(named=True)
    assert first["longitude"] == pytest.approx(0.117, abs=0.002)
    assert first["latitude"] == pytest.approx(52.205, abs=0.002)
    assert first["district"] == "E07000008"
    assert second["longitude"] is None
    assert second["district"] is None


def test_refused_rows_run_no_formula_in_a_spreadsheet_and_come_back_as_they_were(
    invented_workspace: Workspace, run: Run, run_json: Run, tmp_path: Path
) -> None:
    ids = ["=HYPERLINK(1)", "@sum", "'quoted", "-2+3", "'=armed", "plain"]
    file, mend = tmp_path / "calls.csv", tmp_path / "mend.csv"
    rows = "".join(f"{name},112,2022-03-07 25:00:00\n" for name in ids)
    file.write_text("call_id,channel,received_at\n" + rows, encoding="utf-8")
    first = run_json("import", "calls", file, workspace=invented_workspace)
    assert first["refused"] == len(ids)
    run("refused", "export", first["imports"][0], mend, workspace=invented_workspace)
    text = mend.read_text(encoding="utf-8")
    assert [line.partition(",")[0] for line in text.splitlines()[1:]] == [
        "'=HYPERLINK(1)", "'@sum", "'quoted", "'-2+3", "''=armed", "plain"
    ]  # fmt: skip
    mend.write_text(text.replace("25:00", "15:00"), encoding="utf-8")
    report = run_json("import", "calls", mend, workspace=invented_workspace)
    assert report["accepted"] == len(ids)
    kept = pl.read_parquet(Lake(invented_workspace.lake_path).files_of("calls", report["imports"]))
    assert kept["call_id"].cast(pl.String).to_list() == ids


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_synthetic_records_taken_out_do_not_come_back_as_real_ones(
    form: str, invented_workspace: Workspace, run: Run, tmp_path: Path
) -> None:
    synthesise_positions(invented_workspace, first_on=date(2022, 2, 1), n_days=1, by="the test")
    file = tmp_path / f"shifts.{form}"
    run("query", "SELECT * FROM shifts LIMIT 20", "--out", file, workspace=invented_workspace)
    before = list_imports(invented_workspace)
    with pytest.raises(BadInput, match="would pass for real ones") as told:
        import_own_records(invented_workspace, "shifts", [file], by="the test")
    (problem,) = told.value.problems
    assert (problem.rule, problem.column, problem.value) == ("made_up_rows", "is_synthetic", "true")
    assert list_imports(invented_workspace) == before


@pytest.mark.parametrize(("mark", "n_accepted"), [("TRUE", None), ("1", None), ("false", 2), ("", 2)])
def test_a_mapping_does_not_hide_that_rows_are_synthetic(
    mark: str, n_accepted: int | None, invented_workspace: Workspace, mapping: Path, tmp_path: Path
) -> None:
    rows = (f"A{no},14/07/2022,13:05:00,,RTC,1,,,,,,{word}" for no, word in enumerate(("false", mark)))
    file = export(tmp_path / "week.csv", *rows, header=f"{HEADER},is_synthetic")
    if n_accepted is None:
        with pytest.raises(BadInput, match="synthetic records") as told:
            import_own_records(invented_workspace, "incidents", [file], by="the test", mapping=mapping)
        assert told.value.problems[0].row == 3
    else:
        report = import_own_records(invented_workspace, "incidents", [file], by="the test", mapping=mapping)
        assert sum(one.n_accepted for one in report.files) == n_accepted
