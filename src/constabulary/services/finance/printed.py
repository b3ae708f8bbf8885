"""Answers questions about money: printed tables held against their own arithmetic."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from constabulary.core.amounts import several
from constabulary.core.answers import Answer, StampedAnswer, Written, words_of, written
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.files import read_text
from constabulary.core.force.structure import load_structure
from constabulary.core.provenance import Stamp
from constabulary.finance import (
    CLASSES,
    Cell,
    Key,
    Printed,
    Reconciliation,
    printed_in,
    read_table,
    reconcile,
    suggest,
)
from constabulary.finance.reading import Note
from constabulary.finance.result import CheckAnswer
from constabulary.parameters import load_parameters
from constabulary.services.finance.resources import force_for, stamp_of
from constabulary.services.workspace.workspaces import Workspace
from constabulary.sources.files import SourceFile
from constabulary.sources.xlsx import ENDINGS, Sheet

__all__ = [
    "CLASSES",
    "ReconcileReport",
    "SuggestReport",
    "grid_of",
    "reconcile_file",
    "reconcile_force",
    "suggest_file",
]

PASTED = "pasted"


@dataclass(frozen=True)
class ReconcileReport:
    """A reconciliation and how it came about.

    Parameters
    ----------
    name
        The force's id, or the file's name.
    result
        The checks.
    notes
        What was met in reading a table of one's own; empty for a force folder.
    structure
        Where the structure is from: "declared" or "suggested".
    stamp
        What it was made from.
    """

    name: str
    result: Reconciliation
    notes: tuple[Note, ...]
    structure: str
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        counts = self.result.counts
        n = len(self.result.checks)
        if not n:
            return f"{self.name}: nothing in the table could be calculated from the rest of it."
        good = counts["exact"] + counts["rounding"]
        others = [
            f"{counts[kind]} {_IN_WORDS[kind]}" for kind in CLASSES if counts[kind] and kind in _IN_WORDS
        ]
        checks = several(n, "check agrees", "checks agree")
        parts = f"{counts['exact']} exactly, {counts['rounding']} by rounding"
        text = f"{self.name}: {good} of {checks} ({parts})"
        return f"{text}; {', '.join(others)}." if others else f"{text}."

    def as_json(self) -> ReconcileAnswer:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "name": self.name,
            "checks": [check.as_json() for check in self.result.checks],
            "counts": self.result.counts,
            "notes": [written(note) for note in self.notes],
            "structure": self.structure,
            "classes": dict(CLASSES),
            "stamp": self.stamp.as_json(),
        }


@words_of(ReconcileReport)
class ReconcileAnswer(StampedAnswer):
    """Printed tables held against their own arithmetic.

    Parameters
    ----------
    checks
        One for each figure and way of calculating it, in the order of the tables.
    counts
        How many checks there are of each class.
    classes
        What each class means.
    """

    name: str
    checks: list[CheckAnswer]
    counts: dict[str, int]
    notes: list[Written[Note]]
    structure: str
    classes: dict[str, str]


@dataclass(frozen=True)
class SuggestReport:
    """The structure that a table seems to have."""

    name: str
    toml: str
    reasons: tuple[str, ...]
    notes: tuple[Note, ...]

    def as_json(self) -> SuggestAnswer:
        """Return the report as commands answer it."""
        return {
            "schema": 1,
            "name": self.name,
            "toml": self.toml,
            "reasons": list(self.reasons),
            "notes": [written(note) for note in self.notes],
        }


class SuggestAnswer(Answer):
    """The structure that a table seems to have.

    Parameters
    ----------
    toml
        The structure as a file of TOML.
    reasons
        Why each part of it seems so.
    notes
        What was met in reading the table.
    """

    name: str
    toml: str
    reasons: list[str]
    notes: list[Written[Note]]


_IN_WORDS = {
    "exceeds_rounding": "beyond rounding",
    "missing": "missing",
    "double_count": "counted twice",
    "implausible": "implausible",
    "contradicts_another_source": "contradicted by another figure",
}


def reconcile_force(workspace: Workspace | None = None, force: str | None = None) -> ReconcileReport:
    """Reconcile the printed tables of a force folder.

    Parameters
    ----------
    workspace, force
        See `constabulary.services.finance.resources.force_for`.

    Raises
    ------
    BadForceFolder
        If the folder breaks a rule of its own.
    BadInput
        If it holds no printed tables.
    """
    folder = force_for(workspace, force)
    if not folder.printed_cells:
        raise BadInput(
            Problem(
                "no_printed_tables",
                f"the force folder of {folder.name} holds no printed tables.",
                "finance/tables.csv",
                remedy="Type them in (docs/how-to/reconcile-a-table.md), or name a file to reconcile.",
            )
        )
    printed = Printed([*printed_in(folder), *_limits()])
    result = reconcile(printed, folder.finance_rules, _band_ratios(), folder.printed_tables)
    return ReconcileReport(folder.id, result, (), "declared", stamp_of(folder))


def reconcile_file(
    path: Path | None,
    *,
    text: str | None = None,
    structure: Path | None = None,
    sheet: str | None = None,
    money: str | None = None,
) -> ReconcileReport:
    """Reconcile a table of one's own, by a declared structure or, without one, by the structure it seems to have.

    Parameters
    ----------
    path
        A CSV, TSV or Excel file; None with `text`.
    text
        A pasted table: cells parted by tabs, commas or semicolons.
    structure
        A TOML file of ``[[rule]]`` entries.
    sheet
        The sheet of a workbook that has several.
    money
        "pounds", "thousands" or "millions"; see `constabulary.finance.read_table`.

    Raises
    ------
    BadInput
        If the table cannot be read, holds no figures, or the structure breaks a rule.
    """
    grid, name, digest = grid_of(path, text, sheet)
    reading = read_table(grid, name, money)
    rules = load_structure(structure) if structure is not None else suggest(reading.printed, name).rules
    result = reconcile(reading.printed, rules, _band_ratios())
    inputs = {name: digest}
    if structure is not None:
        inputs[structure.name] = hashlib.sha256(structure.read_bytes()).hexdigest()
    stamp = Stamp(inputs, {"money": money, "sheet": sheet})
    return ReconcileReport(name, result, reading.notes, "declared" if structure else "suggested", stamp)


def suggest_file(
    path: Path | None, *, text: str | None = None, sheet: str | None = None, money: str | None = None
) -> SuggestReport:
    """Return the structure that a table seems to have; see `reconcile_file` for the parameters and errors."""
    grid, name, _ = grid_of(path, text, sheet)
    reading = read_table(grid, name, money)
    found = suggest(reading.printed, name)
    return SuggestReport(name, found.as_toml(), found.reasons, reading.notes)


def grid_of(
    path: Path | None, text: str | None, sheet: str | None = None
) -> tuple[Sequence[Sequence[str]], str, str]:
    """Return the cells of a table of one's own as texts, its name and its hash.

    Parameters
    ----------
    path, text, sheet
        See `reconcile_file`.

    Raises
    ------
    BadInput
        If there is no such file or sheet, or it cannot be read.
    """
    if path is None:
        text = text or ""
        return _cells(text), PASTED, hashlib.sha256(text.encode()).hexdigest()
    if not path.is_file():
        raise BadInput(
            Problem("no_file", "there is no such file.", str(path), remedy="Check its name and place.")
        )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if path.suffix.lower() in ENDINGS:
        try:
            rows = Sheet(SourceFile(path), sheet).cells.rows()
        except BadInput as error:
            told = [
                replace(one, remedy="Name it with --sheet.") if one.rule == "which_sheet" else one
                for one in error.problems
            ]
            raise BadInput(told) from None
        return [[cell or "" for cell in row] for row in rows], path.name, digest
    return _cells(read_text(path)), path.name, digest


def _cells(text: str) -> list[list[str]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    parted_by = max("\t;,", key=first.count) if "\t" not in text else "\t"
    try:
        return list(csv.reader(io.StringIO(text), delimiter=parted_by))
    except csv.Error as error:
        raise BadInput(Problem("not_csv", f"the table cannot be read ({error}).")) from None


def _band_ratios() -> dict[str, int]:
    ratios: dict[str, int] = load_parameters("council_tax")["band_ratios"].value
    return ratios


def _limits() -> list[Cell]:
    """Return the referendum limits as cells of a table "parameter", so that printed ones can be held against them."""
    cells = []
    for name, one in load_parameters("council_tax").items():
        if name.startswith("referendum_limit_") and one.status != "assumed":
            period = name.removeprefix("referendum_limit_").replace("_", "/")
            key = Key("parameter", "referendum_limit", period, one.unit)
            value = Decimal(str(one.value))
            cells.append(Cell(key, "Referendum limit", str(value), value, Decimal(0), one.source or ""))
    return cells
