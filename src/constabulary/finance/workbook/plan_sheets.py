"""The sheets of the plan: every line in every year by live formula, and the figures set in place of what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from constabulary.finance.plan import CalculatedPlan, Line
from constabulary.finance.plan.calculate import Fixed
from constabulary.finance.plan.kind import change, growth, product
from constabulary.finance.workbook.cells import Sheet, address
from constabulary.finance.workbook.driver_sheets import HEADER_ROW, YearCells

PLAN, SET = "Plan", "Set figures"
FIRST_YEAR = 5
STYLE_OF_UNIT = {"gbp": "gbp", "dwellings": "homes", "change": "share"}


def line_row(found: CalculatedPlan, line_id: str) -> int:
    """Return the row (from 0) of a line on the sheets of the plan."""
    return HEADER_ROW + 1 + next(no for no, line in enumerate(found.lines) if line.id == line_id)


def set_sheet(found: CalculatedPlan, fixed: Fixed, locked_to: str) -> Sheet:
    """Return the sheet of figures set in place of what the rules give; empty cells leave the rules.

    Parameters
    ----------
    found
        The plan, worked out.
    fixed
        What is set already, by line and year.
    locked_to
        The last year that is locked.
    """
    sheet = _headed(
        SET, found, "Figures set in place of what the plan gives",
        f"Type a figure to set a line in a year after {locked_to}; an empty cell leaves it to the plan.",
    )  # fmt: skip
    for line in found.lines:
        row = line_row(found, line.id)
        _labels(sheet, found.plan.line(line.id), row)
        for no, year in enumerate(found.years):
            if no >= found.n_typed:
                set_to = fixed.get(line.id, {}).get(year)
                sheet.put(row, FIRST_YEAR + no, set_to, STYLE_OF_UNIT[line.unit], is_input=year > locked_to)
    return sheet


def plan_sheet(found: CalculatedPlan, drivers: Mapping[str, YearCells], set_figures: Sheet) -> Sheet:
    """Return the sheet of the plan.

    Parameters
    ----------
    found
        The plan, worked out.
    drivers
        Where what each driver does stands.
    set_figures
        The sheet of figures set in place of what the rules give.
    """
    sheet = _headed(
        PLAN, found, found.plan.title,
        "Every forecast figure is a formula: last year's value times the year's rates, plus the year's amounts.",
    )  # fmt: skip
    for line in found.lines:
        typed = found.plan.line(line.id)
        row, style = line_row(found, line.id), STYLE_OF_UNIT[line.unit]
        _labels(sheet, typed, row)
        for no, year in enumerate(found.years):
            column, value = FIRST_YEAR + no, line.values[no]
            if no < found.n_typed and (
                typed.rules.is_moved or (typed.rules.is_typed_at_start and year in typed.typed)
            ):
                sheet.put(row, column, value, style, note=typed.source)
                continue
            rule = _rule(found, typed, no, drivers)
            if no >= found.n_typed:
                set_to = set_figures.at(row, column)
                rule = f"IF(ISBLANK({set_to}),{rule},{set_to})"
            sheet.put(row, column, value, style, formula=rule)
    return sheet


def _headed(name: str, found: CalculatedPlan, title: str, note: str) -> Sheet:
    sheet = Sheet(name, (28, 6, 44, 20, 10, *[17] * len(found.years)), (HEADER_ROW + 1, 3))
    sheet.put(0, 0, title, "title")
    sheet.put(1, 0, note, "note")
    for column, text in enumerate(("Line", "Ref.", "Title", "Kind", "Unit", *found.years)):
        sheet.put(HEADER_ROW, column, text, "heading")
    return sheet


def _labels(sheet: Sheet, line: Line, row: int) -> None:
    for column, text in enumerate((line.id, line.ref, line.title, line.kind, line.rules.unit)):
        sheet.put(row, column, text)


def _rule(found: CalculatedPlan, line: Line, no: int, drivers: Mapping[str, YearCells]) -> str:
    """Return the formula of a line's rule in a year."""
    places = line.rules.places
    column = FIRST_YEAR + no
    if line.rules.is_moved:
        return _moved(found, line, no, drivers)
    parts = [(sign, address(line_row(found, part), column)) for sign, part in line.parts]
    before = (
        [(sign, address(line_row(found, part), column - 1)) for sign, part in line.parts] if no else parts
    )
    if line.rules.rule is product:
        return f"ROUND({parts[0][1]}*{parts[1][1]},{places})"
    if line.rules.rule is growth:
        return f"ROUND({parts[0][1]}/{before[0][1]}-1,{places})"
    if line.rules.rule is change:
        return f"ROUND({_sum(parts)}-({_sum(before)}),{places})"
    return f"ROUND({_sum(parts)},{places})"


def _sum(parts: list[tuple[int, str]]) -> str:
    return "".join(f"{'-' if sign < 0 else '+'}{place}" for sign, place in parts).removeprefix("+")


def _moved(found: CalculatedPlan, line: Line, no: int, drivers: Mapping[str, YearCells]) -> str:
    year = found.years[no]
    opening = address(line_row(found, line.id), FIRST_YEAR + no - 1)
    factors, changes = [], []
    for name in line.drivers:
        cells = drivers.get(name)
        if cells is None:
            continue
        if year in cells.ends:
            opening += f"-{cells.ends[year]}"
        if year in cells.factors:
            factors.append(cells.factors[year])
        if year in cells.changes:
            changes.append(cells.changes[year])
    opening = f"({opening})" if "-" in opening and factors else opening
    return f"ROUND(ROUND({'*'.join([opening, *factors])},{line.rules.places}){''.join(f'+{one}' for one in changes)},2)"


def total_of(found: CalculatedPlan, role: str, sheet: Sheet, no: int) -> tuple[str, Decimal] | None:
    """Return where the line of a role stands in a year, and what it comes to; None without one."""
    line = found.of_role(role)
    if line is None:
        return None
    return sheet.at(line_row(found, line.id), FIRST_YEAR + no), line.values[no]
