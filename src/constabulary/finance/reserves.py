"""Reserves by purpose: what they hold year by year, and the general reserve held against the budget.

References
----------
Local Government Act 2003 s.25 (the chief finance officer reports on the adequacy of reserves; the body has regard to
it) and s.26 (minimum reserves); Police Reform and Social Responsibility Act 2011 Sch. 1 (the officer). Home Office
guidance of 2018 on police financial reserves: a general reserve above 5% of the budget is to be justified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from constabulary.core.amounts import money
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.rooms.finance_capital import ReserveMovementRow, ReserveRow
from constabulary.finance.periods import start_of

NOUGHT = Decimal(0)


@dataclass(frozen=True)
class ReserveYear:
    """One reserve in one year: what it begins with, what moves and why, what it ends with (pounds)."""

    reserve_id: str
    name: str
    kind: str
    purpose: str
    period: str
    opening_gbp: Decimal
    movements: tuple[ReserveMovementRow, ...]
    closing_gbp: Decimal


@dataclass(frozen=True)
class ReserveTest:
    """The general reserve at a year's end held against the net budget requirement.

    Parameters
    ----------
    period
        The year.
    general_gbp, net_budget_requirement_gbp
        General reserve at its end, and the budget it is held against (pounds).
    general_share
        One as a share of the other [0 to 1].
    prudent_share
        The share it is held against [0 to 1].
    margin_gbp
        What the general reserve has over that share; negative where it falls short (pounds).
    verdict
        "at", "above" (to be justified) or "below" (less than is held prudent).
    """

    period: str
    general_gbp: Decimal
    net_budget_requirement_gbp: Decimal
    general_share: Decimal
    prudent_share: Decimal
    margin_gbp: Decimal
    verdict: str


@dataclass(frozen=True)
class ReservesPlan:
    """Reserves over several years.

    Parameters
    ----------
    as_at_on
        The day of the first balances.
    periods
        The years.
    years
        Each reserve in each year, reserves in the order typed.
    total_gbp
        All reserves at the end of each year (pounds).
    tests
        The general reserve held against the budget, for years whose budget is told.
    findings
        What the chief finance officer's report has to say, a sentence each.
    """

    as_at_on: date
    periods: tuple[str, ...]
    years: tuple[ReserveYear, ...]
    total_gbp: Mapping[str, Decimal]
    tests: tuple[ReserveTest, ...]
    findings: tuple[str, ...]


def plan_reserves(
    reserves: Sequence[ReserveRow],
    movements: Sequence[ReserveMovementRow],
    periods: Sequence[str],
    net_budgets_gbp: Mapping[str, Decimal],
    prudent_share: Decimal,
) -> ReservesPlan:
    """Return reserves year by year, each with what moved it, and the test of the general reserve.

    Parameters
    ----------
    reserves
        Balances on one day.
    movements
        What goes in and out.
    periods
        Years, one after the other, the first beginning on the morrow of that day.
    net_budgets_gbp
        Net budget requirement by year (pounds), for the years that have one.
    prudent_share
        The share of it that the general reserve is held against [0 to 1].

    Raises
    ------
    BadInput
        If there are no reserves, or the years do not begin on the morrow of their day.
    """
    as_at = _day(reserves, periods)
    balance = {row.reserve_id: row.balance_gbp for row in reserves}
    years: list[ReserveYear] = []
    for period in periods:
        for row in reserves:
            moved = tuple(
                one for one in movements if (one.reserve_id, one.period) == (row.reserve_id, period)
            )
            opening = balance[row.reserve_id]
            balance[row.reserve_id] = opening + sum((one.amount_gbp for one in moved), NOUGHT)
            years.append(
                ReserveYear(
                    row.reserve_id,
                    row.name,
                    row.kind,
                    row.purpose,
                    period,
                    opening,
                    moved,
                    balance[row.reserve_id],
                )
            )
    totals = {
        period: sum((one.closing_gbp for one in years if one.period == period), NOUGHT) for period in periods
    }
    tests = _tests(years, periods, net_budgets_gbp, prudent_share)
    outside = [one for one in movements if one.period not in periods]
    findings = (*_overdrawn(years), *map(_sentence, tests), *_outside(outside, periods))
    return ReservesPlan(as_at, tuple(periods), tuple(years), totals, tests, findings)


def _day(reserves: Sequence[ReserveRow], periods: Sequence[str]) -> date:
    if not reserves:
        raise BadInput(Problem("no_reserves", "there are no reserves.", "finance/reserves.csv"))
    first = reserves[0]
    if periods and start_of(periods[0]) != first.as_at_on + timedelta(days=1):
        raise BadInput(
            Problem(
                "years_apart",
                f"reserves are told for {first.as_at_on}, and {periods[0]} does not begin the day after.",
                first.file,
                first.line,
                "as_at_on",
                remedy="Begin with the year that does.",
            )
        )
    return first.as_at_on


def _tests(
    years: Sequence[ReserveYear], periods: Sequence[str], budgets: Mapping[str, Decimal], prudent: Decimal
) -> tuple[ReserveTest, ...]:
    tests = []
    for period in periods:
        if not budgets.get(period):
            continue
        budget = budgets[period]
        general = sum(
            (one.closing_gbp for one in years if one.period == period and one.kind == "general"), NOUGHT
        )
        margin = general - prudent * budget
        verdict = "at" if margin == 0 else "above" if margin > 0 else "below"
        tests.append(ReserveTest(period, general, budget, general / budget, prudent, margin, verdict))
    return tuple(tests)


def _sentence(test: ReserveTest) -> str:
    start = (
        f"At the end of {test.period} the general reserve of {money(test.general_gbp, 0)} is {test.general_share:.2%} "
        f"of the net budget requirement"
    )
    match test.verdict:
        case "above":
            return (
                f"{start}, {money(test.margin_gbp, 0)} more than {test.prudent_share:.0%}: say why it is held "
                "(Home Office guidance of 2018)."
            )
        case "below":
            return (
                f"{start}, {money(-test.margin_gbp, 0)} less than {test.prudent_share:.0%}: the report under "
                "Local Government Act 2003 s.25 has to say why that is adequate."
            )
    return f"{start}, just {test.prudent_share:.0%}."


def _overdrawn(years: Sequence[ReserveYear]) -> list[str]:
    first: dict[str, ReserveYear] = {}
    for one in years:
        if one.closing_gbp < 0:
            first.setdefault(one.reserve_id, one)
    return [
        f"{one.name} would be overdrawn by {money(-one.closing_gbp, 0)} at the end of {one.period}: no reserve can be."
        for one in first.values()
    ]


def _outside(movements: Sequence[ReserveMovementRow], periods: Sequence[str]) -> list[str]:
    return [
        f"A movement in {one.period} ({one.reason}) is not among these years, {periods[0]} to {periods[-1]}."
        for one in movements
        if periods
    ]
