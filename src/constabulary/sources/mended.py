"""Refused rows that we handed out to be mended: their marks, and cells that a spreadsheet runs no formula from."""

from __future__ import annotations

import csv
import re
from dataclasses import replace

import polars as pl

from constabulary.sources.csv_bytes import decoded
from constabulary.sources.csv_parts import Part, read_line, split_header
from constabulary.sources.files import SourceFile, Watched

MENDED = ("refused_by_import", "refused_from_file", "reasons")
"""Columns that our export of refused rows adds, so that mended rows find their way back."""


def mended_import(file: SourceFile) -> str | None:
    """Return the import whose refused rows a file holds, mended; None for a file that is no such export."""
    with file.open() as stream:
        watched = Watched(stream, file)
        header, _ = split_header(read_line(watched, file.name), file.name)
        if MENDED[0] not in header:
            return None
        rows = csv.DictReader(iter(lambda: decoded(read_line(watched, file.name))[0], ""), fieldnames=header)
        return next((row[MENDED[0]] for row in rows if row.get(MENDED[0])), None)


def disarmed(text: str) -> str:
    """Return a cell with an apostrophe before it if a spreadsheet would run it as a formula.

    Examples
    --------
    >>> disarmed("=1+1"), disarmed("-0.25"), disarmed("'@home")
    ("'=1+1", '-0.25', "''@home")
    """
    is_run = re.match(r"'*[=+\-@\t\r]", text) and not re.fullmatch(r"[+-]?\d*\.?\d+", text)
    return f"'{text}" if is_run else text


def as_it_was(part: Part) -> Part:
    """Take away the apostrophes that `disarmed` put before cells."""
    armed = [
        part.text[name].cast(pl.String).str.replace(r"^'('*[=+\-@\t\r])", "${1}").cast(kind).alias(name)
        for name, kind in part.text.schema.items()
    ]
    return replace(part, text=part.text.with_columns(armed))
