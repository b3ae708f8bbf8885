"""Shows the working of a figure: the SQL that was run, the rows behind it, the files and imports they came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

import polars as pl

from constabulary.core.answers import StampedAnswer, Value, Written, words_of, written
from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.provenance import Stamp
from constabulary.demand.filters import Filters
from constabulary.services.demand.figure import ANY, SCHEMA
from constabulary.services.demand.picture import FIGURES
from constabulary.services.workspace.lens import Asked, View, noting, open_lens, view_of
from constabulary.store.aggregate import files_sql, rows_sql
from constabulary.store.whole import whole
from constabulary.store.workspace import Workspace
from constabulary.tables.aggregate import Condition, Rule
from constabulary.tables.catalogue import CONTRACTS
from constabulary.tables.contract import Privacy

PAGE = 50
"""Rows on a page unless asked."""


@dataclass(frozen=True)
class Step:
    """One declared count that a figure rests on.

    Parameters
    ----------
    name, title, definition, unit
        See `demand.aggregate.Aggregate`.
    table
        The table counted.
    sql
        The query as it was run; it runs as it stands with `constabulary query`.
    """

    name: str
    title: str
    definition: str
    unit: str
    table: str
    sql: str


@dataclass(frozen=True)
class FileUse:
    """One imported file that has rows behind a figure.

    Parameters
    ----------
    import_id, kind, at, by, is_synthetic
        The import (instant in UTC).
    file, sha256
        The file.
    n_rows
        How many of its rows are counted.
    """

    import_id: str
    kind: str
    at: str
    by: str
    is_synthetic: bool
    file: str
    sha256: str
    n_rows: int


@dataclass(frozen=True)
class Working:
    """How a figure came about.

    Parameters
    ----------
    figure, title, definition
        The figure.
    steps
        The counts it rests on, each with its SQL.
    tables
        The tables counted; `table` is the one whose rows are shown.
    rows_sql
        The query of the rows.
    rows
        One page of them, with the file of each.
    n_rows, page, per_page
        How many there are in all; which page, from 1, of how many rows.
    files
        Every file with rows behind the figure, in that table.
    stamp
        The figure's stamp.
    """

    figure: str
    title: str
    definition: str
    steps: tuple[Step, ...]
    tables: tuple[str, ...]
    table: str
    rows_sql: str
    rows: pl.DataFrame
    n_rows: int
    page: int
    per_page: int
    files: tuple[FileUse, ...]
    stamp: Stamp

    @property
    def n_pages(self) -> int:
        """How many pages of rows there are, at least one."""
        return max(1, -(-self.n_rows // self.per_page))

    def as_json(self) -> WorkingAnswer:
        """Return the working as `constabulary demand working --json` gives it."""
        return {
            "schema": SCHEMA,
            "figure": self.figure,
            "title": self.title,
            "definition": self.definition,
            "steps": [written(step) for step in self.steps],
            "table": self.table,
            "tables": list(self.tables),
            "rows_sql": self.rows_sql,
            "n_rows": self.n_rows,
            "page": self.page,
            "n_pages": self.n_pages,
            "rows": plain_rows(self.rows),
            "files": [written(file) for file in self.files],
            "stamp": self.stamp.as_json(),
        }


@words_of(Working)
class WorkingAnswer(StampedAnswer):
    """How a figure came about: its queries, a page of the rows behind it, and their files.

    Parameters
    ----------
    table
        The table whose rows are shown.
    n_pages
        How many pages of rows there are, at least one.
    rows
        The rows of the page, with the columns of their table that are not about a person.
    """

    figure: str
    title: str
    definition: str
    steps: list[Written[Step]]
    table: str
    tables: list[str]
    rows_sql: str
    n_rows: int
    page: int
    n_pages: int
    rows: list[dict[str, Value]]
    files: list[Written[FileUse]]


def working(
    workspace: Workspace,
    figure: str,
    filters: Filters = ANY,
    *,
    table: str | None = None,
    page: int = 1,
    per_page: int = PAGE,
) -> Working:
    """Return how a figure came about.

    Parameters
    ----------
    workspace
        Whose records.
    figure
        A name of `services.demand.picture.FIGURES`.
    filters
        As the figure was asked for.
    table
        The table whose rows to show, of those the figure counts; the first when None.
    page, per_page
        Which page of rows, from 1, and how many rows on it.

    Raises
    ------
    BadInput
        If there is no such figure, or it does not count that table.
    NothingThere
        If there are no records to count.
    """
    made, asked = _made(workspace, figure, filters)
    tables = tuple(dict.fromkeys(one.aggregate.table for one in asked))
    chosen = _chosen(tables, table, figure)
    view = view_of(workspace)
    conditions = _of_period(asked, chosen)
    query = rows_sql(chosen, _columns(chosen), conditions)
    files = _files(view, chosen, conditions)
    n_rows = sum(file.n_rows for file in files)
    page = max(1, page)
    n_before = (page - 1) * int(per_page)
    rows = (
        view.lens.sql(f"{query}\nLIMIT {int(per_page)} OFFSET {n_before}")
        if n_before < n_rows
        else pl.DataFrame()
    )
    return Working(
        figure=figure,
        title=made.about.title,
        definition=made.about.definition,
        steps=tuple(dict.fromkeys(_step(one) for one in asked)),
        tables=tables,
        table=chosen,
        rows_sql=query,
        rows=_with_file(rows, view),
        n_rows=n_rows,
        page=page,
        per_page=per_page,
        files=files,
        stamp=made.about.stamp,
    )


def export_rows(
    workspace: Workspace, figure: str, path: Path, filters: Filters = ANY, *, table: str | None = None
) -> int:
    """Write the rows behind a figure to a file, Parquet by the ending ``.parquet``, CSV otherwise; return their number.

    Raises
    ------
    BadInput
        As `working`.
    """
    _, asked = _made(workspace, figure, filters)
    chosen = _chosen(tuple(dict.fromkeys(one.aggregate.table for one in asked)), table, figure)
    query = rows_sql(chosen, _columns(chosen), _of_period(asked, chosen))
    return export_query(workspace, query, path)


def query(
    workspace: Workspace, sql: str, limit: int | None = None, import_id: str | None = None
) -> pl.DataFrame:
    """Return what a SELECT over the records returns; nothing else on the machine can be read.

    Parameters
    ----------
    workspace
        Whose records: the views calls, incidents, crimes, outcomes, stops, and the tables import_files and districts.
    sql
        One SELECT.
    limit
        The most rows to return; all when None.
    import_id
        Ask the rows of this import alone, superseded or withdrawn ones too.

    Raises
    ------
    BadInput
        If it is not one SELECT or cannot be run.
    NothingThere
        If there is no such import.
    """
    if import_id is None:
        return view_of(workspace).lens.ask(sql, limit)
    with closing(open_lens(workspace, import_id=import_id)) as lens:
        return lens.ask(sql, limit)


def made_up_among(workspace: Workspace, sql: str, import_id: str | None = None) -> tuple[str, ...]:
    """Return the tables named in a query that hold made-up records; none where it asks which those are."""
    if "is_synthetic" in sql.lower():
        return ()
    view = view_of(workspace)
    asked = [one for one in view.lens.imports if one.import_id == import_id] if import_id else view.live
    held = {part.table for record in asked if record.is_synthetic for part in record.coverage}
    return tuple(sorted(held & set(re.findall(r"\w+", sql.lower()))))


def export_query(workspace: Workspace, sql: str, path: Path, import_id: str | None = None) -> int:
    """Write what a SELECT over the records returns to a file, and return the number of rows; see `query`.

    Where made-up records are asked and the query does not say so, a column `is_synthetic` is added that does.

    Raises
    ------
    BadInput
        If the file's name ends in neither ``.csv`` nor ``.parquet``; else as `query`.
    """
    form = path.suffix.lower().removeprefix(".")
    if form not in {"csv", "parquet"}:
        raise BadInput(
            Problem(
                "no_such_format",
                "rows are not written in this form",
                file=path.name,
                expected="a name that ends in .csv or .parquet",
            )
        )
    with whole(path.resolve()) as partial, closing(open_lens(workspace, partial, import_id)) as lens:
        return lens.export(sql, partial, form, is_made_up=bool(made_up_among(workspace, sql, import_id)))


def plain_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as JSON values; days and instants in ISO, None for what is no finite number."""
    return [{key: _plain(value) for key, value in row.items()} for row in frame.iter_rows(named=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not isfinite(value):
        return None
    return value.isoformat() if isinstance(value, date) else value


def _made(workspace: Workspace, figure: str, filters: Filters) -> tuple[Any, list[Asked]]:
    if figure not in FIGURES:
        expected = f"one of {', '.join(FIGURES)}"
        raise BadInput(
            Problem("no_such_figure", f'there is no figure "{figure}".', value=figure, expected=expected)
        )
    with noting() as asked:
        made = FIGURES[figure](workspace, filters)
    if not asked:
        raise NothingThere(Problem("nothing_counted", made.answer, value=figure, expected="records to count"))
    return made, asked


def _chosen(tables: tuple[str, ...], table: str | None, figure: str) -> str:
    if table is not None and table not in tables:
        message = f'the figure "{figure}" does not count "{table}".'
        raise BadInput(Problem("bad_table", message, value=table, expected=f"one of {', '.join(tables)}"))
    return table or tables[0]


def _of_period(asked: list[Asked], table: str) -> tuple[Condition, ...]:
    """Return the conditions on the rows of the period itself: those of last year are not behind the figure."""
    first = next(one for one in asked if one.aggregate.table == table)
    period = CONTRACTS[table].period
    return tuple(
        Condition(condition.column, condition.rule, (condition.values[-1],))
        if condition.column == period and condition.rule is Rule.BETWEEN
        else condition
        for condition in (*first.aggregate.always, *first.conditions)
    )


def _columns(table: str) -> tuple[str, ...]:
    shown = [column.name for column in CONTRACTS[table].columns if column.privacy is not Privacy.PERSONAL]
    return ("import_id", *shown, "is_synthetic")


def _files(view: View, table: str, conditions: tuple[Condition, ...]) -> tuple[FileUse, ...]:
    found = view.answer(files_sql(table, conditions))
    by_id = {record.import_id: record for record in view.live}
    uses = []
    for import_id, file_no, n in found.iter_rows():
        record = by_id[import_id]
        file = record.files[file_no]
        uses.append(
            FileUse(
                import_id,
                record.kind,
                record.at.isoformat(),
                record.by,
                record.is_synthetic,
                file.name,
                file.sha256,
                n,
            )
        )
    return tuple(uses)


def _with_file(rows: pl.DataFrame, view: View) -> pl.DataFrame:
    if rows.is_empty():
        return rows
    names: Mapping[tuple[str, int], str] = {
        (record.import_id, no): file.name for record in view.live for no, file in enumerate(record.files)
    }
    listed = [names[key] for key in rows.select("import_id", "file_no").iter_rows()]
    return rows.with_columns(pl.Series("file", listed, dtype=pl.String))


def _step(asked: Asked) -> Step:
    one = asked.aggregate
    return Step(one.name, one.title, one.definition, one.unit, one.table, asked.sql)


__all__ = [
    "FileUse",
    "Filters",
    "Step",
    "Working",
    "export_query",
    "export_rows",
    "plain_rows",
    "query",
    "working",
]
