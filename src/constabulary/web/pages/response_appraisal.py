"""An appraisal of options for people who decide: words first, then chart, table, equity, cost, and the paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe

from constabulary.registers.access import Permission
from constabulary.render import charts
from constabulary.services.force import force_of
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.pages.response_result import facts_of, names_of, result_of
from constabulary.web.response import tables
from constabulary.web.response.figures import brief
from constabulary.web.response.pictures import NARROW_PX, WIDE_PX, options_chart
from constabulary.web.table import Chart, SummaryRow, Table

CHARTED = ("within_target_share", "worst_within_target_share", "median_s")
PAPER_PX = 900


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
    options
        Each option in words, the base first.
    closing
        How sure the figures are.
    warnings
        What a reader must know.
    charts
        Main figures of every option.
    compared, equity
        Figures beside each other, and who is served worst.
    facts
        How it was made.
    rests
        What it rests on.
    stamp_id
        Its stamp.
    is_synthetic
        True where made-up records were replayed.
    """

    title: str
    options: tuple[InWords, ...]
    closing: str
    warnings: tuple[str, ...]
    charts: tuple[Chart, ...]
    compared: Table
    equity: Table
    facts: tuple[SummaryRow, ...]
    rests: Table
    stamp_id: str
    is_synthetic: bool


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
    return _shown(request, stamp)


@page(
    "response/appraisal/<slug:stamp>/paper.html",
    name="response_paper",
    title="Paper of an options appraisal",
    permission=Permission.EXPORT_RECORDS,
)
def paper(request: Request, stamp: str) -> HttpResponse:
    """Hand out the appraisal as a paper: one file that opens in a browser or a word processor, to be printed."""
    shown = _shown(request, stamp)
    found = result_of(request.workspace, stamp, "appraisal")
    grades, _ = names_of(request.workspace)
    urgent = next(iter(grades))
    # The drawings are ours, made from figures and escaped names.
    drawings = [
        mark_safe(charts.svg(options_chart(found, one, urgent, _title(one, grades[urgent]), PAPER_PX)))  # noqa: S308
        for one in CHARTED
    ]
    force = force_of(request.workspace)
    text = render_to_string(
        "response_paper.html", {"shown": shown, "drawings": drawings, "force": force.name}, request=request
    )
    answer = HttpResponse(text, content_type="text/html; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="options-appraisal-{stamp}.html"'
    return answer


def _shown(request: Request, stamp: str) -> Appraisal:
    found = result_of(request.workspace, stamp, "appraisal")
    grades, _ = names_of(request.workspace)
    urgent = next(iter(grades))
    return Appraisal(
        found["summary"][0],
        title=f"Options against {found['base']}",
        options=tuple(_in_words(option) for option in found["options"]),
        closing=found["summary"][-1],
        warnings=tuple(found["warnings"]),
        charts=tuple(_chart(stamp, one, grades[urgent], len(found["options"])) for one in CHARTED),
        compared=tables.compared(found, grades),
        equity=tables.equity(found),
        facts=facts_of(found),
        rests=tables.rests(found["rests_on"]),
        stamp_id=stamp,
        is_synthetic=found["synthetic"],
    )


def _in_words(option: dict[str, Any]) -> InWords:
    statements = tuple(
        f"{one['title']} ({', '.join(filter(None, (one['status'], one['source'])))})"
        for one in option["rests_on"]
        if not one["name"]
    )
    return InWords(option["name"], option["about"], tuple(option["in_words"]), statements)


def _title(figure: str, grade: str) -> str:
    return f"{grade} incidents: {brief(figure)[0].lower()}{brief(figure)[1:]}"


def _chart(stamp: str, figure: str, grade: str, n_options: int) -> Chart:
    src = reverse("response_chart", args=[stamp, figure])
    return Chart(
        _title(figure, grade),
        src,
        "A point for each option with a line for its interval; the figures stand in the table below.",
        None,
        width_px=WIDE_PX,
        height_px=130 + 30 * n_options,
        narrow_src=f"{src}?width=narrow",
        narrow_width_px=NARROW_PX,
        narrow_height_px=220 + 62 * n_options,
        is_titled=True,
    )
