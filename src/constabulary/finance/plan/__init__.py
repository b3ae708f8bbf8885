"""The medium-term financial plan: lines of declared kinds, each year the last one moved by named, dated drivers."""

from constabulary.finance.plan.calculate import calculate, draw
from constabulary.finance.plan.calculated import CLASSES, CalculatedLine, CalculatedPlan, Step, Working
from constabulary.finance.plan.graph import Dated, Driver, Line, Plan, check_plan
from constabulary.finance.plan.kind import Kind, kinds
from constabulary.finance.plan.typed import holds_plan, plan_in

__all__ = [
    "CLASSES",
    "CalculatedLine",
    "CalculatedPlan",
    "Dated",
    "Driver",
    "Kind",
    "Line",
    "Plan",
    "Step",
    "Working",
    "calculate",
    "check_plan",
    "draw",
    "holds_plan",
    "kinds",
    "plan_in",
]
