"""Answers what a plan is sensitive to: the ready reckoner, the swing of each driver, the fan of many draws."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from constabulary.core.amounts import money
from constabulary.core.answers import StampedAnswer, Written, with_fields_of
from constabulary.core.force import Force
from constabulary.core.force.rooms.finance import PlanSpread
from constabulary.core.provenance import Stamp
from constabulary.finance.montecarlo import QUANTILES, Fan, fan
from constabulary.finance.plan import Plan, calculate
from constabulary.finance.sensitivity import Reckoned, Spread, Swing, reckon, spreads, tornado
from constabulary.parameters import load_parameters
from constabulary.services.finance.plan import forecast_of, plan_of, scenario_stamp
from constabulary.services.finance.resources import plain
from constabulary.services.workspace.workspaces import Workspace

__all__ = [
    "QUANTILES",
    "FanReport",
    "ReckonerReport",
    "SensitivityReport",
    "fan_report",
    "reckoner",
    "sensitivity",
]

SPREAD_OF = {
    "pay_award": "spread_pay_award",
    "increment": "spread_increment",
    "index": "spread_index",
    "growth": "spread_growth_share",
    "saving": "spread_saving_share",
}
"""The package's spread by type of driver."""


@dataclass(frozen=True)
class ReckonerReport:
    """The ready reckoner of a plan: what each rule of thumb does to the gap of each forecast year."""

    name: str
    years: tuple[str, ...]
    rules: tuple[Reckoned, ...]
    stamp: Stamp

    def as_json(self) -> ReckonerAnswer:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "name": self.name,
            "years": list(self.years),
            "rules": plain(self.rules),
            "stamp": self.stamp.as_json(),
        }


class ReckonerAnswer(StampedAnswer):
    """The ready reckoner of a plan.

    Parameters
    ----------
    rules
        What each rule of thumb does to the gap of each year.
    """

    name: str
    years: list[str]
    rules: list[Written[Reckoned]]


@dataclass(frozen=True)
class SensitivityReport:
    """How far each driver swings the gap of a year, the widest first; `gap_gbp` is the gap as planned."""

    name: str
    year: str
    gap_gbp: Decimal
    swings: tuple[Swing, ...]
    stamp: Stamp

    def as_json(self) -> SensitivityAnswer:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "name": self.name,
            "year": self.year,
            "gap_gbp": plain(self.gap_gbp, "_gbp"),
            "swings": plain(self.swings),
            "stamp": self.stamp.as_json(),
        }


class SensitivityAnswer(StampedAnswer):
    """How far each driver swings the gap of a year.

    Parameters
    ----------
    gap_gbp
        The gap as planned; below zero is money that is missing.
    swings
        The widest first.
    """

    name: str
    year: str
    gap_gbp: float
    swings: list[Written[Swing]]


@dataclass(frozen=True)
class FanReport:
    """The fan of a plan's gap over many draws; `planned_gbp` is the gap as planned, by forecast year."""

    name: str
    planned_gbp: tuple[Decimal, ...]
    result: Fan
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        last = self.result.years[-1]
        low, high = (money(Decimal(value) / 1_000_000, 3) for value in (last.gap_gbp[0], last.gap_gbp[-1]))
        return (
            f"{self.name}: in {last.year} nine draws in ten end between {low}m and {high}m (below zero is a gap); "
            f"{100 * last.gap_share:.0f}% have a gap ({self.result.n_draws:,} draws, seed {self.result.seed})."
        )

    def as_json(self) -> FanAnswer:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "name": self.name,
            "quantiles": list(QUANTILES),
            "planned_gbp": plain(self.planned_gbp, "_gbp"),
            **plain(self.result),
            "stamp": self.stamp.as_json(),
        }


@with_fields_of(Fan)
class FanAnswer(StampedAnswer):
    """The fan of a plan's gap over many draws.

    Parameters
    ----------
    quantiles
        Which quantiles (0 to 1) the gap of each year is told at.
    planned_gbp
        The gap as planned, by forecast year.
    """

    name: str
    quantiles: list[float]
    planned_gbp: list[float]


def reckoner(
    workspace: Workspace | None = None, force: str | None = None, scenario: Path | None = None
) -> ReckonerReport:
    """Return the ready reckoner of a plan.

    Parameters
    ----------
    workspace, force, scenario
        Whose plan, and the scenario it is asked in; see `constabulary.services.finance.plan.plan_of`, for errors too.
    """
    folder, plan = plan_of(workspace, force, scenario)
    return ReckonerReport(folder.name, forecast_of(plan), reckon(plan), scenario_stamp(folder, scenario))


def sensitivity(
    workspace: Workspace | None = None,
    force: str | None = None,
    year: str | None = None,
    scenario: Path | None = None,
) -> SensitivityReport:
    """Return how far each driver swings the gap of a year.

    Parameters
    ----------
    workspace, force, scenario
        Whose plan, and the scenario it is asked in; see `constabulary.services.finance.plan.plan_of`, for errors too.
    year
        The year; the last of the plan when left out.
    """
    folder, plan = plan_of(workspace, force, scenario)
    asked = year or forecast_of(plan)[-1]
    found = calculate(plan, is_explained=False)
    gap = found.gap_gbp[found.year(asked)]
    swings = tornado(plan, _spreads(folder, plan), asked)
    return SensitivityReport(folder.name, asked, gap, swings, scenario_stamp(folder, scenario, year=asked))


def fan_report(
    workspace: Workspace | None = None,
    force: str | None = None,
    *,
    n_draws: int = 10_000,
    seed: int = 1,
    scenario: Path | None = None,
) -> FanReport:
    """Return the fan of a plan's gap over many draws of its drivers.

    Parameters
    ----------
    workspace, force, scenario
        Whose plan, and the scenario it is asked in; see `constabulary.services.finance.plan.plan_of`, for errors too.
    n_draws, seed
        How many draws, and the seed that gives them again.

    Raises
    ------
    NothingThere
        If the plan has no forecast year.
    """
    folder, plan = plan_of(workspace, force, scenario)
    forecast_of(plan)
    planned = calculate(plan, is_explained=False).gap_gbp[plan.n_typed :]
    found = fan(plan, _spreads(folder, plan), n_draws=n_draws, seed=seed)
    stamp = scenario_stamp(folder, scenario, draws=n_draws)
    return FanReport(folder.name, planned, found, Stamp(stamp.inputs, stamp.parameters, seed=seed))


def _spreads(force: Force, plan: Plan) -> tuple[Spread, ...]:
    usual = load_parameters("finance")
    return spreads(
        plan,
        force.rows(PlanSpread),
        {kind: Decimal(str(usual[name].value)) for kind, name in SPREAD_OF.items()},
    )
