"""Files for the medium-term financial plan: its years, its lines, the dated drivers that move them, what happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from constabulary.core.errors import Problem
from constabulary.core.force.declared import EVIDENCE, ID, Column, Table
from constabulary.core.force.model import Typed
from constabulary.core.force.typed import Contents

DRIVER_TYPES = {
    "pay_award": "a rise of all pay points from a day on, as a share of pay",
    "increment": "progression along the pay scale from a day on, as a share of pay",
    "index": "inflation of prices, or another yearly change, from a day on, as a share",
    "growth": "more spending or income a year from a day on (pounds a year)",
    "saving": "less spending a year from a day on (pounds a year, typed above zero)",
    "step": "a change of level from a day on whose cause is known (a year, in the unit of the line)",
    "one_off": "a change in that year alone (in the unit of the line)",
    "not_published": "a change of level whose cause is not published (a year, in the unit of the line)",
}
"""What a driver may be; the first three are shares, the others amounts."""
RATES = ("pay_award", "increment", "index")
DELIVERY = {
    "delivered": "taken out of the budget",
    "on_track": "will be delivered as planned",
    "at_risk": "may not be delivered",
    "not_found": "counted on, with nothing behind it yet",
    "withdrawn": "given up; the plan no longer counts it",
}
ACCOUNT_DRIVERS = {
    "capital.interest": "interest on borrowing",
    "capital.provision": "minimum revenue provision",
    "capital.revenue": "revenue contributions to capital",
}
"""Drivers that the force's capital account makes; a line may name them without a row in drivers.csv."""
DISTRIBUTIONS = {
    "normal": "low and high stand one standard deviation below and above the value",
    "triangular": "from low to high, likeliest at the value",
    "uniform": "anywhere from low to high",
}


@dataclass(frozen=True, kw_only=True)
class PlanYears(Typed):
    """The plan: its title, the year it starts from (the budget) and its last year, named as periods are.

    `is_as_printed` is "yes" where lines with a printed figure return it: what rounding leaves is a step of its own.
    """

    plan_id: str
    title: str
    base_period: str
    last_period: str
    is_as_printed: str | None


@dataclass(frozen=True, kw_only=True)
class PlanLine(Typed):
    """One line of the plan.

    Parameters
    ----------
    line_id, ref, section, title
        Its id, its printed number, the heading it stands under, its name.
    kind
        A kind of budget line; see `constabulary.finance.plan.kinds`.
    base
        Its value in the base year, signed as printed; None takes it from `printed_line`.
    printed_line
        The printed line that it reproduces, as `table:line`.
    drivers, parts
        Ids, parted by spaces: of the drivers that move it; of the lines it is made of, `-` before one taken away.
    """

    line_id: str
    ref: str | None
    section: str | None
    title: str
    kind: str
    base: Decimal | None
    printed_line: str | None
    drivers: str | None
    parts: str | None


@dataclass(frozen=True, kw_only=True)
class PlanDriver(Typed):
    """One dated value of a driver: a share or an amount by its `type`; `delivery` is for savings."""

    driver_id: str
    title: str
    type: str
    from_on: date
    value: Decimal
    delivery: str | None


@dataclass(frozen=True, kw_only=True)
class PlanSpread(Typed):
    """How far a driver may turn out from its value in a year: `low` and `high` are shifts of it.

    `drawn` is "each_year" (every year by itself) or "once" (one shift for all years).
    """

    driver_id: str
    distribution: str
    low: Decimal
    high: Decimal
    drawn: str


@dataclass(frozen=True, kw_only=True)
class PlanOutturn(Typed):
    """What a line of the plan came to in a year, for the back-test; `comparable` says how far it is the same thing."""

    line_id: str
    period: str
    value: Decimal
    comparable: str


