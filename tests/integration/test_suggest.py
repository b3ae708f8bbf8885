"""A proposed mapping is right where the file is clear, says what is not, and loads unchanged."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from constabulary.services.workspace.workspaces import Workspace
from constabulary.sources.evidence import Evidence
from constabulary.sources.suggest import _flags
from constabulary.tables.contract import Column, Contract, Kind

Run = Callable[..., Any]


def export(path: Path) -> Path:
    lines = ["Weekly log;;;;;;;", "Inc No;Date Created;Time Created;Arrived;Close Cd;Grade;Easting;Northing"]
    for n in range(1, 29):
        code = ["Offence", "roads", "PSW4"][n % 3]
        lines.append(
            f"2022-{n:05};{n:02}/03/2022;{n % 24:02}:15;{n:02}/03/2022 {n % 24:02}:45:00;{code};urgent;"
            f"{300000 + n};{250000 + n}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="cp1252")
    return path


def test_names_dates_codes_and_grid_references_are_recognised(
    invented_workspace: Workspace, run: Run, run_json: Run, tmp_path: Path
) -> None:
    file = export(tmp_path / "log.csv")
    result = run("import", "incidents", "--suggest", file, workspace=invented_workspace)
    assert result.exit_code == 0, result.output
    proposed = tomllib.loads(result.stdout)
    assert proposed["file"] == {"header_row": 2, "delimiter": ";"}
    assert proposed["columns"] == {
        "incident_id": "Inc No",
        "received_at": {"from": ["Date Created", "Time Created"], "format": "%d/%m/%Y %H:%M"},
        "arrived_at": {"from": "Arrived", "format": "%d/%m/%Y %H:%M:%S"},
        "category": "Close Cd",
        "grade": "Grade",
        "easting_m": "Easting",
        "northing_m": "Northing",
    }
    assert proposed["values"] == {
        "category": {"Offence": "offence", "roads": "roads"},
        "grade": {"urgent": "urgent"},
    }
    assert '# "PSW4" = ""  # check: 9 rows' in result.stdout
    mapping = tmp_path / "m.toml"
    mapping.write_text(result.stdout, encoding="utf-8")
    report = run_json("import", "incidents", file, "--mapping", mapping, workspace=invented_workspace)
    assert (report["rows_read"], report["accepted"], report["refused"]) == (28, 19, 9)


def test_days_and_months_that_could_change_places_are_to_be_checked(
    workspace: Workspace, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(
        "Call ID,Line,Received\n1,999,03/04/2024 10:00\n2,101,05/06/2024 11:00\n", encoding="utf-8"
    )
    result = run("import", "calls", "--suggest", file, workspace=workspace)
    assert "day and month could stand the other way round" in result.stdout
    assert tomllib.loads(result.stdout)["columns"]["channel"] == "Line"


@pytest.mark.parametrize("is_joined", [False, True])
def test_how_many_rows_tell_the_day_from_the_month_is_said_first_of_all_and_outside_the_file(
    workspace: Workspace, run: Run, run_json: Run, tmp_path: Path, is_joined: bool
) -> None:
    """An American export of the first days of months: 200 rows read both ways, six one way, two the other."""
    file = tmp_path / "calls.csv"
    days = [f"{n % 12 + 1:02}/{n % 9 + 1:02}/2024" for n in range(200)]
    days += [f"03/{day}/2024" for day in range(13, 19)] + ["25/03/2024", "26/03/2024"]
    times = [f"{day},10:00" if is_joined else f"{day} 10:00" for day in days]
    header = "Call ID,Line,Received" + (",Received time" if is_joined else "")
    file.write_text(
        "\n".join([header, *(f"{n},999,{at}" for n, at in enumerate(times))]) + "\n", encoding="utf-8"
    )
    result = run("import", "calls", "--suggest", file, workspace=workspace)
    told = (
        "200 read both ways, 2 only with the day first, 6 only with the month first. Proposed is month first"
    )
    assert result.stdout.startswith("# CHECK FIRST received_at: ")
    assert told in result.stdout.splitlines()[0]
    assert told in result.stderr
    assert tomllib.loads(result.stdout)["columns"]["received_at"]["format"] == "%m/%d/%Y %H:%M"
    (doubt,) = run_json("import", "calls", "--suggest", file, workspace=workspace)["doubts"]
    assert told in doubt["message"]
    assert 'the other is "%d/%m/%Y %H:%M"' in doubt.pop("message")
    assert doubt == {
        "rule": "day_or_month_first",
        "column": "received_at",
        "from": ["Received", "Received time"] if is_joined else ["Received"],
        "format": "%m/%d/%Y %H:%M",
        "rows_both_ways": 200,
        "rows_only_day_first": 2,
        "rows_only_month_first": 6,
    }


@pytest.mark.parametrize(("day", "form"), [("{0:02}/07/2024", "%d/%m/%Y"), ("07/{0:02}/2024", "%m/%d/%Y")])
def test_a_month_of_days_leaves_no_doubt_which_way_round_they_stand(
    workspace: Workspace, run_json: Run, tmp_path: Path, day: str, form: str
) -> None:
    file = tmp_path / "calls.csv"
    rows = [f"{n},999,{day.format(n)} 10:00:00" for n in range(1, 32)]
    file.write_text("\n".join(["Call ID,Line,Received", *rows]) + "\n", encoding="utf-8")
    proposed = run_json("import", "calls", "--suggest", file, workspace=workspace)
    assert proposed["doubts"] == []
    assert tomllib.loads(proposed["mapping"])["columns"]["received_at"]["format"] == f"{form} %H:%M:%S"


def test_rows_that_no_column_tells_apart_get_a_key_of_several(
    workspace: Workspace, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(
        "line,received\n999,2024-04-03 10:00\n101,2024-04-03 10:00\n999,2024-04-03 10:01\n", encoding="utf-8"
    )
    result = run("import", "calls", "--suggest", file, workspace=workspace)
    assert set(tomllib.loads(result.stdout)["columns"]["call_id"]["from"]) == {"line", "received"}
    assert "no column tells the rows apart" in result.stdout


def test_of_a_workbook_s_sheets_the_one_with_the_most_columns_is_proposed_and_imports(
    workspace: Workspace, run: Run, run_json: Run, tmp_path: Path
) -> None:
    file = tmp_path / "calls.xlsx"
    book = xlsxwriter.Workbook(file)
    book.add_worksheet("Read me").write(0, 0, "Calls of a day")
    sheet = book.add_worksheet("Log")
    for no, row in enumerate(
        [["Call ID", "Received", "Channel"], *([n, f"2024-04-03 10:0{n}", "999"] for n in range(3))]
    ):
        sheet.write_row(no, 0, row)
    book.add_worksheet("Empty")
    book.close()
    result = run("import", "calls", "--suggest", file, workspace=workspace)
    assert tomllib.loads(result.stdout)["file"] == {"sheet": "Log", "header_row": 1}
    assert "check: not Read me or Empty" in result.stdout
    (tmp_path / "calls.toml").write_text(result.stdout, encoding="utf-8")
    report = run_json("import", "calls", file, "--mapping", tmp_path / "calls.toml", workspace=workspace)
    assert (report["accepted"], report["refused"]) == (3, 0)


def test_a_header_without_rows_is_told(workspace: Workspace, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("line,received\n", encoding="utf-8")
    result = run("import", "calls", "--suggest", file, workspace=workspace)
    assert result.exit_code == 3
    assert "has a header and no rows" in result.stderr


@pytest.mark.parametrize("name", ['a "quoted" name', "a\\b", "ümlaut", "tab\there"])
def test_any_column_name_survives_the_round_trip(
    workspace: Workspace, run: Run, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "calls.csv"
    quoted = '"' + name.replace('"', '""') + '"'
    file.write_text(
        f"{quoted},received,channel\n1,2024-04-03 10:00,999\n2,2024-04-03 10:00,999\n", encoding="utf-8"
    )
    result = run("import", "calls", "--suggest", file, workspace=workspace)
    proposed = tomllib.loads(result.stdout)
    assert name in str(proposed["columns"]["call_id"]).replace("\\\\", "\\").replace("\\t", "\t")


def test_headers_as_exports_have_them_are_recognised(
    invented_workspace: Workspace, run: Run, run_json: Run, tmp_path: Path
) -> None:
    """Curly quotes, "Date/Time of", empty values spelt out, one odd number, and a column of yes and no."""
    file = tmp_path / "log.csv"
    lines = ["Inc. No.,Date Rec’d,Time Rec’d,Arrived At,Closing Code,Long,Lat,Crisis?"]
    for n in range(100):
        arrived = "NULL" if n % 3 else f"{n % 28 + 1:02}/03/2022 {n % 24:02}:45:00"
        long = "0,12" if n == 7 else f"{0.1 + n / 1000:.3f}"
        lines.append(
            f"{n},{n % 28 + 1:02}/03/2022,{n % 24:02}:15,{arrived},roads,{long},52.2,{'NY'[n % 4 == 0]}"
        )
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = run("import", "incidents", "--suggest", file, workspace=invented_workspace)
    proposed = tomllib.loads(result.stdout)
    assert proposed["empty"] == ["NULL"]
    assert proposed["columns"] == {
        "incident_id": "Inc. No.",
        "received_at": {"from": ["Date Rec’d", "Time Rec’d"], "format": "%d/%m/%Y %H:%M"},
        "arrived_at": {"from": "Arrived At", "format": "%d/%m/%Y %H:%M:%S"},
        "category": "Closing Code",
        "longitude": "Long",
        "latitude": "Lat",
    }
    assert proposed["flags"] == {"crisis": "Crisis?"}
    mapping = tmp_path / "m.toml"
    mapping.write_text(result.stdout, encoding="utf-8")
    report = run_json("import", "incidents", file, "--mapping", mapping, workspace=invented_workspace)
    assert (report["rows_read"], report["accepted"], report["refused"]) == (100, 99, 1)


def test_the_time_of_a_call_is_not_taken_from_its_answer_though_one_cannot_be_read(
    workspace: Workspace, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(
        "Call Ref,Call Type,Date/Time of Call,Answered\n"
        + "".join(f"{n},999,{n:02}/04/2024 10:00:00,{n:02}/04/2024 10:00:05\n" for n in range(1, 25))
        + "25,101,25/04/2024 24:00:00,26/04/2024 00:00:09\n",
        encoding="utf-8",
    )
    columns = tomllib.loads(run("import", "calls", "--suggest", file, workspace=workspace).stdout)["columns"]
    assert {name: columns[name]["from"] for name in ("received_at", "answered_at")} == {
        "received_at": "Date/Time of Call",
        "answered_at": "Answered",
    }


def test_a_column_of_yes_and_no_is_proposed_for_the_qualifier_most_like_it_alone() -> None:
    column = Column("qualifiers", Kind.CODE, "Q.", allowed=("health", "mental_health"))
    said = Evidence.of(pl.Series(["Y", "N"]))
    contract = Contract("t", "T.", (column,), period="", scope="")
    assert _flags(contract, {"Mental Health": said}) == {"mental_health": "Mental Health"}
