"""Scenarios pasted from a spreadsheet: rows of a driver or line and its values by year, parted by tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from constabulary.core.amounts import is_workable
from constabulary.core.errors import BadInput, Problem
from constabulary.finance.periods import is_period
from constabulary.finance.plan import Plan, calculate
from constabulary.finance.scenario import Change, Scenario, compare
from constabulary.services.finance.plan import plan_of, referendum_checks
from constabulary.services.finance.resources import stamp_of
from constabulary.services.finance.scenarios import ScenarioReport
from constabulary.services.workspace.workspaces import Workspace

__all__ = ["pasted_scenarios"]

Values = dict[str, dict[str, Decimal]]


def pasted_scenarios(pasted: Sequence[tuple[str, str]], workspace: Workspace) -> ScenarioReport:
    """Return pasted scenarios beside the plan, each with its bridge.

    Parameters
    ----------
    pasted
        The title and the rows of each. Rows are a driver or line, a year and a value; or, below a first row of years,
        a driver or line and a value for each of them, an empty cell leaving the plan's. Cells are parted by tabs, or
        by commas or semicolons where there is none. Percentages are read as such: 2% is 0.02.
    workspace
        Whose plan; see `constabulary.services.finance.plan.plan_of`, for errors too.

    Raises
    ------
    BadInput
        With every cell that cannot be read; a text that a spreadsheet would run as a formula is no number.
    """
    folder, plan = plan_of(workspace, None)
    scenarios = [Scenario(title, _changes(text, title, plan)) for title, text in pasted]
    compared = tuple(compare(plan, scenario) for scenario in scenarios)
    checks = tuple(referendum_checks(one.result) for one in compared)
    stamp = stamp_of(folder, scenarios=[list(one) for one in pasted])
    return ScenarioReport(folder.name, calculate(plan, is_explained=False), compared, checks, stamp)


def _changes(text: str, title: str, plan: Plan) -> tuple[Change, ...]:
    problems: list[Problem] = []
    drivers: Values = {}
    lines: Values = {}
    known = {line.id for line in plan.lines}
    for row, name, year, cell in _cells(text, title, problems):
        number = _number(cell)
        if number is None:
            problems.append(
                Problem(
                    "not_a_number",
                    f'"{cell}" is not a number.',
                    title,
                    row,
                    name,
                    cell,
                    "such as 0.02, 2% or 150,000.",
                )
            )
        elif name in plan.drivers:
            drivers.setdefault(name, {})[year] = number
        elif name in known:
            lines.setdefault(name, {})[year] = number
        else:
            near = get_close_matches(name, [*plan.drivers, *known], n=1)
            problems.append(
                Problem(
                    "no_such_driver", f'"{name}" is no driver and no line of the plan.', title, row, None, name,
                    remedy=f'Did you mean "{near[0]}"?' if near else "The page of a line names its drivers.",
                )
            )  # fmt: skip
    if not problems and not drivers and not lines:
        problems.append(
            Problem(
                "empty_scenario",
                "no row changes anything.",
                title,
                expected="a driver or line, a year and a value.",
            )
        )
    if problems:
        raise BadInput(problems)
    return (
        *(Change(_said(name, values), driver=(name, values)) for name, values in drivers.items()),
        *(Change(_said(name, values), line=(name, values)) for name, values in lines.items()),
    )


def _said(name: str, values: dict[str, Decimal]) -> str:
    return f"{name}: {', '.join(f'{year} {value:,}' for year, value in values.items())}"


def _cells(text: str, title: str, problems: list[Problem]) -> list[tuple[int, str, str, str]]:
    """Return row number, name, year and text of each filled cell."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    parted_by = "\t" if "\t" in first else max(";,", key=first.count)
    years: list[str] = []
    found: list[tuple[int, str, str, str]] = []
    for row, cells in enumerate(csv.reader(io.StringIO(text), delimiter=parted_by), start=1):
        named = [cell.strip() for cell in cells]
        if not any(named):
            continue
        if not found and not years and len(named) > 1 and all(is_period(cell) for cell in named[1:] if cell):
            years = named[1:]
        elif years:
            found += [
                (row, named[0], year, cell)
                for year, cell in zip(years, named[1:], strict=False)
                if cell and year
            ]
        elif len(named) >= 3 and is_period(named[1]):
            found.append((row, named[0], named[1], ",".join(named[2:])))
        else:
            problems.append(
                Problem(
                    "not_a_row", "this is no driver or line with a year and a value.", title, row, None,
                    " ".join(named),
                    "such as officer_pay, 2015/16 and 0.02, with a tab between.",
                )
            )  # fmt: skip
    return found


def _number(text: str) -> Decimal | None:
    bare = text.replace(",", "").replace("£", "").strip()
    is_percent = bare.endswith("%")
    try:
        number = Decimal(bare.removesuffix("%").strip())
    except InvalidOperation:
        return None
    if not is_workable(number):
        return None
    return number / 100 if is_percent else number
