"""Papers: shown on a page section by section, handed out as PDF and as spreadsheet, with the same words in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from django.http import HttpResponse

from constabulary.render import documents
from constabulary.render.paper import Paper, PaperTable
from constabulary.web import files
from constabulary.web.table import Cell, Column, Table


@dataclass(frozen=True)
class PaperSection:
    """One section: heading, paragraphs, tables, and a picture with what one sees in it."""

    heading: str
    paragraphs: tuple[str, ...]
    tables: tuple[Table, ...]
    picture: str
    alt: str


def sections_of(written: Paper, pictures: Mapping[str, str]) -> tuple[PaperSection, ...]:
    """Return the sections of a paper as a page shows them.

    Parameters
    ----------
    written
        The paper.
    pictures
        Address of the picture of each section that has one, by the section's heading.
    """
    return tuple(
        PaperSection(
            one.heading,
            tuple(one.paragraphs),
            tuple(_shown(table, one.heading) for table in one.tables),
            pictures.get(one.heading, ""),
            one.alt,
        )
        for one in written.sections
    )


def hand_out(written: Paper, name: str, form: str) -> HttpResponse:
    """Return a paper as a file that is saved.

    Parameters
    ----------
    written
        The paper.
    name
        Name of the file without its ending.
    form
        pdf or xlsx.

    Raises
    ------
    NothingThere
        If the form is neither.
    """
    files.known("form", form, documents.FORMS)
    return files.attached(documents.FORMS[form](written), name, form)


def paper_table(shown: Table, frame: pl.DataFrame) -> PaperTable:
    """Return a table of a page as a table of a paper.

    Parameters
    ----------
    shown
        The table as the page shows it.
    frame
        The same unrounded, for the spreadsheet.
    """
    return PaperTable(
        shown.caption,
        [f"{column.title}, {column.unit}" if column.unit else column.title for column in shown.columns],
        [[cell.text for _, cell in row] for row in shown.body],
        [column.is_number for column in shown.columns],
        frame,
        shown.note,
    )


def links(pdf: str, xlsx: str, *more: Cell) -> tuple[Cell, ...]:
    """Return the ways to take a paper away, and others."""
    return (Cell("PDF", pdf, "file of the paper"), Cell("Excel", xlsx, "file of the paper"), *more)


def _shown(one: PaperTable, heading: str) -> Table:
    columns: Sequence[Column] = [
        Column(title, "", is_number) for title, is_number in zip(one.header, one.is_number, strict=True)
    ]
    return Table(
        one.title, columns, [[Cell(text) for text in row] for row in one.rows], one.note, one.title == heading
    )
