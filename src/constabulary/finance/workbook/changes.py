"""What somebody changed in a workbook that came back: open cells become changes, any other cell is refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from constabulary.core.amounts import is_workable
from constabulary.finance.plan import CalculatedPlan, Plan
from constabulary.finance.workbook.cells import Cell, Sheet, address
from constabulary.finance.workbook.driver_sheets import DRIVERS, VALUE, driver_rows
from constabulary.finance.workbook.plan_sheets import FIRST_YEAR, SET, line_row

ALIKE, DIGITS = Decimal("1e-6"), Decimal("1e-14")
"""Numbers that differ by less are the same, as such and of their size: a workbook keeps about fifteen digits."""
Grids = Mapping[str, Sequence[Sequence[str | None]]]
"""The cells of each sheet as text, rows and columns from the first."""


@dataclass(frozen=True)
class Refusal:
    """A cell that was changed and counts for nothing: where, what stood there, what stands there, why it is refused."""

    place: str
    was: str
    found: str
    reason: str


@dataclass(frozen=True)
class Edited:
    """What was changed.

    Parameters
    ----------
    drivers, lines
        New values by driver and year; figures set by line and year.
    refused
        Cells whose change counts for nothing.
    """

    drivers: Mapping[str, Mapping[str, Decimal]]
    lines: Mapping[str, Mapping[str, Decimal]]
    refused: tuple[Refusal, ...]


def edits_in(grids: Grids, sheets: Mapping[str, Sheet], found: CalculatedPlan, locked_to: str) -> Edited:
    """Return what was changed between a workbook as it was made and as it came back.

    Parameters
    ----------
    grids
        The workbook as it came back.
    sheets
        The workbook as it would be made now.
    found
        The plan that it was made of.
    locked_to
        The last year whose inputs are locked.
    """
    drivers: dict[str, dict[str, Decimal]] = {}
    lines: dict[str, dict[str, Decimal]] = {}
    refused: list[Refusal] = []
    by_row = {row.row: row for row in driver_rows(found.plan, locked_to)}
    several = _several(found.plan, locked_to)
    for name, sheet in sheets.items():
        if name not in grids:
            refused.append(
                Refusal(
                    name,
                    "a sheet",
                    "nothing",
                    "the sheet is gone; its inputs stay as they were",
                )
            )
            continue
        for (row, column), cell in sheet.cells.items():
            if cell.formula is not None:
                continue
            text = _text(grids[name], row, column)
            if _is_same(cell, text):
                continue
            number = _number(text)
            problem = _why_refused(cell, number, text)
            if problem is None and name == DRIVERS and column == VALUE and number is not None:
                one = by_row[row]
                if (one.driver.id, one.year) in several:
                    problem = "the driver has several values in that year; change it in the force folder"
                else:
                    drivers.setdefault(one.driver.id, {})[one.year] = number
            elif problem is None and name == SET and number is not None:
                line = found.lines[row - line_row(found, found.lines[0].id)]
                lines.setdefault(line.id, {})[found.years[column - FIRST_YEAR]] = number
            if problem is not None:
                place = f"{name}!{address(row, column)}"
                refused.append(Refusal(place, _shown(cell), text or "nothing", problem))
    return Edited(drivers, lines, tuple(refused))


def overwritten(grids: Grids, sheets: Mapping[str, Sheet]) -> tuple[Refusal, ...]:
    """Return the formulas that do not come to what they should with the changes taken in: somebody typed over them.

    Parameters
    ----------
    grids
        The workbook as it came back.
    sheets
        The workbook as it would be made with the changes taken in.
    """
    refused = []
    for name, sheet in sheets.items():
        for (row, column), cell in sheet.cells.items():
            if cell.formula is None or name not in grids:
                continue
            text = _text(grids[name], row, column)
            number = _number(text)
            if (
                isinstance(cell.value, Decimal)
                and number is not None
                and abs(number - cell.value) < Decimal("0.006")
            ):
                continue
            if not isinstance(cell.value, Decimal) and text == cell.value:
                continue
            refused.append(
                Refusal(
                    f"{name}!{address(row, column)}", _shown(cell), text or "nothing",
                    f"a formula gives {_shown(cell)} here; to set a figure use the sheet {SET}",
                )
            )  # fmt: skip
    return tuple(refused)


def _several(plan: Plan, locked_to: str) -> set[tuple[str, str]]:
    places = [(row.driver.id, row.year) for row in driver_rows(plan, locked_to)]
    return {place for place in places if places.count(place) > 1}


def _why_refused(cell: Cell, number: Decimal | None, text: str) -> str | None:
    if not cell.is_input:
        return "the cell is locked"
    if number is None and not (text == "" and cell.value is None):
        return "it is no number" if text else "a value is needed; type 0 to take it out"
    return None


def _text(grid: Sequence[Sequence[str | None]], row: int, column: int) -> str:
    if row >= len(grid) or column >= len(grid[row]):
        return ""
    return (grid[row][column] or "").strip()


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if is_workable(number) else None


def _is_same(cell: Cell, text: str) -> bool:
    if cell.value is None:
        return text == ""
    if isinstance(cell.value, Decimal):
        number = _number(text)
        return number is not None and _is_alike(number, cell.value)
    if isinstance(cell.value, str):
        return " ".join(cell.value.split()) == " ".join(text.split())
    return text.startswith(cell.value.isoformat())


def _is_alike(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= ALIKE + DIGITS * abs(other)


def _shown(cell: Cell) -> str:
    return (
        "nothing"
        if cell.value is None
        else f"{cell.value:,}"
        if isinstance(cell.value, Decimal)
        else str(cell.value)
    )
