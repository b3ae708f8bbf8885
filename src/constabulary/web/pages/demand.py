"""The demand picture: what a typical day brings, published beside calculated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from constabulary.registers.access import Permission
from constabulary.services.demand import picture as service
from constabulary.web import numbers
from constabulary.web.demand import tables, words
from constabulary.web.demand.asked import Asked, asking
from constabulary.web.demand.block import Block, block
from constabulary.web.demand.head import Head, head
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Figure, Table

TABLES = ("calls", "incidents", "crimes")
MOST_FIGURES = 4

FURTHER = (
    ("How do people get in touch, and in which months most?", "demand_contacts"),
    ("At what hour and in what season does it come?", "demand_when"),
    ("Where is it, and where has it changed?", "demand_where"),
    ("Which crimes, with what outcome and how much harm?", "demand_crime"),
)


@dataclass(frozen=True)
class Demand(Context):
    """What the demand page shows.

    Parameters
    ----------
    head
        The way between the demand pages, filters, notes.
    figures
        The typical day's chief figures with their working.
    blocks
        The typical day, crime and non-crime by category, qualifiers.
    further
        Questions that the other demand pages answer, with their addresses.
    """

    head: Head
    figures: tuple[Figure, ...]
    blocks: tuple[Block, ...]
    further: tuple[tuple[str, str], ...]


@page("demand/", name="demand", title="Demand", permission=Permission.SEE_RECORDS, nav=Room.DEMAND)
@asking(TABLES, ("from", "to", "area", "records"))
def demand(request: Request, asked: Asked) -> Demand:
    """Show what a typical day brings."""
    day, categories, qualifiers = (asked.figure(name) for name in ("typical_day", "categories", "qualifiers"))
    sources = tables.Sources(request.workspace)
    crime = (tables.crime_or_not(categories, sources),) if categories.rows else ()
    return Demand(
        answer=words.answer(day),
        head=head(asked, "demand", TABLES, (day, categories, qualifiers)),
        figures=_chief(asked, day),
        blocks=(
            block(
                asked,
                "typical_day",
                day,
                _typical(day, sources),
                is_first=True,
                further=_further(day, sources),
            ),
            block(
                asked,
                "categories",
                categories,
                crime,
                title="Crime and non-crime",
                in_chart=tables.parts(categories, "Incidents by category", "Category", "incidents", sources),
            ),
            block(
                asked,
                "qualifiers",
                qualifiers,
                (
                    tables.parts(
                        qualifiers, "Incidents by qualifier", "Qualifier", "incidents", sources,
                        note="An incident may carry several qualifiers or none.",
                    ),
                ),
            ),
        ),
        further=tuple((question, asked.address(name)) for question, name in FURTHER),
    )  # fmt: skip


def _typical(day: service.Figure, sources: tables.Sources) -> tuple[Table, ...]:
    if any(row.calculated is not None for row in day.rows):
        return (tables.typical_day(day, sources),)
    only = tables.only_published(day, sources)
    return () if only is None else (only,)


def _further(day: service.Figure, sources: tables.Sources) -> list[tuple[str, Table]]:
    rest = tables.only_published(day, sources)
    is_shown_already = not any(row.calculated is not None for row in day.rows)
    found = (
        []
        if rest is None or is_shown_already
        else [(f"Published, and not calculated ({len(rest.rows)})", rest)]
    )
    return [*found, ("Spread over the days, and how printed figures fit each other", tables.spread(day))]


def _chief(asked: Asked, day: service.Figure) -> tuple[Figure, ...]:
    counted = [
        (row, line) for row, line in zip(day.rows, day.table, strict=True) if row.calculated is not None
    ]
    return tuple(
        Figure(
            row.name,
            numbers.number(row.calculated, 1),
            "a day",
            working=asked.address("demand_working", "typical_day", table=table_of(row.measure)),
            basis=f"{_published(row)}. {tables.calculated_basis(line)}",
        )
        for row, line in counted[:MOST_FIGURES]
    )


def table_of(measure: str) -> str:
    """Return the table of records that a measure of the typical day counts."""
    return next((table for table, noun in words.NOUNS.items() if measure.startswith(noun)), "incidents")


def _published(row: Any) -> str:
    if row.published is None:
        return "not published"
    return f"{numbers.number(row.published)} published ({numbers.difference(row.difference, 1)})"
