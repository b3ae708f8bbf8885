"""Hands on what a workspace's force folder holds, each fact with the document that printed it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from constabulary.core.errors import NothingThere, Problem
from constabulary.core.force import Force, Source, load_force
from constabulary.core.force.model import Typed
from constabulary.core.force.schema import SECTIONS, TABLES
from constabulary.store.workspace import Workspace

_ABOUT = {
    **{section.name: section.about for section in SECTIONS},
    **{table.name: table.about for table in TABLES},
}
_RECORDS = {table.name: table.record for table in TABLES if table.record is not None}
_TABLES = (*(one.name for one in fields(Force) if one.name in _ABOUT), *_RECORDS)
_EVIDENCE = frozenset(one.name for one in fields(Typed))


@dataclass(frozen=True)
class FactTableSummary:
    """One table of the force folder.

    Parameters
    ----------
    name
        Its name: the field of `Force` it becomes.
    about
        What it holds, in a sentence.
    n_facts, n_assumed
        How many rows it has, and how many of them rest on an assumption instead of a document.
    """

    name: str
    about: str
    n_facts: int
    n_assumed: int


@dataclass(frozen=True)
class ForceOverview:
    """A force folder at a glance.

    Parameters
    ----------
    name
        The force's name.
    known_as
        What records call it.
    tables
        Its tables that have rows.
    sources
        The documents its facts were typed from.
    warnings
        Printed figures that disagree with each other.
    attribution
        What every map of its outlines must say, if it has outlines.
    files_sha256
        The hash of all facts in the folder: of every file but scenarios.
    """

    name: str
    known_as: tuple[str, ...]
    tables: tuple[FactTableSummary, ...]
    sources: tuple[Source, ...]
    warnings: tuple[Problem, ...]
    attribution: str | None
    files_sha256: str

    @property
    def n_facts(self) -> int:
        """How many rows all tables have."""
        return sum(table.n_facts for table in self.tables)


@dataclass(frozen=True)
class Fact:
    """One row of the force folder.

    Parameters
    ----------
    values
        Its values, in the order of the table's columns: text, `Decimal`, whole number, day, truth or texts.
    source
        The document that printed it; none where it is assumed or needs no document.
    where
        The page, paragraph or table in that document.
    status
        "printed", "inferred" or "assumed".
    note
        What a reader should know before using it.
    file, line
        Where it was typed.
    """

    values: tuple[object, ...]
    source: Source | None
    where: str | None
    status: str
    note: str | None
    file: str
    line: int


@dataclass(frozen=True)
class FactTable:
    """One table of the force folder with its rows.

    Parameters
    ----------
    name, about
        See `FactTableSummary`.
    columns
        Names of its columns.
    facts
        Its rows, in the order they were typed.
    """

    name: str
    about: str
    columns: tuple[str, ...]
    facts: tuple[Fact, ...]


def force_of(workspace: Workspace) -> Force:
    """Return the checked force folder of a workspace; read again only when a file of it has changed.

    Parameters
    ----------
    workspace
        Whose force folder.

    Raises
    ------
    BadForceFolder
        If the folder breaks a rule of its own.
    """
    folder = workspace.force_path
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    marks = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in found)
    return _load(folder, marks)


@lru_cache(maxsize=4)
def _load(folder: Path, marks: tuple[tuple[str, int, int], ...]) -> Force:
    return load_force(folder)


def force_overview(workspace: Workspace) -> ForceOverview:
    """Return what a workspace's force folder holds, at a glance.

    Parameters
    ----------
    workspace
        Whose force folder.

    Raises
    ------
    BadForceFolder
        See `force_of`.
    """
    force = force_of(workspace)
    tables = tuple(
        FactTableSummary(
            name, _ABOUT[name], len(rows), sum(getattr(row, "status", "") == "assumed" for row in rows)
        )
        for name in _TABLES
        if (rows := _rows(force, name))
    )
    return ForceOverview(
        force.name,
        (force.id, *force.police_uk_names),
        tables,
        force.sources,
        force.warnings,
        force.lsoa_attribution,
        force.files_sha256,
    )


def force_table(workspace: Workspace, name: str) -> FactTable:
    """Return one table of a workspace's force folder, short names replaced by the names shown to people.

    Parameters
    ----------
    workspace
        Whose force folder.
    name
        One of the names in `ForceOverview.tables`.

    Raises
    ------
    NothingThere
        If the folder has no such table, or nothing in it.
    BadForceFolder
        See `force_of`.
    """
    force = force_of(workspace)
    rows = _rows(force, name) if name in _TABLES else ()
    if not rows:
        raise NothingThere(
            Problem("no_table", f'the force folder has no table "{name}"', expected=", ".join(_TABLES))
        )
    columns = tuple(one.name for one in fields(rows[0]) if one.name not in _EVIDENCE)
    names = _names(force)
    sources = {source.id: source for source in force.sources}
    facts = tuple(
        Fact(
            tuple(_shown(names, column, getattr(row, column)) for column in columns),
            sources.get(getattr(row, "source_id", None) or ""),
            getattr(row, "where", None),
            getattr(row, "status", "printed"),
            getattr(row, "note", None),
            row.file,
            row.line,
        )
        for row in rows
    )
    return FactTable(name, _ABOUT[name], columns, facts)


def facts_from(workspace: Workspace, source_id: str) -> tuple[Source, tuple[FactTableSummary, ...]]:
    """Return a document and how many facts of each table were typed from it.

    Parameters
    ----------
    workspace
        Whose force folder.
    source_id
        The document's id in sources.toml.

    Raises
    ------
    NothingThere
        If there is no such document.
    BadForceFolder
        See `force_of`.
    """
    force = force_of(workspace)
    source = next((source for source in force.sources if source.id == source_id), None)
    if source is None:
        raise NothingThere(Problem("no_source", f'the force folder names no document "{source_id}"'))
    tables = tuple(
        FactTableSummary(name, _ABOUT[name], n_facts, 0)
        for name in _TABLES
        if (n_facts := sum(getattr(row, "source_id", None) == source_id for row in _rows(force, name)))
    )
    return source, tables


def _rows(force: Force, name: str) -> tuple[Any, ...]:
    return force.rows(_RECORDS[name]) if name in _RECORDS else getattr(force, name)


def _names(force: Force) -> dict[str, dict[str, str]]:
    """Return the name shown for each short name, by the column it stands in."""
    places = {one.id: one.name for one in force.areas} | {one.id: one.name for one in force.districts}
    parts: dict[str, str] = {
        one.id: one.name
        for group in (force.channels, force.incident_categories, force.qualifiers)
        for one in group
    }
    return {
        "area_id": places,
        "district_ids": places,
        "measure": {one.id: one.name for one in force.measures},
        "part": places | parts,
        "role": {one.id: one.name for one in force.roles},
        "layer": {one.id: one.name for one in force.layers},
        "part_of": {one.id: one.name for one in force.resource_layers},
        "channel": {one.id: one.name for one in force.channels},
        "grade": {one.id: one.name for one in force.grades},
    }


def _shown(names: dict[str, dict[str, str]], column: str, value: object) -> object:
    known = names.get(column, {})
    if isinstance(value, tuple):
        return tuple(known.get(one, one) for one in value)
    return known.get(value, value) if isinstance(value, str) else value
