"""A CSV file of any length read in parts of bounded size, each row with its line number and its line as it stood."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.sources.csv_bytes import Counts, as_utf8, decoded, is_regular, line_starts
from constabulary.sources.csv_careful import MOST_LINES, read_carefully
from constabulary.sources.files import SourceFile, Watched
from constabulary.tables.check import Failure

PART_BYTES = 24 * 1024 * 1024
"""Size of a part (bytes); what an import holds in memory follows from it."""
LINE_END_BYTES = 16 * 1024 * 1024
"""A file without a line break in this many bytes is no file of records."""
HEADER_BYTES = 64 * 1024
LONGEST_VALUE = 120
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""What workbooks and archives begin with."""


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
    body, first_line
        The bytes as they stood, and the number of their first line.
    failures
        What the source itself found wrong, told in place of the contract's rule about the same value.
    garbled
        Truth per row: it is misshapen because its line cannot be told apart into fields; None where no row is.
    n_recoded
        Number of lines read as Windows-1252.
    is_cut
        Whether the file ends here without a line break, so that its last value may be cut short.
    fields
        The columns as they were read and what stands between them, where that gives each line back; None where lines
        must be looked up in the body.
    """

    text: pl.DataFrame
    line_no: pl.Series
    misshapen: pl.Series
    body: bytes
    first_line: int
    failures: Sequence[Failure] = field(default=())
    garbled: pl.Series | None = None
    n_recoded: int = 0
    is_cut: bool = False
    fields: tuple[pl.DataFrame, str] | None = None

    def lines(self, rows: Sequence[int]) -> list[str]:
        """Return rows as they stood in the file."""
        if self.fields is not None:
            values, between = self.fields
            columns = [column.cast(pl.String()).to_list() for column in values[rows]]
            return [between.join([field or "" for field in row]) for row in zip(*columns, strict=True)]
        starts = line_starts(self.body)
        of_row = np.append(self.line_no.to_numpy() - self.first_line, starts.size - 1)
        places = np.asarray(rows, dtype=np.int64)
        begins, ends = starts[of_row[places]].tolist(), starts[of_row[places + 1]].tolist()
        return [
            _as_it_stood(self.body[begin:end]).rstrip("\r\n") for begin, end in zip(begins, ends, strict=True)
        ]


def _as_it_stood(row: bytes) -> str:
    """Return the lines of one row as text, each in its own encoding."""
    try:
        return row.decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(decoded(line)[0] for line in row.split(b"\n"))


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
            top = b"".join(read_line(watched, self.file.name) for _ in range(self._header_row))
            header, _ = split_header(top, self.file.name, self._delimiter, self._header_row)
            line = self._header_row + 1
            while body := self._body(watched):
                counts = Counts.of(body, self._delimiter)
                is_blank = body.isspace() and not body.strip(b"\r\n")
                if not is_blank:
                    yield self._part(header, body, line, counts)
                line += counts.n_line_ends

    def _body(self, watched: Watched) -> bytes:
        """Return the next whole lines; none of them ends inside quotation marks, as far as these are closed."""
        n_left = watched.n_left
        if n_left is not None and n_left < self._part_bytes:
            # Memory for a whole part would cost more than the rest of a file that is smaller.
            taken: bytes | memoryview = watched.read(n_left + 1)
            if len(taken) <= n_left:
                return bytes(taken)
            taken = b"".join((taken, watched.read(self._part_bytes)))
        else:
            n_bytes = watched.readinto(self._buffer)
            if n_bytes < self._part_bytes:
                return bytes(self._buffer[:n_bytes])
            taken = self._buffer
        # More may come: of a part that is full, and of a file that holds more than it told.
        body = b"".join((taken, read_line(watched, self.file.name)))
        if b'"' in body and body.count(b'"') % 2:
            more = [body]
            for _ in range(MOST_LINES):
                more.append(read_line(watched, self.file.name))
                if more[-1].count(b'"') % 2 or not more[-1]:
                    break
            body = b"".join(more)
        return body

    @cached_property
    def _buffer(self) -> memoryview:
        # Not a bytearray, which is filled with noughts first.
        return np.empty(self._part_bytes, dtype=np.uint8).data

    def _part(self, header: Sequence[str], body: bytes, first_line: int, counts: Counts) -> Part:
        is_cut = not body.endswith(b"\n")
        n_lines = counts.n_line_ends + is_cut
        readable, n_recoded = (body, 0) if counts.is_ascii else as_utf8(body)
        in_it = Counts.of(readable, self._delimiter) if n_recoded else counts
        if is_regular(readable, in_it, n_lines, len(header), self._delimiter):
            is_quoted = b'"' in in_it.odd
            text = self._fast(header, readable, is_quoted=is_quoted)
            if text is not None and text.height == n_lines:
                return Part(
                    text,
                    pl.int_range(first_line, first_line + n_lines, eager=True),
                    pl.repeat(value=False, n=n_lines, eager=True),
                    body,
                    first_line,
                    n_recoded=n_recoded,
                    is_cut=is_cut,
                    fields=None if is_quoted else (text, self._delimiter),
                )
        records = read_carefully(readable, len(header), self._delimiter, first_line)
        types = self._types(header)
        return Part(
            pl.DataFrame(
                [
                    pl.Series(name, values, dtype=pl.String()).cast(types[name])
                    for name, values in zip(header, records.columns, strict=True)
                ]
            ),
            pl.Series(records.line_no, dtype=pl.Int64),
            pl.Series(records.misshapen, dtype=pl.Boolean),
            body,
            first_line,
            garbled=pl.Series(records.garbled, dtype=pl.Boolean),
            n_recoded=n_recoded,
            is_cut=is_cut,
        )

    def _types(self, header: Sequence[str]) -> Mapping[str, pl.DataType]:
        return {name: pl.Categorical() if name in self._codes else pl.String() for name in header}

    def _fast(self, header: Sequence[str], body: bytes, *, is_quoted: bool) -> pl.DataFrame | None:
        try:
            text = pl.read_csv(
                body,
                has_header=False,
                schema=dict(self._types(header)),
                separator=self._delimiter,
                quote_char='"' if is_quoted else None,
            )
        except pl.exceptions.PolarsError:
            return None
        if is_quoted:
            text = text.select(
                pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in text.columns
            )
        return text


def read_header(file: SourceFile) -> list[str]:
    """Return the column names of a CSV file.

    Raises
    ------
    BadInput
        If the file is empty or has no header line.
    """
    with file.open() as stream:
        return split_header(read_line(Watched(stream, file), file.name), file.name)[0]


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
    text, _ = decoded(first.rstrip(b"\r"))
    try:
        fields = next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        fields = []
    if not any(fields) or "\x00" in text or len(first) > HEADER_BYTES or raw.startswith((_ZIP, _OLD_EXCEL)):
        what, remedy = _instead(raw)
        raise BadInput(
            Problem(
                "no_header",
                f"the file does not begin with a line of column names{what}",
                file=name,
                row=header_row,
                value=text[:LONGEST_VALUE],
                expected="a CSV file, in UTF-8 or Windows-1252",
                remedy=remedy,
            )
        )
    return named_once(fields), rest


def _instead(raw: bytes) -> tuple[str, str]:
    """Return what a file without a header seems to be, and what to do about it."""
    as_csv = 'Save it again as "CSV UTF-8".'
    is_utf_16 = raw.startswith((b"\xff\xfe", b"\xfe\xff")) or not any(raw[:64:2]) or not any(raw[1:64:2])
    known = (
        (not raw.strip(), "it is empty", "Check that the export ended well."),
        (
            raw.startswith(_ZIP),
            "it is a workbook or an archive",
            "Give it the name it had, which ends in .xlsx or .zip.",
        ),
        (
            raw.startswith(_OLD_EXCEL),
            "it is a workbook of an old Excel, or one with a password",
            "Save it as .xlsx, without a password.",
        ),
        (raw[257:262] == b"ustar", "it is a tar archive", "Unpack it, and import the files in it."),
        (is_utf_16, "it is in UTF-16", as_csv),
        (b"\r" in raw and b"\n" not in raw, "its lines end in carriage returns alone", as_csv),
    )
    found = ((f": {what}", remedy) for is_so, what, remedy in known if is_so)
    return next(found, ("", "Check that this is the file you meant."))


def named_once(fields: Sequence[str | None]) -> list[str]:
    """Return the column names of a header row, each only once."""
    names: list[str] = []
    for number, text in enumerate(fields, start=1):
        name = (text or "").strip() or f"column {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return names


def read_line(watched: Watched, name: str) -> bytes:
    """Return the next line of a file; a file without line breaks is refused (`BadInput`)."""
    line = watched.readline(LINE_END_BYTES)
    if len(line) == LINE_END_BYTES and not line.endswith(b"\n"):
        raise BadInput(
            Problem(
                "no_line_breaks",
                f"{LINE_END_BYTES:,} bytes hold no line break",
                file=name,
                expected="records of one line each",
                remedy="Check that this is the file you meant.",
            )
        )
    return line
