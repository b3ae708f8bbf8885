"""Cells marked for spreadsheets: refused rows that we handed out to be mended, and values kept as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.sources.csv_bytes import as_utf8
from constabulary.sources.csv_careful import read_carefully
from constabulary.sources.csv_parts import Part, split_header
from constabulary.sources.files import SourceFile, Watched
from constabulary.tables.check import Failure

MENDED = ("refused_by_import", "refused_from_file", "reasons")
"""Columns that our export of refused rows adds, so that mended rows find their way back."""
_DIGITS = 6
"""Digits of the number of an import."""
_MARKED = r"""^\s*(?:'(\d[\d\s.,:/T+-]*)|=\"(.*)\")\s*$"""
SAMPLE_BYTES = 256 * 1024
"""How much of a file is looked at to tell what it is (bytes)."""


def mended_import(file: SourceFile) -> str | None:
    """Return the import whose refused rows a CSV file holds, mended; None for a file that is no such export.

    Raises
    ------
    BadInput
        As `first_mended`.
    """
    with file.open() as stream:
        raw = Watched(stream, file).read(SAMPLE_BYTES)
    header, rest = split_header(raw, file.name)
    return first_mended(header, rest, ",", file.name) if MENDED[0] in header else None


def first_mended(header: Sequence[str], rows: bytes, delimiter: str, name: str) -> str | None:
    """Return the import that the first rows of a file say they mend; None where there are no rows.

    Parameters
    ----------
    header
        Its column names.
    rows
        The beginning of what stands below.
    delimiter
        What stands between two fields.
    name
        What people call the file.

    Raises
    ------
    BadInput
        If there are rows and none says it: taken in as a file of its own, they would replace what they belong to.
    """
    records = read_carefully(as_utf8(rows)[0], len(header), delimiter, 2)
    return the_first(records.columns[header.index(MENDED[0])], name)


def the_first(marks: Sequence[str | None], name: str) -> str | None:
    """Return the first import named in the column of marks; `BadInput` as for `first_mended`."""
    found = next((mark.strip() for mark in marks if mark and mark.strip()), None)
    if found is None and marks:
        raise BadInput(
            Problem(
                "mends_no_import",
                "the file has the columns of mended rows, and no row says which import it mends",
                file=name,
                column=MENDED[0],
                expected="the number of the import that refused the rows, as it was handed out",
                remedy="Hand the refused rows out again and leave these columns as they are: constabulary refused "
                "export.",
            )
        )
    # A spreadsheet takes the number for one and drops its noughts.
    number = re.fullmatch(r"(\d+)(?:\.0+)?", found or "")
    return number[1].zfill(_DIGITS) if number else found


def disarmed(text: str) -> str:
    """Return a cell with an apostrophe before it if a spreadsheet would run it as a formula.

    Examples
    --------
    >>> disarmed("=1+1"), disarmed("-0.25"), disarmed("'@home")
    ("'=1+1", '-0.25', "''@home")
    """
    is_run = re.match(r"'*[=+\-@\t\r]", text) and not re.fullmatch(r"[+-]?\d*\.?\d+", text)
    return f"'{text}" if is_run else text


def as_it_was(part: Part, mends: str) -> Part:
    """Take away the apostrophes that `disarmed` put before cells, and refuse rows that mend another import.

    Parameters
    ----------
    part
        Rows of a file of mended ones.
    mends
        The import that its first row mends.
    """
    armed = [
        part.text[name].cast(pl.String).str.replace(r"^'('*[=+\-@\t\r])", "${1}").cast(kind).alias(name)
        for name, kind in part.text.schema.items()
    ]
    mark = part.text[MENDED[0]].cast(pl.String).fill_null("")
    is_other = mark.str.strip_chars().str.replace(r"\.0+$", "").str.zfill(_DIGITS) != mends
    other = Failure("mends_another_import", MENDED[0], is_other, f"{mends} in every row of the file")
    return replace(part, text=part.text.with_columns(armed), failures=[*part.failures, other])


def unmarked(part: Part, delimiter: str) -> Part:
    """Take away the marks by which exports keep a spreadsheet from reading a value its own way: '0123 and ="0123".

    An apostrophe is a mark only before what could be read otherwise, a number, a date or a clock time.

    Parameters
    ----------
    part
        Rows of a CSV file.
    delimiter
        What stands between two fields.
    """
    begins = (b"\n", delimiter.encode(), delimiter.encode() + b'"')
    is_marked = b'="' in part.body or part.body[:1] == b"'" or any(one + b"'" in part.body for one in begins)
    if not is_marked:
        return part
    plain = [
        part.text[name].cast(pl.String).str.replace(_MARKED, "${1}${2}").cast(kind).alias(name)
        for name, kind in part.text.schema.items()
    ]
    return replace(part, text=part.text.with_columns(plain))
