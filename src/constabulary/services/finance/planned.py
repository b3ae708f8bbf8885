"""The plan of a force folder where it has one, for answers that can be given without."""

from __future__ import annotations

from decimal import Decimal

from constabulary.core.force import Force
from constabulary.finance.plan import CalculatedPlan, calculate, holds_plan, plan_in


def plan_if_any(force: Force) -> CalculatedPlan | None:
    """Return the plan of a force folder worked out; None where it holds none.

    Parameters
    ----------
    force
        A checked force folder.

    Raises
    ------
    BadInput
        If it holds one that breaks a rule: what is answered without it would not be what the plan says.
    """
    return calculate(plan_in(force), is_explained=False) if holds_plan(force) else None


def planned_by_year(plan: CalculatedPlan | None, role: str) -> dict[str, Decimal]:
    """Return the values of a line by year; none without a plan or such a line.

    Parameters
    ----------
    plan
        The plan, if there is one.
    role
        What the line is for, such as "band_d".
    """
    line = None if plan is None else plan.of_role(role)
    return {} if plan is None or line is None else dict(zip(plan.years, line.values, strict=True))
