"""Answers scenarios of a plan side by side, what changed since a version, and how an old plan turned out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypedDict

from constabulary.core.amounts import money, several
from constabulary.core.answers import StampedAnswer, Written, with_fields_of, words_of
from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force.rooms.finance import PlanOutturn
from constabulary.core.provenance import Stamp
from constabulary.finance.plan import CalculatedPlan, calculate
from constabulary.finance.plan.backtest import BackTested, back_test
from constabulary.finance.plan.changes import Changes, Version, VersionLine, changes_between, version_of
from constabulary.finance.scenario import BridgeStep, Compared, compare
from constabulary.services.finance.plan import (
    BandDAnswer,
    BandDCheck,
    plan_of,
    read_scenario_file,
    referendum_checks,
)
from constabulary.services.finance.resources import plain, source_of, stamp_of
from constabulary.services.workspace.workspaces import Workspace

__all__ = ["BackTestReport", "ChangesReport", "ScenarioReport", "back_test_report", "changes", "scenarios"]


@dataclass(frozen=True)
class ScenarioReport:
    """Scenarios beside the plan.

    Parameters
    ----------
    name
        The force's name.
    base
        The plan as typed.
    compared
        Each scenario with its bridge.
    band_d
        Band D of each scenario against the limits.
    stamp
        What it was made from.
    """

    name: str
    base: CalculatedPlan
    compared: tuple[Compared, ...]
    band_d: tuple[tuple[BandDCheck, ...], ...]
    stamp: Stamp

    def as_json(self) -> ScenariosAnswer:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "name": self.name,
            "years": list(self.base.years),
            "plan": _figures(self.base),
            "scenarios": [
                {
                    "title": one.scenario.title,
                    "note": one.scenario.note or None,
                    **_figures(one.result),
                    "difference_gbp": plain(one.difference_gbp, "_gbp"),
                    "bridge": plain(one.bridge),
                    "lines": [
                        {"id": line.id, "title": line.title, "values": plain(line.values, "_gbp")}
                        for line, before in zip(one.result.lines, self.base.lines, strict=True)
                        if line.values != before.values
                    ],
                    "referendum": [plain(check) | {"sentence": check.sentence()} for check in checks],
                }
                for one, checks in zip(self.compared, self.band_d, strict=True)
            ],
            "stamp": self.stamp.as_json(),
        }


class PlanFigures(TypedDict):
    """The main lines of a plan, by year.

    Parameters
    ----------
    net_budget_requirement_gbp, gap_gbp
        What is needed, and financing less that: below zero is a gap.
    band_d_gbp
        Band D; null where the plan has none.
    """

    net_budget_requirement_gbp: list[float]
    gap_gbp: list[float]
    band_d_gbp: list[float] | None


class MovedLine(TypedDict):
    """A line that a scenario moves.

    Parameters
    ----------
    values
        Its value in each year, in pounds or in the line's own unit.
    """

    id: str
    title: str
    values: list[float]


@words_of(PlanFigures)
class ScenarioAnswer(PlanFigures):
    """A scenario beside the plan.

    Parameters
    ----------
    difference_gbp
        Its gap less the plan's, by year.
    bridge
        What leads from the plan's gap to its own.
    lines
        Lines that differ from the plan.
    referendum
        Each forecast year's band D against its limit.
    """

    title: str
    note: str | None
    difference_gbp: list[float]
    bridge: list[Written[BridgeStep]]
    lines: list[MovedLine]
    referendum: list[BandDAnswer]


@words_of(ScenarioReport)
class ScenariosAnswer(StampedAnswer):
    """Scenarios beside the plan.

    Parameters
    ----------
    plan
        The plan as typed.
    scenarios
        Each scenario, with the bridge between the gaps.
    """

    name: str
    years: list[str]
    plan: PlanFigures
    scenarios: list[ScenarioAnswer]


@dataclass(frozen=True)
class BackTestReport:
    """An old plan held against what happened."""

    name: str
    title: str
    found: tuple[BackTested, ...]
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        n = len(self.found)
        mean = sum(abs(one.error_share) for one in self.found) / n
        still = sum(abs(one.unchanged_error_share) for one in self.found) / n
        return (
            f"{self.title}: over {several(n, 'figure')} the plan was {100 * mean:.1f}% away from what happened on "
            f"average; leaving the base year unchanged would have been {100 * still:.1f}% away."
        )

    def as_json(self) -> BackTestAnswer:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "name": self.name,
            "title": self.title,
            "sentence": self.sentence(),
            "figures": plain(self.found),
            "stamp": self.stamp.as_json(),
        }


class BackTestAnswer(StampedAnswer):
    """An old plan held against what happened.

    Parameters
    ----------
    figures
        Each figure of the plan that is known to have come to something.
    """

    name: str
    title: str
    sentence: str
    figures: list[Written[BackTested]]


@dataclass(frozen=True)
class ChangesReport:
    """What changed since an earlier version of a plan."""

    name: str
    before: str
    result: Changes
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        found = self.result
        if not found.lines and not found.drivers:
            return "Nothing changed."
        n = len([line for line in found.lines if not line.is_made])
        of_lines = "No line differs" if not n else several(n, "line differs", "lines differ")
        before, after = money(found.gap_before_gbp[-1], 0), money(found.gap_after_gbp[-1], 0)
        if before == after:
            return f"{of_lines}; the gap of {found.years[-1]} stays at {after}."
        return f"{of_lines}; the gap of {found.years[-1]} moved from {before} to {after}."

    def as_json(self) -> ChangesAnswer:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "name": self.name,
            "before": self.before,
            **plain(self.result),
            "stamp": self.stamp.as_json(),
        }


@with_fields_of(Changes)
class ChangesAnswer(StampedAnswer):
    """What changed since an earlier version of a plan.

    Parameters
    ----------
    before
        The earlier version.
    """

    name: str
    before: str


def scenarios(
    files: Sequence[Path], workspace: Workspace | None = None, force: str | None = None
) -> ScenarioReport:
    """Return scenarios beside the plan, each with the bridge from the plan's gap to its own.

    Parameters
    ----------
    files
        TOML files of scenarios.
    workspace, force
        Whose plan; see `constabulary.services.finance.plan.plan_of`, for errors too.
    """
    folder, plan = plan_of(workspace, force)
    read = [read_scenario_file(path) for path in files]
    compared = tuple(compare(plan, scenario) for scenario, _ in read)
    checks = tuple(referendum_checks(one.result) for one in compared)
    stamp = stamp_of(folder, scenarios=[digest for _, digest in read])
    return ScenarioReport(folder.name, calculate(plan, is_explained=False), compared, checks, stamp)


def back_test_report(workspace: Workspace | None = None, force: str | None = None) -> BackTestReport:
    """Return the plan held against what the force folder says happened.

    Parameters
    ----------
    workspace, force
        Whose plan; see `constabulary.services.finance.plan.plan_of`, for errors too.

    Raises
    ------
    NothingThere
        If the folder tells nothing of what lines of the plan came to after its base year.
    """
    folder, plan = plan_of(workspace, force)
    rows = folder.rows(PlanOutturn)
    found = back_test(plan, rows, [source_of(folder, row) for row in rows])
    if not found:
        raise NothingThere(
            Problem(
                "no_outturns",
                f"the force folder of {folder.name} tells nothing of what its plan came to.",
                "finance/plan/outturns.csv",
                remedy="Type what lines of the plan came to in years after its base year.",
            )
        )
    return BackTestReport(folder.name, plan.title, found, stamp_of(folder))


def changes(before: str, workspace: Workspace | None = None, force: str | None = None) -> ChangesReport:
    """Return what changed in a plan since an earlier version.

    Parameters
    ----------
    before
        The earlier version: a shipped force, a force folder, or a file that `finance plan --json` wrote.
    workspace, force
        Whose plan; see `constabulary.services.finance.plan.plan_of`, for errors too.
    """
    folder, plan = plan_of(workspace, force)
    after = version_of(calculate(plan, is_explained=False))
    path = Path(before)
    if path.is_file():
        earlier, was = _saved(path), path.name
    else:
        old_folder, old = plan_of(None, before)
        earlier, was = version_of(calculate(old, is_explained=False)), old_folder.files_sha256[:16]
    found = changes_between(earlier, after)
    if not found.years:
        told = f"{', '.join(earlier.gap_gbp)} and {', '.join(after.gap_gbp)}"
        raise NothingThere(
            Problem(
                "no_common_year",
                f"the two versions have no year in common: {told}.",
                expected="an earlier version of the same plan",
            )
        )
    return ChangesReport(folder.name, earlier.title, found, stamp_of(folder, before=was))


def _saved(path: Path) -> Version:
    """Return the version in a file that `finance plan --json` wrote."""
    try:
        # As bytes, since some shells write UTF-16 where output is led into a file.
        content = json.loads(path.read_bytes(), parse_float=Decimal, parse_int=Decimal)
        years = [str(year) for year in content["years"]]
        lines = {
            str(line["id"]): VersionLine(
                str(line["title"]), _by_year(years, line["values"]), bool(line["is_made"])
            )
            for line in content["lines"]
        }
        return Version(str(content["title"]), lines, _by_year(years, content["gap_gbp"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(
            Problem(
                "not_a_plan",
                f"this holds no calculated plan ({type(error).__name__}).",
                path.name,
                expected="what `constabulary finance plan --json` writes, or a force folder",
            )
        ) from None


def _by_year(years: Sequence[str], values: Sequence[object]) -> Mapping[str, Decimal]:
    found = {year: value for year, value in zip(years, values, strict=True) if isinstance(value, Decimal)}
    if len(found) < len(years):
        raise ValueError("a year is named twice, or its value is no number")
    return found


def _figures(plan: CalculatedPlan) -> PlanFigures:
    return {
        "net_budget_requirement_gbp": plain(plan.net_budget_requirement_gbp, "_gbp"),
        "gap_gbp": plain(plan.gap_gbp, "_gbp"),
        "band_d_gbp": None if plan.band_d_gbp is None else plain(plan.band_d_gbp, "_gbp"),
    }
