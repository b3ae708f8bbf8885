"""Answers the medium-term financial plan of a force: calculated, explained, held against the referendum limits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypedDict

from constabulary.core.amounts import money, several
from constabulary.core.answers import StampedAnswer, Written, with_fields_of, words_of
from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.files import read_toml
from constabulary.core.provenance import Stamp
from constabulary.finance.plan import CLASSES, CalculatedPlan, Plan, calculate, plan_in
from constabulary.finance.plan.calculated import LineAnswer
from constabulary.finance.plan.evidence import Evidence, Reproduction, evidence, reproduction
from constabulary.finance.plan.findings import findings
from constabulary.finance.precept import ReferendumCheck, check_referendum
from constabulary.finance.scenario import Scenario, calculate_scenario, read_scenario, with_scenario
from constabulary.services.finance.precept import limits
from constabulary.services.finance.resources import force_for, plain, stamp_of
from constabulary.services.workspace.workspaces import Workspace

__all__ = [
    "BandDCheck",
    "PlanReport",
    "forecast_of",
    "limit_check",
    "money",
    "plan_of",
    "plan_report",
    "read_scenario_file",
    "referendum_checks",
    "scenario_stamp",
]


@dataclass(frozen=True)
class BandDCheck:
    """A year's band D held against its referendum limit.

    Parameters
    ----------
    year, band_d_gbp
        The year and its band D (pounds).
    check
        The rise and the limit; None where no limit of the year is known.
    rule
        The principle of the year in words: a rise of 2% or more, a rise of more than £24.00.
    status, source
        How the limit stands and who says so.
    """

    year: str
    band_d_gbp: Decimal
    check: ReferendumCheck | None
    rule: str = ""
    status: str = ""
    source: str = ""

    def sentence(self) -> str:
        """Return what a reader should know of it."""
        if self.check is None:
            return f"{self.year}: band D {money(self.band_d_gbp)}; no referendum limit of that year is known here."
        verdict = "this one does" if self.check.is_excessive else "this one does not"
        return (
            f"{self.year}: band D {money(self.band_d_gbp)}, a rise of {money(self.check.increase_gbp)} "
            f"({100 * self.check.increase_share:.3f}%); {self.rule} needs a referendum ({self.status}): {verdict}."
        )


@dataclass(frozen=True)
class PlanReport:
    """A calculated plan and how it came about.

    Parameters
    ----------
    force, name
        The force's id and name.
    result
        The plan, with its working.
    evidence
        What the forecast rests on.
    reproduction
        How it returns the printed forecast.
    band_d
        Each forecast year's band D against its limit; empty without a band D line.
    scenario
        The scenario it is of; None for the plan as typed.
    stamp
        What it was made from.
    """

    force: str
    name: str
    result: CalculatedPlan
    evidence: Evidence
    reproduction: Reproduction
    band_d: tuple[BandDCheck, ...]
    scenario: Scenario | None
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        found = self.result
        last, gap = found.years[-1], found.gap_gbp[-1]
        need = found.net_budget_requirement_gbp[-1]
        what = (
            f"a gap of {money(-gap / 1_000_000, 3)}m" if gap < 0 else f"{money(gap / 1_000_000, 3)}m to spare"
        )
        which = "the plan" if self.scenario is None else f'"{self.scenario.title}"'
        return f"{self.name}: in {last} {which} needs {money(need / 1_000_000, 3)}m and has {what}."

    def evidence_sentence(self) -> str:
        """Return what the forecast rests on, in a sentence."""
        found, share = self.evidence, self.evidence.share
        n = sum(found.n_cells.values())
        told = ", ".join(
            f"{100 * share[name]:.1f}% {name} ({found.n_cells[name]} of {several(n, 'figure')})"
            for name in CLASSES
            if share[name] or found.n_cells[name]
        )
        return (
            f"Of the forecast's pounds, {told}; {several(found.n_drivers, 'driver')}, "
            f"{several(found.n_unexplained_steps, 'step')} whose cause is not published."
        )

    @property
    def findings(self) -> tuple[str, ...]:
        """What was typed and does nothing, or is missing without anybody saying so, a sentence each."""
        return findings(self.result.plan)

    def as_json(self) -> PlanAnswer:
        """Return the report as commands and the API answer it."""
        found = self.result
        band_d = found.band_d_gbp
        return {
            "schema": 1,
            "force": self.force,
            "name": self.name,
            "plan": found.plan.id,
            "title": found.plan.title,
            "scenario": None if self.scenario is None else self.scenario.title,
            "years": list(found.years),
            "base_year": found.plan.base,
            "lines": [line.as_json() for line in found.lines],
            "net_budget_requirement_gbp": [float(value) for value in found.net_budget_requirement_gbp],
            "gap_gbp": [float(value) for value in found.gap_gbp],
            "band_d_gbp": None if band_d is None else [float(value) for value in band_d],
            "evidence": plain(self.evidence) | {"classes": dict(CLASSES)},
            "reproduction": plain(self.reproduction),
            "referendum": [plain(check) | {"sentence": check.sentence()} for check in self.band_d],
            "findings": list(self.findings),
            "rounding": "Each line is rounded to the penny each year, halves away from zero.",
            "stamp": self.stamp.as_json(),
        }


@with_fields_of(BandDCheck)
class BandDAnswer(TypedDict):
    """A year's band D held against its referendum limit."""

    sentence: str


@with_fields_of(Evidence)
class EvidenceAnswer(TypedDict):
    """What the forecast of a plan rests on.

    Parameters
    ----------
    classes
        What each class means.
    """

    classes: dict[str, str]


