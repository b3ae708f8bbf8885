"""An appraisal of options for people who decide: words first, then cost beside benefit, charts, who loses, figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.http import HttpResponse
from django.urls import reverse

from constabulary.registers.access import Permission
from constabulary.services.workspace.force import force_of
from constabulary.web import paper as papers
from constabulary.web import pictures
from constabulary.web.addresses import address
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.pages.response_result import facts_of, names_of, result_of
from constabulary.web.response import tables
from constabulary.web.response.paper import DRAWN, paper_of, statements
from constabulary.web.response.pictures import OPTIONS, options_picture
from constabulary.web.table import Cell, Chart, SummaryRow, Table


@dataclass(frozen=True)
class InWords:
    """One option in words.

    Parameters
    ----------
    name, about
        Its name, and what is tried.
    sentences
        What it changes.
    statements
        What it rests on, each with its standing and source.
    """

    name: str
    about: str
    sentences: tuple[str, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Appraisal(Context):
    """What the page of an appraisal shows.

    Parameters
    ----------
    title
        What is compared.
    is_synthetic
        True where made-up records were replayed.
    links
        The paper, and ways to take it away.
    summary
        What it comes to besides the answer.
    warnings
        What a reader must know.
    costs
        Cost beside benefit.
    charts
        Main figures of every option.
    equity
        Who is served worst.
    options
        Each option in words, the base first.
    compared
        Figures beside each other.
    closing
        How sure the figures are.
    facts
        How it was made.
    rests
        What it rests on.
    """

    title: str
    is_synthetic: bool
    links: tuple[Cell, ...]
    summary: tuple[str, ...]
    warnings: tuple[str, ...]
    costs: Table
    charts: tuple[Chart, ...]
    equity: Table
    options: tuple[InWords, ...]
    compared: Table
    closing: str
    facts: tuple[SummaryRow, ...]
    rests: Table


@dataclass(frozen=True)
class AppraisalPaper(Context):
    """What the page of the paper shows.

    Parameters
    ----------
    title
        Its title.
    subtitle
        Whose it is, and that it is simulated.
    is_synthetic
        True where made-up records were replayed.
    sections
        Its sections.
    links
        Ways to take it away.
    """

    title: str
    subtitle: str
    is_synthetic: bool
    sections: tuple[papers.PaperSection, ...]
    links: tuple[Cell, ...]


@page(
    "response/appraisal/<slug:stamp>/",
    name="response_appraisal",
    title="Options appraisal",
    permission=Permission.SEE_RECORDS,
    nav=Room.RESPONSE,
    parent="response",
)
def appraisal(request: Request, stamp: str) -> Appraisal:
    """Show options beside each other."""
    found = result_of(request.workspace, stamp, "appraisal")
    grades, _ = names_of(request.workspace)
    paper_links = _links(stamp, Cell("All figures as JSON", reverse("api:response_result", args=[stamp])))
    return Appraisal(
        found["summary"][0],
        title=f"Options against {found['base']}",
        is_synthetic=found["synthetic"],
        links=(Cell("Read it as a paper", reverse("response_paper", args=[stamp])), *paper_links),
        summary=tuple(found["summary"][1:-1]),
        warnings=tuple(found["warnings"]),
        costs=tables.costs(found, grades),
        charts=tuple(
            pictures.chart(
                options_picture(found, figure, grades), partial(address, "response_chart", stamp, figure)
            )
            for figure in OPTIONS
        ),
        equity=tables.equity(found),
        options=tuple(
            InWords(option["name"], option["about"], tuple(option["in_words"]), tuple(statements(option)))
            for option in found["options"]
        ),
        compared=tables.compared(found, grades, force_of(request.workspace).channels),
        closing=found["summary"][-1],
        facts=facts_of(found, grades),
        rests=tables.rests(found["rests_on"]),
    )


@page(
    "response/appraisal/<slug:stamp>/paper/",
    name="response_paper",
    title="Paper of an options appraisal",
    permission=Permission.SEE_RECORDS,
    nav=Room.RESPONSE,
    parent="response",
)
def paper(request: Request, stamp: str) -> AppraisalPaper:
    """Show an appraisal as a paper."""
    found = result_of(request.workspace, stamp, "appraisal")
    written = paper_of(request.workspace, found, has_pictures=False)
    drawn = {heading: reverse("response_chart", args=[stamp, figure]) for heading, figure in DRAWN.items()}
    return AppraisalPaper(
        written.answer,
        title=written.title,
        subtitle=written.subtitle,
        is_synthetic=found["synthetic"],
        sections=papers.sections_of(written, drawn),
        links=_links(stamp, Cell("The same with its working", reverse("response_appraisal", args=[stamp]))),
    )


@page(
    "response/appraisal/<slug:stamp>/options-appraisal.<slug:form>",
    name="response_paper_file",
    title="Paper of an options appraisal as a file",
    permission=Permission.EXPORT_RECORDS,
)
def paper_file(request: Request, stamp: str, form: str) -> HttpResponse:
    """Hand out the paper as PDF or spreadsheet."""
    found = result_of(request.workspace, stamp, "appraisal")
    written = paper_of(request.workspace, found, has_pictures=form == "pdf")
    return papers.hand_out(written, f"options-appraisal-{stamp}", form)


def _links(stamp: str, *more: Cell) -> tuple[Cell, ...]:
    return papers.links(
        reverse("response_paper_file", args=[stamp, "pdf"]),
        reverse("response_paper_file", args=[stamp, "xlsx"]),
        *more,
    )
