"""The map of cover: where officers were and for how long, by hour of the week and by day."""

from __future__ import annotations

from dataclasses import dataclass

from constabulary.registers.access import Permission
from constabulary.services.cover.map import cover_map
from constabulary.web.cover import pictures
from constabulary.web.cover.asked import LEVELS, Asked, asking
from constabulary.web.cover.head import Head, Map, head, map_of, period, said
from constabulary.web.cover.tables import table_of
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Cell, Table

OPTIONS = {
    "level": ("By", LEVELS),
    "show": (
        "On the map",
        (("rate", "Visible time per 1,000 residents"), ("visible", "Visible time"), ("time", "All time")),
    ),
}


@dataclass(frozen=True)
class Cover(Context):
    """What the map of cover shows.

    Parameters
    ----------
    head
        The way between the pages, filters, notes.
    map
        The map.
    table
        The same in a table.
    period, definition
        Which days, and what is measured.
    why_not_rate
        Why the map shows another figure than was asked for; empty where it does not.
    links
        Ways to take it away.
    """

    head: Head
    map: Map
    table: Table
    period: str
    definition: str
    why_not_rate: str
    links: tuple[Cell, ...]


@page("cover/", name="cover", title="Where officers were", permission=Permission.SEE_RECORDS, nav=Room.COVER)
@asking(OPTIONS)
def cover(request: Request, asked: Asked) -> Cover:
    """Show the map of cover."""
    drawn = cover_map(request.workspace, asked.of("level"), asked.of("show"), **asked.span)
    found = drawn.measured
    is_other = drawn.show != asked.of("show")
    links = [
        *(
            Cell(text, asked.address("cover_download", "visibility", form), "file of the table")
            for form, text in (("csv", "CSV"), ("parquet", "Parquet"), ("xlsx", "Excel"))
        ),
        *(
            Cell(form.upper(), asked.address("cover_picture", form), "picture of the map")
            for form in ("svg", "png")
        ),
    ]
    return Cover(
        answer=found.answer,
        head=head(asked, "cover", found),
        map=map_of(asked, drawn),
        table=table_of(found, pictures.map_title(drawn)),
        period=period(found),
        definition=said(found),
        why_not_rate="Residents of these areas are not known, so the map shows hours." if is_other else "",
        links=tuple(links),
    )
