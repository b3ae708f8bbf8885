"""The pages of visibility, reach, hours without presence, hot spots and planned patrol: one measure each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from constabulary.registers.access import Permission
from constabulary.services.cover.figures import measure
from constabulary.web.cover.asked import LEVELS, Asked, asking
from constabulary.web.cover.head import Block, Head, block, head
from constabulary.web.page import Context, Request, Room, page

BY = {"level": ("By", LEVELS)}
HOURS = {"hours": ("Without a unit for at least", tuple((str(n), f"{n} hours") for n in (8, 4, 12, 24, 48)))}
MINUTES = {"minutes": ("Within", tuple((str(n), f"{n} minutes") for n in (15, 8, 10, 20, 30)))}
NEIGHBOURHOODS = {"level": ("By", (LEVELS[2], LEVELS[0], LEVELS[1], LEVELS[3]))}


@dataclass(frozen=True)
class OneMeasure(Context):
    """What the page of one measure shows.

    Parameters
    ----------
    head
        The way between the pages, filters, notes.
    blocks
        The measure, and others that say more of it.
    """

    head: Head
    blocks: tuple[Block, ...]


def _shown(asked: Asked, page_name: str, *names: str, **more: Any) -> OneMeasure:
    found = [measure(asked.request.workspace, name, **asked.span, **more) for name in names]
    return OneMeasure(
        found[0].answer, head(asked, page_name, *found), tuple(block(asked, one) for one in found)
    )


@page(
    "cover/visibility/",
    name="cover_visibility",
    title="Visible time",
    permission=Permission.SEE_RECORDS,
    nav=Room.COVER,
    parent="cover",
)
@asking(BY)
def visibility(request: Request, asked: Asked) -> OneMeasure:
    """Show visible time by area and per 1,000 residents."""
    return _shown(asked, "cover_visibility", "visibility", level=asked.of("level"))


@page(
    "cover/reach/",
    name="cover_reach",
    title="Within reach of a free unit",
    permission=Permission.SEE_RECORDS,
    nav=Room.COVER,
    parent="cover",
)
@asking(MINUTES)
def reach(request: Request, asked: Asked) -> OneMeasure:
    """Show the share of residents within reach of a free unit, by hour of the week."""
    return _shown(asked, "cover_reach", "reach", minutes=float(asked.of("minutes")))


@page(
    "cover/gaps/",
    name="cover_gaps",
    title="Hours without presence",
    permission=Permission.SEE_RECORDS,
    nav=Room.COVER,
    parent="cover",
)
@asking({**NEIGHBOURHOODS, **HOURS})
def gaps(request: Request, asked: Asked) -> OneMeasure:
    """Show areas and hours without any unit, against demand."""
    return _shown(
        asked,
        "cover_gaps",
        *("gaps", "gaps_by_hour", "gaps_listed"),
        level=asked.of("level"),
        least_hours=float(asked.of("hours")),
    )


@page(
    "cover/dosage/",
    name="cover_dosage",
    title="Time at hot spots",
    permission=Permission.SEE_RECORDS,
    nav=Room.COVER,
    parent="cover",
)
@asking()
def dosage(request: Request, asked: Asked) -> OneMeasure:
    """Show visits and minutes at hot spots."""
    return _shown(asked, "cover_dosage", "dosage")


@page(
    "cover/planned/",
    name="cover_planned",
    title="Planned and delivered patrol",
    permission=Permission.SEE_RECORDS,
    nav=Room.COVER,
    parent="cover",
)
@asking()
def planned(request: Request, asked: Asked) -> OneMeasure:
    """Show planned visits against those delivered."""
    return _shown(asked, "cover_planned", "planned")
