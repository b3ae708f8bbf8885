"""The page of one measure: chart and table, commentary, step changes, definition and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from django.http import HttpResponse, HttpResponseRedirect

from constabulary.core.errors import ConstabularyError
from constabulary.registers.access import Permission
from constabulary.registers.records import Remark
from constabulary.services.performance import measure_reports as service
from constabulary.services.performance import remarks
from constabulary.services.performance.answers import MeasureAnswer
from constabulary.services.performance.measure_reports import MeasureReport
from constabulary.web import api, form, numbers
from constabulary.web.api_words import Word
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.performance import shown
from constabulary.web.table import Cell, Chart, Column, SummaryRow, Table, Way


@dataclass(frozen=True)
class ShownRemark:
    """A commentary or a confirmed step as the page shows it; `hint` says what changed since it was written."""

    remark_id: int
    kind: str
    period: str
    text: str
    by: str
    hint: str


@dataclass(frozen=True)
class OneMeasure(Context):
    """What the page of one measure shows.

    Parameters
    ----------
    title
        The measure.
    ways
        The pages of the room.
    is_synthetic
        Whether made-up records were counted.
    signs
        Its icons: variation and assurance.
    warnings
        What a reader must know.
    charts
        The chart, and the line of rolling twelve months where there is one.
    figures
        The figures behind them.
    suggestions
        Possible step changes, each in a sentence.
    steps, commentary
        What people confirmed and said.
    comment_form, step_form
        The forms; None where there are no figures to speak of.
    facts
        Definition, source and how it is counted.
    observations
        Published, typed-in and imported figures of the same quantity.
    queries
        The SQL that was run.
    links
        Ways to take it away.
    kept
        What was just kept, in a sentence; empty otherwise.
    """

    title: str
    ways: tuple[Way, ...]
    is_synthetic: bool
    signs: tuple[shown.Sign, ...]
    warnings: tuple[str, ...]
    charts: tuple[Chart, ...]
    figures: Table | None
    suggestions: tuple[str, ...]
    steps: tuple[ShownRemark, ...]
    commentary: tuple[ShownRemark, ...]
    comment_form: form.Form | None
    step_form: form.Form | None
    facts: tuple[SummaryRow, ...]
    observations: Table | None
    queries: tuple[str, ...]
    links: tuple[Cell, ...]
    kept: str


class CommentForm(form.Form):
    """What happened in a period."""

    comment_period = form.Select("Period", required="Choose the period")
    comment_text = form.LongText(
        "What happened, and what is done about it?",
        hint="It stays with the measure and goes into papers. Name no person.",
        required="Say what happened",
        rows=3,
    )


class StepForm(form.Form):
    """From when on the measure changed for good, and why."""

    step_period = form.Select("First period after the change", required="Choose the period")
    step_reason = form.Text(
        "What changed in the world or in the counting?",
        hint="New limits begin at the period. Without a known reason, do not confirm one.",
        required="Say what changed",
    )


KEPT = {
    "commentary": "The commentary is kept.",
    "step": "The step change is confirmed; new limits begin there.",
    "back": "It is taken back; the register keeps what was said.",
}


@page(
    "performance/measures/<str:name>/",
    name="performance_measure",
    title="A measure",
    permission=Permission.SEE_RECORDS,
    nav=Room.PERFORMANCE,
    parent="performance",
    methods=("GET", "HEAD", "POST"),
)
def measure(request: Request, name: str) -> OneMeasure | HttpResponse:
    """Show one measure, and keep what people say of it."""
    found = service.report(request.workspace, name)
    periods = [point.period for point in reversed(found.chart.points)] if found.chart else []
    sent = request.POST if request.method == "POST" else None
    what = sent.get("what", "") if sent else ""
    comment_form = CommentForm(sent if what == "comment" else None)
    step_form = StepForm(sent if what == "step" else None)
    comment_form.fields["comment_period"].choices = [(one, shown.period(found, one)) for one in periods]
    step_form.fields["step_period"].choices = [(one, shown.period(found, one)) for one in periods[:-1]]
    if found.chart and found.chart.suggestions:
        step_form.fields["step_period"].initial = found.chart.suggestions[-1].period
    done = _keep(request, found, what, comment_form, step_form) if sent else ""
    if done:
        return HttpResponseRedirect(f"{shown.address(found)}?kept={done}")
    return _shown(request, found, comment_form if periods else None, step_form if periods[1:] else None)


@api.route(
    "performance/measures/{name}",
    name="performance_measure",
    title="One measure with its chart, lines and commentary",
    permission=Permission.SEE_RECORDS,
)
def measure_json(
    request: Request,
    name: Annotated[str, Word("Name of the measure, as the summary has it.", such_as="crimes")],
) -> MeasureAnswer:
    """Give one measure as `constabulary performance chart NAME --json` does."""
    return service.report(request.workspace, name).as_json()


def _keep(
    request: Request, found: MeasureReport, what: str, comment_form: CommentForm, step_form: StepForm
) -> str:
    """Keep what a form says; return what was kept, or nothing where something is wrong with it."""
    if what == "back":
        kind = "step" if request.POST.get("kind") == "step" else "commentary"
        number = request.POST.get("remark", "")
        if number.isdecimal():
            remarks.take_back(request.workspace, request.person, kind, int(number))
        return "back"
    filled = comment_form if what == "comment" else step_form
    if not filled.is_bound or not filled.is_valid():
        return ""
    given = filled.cleaned_data
    try:
        if what == "comment":
            service.comment(
                request.workspace,
                request.person,
                found.name,
                given["comment_period"],
                given["comment_text"],
            )
            return "commentary"
        service.confirm_step(
            request.workspace, request.person, found.name, given["step_period"], given["step_reason"]
        )
        return "step"
    except ConstabularyError as error:
        for problem in error.problems:
            filled.add_error(None, str(problem))
        return ""


def _shown(
    request: Request, found: MeasureReport, comment_form: form.Form | None, step_form: form.Form | None
) -> OneMeasure:
    rows = found.rows()
    charts = []
    if rows:
        charts.append(shown.chart(found, "xmr", _alt(found), None))
    if any(row["rolling_12"] is not None for row in rows[found.first :]):
        last = next(row for row in reversed(rows) if row["rolling_12"] is not None)
        alt = f"A line of the twelve months to each month; {found.worded(last['rolling_12'])} to {last['period']}."
        alt = shown.said(found, alt)
        charts.append(shown.chart(found, "rolling_12", alt, None))
    signs = tuple(sign for sign in (shown.variation(found), shown.assurance(found)) if sign)
    return OneMeasure(
        answer=shown.said(found, found.sentence()),
        title=found.known.measure.title,
        ways=shown.ways(""),
        is_synthetic=found.is_synthetic,
        signs=signs,
        warnings=tuple(shown.said(found, one) for one in found.warnings),
        charts=tuple(charts),
        figures=shown.figures(found) if rows else None,
        suggestions=tuple(
            f"{shown.period(found, one.period)}: mean {found.worded(one.mean_before)} over the {one.n_before} "
            f"figures before, {found.worded(one.mean_after)} over the {one.n_after} after."
            for one in (found.chart.suggestions if found.chart else ())
        ),
        steps=tuple(_remark("step", one, found) for one in found.said.steps),
        commentary=tuple(_remark("commentary", one, found) for one in found.said.commentary),
        comment_form=comment_form,
        step_form=step_form,
        facts=_facts(found),
        observations=_observations(found, service.origins_of(request.workspace))
        if found.known.observations
        else None,
        queries=found.values.queries if found.values else (),
        links=shown.links(found) if rows else (),
        kept=KEPT.get(request.GET.get("kept", ""), ""),
    )


def _remark(kind: str, one: Remark, found: MeasureReport) -> ShownRemark:
    hint = ""
    if kind == "commentary" and one.value is not None and found.chart is not None:
        now = {point.period: point.value for point in found.chart.points}.get(one.period)
        if now is None:
            hint = f"written when the figure was {found.worded(one.value)}; there is none now"
        elif now != one.value:
            hint = f"written when the figure was {found.worded(one.value)}; it is {found.worded(now)} now"
    by = f"{one.by}, {numbers.instant(one.at)}"
    return ShownRemark(one.remark_id, kind, shown.period(found, one.period), one.text, by, hint)


def _alt(found: MeasureReport) -> str:
    n_signals = sum(point.signal is not None for point in found.chart.points) if found.chart else 0
    limits = found.chart.latest if found.chart else None
    said = f"{numbers.several(len(found.chart.points) if found.chart else 0, 'figure')} by period"
    if limits is None:
        return f"{said}, without limits."
    lower, mean, upper = (
        found.worded(found.within(limit)) for limit in (limits.lower, limits.mean, limits.upper)
    )
    signals = numbers.several(n_signals, "figure is a signal", "figures are signals")
    return f"{said}, with mean {mean} and limits {lower} to {upper}; {signals}."


def _facts(found: MeasureReport) -> tuple[SummaryRow, ...]:
    declared = found.known.measure
    direction = {"increase": "More is better", "decrease": "Less is better", "neutral": "Neither is better"}
    facts = [
        SummaryRow("Definition", declared.definition or numbers.MISSING),
        SummaryRow("Direction", direction[found.known.direction]),
        SummaryRow("Source", declared.source),
    ]
    if declared.numerator and declared.numerator.definition != declared.definition:
        facts.append(SummaryRow("Counted", declared.numerator.definition))
    if declared.denominator:
        facts.append(SummaryRow("Out of", declared.denominator.definition))
    if found.values and found.values.basis != declared.definition:
        facts.append(SummaryRow("Basis", found.values.basis.replace("_", " ")))
    if found.target is not None:
        facts.append(SummaryRow("Target", f"{found.worded(found.target)}: {found.target_from}"))
    if declared.lag_days:
        facts.append(
            SummaryRow("Lag", f"{declared.lag_days} days from a period’s end until its figure can be had")
        )
    if found.chart:
        facts.append(SummaryRow("Rules", found.chart.rules))
    facts += [SummaryRow("In the plan", f"{item.name} ({item.item_id})") for item in found.known.items]
    return tuple(facts)


def _observations(found: MeasureReport, origins: Mapping[str, str]) -> Table:
    revised = set(found.values.observed.revised) if found.values and found.values.observed else set()
    return Table(
        "Published, typed-in and imported figures",
        (
            Column("Period"),
            Column("Figure", is_number=True),
            Column("Basis"),
            Column("From", is_long=True),
            Column("Note", is_long=True),
        ),
        [
            (
                shown.period(found, one.label),
                (f"{one.bound} " if one.bound else "") + service.worded(one.value, one.unit),
                one.basis.replace("_", " ") + (" (revised since)" if one in revised else ""),
                f"{origins.get(one.origin, one.origin)}, {one.where}",
                one.note or "",
            )
            for one in found.known.observations
        ],
        is_caption_hidden=True,
    )
