"""Reads every file of a force folder into plain values by the declared schema, noting all that is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from constabulary.core.errors import Problem
from constabulary.core.force import rooms
from constabulary.core.force.cells import readable_cells
from constabulary.core.force.declared import Column, Table
from constabulary.core.force.files import Toml, by_pattern, data_files, read_csv, read_toml
from constabulary.core.force.schema import (
    FORCE_FILE,
    FORCE_KEYS,
    LSOA_FILE,
    SECTIONS,
    SOURCE_KEYS,
    SOURCES_FILE,
    STRUCTURE_FILE,
    TABLES,
)
from constabulary.core.force.structure import read_rules
from constabulary.core.force.typed import Contents, Values


def read_contents(folder: Path, problems: list[Problem]) -> Contents:
    """Return what is typed in the folder; refused rows are left out and added to `problems`."""
    contents = Contents()
    contents.files = data_files(folder)
    files = by_pattern(
        contents.files,
        [
            *(table.pattern for table in TABLES),
            *(FORCE_FILE, SOURCES_FILE, STRUCTURE_FILE, LSOA_FILE),
            *rooms.FILES,
        ],
    )
    _check_file_names(contents.files, files, problems)
    _read_force_file(folder, contents, problems)
    _read_sources(folder, contents, problems)
    for table in TABLES:
        _read_table(folder, files[table.pattern], table, contents, problems)
    if (folder / STRUCTURE_FILE).is_file():
        contents.finance_rules = read_rules(folder / STRUCTURE_FILE, STRUCTURE_FILE, problems)
    return contents


def _check_file_names(
    names: Iterable[Path], files: Mapping[str, Iterable[Path]], problems: list[Problem]
) -> None:
    belonging = {name for found in files.values() for name in found}
    for name in names:
        if name.suffix == ".md" or name in belonging:
            continue
        near = get_close_matches(name.as_posix(), list(files), n=1)
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
    n_before = len(problems)
    toml = read_toml(folder / FORCE_FILE, FORCE_FILE, problems)
    is_read = len(problems) == n_before
    known = [key.name for key in FORCE_KEYS] + [section.name for section in SECTIONS]
    _check_keys(toml, (), known, problems)
    if is_read:
        contents.keys = readable_cells(
            FORCE_KEYS, toml.content, FORCE_FILE, lambda key: toml.line(key) or 1, problems
        )
    contents.time_zone_line = toml.line("time_zone") or 1
    for section in SECTIONS:
        typed = toml.content.get(section.name, {})
        contents.lists[section.name] = _read_entries(
            toml, (section.name,), typed, section.keys, contents.refused[section.name], problems
        )
        if typed:
            contents.ids[section.name] = list(typed)
        if section.required and is_read and not typed:
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
    n_before = len(problems)
    toml = read_toml(path, SOURCES_FILE, problems)
    is_read = len(problems) == n_before
    contents.sources = _read_entries(
        toml, (), toml.content, SOURCE_KEYS, contents.refused["sources"], problems
    )
    if is_read:
        contents.ids["sources"] = list(toml.content)


def _read_entries(
    toml: Toml,
    path: tuple[str, ...],
    typed: Any,
    keys: tuple[Column, ...],
    refused: list[Values],
    problems: list[Problem],
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
        values = readable_cells(keys, cells, toml.file, lambda key, at=here: toml.line(*at, key), problems)  # type: ignore[misc]
        entry = {"id": name, "order": order, "file": toml.file, "line": toml.line(*here), **values}
        (entries if len(values) == len(keys) else refused).append(entry)
    return entries


def _check_keys(
    toml: Toml, path: tuple[str, ...], known: list[str], problems: list[Problem], cells: Values | None = None
) -> None:
    typed = toml.content if cells is None else cells
    problems += [_unknown("key", k, known, toml.file, toml.line(*path, k)) for k in typed if k not in known]


def _read_table(
    folder: Path, names: Sequence[Path], table: Table, contents: Contents, problems: list[Problem]
) -> None:
    rows = contents.tables[table.name] = []
    if not names and not table.required:
        contents.ids[table.name] = []
    elif not names:
        problems.append(_missing_file(table.pattern, table.about))
    known = [column.name for column in table.columns]
    for name in names:
        file = name.as_posix()
        n_before = len(problems)
        header, line, typed = read_csv(folder / name, file, problems)
        if not header and len(problems) > n_before:
            continue
        problems += [_unknown("column", one, known, file, line) for one in header if one not in known]
        twice = sorted({one for one in header if header.count(one) > 1})
        problems += [_repeated(one, file, line) for one in twice]
        absent = [column for column in table.columns if column.name not in header and column.required]
        problems += [_missing_column(column, file, line) for column in absent]
        columns = tuple(column for column in table.columns if column.name in header or not column.required)
        key = table.key[0]
        if key in header or not typed:
            contents.ids.setdefault(table.name, []).extend(
                row.cells[key] for row in typed if key in row.cells
            )
        for row in typed:
            values = readable_cells(columns, row.cells, file, lambda _, line=row.line: line, problems)  # type: ignore[misc]
            is_whole = len(values) == len(table.columns)
            (rows if is_whole else contents.refused[table.name]).append(
                {"file": file, "line": row.line, **values}
            )


def _missing_file(pattern: str, about: str) -> Problem:
    return Problem(
        rule="missing_file", message="the file is not there.", file=pattern, remedy=f"Add it: {about}"
    )


def _missing_column(column: Column, file: str, line: int) -> Problem:
    return Problem(
        rule="missing_column",
        message="the column is not in the header.",
        file=file,
        row=line,
        column=column.name,
        remedy=f"Add it: {column.about}",
    )


def _repeated(name: str, file: str, line: int) -> Problem:
    return Problem(
        rule="repeated_column",
        message="the column stands twice in the header.",
        file=file,
        row=line,
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
