"""Lines of CSV read one record at a time, so that a damaged line costs itself and never its neighbours."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LONGEST_LINE = 64 * 1024
"""Bytes of a line beyond which it is no record; field sizes Python's csv module reads are twice that."""
MOST_LINES = 100
"""Lines that one record may run over, inside quotation marks."""


@dataclass
class Records:
    """Records by column, each with the line it begins on.

    Parameters
    ----------
    columns
        The fields by column, empty ones None; None in every column of a misshapen record.
    line_no
        The line each record begins on.
    misshapen
        Truth per record: it has another number of fields than the header, or is garbled.
    garbled
        Truth per record: its line cannot be told apart into fields.
    """

    columns: list[list[str | None]]
    line_no: list[int] = field(default_factory=list)
    misshapen: list[bool] = field(default_factory=list)
    garbled: list[bool] = field(default_factory=list)


def read_carefully(body: bytes, n_columns: int, delimiter: str, first_line: int) -> Records:
    """Read records from whole lines of UTF-8.

    A quotation mark that opens a field and is not closed as CSV has it garbles its own line; reading goes on with the
    next. Blank lines are passed over.

    Parameters
    ----------
    body
        The lines.
    n_columns
        Number of fields the header has.
    delimiter
        What stands between two fields.
    first_line
        The number of the first line.
    """
    records = Records([[] for _ in range(n_columns)])
    empty: list[str | None] = [None] * n_columns
    lines = body.split(b"\n")
    at = 0
    while at < len(lines):
        n_lines, fields = _record(lines, at, delimiter)
        is_misshapen = fields is None or len(fields) != n_columns
        if fields != []:
            row = empty if fields is None or is_misshapen else [value or None for value in fields]
            for column, value in zip(records.columns, row, strict=True):
                column.append(value)
            records.line_no.append(first_line + at)
            records.misshapen.append(is_misshapen)
            records.garbled.append(fields is None)
        at += n_lines
    return records


def _record(lines: Sequence[bytes], at: int, delimiter: str) -> tuple[int, list[str] | None]:
    """Return how many lines a record takes and its fields: none for a blank line, None for a garbled one."""
    line = lines[at].removesuffix(b"\r")
    if not line:
        return 1, []
    if len(line) > LONGEST_LINE or b"\x00" in line or (b"\r" in line and b'"' not in line):
        return 1, None
    if b'"' not in line:
        return 1, line.decode().split(delimiter)
    reader = csv.reader(_texts(lines, at), delimiter=delimiter, strict=True)
    try:
        fields = next(reader)
    except csv.Error:
        return 1, None
    is_garbled = any("\x00" in value for value in fields)
    return reader.line_num, None if is_garbled else fields


def _texts(lines: Sequence[bytes], at: int) -> Iterator[str]:
    # Not by `islice`, which walks there from the first line each time.
    for number in range(at, min(at + MOST_LINES, len(lines))):
        yield lines[number].decode() + "\n"
