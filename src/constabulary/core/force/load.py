"""Loads a force folder: reads every file, checks every rule, hands on a `Force` or all the problems."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from constabulary.core.errors import BadForceFolder, Problem
from constabulary.core.force import rooms, rules, sums
from constabulary.core.force.contents import read_contents
from constabulary.core.force.files import facts_sha256
from constabulary.core.force.model import (
    Area,
    Channel,
    District,
    Entry,
    Establishment,
    FinanceRule,
    Force,
    Grade,
    HarmWeight,
    IncidentCategory,
    Measure,
    PrintedCell,
    PrintedTable,
    PublishedVolume,
    Residents,
    ResourceUnit,
    Source,
    Target,
)
from constabulary.core.force.outlines import check_outlines
from constabulary.core.force.schema import FORCE_FILE, LSOA_FILE, TABLES
from constabulary.core.force.typed import Contents, Values

Record = TypeVar("Record")


def load_force(path: Path) -> Force:
    """Read and check a force folder.

    Parameters
    ----------
    path
        The folder that holds force.toml.

    Raises
    ------
    BadForceFolder
        The folder breaks a rule; all the problems are told at once, each with its file and line.

    Examples
    --------
    >>> from constabulary.core.force import load_force, shipped_force
    >>> load_force(shipped_force("cambridgeshire")).name
    'Cambridgeshire Constabulary'
    """
    folder = Path(path)
    if not (folder / FORCE_FILE).is_file():
        raise BadForceFolder(
            Problem(
                rule="no_force_file",
                message=f"{folder} is not a force folder: it has no {FORCE_FILE}.",
                file=FORCE_FILE,
                remedy="Give the folder that holds it, or copy one with `constabulary new`.",
            )
        )
    problems: list[Problem] = []
    contents = read_contents(folder, problems)
    rules.check(contents, problems)
    attribution, lsoa_names = check_outlines(folder, contents.ids.get("districts"), problems)
    if problems:
        raise BadForceFolder(_counted(problems))
    return _build(folder, contents, attribution, lsoa_names)


def _counted(problems: list[Problem]) -> list[Problem]:
    """Return the problems in the order of the folder, what is true of many rows said once and counted."""
    first: dict[tuple[object, ...], Problem] = {}
    for problem in sorted(problems, key=lambda p: (p.file or "", p.row or 0, p.column or "")):
        key = (problem.file, problem.rule, problem.column, problem.value, problem.message)
        known = first.get(key)
        first[key] = replace(known, count=known.count + 1) if known else problem
    return list(first.values())


def _build(folder: Path, contents: Contents, attribution: str | None, lsoa_names: dict[str, str]) -> Force:
    members: dict[str, list[str]] = {row["area_id"]: [] for row in contents.tables["areas"]}
    evidence = {row["area_id"]: row for row in contents.tables["area_districts"]}
    area_of = {row["district_id"]: row["area_id"] for row in contents.tables["area_districts"]}
    for district_id, area_id in area_of.items():
        members[area_id].append(district_id)
    volumes = _records(PublishedVolume, contents.tables["volumes"])
    keys = {name: value for name, value in contents.keys.items() if name != "schema"}
    return Force(
        folder=folder,
        **keys,
        districts=_records(
            District,
            [{**row, "area_id": area_of.get(row["district_id"])} for row in contents.tables["districts"]],
            district_id="id",
        ),
        areas=tuple(
            Area(
                id=row["area_id"],
                name=row["name"],
                district_ids=tuple(members[row["area_id"]]),
                **{
                    k: evidence.get(row["area_id"], row)[k]
                    for k in ("file", "line", "source_id", "where", "status", "note")
                },
            )
            for row in contents.tables["areas"]
        ),
        grades=_records(Grade, [_default(row, is_attended=True) for row in contents.lists["grades"]]),
        ranks=_records(Entry, contents.lists["ranks"]),
        roles=_records(Entry, contents.lists["roles"]),
        channels=_records(
            Channel, [_default(row, is_emergency=False, is_call=True) for row in contents.lists["channels"]]
        ),
        incident_categories=_records(IncidentCategory, contents.lists["incident_categories"]),
        qualifiers=_records(Entry, contents.lists["qualifiers"]),
        layers=_records(Entry, contents.lists["layers"]),
        measures=_records(Measure, contents.tables["measures"], measure="id"),
        volumes=volumes,
        establishment=_records(Establishment, contents.tables["establishment"]),
        resource_layers=_records(ResourceUnit, contents.tables["resource_layers"], unit_id="id"),
        targets=_records(Target, contents.tables["targets"], target_id="id"),
        residents=_records(Residents, contents.tables["residents"]),
        harm_weights=_records(HarmWeight, contents.tables["harm_weights"]),
        printed_tables=_records(PrintedTable, contents.tables["printed_tables"], table_id="id"),
        printed_cells=_records(PrintedCell, contents.tables["printed_cells"]),
        finance_rules=tuple(FinanceRule(**rule) for rule in contents.finance_rules),
        sources=_records(
            Source, [{k: v for k, v in row.items() if k != "order"} for row in contents.sources]
        ),
        lsoa_path=folder / LSOA_FILE if (folder / LSOA_FILE).is_file() else None,
        lsoa_attribution=attribution,
        lsoa_names=lsoa_names,
        files_sha256=facts_sha256(folder, contents.files, rooms.QUESTIONS),
        warnings=tuple(
            sums.disagreements(volumes, {e["id"]: e["breakdown"] for e in contents.lists["adds_up"]})
        ),
        records={
            table.record: _records(table.record, contents.tables[table.name])
            for table in TABLES
            if table.record is not None
        },
    )


def _records(record: type[Record], rows: list[Values], **renamed: str) -> tuple[Record, ...]:
    if renamed:
        rows = [{renamed.get(name, name): value for name, value in row.items()} for row in rows]
    return tuple(record(**row) for row in rows)


def _default(row: Values, **defaults: bool) -> Values:
    return {**row, **{name: value for name, value in defaults.items() if row[name] is None}}
