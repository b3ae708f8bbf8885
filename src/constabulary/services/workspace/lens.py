"""Opens the lens over a workspace once for each state of its lake and force folder, and keeps it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import polars as pl

from constabulary.core.force import Force
from constabulary.demand.filters import COLUMNS
from constabulary.services.workspace.force import force_of
from constabulary.store.aggregate import aggregate_sql, rows_sql
from constabulary.store.lake import Lake
from constabulary.store.lens import Lens
from constabulary.store.records import ImportRecord
from constabulary.store.workspace import Workspace
from constabulary.tables.aggregate import Aggregate, Condition, Rule
from constabulary.tables.catalogue import CONTRACTS

DAY = timedelta(days=1)
MOST_ANSWERS = 200


@dataclass(frozen=True)
class Asked:
    """A declared figure as it was asked of the records: with which conditions, in which SQL."""

    aggregate: Aggregate
    conditions: tuple[Condition, ...]
    sql: str


_ASKED: ContextVar[list[Asked] | None] = ContextVar("asked", default=None)


@contextmanager
def noting() -> Iterator[list[Asked]]:
    """Note every declared figure that is asked for inside, for the working."""
    asked: list[Asked] = []
    token = _ASKED.set(asked)
    try:
        yield asked
    finally:
        _ASKED.reset(token)


@dataclass(frozen=True)
class View:
    """A workspace's records and force folder as they stood at one moment.

    Parameters
    ----------
    lens
        SQL over the records.
    force
        The force folder.
    workspace
        Where they are.
    """

    lens: Lens
    force: Force
    workspace: Workspace

    @cached_property
    def live(self) -> tuple[ImportRecord, ...]:
        """The imports that count."""
        return tuple(record for record in self.lens.imports if record.is_live)

    @cached_property
    def areas(self) -> pl.DataFrame:
        """Every area, as `services.workspace.geography.area_table` returns them."""
        from constabulary.services.workspace.geography import area_table  # heavy: shapes are read

        return area_table(self.workspace)

    def scopes(self, table: str) -> tuple[str, ...]:
        """Return the names under which a table's rows are this force's."""
        return (self.force.id,) if CONTRACTS[table].scope == "force" else self.force.police_uk_names

    def covered(self, table: str, is_synthetic: bool) -> frozenset[date]:
        """Return the days that imports of real or made-up records cover in a table."""
        return self._covered.get((table, is_synthetic), frozenset())

    @cached_property
    def _covered(self) -> dict[tuple[str, bool], frozenset[date]]:
        days: dict[tuple[str, bool], set[date]] = {}
        for record in self.live:
            for part in record.coverage:
                if part.scope in self.scopes(part.table):
                    held = days.setdefault((part.table, record.is_synthetic), set())
                    held.update(part.from_on + DAY * no for no in range((part.to_on - part.from_on).days + 1))
        return {key: frozenset(held) for key, held in days.items()}

    def has_area(self, level: str, area_id: str) -> bool:
        """Tell whether there is such a neighbourhood or LSOA: in the force's records, or else among the outlines."""
        column = {"lsoa": "lsoa_code"}.get(level, level)
        for table in (name for name in COLUMNS if column in CONTRACTS[name].schema):
            own = Condition(CONTRACTS[table].scope, Rule.IN, self.scopes(table))
            query = rows_sql(table, [column], [own, Condition(column, Rule.IN, (area_id,))])
            if not self.answer(f"{query}\nLIMIT 1").is_empty():
                return True
        return not self.areas.filter(level=level, area_id=area_id).is_empty()

    def count(self, aggregate: Aggregate, conditions: Sequence[Condition]) -> pl.DataFrame:
        """Return a declared figure."""
        query = aggregate_sql(aggregate, conditions)
        asked = _ASKED.get()
        if asked is not None:
            asked.append(Asked(aggregate, tuple(conditions), query))
        return self.answer(query)

    def answer(self, query: str) -> pl.DataFrame:
        """Return what a query of ours returns; the same question is answered once, so for small answers only."""
        if query not in self._answers:
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            self._answers[query] = self.lens.sql(query)
        return self._answers[query]

    @cached_property
    def _answers(self) -> dict[str, pl.DataFrame]:
        return {}

    @cached_property
    def inputs(self) -> dict[str, str]:
        """SHA-256 of the force folder and of the files of each import that counts, for stamps."""
        return {"force folder": self.force.files_sha256} | {
            f"import {record.import_id}": _joint([file.sha256 for file in record.files])
            for record in self.live
        }


def view_of(workspace: Workspace) -> View:
    """Return the records and force folder of a workspace as they stand now.

    Raises
    ------
    BadForceFolder
        If the force folder breaks a rule.
    """
    held = _HELD.get()
    if held is not None and held.workspace == workspace:
        return held
    return _view(workspace, force_of(workspace))


@contextmanager
def holding(workspace: Workspace) -> Iterator[View]:
    """Keep to one state of a workspace's records inside, whatever is imported meanwhile."""
    view = view_of(workspace)
    token = _HELD.set(view)
    try:
        yield view
    finally:
        _HELD.reset(token)


_HELD: ContextVar[View | None] = ContextVar("held", default=None)


def open_lens(workspace: Workspace, writes_to: Path | None = None, import_id: str | None = None) -> Lens:
    """Open a lens of one's own, to be closed by the caller.

    Parameters
    ----------
    workspace
        Whose records.
    writes_to
        The one file it may write.
    import_id
        Show the rows of this import alone, superseded or withdrawn ones too.

    Raises
    ------
    NothingThere
        If there is no such import.
    """
    lake = Lake(workspace.lake_path.resolve())
    if import_id is None:
        return _open(lake, force_of(workspace), writes_to)
    alone = replace(lake.import_record(import_id), withdrawal=None)
    return _open(lake, force_of(workspace), writes_to, (alone,))


_VIEWS: dict[Path, tuple[int, View]] = {}
"""The latest view of each lake."""


def _view(workspace: Workspace, force: Force) -> View:
    path = workspace.lake_path.resolve()
    lake = Lake(path)
    version = lake.version
    if path not in _VIEWS or _VIEWS[path][0] != version or _VIEWS[path][1].force is not force:
        _VIEWS[path] = (version, View(_open(lake, force, None), force, workspace))
    return _VIEWS[path][1]


def _open(
    lake: Lake, force: Force, writes_to: Path | None, imports: Sequence[ImportRecord] | None = None
) -> Lens:
    shown = lake.imports() if imports is None else imports
    files = [
        (record.import_id, no, file.name, file.sha256, record.kind, record.is_synthetic)
        for record in shown
        if record.is_live
        for no, file in enumerate(record.files)
    ]
    extra = {
        "import_files": pl.DataFrame(files, schema=FILES, orient="row"),
        "districts": pl.DataFrame(
            [(d.id, d.name, d.area_id, d.population) for d in force.districts], schema=DISTRICTS, orient="row"
        ),
    }
    return Lens(lake, tuple(CONTRACTS.values()), extra, writes_to, shown)


FILES = {
    "import_id": pl.String,
    "file_no": pl.Int64,
    "file": pl.String,
    "sha256": pl.String,
    "kind": pl.String,
    "is_synthetic": pl.Boolean,
}
DISTRICTS = {"district": pl.String, "name": pl.String, "area": pl.String, "population": pl.Int64}


def _joint(hashes: list[str]) -> str:
    return hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest()
