"""How a supplier's file is laid out: its delimiter, header row and columns, and whether it is mended rows of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from constabulary.sources.csv_parts import CsvFile, Part, named_once, split_header
from constabulary.sources.files import SourceFile, Watched
from constabulary.sources.mended import MENDED, SAMPLE_BYTES, as_it_was, first_mended, the_first, unmarked
from constabulary.sources.parquet import ParquetFile, is_parquet
from constabulary.sources.xlsx import Sheet, is_workbook

DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR = re.compile(rb"""(?:\xef\xbb\xbf)?"?sep=([,;|\t])"?[ ,;\t]*\r?\n""", re.IGNORECASE)
"""A first line by which Excel is told the delimiter."""


@dataclass(frozen=True)
class Layout:
    """A file ready to be read.

    Parameters
    ----------
    header
        Its column names.
    delimiter
        What stands between fields; a comma for sheets, whose lines are kept as CSV.
    header_row
        The row of the column names, from 1.
    mends
        The import whose refused rows it holds, mended; None for any other file.
    parts
        Reads it, given the columns to hold as categories.
    """

    header: tuple[str, ...]
    delimiter: str
    header_row: int
    mends: str | None
    parts: Callable[[Sequence[str]], Iterator[Part]]


def read_layout(
    file: SourceFile, delimiter: str | None = None, header_row: int | None = None, sheet: str | None = None
) -> Layout:
    """Tell how a CSV file or workbook is laid out.

    Mended rows have our own layout: header in the first row, whatever the mapping says of the supplier's files.

    Parameters
    ----------
    file
        The file.
    delimiter, header_row, sheet
        As the mapping has them; None is worked out.

    Raises
    ------
    BadInput
        If the file is damaged or has no header.
    """
    if is_parquet(file):
        rows = ParquetFile(file)
        return Layout(rows.header(), ",", 1, None, lambda _codes: rows.parts())
    return _of_sheet(file, sheet, header_row) if is_workbook(file) else _of_csv(file, delimiter, header_row)


def _of_csv(file: SourceFile, delimiter: str | None, header_row: int | None) -> Layout:
    with file.open() as stream:
        raw = Watched(stream, file).read(SAMPLE_BYTES)
    for mark in DELIMITERS:
        header, rest = split_header(raw, file.name, mark)
        if MENDED[0] in header:
            return _csv_layout(file, header, mark, 1, first_mended(header, rest, mark, file.name))
    said = _SEPARATOR.match(raw)
    number = header_row or (2 if said else 1)
    headers = {
        mark: split_header(raw, file.name, mark, number)[0]
        for mark in ([delimiter] if delimiter else [said[1].decode()] if said else DELIMITERS)
    }
    mark = max(headers, key=lambda one: len(headers[one]))
    return _csv_layout(file, headers[mark], mark, number, None)


def _csv_layout(
    file: SourceFile, header: Sequence[str], delimiter: str, header_row: int, mends: str | None
) -> Layout:
    def parts(codes: Sequence[str]) -> Iterator[Part]:
        found = CsvFile(file, codes, delimiter=delimiter, header_row=header_row).parts()
        return (unmarked(as_it_was(part, mends) if mends else part, delimiter) for part in found)

    return Layout(tuple(header), delimiter, header_row, mends, parts)


def _of_sheet(file: SourceFile, name: str | None, header_row: int | None) -> Layout:
    sheet = Sheet(file, name)
    first = named_once(sheet.cells.row(0)) if sheet.cells.height else []
    if MENDED[0] in first:
        number = 1
        mends = the_first(sheet.cells.to_series(first.index(MENDED[0])).slice(1).to_list(), file.name)
    else:
        number, mends = header_row or 1, None

    def parts(_codes: Sequence[str]) -> Iterator[Part]:
        return (as_it_was(part, mends) for part in sheet.parts(number)) if mends else sheet.parts(number)

    return Layout(tuple(sheet.header(number)), ",", number, mends, parts)
