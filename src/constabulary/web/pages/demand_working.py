"""The working of a figure: what is counted, by which SQL, from which rows, files and imports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from constabulary.core.errors import NothingThere
from constabulary.registers.access import Permission
from constabulary.services.demand.picture import Figure
from constabulary.services.demand.working import PAGE, Working, working
from constabulary.web.demand import words
from constabulary.web.demand.asked import LABELS, Asked, asking
from constabulary.web.demand.head import Head, head
from constabulary.web.numbers import instant, month, number, several, text
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.pages.demand_files import figure_of
from constabulary.web.table import Cell, Column, Leaf, SummaryRow, Table, leaf_of
from constabulary.web.wording import own_name
from constabulary.web.wording import words as as_words


@dataclass(frozen=True)
class Query:
    """One count that a figure rests on.

    Parameters
    ----------
    title, definition, sql
        What it counts, and how.
    """

    title: str
    definition: str
    sql: str


@dataclass(frozen=True)
class Shown(Context):
    """What the page of a figure's working shows.

    Parameters
    ----------
    title
        Which figure.
    head
        The way between the demand pages, filters, notes.
    said
        The figure's own answer.
    facts
        Definition, filters, period, stamp.
    queries
        The counts it rests on, each with its SQL.
    tables_to_see
        Where it counts several tables: name and address of each one's rows, and whether it is the one shown.
    rows
        One part of the rows behind it; None where there are none.
    leaf
        Which part.
    rows_sql
        The query of the rows.
    files
        The files they came from, with their imports.
    inputs
        What the stamp rests on.
    links
        Ways to take the rows and the figure away.
    """

    title: str
    head: Head
    said: str
    facts: tuple[SummaryRow, ...]
    queries: tuple[Query, ...]
    tables_to_see: tuple[tuple[str, str, bool], ...]
    rows: Table | None
    leaf: Leaf | None
    rows_sql: str
    files: Table | None
    inputs: Table | None
    links: tuple[Cell, ...]


@page(
    "demand/working/<slug:name>/",
    name="demand_working",
    title="Working",
    permission=Permission.SEE_ROWS,
    nav=Room.DEMAND,
    parent="demand",
)
@asking(("calls", "incidents", "crimes", "outcomes"), ("from", "to", "records"))
def show(request: Request, asked: Asked, name: str) -> Shown:
    """Show how a figure came about."""
    figure = figure_of(request, name, asked.filters)
    table = request.GET.get("table") or None
    asked_page = request.GET.get("page", "1")
    number_asked = int(asked_page) if asked_page.isdecimal() and len(asked_page) < 9 else 1
    title = f"Working: {figure.about.title}"
    opening = head(asked, "demand_working", words.TABLES[name], (figure,))
    said = words.answer(figure)
    try:
        made = working(request.workspace, name, asked.filters, table=table, page=max(1, number_asked))
        leaf = leaf_of(request.GET, made.n_rows, PAGE)
        if leaf.number != made.page:
            made = working(request.workspace, name, asked.filters, table=table, page=leaf.number)
    except NothingThere:
        answer = "Nothing is counted under these filters, so there is no working to show."
        return Shown(answer, title, opening, said, (), (), (), None, None, "", None, None, ())
    n_imports = len({file.import_id for file in made.files})
    return Shown(
        answer=(
            f"{several(made.n_rows, 'row')} of {words.NOUNS[made.table]} stand behind this figure, "
            f"{_counted_apart(figure)}from {several(len(made.files), 'file')} of {several(n_imports, 'import')}."
        ),
        title=title,
        head=opening,
        said=said,
        facts=_facts(asked, made, words.period(figure.about)),
        queries=tuple(Query(step.title, step.definition, step.sql) for step in made.steps),
        tables_to_see=tuple(
            (words.NOUNS[one], asked.address("demand_working", name, table=one), one == made.table)
            for one in made.tables
        ),
        rows=_rows(made, leaf.start) if made.n_rows else None,
        leaf=leaf,
        rows_sql=made.rows_sql,
        files=_files(made) if made.files else None,
        inputs=_inputs(made),
        links=_links(asked, name, made.table),
    )


def _counted_apart(figure: Figure) -> str:
    apart = figure.totals.get("anti_social_behaviour")
    if apart is None or not apart.count:
        return ""
    return f"{number(apart.count)} of them anti-social behaviour, which it counts apart, "


def _facts(asked: Asked, made: Working, period: str) -> tuple[SummaryRow, ...]:
    filters = [
        f"{LABELS[word].lower()}: {asked.choices.words_of(asked.filters, word)}"
        for word in asked.filters.words
    ]
    return (
        SummaryRow("Definition", made.definition),
        SummaryRow("Period", period),
        SummaryRow("Filters", "; ".join(filters) or "none"),
        SummaryRow("Stamp", f"{made.stamp.id}, constabulary {made.stamp.code}"),
    )


def _rows(made: Working, start: int) -> Table:
    frame = made.rows
    shown = [name for name in ("file", *frame.columns) if name in frame.columns]
    shown = [
        name
        for name in dict.fromkeys(shown)
        if name not in ("file_no", "import_id") and not _is_void(frame, name)
    ]
    if "row_no" in shown:
        shown = ["file", "row_no", *(name for name in shown if name not in ("file", "row_no"))]
    last = start + frame.height
    return Table(
        f"Rows {number(start + 1)} to {number(last)} of {number(made.n_rows)}",
        [Column(as_words(name).capitalize(), is_number=frame[name].dtype.is_numeric()) for name in shown],
        [tuple(_cell(name, row[name]) for name in shown) for row in frame.iter_rows(named=True)],
        note="Columns that are empty on this page are left out here; the files have them all. Instants are local time.",
    )


def _is_void(frame: Any, name: str) -> bool:
    return bool(frame[name].null_count() == frame.height)


def _cell(name: str, value: Any) -> str:
    if name == "file":
        return own_name(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return ", ".join(text(one) for one in value)
    if isinstance(value, date) and value.day == 1 and name == "month":
        return month(f"{value:%Y-%m}")
    return text(value)


def _files(made: Working) -> Table:
    return Table(
        "Files and imports",
        (
            Column("File"),
            Column("Import"),
            Column("Imported"),
            Column("By"),
            Column("Kind"),
            Column("Rows counted", is_number=True),
            Column("SHA-256 of the file"),
        ),
        [
            (
                own_name(file.file),
                Cell(file.import_id, reverse("import", args=[file.import_id]), "import"),
                instant(datetime.fromisoformat(file.at)),
                file.by,
                "synthetic" if file.is_synthetic else file.kind,
                number(file.n_rows),
                f"{file.sha256[:16]}…",
            )
            for file in made.files
        ],
    )


def _inputs(made: Working) -> Table:
    inputs: Sequence[tuple[str, str]] = sorted(made.stamp.inputs.items())
    return Table(
        "What the stamp rests on",
        (Column("Input"), Column("SHA-256")),
        [(name, digest) for name, digest in inputs],
        note="The same inputs, filters and version give the same stamp, and the same stamp the same figure.",
    )


def _links(asked: Asked, name: str, table: str) -> tuple[Cell, ...]:
    return (
        Cell("All these rows as CSV", asked.address("demand_rows", name, "csv", table=table)),
        Cell("All these rows as Parquet", asked.address("demand_rows", name, "parquet", table=table)),
        Cell("The figure as CSV", asked.address("demand_download", name, "csv")),
        Cell("The figure as Excel", asked.address("demand_download", name, "xlsx")),
        Cell("The figure as JSON", asked.address("api:demand_figure", name)),
    )
