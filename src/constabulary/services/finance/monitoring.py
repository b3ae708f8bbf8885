"""Answers how a year's budget stands: the plan's lines against actual spending by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from constabulary.core.amounts import money, several
from constabulary.core.answers import StampedAnswer, Written, with_fields_of, words_of
from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.finance_monitoring import ActualRow, BudgetRow, ProfileRow, VirementRow
from constabulary.core.provenance import Stamp
from constabulary.finance.actuals import Actuals, Refused, read_actuals
from constabulary.finance.monitoring import METHODS, Budgeted, Monitored, monitor
from constabulary.finance.periods import is_period, year_of
from constabulary.finance.plan import CalculatedPlan
from constabulary.parameters import load_parameters
from constabulary.services.finance.planned import plan_if_any
from constabulary.services.finance.printed import grid_of
from constabulary.services.finance.resources import force_for, plain, source_of, stamp_of
from constabulary.services.workspace.workspaces import Workspace

__all__ = ["METHODS", "MonitoringReport", "monitoring"]


@dataclass(frozen=True)
class MonitoringReport:
    """A year's budget monitored, and how it came about.

    Parameters
    ----------
    force, name
        The force's id and name.
    result
        The lines.
    refused
        Rows of the actual spending that were not read.
    actuals_from
        Where the actual spending is from: a file's name, or "the force folder".
    stamp
        What it was made from.
    """

    force: str
    name: str
    result: Monitored
    refused: tuple[Refused, ...]
    actuals_from: str
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        found, total = self.result, self.result.total
        side = "over" if total.variance_gbp > 0 else "under"
        text = (
            f"After {several(found.n_months, 'month')} of {found.period}, "
            f"{money(total.actual_to_date_gbp, 0)} is spent of {money(total.budget_to_date_gbp, 0)} budgeted so far; "
            f"the year is forecast to end at {money(total.outturn_gbp, 0)}, "
            f"{money(abs(total.variance_gbp), 0)} {side} the budget"
        )
        return (
            f"{text}; {several(len(self.refused), 'row was', 'rows were')} refused."
            if self.refused
            else f"{text}."
        )

    def as_json(self) -> MonitoringAnswer:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "force": self.force,
            "answer": self.sentence(),
            **plain(self.result),
            "methods": dict(METHODS),
            "refused": plain(self.refused),
            "actuals_from": self.actuals_from,
            "stamp": self.stamp.as_json(),
        }


@words_of(MonitoringReport)
@with_fields_of(Monitored)
class MonitoringAnswer(StampedAnswer):
    """A year's budget against what was spent.

    Parameters
    ----------
    methods
        The ways to forecast the year's end, each in words.
    """

    force: str
    answer: str
    methods: dict[str, str]
    refused: list[Written[Refused]]
    actuals_from: str


def monitoring(
    workspace: Workspace | None,
    force: str | None = None,
    *,
    path: Path | None = None,
    text: str | None = None,
    sheet: str | None = None,
    period: str | None = None,
    method: str = "profile",
    n_months: int | None = None,
) -> MonitoringReport:
    """Return how a year's budget stands.

    Parameters
    ----------
    workspace, force
        See `constabulary.services.finance.resources.force_for`.
    path, text, sheet
        Actual spending as a CSV, TSV or Excel file, or pasted; the force folder's when both are left out.
    period
        The year; that of the latest month with anything spent when left out.
    method, n_months
        See `constabulary.finance.monitoring.monitor`.

    Raises
    ------
    BadForceFolder
        If the folder breaks a rule of its own.
    BadInput
        If the actual spending cannot be read at all, a virement does not fit the budget, or the folder's plan breaks
        a rule.
    NothingThere
        If there is no actual spending, or no budget for the year.
    """
    folder = force_for(workspace, force)
    plan = plan_if_any(folder)
    names = {row.line_id: row.name for row in folder.rows(BudgetRow)}
    names |= {line.id: line.title for line in plan.lines} if plan is not None else {}
    actuals, origin, digest = _actuals(folder, path, text, sheet, names)
    if not actuals.amounts_gbp and actuals.refused:
        first = actuals.refused[0]
        raise BadInput(Problem("no_actuals", f"{first.reason}.", origin, first.row, None, first.value))
    if period is not None and not is_period(period):
        raise BadInput(Problem("not_a_year", f'"{period}" is not a year.', value=period, expected="2019/20."))
    period = period or _latest(folder, plan, actuals)
    budgets = _budgets(folder, plan, period)
    if not budgets:
        raise NothingThere(
            Problem(
                "no_budget",
                f"there is no budget for {period}.",
                "finance/budgets.csv",
                expected=f"a year of the plan ({', '.join(plan.years)})." if plan is not None else None,
                remedy="Type one there, or plan the year (docs/how-to/monitor-the-budget.md).",
            )
        )
    profiles: dict[str, dict[int, Decimal]] = {}
    for row in folder.rows(ProfileRow):
        profiles.setdefault(row.line_id, {})[row.month] = row.month_share
    share = Decimal(str(load_parameters("monitoring")["notable_share"].value))
    found = monitor(
        period,
        budgets,
        actuals.amounts_gbp,
        profiles=profiles,
        virements=folder.rows(VirementRow),
        n_months=n_months,
        method=method,
        notable_share=share,
    )
    stamp = stamp_of(folder, period=period, method=method, n_months=found.n_months)
    stamp = Stamp({**stamp.inputs, **({origin: digest} if digest else {})}, stamp.parameters)
    return MonitoringReport(folder.id, folder.name, found, actuals.refused, origin, stamp)


def _actuals(
    force: Force, path: Path | None, text: str | None, sheet: str | None, names: Mapping[str, str]
) -> tuple[Actuals, str, str]:
    if path is not None or text is not None:
        grid, origin, digest = grid_of(path, text, sheet)
        return read_actuals(grid, names), origin, digest
    rows = force.rows(ActualRow)
    if not rows:
        raise NothingThere(
            Problem(
                "no_actuals",
                f"the force folder of {force.name} tells nothing of what was spent.",
                "finance/actuals.csv",
                remedy="Give a file of the ledger, or type it there (docs/how-to/monitor-the-budget.md).",
            )
        )
    return (
        Actuals({(row.line_id, row.calendar_month): row.amount_gbp for row in rows}, ()),
        "the force folder",
        "",
    )


def _latest(force: Force, plan: CalculatedPlan | None, actuals: Actuals) -> str:
    last = max((month for _, month in actuals.amounts_gbp), default=None)
    if last is None:
        raise NothingThere(Problem("no_actuals", "nothing was spent in any month.", remedy="Name the year."))
    rows = force.rows(BudgetRow)
    like = plan.plan.base if plan is not None else rows[0].period if rows else "2000/01"
    return year_of(date(int(last[:4]), int(last[5:]), 1), like)


def _budgets(force: Force, plan: CalculatedPlan | None, period: str) -> list[Budgeted]:
    """Return the lines that make up the requirement of a year, with the folder's own budgets in front of the plan's."""
    own = {row.line_id: row for row in force.rows(BudgetRow) if row.period == period}
    found: list[Budgeted] = []
    if plan is not None and period in plan.years:
        at = plan.years.index(period)
        requirement = plan.plan.needs_role("requirement").id
        wanted = _parts(plan, requirement)
        found += [
            Budgeted(line.id, line.title, line.values[at], "the plan")
            for line in plan.lines
            if line.id in wanted and line.id not in own
        ]
    found += [Budgeted(row.line_id, row.name, row.amount_gbp, source_of(force, row)) for row in own.values()]
    return found


def _parts(plan: CalculatedPlan, line_id: str) -> set[str]:
    """Return the lines that others are made of down to those that are made of none."""
    parts = plan.plan.line(line_id).parts
    if not parts:
        return {line_id}
    return {one for _, part in parts for one in _parts(plan, part)}
