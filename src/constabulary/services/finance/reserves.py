"""Answers what reserves hold year by year, and whether the general reserve is what the budget wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from constabulary.core.amounts import money
from constabulary.core.answers import StampedAnswer, with_fields_of, words_of
from constabulary.core.errors import NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.finance_capital import (
    CapitalFinancingRow,
    CapitalYearRow,
    ReserveMovementRow,
    ReserveRow,
)
from constabulary.core.provenance import Stamp
from constabulary.finance.periods import following, year_of
from constabulary.finance.reserves import ReservesPlan, ReserveYear, plan_reserves
from constabulary.parameters import load_parameters
from constabulary.services.finance.planned import plan_if_any, planned_by_year
from constabulary.services.finance.resources import force_for, plain, source_of, stamp_of
from constabulary.services.workspace.workspaces import Workspace

__all__ = ["ReservesReport", "net_budgets", "reserves", "reserves_of"]

YEARS = 4
"""How many years a report shows when nobody says."""


@dataclass(frozen=True)
class ReservesReport:
    """Reserves over several years and how they came about.

    Parameters
    ----------
    force, name
        The force's id and name.
    result
        The reserves.
    sources
        What each opening balance rests on, by reserve.
    budget_sources
        Where each year's net budget requirement is from.
    stamp
        What it was made from.
    """

    force: str
    name: str
    result: ReservesPlan
    sources: Mapping[str, str]
    budget_sources: Mapping[str, str]
    stamp: Stamp

    def of(self, period: str) -> tuple[ReserveYear, ...]:
        """Return each reserve in a year."""
        return tuple(one for one in self.result.years if one.period == period)

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        found = self.result
        opening = sum((one.opening_gbp for one in self.of(found.periods[0])), Decimal(0))
        last = found.periods[-1]
        text = (
            f"Reserves of {money(opening, 0)} on {found.as_at_on.day} {found.as_at_on:%B %Y} come to "
            f"{money(found.total_gbp[last], 0)} at the end of {last}"
        )
        if found.tests:
            test = found.tests[-1]
            text += f"; the general reserve is {test.general_share:.2%} of the net budget requirement of {test.period}"
        return text + "."

    def as_json(self) -> ReservesAnswer:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "force": self.force,
            "answer": self.sentence(),
            **plain(self.result),
            "sources": dict(self.sources),
            "budget_sources": dict(self.budget_sources),
            "stamp": self.stamp.as_json(),
        }


@words_of(ReservesReport)
@with_fields_of(ReservesPlan)
class ReservesAnswer(StampedAnswer):
    """Reserves by purpose and year."""

    force: str
    answer: str
    sources: dict[str, str]
    budget_sources: dict[str, str]


def reserves(
    workspace: Workspace | None,
    force: str | None = None,
    n_years: int | None = None,
    net_budgets_gbp: Mapping[str, Decimal] | None = None,
) -> ReservesReport:
    """Return a force's reserves, from the year after the day they are told for.

    Parameters
    ----------
    workspace, force
        See `constabulary.services.finance.resources.force_for`.
    n_years
        How many years; to the last movement, and four at least, when left out.
    net_budgets_gbp
        Net budget requirement by year (pounds) in place of the plan's.

    Raises
    ------
    BadForceFolder
        If the folder breaks a rule of its own.
    BadInput
        If the folder's plan does.
    NothingThere
        If the folder has no reserves.
    """
    return reserves_of(force_for(workspace, force), n_years, net_budgets_gbp)


def reserves_of(
    folder: Force, n_years: int | None = None, net_budgets_gbp: Mapping[str, Decimal] | None = None
) -> ReservesReport:
    """Return the reserves of a force folder; see `reserves` for parameters and errors."""
    rows, movements = folder.rows(ReserveRow), folder.rows(ReserveMovementRow)
    if not rows:
        raise NothingThere(
            Problem(
                "no_reserves",
                f"the force folder of {folder.name} has no reserves.",
                "finance/reserves.csv",
                remedy="Type them and finance/reserve_movements.csv (docs/how-to/plan-reserves-and-capital.md).",
            )
        )
    budgets, origins = net_budgets(folder)
    given = dict(net_budgets_gbp or {})
    budgets |= given
    origins |= dict.fromkeys(given, "given with the question")
    morrow = rows[0].as_at_on + timedelta(days=1)
    first = year_of(morrow, "2000" if morrow.month == 1 else "2000/01")
    periods = [following(first, no) for no in range(n_years or YEARS)]
    while n_years is None and any(one.period > periods[-1] for one in movements):
        periods.append(following(periods[-1]))
    share = Decimal(str(load_parameters("reserves")["prudent_share"].value))
    found = plan_reserves(rows, movements, periods, budgets, share)
    return ReservesReport(
        folder.id,
        folder.name,
        replace(found, findings=(*found.findings, *_capital_draws(folder, found))),
        {row.reserve_id: source_of(folder, row) for row in rows},
        {year: origins[year] for year in periods if year in origins},
        stamp_of(folder, n_years=len(periods), net_budgets_gbp=plain(given, "_gbp")),
    )


def net_budgets(force: Force) -> tuple[dict[str, Decimal], dict[str, str]]:
    """Return the net budget requirement (pounds) of each year that a folder tells, and where each is from.

    The plan's come first; years it does not reach take the net revenue stream of finance/capital_years.csv.

    Raises
    ------
    BadInput
        If the folder's plan breaks a rule.
    """
    found: dict[str, Decimal] = {}
    origins: dict[str, str] = {}
    for row in force.rows(CapitalYearRow):
        if row.net_revenue_stream_gbp:
            found[row.period] = row.net_revenue_stream_gbp
            origins[row.period] = source_of(force, row)
    budgets = planned_by_year(plan_if_any(force), "requirement")
    return found | budgets, origins | dict.fromkeys(budgets, "the plan")


def _capital_draws(force: Force, found: ReservesPlan) -> tuple[str, ...]:
    """Hold what the capital programme takes from reserves against what the reserves of that kind give."""
    told = []
    for period in found.periods:
        taken = sum(
            (row.amount_gbp for row in force.rows(CapitalFinancingRow)
             if row.period == period and row.source in {"reserves", "receipts"}),
            Decimal(0),
        )  # fmt: skip
        given = -sum(
            (move.amount_gbp for one in found.years if one.period == period for move in one.movements
             if move.amount_gbp < 0),
            Decimal(0),
        )  # fmt: skip
        if taken > given:
            told.append(
                f"In {period} the capital programme takes {money(taken, 0)} from reserves and receipts, and only "
                f"{money(given, 0)} leaves the reserves: one of the two is wrong."
            )
    return tuple(told)
