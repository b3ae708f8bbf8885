"""Tables as files: CSV, Parquet and Excel, with their notes, safe to open in a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import polars as pl
import xlsxwriter

from constabulary.core.errors import BadInput, Problem

FORMATS = ("csv", "parquet", "xlsx")
"""What a table can be written as."""
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 (a workbook knows no time zone)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(frame: pl.DataFrame, form: str, notes: Sequence[str] = ()) -> bytes:
    """Return a table as the bytes of a file.

    Parameters
    ----------
    frame
        The table.
    form
        ``csv``, ``parquet`` or ``xlsx``.
    notes
        What a reader must know (synthetic records, attribution, source); on a sheet of their own in Excel, in the
        file's metadata in Parquet. A CSV has no place for notes: whoever hands it out says them beside it, and of
        figures of synthetic records in their rows, see `marked`.

    Raises
    ------
    BadInput
        If the format is none of the three.
    """
    match form:
        case "csv":
            return csv_text(_guarded(frame)).encode("utf-8")
        case "parquet":
            out = io.BytesIO()
            frame.write_parquet(out, metadata={"notes": "\n".join(notes)})
            return out.getvalue()
        case "xlsx":
            return _workbook(frame, notes)
    raise BadInput(Problem("no_such_format", f'"{form}" is no format of ours', expected=", ".join(FORMATS)))


def marked(frame: pl.DataFrame, *, is_synthetic: bool) -> pl.DataFrame:
    """Return a table of figures with a column that says of each row whether it rests on made-up records.

    Parameters
    ----------
    frame
        The figures.
    is_synthetic
        Whether any of the records they rest on are made up.
    """
    return frame.with_columns(is_synthetic=pl.lit(is_synthetic))


def csv_text(frame: pl.DataFrame) -> str:
    """Return a table as CSV, instants with their offset from UTC: 2024-10-27T01:30:00+00:00."""
    return frame.with_columns(
        pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.f%:z")
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Datetime) and kind.time_zone
    ).write_csv()


def _guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before a text that a spreadsheet would run as a formula."""
    return frame.with_columns(
        pl.when(pl.col(name).cast(pl.String).str.slice(0, 1).is_in(_FORMULA))
        .then("'" + pl.col(name).cast(pl.String))
        .otherwise(pl.col(name).cast(pl.String))
        .alias(name)
        for name, kind in frame.schema.items()
        if kind in (pl.String, pl.Categorical)
    )


def _workbook(frame: pl.DataFrame, notes: Sequence[str]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "remove_timezone": True}
    ) as book:
        # The creation time is the one thing that would differ between two writings of the same table.
        book.set_properties({"created": _EPOCH})
        plain = frame.with_columns(
            pl.col(name).dt.replace_time_zone(None)
            for name, kind in frame.schema.items()
            if kind == pl.Datetime("us", "UTC")
        )
        plain.write_excel(book, worksheet="Table", autofit=True, table_style=None)
        if notes:
            sheet = book.add_worksheet("Notes")
            sheet.set_column(0, 0, 100)
            for row, note in enumerate(notes):
                sheet.write_string(row, 0, note)
    return out.getvalue()