TABLES = (
    Table(
        "plan_years",
        "finance/plan/plan.csv",
        "The medium-term financial plan: one row with its title and years.",
        (
            Column("plan_id", ID, "id"),
            Column("title", "Its title."),
            Column(
                "base_period",
                "The year it starts from, whose figures are typed: 2013/14, or 2013 for a calendar year.",
            ),
            Column("last_period", "Its last year."),
            Column(
                "is_as_printed",
                "yes: lines that a document prints return the print; what its rounding leaves is a step of its own.",
                "text",
                False,
                ("yes", "no"),
            ),
            *EVIDENCE,
        ),
        ("plan_id",),
        required=False,
        record=PlanYears,
    ),
    Table(
        "plan_lines",
        "finance/plan/lines.csv",
        "The lines of the plan in the order they are shown.",
        (
            Column("line_id", ID, "id"),
            Column("ref", "Number the document gives the line.", required=False),
            Column("section", "The heading it stands under.", required=False),
            Column("title", "Its name."),
            Column("kind", "The kind of budget line; docs/reference/budget-lines.md lists them.", "id"),
            Column(
                "base",
                "Its value in the base year, signed as printed; empty takes the printed one.",
                "decimal",
                False,
            ),
            Column("printed_line", "The printed line that it reproduces, as `table:line`.", required=False),
            Column(
                "drivers",
                "Drivers that move it, parted by spaces; "
                + "; ".join(
                    f"{name} is {what} of the capital account" for name, what in ACCOUNT_DRIVERS.items()
                )
                + ".",
                required=False,
            ),
            Column(
                "parts",
                "Lines it is made of, parted by spaces; `-` before one that is taken away.",
                required=False,
            ),
            *EVIDENCE,
        ),
        ("line_id",),
        required=False,
        record=PlanLine,
    ),
    Table(
        "plan_drivers",
        "finance/plan/drivers.csv",
        "The dated values of the drivers, one a row.",
        (
            Column("driver_id", ID, "id"),
            Column("title", "What happens, in a few words."),
            Column(
                "type",
                "; ".join(f"{k}: {v}" for k, v in DRIVER_TYPES.items()),
                "text",
                True,
                tuple(DRIVER_TYPES),
            ),
            Column(
                "from_on",
                "The day it takes effect: a pay award from 1 September counts for 7 months of its year.",
                "date",
            ),
            Column("value", "The share (a rise of 1% is 0.01) or the amount.", "decimal"),
            Column(
                "delivery",
                "For a saving: " + "; ".join(f"{k}: {v}" for k, v in DELIVERY.items()),
                "text",
                False,
                tuple(DELIVERY),
            ),
            *EVIDENCE,
        ),
        ("driver_id", "from_on"),
        required=False,
        record=PlanDriver,
    ),
    Table(
        "plan_spreads",
        "finance/plan/spreads.csv",
        "How far drivers may turn out from their values; the package's own spreads serve where a driver has no row.",
        (
            Column("driver_id", "The driver.", "id", True, (), ("plan_drivers",)),
            Column(
                "distribution",
                "; ".join(f"{k}: {v}" for k, v in DISTRIBUTIONS.items()),
                "text",
                True,
                tuple(DISTRIBUTIONS),
            ),
            Column(
                "low", "Lowest shift of the value (or one standard deviation down), such as -0.01.", "decimal"
            ),
            Column("high", "Highest shift (or one standard deviation up).", "decimal"),
            Column(
                "drawn",
                "each_year: every year by itself; once: one shift for all years.",
                "text",
                True,
                ("each_year", "once"),
            ),
            *EVIDENCE,
        ),
        ("driver_id",),
        required=False,
        record=PlanSpread,
    ),
    Table(
        "plan_outturns",
        "finance/plan/outturns.csv",
        "What lines of the plan came to, for the back-test.",
        (
            Column("line_id", "The line.", "id", True, (), ("plan_lines",)),
            Column("period", "The year."),
            Column("value", "What it came to, signed as the plan prints it.", "decimal"),
            Column("comparable", "How far it is the same thing as the line of the plan."),
            *EVIDENCE,
        ),
        ("line_id", "period"),
        required=False,
        record=PlanOutturn,
    ),
)


def check(contents: Contents) -> list[Problem]:
    """Return what is wrong across rows of the plan, such as names that lead nowhere and savings below zero."""
    return [*_lines(contents), *_drivers(contents), *_others(contents)]


def _lines(contents: Contents) -> Iterator[Problem]:
    drivers = {row["driver_id"] for row in contents.tables["plan_drivers"]} | set(ACCOUNT_DRIVERS)
    lines = {row["line_id"] for row in contents.tables["plan_lines"]}
    for row in contents.tables["plan_lines"]:
        for column, known, home in (("drivers", drivers, "drivers"), ("parts", lines, "lines")):
            for name in (row[column] or "").split():
                if name.removeprefix("-") not in known:
                    yield _problem(row, column, f'"{name}" is not among the {home} of the plan.')


def _drivers(contents: Contents) -> Iterator[Problem]:
    types: dict[str, str] = {}
    for row in contents.tables["plan_drivers"]:
        if row["driver_id"] in ACCOUNT_DRIVERS:
            yield _problem(
                row, "driver_id", f'"{row["driver_id"]}" is made by the capital account.', "another id"
            )
        if row["type"] != types.setdefault(row["driver_id"], row["type"]):
            yield _problem(row, "type", f'"{row["driver_id"]}" has another type in an earlier row.')
        if row["type"] == "saving" and row["value"] < 0:
            yield _problem(row, "value", "a saving is typed above zero.", "the pounds a year saved")
        if row["delivery"] and row["type"] != "saving":
            yield _problem(row, "delivery", "only a saving is delivered.", "an empty cell")
        if row["type"] in RATES and not -1 < row["value"] < 1:
            yield _problem(row, "value", f"{row['value']} is no yearly change.", "a share: 1% is 0.01")


def _others(contents: Contents) -> Iterator[Problem]:
    for row in contents.tables["plan_spreads"]:
        if row["low"] > row["high"]:
            yield _problem(row, "low", "the lowest is above the highest.", "low no higher than high")
    for row in contents.tables["plan_years"][1:]:
        yield _problem(row, "plan_id", "a force folder holds one plan.", "one row")


def _problem(row: dict[str, Any], column: str, message: str, expected: str | None = None) -> Problem:
    value = str(row[column])
    return Problem(
        "plan", message, file=row["file"], row=row["line"], column=column, value=value, expected=expected
    )
