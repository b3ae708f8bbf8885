"""The contacts page: how people get in touch, month by month, with peaks and troughs beside the published ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from constabulary.registers.access import Permission
from constabulary.web.demand import tables, words
from constabulary.web.demand.asked import Asked, asking
from constabulary.web.demand.block import Block, block
from constabulary.web.demand.head import Head, head
from constabulary.web.numbers import number, percent
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Column, Table


@dataclass(frozen=True)
class Contacts(Context):
    """What the contacts page shows.

    Parameters
    ----------
    head
        The way between the demand pages, filters, notes.
    blocks
        Contacts by channel and month.
    """

    head: Head
    blocks: tuple[Block, ...]


@page(
    "demand/contacts/",
    name="demand_contacts",
    title="Contacts",
    permission=Permission.SEE_RECORDS,
    nav=Room.DEMAND,
    parent="demand",
)
@asking(("calls",), ("from", "to", "channel", "records"))
def contacts(request: Request, asked: Asked) -> Contacts:
    """Show contacts by channel and month."""
    figure = asked.figure("channels_by_month")
    shown: tuple[Table, ...] = ()
    if figure.rows:
        shown = (
            _channels(figure.totals["channels"]),
            tables.peaks(figure, tables.Sources(request.workspace)),
            tables.months_by_series(figure, "Contacts by channel and month"),
        )
    return Contacts(
        answer=words.answer(figure),
        head=head(asked, "demand_contacts", ("calls",), (figure,)),
        blocks=(block(asked, "channels_by_month", figure, shown, is_first=True),),
    )


def _channels(parts: tuple[Any, ...]) -> Table:
    rows = [part.as_json() for part in parts]
    with_year = tables.has_compared(rows)
    return Table(
        "Channels",
        (
            Column("Channel"),
            Column("Contacts", is_number=True),
            Column("Share", "of contacts", is_number=True),
            Column("Per day", is_number=True),
            *(tables.COMPARED if with_year else ()),
        ),
        [
            (
                row["name"],
                number(row["count"]),
                percent(row["share"]),
                number(row["per_day"], 1),
                *(tables.compared(row) if with_year else ()),
            )
            for row in rows
        ],
    )
