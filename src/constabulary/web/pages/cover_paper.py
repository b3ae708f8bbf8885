"""The paper "Distribution of police cover" as a page, a PDF and a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse

from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.render import documents
from constabulary.web.cover.asked import Asked, FilterForm, asking
from constabulary.web.cover.paper import TITLE, paper_of
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Cell, Column, Table, Way

FILES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class PaperSection:
    """One section: heading, paragraphs, tables, and a map with what one sees in it."""

    heading: str
    paragraphs: tuple[str, ...]
    tables: tuple[Table, ...]
    picture: str
    alt: str


@dataclass(frozen=True)
class PaperPage(Context):
    """What the page of the paper shows.

    Parameters
    ----------
    ways
        The way between the pages.
    filters
        The days.
    is_synthetic
        Whether the positions are made up.
    subtitle
        Whose, and which days.
    sections
        Its sections.
    links
        Ways to take it away.
    """

    ways: tuple[Way, ...]
    filters: FilterForm
    is_synthetic: bool
    subtitle: str
    sections: tuple[PaperSection, ...]
    links: tuple[Cell, ...]


@page(
    "cover/paper/",
    name="cover_paper",
    title=TITLE,
    permission=Permission.SEE_RECORDS,
    nav=Room.COVER,
    parent="cover",
)
@asking()
def paper(request: Request, asked: Asked) -> PaperPage:
    """Show the paper."""
    found, written = paper_of(request.workspace, asked.span, has_picture=False)
    return PaperPage(
        answer=written.answer,
        ways=asked.ways("cover_paper"),
        filters=asked.form,
        is_synthetic=found.is_synthetic,
        subtitle=written.subtitle,
        sections=tuple(
            PaperSection(
                one.heading,
                tuple(one.paragraphs),
                tuple(_table(each) for each in one.tables),
                asked.address("cover_picture", "svg", level="lsoa", show="time") if one.alt else "",
                one.alt,
            )
            for one in written.sections
        ),
        links=(
            Cell("PDF", asked.address("cover_paper_file", "pdf"), "file of the paper"),
            Cell("Excel", asked.address("cover_paper_file", "xlsx"), "file of the paper"),
            Cell("Where the facts stand", reverse("force"), "in the force folder"),
        ),
    )


@page(
    "cover/paper/distribution-of-police-cover.<slug:form>",
    name="cover_paper_file",
    title="The paper on cover as a file",
    permission=Permission.EXPORT_RECORDS,
)
@asking(is_file=True)
def paper_file(request: Request, asked: Asked, form: str) -> HttpResponse:
    """Hand out the paper as PDF or spreadsheet."""
    if form not in FILES:
        raise NothingThere(Problem("no_such_form", f'there is no form "{form}".', expected=", ".join(FILES)))
    found, written = paper_of(request.workspace, asked.span, has_picture=form == "pdf")
    content = documents.pdf(written) if form == "pdf" else documents.workbook(written)
    response = HttpResponse(content, content_type=FILES[form])
    name = "distribution-of-police-cover" + ("-synthetic" if found.is_synthetic else "")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _table(one: documents.PaperTable) -> Table:
    return Table(
        one.title,
        [Column(title, "", is_number) for title, is_number in zip(one.header, one.is_number, strict=True)],
        [[Cell(text) for text in row] for row in one.rows],
        one.note,
    )
