"""Reads the plain text files of a force folder as people and spreadsheets save them, keeping line numbers."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from constabulary.core.errors import Problem

_SEPARATOR = re.compile(r"""\s*"?sep=([^\w\s"]|\t)"?[,;\s]*""", re.IGNORECASE)
_HEADING = re.compile(r"\s*\[+([^\[\]]+)\]+\s*(#.*)?$")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*=""")


class Row(NamedTuple):
    """One row of a CSV file: the line it begins on and its cells by column, stripped, empty ones left out."""

    line: int
    cells: dict[str, str]


class Sheet(NamedTuple):
    """A CSV file: its header, the line that stands on, and its rows."""

    header: list[str]
    line: int
    rows: list[Row]


@dataclass(frozen=True)
class Toml:
    """A TOML file and the line of each of its headings and keys."""

    file: str
    content: dict[str, Any]
    lines: dict[tuple[str, ...], int]

    def line(self, *path: str) -> int | None:
        """Return the line of a heading or key, or that of the nearest heading above it."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return None


def read_text(path: Path) -> str:
    """Return a file's text: UTF-8 with or without a mark, marked UTF-16, else Excel's cp1252; line ends alike."""
    content = path.read_bytes()
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_csv(path: Path, file: str, problems: list[Problem]) -> Sheet:
    """Return a CSV file's header and rows; the empty rows that spreadsheets leave are passed over.

    A header without a comma may part its columns by semicolons or tabs, as Excel does in other countries and
    formats; a first line such as ``sep=;`` says by what. What is no text, such as a workbook renamed, is one problem
    and comes back empty.
    """
    text = read_text(path)
    if "\0" in text:
        problems.append(
            Problem(
                rule="not_text",
                message="is not a text file.",
                file=file,
                expected="CSV",
                remedy='In the spreadsheet, save the sheet as "CSV UTF-8 (comma delimited)".',
            )
        )
        return Sheet([], 1, [])
    stream = io.StringIO(text)
    first = stream.readline()
    said = _SEPARATOR.fullmatch(first)
    before = n_passed = 1 if said else 0
    if not said:
        stream.seek(0)
    reader = csv.reader(stream, delimiter=said.group(1) if said else _delimiter(text), strict=True)
    header: list[str] = []
    header_line = 1
    rows: list[Row] = []
    try:
        for typed in reader:
            line, before = before + 1, reader.line_num + n_passed
            cells = list(map(str.strip, typed))
            if not any(cells):
                continue
            if not header:
                header, header_line = _without_empty_tail(cells), line
                continue
            if any(cells[len(header) :]):
                problems.append(
                    Problem(
                        rule="too_many_cells",
                        message=f"the row has {len(cells)} cells and the header {len(header)}.",
                        file=file,
                        row=line,
                        remedy="Put a value that has a comma in it between double quotes.",
                    )
                )
            rows.append(Row(line, {name: cell for name, cell in zip(header, cells, strict=False) if cell}))
    except csv.Error as error:
        problems.append(
            Problem(
                rule="not_csv",
                message=f"cannot be read as CSV ({error}).",
                file=file,
                row=before + 1,
                remedy="Look for a double quote that is never closed, or save the sheet again as CSV.",
            )
        )
    return Sheet(header, header_line, rows)


def _delimiter(text: str) -> str:
    header = next((line for line in io.StringIO(text) if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", header)
    return "," if "," in bare else next((other for other in ";\t" if other in bare), ",")


def read_toml(path: Path, file: str, problems: list[Problem]) -> Toml:
    """Return a TOML file; one that cannot be read is a problem and comes back empty."""
    text = read_text(path)
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also lists without end and numbers of thousands of digits
        found = re.search(r"line (\d+)", str(error))
        problems.append(
            Problem(
                rule="not_toml",
                message=f"cannot be read as TOML ({error}).",
                file=file,
                row=int(found.group(1)) if found else text.count("\n") + 1,
                remedy='Write text between double quotes, one `key = "value"` a line, each [heading] once.',
            )
        )
        return Toml(file, {}, {})
    return Toml(file, content, _lines_of(text))


def facts_sha256(folder: Path, names: Sequence[Path], questions: Iterable[str]) -> str:
    """Return one hash of the folder's facts (names and contents of files), the same on every operating system.

    Files that match one of the patterns `questions` are left out: asking something of the facts does not change them.
    """
    digest = hashlib.sha256()
    asking = {name for found in by_pattern(names, questions).values() for name in found}
    for name in names:
        if name in asking:
            continue
        digest.update(name.as_posix().encode() + b"\0")
        digest.update(hashlib.sha256((folder / name).read_bytes().replace(b"\r\n", b"\n")).digest())
    return digest.hexdigest()


def data_files(folder: Path) -> list[Path]:
    """Return the folder's files, by their paths within it and in a fixed order.

    Scripts and what editors and spreadsheets drop are left out.
    """
    found = [
        name
        for root, _, files in os.walk(folder)
        for name in map(Path(root).relative_to(folder).joinpath, files)
        if not _is_dropping(name) and (folder / name).is_file()
    ]
    return sorted(found, key=PurePath.as_posix)


def by_pattern(names: Iterable[Path], patterns: Iterable[str]) -> dict[str, list[Path]]:
    """Return the files (paths within the folder) that each pattern such as ``volumes/*.csv`` means."""
    found: dict[str, list[Path]] = {pattern: [] for pattern in patterns}
    exact = {Path(pattern): pattern for pattern in found if "*" not in pattern}
    loose = [pattern for pattern in found if "*" in pattern]
    for name in names:
        if name in exact:
            found[exact[name]].append(name)
        for pattern in loose:
            if belongs(name, pattern):
                found[pattern].append(name)
    return found


def belongs(name: PurePath, pattern: str) -> bool:
    """Whether a file (its path within the folder) is one that a pattern such as ``volumes/*.csv`` means."""
    return len(name.parts) == pattern.count("/") + 1 and name.match(pattern)


def _is_dropping(path: Path) -> bool:
    hidden = any(part.startswith((".", "~", "__")) for part in path.parts)
    return hidden or path.suffix in {".py", ".pyc", ".bak", ".tmp"} or path.name.endswith("~")


def _without_empty_tail(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def _lines_of(text: str) -> dict[tuple[str, ...], int]:
    lines: dict[tuple[str, ...], int] = {}
    heading: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if found := _HEADING.match(line):
            heading = tuple(part.strip().strip("\"'") for part in found.group(1).split("."))
            lines.setdefault(heading, number)
        elif found := _KEY.match(line):
            lines.setdefault((*heading, found.group(1).strip("\"'")), number)
    return lines
