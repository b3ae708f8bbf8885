"""Answers a plan asked backwards: band D for a gap, officers for a rise, savings for reserves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypedDict

from constabulary.core.answers import StampedAnswer, Written, with_fields_of
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.finance_capital import ReserveRow
from constabulary.core.force.rooms.response import ResponseValue
from constabulary.core.provenance import Stamp
from constabulary.finance.periods import following, start_of
from constabulary.finance.plan import Plan, calculate
from constabulary.finance.solve import (
    BandDSolved,
    OfficersSolved,
    Recruiting,
    SavingsYear,
    first_pay_driver,
    gap_at_band_d,
    solve_band_d,
    solve_officers,
    solve_savings,
)
from constabulary.parameters import load_parameters
from constabulary.services.finance.plan import (
    BandDAnswer,
    BandDCheck,
    forecast_of,
    limit_check,
    plan_of,
    scenario_stamp,
)
from constabulary.services.finance.resources import plain
from constabulary.services.workspace.workspaces import Workspace

PENNY = Decimal("0.01")

__all__ = ["SolvedBandD", "SolvedOfficers", "SolvedSavings", "band_d", "officers", "savings"]


@dataclass(frozen=True)
class SolvedBandD:
    """The band D that closes each year's gap, held against the limit, and the gap that the limit leaves.

    `allowed_gbp` is the highest band D the limit allows after the plan's band D of the year before, and
    `gap_at_allowed_gbp` the gap with it; None where no limit is known.
    """

    name: str
    years: tuple[BandDSolved, ...]
    checks: tuple[BandDCheck, ...]
    allowed_gbp: tuple[Decimal | None, ...]
    gap_at_allowed_gbp: tuple[Decimal | None, ...]
    stamp: Stamp

    def as_json(self) -> BandDSolvedAnswer:
        """Return the answer as commands and the API give it."""
        return {
            "schema": 1,
            "name": self.name,
            "years": [
                plain(one)
                | {
                    "referendum": plain(check) | {"sentence": check.sentence()},
                    "allowed_gbp": plain(allowed, "_gbp"),
                    "gap_at_allowed_gbp": plain(gap, "_gbp"),
                }
                for one, check, allowed, gap in zip(
                    self.years, self.checks, self.allowed_gbp, self.gap_at_allowed_gbp, strict=True
                )
            ],
            "stamp": self.stamp.as_json(),
        }


@with_fields_of(BandDSolved)
class BandDYear(TypedDict):
    """The band D that closes the gap of a year, held against the limit.

    Parameters
    ----------
    referendum
        How it stands against the year's limit.
    allowed_gbp, gap_at_allowed_gbp
        The highest band D the limit allows, and the gap with it; null where no limit is known.
    """

    referendum: BandDAnswer
    allowed_gbp: float | None
    gap_at_allowed_gbp: float | None


class BandDSolvedAnswer(StampedAnswer):
    """The band D that closes each year's gap, the other years as planned."""

    name: str
    years: list[BandDYear]


@dataclass(frozen=True)
class SolvedOfficers:
    """The officers that a rise of band D buys, and when; the assumptions they rest on."""

    name: str
    result: OfficersSolved
    recruiting: Recruiting
    check: BandDCheck | None
    stamp: Stamp

    def as_json(self) -> OfficersAnswer:
        """Return the answer as commands and the API give it."""
        check = None if self.check is None else plain(self.check) | {"sentence": self.check.sentence()}
        return {
            "schema": 1,
            "name": self.name,
            **plain(self.result),
            "assumed": plain(self.recruiting),
            "referendum": check,
            "stamp": self.stamp.as_json(),
        }


@with_fields_of(OfficersSolved)
class OfficersAnswer(StampedAnswer):
    """The officers that a rise of band D buys, and when.

    Parameters
    ----------
    assumed
        What it rests on.
    referendum
        How the rise stands against the limit; null where none is known.
    """

    name: str
    assumed: Written[Recruiting]
    referendum: BandDAnswer | None


@dataclass(frozen=True)
class SolvedSavings:
    """The savings that keep the general reserve above its floor; `reserve_basis` says what tells the reserve."""

    name: str
    reserve_gbp: Decimal
    reserve_basis: str
    floor_share: Decimal
    years: tuple[SavingsYear, ...]
    stamp: Stamp

    def as_json(self) -> SavingsAnswer:
        """Return the answer as commands and the API give it."""
        return {
            "schema": 1,
            "name": self.name,
            "reserve_gbp": plain(self.reserve_gbp, "_gbp"),
            "reserve_basis": self.reserve_basis,
            "floor_share": float(self.floor_share),
            "years": plain(self.years),
            "stamp": self.stamp.as_json(),
        }


class SavingsAnswer(StampedAnswer):
    """The savings that keep the general reserve above its floor.

    Parameters
    ----------
    reserve_gbp, reserve_basis
        The general reserve to begin with, and what tells it.
    floor_share
        The least it may be, as a share of the net budget requirement.
    """

    name: str
    reserve_gbp: float
    reserve_basis: str
    floor_share: float
    years: list[Written[SavingsYear]]


def band_d(
    workspace: Workspace | None = None,
    force: str | None = None,
    years: Sequence[str] = (),
    scenario: Path | None = None,
) -> SolvedBandD:
    """Return the band D that closes the gap of each year, the other years as planned.

    Parameters
    ----------
    workspace, force, scenario
        Whose plan, and the scenario it is asked in; see `constabulary.services.finance.plan.plan_of`, for errors too.
    years
        The years asked for; all forecast years when empty.
    """
    folder, plan = plan_of(workspace, force, scenario)
    found = solve_band_d(plan, years or forecast_of(plan))
    checks, allowed, gaps = [], [], []
    for one in found:
        before = one.needed_gbp - one.rise_gbp
        check = limit_check(one.year, one.needed_gbp, before)
        checks.append(check)
        most = _most(one.year, before)
        allowed.append(most)
        gaps.append(None if most is None else gap_at_band_d(plan, one.year, most))
    return SolvedBandD(
        folder.name,
        found,
        tuple(checks),
        tuple(allowed),
        tuple(gaps),
        scenario_stamp(folder, scenario, years=list(years)),
    )


