"""What people say: the surveys of the force folder with their certainty, and people's priorities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from ninja.params.functions import Query

from constabulary.registers.access import Permission
from constabulary.services.performance.voice import (
    PRIORITY_STATES,
    PrioritiesAnswer,
    SurveyAnswer,
    SurveyReport,
    SurveysAnswer,
    kept_surveys,
    priorities,
    priorities_json,
    survey_text,
    surveys_json,
)
from constabulary.web import api, numbers
from constabulary.web.api_words import Word
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.performance import shown
from constabulary.web.table import Column, Table, Way

MOST_LETTERS = 50_000
"""Characters of a pasted survey: some thousands of answers."""
SURVEY_COLUMNS = (
    Column("Period"),
    Column("Group"),
    Column("People asked", is_number=True),
    Column("Share", is_number=True),
    Column("Lower", is_number=True),
    Column("Upper", is_number=True),
    Column("Change", "percentage points", is_number=True),
    Column("Is the change real?"),
)


@dataclass(frozen=True)
class Survey:
    """One question of a survey: its title, what it says in a sentence, and its table."""

    title: str
    sentence: str
    table: Table


@dataclass(frozen=True)
class People(Context):
    """What the page about surveys and priorities shows.

    Parameters
    ----------
    ways
        The pages of the room.
    surveys
        A question each.
    priorities
        People's priorities; None where the force folder holds none.
    """

    ways: tuple[Way, ...]
    surveys: tuple[Survey, ...]
    priorities: Table | None


@page(
    "performance/people/",
    name="performance_people",
    title="What people say",
    permission=Permission.SEE_RECORDS,
    nav=Room.PERFORMANCE,
    parent="performance",
)
def people(request: Request) -> People:
    """Show what surveys found, and what people asked for."""
    reports = kept_surveys(request.workspace)
    surveys = tuple(_survey(report) for report in reports)
    rows = priorities(request.workspace)
    n_open = sum(row.state == "open" for row in rows)
    asked = (
        f"{numbers.several(len(rows), 'priority', 'priorities')} set at panel meetings, {n_open} of them open."
        if rows
        else ""
    )
    return People(
        " ".join(filter(None, (_latest(reports), asked))) or "No surveys or priorities are kept yet.",
        shown.ways("performance_people"),
        surveys,
        Table(
            "People's priorities",
            (
                Column("Neighbourhood"),
                Column("Priority", is_long=True),
                Column("Set on"),
                Column("State"),
                Column("What was done", is_long=True),
            ),
            [
                (
                    row.neighbourhood,
                    row.title,
                    numbers.day(row.set_on),
                    f"{row.state}, {numbers.day(row.closed_on)}" if row.closed_on else row.state,
                    row.action or numbers.MISSING,
                )
                for row in rows
            ],
            is_caption_hidden=True,
        )
        if rows
        else None,
    )


@api.route(
    "performance/surveys",
    name="performance_surveys",
    title="What the surveys of the force folder found",
    permission=Permission.SEE_RECORDS,
)
def surveys_answer(request: Request) -> SurveysAnswer:
    """Answer with every survey question, its shares, intervals and changes."""
    return surveys_json(kept_surveys(request.workspace))


@api.route(
    "performance/survey",
    name="performance_survey",
    title="What a pasted survey found",
    permission=Permission.SEE_RECORDS,
)
def survey_answer(
    request: Request,
    table: Annotated[
        str,
        Word(
            "Answers or counts, a row each below a row of names, with commas or tabs.", longest=MOST_LETTERS
        ),
    ],
    satisfied: list[
        Annotated[str, Word("An answer that counts as satisfied; may be said again for another.")]
    ] = Query([]),  # noqa: B008
    minimum: Annotated[
        int, Word("How many people a shown figure is of at least.", unit="people", least=1, most=10**6)
    ]
    | None = None,
) -> SurveyAnswer:
    """Answer with the shares of a pasted table of answers or counts."""
    return survey_text(table, "the table", satisfied=satisfied, minimum=minimum).as_json()


@api.route(
    "performance/priorities",
    name="performance_priorities",
    title="People's priorities",
    permission=Permission.SEE_RECORDS,
)
def priorities_answer(
    request: Request,
    state: Annotated[str, Word("Only priorities of this state.", one_of=tuple(PRIORITY_STATES))]
    | None = None,
) -> PrioritiesAnswer:
    """Answer with people's priorities by neighbourhood: open, met or closed, and what was done."""
    return priorities_json(priorities(request.workspace, state=state))


def _latest(reports: Sequence[SurveyReport]) -> str:
    """Return what the latest survey question found, in a sentence; empty without one."""
    answered = [report for report in reports if ": " in report.sentence()]
    if not answered:
        return ""
    latest = max(answered, key=lambda report: report.sentence().partition(": ")[0])
    period, _, found = numbers.readable(latest.sentence()).partition(": ")
    which = (
        f"The latest of {numbers.several(len(answered), 'survey question')}: " if len(answered) > 1 else ""
    )
    return f"{which}“{latest.question}” in {period}, {found}"


def _survey(report: SurveyReport) -> Survey:
    rows = [
        (
            numbers.month(cell.period),
            cell.group or "Everybody",
            numbers.number(cell.n_answered),
            numbers.percent(cell.share),
            numbers.percent(cell.interval.lower if cell.interval else None),
            numbers.percent(cell.interval.upper if cell.interval else None),
            numbers.difference(100 * cell.change.value, 1) if cell.change else numbers.MISSING,
            ("yes" if cell.change.is_real else "no, chance would bring it")
            if cell.change
            else numbers.MISSING,
        )
        for cell in report.cells
    ]
    notes = list(dict.fromkeys(one.note for one in report.results if one.note))
    note = " ".join(["Lower and upper: 95% interval (Wilson).", *(f"{one.rstrip('.')}." for one in notes)])
    return Survey(
        report.question,
        numbers.readable(report.sentence()),
        Table(report.question, SURVEY_COLUMNS, rows, note, True),
    )
