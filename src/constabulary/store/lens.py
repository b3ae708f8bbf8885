"""The lens: DuckDB views over the files of the lake that count, for pages, exports and "show the working"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from constabulary.core.errors import (
    BadInput,
    ConstabularyError,
    DiscFull,
    Problem,
    is_disc_full,
)
from constabulary.store.lake import PARTITION, Files, Lake, damaged
from constabulary.store.records import Coverage, ImportRecord
from constabulary.tables.contract import Contract, Kind, Privacy

SQL_TYPE: Mapping[Kind, str] = {
    Kind.TEXT: "VARCHAR",
    Kind.CODE: "VARCHAR",
    Kind.NUMBER: "DOUBLE",
    Kind.WHOLE: "BIGINT",
    Kind.DATE: "DATE",
    Kind.MONTH: "DATE",
    Kind.INSTANT: "TIMESTAMPTZ",
    Kind.TRUTH: "BOOLEAN",
}
RESULT_TYPE: Mapping[str, Any] = {
    **dict.fromkeys(
        ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER"),
        pl.Int64(),
    ),
    "VARCHAR": pl.String(),
    "DATE": pl.Date(),
    "TIMESTAMP WITH TIME ZONE": pl.Datetime("us", "UTC"),
}
"""Polars type by DuckDB's name, where NumPy in between loses it."""
FORMULA = "'=', '+', '-', '@', chr(9), chr(13)"
"""What a spreadsheet takes for the beginning of a formula, as SQL lists it."""
WIDEST = ("HUGEINT", "UHUGEINT")
"""Integers of 128 bits, as sums are."""
YEARS_US = (-62_135_596_800_000_000, 253_402_300_799_999_999)
"""The first and last instant of the years 1 to 9999 (microseconds since 1970)."""
SYNTHETIC = "is_synthetic"
"""Column of every view that tells made-up records from real ones."""


