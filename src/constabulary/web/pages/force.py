"""The force folder browser: what was typed about the force, and the document each figure comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, TypedDict, cast

from django.urls import reverse

from constabulary.core.answers import Answer, Value, with_other_fields
from constabulary.registers.access import Permission
from constabulary.services.workspace.force import Fact, FactTable, facts_from, force_overview, force_table
from constabulary.web import api, numbers
from constabulary.web.api_words import Word
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Cell, Column, Leaf, SummaryRow, Table, leaf_of
from constabulary.web.wording import words

FACTS_A_PAGE = 100

_UNITS = {"fte": "full-time equivalent", "days": "days", "seconds": "seconds"}
_NUMBERS = (int, Decimal)
_SHORT_NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
_COMMAND = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Folder(Context):
    """What the first page of the force folder shows.

    Parameters
    ----------
    tables
        Its tables, each with what it holds and how many facts.
    sources
        The documents they were typed from.
    warnings
        Printed figures that disagree with each other, a sentence each.
    """

    tables: Table
    sources: Table
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Facts(Context):
    """What the page of one table of the force folder shows.

    Parameters
    ----------
    title
        The table's name.
    table
        Its rows, with the document and the place in it that each rests on.
    leaf
        Which part of a long table is shown.
    """

    title: str
    table: Table
    leaf: Leaf


@dataclass(frozen=True)
class Document(Context):
    """What the page of one document shows.

    Parameters
    ----------
    title
        The document's title.
    facts
        What is known of the document.
    tables
        How many facts of each table were typed from it.
    """

    title: str
    facts: tuple[SummaryRow, ...]
    tables: Table


@page(
    "data/force/",
    name="force",
    title="Force folder",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.DATA,
    parent="about",
)
def folder(request: Request) -> Folder:
    """List the tables of the force folder and its documents."""
    overview = force_overview(request.workspace)
    n_assumed = sum(table.n_assumed for table in overview.tables)
    return Folder(
        answer=(
            f"The force folder of {overview.name} holds {numbers.number(overview.n_facts)} facts and definitions "
            f"from {numbers.several(len(overview.sources), 'document')}; {numbers.number(n_assumed)} are assumed, "
            f"each with its reason."
        ),
        tables=Table(
            "Tables",
            (
                Column("Table"),
                Column("What it holds"),
                Column("Facts", is_number=True),
                Column("Assumed", is_number=True),
            ),
            [
                (
                    Cell(heading(table.name), reverse("force_table", args=[table.name])),
                    _COMMAND.sub(r"“\1”", table.about),
                    numbers.number(table.n_facts),
                    numbers.number(table.n_assumed),
                )
                for table in overview.tables
            ],
        ),
        sources=Table(
            "Documents",
            (Column("Title"), Column("Publisher"), Column("Published")),
            [
                (
                    Cell(source.title, reverse("force_source", args=[source.id])),
                    source.publisher,
                    numbers.readable(source.published),
                )
                for source in overview.sources
            ],
        ),
        warnings=tuple(str(problem) for problem in overview.warnings),
    )


@page(
    "data/force/<slug:name>/",
    name="force_table",
    title="Table of the force folder",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.DATA,
    parent="force",
)
def table(request: Request, name: str) -> Facts:
    """Show one table of the force folder, every row with its source."""
    facts = force_table(request.workspace, name)
    leaf = leaf_of(request.GET, len(facts.facts), FACTS_A_PAGE)
    n_assumed = sum(fact.status == "assumed" for fact in facts.facts)
    return Facts(
        answer=(
            f"{numbers.several(len(facts.facts), 'row')}, "
            f"{f'{numbers.number(n_assumed)} of them assumed' if n_assumed else 'none assumed'}. {facts.about}"
        ),
        title=heading(name),
        table=_table(facts, facts.facts[leaf.start : leaf.start + FACTS_A_PAGE]),
        leaf=leaf,
    )


@page(
    "data/force/source/<str:source_id>/",
    name="force_source",
    title="Document",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.DATA,
    parent="force",
)
def source(request: Request, source_id: str) -> Document:
    """Show a document that figures were typed from, and what was typed from it."""
    document, tables = facts_from(request.workspace, source_id)
    n_facts = sum(one.n_facts for one in tables)
    facts = (
        SummaryRow("Publisher", document.publisher),
        SummaryRow("Published", numbers.readable(document.published)),
        *((SummaryRow("Address", document.url),) if document.url else ()),
        *((SummaryRow("Licence", document.licence),) if document.licence else ()),
        *((SummaryRow("Note", document.note),) if document.note else ()),
        SummaryRow("Typed in", f"{document.file}, line {numbers.number(document.line)}"),
    )
    return Document(
        answer=f"{numbers.several(n_facts, 'fact')} of the force folder were typed from this document.",
        title=document.title,
        facts=facts,
        tables=Table(
            "What was typed from it",
            (Column("Table"), Column("What it holds"), Column("Facts", is_number=True)),
            [
                (
                    Cell(heading(one.name), reverse("force_table", args=[one.name])),
                    one.about,
                    numbers.number(one.n_facts),
                )
                for one in tables
            ],
        ),
    )


class TableLine(TypedDict):
    """One table of the force folder.

    Parameters
    ----------
    about
        What it holds, in a sentence.
    facts, assumed
        How many rows it has, and how many of them rest on an assumption instead of a document.
    """

    name: str
    about: str
    facts: int
    assumed: int


class SourceAnswer(TypedDict):
    """A document that facts were typed from.

    Parameters
    ----------
    publisher, published
        Who published it, and as much of the date as is known.
    licence
        Under which licence; null where none is told.
    """

    id: str
    title: str
    publisher: str
    published: str
    licence: str | None


class ForceAnswer(Answer):
    """The force folder's tables and documents.

    Parameters
    ----------
    files_sha256
        The hash of all facts in the folder: of every file but scenarios.
    tables
        Its tables that have rows.
    sources
        The documents its facts were typed from.
    """

    name: str
    files_sha256: str
    tables: list[TableLine]
    sources: list[SourceAnswer]


class TypedIn(TypedDict):
    """Where a fact was typed.

    Parameters
    ----------
    file, line
        The file of the force folder, and the line in it.
    """

    file: str
    line: int


@with_other_fields(Value | list[str])
class FactAnswer(TypedDict):
    """One fact with its source; further fields are the columns of its table.

    Parameters
    ----------
    source
        Id of the document; null where it is assumed or needs none.
    status
        printed, inferred or assumed.
    typed_in
        Where it was typed.
    """

    source: str | None
    where: str | None
    status: str
    note: str | None
    typed_in: TypedIn


class FactsAnswer(Answer):
    """One table of the force folder.

    Parameters
    ----------
    about
        What it holds, in a sentence.
    facts
        Its rows, in the order they were typed.
    """

    name: str
    about: str
    facts: list[FactAnswer]


@api.route(
    "force",
    name="force",
    title="The force folder's tables and documents",
    permission=Permission.SEE_FORCE_FOLDER,
)
def force_json(request: Request) -> ForceAnswer:
    """List the tables of the force folder and its documents."""
    overview = force_overview(request.workspace)
    return {
        "schema": 1,
        "name": overview.name,
        "files_sha256": overview.files_sha256,
        "tables": [
            {"name": one.name, "about": one.about, "facts": one.n_facts, "assumed": one.n_assumed}
            for one in overview.tables
        ],
        "sources": [
            {
                "id": one.id,
                "title": one.title,
                "publisher": one.publisher,
                "published": one.published,
                "licence": one.licence,
            }
            for one in overview.sources
        ],
    }


@api.route(
    "force/{name}",
    name="force_table",
    title="One table of the force folder, each fact with its source",
    permission=Permission.SEE_FORCE_FOLDER,
)
def force_table_json(
    request: Request,
    name: Annotated[str, Word("Name of the table, as the list has it.", such_as="districts")],
) -> FactsAnswer:
    """Show one table of the force folder."""
    facts = force_table(request.workspace, name)
    written = {
        "schema": 1,
        "name": facts.name,
        "about": facts.about,
        "facts": [
            {
                **dict(zip(facts.columns, (_plain(value) for value in fact.values), strict=True)),
                "source": fact.source.id if fact.source else None,
                "where": fact.where,
                "status": fact.status,
                "note": fact.note,
                "typed_in": {"file": fact.file, "line": fact.line},
            }
            for fact in facts.facts
        ],
    }
    return cast(FactsAnswer, written)


def heading(name: str) -> str:
    """Return a short name as a heading: `resource_layers` is "Resource layers"."""
    return words(name).capitalize().replace("Band d", "Band D")


def _table(facts: FactTable, shown: tuple[Fact, ...]) -> Table:
    kept = [
        (place, column)
        for place, column in enumerate(facts.columns)
        if any(fact.values[place] not in {None, ()} for fact in facts.facts)
    ]
    columns = [_column(facts, place, column) for place, column in kept]
    rows: list[tuple[Cell | str, ...]] = [
        (
            *(_text(facts.columns, fact, place) for place, _ in kept),
            _source(fact),
            fact.note or "",
            _place(fact),
        )
        for fact in shown
    ]
    return Table(
        heading(facts.name),
        (*columns, Column("Source", is_long=True), Column("Note", is_long=True), Column("Typed in")),
        rows,
        is_caption_hidden=True,
    )


def _column(facts: FactTable, place: int, name: str) -> Column:
    stem, _, ending = name.rpartition("_")
    is_number = all(
        isinstance(fact.values[place], _NUMBERS) and not isinstance(fact.values[place], bool)
        for fact in facts.facts
        if fact.values[place] is not None
    )
    if stem and ending in _UNITS:
        return Column(heading(stem), _UNITS[ending], is_number)
    if stem and ending in {"on", "id", "ids"}:
        return Column(heading(stem), "", is_number)
    return Column(heading(name.removeprefix("is_")), "", is_number)


def _text(columns: tuple[str, ...], fact: Fact, place: int) -> str:
    value = fact.values[place]
    unit = fact.values[columns.index("unit")] if "unit" in columns else None
    if isinstance(value, Decimal) and (columns[place] == "share" or unit in {"share", "change"}):
        return numbers.percent(value, max(0, numbers.places_of(value) - 2))
    if isinstance(value, str) and _SHORT_NAME.fullmatch(value):
        return words(value)
    return numbers.text(value)


def _source(fact: Fact) -> Cell:
    if fact.source is None:
        return Cell(fact.status if fact.status != "printed" else numbers.MISSING)
    where = f", {fact.where}" if fact.where else ""
    return Cell(f"{fact.source.title}{where}", reverse("force_source", args=[fact.source.id]))


def _place(fact: Fact) -> str:
    return f"{fact.file}, line {numbers.number(fact.line)}"


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
