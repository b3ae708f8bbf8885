"""The page of budget monitoring: actual spending by month against the profile, with outturn and virements."""

from __future__ import annotations

from typing import Any

from constabulary.core.errors import ConstabularyError
from constabulary.registers.access import Permission
from constabulary.services.finance.monitoring import METHODS, MonitoringReport, monitoring
from constabulary.web import numbers
from constabulary.web.form import File, Form, LongText, Radios, Text
from constabulary.web.money import parts
from constabulary.web.money.parts import Block, Money
from constabulary.web.money.upload import on_disc
from constabulary.web.page import Request, Room, page
from constabulary.web.table import Column, Figure, Table

TITLE = "Budget monitoring"


class Ledger(Form):
    """What the ledger hands out, as a file or pasted."""

    file = File(
        "A file of the ledger", hint="CSV or Excel: a line, a month and an amount, or a column for each month"
    )
    rows = LongText("Or paste rows", hint="With their heading, as a spreadsheet copies them", rows=6)
    year = Text("Year", hint="Such as 2014/15; that of the latest month when empty", width=10)
    method = Radios(
        "Forecast the rest of the year",
        [(name, text[:1].upper() + text[1:]) for name, text in METHODS.items()],
    )


@page(
    "money/monitoring/",
    name="money_monitoring",
    title=TITLE,
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.MONEY,
    parent="money",
    methods=("GET", "HEAD", "POST"),
)
def shown(request: Request) -> Money:
    """Show how the year's budget stands."""
    is_sent = request.method == "POST"
    form = Ledger(request.POST, request.FILES) if is_sent else Ledger(initial={"method": "profile"})
    missing: tuple[str, ...] = ()
    report: MonitoringReport | None = None
    try:
        if not is_sent:
            report = monitoring(request.workspace)
        elif form.is_valid():
            report = _asked(request, form.cleaned_data)
    except ConstabularyError as error:
        missing = tuple(str(problem) for problem in error.problems)
        if is_sent:
            for one in missing:
                form.add_error("rows", one)
            missing = ()
    return Money(
        answer=report.sentence() if report else "Bring what was spent to see it against the budget.",
        ways=parts.ways("money_monitoring"),
        title=TITLE,
        figures=_figures(report) if report else (),
        blocks=_blocks(report) if report else (),
        missing=missing,
        upload=form,
    )


def _asked(request: Request, given: dict[str, Any]) -> MonitoringReport:
    options: dict[str, Any] = {"period": given["year"] or None, "method": given["method"] or "profile"}
    if given["file"] is None:
        return monitoring(request.workspace, text=given["rows"] or None, **options)
    with on_disc(given["file"], "ledger.csv") as path:
        return monitoring(request.workspace, path=path, **options)


def _figures(report: MonitoringReport) -> tuple[Figure, ...]:
    total = report.result.total
    return (
        Figure(
            "Spent so far",
            numbers.money(total.actual_to_date_gbp),
            basis=f"of {numbers.money(total.budget_to_date_gbp)} budgeted",
        ),
        Figure("Forecast outturn", numbers.money(total.outturn_gbp), basis=METHODS[report.result.method]),
        Figure(
            "Variance",
            numbers.money(total.variance_gbp),
            numbers.percent(total.variance_share),
            basis="above zero is more spent than budgeted",
        ),
    )


def _blocks(report: MonitoringReport) -> tuple[Block, ...]:
    found = report.result
    return (
        Block(
            f"After {numbers.several(found.n_months, 'month')} of {found.period}",
            f"Actual spending from {report.actuals_from}. Income is below zero; a variance above zero is the worse.",
            notes=found.findings,
            tables=(
                _lines(report),
                *((_moved(report),) if found.virements else ()),
            ),
            links=parts.files("monitoring", "the lines") if report.actuals_from == "the force folder" else (),
            further=(
                ("Month by month", _months(report)),
                *((("Rows that were refused", _refused(report)),) if report.refused else ()),
            ),
        ),
    )


def _lines(report: MonitoringReport) -> Table:
    columns = (
        Column("Line"),
        *(
            Column(title, "£", is_number=True)
            for title in (
                "Budget", "Virements", "Revised", "Budget to date", "Spent", "Variance to date", "Outturn", "Variance",
                "Outturn the other way",
            )
        ),
    )  # fmt: skip
    rows = [
        (
            one.name, *map(parts.pounds, (one.budget_gbp, one.virements_gbp, one.revised_gbp, one.budget_to_date_gbp,
            one.actual_to_date_gbp)), numbers.difference(one.variance_to_date_gbp), parts.pounds(one.outturn_gbp),
            numbers.difference(one.variance_gbp), parts.pounds(one.other_outturn_gbp),
        )
        for one in (*report.result.lines, report.result.total)
    ]  # fmt: skip
    return Table("Lines", columns, rows, is_caption_hidden=True)


def _months(report: MonitoringReport) -> Table:
    return Table(
        "Month by month",
        (
            Column("Line"), Column("Month"), Column("Budget", "£", is_number=True),
            Column("Spent", "£", is_number=True),
        ),
        [
            (
                one.name,
                numbers.month(month.calendar_month),
                parts.pence(month.budget_gbp),
                parts.pence(month.actual_gbp),
            )
            for one in (*report.result.lines, report.result.total)
            for month in one.months
        ],
    )  # fmt: skip


def _moved(report: MonitoringReport) -> Table:
    return Table(
        "Virements",
        (
            Column("Day"), Column("From"), Column("To"), Column("Amount", "£", is_number=True),
            Column("Why", is_long=True), Column("Approved by"),
        ),
        [
            (
                numbers.day(row.moved_on), row.from_line_id, row.to_line_id, parts.pence(row.amount_gbp), row.reason,
                row.approved_by,
            )
            for row in report.result.virements
        ],
    )  # fmt: skip


def _refused(report: MonitoringReport) -> Table:
    return Table(
        "Rows that were refused",
        (Column("Row"), Column("What stands there"), Column("Why", is_long=True)),
        [(numbers.number(one.row), one.value, one.reason) for one in report.refused],
    )
