"""Loads a force folder: reads every file, checks every rule, hands on a `Force` or all the problems."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from constabulary.core.errors import BadForceFolder, Problem
from constabulary.core.force import rules, sums
from constabulary.core.force.cells import read_cells
from constabulary.core.force.files import Toml, data_files, folder_sha256, read_csv, read_toml
from constabulary.core.force.model import (
    Area,
    Channel,
    District,
    Entry,
    Establishment,
    Force,
    Grade,
    HarmWeight,
    IncidentCategory,
    Measure,
    PublishedVolume,
    ResourceUnit,
    Source,
    Target,
)
from constabulary.core.force.outlines import check_outlines
from constabulary.core.force.schema import (
    FORCE_FILE,
    FORCE_KEYS,
    LSOA_FILE,
    SECTIONS,
    SOURCE_KEYS,
    SOURCES_FILE,
    TABLES,
    Column,
    Table,
)

Values = dict[str, Any]
Record = TypeVar("Record")


@dataclass
class Contents:
    """The values of a folder as read: force.toml keys, lists, sources and tables, each with file and line."""

    keys: Values = field(default_factory=dict)
    lists: dict[str, list[Values]] = field(default_factory=dict)
    sources: list[Values] = field(default_factory=list)
    tables: dict[str, list[Values]] = field(default_factory=dict)
    lines: dict[str, dict[str, int]] = field(default_factory=dict)


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
    contents = Contents()
    _check_file_names(folder, problems)
    _read_force_file(folder, contents, problems)
    _read_sources(folder, contents, problems)
    for table in TABLES:
        _read_table(folder, table, contents, problems)
    rules.check(contents, problems)
    attribution = check_outlines(
        folder, {row["district_id"] for row in contents.tables["districts"]}, problems
    )
    if problems:
        raise BadForceFolder(sorted(problems, key=lambda p: (p.file or "", p.row or 0, p.column or "")))
    return _build(folder, contents, attribution)


def _check_file_names(folder: Path, problems: list[Problem]) -> None:
    for path in data_files(folder):
        name = path.relative_to(folder)
        known = name.as_posix() in {FORCE_FILE, SOURCES_FILE, LSOA_FILE} or path.suffix == ".md"
        if known or any(name.match(table.pattern) for table in TABLES):
            continue
        near = get_close_matches(
            name.as_posix(), [*(t.pattern for t in TABLES), SOURCES_FILE, LSOA_FILE], n=1
        )
        problems.append(
            Problem(
                rule="unknown_file",
                message="no file of this name belongs in a force folder.",
                file=name.as_posix(),
                expected=f"perhaps {near[0]}." if near else None,
                remedy="Rename it or take it out of the folder.",
            )
        )


def _read_force_file(folder: Path, contents: Contents, problems: list[Problem]) -> None:
    toml = read_toml(folder / FORCE_FILE, FORCE_FILE, problems)
    known = [key.name for key in FORCE_KEYS] + [section.name for section in SECTIONS]
    _check_keys(toml, (), known, problems)
    if toml.content:
        keys = read_cells(FORCE_KEYS, toml.content, FORCE_FILE, lambda key: toml.line(key) or 1, problems)
        contents.keys = keys or {}
    contents.lines["force"] = {key.name: toml.line(key.name) or 1 for key in FORCE_KEYS}
    for section in SECTIONS:
        typed = toml.content.get(section.name, {})
        contents.lists[section.name] = _read_entries(toml, (section.name,), typed, section.keys, problems)
        if section.required and toml.content and not typed:
            problems.append(
                Problem(
                    rule="missing_section",
                    message=f"there is no [{section.name}.…] entry.",
                    file=FORCE_FILE,
                    column=section.name,
                    remedy=f"Add one for each. {section.about}",
                )
            )


def _read_sources(folder: Path, contents: Contents, problems: list[Problem]) -> None:
    path = folder / SOURCES_FILE
    if not path.is_file():
        problems.append(_missing_file(SOURCES_FILE, "The documents that figures were typed from."))
        return
    toml = read_toml(path, SOURCES_FILE, problems)
    contents.sources = _read_entries(toml, (), toml.content, SOURCE_KEYS, problems)


def _read_entries(
    toml: Toml, path: tuple[str, ...], typed: Any, keys: tuple[Column, ...], problems: list[Problem]
) -> list[Values]:
    entries: list[Values] = []
    for order, (name, cells) in enumerate(typed.items() if isinstance(typed, dict) else (), start=1):
        here = (*path, name)
        if not isinstance(cells, dict):
            problems.append(
                Problem(
                    rule="not_an_entry",
                    message=f'"{name}" stands alone.',
                    file=toml.file,
                    row=toml.line(*here),
                    column=".".join(here),
                    expected=f"a heading [{'.'.join(here)}] with its keys below it.",
                )
            )
            continue
        _check_keys(toml, here, [key.name for key in keys], problems, cells)
        values = read_cells(keys, cells, toml.file, lambda key, at=here: toml.line(*at, key), problems)  # type: ignore[misc]
        if values is not None:
            entries.append(
                {"id": name, "order": order, "file": toml.file, "line": toml.line(*here), **values}
            )
    return entries


def _check_keys(
    toml: Toml, path: tuple[str, ...], known: list[str], problems: list[Problem], cells: Values | None = None
) -> None:
    typed = toml.content if cells is None else cells
    problems += [_unknown("key", k, known, toml.file, toml.line(*path, k)) for k in typed if k not in known]


def _read_table(folder: Path, table: Table, contents: Contents, problems: list[Problem]) -> None:
    rows = contents.tables[table.name] = []
    paths = [path for path in sorted(folder.glob(table.pattern)) if path in set(data_files(folder))]
    if not paths and table.required:
        problems.append(_missing_file(table.pattern, table.about))
    known = [column.name for column in table.columns]
    for path in paths:
        file = path.relative_to(folder).as_posix()
        header, typed = read_csv(path, file, problems)
        problems += [_unknown("column", name, known, file, 1) for name in header if name not in known]
        problems += [_repeated(name, file) for name in sorted({n for n in header if header.count(n) > 1})]
        absent = [c for c in table.columns if c.name not in header and c.required]
        problems += [_missing_column(column, file) for column in absent]
        columns = tuple(column for column in table.columns if column not in absent)
        for row in typed:
            values = read_cells(columns, row.cells, file, lambda _, line=row.line: line, problems)  # type: ignore[misc]
            if values is not None and not absent:
                rows.append({"file": file, "line": row.line, **values})


def _missing_file(pattern: str, about: str) -> Problem:
    return Problem(
        rule="missing_file", message="the file is not there.", file=pattern, remedy=f"Add it: {about}"
    )


def _missing_column(column: Column, file: str) -> Problem:
    return Problem(
        rule="missing_column",
        message="the column is not in the header.",
        file=file,
        row=1,
        column=column.name,
        remedy=f"Add it: {column.about}",
    )


def _repeated(name: str, file: str) -> Problem:
    return Problem(
        rule="repeated_column",
        message="the column stands twice in the header.",
        file=file,
        row=1,
        column=name,
        remedy="Take one out.",
    )


def _unknown(kind: str, name: str, known: list[str], file: str, line: int | None) -> Problem:
    near = get_close_matches(name, known, n=1)
    return Problem(
        rule=f"unknown_{kind}",
        message=f'"{name}" is not a {kind} of this file.',
        file=file,
        row=line,
        column=name,
        expected=", ".join(known) + ".",
        remedy=f'Did you mean "{near[0]}"?' if near else "Take it out; free remarks go in note.",
    )


def _build(folder: Path, contents: Contents, attribution: str | None) -> Force:
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
        harm_weights=_records(HarmWeight, contents.tables["harm_weights"]),
        sources=_records(
            Source, [{k: v for k, v in row.items() if k != "order"} for row in contents.sources]
        ),
        lsoa_path=folder / LSOA_FILE if (folder / LSOA_FILE).is_file() else None,
        lsoa_attribution=attribution,
        files_sha256=folder_sha256(folder),
        warnings=tuple(
            sums.disagreements(volumes, {e["id"]: e["breakdown"] for e in contents.lists["adds_up"]})
        ),
    )


def _records(record: type[Record], rows: list[Values], **renamed: str) -> tuple[Record, ...]:
    return tuple(record(**{renamed.get(name, name): value for name, value in row.items()}) for row in rows)


def _default(row: Values, **defaults: bool) -> Values:
    return {**row, **{name: value for name, value in defaults.items() if row[name] is None}}
