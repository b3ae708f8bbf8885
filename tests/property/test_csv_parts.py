"""Reading CSV in parts against Python's csv module, whatever the size of a part and however values are quoted."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from constabulary.sources.csv_parts import CsvFile
from constabulary.sources.files import SourceFile

HEADER = ["key", "month", "place", "outcome"]
TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12
)
TRICKY = st.sampled_from(
    ["", '"', '""', 'a"b', ",", "a,b", " ", "\n", "\r\n", "é", "–", "'", "null", "NA", "\\", "#x", "1e5"]
)
FIELD = st.one_of(TEXT, TRICKY, st.sampled_from(["2024-10", "Burglary"]))
ROWS = st.lists(st.lists(FIELD, min_size=4, max_size=4), max_size=12)
CHECKED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(
    raw: bytes, part_bytes: int, codes: list[str] | None = None
) -> list[tuple[int, list[str | None], bool, str]]:
    """Read bytes as a CSV file: each row's line number, values, whether it is misshapen, and its line."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(raw)
        rows = []
        for part in CsvFile(SourceFile(path), codes or [], part_bytes).parts():
            lines = part.lines(range(part.text.height))
            values = zip(part.line_no, part.text.rows(), part.misshapen, lines, strict=True)
            rows += [(number, list(row), bad, line) for number, row, bad, line in values]
    return rows


def written(rows: list[list[str]], quoting: int, line_end: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=quoting, lineterminator=line_end).writerows([HEADER, *rows])
    return out.getvalue().encode()


@CHECKED
@given(
    ROWS,
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([1, 7, 64, 1 << 20]),
    st.sampled_from([[], ["month", "outcome"]]),
)
@example([["a", "", "", ""], ["", "", "", ""]], csv.QUOTE_ALL, "\r\n", 1 << 20, ["month"])
@example([["a", "b", "c\nd", "e"]], csv.QUOTE_MINIMAL, "\n", 1, [])
@example([["\ufeffa", "", "", ""]], csv.QUOTE_MINIMAL, "\n", 1 << 20, [])
def test_what_the_csv_module_writes_is_read_back_value_by_value(
    rows: list[list[str]], quoting: int, line_end: str, part_bytes: int, codes: list[str]
) -> None:
    if (
        quoting == csv.QUOTE_MINIMAL
    ):  # the csv module leaves a carriage return bare, which ends a line as well
        rows = [[value.replace("\r", "") for value in row] for row in rows]
    found = read(written(rows, quoting, line_end), part_bytes, codes)
    assert [values for _, values, _, _ in found] == [[value or None for value in row] for row in rows]
    assert not any(is_misshapen for _, _, is_misshapen, _ in found)


@CHECKED
@given(ROWS, st.sampled_from([1, 7, 1 << 20]))
def test_each_row_knows_its_line_and_how_it_stood(rows: list[list[str]], part_bytes: int) -> None:
    rows = [[value.replace("\r", "") for value in row] for row in rows]
    raw = written(rows, csv.QUOTE_MINIMAL, "\n")
    lines = raw.decode().split("\n")
    for number, values, _, line in read(raw, part_bytes):
        assert next(csv.reader(io.StringIO(line, newline="")), [""]) == [value or "" for value in values]
        assert lines[number - 1] == line.split("\n")[0]


@CHECKED
@given(
    st.lists(st.lists(st.text("ab é–'\t ", max_size=5), min_size=4, max_size=4), max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "cp1252"]),
    st.sampled_from([[], ["key", "outcome"]]),
    st.booleans(),
)
def test_a_line_without_quotation_marks_is_given_back_letter_by_letter(
    rows: list[list[str]], line_end: str, encoding: str, codes: list[str], ends_well: bool
) -> None:
    lines = [",".join(row) for row in [HEADER, *rows]]
    raw = (line_end.join(lines) + line_end * ends_well).encode(encoding)
    assert [line for *_, line in read(raw, 1 << 20, codes)] == lines[1:]


@CHECKED
@given(st.lists(st.text(st.sampled_from('ab,"é \r'), max_size=15), max_size=8), st.sampled_from([1, 1 << 20]))
def test_no_line_is_lost_and_a_plain_line_is_never_harmed_by_its_neighbours(
    lines: list[str], part_bytes: int
) -> None:
    """Between lines of noise stand plain records; the noise holds at most what can close before the next of them."""
    raw = ["key,month,place,outcome"]
    for number, line in enumerate(lines):
        raw += [line, f"k{number},2024-10,x,y"]
    found = read("\n".join(raw).encode() + b"\n", part_bytes)
    by_line = {number: values for number, values, is_misshapen, _ in found if not is_misshapen}
    is_swallowed = any(line.count('"') % 2 for line in lines)
    for number in range(len(lines)):
        expected = [f"k{number}", "2024-10", "x", "y"]
        assert by_line.get(2 * number + 3, expected if is_swallowed else None) == expected
    covered = sum(line.count("\n") + 1 for _, _, _, line in found)
    assert covered >= sum(1 for line in raw[1:] if line.strip("\r"))


@pytest.mark.parametrize("part_bytes", [1, 50, 1000, 1 << 20])
@pytest.mark.parametrize("is_packed", [False, True])
def test_the_size_of_a_part_and_packing_change_nothing(
    tmp_path: Path, part_bytes: int, is_packed: bool
) -> None:
    rows = [
        [f"{number:05d}", "2024-10", "Mill, Road" if number % 7 == 0 else "Mill Road", ""]
        for number in range(500)
    ]
    raw = written(rows, csv.QUOTE_MINIMAL, "\n")
    path = tmp_path / "file.csv"
    path.write_bytes(gzip.compress(raw) if is_packed else raw)
    parts = list(CsvFile(SourceFile(path), ["place"], part_bytes).parts())
    assert [row for part in parts for row in part.text.rows()] == [
        tuple(value or None for value in row) for row in rows
    ]
    assert [number for part in parts for number in part.line_no] == list(range(2, 502))
    assert len(parts) == pytest.approx(len(raw) / max(part_bytes, 21), rel=0.6) or len(parts) == 1


@pytest.mark.parametrize("told_bytes", [0, 1, 30, 40, 200, 1 << 20])
@pytest.mark.parametrize("part_bytes", [1, 64, 1 << 20])
def test_no_row_is_torn_where_a_file_holds_more_than_it_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told_bytes: int, part_bytes: int
) -> None:
    """A file somebody writes to grows, and files of some systems tell no size at all."""
    raw = written([[f"{n}", "2024-10", "two\nlines", ""] for n in range(20)], csv.QUOTE_MINIMAL, "\n")
    whole = read(raw, 1 << 20)
    monkeypatch.setattr(SourceFile, "packed_bytes", told_bytes)
    assert len(whole) == 20 and read(raw, part_bytes) == whole
