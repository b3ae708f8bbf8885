"""A Parquet file read in parts, every value as the text that a CSV file would hold, so that one mapping serves both."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from functools import cached_property

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.sources.csv_parts import Part
from constabulary.sources.files import SourceFile

PART_ROWS = 500_000
"""Rows of a part; what an import holds in memory follows from it."""
ENDINGS = (".parquet",)


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
                rows = pl.scan_parquet(self.file.path, glob=False, hive_partitioning=False)
            else:
                with self.file.open() as stream:
                    rows = pl.read_parquet(io.BytesIO(stream.read())).lazy()
            schema = rows.collect_schema()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise BadInput(
                Problem(
                    "not_parquet",
                    f"the file cannot be read as Parquet ({str(error).splitlines()[0]}).",
                    file=self.file.name,
                    expected="a whole Parquet file",
                    remedy="Fetch or export it again; nothing of it was kept.",
                )
            ) from error
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
        try:
            n_rows = self._rows.select(pl.len()).collect().item()
            for first in range(0, n_rows, PART_ROWS):
                text = self._rows.slice(first, PART_ROWS).collect()
                numbers = pl.int_range(first + 2, first + 2 + text.height, eager=True)
                misshapen = pl.repeat(value=False, n=text.height, eager=True)
                yield ParquetPart(text, numbers, misshapen, body=b"", first_line=first + 2)
        except pl.exceptions.PolarsError as error:
            raise BadInput(
                Problem(
                    "damaged_parquet",
                    f"the file is damaged ({str(error).splitlines()[0]}).",
                    file=self.file.name,
                    expected="a whole Parquet file",
                    remedy="Fetch or export it again; nothing of it was kept.",
                )
            ) from error


def is_parquet(file: SourceFile) -> bool:
    """Whether a file is a Parquet file by its name."""
    return file.published_name.lower().endswith(ENDINGS)


def _is_plain(kind: pl.DataType) -> bool:
    return not (kind.is_nested() or kind in (pl.Binary, pl.Object, pl.Duration))


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        form = "%Y-%m-%dT%H:%M:%S%.f"
        if kind.time_zone is None:
            return column.dt.strftime(form)
        return column.dt.convert_time_zone("UTC").dt.strftime(form + "+00:00")
    return column.cast(pl.String)


def _as_csv(values: Sequence[str | None]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values)
    return out.getvalue()
