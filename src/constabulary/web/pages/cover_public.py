"""What the public may see of cover: the months that were published, and how hidden figures stay hidden."""

from __future__ import annotations

from dataclasses import dataclass

from constabulary.registers.access import Permission
from constabulary.services.cover_public import PublicCover, published_cover
from constabulary.web import numbers
from constabulary.web.cover.asked import LEVELS, Asked, FilterForm, asking
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Cell, Column, Table, Way

BY = {"level": ("By", LEVELS)}
HIDDEN = "not shown"


@dataclass(frozen=True)
class Public(Context):
    """What the page of the public edition shows.

    Parameters
    ----------
    ways
        The way between the pages.
    filters
        The form.
    is_synthetic
        Whether any of it is made up.
    table
        Hours by area and month; None before anything is published.
    rules
        What holds of its figures, a sentence each.
    attribution
        What must be said where areas are shown.
    """

    ways: tuple[Way, ...]
    filters: FilterForm
    is_synthetic: bool
    table: Table | None
    rules: tuple[str, ...]
    attribution: str


@page(
    "cover/public/",
    name="cover_public",
    title="What the public may see",
    permission=Permission.SEE_PUBLIC,
    nav=Room.COVER,
    parent="cover",
)
@asking(BY, {})
def public(request: Request, asked: Asked) -> Public:
    """Show the months that were published."""
    found = published_cover(request.workspace, asked.of("level"))
    return Public(
        answer="" if found is None else found.sentence(),
        ways=asked.ways("cover_public"),
        filters=asked.form,
        is_synthetic=found is not None and found.is_synthetic,
        table=None if found is None else _table(found),
        rules=() if found is None else _rules(found),
        attribution="" if found is None else found.attribution,
    )


def _table(found: PublicCover) -> Table:
    months = [Column(month, "hours", True) for month in found.months]
    return Table(
        "Hours that units were seen, by area and month",
        [Column("Area"), *months, Column("All months", "hours", True)],
        [
            [Cell(one.name), *(Cell(_hours(hours)) for hours in (*one.by_month, one.hours))]
            for one in found.areas
        ],
        found.left_out,
    )


def _hours(hours: float | None) -> str:
    return HIDDEN if hours is None else numbers.number(hours)


def _rules(found: PublicCover) -> tuple[str, ...]:
    rules = found.rules
    share = numbers.percent(rules.protection_share, 0)
    return (
        f"A figure counts at least {rules.least_units} units and {rules.least_hours:g} hours, of which two units make "
        f"up no more than {numbers.percent(rules.top_two_share, 0)}; it is rounded to {rules.rounding_hours:g} hours.",
        "Others are not shown, and some more with them, so that no figure that is not shown can be narrowed down to "
        f"less than {rules.protection_hours:g} hours or {share} of it.",
        f"A month is published once, {rules.delay_days} days after its end or later; the latest on "
        f"{numbers.day(found.published_on)}.",
    )
