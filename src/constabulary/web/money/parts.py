"""The parts of money pages: the way between them, blocks of chart, tables and files, and what is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from django.urls import reverse

from constabulary.core.errors import ConstabularyError, Problem
from constabulary.web import addresses, numbers, pictures
from constabulary.web.page import Context, Request
from constabulary.web.table import Cell, Chart, Column, Figure, Table, Way

WAYS = (
    ("money", "Plan"),
    ("money_precept", "Precept"),
    ("money_solve", "Solve"),
    ("money_buys", "What a pound buys"),
    ("money_scenarios", "Scenarios"),
    ("money_risk", "Risk"),
    ("money_reserves", "Reserves"),
    ("money_capital", "Capital"),
    ("money_establishment", "Establishment"),
    ("money_monitoring", "Monitoring"),
    ("money_reconcile", "Printed tables"),
    ("money_workbook", "Workbook"),
    ("money_changes", "What changed"),
)
FORMATS = (("csv", "CSV"), ("xlsx", "Excel"))


@dataclass(frozen=True)
class Block:
    """One part of a page.

    Parameters
    ----------
    title
        Its heading; empty for none.
    text
        What it says in a sentence or two.
    chart
        A picture, its figures in a table below it.
    tables
        Tables in sight.
    notes
        Sentences in a list.
    further
        Tables that open on demand, each with what it answers.
    links
        Ways on, and files to take away.
    """

    title: str = ""
    text: str = ""
    chart: Chart | None = None
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    further: tuple[tuple[str, Table], ...] = ()
    links: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Money(Context):
    """What every money page shows.

    Parameters
    ----------
    ways
        The way between the money pages.
    figures
        A few figures on top.
    blocks
        The parts of the page.
    form
        What may be asked of it; None for nothing.
    upload
        A form that takes a file; None for none.
    missing
        What is wrong or not there yet, with its remedy: a sentence each.
    title
        The page's heading.
    """

    ways: tuple[Way, ...]
    title: str
    figures: tuple[Figure, ...] = ()
    blocks: tuple[Block, ...] = ()
    form: Any = None
    upload: Any = None
    missing: tuple[str, ...] = field(default=())


def ways(current: str) -> tuple[Way, ...]:
    """Return the way between the money pages, from the page of that name."""
    return tuple(Way(title, reverse(name), name == current) for name, title in WAYS)


def told(
    current: str,
    title: str,
    make: Callable[[], Money],
    form: Any = None,
    otherwise: str = "Nothing to show yet.",
) -> Money:
    """Return a page, or, where what it needs is not there, the same page that says what to do.

    Parameters
    ----------
    current, title
        The page's name and heading.
    make
        Makes the page.
    form
        Its form, shown in either case.
    otherwise
        The answer where it cannot be made.
    """
    try:
        return make()
    except ConstabularyError as error:
        missing = tuple(_sentence(problem) for problem in error.problems)
        return Money(answer=otherwise, ways=ways(current), title=title, form=form, missing=missing)


def _sentence(problem: Problem) -> str:
    said = str(problem)
    # What begins with a file keeps the file's own spelling.
    return said if problem.file else said[:1].upper() + said[1:]


def address(name: str, *parts: str, **query: str | None) -> str:
    """Return the address of a page, with what is asked of it; what is empty is not asked."""
    return addresses.address(name, *parts, **{key: value for key, value in query.items() if value})


def chart(name: str, drawn: pictures.Picture, table: Table | None = None, **query: str | None) -> Chart:
    """Return a chart that the page `money_chart` draws.

    Parameters
    ----------
    name
        Its name there.
    drawn
        The chart.
    table
        The figures behind it, opened on demand.
    query
        What is asked of it.
    """
    return pictures.chart(drawn, partial(address, "money_chart", name, "svg", **query), table)


def files(name: str, title: str, *, has_chart: str = "", **query: str | None) -> tuple[Cell, ...]:
    """Return the ways to take a table away, and its chart where it has one."""
    found = [
        Cell(text, address("money_download", name, form, **query), f"file of {title}")
        for form, text in FORMATS
    ]
    if has_chart:
        found += [
            Cell(form.upper(), address("money_chart", has_chart, form, **query), f"picture of {title}")
            for form in ("svg", "png")
        ]
    return tuple(found)


def by_year(
    caption: str,
    years: Sequence[str],
    rows: Sequence[Sequence[Cell | str]],
    note: str = "",
    first: str = "",
) -> Table:
    """Return a table with a column for each year."""
    columns = (Column(first or "Line"), *(Column(year, "£", is_number=True) for year in years))
    return Table(caption, columns, rows, note)


def pounds(amount: Decimal | float | None) -> str:
    """Return an amount in whole pounds, without the sign of the pound, for columns whose heading has it."""
    return numbers.number(amount)


def pence(amount: Decimal | float | None) -> str:
    """Return an amount to the penny, without the sign of the pound."""
    return numbers.number(amount, 2)


def pounds_or_pence(amount: Decimal | None) -> str:
    """Return an amount without the sign of the pound: to the penny below £1,000, such as a band D, else in pounds."""
    return pence(amount) if amount is not None and 0 < abs(amount) < 1000 else pounds(amount)


def opening(report: Any) -> str:
    """Return what a report answers, without the name of its force folder, which only a command needs."""
    said: str = report.sentence().removeprefix(f"{report.name}: ")
    return said[:1].upper() + said[1:]


def asked(request: Request, name: str) -> str | None:
    """Return what an address asks under a name, if anything."""
    return (request.GET.get(name) or "").strip() or None
