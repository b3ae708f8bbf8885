"""The lens: DuckDB views over the files of the lake that count, for pages, exports and "show the working"."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import duckdb
import polars as pl

from constabulary.store.lake import PARTITION, Files, Lake
from constabulary.store.records import Coverage
from constabulary.tables.contract import Contract, Kind

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


class Lens:
    """Read-only SQL over one state of the lake.

    Parameters
    ----------
    lake
        The lake.
    contracts
        The tables to show, those without rows too.
    extra
        Small frames to show beside them, by name (areas, weights).
    """

    def __init__(
        self, lake: Lake, contracts: Sequence[Contract], extra: Mapping[str, pl.DataFrame] | None = None
    ) -> None:
        self.version = lake.version
        self.imports = lake.imports()
        self._connection = duckdb.connect(":memory:")
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET parquet_metadata_cache = true")
        self._local = threading.local()
        for contract in contracts:
            files = lake.files(contract.name, self.imports)
            self._connection.execute(f'CREATE VIEW "{contract.name}" AS {_view(contract, files)}')
        for name, frame in (extra or {}).items():
            self._fill(name, frame)

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> pl.DataFrame:
        """Run one query; safe to call from several threads."""
        cursor = self._cursor()
        cursor.execute(query, list(parameters))
        names = [column[0] for column in cursor.description]
        kinds = [_polars_type(column[1]) for column in cursor.description]
        return pl.DataFrame(cursor.fetchall(), schema=dict(zip(names, kinds, strict=True)), orient="row")

    def close(self) -> None:
        """Let the files go."""
        self._connection.close()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._local, "cursor"):
            self._local.cursor = self._connection.cursor()
        return self._local.cursor

    def _fill(self, name: str, frame: pl.DataFrame) -> None:
        types = {pl.Float64: "DOUBLE", pl.Int64: "BIGINT", pl.Date: "DATE", pl.Boolean: "BOOLEAN"}
        columns = ", ".join(
            f'"{key}" {types.get(type(kind), "VARCHAR")}' for key, kind in frame.schema.items()
        )
        self._connection.execute(f'CREATE TABLE "{name}" ({columns})')
        if not frame.is_empty():
            marks = ", ".join("?" for _ in frame.columns)
            self._connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', frame.rows())


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _view(contract: Contract, files: Files) -> str:
    columns = ", ".join(f'"{name}"' for name in (PARTITION, *contract.schema))
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
        empty = ", ".join(f'NULL::{SQL_TYPE[column.kind]} AS "{column.name}"' for column in contract.columns)
        parts.append(f"SELECT NULL::VARCHAR AS {PARTITION}, {empty} WHERE false")
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


def _polars_type(kind: Any) -> Any:
    return {
        "VARCHAR": pl.String,
        "DOUBLE": pl.Float64,
        "BIGINT": pl.Int64,
        "INTEGER": pl.Int64,
        "HUGEINT": pl.Int64,
        "DATE": pl.Date,
        "BOOLEAN": pl.Boolean,
        "TIMESTAMP WITH TIME ZONE": pl.Datetime("us", "UTC"),
        "TIMESTAMP": pl.Datetime("us"),
        "SMALLINT": pl.Int64,
        "TINYINT": pl.Int64,
        "UBIGINT": pl.Int64,
    }.get(str(kind))