@words_of(PlanReport)
class PlanAnswer(StampedAnswer):
    """A medium-term financial plan with every line worked out.

    Parameters
    ----------
    plan, title
        The plan's id and what it is called.
    years
        All years: the typed ones to the base year, then the forecast.
    base_year
        The year that the forecast begins from.
    lines
        In the order of the plan.
    net_budget_requirement_gbp, gap_gbp, band_d_gbp
        By year; a gap below zero is money that is missing, and band D is null where the plan has none.
    referendum
        Each forecast year's band D against its limit.
    findings
        What was typed and does nothing, or is missing without anybody saying so, a sentence each.
    rounding
        How figures are rounded.
    """

    force: str
    name: str
    plan: str
    title: str
    scenario: str | None
    years: list[str]
    base_year: str
    lines: list[LineAnswer]
    net_budget_requirement_gbp: list[float]
    gap_gbp: list[float]
    band_d_gbp: list[float] | None
    evidence: EvidenceAnswer
    reproduction: Written[Reproduction]
    referendum: list[BandDAnswer]
    findings: list[str]
    rounding: str


def forecast_of(plan: Plan) -> tuple[str, ...]:
    """Return the forecast years of a plan.

    Raises
    ------
    NothingThere
        If it has none.
    """
    years = plan.years[plan.n_typed :]
    if not years:
        raise NothingThere(
            Problem(
                "no_forecast",
                f"the plan ends with its base year, {plan.base}.",
                "finance/plan/plan.csv",
                column="last_period",
                expected="a later year",
            )
        )
    return years


def plan_of(
    workspace: Workspace | None = None, force: str | None = None, scenario: Path | None = None
) -> tuple[Force, Plan]:
    """Return the force folder meant and the plan in it, with a scenario where one is named.

    Parameters
    ----------
    workspace
        Whose force folder; without one and without `force`, the first shipped force.
    force
        A shipped force, or the path of a force folder.
    scenario
        A TOML file of a scenario; see `read_scenario_file`.

    Raises
    ------
    BadForceFolder
        If the folder breaks a rule of its own.
    BadInput
        If it holds no plan, the plan breaks a rule, or the scenario does not fit it.
    """
    folder = force_for(workspace, force)
    plan = plan_in(folder)
    return folder, plan if scenario is None else with_scenario(plan, read_scenario_file(scenario)[0])


def plan_report(
    workspace: Workspace | None = None, force: str | None = None, scenario: Path | None = None
) -> PlanReport:
    """Return the plan of a force, calculated and explained.

    Parameters
    ----------
    workspace, force
        Whose plan; see `plan_of`, for errors too.
    scenario
        A TOML file of a scenario; see `read_scenario_file`.
    """
    folder, plan = plan_of(workspace, force)
    asked = read_scenario_file(scenario)[0] if scenario is not None else None
    found = calculate(plan) if asked is None else calculate_scenario(plan, asked)
    return PlanReport(
        folder.id,
        folder.name,
        found,
        evidence(found),
        reproduction(found),
        referendum_checks(found),
        asked,
        scenario_stamp(folder, scenario),
    )


def read_scenario_file(path: Path) -> tuple[Scenario, str]:
    """Return the scenario in a TOML file, and the hash of the file.

    Raises
    ------
    BadInput
        If there is no such file, or with everything that is wrong in it.
    """
    if not path.is_file():
        raise BadInput(
            Problem("no_file", "there is no such file.", str(path), remedy="Check its name and place.")
        )
    problems: list[Problem] = []
    toml = read_toml(path, path.name, problems)
    if problems:
        raise BadInput(problems)
    scenario = read_scenario(toml.content, path.name, toml.line)
    return scenario, hashlib.sha256(path.read_bytes()).hexdigest()


def scenario_stamp(folder: Force, scenario: Path | None, **asked: Any) -> Stamp:
    """Return the stamp of a result made from a force folder and, where one is named, the file of a scenario."""
    if scenario is not None:
        asked["scenario"] = hashlib.sha256(scenario.read_bytes()).hexdigest()
    return stamp_of(folder, **asked)


def referendum_checks(plan: CalculatedPlan) -> tuple[BandDCheck, ...]:
    """Return the band D of the base year and each forecast year held against its limit."""
    band_d = plan.band_d_gbp or ()
    return tuple(
        limit_check(plan.years[at], band_d[at], band_d[at - 1])
        for at in range(max(plan.n_typed - 1, 1), len(band_d))
    )


def limit_check(year: str, band_d_gbp: Decimal, last_band_d_gbp: Decimal) -> BandDCheck:
    """Return a band D held against the limit of its year, which comes with the package.

    Parameters
    ----------
    year
        The financial year.
    band_d_gbp, last_band_d_gbp
        Band D of the year and of the year before (pounds).
    """
    limit = limits().get(year)
    if limit is None or not last_band_d_gbp:
        return BandDCheck(year, band_d_gbp, None)
    check = check_referendum(
        band_d_gbp,
        last_band_d_gbp,
        limit_gbp=limit.value if limit.unit == "gbp" else None,
        limit_share=limit.value if limit.unit == "share" else None,
    )
    is_share = limit.unit == "share"
    rule = (
        f"a rise of {float(100 * limit.value):g}% or more"
        if is_share
        else f"a rise of more than {money(limit.value)}"
    )
    return BandDCheck(year, band_d_gbp, check, rule, limit.status, limit.source)
