"""Drivers that a force's own accounts make: what the capital account does to interest, provision and contributions.

A line that names `capital.interest`, `capital.provision` or `capital.revenue` among its drivers follows the capital
account: a scheme more in the programme moves the gap.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

from constabulary.core.amounts import money
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.model import Force
from constabulary.core.force.rooms.finance import ACCOUNT_DRIVERS
from constabulary.core.force.rooms.finance_capital import (
    CapitalFinancingRow,
    CapitalPositionRow,
    CapitalSchemeRow,
    CapitalYearRow,
)
from constabulary.finance.capital import CapitalYear, plan_capital
from constabulary.finance.periods import start_of
from constabulary.finance.plan.graph import Dated, Driver, weakest


def account_drivers(force: Force, names: Iterable[str], years: tuple[str, ...]) -> tuple[Driver, ...]:
    """Return the drivers of those names that the capital account makes, each a change from year to year.

    Parameters
    ----------
    force
        The force folder.
    names
        The drivers that lines name; those that are not of an account are left alone.
    years
        The base year and those after it.

    Raises
    ------
    BadInput
        If the folder tells no capital position for the beginning of the base year, or the account breaks a rule.
    """
    asked = sorted(set(names) & set(ACCOUNT_DRIVERS))
    if not asked:
        return ()
    positions = [
        row for row in force.rows(CapitalPositionRow) if (start_of(years[0]) - row.as_at_on).days == 1
    ]
    if not positions:
        raise BadInput(
            Problem(
                "no_capital_position",
                f'a line follows "{asked[0]}", and no capital position is told for the day before {years[0]}.',
                "finance/capital_position.csv",
                remedy="Type it there, or move the line by drivers of its own.",
            )
        )
    schemes, financing = force.rows(CapitalSchemeRow), force.rows(CapitalFinancingRow)
    account = plan_capital(positions[0], schemes, financing, force.rows(CapitalYearRow), years)
    borrowing = weakest([positions[0].status, *(row.status for row in schemes if row.period in years)])
    given = weakest(row.status for row in financing if row.source == "revenue" and row.period in years)
    return tuple(_driver(name, account, given if name == "capital.revenue" else borrowing) for name in asked)


def _driver(name: str, account: tuple[CapitalYear, ...], status: str) -> Driver:
    rows = []
    for before, now in pairwise(account):
        change = _value(name, now) - _value(name, before)
        note = (
            f"{money(_value(name, now))} in {now.period}, {money(_value(name, before))} in {before.period}."
        )
        if change:
            title = f"The capital account: {ACCOUNT_DRIVERS[name]}"
            rows.append(Dated(start_of(now.period), change, title, status, "", note))
    return Driver(name, "step", tuple(rows))


def _value(name: str, year: CapitalYear) -> Decimal:
    if name == "capital.revenue":
        return year.financing_gbp.get("revenue", Decimal(0))
    return year.interest_gbp if name == "capital.interest" else year.provision_gbp
