"""Damaged exports of a force's own records: exact counts, or one clear error and nothing kept."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from constabulary.services.records.imports import list_imports
from constabulary.services.workspace.workspaces import Workspace

Run = Callable[..., Any]
HEADER = "call_id,channel,received_at"
ROWS = [f"c{n},112,2022-03-07 12:{n:02}:00" for n in range(10)]
WHOLE = "\n".join([HEADER, *ROWS]) + "\n"


def counts(report: dict[str, Any]) -> tuple[int, int, int]:
    return report["accepted"], report["refused"], report["duplicates"]


def took(run_json: Run, workspace: Workspace, file: Path) -> tuple[int, int, int]:
    return counts(run_json("import", "calls", file, workspace=workspace))


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda text: text.encode("utf-8-sig"), (10, 0, 0)),
        (lambda text: text.replace("\n", "\r\n").encode(), (10, 0, 0)),
        (lambda text: text.rstrip("\n").encode(), (10, 0, 0)),
        (lambda text: text.replace("c3", "café").encode("cp1252"), (10, 0, 0)),
        (lambda text: text.replace("c3,112", "c3").encode(), (9, 1, 0)),
        (lambda text: text.replace("c3,112", "c3,112,extra").encode(), (9, 1, 0)),
        (lambda text: text.replace("c3,", ",").encode(), (9, 1, 0)),
        (lambda text: text.replace("c3", '"c3, or so"').encode(), (10, 0, 0)),
        (lambda text: text.replace("2022-03-07", "07/03/2022").encode(), (0, 10, 0)),
        (lambda text: text.replace("2022-03-07 12:05", "2022-13-07 12:05").encode(), (9, 1, 0)),
        (lambda text: text.replace("c4,", "c3,").encode(), (9, 0, 1)),
        (lambda text: (text + HEADER + "\n").encode(), (10, 1, 0)),
        (lambda text: text.replace("c3,112", "c3,911").encode(), (9, 1, 0)),
    ],
    ids=[
        "byte order mark", "Windows line ends", "no last line end", "Windows letters",
        "a field lost", "a field too many",
        "a key lost", "a comma in quotation marks", "dates swapped", "a month 13", "a key twice", "the header again",
        "an unknown code",
    ],
)  # fmt: skip
def test_damage_to_rows_is_counted_row_by_row(
    invented_workspace: Workspace,
    run_json: Run,
    tmp_path: Path,
    damage: Callable[[str], bytes],
    expected: tuple[int, int, int],
) -> None:
    file = tmp_path / "calls.csv"
    file.write_bytes(damage(WHOLE))
    assert took(run_json, invented_workspace, file) == expected


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("calls.csv", b"", "does not begin with a line of column names"),
        ("calls.csv", WHOLE.encode("utf-16"), "does not begin with a line of column names: it is in UTF-16"),
        ("calls.csv", WHOLE.encode("utf-16-le"), "it is in UTF-16"),
        ("calls.csv", WHOLE.replace("\n", "\r").encode(), "its lines end in carriage returns alone"),
        ("calls.csv", b"PK\x03\x04 and more", "it is a workbook or an archive"),
        ("calls.tar.gz", gzip.compress(b"calls.csv".ljust(257, b"\x00") + b"ustar"), "it is a tar archive"),
        ("calls.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", "it is a workbook of an old Excel"),
        (
            "calls.csv",
            (HEADER.replace(",channel", "") + "\n").encode(),
            "the columns are not called as ours are",
        ),
        ("calls.csv", gzip.compress(WHOLE.encode() * 50)[:-20], "cut short or damaged"),
        ("calls.zip", b"PK\x03\x04 and no more", "cut short or damaged"),
        ("calls.xlsx", b"PK\x03\x04 and no more", "cut short or damaged"),
        (
            "calls.csv",
            gzip.compress(WHOLE.encode() + b"x" * 200_000_000),
            "unpacks to more than 150 times its size",
        ),
    ],
    ids=[
        "nothing", "UTF-16", "UTF-16 unmarked", "carriage returns", "a workbook", "a tar", "an old workbook",
        "header merged", "gzip cut", "zip cut", "workbook cut", "a bomb",
    ],
)  # fmt: skip
def test_damage_to_a_whole_file_is_one_clear_error_and_nothing_is_kept(
    invented_workspace: Workspace, run: Run, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    result = run("import", "calls", file, workspace=invented_workspace)
    assert result.exit_code == 3, result.output
    assert told in result.stderr
    assert result.stderr.count("Error:") == 1
    assert list_imports(invented_workspace) == ()


def test_a_workbook_that_unpacks_without_end_is_not_read(
    invented_workspace: Workspace, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "calls.xlsx"
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/sheet1.xml", "w") as stream,
    ):
        for _ in range(200):
            stream.write(b" " * 1_000_000)
    result = run("import", "calls", file, workspace=invented_workspace)
    assert result.exit_code == 3
    assert "the workbook unpacks to more than 150 times its size" in result.stderr


def test_one_damaged_file_of_several_keeps_all_of_them_out(
    invented_workspace: Workspace, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(WHOLE.replace("c", "d").encode() * 50)[:-20])
    result = run("import", "calls", tmp_path / "a.csv", tmp_path / "b.csv.gz", workspace=invented_workspace)
    assert result.exit_code == 3
    assert list_imports(invented_workspace) == ()


def test_a_sheet_s_rows_are_counted_like_those_of_a_file(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    file = tmp_path / "calls.xlsx"
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, line in enumerate([HEADER, *ROWS, "c11,911,2022-03-07 12:00:00", "c11,112,never"]):
        sheet.write_row(number, 0, line.split(","))
    book.close()
    assert took(run_json, invented_workspace, file) == (10, 2, 0)


def kept_elsewhere(content: bytes) -> bytes:
    """Return a workbook as other programs may write it: the sheet in a folder of its own, spaces round a sign."""
    moved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(moved, "w") as other:
        for name in book.namelist():
            part = book.read(name).replace(b"worksheets/sheet1.xml", b"pages/one.xml")
            other.writestr(
                name.replace("worksheets/sheet1.xml", "pages/one.xml"), part.replace(b' r="', b' r = "')
            )
    return moved.getvalue()


@pytest.mark.parametrize("as_written", [bytes, kept_elsewhere])
def test_a_workbook_with_a_stray_cell_at_the_far_corner_is_turned_away_before_room_is_made_for_it(
    invented_workspace: Workspace, run: Run, tmp_path: Path, as_written: Callable[[bytes], bytes]
) -> None:
    file = tmp_path / "calls.xlsx"
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, line in enumerate([HEADER, *ROWS]):
        sheet.write_row(number, 0, line.split(","))
    sheet.write(1_048_575, 16_383, "a slip")
    book.close()
    file.write_bytes(as_written(file.read_bytes()))
    result = run("import", "calls", file, workspace=invented_workspace)
    assert result.exit_code == 3, result.output
    assert "a sheet reaches to row 1,048,576 and column 16,384" in result.stderr
    assert list_imports(invented_workspace) == ()


def test_a_note_far_below_the_records_of_a_sheet_costs_itself_alone(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path
) -> None:
    file = tmp_path / "calls.xlsx"
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, line in enumerate([HEADER, *ROWS]):
        sheet.write_row(number, 0, line.split(","))
    sheet.write(199_999, 2, "printed on Monday")
    book.close()
    assert took(run_json, invented_workspace, file) == (10, 1, 0)


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes on POSIX systems alone")
def test_a_file_whose_name_is_no_text_is_imported_and_told_with_a_mark_in_its_place(
    invented_workspace: Workspace, run: Run, run_json: Run, tmp_path: Path
) -> None:
    file = tmp_path / os.fsdecode(b"caf\xe9.csv")
    file.write_text(WHOLE)
    assert took(run_json, invented_workspace, file) == (10, 0, 0)
    told = run("query", "SELECT file FROM import_files", workspace=invented_workspace)
    assert told.stdout.splitlines()[1].endswith("caf?.csv")
