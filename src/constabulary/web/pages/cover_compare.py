"""Two periods of cover side by side, on maps of the same classes."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from constabulary.registers.access import Permission
from constabulary.services.cover.figures import Span
from constabulary.services.cover.map import SHOWS, cover_map, side_by_side
from constabulary.web import numbers
from constabulary.web.cover import pictures
from constabulary.web.cover.asked import TWO_PERIODS, Asked, asking
from constabulary.web.cover.head import Head, Map, head, map_of, period
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.pages.cover import OPTIONS
from constabulary.web.table import Cell, Column, Table


@dataclass(frozen=True)
class Compare(Context):
    """What the page of two periods shows.

    Parameters
    ----------
    head
        The way between the pages, filters, notes.
    maps
        The map of each period.
    table
        Both and the change by area.
    """

    head: Head
    maps: tuple[Map, Map]
    table: Table


@page(
    "cover/compare/",
    name="cover_compare",
    title="Two periods side by side",
    permission=Permission.SEE_RECORDS,
    nav=Room.COVER,
    parent="cover",
)
@asking(OPTIONS, TWO_PERIODS)
def compare(request: Request, asked: Asked) -> Compare:
    """Show two periods; where none are asked for, the first and the second half of what is held."""
    spans = asked.spans()
    level, show = asked.of("level"), asked.of("show")
    first_map, second_map = (
        cover_map(request.workspace, level, show, from_on=begin, to_on=end) for begin, end in spans
    )
    drawn = side_by_side(first_map, second_map)
    one, other = (each.measured for each in drawn)
    column = SHOWS[drawn[0].show][0]
    days = [(each.to_on - each.from_on).days + 1 for each in (one, other)]
    rows = (
        one.rows.select("area_id", "name", before=pl.col(column) / days[0])
        .join(other.rows.select("area_id", after=pl.col(column) / days[1]), on="area_id")
        .with_columns(change=pl.col("after") - pl.col("before"))
        .sort(pl.col("change").abs(), descending=True)
    )
    far = rows.row(0, named=True)
    return Compare(
        answer=f"The largest change is in {far['name']}: from {numbers.number(far['before'], 2)} to "
        f"{numbers.number(far['after'], 2)} {drawn[0].unit}.",
        head=head(asked, "cover_compare", one, other),
        maps=(
            map_of(asked, drawn[0], "1", has_slider=False, **_words(0, spans)),
            map_of(asked, drawn[1], "2", has_slider=False, **_words(1, spans)),
        ),
        table=Table(
            f"{pictures.map_title(drawn[0])}: {period(one).removesuffix('.')}, and {period(other).removesuffix('.')}",
            [
                Column("Area"),
                Column("First period", "a day", True),
                Column("Second period", "a day", True),
                Column("Change", "a day", True),
            ],
            [
                [
                    Cell(row["name"]),
                    Cell(numbers.number(row["before"], 2)),
                    Cell(numbers.number(row["after"], 2)),
                    Cell(numbers.difference(row["change"], 2)),
                ]
                for row in rows.iter_rows(named=True)
            ],
        ),
    )


def _words(number: int, spans: tuple[Span, Span]) -> dict[str, str]:
    """Return the words by which a map is fetched: its own days, and those of the other for common classes."""
    own, other = spans[number], spans[1 - number]
    return {
        "from": str(own[0]),
        "to": str(own[1]),
        "from2": str(other[0]),
        "to2": str(other[1]),
        "beside": "yes",
    }
