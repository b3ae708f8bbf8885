"""One figure on a demand page: its answer, chart, table, what it rests on, and the ways to take it away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from constabulary.services.demand.picture import Figure
from constabulary.web import numbers, pictures
from constabulary.web.demand import words
from constabulary.web.demand.asked import Asked, address
from constabulary.web.demand.pictures import picture
from constabulary.web.table import Cell, Chart, Table

FORMATS = (("csv", "CSV"), ("parquet", "Parquet"), ("xlsx", "Excel"))


@dataclass(frozen=True)
class Block:
    """One figure as a page shows it.

    Parameters
    ----------
    name
        The figure.
    title, answer
        Its heading, and its answer in a sentence; the answer is empty where it opens the page already.
    period
        What it was counted over.
    definition
        What is counted.
    chart
        Its picture, if it has one.
    tables
        Its tables.
    further
        Tables that open on demand, each with what it answers.
    links
        Ways to its working and to take it away.
    """

    name: str
    title: str
    answer: str
    period: str
    definition: str
    chart: Chart | None
    tables: tuple[Table, ...]
    further: tuple[tuple[str, Table], ...]
    links: tuple[Cell, ...]


def block(
    asked: Asked,
    name: str,
    figure: Figure,
    tables: Sequence[Table] = (),
    *,
    title: str = "",
    is_first: bool = False,
    in_chart: Table | None = None,
    further: Sequence[tuple[str, Table]] = (),
    hint: str = "",
) -> Block:
    """Return a figure as a page shows it.

    Parameters
    ----------
    asked
        What the page was asked.
    name, figure
        The figure.
    tables
        Its tables; none are shown where there is nothing in it.
    title
        Its heading, where that is not its own title.
    is_first
        True for the figure whose answer opens the page.
    in_chart
        A table that opens below the chart on demand.
    further
        Tables that open on demand, each with what it answers.
    hint
        What to do to see more, after the answer.
    """
    heading = title or figure.about.title
    is_empty = not figure.rows
    drawn = None if is_empty else chart(asked, name, figure, in_chart)
    return Block(
        name=name,
        title=heading,
        answer="" if is_first else " ".join(filter(None, (words.answer(figure), hint))),
        # Each line of the typical day has a period of its own, in its basis.
        period="" if name == "typical_day" else words.period(figure.about),
        definition=figure.about.definition,
        chart=drawn,
        tables=() if is_empty else (*tables, *((in_chart,) if in_chart and drawn is None else ())),
        further=() if is_empty else tuple(further),
        links=() if is_empty else links(asked, name, heading, has_picture=drawn is not None),
    )


def chart(asked: Asked, name: str, figure: Figure, table: Table | None = None) -> Chart | None:
    """Return the chart of a figure, or nothing where it has none."""
    drawn = picture(name, figure)
    if drawn is None:
        return None
    readable = replace(drawn, alt=numbers.readable(drawn.alt))
    return pictures.chart(readable, partial(asked.address, "demand_chart", name, "svg"), table)


def links(asked: Asked, name: str, title: str, *, has_picture: bool, **more: str) -> tuple[Cell, ...]:
    """Return the ways to the working of a figure and to take it away, filters kept."""
    found = [Cell("Show the working", address("demand_working", name, filters=asked.filters), f"of {title}")]
    found += [
        Cell(text, address("demand_download", name, form, filters=asked.filters), f"file of {title}")
        for form, text in FORMATS
    ]
    if has_picture:
        found += [
            Cell(
                form.upper(),
                address("demand_chart", name, form, filters=asked.filters, **more),
                f"picture of {title}",
            )
            for form in ("svg", "png")
        ]
    return tuple(found)
