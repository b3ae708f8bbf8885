"""Exports as people have them: proposed and imported with the right counts, or one error that says what to do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from constabulary.core.errors import BadInput
from constabulary.services.records.imports import ImportReport, export_refused, refused_rows
from constabulary.services.records.notices import told
from constabulary.services.records.own_records import import_own_records, suggest_mapping
from constabulary.services.workspace.workspaces import Workspace
from constabulary.store.lake import Lake

NAMES = ["Call ID", "Line", "Received", "Handle time"]
MOMENTS = [datetime(2024, 1, 1, 9, 30) + timedelta(days=n, minutes=n) for n in range(40)]  # noqa: DTZ001 (clock readings)
"""Winter days, when the clocks of the invented force show UTC."""
ROWS = [[f"00{n}", "112", f"{at:%d/%m/%Y %H:%M}", f"{100 + n}"] for n, at in enumerate(MOMENTS)]


def text(rows: Sequence[Sequence[str]] = ROWS, head: Sequence[str] = NAMES, mark: str = ";") -> str:
    return "".join(mark.join(row) + "\r\n" for row in [head, *rows])


def taken(workspace: Workspace, file: Path) -> ImportReport:
    """Import a file by the mapping proposed for it."""
    mapping = file.with_suffix(".toml")
    mapping.write_text(suggest_mapping(workspace, "calls", file).text, encoding="utf-8")
    return import_own_records(workspace, "calls", [file], by="tester", mapping=mapping)


def kept(workspace: Workspace) -> pl.DataFrame:
    files = Lake(workspace.lake_path).files("calls").whole
    return pl.concat([pl.read_parquet(one, hive_partitioning=False) for one in files]).sort("call_id")


def counts(report: ImportReport) -> tuple[int, int, int]:
    (file,) = report.files
    return file.n_read, file.n_accepted, file.n_refused


def assert_whole(workspace: Workspace, file: Path, n_refused: int = 0) -> None:
    """See that all rows are in, with the times and numbers they have."""
    assert counts(taken(workspace, file)) == (40 + n_refused, 40, n_refused)
    rows = kept(workspace)
    assert sorted(rows["received_at"]) == [at.replace(tzinfo=UTC) for at in MOMENTS]
    assert sorted(rows["handling_s"]) == [100.0 + n for n in range(40)]
    assert set(rows["channel"]) == {"112"}


APOSTROPHES = [[f"'{value}" for value in row] for row in ROWS]
EQUALS = [[f'="{value}"' for value in row] for row in ROWS]
PARTED = [[no, line, *at.split(), took] for no, line, at, took in ROWS]
SECONDS = [[no, line, day, f"{at}:00", took] for no, line, day, at, took in PARTED]
NOTHINGS = ["N/A", "-", "NULL", "none", "(blank)", "#N/A", "?", ""]


@pytest.mark.parametrize(
    ("content", "n_refused"),
    [
        ("\ufeffsep=;\r\n" + text(), 0),
        ("sep=|\r\n" + text(mark="|"), 0),
        (text() + "Total;40;;4780\r\n", 1),
        (text() + "Printed on 2 March 2024\r\n", 1),
        ("Call;;Times;\r\n" + text(), 0),
        ("Call;Call;Times;Times\r\n" + text(), 0),
        (text([[*row, "", ""] for row in ROWS], [*NAMES, "", ""]), 0),
        (text(APOSTROPHES), 0),
        (text(EQUALS), 0),
        (text(PARTED, ["Call ID", "Line", "Date", "Time", "Handle time"]), 0),
        (text(SECONDS, ["Call ID", "Line", "Date", "Time", "Handle time"]), 0),
        (text([[f" {value}  " for value in row] for row in ROWS]), 0),
        (text([[*row, NOTHINGS[n % 8]] for n, row in enumerate(ROWS)], [*NAMES, "Answered"]), 0),
    ],
    ids=[
        "sep= first", "sep=|", "a totals row", "a last remark", "two headers, merged", "two headers, repeated",
        "empty columns", "apostrophes", "equals and quotation marks", "a time without seconds", "a time with seconds",
        "spaces", "eight spellings of nothing",
    ],
)  # fmt: skip
def test_an_odd_csv_is_proposed_and_imported_whole(
    invented_workspace: Workspace, tmp_path: Path, content: str, n_refused: int
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(content, encoding="utf-8", newline="")
    assert_whole(invented_workspace, file, n_refused)


def test_marks_of_spreadsheets_are_no_part_of_a_value_and_names_keep_theirs(
    invented_workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "calls.csv"
    ids = ["'007", '="008"', '"=""009"""', "O'Brien 1", "'tis", "'"]
    lines = [
        "call_id,channel,received_at",
        *(f"{one},112,2024-01-0{n}T10:00" for n, one in enumerate(ids, 1)),
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    import_own_records(invented_workspace, "calls", [file], by="tester")
    assert sorted(kept(invented_workspace)["call_id"]) == sorted(
        ["007", "008", "009", "O'Brien 1", "'tis", "'"]
    )


def test_a_refused_row_keeps_its_marks_and_loses_them_when_it_comes_back_mended(
    invented_workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(
        "call_id,channel,received_at\n'007,911,'2024-01-01 10:00\n=\"008\",911,2024-01-02T10:00\n"
    )
    report = import_own_records(invented_workspace, "calls", [file], by="tester")
    lines = refused_rows(invented_workspace, report.import_ids[0])["line"].to_list()
    assert lines == ["'007,911,'2024-01-01 10:00", '="008",911,2024-01-02T10:00']
    mended = export_refused(invented_workspace, report.import_ids[0]).replace("911", "112")
    (tmp_path / "mend.csv").write_text(mended, encoding="utf-8", newline="")
    back = import_own_records(invented_workspace, "calls", [tmp_path / "mend.csv"], by="tester")
    assert counts(back) == (2, 2, 0)
    assert kept(invented_workspace)["call_id"].to_list() == ["007", "008"]


def test_a_first_line_that_tells_the_delimiter_needs_no_mapping(
    invented_workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text('\ufeff"sep=;"\ncall_id;channel;received_at\n1;112;2024-01-01T10:00\n', encoding="utf-8")
    assert counts(import_own_records(invented_workspace, "calls", [file], by="tester")) == (1, 1, 0)


def test_rows_of_each_encoding_are_read_and_counted(invented_workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    lines = text([[f"é{no}", *row] for no, *row in ROWS]).splitlines(keepends=True)
    file.write_bytes(
        b"".join(line.encode("cp1252" if n % 4 == 1 else "utf-8") for n, line in enumerate(lines))
    )
    report = taken(invented_workspace, file)
    assert [(one.rule, one.count) for one in report.notices] == [("read_as_windows_1252", 10)]
    assert kept(invented_workspace)["call_id"].to_list() == sorted(f"é{no}" for no, *_ in ROWS)


@pytest.mark.parametrize(
    ("row", "remedy"),
    [
        (["x", "112", "05/03/2024 24:00", "1"], "write 00:00 of the day that is meant"),
        (["x", "112", "05/03/2024 10:00", "1,200"], "Export numbers with a point for decimals"),
        (["x", "112", "05/03/2024 10:00", "12,5"], "Export numbers with a point for decimals"),
    ],
)
def test_a_value_that_could_mean_two_things_is_refused_with_what_to_do(
    invented_workspace: Workspace, tmp_path: Path, row: list[str], remedy: str
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(text([*ROWS, row]), encoding="utf-8", newline="")
    report = taken(invented_workspace, file)
    assert counts(report) == (41, 40, 1)
    assert remedy in str(told(report.notices[0], report.mapping_name))


def test_a_column_of_grouped_numbers_is_not_left_out_without_a_word(
    invented_workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(text([[*row[:3], f"1,{row[3]}"] for row in ROWS]), encoding="utf-8", newline="")
    proposed = suggest_mapping(invented_workspace, "calls", file).text
    assert "#   Handle time  # check: export numbers with a point for decimals" in proposed


def test_rows_that_end_with_a_delimiter_the_header_lacks_are_one_error(
    invented_workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(text([[*row, ""] for row in ROWS]), encoding="utf-8", newline="")
    with pytest.raises(BadInput, match="most rows have another number of fields than row 1") as caught:
        suggest_mapping(invented_workspace, "calls", file)
    assert [(one.row, one.value) for one in caught.value.problems] == [(2, "000;112;01/01/2024 09:30;100;")]


Write = Callable[[Any, Any], None]


def book(path: Path, *write: Write) -> Path:
    with xlsxwriter.Workbook(path) as made:
        for one in write:
            one(made, made.add_worksheet())
    return path


def log(made: Any, sheet: Any, first_row: int = 0) -> None:
    form = made.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.write_row(first_row, 0, NAMES)
    for n, at in enumerate(MOMENTS, 1):
        sheet.write_row(first_row + n, 0, [f"00{n}", 112])
        sheet.write_datetime(first_row + n, 2, at, form)
        sheet.write_number(first_row + n, 3, 99 + n)


def below_merged_cells(made: Any, sheet: Any) -> None:
    sheet.merge_range(0, 0, 0, 3, "Calls of the winter")
    sheet.merge_range(1, 0, 1, 1, "Call")
    sheet.merge_range(1, 2, 1, 3, "Times")
    log(made, sheet, 2)


def with_formatted_emptiness(made: Any, sheet: Any) -> None:
    log(made, sheet)
    for row in range(200):
        sheet.write_blank(row, 8, None, made.add_format({"bold": True}))


def as_text_and_numbers(made: Any, sheet: Any) -> None:
    log(made, sheet)
    for n, at in enumerate(MOMENTS, 1):
        if n % 3 == 1:
            sheet.write_string(n, 2, f"{at:%d/%m/%Y %H:%M}")
        elif n % 3 == 2:
            sheet.write_number(n, 2, (at - datetime(1899, 12, 30)) / timedelta(days=1))  # noqa: DTZ001 (Excel's origin)


def as_dates_and_numbers(made: Any, sheet: Any) -> None:
    log(made, sheet)
    for n, at in enumerate(MOMENTS, 1):
        if n % 3:
            sheet.write_number(n, 2, (at - datetime(1899, 12, 30)) / timedelta(days=1))  # noqa: DTZ001 (Excel's origin)


def with_dates_apart_from_times(made: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, ["Call ID", "Line", "Date", "Time", "Handle time"])
    forms = [made.add_format({"num_format": one}) for one in ("dd/mm/yyyy", "hh:mm")]
    for n, at in enumerate(MOMENTS, 1):
        sheet.write_row(n, 0, [f"00{n}", 112])
        sheet.write_datetime(n, 2, datetime.combine(at, time.min), forms[0])
        sheet.write_datetime(n, 3, at.time(), forms[1])
        sheet.write_number(n, 4, 99 + n)


def hidden_and_wider(made: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, [f"look up {letter}" for letter in "abcdefgh"])
    sheet.write_row(1, 0, list(range(8)))
    sheet.hide()


@pytest.mark.parametrize(
    "write",
    [
        (below_merged_cells,),
        (with_formatted_emptiness,),
        (as_text_and_numbers,),
        (as_dates_and_numbers,),
        (with_dates_apart_from_times,),
        (log, hidden_and_wider),
    ],
    ids=lambda write: write[-1].__name__,
)
def test_an_odd_workbook_is_proposed_and_imported_whole(
    invented_workspace: Workspace, tmp_path: Path, write: Sequence[Write]
) -> None:
    assert_whole(invented_workspace, book(tmp_path / "calls.xlsx", *write))


def test_dates_that_a_spreadsheet_of_another_country_swapped_are_told_first_of_all(
    invented_workspace: Workspace, tmp_path: Path
) -> None:
    """A day up to 12 became a date with the month first; the others stayed text."""

    def swapped(made: Any, sheet: Any) -> None:
        log(made, sheet)
        form = made.add_format({"num_format": "m/d/yyyy h:mm"})
        for n, at in enumerate(MOMENTS, 1):
            if at.day > 12:
                sheet.write_string(n, 2, f"{at:%d/%m/%Y %H:%M}")
            else:
                sheet.write_datetime(n, 2, at.replace(day=at.month, month=at.day), form)

    proposed = suggest_mapping(invented_workspace, "calls", book(tmp_path / "calls.xlsx", swapped))
    (doubt,) = proposed.doubts
    assert doubt.counts == {"rows_text": 19, "rows_dates": 21}
    assert "it seems so, for no date has a day past 12 and every text has" in doubt.message
    assert proposed.text.startswith("# CHECK FIRST received_at: ")


def written_by_a_program(path: Path, cell: bytes) -> Path:
    """Write a workbook whose second row has a cell of its own in place of the handling time."""
    content = io.BytesIO(book(path, log).read_bytes())
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<c r="D2"><v>100</v></c>', cell))
    return path


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="D2"><f>A2*2</f></c>',
        b'<c r="D2"><f>A2*2</f><v></v></c>',
        b'<c r="D2" s="1"><f>IF(A2&lt;3,1,2)</f><v/></c>',
        b'<c r="D2"><f t="shared" si="0"/></c>',
    ],
)
def test_a_formula_whose_value_was_not_kept_is_one_error_and_not_an_empty_cell(
    invented_workspace: Workspace, tmp_path: Path, cell: bytes
) -> None:
    file = written_by_a_program(tmp_path / "calls.xlsx", cell)
    with pytest.raises(
        BadInput, match=r"D2: a formula has no value kept with it.*Open the workbook in Excel"
    ):
        suggest_mapping(invented_workspace, "calls", file)


@pytest.mark.parametrize(
    ("cell", "value"),
    [(b'<c r="D2"><f>50*2</f><v>100</v></c>', 100.0), (b'<c r="D2" t="str"><f>""</f><v></v></c>', None)],
)
def test_a_formula_with_its_value_is_read_as_the_value(
    invented_workspace: Workspace, tmp_path: Path, cell: bytes, value: float | None
) -> None:
    assert counts(taken(invented_workspace, written_by_a_program(tmp_path / "calls.xlsx", cell))) == (
        40,
        40,
        0,
    )
    assert kept(invented_workspace).filter(pl.col("call_id") == "001")["handling_s"].to_list() == [value]
