"""Files for the precept: tax bases by billing authority, the council tax requirement, band D by year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from constabulary.core.errors import Problem
from constabulary.core.force.declared import EVIDENCE, ID, Column, Table
from constabulary.core.force.model import Typed
from constabulary.core.force.money_rows import bad_periods, below_zero, gbp, told
from constabulary.core.force.typed import Contents

SIDES = ("expenditure", "income")


@dataclass(frozen=True, kw_only=True)
class TaxBaseRow(Typed):
    """One billing authority's council tax base of a year (band D homes that pay in full).

    Parameters
    ----------
    period, authority_id, name
        The year, "2013/14", and the billing authority.
    base
        The base as notified; None where it is worked out from the next three.
    dwellings, support_dwellings
        Band D homes after discounts, and those that council tax support takes off [band D homes].
    collection_share
        Share of the tax that is expected to be paid [0 to 1].
    collection_fund_gbp
        The commissioner's share of the collection fund's surplus; a deficit is negative [pounds].
    """

    period: str
    authority_id: str
    name: str
    base: Decimal | None
    dwellings: Decimal | None
    support_dwellings: Decimal | None
    collection_share: Decimal | None
    collection_fund_gbp: Decimal | None


@dataclass(frozen=True, kw_only=True)
class RequirementItem(Typed):
    """One amount on the way to the council tax requirement of a year; `side` is expenditure or income [pounds]."""

    period: str
    item_id: str
    name: str
    side: str
    amount_gbp: Decimal


@dataclass(frozen=True, kw_only=True)
class BandDRow(Typed):
    """The commissioner's council tax of a band D home in a year [pounds]."""

    period: str
    band_d_gbp: Decimal


_PERIOD = Column("period", "The year: 2013/14, or 2013 for a calendar year.")

TABLES = (
    Table(
        "tax_bases",
        "finance/tax_bases.csv",
        "The council tax base of each billing authority by year.",
        (
            _PERIOD,
            Column("authority_id", f"The billing authority. {ID}", "id"),
            Column("name", "Its name."),
            Column("base", "The base as notified; empty where the next three give it.", "decimal", False),
            Column("dwellings", "Band D homes after discounts, before support.", "decimal", False),
            Column("support_dwellings", "Band D homes that support takes off.", "decimal", False),
            Column("collection_share", "Share of the tax expected to be paid, 0 to 1.", "share", False),
            gbp("collection_fund_gbp", "Share of its collection fund's surplus; a deficit is negative", False),
            *EVIDENCE,
        ),
        ("period", "authority_id"),
        required=False,
        record=TaxBaseRow,
    ),
    Table(
        "council_tax_requirement",
        "finance/council_tax_requirement.csv",
        "The expenditure and income whose difference is the council tax requirement of a year.",
        (
            _PERIOD,
            Column("item_id", ID, "id"),
            Column("name", "What it is."),
            Column("side", "Which side it stands on.", "text", True, SIDES),
            gbp("amount_gbp", "The amount, 0 or more"),
            *EVIDENCE,
        ),
        ("period", "item_id"),
        required=False,
        record=RequirementItem,
    ),
    Table(
        "band_d",
        "finance/band_d.csv",
        "The commissioner's band D council tax by year.",
        (_PERIOD, gbp("band_d_gbp", "Council tax of a band D home"), *EVIDENCE),
        ("period",),
        required=False,
        record=BandDRow,
    ),
)  # fmt: skip

_POSITIVE = {
    "tax_bases": ("base", "dwellings", "support_dwellings"),
    "council_tax_requirement": ("amount_gbp",),
    "band_d": ("band_d_gbp",),
}


def check(contents: Contents) -> Iterator[Problem]:
    """Tell what is wrong across rows."""
    for table in TABLES:
        rows = contents.tables[table.name]
        yield from bad_periods(rows)
        yield from below_zero(rows, _POSITIVE.get(table.name, ()))
    for row in contents.tables["tax_bases"]:
        if row["base"] is None and row["dwellings"] is None:
            yield told(row, "base", "no_base", "neither base nor dwellings is filled in.", "one of them.")
