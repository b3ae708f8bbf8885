"""The page that tells what changed in the plan since a version that was kept."""

from __future__ import annotations

from decimal import Decimal

from constabulary.registers.access import Permission
from constabulary.services.finance.plan import plan_of
from constabulary.services.finance.scenarios import ChangesReport, changes
from constabulary.web import numbers
from constabulary.web.form import File, Form
from constabulary.web.money import parts
from constabulary.web.money.parts import Block, Money
from constabulary.web.money.upload import read_from
from constabulary.web.page import Request, Room, page
from constabulary.web.table import Cell, Column, Table

TITLE = "What changed"


class Earlier(Form):
    """A version that was kept."""

    file = File(
        "An earlier version",
        hint="The file that this page or constabulary finance plan --json gave out",
        required="Choose the earlier version",
    )


@page(
    "money/changes/",
    name="money_changes",
    title=TITLE,
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.MONEY,
    parent="money",
    methods=("GET", "HEAD", "POST"),
)
def shown(request: Request) -> Money:
    """Take in an earlier version of the plan, and show what changed since."""
    form = Earlier(request.POST or None, request.FILES or None) if request.method == "POST" else Earlier()
    return parts.told(
        "money_changes",
        TITLE,
        lambda: _page(request, form),
        otherwise="There is no plan yet of which versions could be kept.",
    )


def _page(request: Request, form: Form) -> Money:
    _, plan = plan_of(request.workspace)
    answer = f"Keep a version of {plan.title}, and see later what changed since."
    blocks: tuple[Block, ...] = ()
    report = read_from(form, lambda path: changes(str(path), request.workspace), "earlier.json")
    if report is not None:
        answer, blocks = report.sentence(), (_changes(report),)
    keep = Block(
        "Keep a version",
        "The file holds every line of the plan as it stands now, with its working.",
        links=(Cell("This version", parts.address("api:money_plan"), "as JSON"),),
    )
    return Money(
        answer=answer, ways=parts.ways("money_changes"), title=TITLE, blocks=(*blocks, keep), upload=form
    )


def _changes(report: ChangesReport) -> Block:
    found = report.result
    gap = parts.by_year(
        "The gap",
        found.years,
        [
            ("Before", *map(parts.pence, found.gap_before_gbp)),
            ("Now", *map(parts.pence, found.gap_after_gbp)),
            ("Change", *_moved(found.gap_before_gbp, found.gap_after_gbp)),
        ],
        "Below zero is a gap.",
        first="Version",
    )
    lines = Table(
        "Lines that differ",
        (
            Column("Line"),
            Column("How"),
            *(Column(year, is_number=True) for year in found.years),
        ),
        [
            (
                # A line that is gone has no page of its working any more.
                line.title
                if line.kind == "gone"
                else Cell(line.title, parts.address("money_line", line.line_id)),
                line.kind,
                *_moved(line.before, line.after),
            )
            for line in found.lines
        ],
        "Now less before; a line that is new or gone counts in full.",
    )
    return Block(
        f"Since {report.before}",
        "Money in pounds, to the penny; band D in pounds, the tax base in homes." if found.lines else "",
        tables=(gap, *((lines,) if found.lines else ())),
    )


def _moved(before: tuple[Decimal | None, ...], after: tuple[Decimal | None, ...]) -> list[str]:
    return [
        numbers.difference(None if a is None and b is None else (b or Decimal(0)) - (a or Decimal(0)), 2)
        for a, b in zip(before, after, strict=True)
    ]
