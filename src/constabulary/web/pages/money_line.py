"""The page of one line of the plan: each year's value down to the drivers and documents it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.services.finance.plan import PlanReport, plan_report
from constabulary.web import numbers
from constabulary.web.money import parts
from constabulary.web.money.parts import Block, Money
from constabulary.web.page import Request, Room, page
from constabulary.web.table import Cell, Column, Figure, Table


@page(
    "money/line/<str:line_id>/",
    name="money_line",
    title="Line of the plan",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.MONEY,
    parent="money",
)
def line(request: Request, line_id: str) -> Money:
    """Show how a line comes about, year by year."""
    report = plan_report(request.workspace)
    known = {one.id: one for one in report.result.lines}
    if line_id not in known:
        raise NothingThere(
            Problem("no_such_line", f'the plan has no line "{line_id}".', expected=", ".join(known))
        )
    found = known[line_id]
    asked = parts.asked(request, "year")
    years = [asked] if asked in report.result.years else list(reversed(report.result.years))
    at = report.result.years.index(years[0])
    form = {"change": numbers.percent}.get(found.unit, _amounts(found.values))
    unit = "band D homes" if found.unit == "dwellings" else ""
    said = [
        f"£{form(value)}".replace("£−", "−£") if found.unit == "gbp" else form(value)
        for value in found.values
    ]
    return Money(
        answer=f"{found.title}: {f'{said[at]} {unit}'.rstrip()} in {years[0]}. {found.rule}",
        ways=parts.ways("money"),
        title=f"{found.ref + '. ' if found.ref else ''}{found.title}",
        figures=tuple(
            Figure(year, value, unit, working=parts.address("money_line", line_id, year=year))
            for year, value in zip(report.result.years, said, strict=True)
        ),
        blocks=(*(_year(report, line_id, year) for year in years), _about(report, line_id)),
    )


def _year(report: PlanReport, line_id: str, year: str) -> Block:
    found = report.result.line(line_id)
    working = next(one for one in found.working if one.year == year)
    printed = found.printed[report.result.years.index(year)] if found.printed else None
    amount = _amounts(
        [working.value, *(step.change for step in working.steps), *([] if printed is None else [printed])]
    )
    lines = {one.id: one for one in report.result.lines}
    rows: list[list[Cell | str]] = []
    before = report.result.years[report.result.years.index(year) - 1]
    for step in working.steps:
        leads_to = {"opening": (line_id, before)}.get(step.kind, (step.by, year))
        is_line = leads_to[0] in lines
        name = (
            Cell(step.title, parts.address("money_line", leads_to[0], year=leads_to[1]))
            if is_line
            else step.title
        )
        value = numbers.percent(step.change, 4) if found.unit == "change" else amount(step.change)
        rows.append(
            [
                name,
                value,
                step.basis or "see its own working",
                " ".join(filter(None, (step.source, step.note))),
            ]
        )
    note = ""
    if printed is not None:
        gone = working.value - printed
        told = f"calculated less printed {numbers.difference(gone, 2)}" if gone else "as calculated"
        note = f"Printed {amount(printed)}; {told}."
    columns = (
        Column("Step"),
        Column(
            "What it adds",
            "percent" if found.unit == "change" else "£" if found.unit == "gbp" else "homes",
            is_number=True,
        ),
        Column("Basis"),
        Column("Source", is_long=True),
    )
    total = numbers.percent(working.value, 4) if found.unit == "change" else amount(working.value)
    rows.append([f"{found.title}, {year}", total, "", ""])
    return Block(
        f"{year}", tables=(Table(f"How {year} comes about", columns, rows, note, is_caption_hidden=True),)
    )


def _amounts(amounts: Iterable[Decimal]) -> Callable[[Decimal], str]:
    """Return how amounts that stand together are written: in whole pounds where all are whole, else to the penny."""
    return parts.pounds if all(amount == int(amount) for amount in amounts) else parts.pence


def _about(report: PlanReport, line_id: str) -> Block:
    typed, found = report.result.plan.line(line_id), report.result.line(line_id)
    used = [
        one
        for one in report.result.lines
        if any(part == line_id for _, part in report.result.plan.line(one.id).parts)
    ]
    drivers = [
        (
            driver.title,
            driver.id,
            driver.type.replace("_", " "),
            numbers.day(dated.from_on),
            numbers.percent(dated.value, 2) if driver.is_rate else parts.pence(dated.value),
            dated.status,
            " ".join(filter(None, (dated.source, dated.note))),
        )
        for driver in (report.result.plan.drivers[name] for name in typed.drivers)
        for dated in driver.dated
    ]
    table = Table(
        "Drivers that move it",
        (
            Column("Driver", is_long=True), Column("Id"), Column("Type"), Column("From"),
            Column("Value", is_number=True), Column("Status"), Column("Source", is_long=True),
        ),
        drivers,
    )  # fmt: skip
    return Block(
        "The line",
        found.cites,
        tables=(table,) if drivers else (),
        links=tuple(Cell(f"Part of: {one.title}", parts.address("money_line", one.id)) for one in used),
    )
