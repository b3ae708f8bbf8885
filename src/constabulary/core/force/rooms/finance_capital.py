"""Files for reserves by purpose and for the capital programme, its financing and its limits."""

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

RESERVE_KINDS = ("general", "earmarked", "capital")
CAPITAL_SOURCES = ("grant", "receipts", "reserves", "revenue", "contributions")
PROVISIONS = ("share", "asset_life")


@dataclass(frozen=True, kw_only=True)
class ReserveRow(Typed):
    """A reserve: what it is for and what it held at the end of a day [pounds]."""

    reserve_id: str
    name: str
    kind: str
    purpose: str
    balance_gbp: Decimal
    as_at_on: date


@dataclass(frozen=True, kw_only=True)
class ReserveMovementRow(Typed):
    """What goes into (positive) or out of (negative) a reserve in a year, and why [pounds]."""

    reserve_id: str
    period: str
    amount_gbp: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True)
class CapitalSchemeRow(Typed):
    """Capital spending on a scheme in a year [pounds]; `life_years` is how long the asset will be of use."""

    scheme_id: str
    period: str
    name: str
    spend_gbp: Decimal
    life_years: int | None


@dataclass(frozen=True, kw_only=True)
class CapitalFinancingRow(Typed):
    """Money other than borrowing that pays for capital in a year [pounds]."""

    period: str
    source: str
    amount_gbp: Decimal


@dataclass(frozen=True, kw_only=True)
class CapitalPositionRow(Typed):
    """Where the capital account begins: what was still to be financed and what was owed on a day.

    Parameters
    ----------
    as_at_on
        The last day before the first year of the programme.
    financing_requirement_gbp, debt_gbp
        The capital financing requirement and the gross debt [pounds].
    provision
        How revenue is set aside for it: "share" of the requirement each year, or over each "asset_life".
    provision_share
        The share a year: of the whole requirement, or of what stood there at the beginning [0 to 1].
    interest_rate
        Interest on the debt at the year's beginning, a year.
    """

    as_at_on: date
    financing_requirement_gbp: Decimal
    debt_gbp: Decimal
    provision: str
    provision_share: Decimal
    interest_rate: Decimal


@dataclass(frozen=True, kw_only=True)
class CapitalYearRow(Typed):
    """What is borrowed and paid back in a year, its limits, and the income that financing costs are held against.

    All in pounds; the limits are those the body has set (Local Government Act 2003 s.3), None where not yet set.
    """

    period: str
    borrowed_gbp: Decimal
    repaid_gbp: Decimal
    operational_boundary_gbp: Decimal | None
    authorised_limit_gbp: Decimal | None
    net_revenue_stream_gbp: Decimal | None


_PERIOD = Column("period", "The year: 2013/14, or 2013 for a calendar year.")

TABLES = (
    Table(
        "reserves",
        "finance/reserves.csv",
        "Reserves by purpose and what they held on one day.",
        (
            Column("reserve_id", ID, "id"),
            Column("name", "Name shown to people."),
            Column("kind", "general, earmarked, or capital (receipts and grants).", "text", True, RESERVE_KINDS),
            Column("purpose", "What it is for."),
            gbp("balance_gbp", "What it held"),
            Column("as_at_on", "The day; a 31 March, the same for all.", "date"),
            *EVIDENCE,
        ),
        ("reserve_id",),
        required=False,
        record=ReserveRow,
    ),
    Table(
        "reserve_movements",
        "finance/reserve_movements.csv",
        "What goes into and out of reserves by year.",
        (
            Column("reserve_id", "The reserve.", "id", True, (), ("reserves",)),
            _PERIOD,
            gbp("amount_gbp", "Into the reserve; out of it is negative"),
            Column("reason", "Why."),
            *EVIDENCE,
        ),
        ("reserve_id", "period", "reason"),
        required=False,
        record=ReserveMovementRow,
    ),
    Table(
        "capital_schemes",
        "finance/capital_schemes.csv",
        "The capital programme: spending by scheme and year.",
        (
            Column("scheme_id", ID, "id"),
            _PERIOD,
            Column("name", "Name shown to people."),
            gbp("spend_gbp", "Spending"),
            Column("life_years", "Years the asset will be of use; needed with asset_life.", "whole", False),
            *EVIDENCE,
        ),
        ("scheme_id", "period"),
        required=False,
        record=CapitalSchemeRow,
    ),
    Table(
        "capital_financing",
        "finance/capital_financing.csv",
        "What pays for capital other than borrowing.",
        (
            _PERIOD,
            Column("source", "Where it comes from.", "text", True, CAPITAL_SOURCES),
            gbp("amount_gbp", "The amount"),
            *EVIDENCE,
        ),
        ("period", "source"),
        required=False,
        record=CapitalFinancingRow,
    ),
    Table(
        "capital_position",
        "finance/capital_position.csv",
        "Where the capital account begins; one row.",
        (
            Column("as_at_on", "A 31 March.", "date"),
            gbp("financing_requirement_gbp", "Capital financing requirement"),
            gbp("debt_gbp", "Gross debt"),
            Column("provision", "How revenue is set aside for it.", "text", True, PROVISIONS),
            Column("provision_share", "Share a year, 0 to 1.", "share"),
            Column("interest_rate", "Interest a year on the debt at the year's beginning: 0.04 is 4%.", "decimal"),
            *EVIDENCE,
        ),
        ("as_at_on",),
        required=False,
        record=CapitalPositionRow,
    ),
    Table(
        "capital_years",
        "finance/capital_years.csv",
        "Borrowing, repayment and limits by year.",
        (
            _PERIOD,
            gbp("borrowed_gbp", "Borrowed in the year"),
            gbp("repaid_gbp", "Paid back in the year"),
            gbp("operational_boundary_gbp", "Operational boundary for debt", False),
            gbp("authorised_limit_gbp", "Authorised limit for debt", False),
            gbp("net_revenue_stream_gbp", "Income from grant and council tax; empty takes the plan's", False),
            *EVIDENCE,
        ),
        ("period",),
        required=False,
        record=CapitalYearRow,
    ),
)  # fmt: skip

_POSITIVE = {
    "capital_schemes": ("spend_gbp",),
    "capital_financing": ("amount_gbp",),
    "capital_position": ("debt_gbp", "interest_rate"),
    "capital_years": ("borrowed_gbp", "repaid_gbp"),
}


def check(contents: Contents) -> Iterator[Problem]:
    """Tell what is wrong across rows."""
    for table in TABLES:
        rows = contents.tables[table.name]
        yield from bad_periods(rows)
        yield from below_zero(rows, _POSITIVE.get(table.name, ()))
    for name in ("reserves", "capital_position"):
        rows = contents.tables[name]
        for row in rows[1:]:
            if row["as_at_on"] != rows[0]["as_at_on"]:
                first = rows[0]["as_at_on"]
                message = f"{row['as_at_on']} is not the day of the first row, {first}."
                yield told(row, "as_at_on", "several_days", message, "one day for the whole table.")
