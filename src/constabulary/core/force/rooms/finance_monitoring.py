"""Files for budget monitoring: budgets, their profiles over the months, what was spent, virements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from constabulary.core.errors import Problem
from constabulary.core.force.declared import EVIDENCE, ID, Column, Table
from constabulary.core.force.model import Typed
from constabulary.core.force.money_rows import bad_periods, below_zero, gbp, told
from constabulary.core.force.typed import Contents


@dataclass(frozen=True, kw_only=True)
class BudgetRow(Typed):
    """The budget of a line for a year, where it is not that of the plan [pounds]."""

    period: str
    line_id: str
    name: str
    amount_gbp: Decimal


@dataclass(frozen=True, kw_only=True)
class ProfileRow(Typed):
    """The share of a line's yearly budget that falls into a month (1 is April, 12 is March)."""

    line_id: str
    month: int
    month_share: Decimal


@dataclass(frozen=True, kw_only=True)
class ActualRow(Typed):
    """What was spent (income negative) on a line in a calendar month, "2019-04" [pounds]."""

    line_id: str
    calendar_month: str
    amount_gbp: Decimal


@dataclass(frozen=True, kw_only=True)
class VirementRow(Typed):
    """Budget moved from one line to another within a year, why, and by whose approval [pounds]."""

    virement_id: str
    moved_on: date
    from_line_id: str
    to_line_id: str
    amount_gbp: Decimal
    reason: str
    approved_by: str


_LINE = Column("line_id", "The budget line.", "id")
_PERIOD = Column("period", "The year: 2013/14, or 2013 for a calendar year.")

TABLES = (
    Table(
        "budgets",
        "finance/budgets.csv",
        "Budgets to monitor against, where they are not the plan's.",
        (_PERIOD, _LINE, Column("name", "Name shown to people."), gbp("amount_gbp", "Income is negative"), *EVIDENCE),
        ("period", "line_id"),
        required=False,
        record=BudgetRow,
    ),
    Table(
        "budget_profiles",
        "finance/budget_profiles.csv",
        "How a line's budget falls over the months; evenly where it has none.",
        (
            _LINE,
            Column("month", "1 is April, 12 is March.", "whole"),
            Column("month_share", "Share of the year's budget; the twelve make 1.", "share"),
            *EVIDENCE,
        ),
        ("line_id", "month"),
        required=False,
        record=ProfileRow,
    ),
    Table(
        "actuals",
        "finance/actuals.csv",
        "Actual spending and income by line and month.",
        (
            _LINE,
            Column("calendar_month", "The calendar month, such as 2019-04."),
            gbp("amount_gbp", "Spent; income is negative"),
            *EVIDENCE,
        ),
        ("line_id", "calendar_month"),
        required=False,
        record=ActualRow,
    ),
    Table(
        "virements",
        "finance/virements.csv",
        "Budget moved between lines within a year.",
        (
            Column("virement_id", ID, "id"),
            Column("moved_on", "The day it takes effect.", "date"),
            Column("from_line_id", "The line that gives.", "id"),
            Column("to_line_id", "The line that receives.", "id"),
            gbp("amount_gbp", "Above 0"),
            Column("reason", "Why."),
            Column("approved_by", "The role that approved it."),
            *EVIDENCE,
        ),
        ("virement_id",),
        required=False,
        record=VirementRow,
    ),
)  # fmt: skip

_POSITIVE = {
    "virements": ("amount_gbp",),
}


def check(contents: Contents) -> Iterator[Problem]:
    """Tell what is wrong across rows."""
    for table in TABLES:
        rows = contents.tables[table.name]
        yield from bad_periods(rows)
        yield from below_zero(rows, _POSITIVE.get(table.name, ()))
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in contents.tables["budget_profiles"]:
        lines[row["line_id"]].append(row)
    for line, months in lines.items():
        total = sum((row["month_share"] for row in months), Decimal(0))
        if total != 1:
            message = f"the months of {line} come to {total}."
            yield told(months[0], "month_share", "not_whole", message, "1 together.")
