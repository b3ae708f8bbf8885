"""A CSV file of any length read in parts of bounded size, each row with its line number and its line as it stood."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.sources.files import SourceFile, Watched
from constabulary.tables.check import Failure

PART_BYTES = 32 * 1024 * 1024
"""Size of a part (bytes); what an import holds in memory follows from it."""
LONGEST_RECORD_BYTES = 1024 * 1024
"""A record longer than this has lost its closing quote."""
MENDED = ("refused_by_import", "reasons")
"""Columns that our export of refused rows adds, so that mended rows find their way back."""


@dataclass(frozen=True)
class Part:
    """A stretch of rows of one file.

    Parameters
    ----------
    text
        The columns by the names in the header, as text or categories, shape (rows, columns).
    line_no
        The line each row starts at, shape (rows,); the header is line 1.
    misshapen
        Truth per row: it has another number of fields than the header; its columns are then empty.
    is_cp1252
        Whether the bytes were no UTF-8 and were read as Windows-1252.
    failures
        What the source itself found wrong, told in place of the contract's rule about the same value.
    """

    text: pl.DataFrame
    line_no: pl.Series
    misshapen: pl.Series
    is_cp1252: bool
    body: bytes
    first_line: int
    failures: Sequence[Failure] = field(default=())

    def lines(self, rows: Sequence[int]) -> list[str]:
        """Return rows as they stood in the file."""
        starts = self.line_no.gather(list(rows)).to_list()
        ends = [self.line_no[row + 1] if row + 1 < self.line_no.len() else None for row in rows]
        lines = self.body.split(b"\n")
        encoding = "cp1252" if self.is_cp1252 else "utf-8"
        return [
            b"\n".join(lines[start - self.first_line : (end - self.first_line) if end else None])
            .rstrip(b"\r\n")
            .decode(encoding, errors="replace")
            for start, end in zip(starts, ends, strict=True)
        ]


class CsvFile:
    """One CSV file, read once from start to end.

    Parameters
    ----------
    file
        The file.
    codes
        Columns with few distinct values, read as categories.
    part_bytes
        Size of a part (bytes).
    delimiter
        What stands between two fields.
    header_row
        The line of the column names, from 1; what stands above it is passed over.
    """

    def __init__(
        self,
        file: SourceFile,
        codes: Sequence[str] = (),
        part_bytes: int = PART_BYTES,
        *,
        delimiter: str = ",",
        header_row: int = 1,
    ) -> None:
        self.file = file
        self._codes = frozenset(codes)
        self._part_bytes = part_bytes
        self._delimiter = delimiter
        self._header_row = header_row

    def parts(self) -> Iterator[Part]:
        """Yield the rows in parts; a file of a header alone yields none.

        Raises
        ------
        BadInput
            If the file is damaged, empty, or no CSV.
        """
        with self.file.open() as stream:
            watched = Watched(stream, self.file)
            raw = watched.read(self._part_bytes)
            header, rest = split_header(raw, self.file.name, self._delimiter, self._header_row)
            line = self._header_row + 1
            for body in self._bodies(watched, rest):
                n_lines = body.count(b"\n") + (0 if body.endswith(b"\n") else 1)
                yield self._part(header, body, line, n_lines)
                line += n_lines

    def _bodies(self, watched: Watched, rest: bytes) -> Iterator[bytes]:
        while True:
            raw = watched.read(self._part_bytes)
            if not raw:
                if rest.strip():
                    yield rest
                return
            rest += raw
            cut = _last_record_end(rest)
            if cut is None or len(rest) - cut > self._part_bytes + LONGEST_RECORD_BYTES:
                raise BadInput(
                    Problem(
                        "unclosed_quote",
                        "a quotation mark is opened and never closed",
                        file=self.file.name,
                        expected="records of one line each",
                        remedy="Export the file again, or close the quotation mark.",
                    )
                )
            yield rest[:cut]
            rest = rest[cut:]

    def _part(self, header: Sequence[str], body: bytes, first_line: int, n_lines: int) -> Part:
        text = self._fast(header, body) if _is_regular(body, n_lines, len(header), self._delimiter) else None
        if text is not None and text.height == n_lines:
            numbers = pl.int_range(first_line, first_line + n_lines, eager=True)
            misshapen = pl.repeat(value=False, n=n_lines, eager=True)
            return Part(text, numbers, misshapen, is_cp1252=False, body=body, first_line=first_line)
        try:
            readable, is_cp1252 = body.decode("utf-8"), False
        except UnicodeDecodeError:
            readable, is_cp1252 = body.decode("cp1252", errors="replace"), True
        text, numbers, misshapen = self._careful(header, readable, first_line)
        return Part(text, numbers, misshapen, is_cp1252, body, first_line)

    def _types(self, header: Sequence[str]) -> Mapping[str, pl.DataType]:
        return {name: pl.Categorical() if name in self._codes else pl.String() for name in header}

    def _fast(self, header: Sequence[str], body: bytes) -> pl.DataFrame | None:
        try:
            return pl.read_csv(
                body, has_header=False, schema=dict(self._types(header)), separator=self._delimiter
            )
        except pl.exceptions.PolarsError:
            return None

    def _careful(
        self, header: Sequence[str], body: str, first_line: int
    ) -> tuple[pl.DataFrame, pl.Series, pl.Series]:
        reader = csv.reader(io.StringIO(body, newline=""), delimiter=self._delimiter)
        rows: list[list[str | None]] = []
        numbers: list[int] = []
        misshapen: list[bool] = []
        start = first_line
        for record in reader:
            if record:
                is_misshapen = len(record) != len(header)
                rows.append([None] * len(header) if is_misshapen else [field or None for field in record])
                numbers.append(start)
                misshapen.append(is_misshapen)
            start = first_line + reader.line_num
        text = pl.DataFrame(rows, schema={name: pl.String() for name in header}, orient="row")
        types = self._types(header)
        return (
            text.select(pl.col(name).cast(types[name]) for name in header),
            pl.Series(numbers, dtype=pl.Int64),
            pl.Series(misshapen, dtype=pl.Boolean),
        )


def read_header(file: SourceFile) -> list[str]:
    """Return the column names of a CSV file.

    Raises
    ------
    BadInput
        If the file is empty or has no header line.
    """
    with file.open() as stream:
        return split_header(Watched(stream, file).read(256 * 1024), file.name)[0]


def mended_import(file: SourceFile) -> str | None:
    """Return the import whose refused rows a file holds, mended; None for a file that is no such export."""
    with file.open() as stream:
        header, rest = split_header(Watched(stream, file).read(256 * 1024), file.name)
    if MENDED[0] not in header:
        return None
    first = next(csv.DictReader(io.StringIO(rest.decode("utf-8", errors="replace")), fieldnames=header), {})
    return first.get(MENDED[0]) or None


def split_header(raw: bytes, name: str, delimiter: str = ",", header_row: int = 1) -> tuple[list[str], bytes]:
    """Return the column names on a file's header line, and what follows it.

    A column without a name is named by its number, a name met again gets its number added.

    Raises
    ------
    BadInput
        If there is no line, or it holds no text.
    """
    rest = raw.removeprefix(b"\xef\xbb\xbf")
    for _ in range(header_row):
        first, _, rest = rest.partition(b"\n")
    if not first.strip() or b"\x00" in first:
        raise BadInput(
            Problem(
                "no_header",
                "the file does not begin with a line of column names",
                file=name,
                row=header_row,
                expected="a CSV file",
                remedy="Check that this is the file you meant.",
            )
        )
    try:
        text = first.decode("utf-8")
    except UnicodeDecodeError:
        text = first.decode("cp1252", errors="replace")
    return named_once(next(csv.reader([text.rstrip("\r")], delimiter=delimiter))), rest


def named_once(fields: Sequence[str | None]) -> list[str]:
    """Return the column names of a header row, each only once."""
    names: list[str] = []
    for number, text in enumerate(fields, start=1):
        name = (text or "").strip() or f"column {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return names


def _last_record_end(data: bytes) -> int | None:
    """Return the end of the last line break that lies outside quotation marks, or None."""
    cut = len(data)
    n_quotes = data.count(b'"')
    for _ in range(100_000):
        found = data.rfind(b"\n", 0, cut)
        if found < 0:
            return None
        n_quotes -= data.count(b'"', found, cut)
        if n_quotes % 2 == 0:
            return found + 1
        cut = found
    return None


def _is_regular(body: bytes, n_lines: int, n_columns: int, delimiter: str) -> bool:
    """Whether every line is one record with the header's number of fields, as far as counting can tell."""
    quoted = body.split(b'"')[1::2] if b'"' in body else []
    mark = delimiter.encode()
    n_marks = body.count(mark) - sum(text.count(mark) for text in quoted)
    return n_marks == n_lines * (n_columns - 1) and not any(b"\n" in text for text in quoted)
