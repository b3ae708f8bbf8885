"""Gives the plan as a workbook with live formulas, and takes what somebody changed in one back as a scenario."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from constabulary.core.amounts import money, several
from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.finance_capital import CapitalPositionRow
from constabulary.core.provenance import Stamp
from constabulary.finance.plan import CalculatedPlan, Plan, calculate, plan_in
from constabulary.finance.plan.calculate import Fixed
from constabulary.finance.scenario import Change, apply
from constabulary.finance.workbook import Edited, Sheet, build, edits_in
from constabulary.finance.workbook.build import READ_FIRST, STAMP_ROW
from constabulary.finance.workbook.changes import overwritten
from constabulary.parameters import load_parameters
from constabulary.render.workbook import workbook
from constabulary.services.finance.capital import capital_of
from constabulary.services.finance.plan import read_scenario_file
from constabulary.services.finance.precept import limits
from constabulary.services.finance.reserves import reserves_of
from constabulary.services.finance.resources import force_for, plain, stamp_of
from constabulary.services.workspace.workspaces import Workspace
from constabulary.sources import xlsx
from constabulary.sources.files import SourceFile

__all__ = ["ReadBack", "Written", "plan_workbook", "read_back", "write_workbook"]


@dataclass(frozen=True)
class Written:
    """A workbook as written: the file's name and hash, the plan's title and years, the gap by year (pounds)."""

    name: str
    sha256: str
    title: str
    years: tuple[str, ...]
    gap_gbp: tuple[Decimal, ...]
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        return (
            f"{self.name}: {self.title}, {self.years[0]} to {self.years[-1]}, gap {money(self.gap_gbp[-1])}."
        )

    def as_json(self) -> dict[str, Any]:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "name": self.name,
            "sha256": self.sha256,
            "title": self.title,
            "years": list(self.years),
            "gap_gbp": plain(self.gap_gbp, "_gbp"),
            "stamp": self.stamp.as_json(),
        }


@dataclass(frozen=True)
class ReadBack:
    """What was changed in a workbook that came back.

    Parameters
    ----------
    name
        The file's name.
    edited
        The changes, and the cells whose change counts for nothing.
    toml
        The changes as a scenario file; empty where nothing was changed.
    gap_gbp, plan_gap_gbp
        The gap by year with the changes, and that of the plan (pounds).
    years
        The years.
    is_same_plan
        It was made from the force folder as it is now.
    stamp
        What it was made from.
    """

    name: str
    edited: Edited
    toml: str
    gap_gbp: tuple[Decimal, ...]
    plan_gap_gbp: tuple[Decimal, ...]
    years: tuple[str, ...]
    is_same_plan: bool
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        n = sum(
            len(values) for group in (self.edited.drivers, self.edited.lines) for values in group.values()
        )
        text = f"{self.name}: {several(n, 'figure')} changed"
        if n:
            move = self.gap_gbp[-1] - self.plan_gap_gbp[-1]
            text += f"; the gap of {self.years[-1]} moves by {money(move, 0)} to {money(self.gap_gbp[-1], 0)}"
        refused = len(self.edited.refused)
        return f"{text}; {refused} refused." if refused else f"{text}."

    def as_json(self) -> dict[str, Any]:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "name": self.name,
            "answer": self.sentence(),
            "drivers": plain(self.edited.drivers),
            "lines": plain(self.edited.lines),
            "refused": plain(self.edited.refused),
            "scenario_toml": self.toml,
            "years": list(self.years),
            "gap_gbp": plain(self.gap_gbp, "_gbp"),
            "plan_gap_gbp": plain(self.plan_gap_gbp, "_gbp"),
            "is_same_plan": self.is_same_plan,
            "stamp": self.stamp.as_json(),
        }


def plan_workbook(
    workspace: Workspace | None, force: str | None = None, *, locked_to: str | None = None
) -> bytes:
    """Return the plan as the bytes of an Excel workbook with live formulas.

    Parameters
    ----------
    workspace, force
        See `constabulary.services.finance.resources.force_for`.
    locked_to
        The last year whose inputs are locked; the plan's base year when left out.

    Raises
    ------
    BadForceFolder
        If the folder breaks a rule of its own.
    BadInput
        If it holds no plan, or `locked_to` is no year of it.
    """
    return _workbook(force_for(workspace, force), locked_to, (), "")[0]


def write_workbook(
    workspace: Workspace | None,
    force: str | None,
    path: Path,
    *,
    scenario: Path | None = None,
    locked_to: str | None = None,
) -> Written:
    """Write the plan to a file as an Excel workbook.

    Parameters
    ----------
    workspace, force, locked_to
        See `plan_workbook`, for errors too.
    path
        The file to write; one that is there is replaced.
    scenario
        A TOML file of a scenario whose changes are taken in.

    Raises
    ------
    BadInput
        If the file's name is not that of a workbook, too.
    """
    if path.suffix.lower() != ".xlsx":
        raise BadInput(
            Problem(
                "not_xlsx", f'"{path.name}" is no name for a workbook.', expected="a name that ends in .xlsx"
            )
        )
    asked, digest = read_scenario_file(scenario) if scenario is not None else (None, None)
    changes = asked.changes if asked is not None else ()
    title = asked.title if asked is not None else ""
    folder = force_for(workspace, force)
    content, found = _workbook(folder, locked_to, changes, title)
    if not path.parent.is_dir():
        raise BadInput(
            Problem("no_folder", "there is no such folder.", str(path.parent), remedy="Make it first.")
        )
    path.write_bytes(content)
    stamp = stamp_of(folder, **({"scenario": digest} if digest else {}))
    return Written(
        path.name,
        hashlib.sha256(content).hexdigest(),
        title or found.plan.title,
        found.years,
        found.gap_gbp,
        stamp,
    )


def read_back(
    workspace: Workspace | None, force: str | None, path: Path, *, locked_to: str | None = None
) -> ReadBack:
    """Return what was changed in a workbook of the plan, as a scenario; cells that are no input are refused by name.

    Parameters
    ----------
    workspace, force, locked_to
        See `plan_workbook`.
    path
        The workbook as it came back.

    Raises
    ------
    BadInput
        If it is no workbook of a plan.
    """
    folder = force_for(workspace, force)
    plan = plan_in(folder)
    locked = _locked(plan, locked_to)
    base = calculate(plan, is_explained=False)
    sheets = _sheets(folder, base, {}, locked, ())
    grids = _grids(path, sheets)
    # What the first sheet says is no input, and its stamp differs whenever the folder has changed since.
    first = grids[READ_FIRST]
    is_same = _cell(first, STAMP_ROW, 1) == _made_from(folder)
    checked = {name: sheet for name, sheet in sheets.items() if name != READ_FIRST}
    edited = edits_in(grids, checked, base, locked)
    changes = _changes(edited)
    changed, fixed = apply(plan, changes)
    found = calculate(changed, fixed=fixed, is_explained=False)
    again = _sheets(folder, found, fixed, locked, ())
    over = overwritten(grids, {name: sheet for name, sheet in again.items() if name in checked})
    edited = Edited(edited.drivers, edited.lines, (*edited.refused, *over))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    stamp = Stamp({**stamp_of(folder).inputs, path.name: digest}, {"force": folder.id, "locked_to": locked})
    return ReadBack(
        path.name, edited, _toml(edited, path.name), found.gap_gbp, base.gap_gbp, base.years, is_same, stamp
    )


def _workbook(
    folder: Force, locked_to: str | None, changes: Sequence[Change], title: str
) -> tuple[bytes, CalculatedPlan]:
    plan, fixed = apply(plan_in(folder), changes)
    found = calculate(plan, fixed=fixed, is_explained=False)
    facts = (("Scenario", title),) if title else ()
    sheets = _sheets(folder, found, fixed, _locked(plan, locked_to), facts)
    return workbook(sheets.values(), title or plan.title), found


def _locked(plan: Plan, locked_to: str | None) -> str:
    if locked_to is not None and locked_to not in plan.years:
        raise BadInput(
            Problem(
                "no_such_year", f'"{locked_to}" is no year of the plan.', expected=f"{', '.join(plan.years)}."
            )
        )
    return max(locked_to or plan.base, plan.base)


def _made_from(force: Force) -> str:
    return f"{force.name}, force folder {force.files_sha256[:16]}"


def _sheets(
    folder: Force, found: CalculatedPlan, fixed: Fixed, locked_to: str, facts: Sequence[tuple[str, str]]
) -> dict[str, Sheet]:
    kept = account = None
    # A folder may plan without reserves or capital; one that has them and errs in them says so by its own command.
    with suppress(NothingThere):
        kept = reserves_of(folder).result
    with suppress(NothingThere):
        account = (
            (folder.rows(CapitalPositionRow)[0], capital_of(folder).years)
            if folder.rows(CapitalPositionRow)
            else None
        )
    return build(
        found,
        stamp=_made_from(folder),
        locked_to=locked_to,
        fixed=fixed,
        ratios=load_parameters("council_tax")["band_ratios"].value,
        limits=limits(),
        reserves=kept,
        capital=account,
        facts=facts,
    )


def _grids(path: Path, sheets: Mapping[str, Sheet]) -> dict[str, list[list[str | None]]]:
    if not path.is_file():
        raise BadInput(
            Problem("no_file", "there is no such file.", str(path), remedy="Check its name and place.")
        )
    grids = {}
    for name in sheets:
        try:
            grids[name] = [list(row) for row in xlsx.Sheet(SourceFile(path), name).cells.rows()]
        except BadInput as error:
            if any(problem.rule != "which_sheet" for problem in error.problems):
                raise
    if _cell(grids.get(READ_FIRST, ()), STAMP_ROW, 0) != _cell_of(sheets[READ_FIRST], STAMP_ROW):
        raise BadInput(
            Problem(
                "no_workbook_of_a_plan",
                f'the workbook has no sheet "{READ_FIRST}".',
                path.name,
                expected="a workbook that `constabulary finance xlsx` made",
                remedy="Make one and change that.",
            )
        )
    return grids


def _cell(grid: Sequence[Sequence[str | None]], row: int, column: int) -> str | None:
    return grid[row][column] if row < len(grid) and column < len(grid[row]) else None


def _cell_of(sheet: Sheet, row: int) -> str:
    return str(sheet.cells[(row, 0)].value)


def _changes(edited: Edited) -> list[Change]:
    drivers = [Change(f"{name} changed", driver=(name, values)) for name, values in edited.drivers.items()]
    lines = [Change(f"{name} set", line=(name, values)) for name, values in edited.lines.items()]
    return [*drivers, *lines]


def _toml(edited: Edited, name: str) -> str:
    if not edited.drivers and not edited.lines:
        return ""
    lines = [f'title = "Changes of {_quoted(name)}"']
    for what, groups in (("drivers", edited.drivers), ("lines", edited.lines)):
        for key, values in groups.items():
            lines += ["", f'[{what}."{_quoted(key)}"]']
            # Quoted, so that a number comes back digit for digit.
            lines += [f'"{year}" = "{value}"' for year, value in values.items()]
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
