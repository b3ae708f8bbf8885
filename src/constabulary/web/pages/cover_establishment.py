"""Establishment beside presence: the force's table of posts by district, and the map of where officers were."""

from __future__ import annotations

from dataclasses import dataclass

from constabulary.registers.access import Permission
from constabulary.services.cover.figures import measure
from constabulary.services.cover.map import cover_map
from constabulary.web.cover.asked import Asked, asking
from constabulary.web.cover.head import Block, Head, Map, block, head, map_of
from constabulary.web.cover.tables import posts_of
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Table


@dataclass(frozen=True)
class Establishment(Context):
    """What the page of establishment shows.

    Parameters
    ----------
    head
        The way between the pages, filters, notes.
    map
        Time in each district.
    posts
        Posts of each district by role.
    shown
        Posts of each district beside the time officers were there.
    """

    head: Head
    map: Map
    posts: Table
    shown: Block


@page(
    "cover/establishment/",
    name="cover_establishment",
    title="Establishment and presence",
    permission=Permission.SEE_RECORDS,
    nav=Room.COVER,
    parent="cover",
)
@asking()
def establishment(request: Request, asked: Asked) -> Establishment:
    """Show posts by district beside the map of where officers were."""
    found = measure(request.workspace, "establishment", **asked.span)
    drawn = cover_map(request.workspace, "district", "time", **asked.span)
    return Establishment(
        found.answer,
        head(asked, "cover_establishment", found),
        map_of(asked, drawn, level="district", show="time"),
        posts_of(found),
        block(asked, found),
    )