def _most(year: str, before: Decimal) -> Decimal | None:
    """Return the highest band D, to the penny, that the limit of a year allows; None where none is known."""
    check = limit_check(year, before, before).check
    if check is None:
        return None
    most = (before + check.limit_gbp).quantize(PENNY)
    while (again := limit_check(year, most, before).check) is not None and again.is_excessive:
        most -= PENNY
    return most


def officers(
    rise_gbp: Decimal,
    workspace: Workspace | None = None,
    force: str | None = None,
    *,
    year: str | None = None,
    officer_cost_gbp: Decimal | None = None,
    intake: int | None = None,
    months_between: int | None = None,
    first_on: date | None = None,
    training_weeks: int | None = None,
    scenario: Path | None = None,
) -> SolvedOfficers:
    """Return the officers that a rise of band D buys, and when they join and work alone.

    Parameters
    ----------
    rise_gbp
        The rise of band D beyond the plan's (pounds).
    workspace, force, scenario
        Whose plan, and the scenario it is asked in; see `constabulary.services.finance.plan.plan_of`, for errors too.
    year
        Its first year; the first forecast year when left out.
    officer_cost_gbp, intake, months_between, first_on, training_weeks
        See `constabulary.finance.solve.Recruiting`; the package's assumptions when left out, and of the cost the force
        folder's own (`response/values.csv`) before them.
    """
    folder, plan = plan_of(workspace, force, scenario)
    usual = load_parameters("finance")
    forecast = forecast_of(plan)
    recruiting = Recruiting(
        _officer_cost(folder) if officer_cost_gbp is None else officer_cost_gbp,
        intake if intake is not None else usual["intake_officers"].value,
        months_between if months_between is not None else usual["intake_months"].value,
        training_weeks if training_weeks is not None else usual["training_weeks"].value,
        first_on,
        first_pay_driver(plan),
    )
    found = solve_officers(plan, rise_gbp, year or forecast[0], recruiting)
    planned = _planned_band_d(plan, found.from_year)
    check = None if planned is None else limit_check(found.from_year, planned[1] + rise_gbp, planned[0])
    return SolvedOfficers(
        folder.name,
        found,
        recruiting,
        check,
        scenario_stamp(folder, scenario, rise_gbp=float(rise_gbp), **plain(recruiting)),
    )


def _officer_cost(force: Force) -> Decimal:
    """Return what an officer costs in a year (pounds): the force folder's, as simulation takes it, else assumed."""
    rows = force.rows(ResponseValue)
    own = next((row.value for row in rows if row.name == "officer_cost_gbp" and row.part is None), None)
    return Decimal(str(load_parameters("finance")["officer_cost_gbp"].value)) if own is None else own


def _planned_band_d(plan: Plan, year: str) -> tuple[Decimal, Decimal] | None:
    """Return the planned band D of the year before a year and of the year."""
    found = calculate(plan, is_explained=False)
    if found.band_d_gbp is None:
        return None
    at = found.year(year)
    return found.band_d_gbp[at - 1], found.band_d_gbp[at]


def savings(
    workspace: Workspace | None = None,
    force: str | None = None,
    *,
    reserve_gbp: Decimal | None = None,
    floor_share: Decimal | None = None,
    scenario: Path | None = None,
) -> SolvedSavings:
    """Return the savings needed so that the general reserve, which meets the gap, stays above its floor.

    Parameters
    ----------
    workspace, force, scenario
        Whose plan, and the scenario it is asked in; see `constabulary.services.finance.plan.plan_of`, for errors too.
    reserve_gbp
        The general reserve at the end of the base year (pounds). When left out, the force folder's of that day or,
        told as such, of the nearest day it knows.
    floor_share
        The floor as a share of the net budget requirement; 5% when left out.

    Raises
    ------
    BadInput
        If nothing says what the reserve is.
    """
    folder, plan = plan_of(workspace, force, scenario)
    forecast_of(plan)
    basis = "given with the question"
    if reserve_gbp is None:
        reserve_gbp, basis = _general_reserve(folder, plan)
    usual = load_parameters("reserves")["prudent_share"].value
    share = Decimal(str(usual)) if floor_share is None else floor_share
    years = solve_savings(plan, reserve_gbp, share)
    stamp = scenario_stamp(folder, scenario, reserve_gbp=float(reserve_gbp), floor_share=float(share))
    return SolvedSavings(folder.name, reserve_gbp, basis, share, years, stamp)


def _general_reserve(force: Force, plan: Plan) -> tuple[Decimal, str]:
    """Return the general reserve at the end of the base year, or at the nearest day known, and what says so."""
    day = start_of(following(plan.base)) - timedelta(days=1)
    rows = [row for row in force.rows(ReserveRow) if row.kind == "general"]
    if not rows:
        raise BadInput(
            Problem(
                "no_reserve",
                f"nothing says what the general reserve is on {day}.",
                "finance/reserves.csv",
                expected="a general reserve there, or --reserve in pounds",
            )
        )
    nearest = min((row.as_at_on for row in rows), key=lambda on: (abs((on - day).days), on))
    held = sum((row.balance_gbp for row in rows if row.as_at_on == nearest), Decimal(0))
    if nearest == day:
        return held, f"the force folder's of {day}"
    return held, f"that of {nearest}, the nearest known to {day}: give --reserve for your own"
