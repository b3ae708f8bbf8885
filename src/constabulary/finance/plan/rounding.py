"""Returns the print: what the rounding of a printed line leaves of its drivers' result becomes a step of its own.

A document prints its lines rounded and moves them unrounded; so its drivers, started from the printed base, miss the
printed columns by up to half of the last digit of both years. No more than that is ever made up here: a line that
its drivers miss by more stays missed, and the plan says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from constabulary.finance.periods import start_of
from constabulary.finance.plan.arithmetic import EXACT
from constabulary.finance.plan.drivers import Moves, moves
from constabulary.finance.plan.graph import ROUNDING, Dated, Driver, Line, Plan

NOTE = "What the rounding of the print leaves: less than half of its last digit for each of the two years."


def returning_print(plan: Plan) -> Plan:
    """Return the plan with a driver of its own for each line whose print its drivers return but for rounding.

    Parameters
    ----------
    plan
        A plan whose lines know what is printed.
    """
    years = plan.years[plan.n_typed - 1 :]
    made = {
        name: moves(driver, years, {}, EXACT.number, lambda value: EXACT.rounded(value, 2))
        for name, driver in plan.drivers.items()
    }
    drivers, lines = [], []
    for line in plan.lines:
        rows = _rows(plan, line, made) if line.rules.is_moved else ()
        if rows:
            drivers.append(Driver(f"{line.id}.{ROUNDING}", ROUNDING, rows))
        lines.append(replace(line, drivers=(*line.drivers, f"{line.id}.{ROUNDING}")) if rows else line)
    return replace(plan.with_drivers(drivers), lines=tuple(lines))


def _rows(plan: Plan, line: Line, made: Mapping[str, Moves]) -> tuple[Dated, ...]:
    targets = _targets(plan, line)
    value, rows, before = line.typed[plan.base], [], targets.get(plan.base, (Decimal(0), Decimal(0)))[1]
    for k, year in enumerate(plan.years[plan.n_typed :], start=1):
        opening, factor, added = value, Decimal(1), Decimal(0)
        for one in (made[name] for name in line.drivers):
            if one.factors:
                factor *= one.factors[k]
            else:
                added += one.changes[k]
                opening -= one.ends[k] if one.ends else 0
        value = EXACT.rounded(opening * factor, line.rules.places) + added
        if year in targets:
            target, slack = targets[year]
            left = target - value
            if 0 < abs(left) < slack + before * factor:
                rows.append(
                    Dated(start_of(year), left, "Rounding of the print", "inferred", line.source, NOTE)
                )
                value = target
            before = slack
    return tuple(rows)


def _targets(plan: Plan, line: Line) -> dict[str, tuple[Decimal, Decimal]]:
    """Return by year what the print shows of a line, and how far from it the line may have been."""
    precept, band_d = plan.of_role("precept"), plan.of_role("band_d")
    if line.rules.role == "tax_base" and not line.printed and precept and band_d:
        return {
            year: (
                EXACT.rounded(amount / band_d.printed[year], 2),
                precept.print_step / 2 / band_d.printed[year],
            )
            for year, amount in precept.printed.items()
            if band_d.printed.get(year)
        }
    return {year: (value, line.print_step / 2) for year, value in line.printed.items()}
