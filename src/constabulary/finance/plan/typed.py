"""Takes a plan from a force folder: its rows, and the printed figures that its lines name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.model import Force
from constabulary.core.force.rooms.finance import PlanDriver, PlanLine, PlanYears
from constabulary.core.force.rooms.finance_precept import TaxBaseRow
from constabulary.finance.periods import following, is_period, years_between
from constabulary.finance.plan.accounts import account_drivers
from constabulary.finance.plan.graph import HOW, Dated, Driver, Line, Plan, check_plan
from constabulary.finance.plan.kind import kinds
from constabulary.finance.plan.rounding import returning_print
from constabulary.finance.printed import Cell, printed_in
from constabulary.finance.resolution import taxed

Figures = Mapping[str, Mapping[str, Cell]]


def holds_plan(force: Force) -> bool:
    """Tell whether a force folder holds a plan: its years and lines, whatever else is wrong with them.

    Parameters
    ----------
    force
        A checked force folder; see `constabulary.core.force.load_force`.
    """
    return bool(force.rows(PlanYears) and force.rows(PlanLine))


def plan_in(force: Force) -> Plan:
    """Return the plan of a force folder.

    Parameters
    ----------
    force
        A checked force folder; see `constabulary.core.force.load_force`.

    Raises
    ------
    BadInput
        If it holds none, or its lines or drivers break a rule; all problems at once.
    """
    rows = force.rows(PlanYears)
    if not holds_plan(force):
        raise BadInput(
            Problem(
                "no_plan",
                f"the force folder of {force.name} holds no financial plan.",
                "finance/plan/lines.csv" if rows else "finance/plan/plan.csv",
                remedy=f"Type one in; {HOW}",
            )
        )
    plan = rows[0]
    figures = _printed(force)
    forecast = years_between(plan.base_period, plan.last_period)
    history = _history(plan.base_period, figures, force.rows(PlanLine))
    lines = [_line(row, figures, (*history, plan.base_period), force) for row in force.rows(PlanLine)]
    made = Plan(
        plan.plan_id,
        plan.title,
        plan.base_period,
        (*history, *forecast),
        _with_tax_base(lines, force.rows(TaxBaseRow), (*history, plan.base_period)),
        _drivers(force) | {one.id: one for one in account_drivers(force, _named(lines), forecast)},
    )
    check_plan(made)
    return returning_print(made) if plan.is_as_printed == "yes" else made


def _named(lines: list[Line]) -> set[str]:
    return {name for line in lines for name in line.drivers}


def _printed(force: Force) -> Figures:
    found: dict[str, dict[str, Cell]] = defaultdict(dict)
    for cell in printed_in(force):
        if is_period(cell.key.period) and cell.key.unit in {"gbp", "change", "count"}:
            found[f"{cell.key.table}:{cell.key.line}"][cell.key.period] = cell
    return found


def _history(base: str, figures: Figures, rows: tuple[PlanLine, ...]) -> tuple[str, ...]:
    """Return the years just before the base year for which the requirement is printed, oldest first.

    A document that prints a few lines of an earlier year does not print a budget of it.
    """
    needs = [
        row.printed_line or ""
        for row in rows
        if row.kind in kinds() and kinds()[row.kind].role == "requirement"
    ]
    printed = {period for name in needs for period in figures.get(name, {})}
    years: tuple[str, ...] = ()
    while following(base, -len(years) - 1) in printed:
        years = (following(base, -len(years) - 1), *years)
    return years


def _line(row: PlanLine, figures: Figures, typed_years: tuple[str, ...], force: Force) -> Line:
    if row.printed_line and row.printed_line not in figures:
        raise BadInput(
            Problem(
                "plan",
                f'"{row.printed_line}" is no printed line of a year.',
                row.file,
                row.line,
                "printed_line",
                expected="`table:line` of finance/printed/*.csv",
            )
        )
    cells = figures.get(row.printed_line or "", {})
    printed = {period: cell.value for period, cell in cells.items()}
    typed = {year: printed[year] for year in typed_years if year in printed}
    kind = kinds().get(row.kind)
    if cells and kind is not None and kind.is_moved and kind.role != "tax_base":
        typed = {year: printed.get(year, Decimal(0)) for year in typed_years[:-1]} | typed
    if row.base is not None:
        typed[typed_years[-1]] = row.base
    parts = tuple(
        (-1 if name.startswith("-") else 1, name.removeprefix("-")) for name in (row.parts or "").split()
    )
    first = next(iter(cells.values()), None)
    return Line(
        row.line_id,
        row.title,
        row.kind,
        row.ref or "",
        row.section or "",
        tuple((row.drivers or "").split()),
        parts,
        typed,
        printed,
        first.step if first else Decimal(0),
        row.status if row.base is not None or not cells else "printed",
        force.cited(row.source_id, row.where) or (first.source if first else ""),
        row.note or "",
        row.file,
        row.line,
    )


def _with_tax_base(
    lines: list[Line], authorities: tuple[TaxBaseRow, ...], typed_years: tuple[str, ...]
) -> tuple[Line, ...]:
    """Fill the tax base of a typed year that has none: what billing authorities notified, or precept over band D."""
    by_role = {kinds()[line.kind].role: line for line in lines if line.kind in kinds()}
    base, precept, band_d = (by_role.get(role) for role in ("tax_base", "precept", "band_d"))
    if base is None:
        return tuple(lines)
    found: dict[str, Decimal] = {}
    for year in typed_years:
        rows = [row for row in authorities if row.period == year]
        if rows:
            found[year] = sum((taxed(row)[0] for row in rows), Decimal(0))
        elif precept is not None and band_d is not None and year in precept.typed and band_d.typed.get(year):
            found[year] = (precept.typed[year] / band_d.typed[year]).quantize(Decimal("0.01"), ROUND_HALF_UP)
    filled = replace(base, typed={**found, **base.typed})
    return tuple(filled if line.id == base.id else line for line in lines)


def _drivers(force: Force) -> dict[str, Driver]:
    dated: dict[str, list[Dated]] = defaultdict(list)
    types: dict[str, str] = {}
    for row in force.rows(PlanDriver):
        types[row.driver_id] = row.type
        dated[row.driver_id].append(
            Dated(
                row.from_on,
                row.value,
                row.title,
                row.status,
                force.cited(row.source_id, row.where),
                row.note or "",
                row.delivery,
            )
        )
    return {
        name: Driver(name, types[name], tuple(sorted(found, key=lambda one: one.from_on)))
        for name, found in sorted(dated.items())
    }
