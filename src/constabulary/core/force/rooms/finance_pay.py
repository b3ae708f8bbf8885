"""Files for what people cost: pay scales, posts, people in post, joiners and leavers, on-costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from constabulary.core.errors import Problem
from constabulary.core.force.declared import EVIDENCE, ID, Column, Table
from constabulary.core.force.model import Typed
from constabulary.core.force.money_rows import bad_periods, below_zero, gbp, told
from constabulary.core.force.typed import Contents


@dataclass(frozen=True, kw_only=True)
class PayPointRow(Typed):
    """The yearly pay of one point of a scale from a day on [pounds]."""

    scale_id: str
    point: int
    from_on: date
    pay_gbp: Decimal


@dataclass(frozen=True, kw_only=True)
class PayAwardRow(Typed):
    """A rise of all points of a scale from a day on; each point is rounded to a multiple of `step_gbp` [pounds]."""

    scale_id: str
    from_on: date
    award_rate: Decimal
    step_gbp: Decimal


@dataclass(frozen=True, kw_only=True)
class PayGroupRow(Typed):
    """People paid by one scale: the posts approved for them on a day [full-time equivalents]."""

    group_id: str
    name: str
    scale_id: str
    posts_fte: Decimal
    as_at_on: date


@dataclass(frozen=True, kw_only=True)
class StrengthRow(Typed):
    """People of a pay group in post at one point of its scale, on the group's day [full-time equivalents]."""

    group_id: str
    point: int
    strength_fte: Decimal


@dataclass(frozen=True, kw_only=True)
class MovesRow(Typed):
    """Joiners and leavers of a pay group over a year, spread evenly over its months [full-time equivalents].

    `joining_point` is the point joiners start at; `posts_change_fte` are posts added on its first day.
    """

    group_id: str
    period: str
    joiners_fte: Decimal
    joining_point: int
    leavers_fte: Decimal
    posts_change_fte: Decimal | None


@dataclass(frozen=True, kw_only=True)
class OnCostRow(Typed):
    """A share of pay that the employer pays on top, from a day on.

    `group_id` None is every group; `above_gbp` the yearly pay up to which nothing is due [pounds].
    """

    on_cost_id: str
    group_id: str | None
    name: str
    from_on: date
    rate_share: Decimal
    above_gbp: Decimal | None


_SCALE = Column("scale_id", "The pay scale: one of parameters/values/police_pay, or one of your own.", "id")
_GROUP = Column("group_id", "The pay group.", "id", True, (), ("pay_groups",))
_PERIOD = Column("period", "The year: 2013/14, or 2013 for a calendar year.")

TABLES = (
    Table(
        "pay_points",
        "finance/pay_points.csv",
        "Pay scales of the force's own; national ones come with the package.",
        (
            _SCALE,
            Column("point", "The pay point, 0 or 1 the lowest.", "whole"),
            Column("from_on", "First day it holds.", "date"),
            gbp("pay_gbp", "Pay a year"),
            *EVIDENCE,
        ),
        ("scale_id", "point", "from_on"),
        required=False,
        record=PayPointRow,
    ),
    Table(
        "pay_awards",
        "finance/pay_awards.csv",
        "Rises of pay scales after the last that is printed.",
        (
            _SCALE,
            Column("from_on", "First day of the rise; September for officers.", "date"),
            Column("award_rate", "The rise: 0.02 is 2%.", "decimal"),
            gbp("step_gbp", "What each new point is rounded to a multiple of"),
            *EVIDENCE,
        ),
        ("scale_id", "from_on"),
        required=False,
        record=PayAwardRow,
    ),
    Table(
        "pay_groups",
        "finance/pay_groups.csv",
        "Groups of people paid by one scale, with their posts.",
        (
            Column("group_id", ID, "id"),
            Column("name", "Name shown to people."),
            _SCALE,
            Column("posts_fte", "Posts approved.", "decimal"),
            Column("as_at_on", "Day that posts and strength are of; a 31 March.", "date"),
            *EVIDENCE,
        ),
        ("group_id",),
        required=False,
        record=PayGroupRow,
    ),
    Table(
        "pay_strength",
        "finance/pay_strength.csv",
        "People in post by pay point.",
        (
            _GROUP,
            Column("point", "The pay point.", "whole"),
            Column("strength_fte", "People in post.", "decimal"),
            *EVIDENCE,
        ),
        ("group_id", "point"),
        required=False,
        record=StrengthRow,
    ),
    Table(
        "pay_moves",
        "finance/pay_moves.csv",
        "Joiners, leavers and added posts of each pay group by year.",
        (
            _GROUP,
            _PERIOD,
            Column("joiners_fte", "Joiners over the year, evenly.", "decimal"),
            Column("joining_point", "The pay point they start at.", "whole"),
            Column("leavers_fte", "Leavers over the year, evenly, from all points alike.", "decimal"),
            Column("posts_change_fte", "Posts added on the first day; cut if negative.", "decimal", False),
            *EVIDENCE,
        ),
        ("group_id", "period"),
        required=False,
        record=MovesRow,
    ),
    Table(
        "on_costs",
        "finance/on_costs.csv",
        "What the employer pays on top of pay.",
        (
            Column("on_cost_id", ID, "id"),
            Column("group_id", "The pay group; empty for all.", "id", False, (), ("pay_groups",)),
            Column("name", "Name shown to people."),
            Column("from_on", "First day it holds.", "date"),
            Column("rate_share", "Share of pay, 0 to 1.", "share"),
            gbp("above_gbp", "Pay a year up to which nothing is due; empty for none", False),
            *EVIDENCE,
        ),
        ("on_cost_id", "group_id", "from_on"),
        required=False,
        record=OnCostRow,
    ),
)  # fmt: skip

_POSITIVE = {
    "pay_points": ("pay_gbp",),
    "pay_groups": ("posts_fte",),
    "pay_strength": ("strength_fte",),
    "pay_moves": ("joiners_fte", "leavers_fte"),
}


def check(contents: Contents) -> Iterator[Problem]:
    """Tell what is wrong across rows."""
    for table in TABLES:
        rows = contents.tables[table.name]
        yield from bad_periods(rows)
        yield from below_zero(rows, _POSITIVE.get(table.name, ()))
    for row in contents.tables["pay_awards"]:
        if row["step_gbp"] <= 0:
            yield told(
                row, "step_gbp", "no_step", "points cannot be rounded to a multiple of it.", "above 0."
            )
