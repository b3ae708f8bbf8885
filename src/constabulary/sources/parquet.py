"""A Parquet file read in parts, every value as the text that a CSV file would hold, so that one mapping serves both."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.sources.csv_parts import Part
from constabulary.sources.files import SourceFile

PART_ROWS = 500_000
"""Rows of a part; what an import holds in memory follows from it."""
ENDINGS = (".parquet",)
YEARS_DAYS = (-719_162, 2_932_896)
"""The first and last day of the years 1 to 9999, in days since 1970 began."""
UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
"""What Polars raises at a damaged file; a panic is no `Exception`."""


class ParquetPart(Part):
    """A stretch of rows of a Parquet file; a row's line is its values as CSV."""

    def lines(self, rows: Sequence[int]) -> list[str]:
        """Return rows as CSV."""
        return [_as_csv(self.text.row(row)) for row in rows]


class ParquetFile:
    """One Parquet file, read once from start to end.

    Instants come as text in UTC with their offset, clock times without a zone as they stand, numbers with every digit
    they need. Columns of lists, structures and bytes are passed over.

    Parameters
    ----------
    file
        The file.
    """

    def __init__(self, file: SourceFile) -> None:
        self.file = file

    @cached_property
    def _rows(self) -> pl.LazyFrame:
        """The rows, not read yet.

        Raises
        ------
        BadInput
            If the file is no Parquet.
        """
        try:
            if self.file.member is None and self.file.path.suffix.lower() in ENDINGS:
                source: Path | io.BytesIO = self.file.path
            else:
                with self.file.open() as stream:
                    source = io.BytesIO(stream.read())
            rows = pl.scan_parquet(source, glob=False, hive_partitioning=False)
            schema = rows.collect_schema()
        except UNREADABLE as error:
            words = "cannot be read as Parquet: its end, which says what it holds, is damaged or missing"
            raise self._wrong("not_parquet", words) from error
        return rows.select(_text(name, kind) for name, kind in schema.items() if _is_plain(kind))

    def header(self) -> tuple[str, ...]:
        """Return the column names."""
        return tuple(self._rows.collect_schema().names())

    def parts(self) -> Iterator[Part]:
        """Yield the rows in parts; row 2 is the first, as below a header.

        Raises
        ------
        BadInput
            If the file is damaged.
        """
        n_rows = self._collected(self._rows.select(pl.len()), 0).item()
        for first in range(0, n_rows, PART_ROWS):
            text = self._collected(self._rows.slice(first, PART_ROWS), first)
            if text.height != min(PART_ROWS, n_rows - first):
                raise self._damaged("it holds another number of rows than it says")
            numbers = pl.int_range(first + 2, first + 2 + text.height, eager=True)
            misshapen = pl.repeat(value=False, n=text.height, eager=True)
            yield ParquetPart(text, numbers, misshapen, body=b"", first_line=first + 2)

    def _collected(self, rows: pl.LazyFrame, first: int) -> pl.DataFrame:
        """Return rows, the first of them counted from 0; `BadInput` says which columns cannot be read."""
        try:
            return rows.collect()
        except UNREADABLE as error:
            broken = [f'"{name}"' for name in self.header() if not _can_be_read(rows, name)]
            where = f"column {', '.join(broken)}" if broken else "its rows"
            raise self._damaged(f"{where} cannot be read from row {first + 2:,} on") from error

    def _damaged(self, what: str) -> BadInput:
        return self._wrong("damaged_parquet", f"is damaged: {what}")

    def _wrong(self, rule: str, what: str) -> BadInput:
        return BadInput(
            Problem(
                rule,
                f"the file {what}.",
                file=self.file.name,
                expected="a whole Parquet file",
                remedy="Fetch or export it again; nothing of it was kept.",
            )
        )


def is_parquet(file: SourceFile) -> bool:
    """Whether a file is a Parquet file by its name."""
    return file.published_name.lower().endswith(ENDINGS)


def _is_plain(kind: pl.DataType) -> bool:
    return not (kind.is_nested() or kind in (pl.Binary, pl.Object, pl.Duration))


def _can_be_read(rows: pl.LazyFrame, name: str) -> bool:
    try:
        rows.select(name).collect()
    except UNREADABLE:
        return False
    return True


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        second = {"ms": 10**3, "us": 10**6, "ns": 10**9}[kind.time_unit]
        clock = "%Y-%m-%dT%H:%M:%S%.f"
        if kind.time_zone is None:
            return _in_years(column, 86_400 * second, clock)
        return _in_years(column.dt.convert_time_zone("UTC"), 86_400 * second, clock + "+00:00")
    return _in_years(column, 1, "%Y-%m-%d") if kind == pl.Date else column.cast(pl.String)


def _in_years(column: pl.Expr, day: int, form: str) -> pl.Expr:
    """Write what lies in the years 1 to 9999 as a date or time, and all else as a number: Polars cannot write it."""
    counted = column.to_physical()
    is_told = (counted.cast(pl.Int64) // day).is_between(*YEARS_DAYS)
    written = pl.when(is_told).then(column).dt.strftime(form)
    return pl.coalesce(written, counted.cast(pl.String)).alias(column.meta.output_name())


def _as_csv(values: Sequence[str | None]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values)
    return out.getvalue()
