"""The money page: what the plan needs, what finances it, the gap, and what each figure rests on."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from constabulary.registers.access import Permission
from constabulary.services.finance.plan import PlanReport, plan_report
from constabulary.web import numbers
from constabulary.web.money import parts, pictures
from constabulary.web.money.parts import Block, Money
from constabulary.web.money.pictures import MILLION
from constabulary.web.page import Request, Room, page
from constabulary.web.table import Cell, Column, Figure, Table

IN_WORDS = {
    "printed": "a document prints it",
    "inferred": "worked back from printed figures",
    "assumed": "no document prints it",
    "unexplained": "the cause is not published",
    "rounding": "the rounding of the print",
}


@page("money/", name="money", title="Money", permission=Permission.SEE_FORCE_FOLDER, nav=Room.MONEY)
def money(request: Request) -> Money:
    """Show the medium-term financial plan."""
    return parts.told(
        "money", "Money", lambda: _plan(request), otherwise="There is no financial plan here yet."
    )


def _plan(request: Request) -> Money:
    report = plan_report(request.workspace)
    return Money(
        answer=parts.opening(report),
        ways=parts.ways("money"),
        title="Money",
        figures=_on_top(report),
        blocks=(_summary(report), _gap(report), *_band_d(report), _lines(report), _evidence(report)),
    )


def _on_top(report: PlanReport) -> tuple[Figure, ...]:
    """Return what the plan's last year needs, what finances it, the gap, and its band D."""
    found = report.result
    year, gap = found.years[-1], found.gap_gbp[-1]
    line = found.of_role("gap")
    working = parts.address("money_line", line.id, year=year) if line else ""
    figures = [
        Figure(f"Needed in {year}", _millions(found.net_budget_requirement_gbp[-1])),
        Figure("Financed", _millions(found.values("financing")[-1])),
        Figure("Gap" if gap < 0 else "Left over", _millions(abs(gap)), working=working),
    ]
    if found.band_d_gbp is not None and found.band_d_gbp[-1] is not None:
        figures.append(Figure("Band D", numbers.money(found.band_d_gbp[-1], 2), "a year"))
    return tuple(figures)


def _millions(amount: Decimal) -> str:
    return f"{numbers.money(amount / MILLION, 3)}m"


def _rests_on(report: PlanReport) -> Table:
    """Return what share of the forecast's pounds is printed, inferred and unexplained."""
    found = report.evidence
    return Table(
        "What the forecast rests on",
        (
            Column("Standing"),
            Column("Share", "of the forecast's pounds", is_number=True),
            Column("Figures", is_number=True),
            Column("What it means", is_long=True),
        ),
        [
            (
                name.capitalize(),
                numbers.percent(share),
                numbers.number(found.n_cells[name]),
                IN_WORDS.get(name, name),
            )
            for name, share in found.share.items()
            if share or found.n_cells[name]
        ],
    )


def _summary(report: PlanReport) -> Block:
    found = report.result
    rows: list[list[Cell | str]] = [
        [Cell(line.title, parts.address("money_line", line.id)), *map(parts.pounds, line.values)]
        for role in ("requirement", "financing", "gap")
        if (line := found.of_role(role)) is not None
    ]
    table = parts.by_year("Requirement, financing and gap", found.years, rows, "Below zero is a gap.")
    return Block(
        "What is needed and what finances it",
        f"The plan begins with {found.plan.base}; later years are worked out by named, dated drivers. "
        "Follow any figure to how it comes about.",
        parts.chart("requirement", pictures.requirement(report)),
        (table,),
        links=parts.files("summary", "requirement, financing and gap", has_chart="requirement"),
    )


def _gap(report: PlanReport) -> Block:
    found = report.result
    gaps = found.gap_gbp
    moves = [None, *(now - before for before, now in pairwise(gaps))]
    rows = [["Gap", *map(parts.pounds, gaps)], ["Moves by", *(numbers.difference(move) for move in moves)]]
    table = parts.by_year("How the gap builds up", found.years, rows, "Below zero is a gap.", first="")
    return Block(
        "How the gap builds up",
        chart=parts.chart("gap", pictures.gap_steps(report), table),
        links=(
            Cell("What closes it", parts.address("money_solve")),
            Cell("What swings it", parts.address("money_risk")),
        ),
    )


def _band_d(report: PlanReport) -> tuple[Block, ...]:
    drawn = pictures.band_d(report)
    if drawn is None:
        return ()
    checks = Table(
        "Band D and its referendum limit",
        (
            Column("Year"),
            Column("Band D", "£ a year", is_number=True),
            Column("Against the limit", is_long=True),
        ),
        [(one.year, parts.pence(one.band_d_gbp), one.sentence()) for one in report.band_d],
    )
    return (
        Block(
            "Band D",
            chart=parts.chart("band_d", drawn, checks),
            links=(Cell("Precept, bands A to H and resolution", parts.address("money_precept")),),
        ),
    )


def _lines(report: PlanReport) -> Block:
    found = report.result
    rows: list[list[Cell | str]] = []
    for line in found.lines:
        shown = [
            Cell(
                numbers.percent(value, 2)
                if line.unit == "change"
                else numbers.number(value, 2 if line.kind == "band_d" else 0),
                parts.address("money_line", line.id, year=year),
                f"{line.title}, {year}",
            )
            for year, value in zip(found.years, line.values, strict=True)
        ]
        name = f"{line.ref}. {line.title}" if line.ref else line.title
        rows.append([name, line.section or "", *shown])
    columns = (
        Column("Line"),
        Column("Section"),
        *(Column(year, "£", is_number=True) for year in found.years),
    )
    note = "The council tax base is in band D homes and growth in percent. Each figure leads to its working."
    return Block(
        "Every line",
        tables=(Table("Lines of the plan", columns, rows, note, is_caption_hidden=True),),
        links=(
            *parts.files("lines", "the lines of the plan"),
            Cell("Workbook with live formulas", parts.address("money_workbook")),
        ),
    )


def _evidence(report: PlanReport) -> Block:
    found = report.reproduction
    gone = Table(
        "Printed figures that the plan does not return to the digit",
        (
            Column("Line"),
            Column("Year"),
            Column("Printed", "£", is_number=True),
            Column("Calculated", "£", is_number=True),
            Column("Why", is_long=True),
        ),
        [
            (
                Cell(one.title, parts.address("money_line", one.line_id, year=one.year)),
                one.year,
                parts.pounds_or_pence(one.printed),
                parts.pounds_or_pence(one.calculated),
                "rounding" if one.is_rounding else "beyond rounding: see printed tables",
            )
            for one in found.departures
        ],
    )
    returned = (
        f"{numbers.number(found.n_returned)} of {numbers.number(found.n_cells)} printed forecast figures come back to "
        "the digit. What was worked back from the print is a calibration, not a test."
        if found.n_cells
        else "No forecast figure is printed that it could be held against."
    )
    return Block(
        "How it returns the print",
        f"{report.evidence_sentence()} {returned}",
        tables=(_rests_on(report), *((gone,) if found.departures else ())),
        links=(Cell("Printed tables held against their own arithmetic", parts.address("money_reconcile")),),
    )
