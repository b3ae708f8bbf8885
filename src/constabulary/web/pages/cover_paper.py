"""The paper "Distribution of police cover" as a page, a PDF and a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse

from constabulary.registers.access import Permission
from constabulary.web import numbers
from constabulary.web import paper as papers
from constabulary.web.cover.asked import Asked, asking
from constabulary.web.cover.paper import TITLE, paper_of
from constabulary.web.filters import FilterForm
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Cell, Way


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
    sections: tuple[papers.PaperSection, ...]
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
        answer=numbers.readable(written.answer),
        ways=asked.ways("cover_paper"),
        filters=asked.form,
        is_synthetic=found.is_synthetic,
        subtitle=written.subtitle,
        sections=papers.sections_of(
            written,
            {
                one.heading: asked.address("cover_picture", "svg", level="lsoa", show="time")
                for one in written.sections
                if one.alt
            },
        ),
        links=papers.links(
            asked.address("cover_paper_file", "pdf"),
            asked.address("cover_paper_file", "xlsx"),
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
    found, written = paper_of(request.workspace, asked.span, has_picture=form == "pdf")
    name = "distribution-of-police-cover" + ("-synthetic" if found.is_synthetic else "")
    return papers.hand_out(written, name, form)
