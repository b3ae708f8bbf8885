"""Builds the workbook of a plan: a page to read first, drivers, the plan by live formula, and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from constabulary.core.force.rooms.finance_capital import CapitalPositionRow
from constabulary.finance.capital import CapitalYear
from constabulary.finance.plan import CalculatedPlan
from constabulary.finance.plan.calculate import Fixed
from constabulary.finance.reserves import ReservesPlan
from constabulary.finance.resolution import Limit
from constabulary.finance.workbook.cells import Sheet
from constabulary.finance.workbook.driver_sheets import (
    DRIVERS,
    by_year_sheet,
    driver_rows,
    drivers_sheet,
)
from constabulary.finance.workbook.plan_sheets import SET, plan_sheet, set_sheet
from constabulary.finance.workbook.resource_sheets import (
    capital_sheet,
    precept_sheet,
    reserves_sheet,
)

READ_FIRST = "Read first"
STAMP_ROW = 4
"""Row of the first sheet (from 0) that names the state of the force folder the workbook was made from."""


def build(
    found: CalculatedPlan,
    *,
    stamp: str,
    locked_to: str,
    fixed: Fixed,
    ratios: Mapping[str, int],
    limits: Mapping[str, Limit],
    reserves: ReservesPlan | None = None,
    capital: tuple[CapitalPositionRow, Sequence[CapitalYear]] | None = None,
    facts: Sequence[tuple[str, str]] = (),
) -> dict[str, Sheet]:
    """Return the sheets of a plan's workbook, in their order.

    Parameters
    ----------
    found
        The plan, worked out with `fixed`.
    stamp
        The state of the force folder that it was made from.
    locked_to
        The last year whose inputs are locked.
    fixed
        Figures set in place of what the rules give, by line and year.
    ratios, limits
        The proportions of the bands, and the referendum limits by year.
    reserves, capital
        Reserves; the capital position and account. None leaves the sheet out.
    facts
        More for the first sheet: name and text.
    """
    rows = driver_rows(found.plan, locked_to)
    drivers = drivers_sheet(rows, locked_to)
    by_year, cells = by_year_sheet(found.plan, rows, drivers)
    set_figures = set_sheet(found, fixed, locked_to)
    plan = plan_sheet(found, cells, set_figures)
    sheets = [_read_first(found, stamp, locked_to, facts), plan, drivers, set_figures, by_year]
    precept = precept_sheet(found, plan, ratios, limits)
    sheets += [precept] if precept is not None else []
    sheets += [reserves_sheet(reserves, found, plan)] if reserves is not None else []
    sheets += [capital_sheet(capital[1], capital[0])] if capital is not None else []
    return {sheet.name: sheet for sheet in sheets}


def _read_first(found: CalculatedPlan, stamp: str, locked_to: str, facts: Sequence[tuple[str, str]]) -> Sheet:
    sheet = Sheet(READ_FIRST, (26, 110), (0, 0))
    sheet.put(0, 0, found.plan.title, "title")
    told = (
        (
            "What it is",
            "The plan by live formula. Change a shaded cell and everything that follows from it changes.",
        ),
        (
            "What may be changed",
            f"{DRIVERS}, column Value, and {SET}: years after {locked_to}. All else is locked.",
        ),
        ("Made from", stamp),
        ("Locked to", locked_to),
        (
            "Taking changes back",
            "constabulary finance read-back FILE turns what was changed into a scenario.",
        ),
        ("Figures", "Money in pounds. Each line is rounded to the penny each year, halves away from zero."),
        *facts,
    )
    for row, (name, text) in enumerate(told, start=STAMP_ROW - 2):
        sheet.put(row, 0, name, "heading")
        sheet.put(row, 1, text)
    return sheet
