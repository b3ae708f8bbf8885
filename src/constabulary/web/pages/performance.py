"""The performance page: one page of icons for all measures, exceptions first."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse

from constabulary.registers.access import Permission
from constabulary.render import tables
from constabulary.services.performance.answers import SummaryAnswer
from constabulary.services.performance.measure_files import summary_frame
from constabulary.services.performance.measure_reports import MeasureReport
from constabulary.services.performance.measure_summary import Summary, summary
from constabulary.web import api, files, numbers
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.performance import shown
from constabulary.web.table import Cell, Column, Table, Way


@dataclass(frozen=True)
class Row:
    """One measure on the page of icons.

    Parameters
    ----------
    title, href
        The measure and its page.
    period, figure
        Its last figure.
    variation, assurance
        Its icons; no assurance without a target.
    target
        What should be reached; empty without.
    records
        Where the figures are from, in a word.
    said
        The latest commentary, with its period; empty without.
    """

    title: str
    href: str
    period: str
    figure: str
    variation: shown.Sign | None
    assurance: shown.Sign | None
    target: str
    records: str
    said: str


@dataclass(frozen=True)
class Performance(Context):
    """What the performance page shows.

    Parameters
    ----------
    ways
        The pages of the room.
    rows
        The measures that have limits, exceptions first.
    others
        The measures without limits, and why; None where there are none.
    n_others
        How many they are.
    rules
        The rule set of the charts.
    is_synthetic
        Whether any measure counts made-up records.
    """

    ways: tuple[Way, ...]
    rows: tuple[Row, ...]
    others: Table | None
    n_others: int
    rules: str
    is_synthetic: bool


@page(
    "performance/",
    name="performance",
    title="Performance",
    permission=Permission.SEE_RECORDS,
    nav=Room.PERFORMANCE,
)
def performance(request: Request) -> Performance:
    """Show what really changed."""
    found = summary(request.workspace)
    others = [one for one in found.reports if not one.is_charted]
    return Performance(
        answer=found.sentence(),
        ways=shown.ways("performance"),
        rows=tuple(map(_row, found.charted)),
        others=_others(others) if others else None,
        n_others=len(others),
        rules=found.rules,
        is_synthetic=found.is_synthetic,
    )


@page(
    "performance/summary.<slug:form>",
    name="performance_summary",
    title="All measures as a file",
    permission=Permission.EXPORT_RECORDS,
)
def download(request: Request, form: str) -> HttpResponse:
    """Hand out one row a measure as CSV, Parquet or Excel."""
    files.known("file", form, files.TYPES)
    found = summary(request.workspace)
    return files.attached(tables.write(summary_frame(found), form, _notes(found)), "measures", form)


@api.route(
    "performance/summary",
    name="performance_summary",
    title="What really changed, for every measure",
    permission=Permission.SEE_RECORDS,
)
def summary_json(request: Request) -> SummaryAnswer:
    """Give every measure as `constabulary performance summary --json` does."""
    return summary(request.workspace).as_json()


def _row(one: MeasureReport) -> Row:
    period, value = one.latest or ("", 0.0)
    said = one.said.commentary[-1] if one.said.commentary else None
    return Row(
        title=one.known.measure.title,
        href=shown.address(one),
        period=shown.period(one, period),
        figure=one.worded(value),
        variation=shown.variation(one),
        assurance=shown.assurance(one),
        target=one.worded(one.target) if one.target is not None else "",
        records={"observed": "published or typed in"}.get(one.values.records, one.values.records)
        if one.values
        else "",
        said=f"{shown.period(one, said.period)}: {said.text}" if said else "",
    )


def _others(found: list[MeasureReport]) -> Table:
    return Table(
        "Measures without limits",
        (
            Column("Measure", is_long=True),
            Column("Last period"),
            Column("Figure", is_number=True),
            Column("Why there are no limits", is_long=True),
        ),
        [
            (
                Cell(one.known.measure.title, shown.address(one)),
                shown.period(one, one.latest[0]) if one.latest else numbers.MISSING,
                one.worded(one.latest[1]) if one.latest else numbers.MISSING,
                shown.said(one, one.refused.message) if one.refused else "",
            )
            for one in found
        ],
        is_caption_hidden=True,
    )


def _notes(found: Summary) -> tuple[str, ...]:
    made_up = ("Some records are synthetic: made up, not real.",) if found.is_synthetic else ()
    return (found.sentence(), *made_up, f"Rules: {found.rules}.", f"Stamp {found.stamp.id}.")
