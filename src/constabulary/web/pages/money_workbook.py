"""The page that hands out the plan as a workbook and reads a changed one back."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse

from constabulary.registers.access import Permission
from constabulary.services.finance.workbook import ReadBack, plan_workbook, read_back
from constabulary.web import files, numbers
from constabulary.web.form import File, Form
from constabulary.web.money import parts
from constabulary.web.money.parts import Block, Money
from constabulary.web.money.upload import read_from
from constabulary.web.page import Request, Room, page
from constabulary.web.table import Cell, Column, Table

TITLE = "Workbook"


class Changed(Form):
    """A workbook that came back."""

    file = File("The workbook as you changed it", required="Choose the workbook")


@page(
    "money/plan.xlsx",
    name="money_xlsx",
    title="The plan as a workbook",
    permission=Permission.SEE_FORCE_FOLDER,
)
def xlsx(request: Request) -> HttpResponse:
    """Hand out the plan as a workbook with live formulas."""
    content = plan_workbook(request.workspace, locked_to=parts.asked(request, "locked_to"))
    return files.attached(content, "plan", "xlsx")


@page(
    "money/workbook/",
    name="money_workbook",
    title=TITLE,
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.MONEY,
    parent="money",
    methods=("GET", "HEAD", "POST"),
)
def workbook(request: Request) -> Money:
    """Offer the workbook, and show what was changed in one that came back."""
    form = Changed(request.POST or None, request.FILES or None) if request.method == "POST" else Changed()
    blocks: tuple[Block, ...] = ()
    answer = (
        "The plan as an Excel workbook with live formulas: change a shaded cell and all that follows changes."
    )
    report = read_from(form, partial(read_back, request.workspace, None), "workbook.xlsx")
    if report is not None:
        answer, blocks = report.sentence(), _changes(report)
    about = Block(
        "Take it",
        "Sheets of the plan, its drivers, the precept, reserves and capital. Years up to the base year are locked; the "
        "lock is against slips, and what comes back is checked cell by cell.",
        links=(Cell("Download the workbook", parts.address("money_xlsx"), "with live formulas"),),
    )
    return Money(
        answer=answer, ways=parts.ways("money_workbook"), title=TITLE, blocks=(*blocks, about), upload=form
    )


def _changes(report: ReadBack) -> tuple[Block, ...]:
    gaps = parts.by_year(
        "The gap",
        report.years,
        [
            ("The plan", *map(parts.pounds, report.plan_gap_gbp)),
            ("As changed", *map(parts.pounds, report.gap_gbp)),
        ],
        "Below zero is a gap.",
        first="",
    )
    changed = Table(
        "What was changed",
        (Column("Driver or line"), Column("Year"), Column("Now", is_number=True)),
        [
            (name, year, numbers.text(value))
            for group in (report.edited.drivers, report.edited.lines)
            for name, values in group.items()
            for year, value in values.items()
        ],
    )
    refused = Table(
        "Refused cells",
        (Column("Cell"), Column("Was"), Column("Is"), Column("Why it counts for nothing", is_long=True)),
        [(one.place, one.was, one.found, one.reason) for one in report.edited.refused],
    )
    rows = "\n".join(
        f"{name}\t{year}\t{value}"
        for group in (report.edited.drivers, report.edited.lines)
        for name, values in group.items()
        for year, value in values.items()
    )
    notes = (
        ()
        if report.is_same_plan
        else ("It was made from another state of the force folder: look through the changes.",)
    )
    return (
        Block(
            "What came back",
            notes=notes,
            tables=(*((changed,) if rows else ()), *((refused,) if refused.rows else ()), gaps),
            links=(
                (
                    Cell(
                        "See it as a scenario, with its bridge",
                        parts.address("money_scenarios", name_a=report.name, rows_a=rows),
                    ),
                )
                if rows
                else ()
            ),
        ),
    )