class Lens:
    """Read-only SQL over one state of the lake.

    Queries read the lake's files and nothing else on the machine. Columns classed personal are not there.

    Parameters
    ----------
    lake
        The lake.
    contracts
        The tables to show, those without rows too.
    extra
        Small frames to show beside them, by name (areas, import files).
    writes_to
        A file that `export` may write; none otherwise.
    imports
        The imports to show, all when None; given one alone, its rows show whatever has superseded them since.
    """

    def __init__(
        self,
        lake: Lake,
        contracts: Sequence[Contract],
        extra: Mapping[str, pl.DataFrame] | None = None,
        writes_to: Path | None = None,
        imports: Sequence[ImportRecord] | None = None,
    ) -> None:
        self.version = lake.version
        self.imports = tuple(lake.imports() if imports is None else imports)
        self._lake = lake
        self._tables = tuple(contract.name for contract in contracts)
        self._connection = duckdb.connect(":memory:")
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET parquet_metadata_cache = true")
        for contract in contracts:
            files = lake.files(contract.name, self.imports)
            try:
                self._connection.execute(
                    f'CREATE VIEW "{contract.name}" AS {_view(contract, files, self.imports)}'
                )
            except duckdb.OutOfMemoryException:
                raise
            except duckdb.Error as error:
                # The statement is ours: what it fails on is a file that it looks into.
                raise damaged(lake, contract.name) from error
        for name, frame in (extra or {}).items():
            self._fill(name, frame)
        self._shut(lake, writes_to)

    def sql(self, query: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        """Run one query; safe to call from several threads."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(query, list(parameters))
            kinds = [str(column[1]) for column in cursor.description]
            columns = cursor.fetchnumpy().items()
            return pl.DataFrame(
                [_series(name, values, kind) for (name, values), kind in zip(columns, kinds, strict=True)]
            )
        except duckdb.Error as error:
            self._tell_damage(error, query)
            raise
        finally:
            cursor.close()

    def ask(self, query: str, limit: int | None = None) -> pl.DataFrame:
        """Run a query that a person wrote.

        Parameters
        ----------
        query
            One SELECT.
        limit
            The most rows to return; all when None.

        Raises
        ------
        BadInput
            If it is not one SELECT, or DuckDB cannot run it; the message is DuckDB's. If an instant of the answer
            does not lie in the years 1 to 9999, which are all that Python knows.
        """
        self._judge(query)
        text = query.strip().rstrip(";")
        cursor = self._connection.cursor()
        try:
            text, wide = _with_texts(text, cursor)
            found = self.sql(text if limit is None else f"SELECT * FROM ({text}\n) LIMIT {int(limit)}")
        except duckdb.Error as error:
            raise _unanswered(error) from None
        finally:
            cursor.close()
        _in_years(found)
        found = found.with_columns(_narrow(found.to_series(place)) for place in wide)
        # Files and JSON know no lengths of time but as text: ISO 8601.
        return found.with_columns(pl.selectors.duration().dt.to_string("iso"))

    def export(self, query: str, path: Path, form: str, *, is_made_up: bool = False) -> int:
        """Write what a SELECT returns to the file named when the lens was opened, and return the number of rows.

        However many rows, memory stays small.

        Parameters
        ----------
        query
            One SELECT.
        path
            The file; none of that name may be there.
        form
            ``parquet``, or ``csv``: with an apostrophe before a text that a spreadsheet would run as a formula, and
            instants with their offset from UTC.
        is_made_up
            Whether made-up records are among those asked; each row then says so, where no column does already.

        Raises
        ------
        BadInput
            As `ask`.
        """
        self._judge(query)
        how = "FORMAT parquet, COMPRESSION zstd" if form == "parquet" else "FORMAT csv, HEADER"
        text = query.strip().rstrip(";")
        cursor = self._connection.cursor()
        try:
            if is_made_up and SYNTHETIC not in dict(_columns(text, cursor)):
                text = f"SELECT *, true AS {SYNTHETIC} FROM ({text}\n)"
            if form != "parquet":
                text = _for_csv(text, cursor)
            cursor.execute(f"COPY ({text}\n) TO {quoted(str(path))} ({how})")
            return int(cursor.fetchall()[0][0])
        except duckdb.Error as error:
            self._tell_damage(error, query)
            raise _unanswered(error) from None
        finally:
            cursor.close()

    def _tell_damage(self, error: duckdb.Error, query: str) -> None:
        """Raise what people are told where the error is about a file of the lake and not about the query."""
        # What stops the reader of Parquet has no class of its own and seldom names the file.
        is_of_reader = type(error) is duckdb.Error
        if not is_of_reader and not isinstance(error, duckdb.IOException | duckdb.InvalidInputException):
            return
        if found := re.search(rf"(\w+)[/\\]{PARTITION}=", str(error)):
            raise damaged(self._lake, found[1]) from error
        asked = [name for name in self._tables if re.search(rf"\b{name}\b", query)]
        if is_of_reader and asked and not is_disc_full(error):
            raise damaged(self._lake, " or ".join(asked)) from error

    def close(self) -> None:
        """Let the files go."""
        self._connection.close()

    def _judge(self, query: str) -> None:
        try:
            statements = duckdb.extract_statements(query)
        except duckdb.Error as error:
            raise _unanswered(error) from None
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise BadInput(
                Problem(
                    "not_a_select",
                    "the query does not only read.",
                    expected="one SELECT",
                    remedy="Nothing is ever changed here. To see the tables: SELECT view_name FROM duckdb_views().",
                )
            )

    def _shut(self, lake: Lake, writes_to: Path | None) -> None:
        self._connection.execute(f"SET allowed_directories = [{quoted(str(lake.path))}]")
        if writes_to is not None:
            self._connection.execute(f"SET allowed_paths = [{quoted(str(writes_to))}]")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def _fill(self, name: str, frame: pl.DataFrame) -> None:
        types = {
            pl.Float64: "DOUBLE",
            pl.Int64: "BIGINT",
            pl.Date: "DATE",
            pl.Boolean: "BOOLEAN",
            pl.Datetime: "TIMESTAMPTZ",
        }
        columns = ", ".join(
            f'"{key}" {types.get(type(kind), "VARCHAR")}' for key, kind in frame.schema.items()
        )
        self._connection.execute(f'CREATE TABLE "{name}" ({columns})')
        if not frame.is_empty():
            marks = "(" + ", ".join("?" for _ in frame.columns) + ")"
            for part in frame.iter_slices(500):
                values = [value for row in part.rows() for value in row]
                self._connection.execute(
                    f'INSERT INTO "{name}" VALUES {", ".join([marks] * part.height)}', values
                )


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def named(text: str) -> str:
    """Return a name, of a column or table, as SQL writes it."""
    return '"' + text.replace('"', '""') + '"'


def _for_csv(query: str, cursor: duckdb.DuckDBPyConnection) -> str:
    columns = []
    for column, kind in _columns(query, cursor):
        name = named(column)
        if kind == "VARCHAR":
            text = f"CASE WHEN left({name}, 1) IN ({FORMULA}) THEN concat(chr(39), {name}) ELSE {name} END"
        elif kind == "TIMESTAMP WITH TIME ZONE":
            text = _instant(name)
        else:
            text = name
        columns.append(f"{text} AS {name}")
    return f"SELECT {', '.join(columns)} FROM ({query}\n)"


def _with_texts(query: str, cursor: duckdb.DuckDBPyConnection) -> tuple[str, list[int]]:
    """Return a SELECT that gives as text what NumPy, in between, does not hold, and the places of widest integers."""
    columns = _columns(query, cursor)
    wide = [place for place, (_, kind) in enumerate(columns) if kind in WIDEST]
    if not wide and not any(map(_is_nested, (kind for _, kind in columns))):
        return query, []
    told = []
    for place, (column, kind) in enumerate(columns):
        name = f"c{place}"
        if kind == "TIMESTAMP WITH TIME ZONE[]":
            text = f"CAST([{_instant('one')} FOR one IN {name}] AS VARCHAR)"
        else:
            text = f"CAST({name} AS VARCHAR)" if kind in WIDEST or _is_nested(kind) else name
        told.append(f"{text} AS {named(column)}")
    names = ", ".join(f"c{place}" for place in range(len(columns)))
    return f"SELECT {', '.join(told)} FROM ({query}\n) AS asked({names})", wide


def _is_nested(kind: str) -> bool:
    return kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION"))


def _narrow(text: pl.Series) -> pl.Series:
    """Return integers that came as text as numbers where 64 bits hold them all, else as they are."""
    whole = text.cast(pl.Int64, strict=False)
    return whole if whole.null_count() == text.null_count() else text


def _instant(name: str) -> str:
    """Return what writes an instant as ISO 8601 with its offset from UTC."""
    told = f"replace(strftime({name}, '%Y-%m-%dT%H:%M:%S.%f'), '.000000', '') || '+00:00'"
    return f"CASE WHEN isfinite({name}) THEN {told} ELSE CAST({name} AS VARCHAR) END"


def _columns(query: str, cursor: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return name and type of each column that a SELECT returns."""
    cursor.execute(f"DESCRIBE {query}")
    return [(column, kind) for column, kind, *_ in cursor.fetchall()]


def _view(contract: Contract, files: Files, imports: Sequence[ImportRecord]) -> str:
    shown = [column for column in contract.columns if column.privacy is not Privacy.PERSONAL]
    columns = ", ".join(map(named, (PARTITION, *(column.name for column in shown))))
    made_up = [record.import_id for record in imports if record.is_live and record.is_synthetic]
    columns += (
        f", {PARTITION} IN ({', '.join(map(quoted, made_up))}) AS {SYNTHETIC}"
        if made_up
        else f", false AS {SYNTHETIC}"
    )
    parts = []
    if files.whole:
        parts.append(f"SELECT {columns} FROM {_read(files.whole)}")
    if files.partly:
        replaced = " OR ".join(
            f"({PARTITION} = {quoted(import_id)} AND {contract.scope} = {quoted(part.scope)}"
            f" AND {contract.period} BETWEEN DATE '{part.from_on}' AND DATE '{part.to_on}')"
            for import_id, coverage in files.superseded.items()
            for part in _joined(coverage)
        )
        parts.append(f"SELECT {columns} FROM {_read(files.partly)} WHERE NOT ({replaced})")
    if not parts:
        empty = ", ".join(f'NULL::{SQL_TYPE[column.kind]} AS "{column.name}"' for column in shown)
        parts.append(f"SELECT NULL::VARCHAR AS {PARTITION}, {empty}, false AS {SYNTHETIC} WHERE false")
    return " UNION ALL ".join(parts)


def _joined(coverage: Sequence[Coverage]) -> list[Coverage]:
    """Return the same stretches with neighbours made one, so that the SQL stays short."""
    joined: list[Coverage] = []
    for part in sorted(coverage, key=lambda part: (part.scope, part.from_on)):
        if joined and joined[-1].scope == part.scope and part.from_on <= joined[-1].to_on + timedelta(days=1):
            joined[-1] = replace(joined[-1], to_on=max(part.to_on, joined[-1].to_on))
        else:
            joined.append(part)
    return joined


def _read(paths: Sequence[str]) -> str:
    listed = ", ".join(quoted(path) for path in paths)
    return f"read_parquet([{listed}], hive_partitioning = true, hive_types = {{'{PARTITION}': VARCHAR}})"


def _unanswered(error: duckdb.Error) -> ConstabularyError:
    if is_disc_full(error):
        return DiscFull(
            Problem("disc_full", "the disc is full", remedy="Free some room and call the same command again.")
        )
    return BadInput(
        Problem(
            "query_failed",
            f"the query could not be run: {str(error).strip()}",
            expected="SQL as DuckDB reads it",
            remedy='A column whose name is a word of SQL stands in double quotes: SELECT "at" FROM pings.'
            if isinstance(error, duckdb.ParserException)
            else None,
        )
    )


def _in_years(found: pl.DataFrame) -> None:
    for name, kind in found.schema.items():
        if kind in (pl.Date, pl.Datetime):
            instants = found[name].cast(pl.Datetime("us")).cast(pl.Int64)
            if not instants.is_between(*YEARS_US).fill_null(value=True).all():
                raise BadInput(
                    Problem(
                        "no_such_year",
                        f'"{name}" holds an instant, infinite perhaps, that cannot be shown.',
                        expected="years from 1 to 9999",
                        remedy="Leave it out (WHERE isfinite(...)), or have it as text: CAST(... AS VARCHAR).",
                    )
                )


def _series(name: str, values: Any, kind: str) -> pl.Series:
    """Return one column of a result; DuckDB's own hand-over to Polars needs pyarrow or leaves its streams open."""
    is_empty = np.ma.getmaskarray(values) if np.ma.isMaskedArray(values) else None
    plain = np.ma.getdata(values)
    if plain.dtype == object:
        text = [
            None if value is None else value if isinstance(value, str) else str(value)
            for value in plain.tolist()
        ]
        series = pl.Series(name, text, dtype=pl.String)
    else:
        series = pl.Series(name, plain)
    if is_empty is not None and is_empty.any():
        series = series.set(pl.Series(is_empty), None)
    return series.cast(RESULT_TYPE[kind]) if kind in RESULT_TYPE else series
