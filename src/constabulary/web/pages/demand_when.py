"""The page of when demand comes: the hours of the week, and the season."""

from __future__ import annotations

from dataclasses import dataclass

from constabulary.registers.access import Permission
from constabulary.web.demand import tables, words
from constabulary.web.demand.asked import Asked, asking
from constabulary.web.demand.block import Block, block
from constabulary.web.demand.head import Head, head
from constabulary.web.page import Context, Request, Room, page

OF = {"of": ("What", (("incidents", "Incidents"), ("calls", "Contacts")))}
SEASONS = {"incidents": "season", "calls": "season_calls"}


@dataclass(frozen=True)
class When(Context):
    """What the page of when demand comes shows.

    Parameters
    ----------
    head
        The way between the demand pages, filters, notes.
    blocks
        The hours of the week, and the months of the year.
    """

    head: Head
    blocks: tuple[Block, ...]


@page(
    "demand/when/",
    name="demand_when",
    title="When demand comes",
    permission=Permission.SEE_RECORDS,
    nav=Room.DEMAND,
    parent="demand",
)
@asking(
    ("incidents", "calls"),
    {
        "incidents": ("from", "to", "area", "category", "channel", "qualifier", "records"),
        "calls": ("from", "to", "channel", "records"),
    },
    OF,
)
def when(request: Request, asked: Asked) -> When:
    """Show the hours of the week and the season."""
    of = asked.options["of"]
    noun = words.NOUNS[of]
    hours, season = asked.figure(f"hours_{of}"), asked.figure(SEASONS[of])
    by_day, by_hour = tables.week(hours, noun) if hours.rows else (None, None)
    return When(
        answer=words.answer(hours),
        head=head(asked, "demand_when", (of,), (hours, season)),
        blocks=(
            block(
                asked,
                f"hours_{of}",
                hours,
                (by_day,) if by_day else (),
                title=f"{noun.capitalize()} by the hour of the week",
                is_first=True,
                in_chart=by_hour,
            ),
            block(
                asked,
                SEASONS[of],
                season,
                title=f"{noun.capitalize()} by the month of the year",
                in_chart=tables.season(season, noun),
            ),
        ),
    )
