"""Answers what a capital programme costs revenue, and how the prudential indicators stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from constabulary.core.amounts import money
from constabulary.core.answers import StampedAnswer, Written, words_of
from constabulary.core.errors import NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.finance_capital import (
    CapitalFinancingRow,
    CapitalPositionRow,
    CapitalSchemeRow,
    CapitalYearRow,
)
from constabulary.core.provenance import Stamp
from constabulary.finance.capital import CapitalYear, plan_capital
from constabulary.finance.periods import following, year_of
from constabulary.services.finance.reserves import net_budgets
from constabulary.services.finance.resources import force_for, plain, source_of, stamp_of
from constabulary.services.workspace.workspaces import Workspace

__all__ = ["CapitalReport", "capital", "capital_of"]


@dataclass(frozen=True)
class CapitalReport:
    """A capital account and how it came about.

    Parameters
    ----------
    force, name
        The force's id and name.
    years
        Each year of it.
    sources
        What the opening position and each year's rows rest on.
    stamp
        What it was made from.
    """

    force: str
    name: str
    years: tuple[CapitalYear, ...]
    sources: Mapping[str, str]
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        first, last = self.years[0], self.years[-1]
        spend = sum((one.spend_gbp for one in self.years), Decimal(0))
        broken = [
            f"{i.title.lower()} in {one.period}"
            for one in self.years
            for i in one.indicators
            if i.is_kept is False
        ]
        text = (
            f"Capital spending of {money(spend, 0)} from {first.period} to {last.period} takes the capital financing "
            f"requirement from {money(first.requirement_opening_gbp, 0)} to {money(last.requirement_closing_gbp, 0)} "
            f"and costs revenue {money(last.revenue_gbp, 0)} in {last.period}"
        )
        return f"{text}; not kept: {', '.join(broken)}." if broken else f"{text}."

    def as_json(self) -> CapitalAnswer:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "force": self.force,
            "answer": self.sentence(),
            "years": plain(self.years),
            "sources": dict(self.sources),
            "stamp": self.stamp.as_json(),
        }


@words_of(CapitalReport)
class CapitalAnswer(StampedAnswer):
    """The capital account year by year, and the prudential indicators.

    Parameters
    ----------
    years
        Spending, financing, requirement and debt of each year.
    """

    force: str
    answer: str
    years: list[Written[CapitalYear]]
    sources: dict[str, str]


def capital(
    workspace: Workspace | None, force: str | None = None, n_years: int | None = None
) -> CapitalReport:
    """Return a force's capital account, from the year after the day its position is told for.

    Parameters
    ----------
    workspace, force
        See `constabulary.services.finance.resources.force_for`.
    n_years
        How many years; to the last year of the programme when left out.

    Raises
    ------
    BadForceFolder
        If the folder breaks a rule of its own.
    BadInput
        If the programme is financed beyond its spending, more is paid back than is owed, or the folder's plan breaks
        a rule.
    NothingThere
        If the folder tells no capital position.
    """
    return capital_of(force_for(workspace, force), n_years)


def capital_of(folder: Force, n_years: int | None = None) -> CapitalReport:
    """Return the capital account of a force folder; see `capital` for parameters and errors."""
    positions = folder.rows(CapitalPositionRow)
    if not positions:
        raise NothingThere(
            Problem(
                "no_capital_position",
                f"the force folder of {folder.name} tells no capital position.",
                "finance/capital_position.csv",
                remedy="Type it and finance/capital_schemes.csv (docs/how-to/plan-reserves-and-capital.md).",
            )
        )
    [position] = positions
    schemes, financing = folder.rows(CapitalSchemeRow), folder.rows(CapitalFinancingRow)
    morrow = position.as_at_on + timedelta(days=1)
    periods = [year_of(morrow, "2000" if morrow.month == 1 else "2000/01")]
    last = max([*(row.period for row in schemes), *(row.period for row in financing)], default=periods[0])
    while len(periods) < n_years if n_years else periods[-1] < last:
        periods.append(following(periods[-1]))
    years = plan_capital(
        position, schemes, financing, folder.rows(CapitalYearRow), periods, net_budgets(folder)[0]
    )
    sources = {"position": source_of(folder, position)}
    sources |= {f"{row.scheme_id} {row.period}": source_of(folder, row) for row in schemes}
    return CapitalReport(folder.id, folder.name, years, sources, stamp_of(folder, n_years=len(periods)))
