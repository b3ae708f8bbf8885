"""The page of scenarios: pasted rows side by side with the plan, each with the bridge between the gaps."""

from __future__ import annotations

from constabulary.registers.access import Permission
from constabulary.services.finance.paste import pasted_scenarios
from constabulary.services.finance.plan import plan_of
from constabulary.services.finance.scenarios import ScenarioReport
from constabulary.web import numbers
from constabulary.web.form import Form, LongText, Text
from constabulary.web.money import parts, pictures
from constabulary.web.money.parts import Block, Money
from constabulary.web.page import Request, Room, page
from constabulary.web.table import Cell, Column, Table

TITLE = "Scenarios"


class Pasted(Form):
    """Rows of up to two scenarios."""

    name_a = Text("Scenario A", hint="What it is called", width=20)
    rows_a = LongText("Rows of A", hint="Driver or line, year, value: pasted from a spreadsheet", rows=4)
    name_b = Text("Scenario B", hint="May be left empty", width=20)
    rows_b = LongText("Rows of B", hint="As for A", rows=4)


@page(
    "money/scenarios/",
    name="money_scenarios",
    title=TITLE,
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.MONEY,
    parent="money",
)
def scenarios(request: Request) -> Money:
    """Show scenarios beside the plan."""
    form = Pasted(request.GET or None)
    form.full_clean()
    pasted = [
        (request.GET.get(f"name_{one}", "").strip() or f"Scenario {one.upper()}", rows)
        for one in "ab"
        if (rows := request.GET.get(f"rows_{one}", "")).strip()
    ]
    if not pasted:
        return parts.told(
            "money_scenarios",
            TITLE,
            lambda: _begin(request, form),
            form,
            "There is no financial plan here yet.",
        )
    return parts.told(
        "money_scenarios", TITLE, lambda: _page(pasted_scenarios(pasted, request.workspace), pasted, form), form,
        "The scenario cannot be read: mend the rows named below.",
    )  # fmt: skip


def _begin(request: Request, form: Form) -> Money:
    _, plan = plan_of(request.workspace)
    used = dict.fromkeys(name for line in plan.lines for name in line.drivers if name in plan.drivers)
    drivers = [plan.drivers[name] for name in used if plan.drivers[name].type != "rounding"]
    first = drivers[0] if drivers else None
    year = plan.years[-1]
    example = (
        f"{first.id}\t{year}\t{'2%' if first.is_rate else '100,000'}"
        if first
        else f"{plan.lines[0].id}\t{year}\t100,000"
    )
    table = Table(
        "Drivers that may be changed",
        (Column("Id"), Column("What it is"), Column("Type"), Column("Values by day", is_long=True)),
        [
            (
                driver.id,
                driver.title,
                driver.type.replace("_", " "),
                "; ".join(
                    f"{numbers.day(one.from_on)} {show(one.value, 2)}"
                    for show in (numbers.percent if driver.is_rate else numbers.money,)
                    for one in driver.dated
                ),
            )
            for driver in drivers
        ],
    )
    return Money(
        answer="Paste other values of drivers or lines to see them beside the plan, with the bridge between the gaps.",
        ways=parts.ways("money_scenarios"),
        title=TITLE,
        form=form,
        blocks=(
            Block(
                "How to write one",
                "Cells are parted by tabs, as a spreadsheet copies them. A row is a driver or line, a year and a "
                f"value, such as: {example.replace(chr(9), ' ⇥ ')}. Or a first row of years, and a row of values for "
                "each driver.",
                links=(Cell("Change the plan in Excel instead", parts.address("money_workbook")),),
            ),
            Block("What may be changed", tables=(table,)),
        ),
    )


def _page(report: ScenarioReport, pasted: list[tuple[str, str]], form: Form) -> Money:
    last = report.base.years[-1]
    told = [
        f"{one.scenario.title} moves the gap of {last} by {numbers.money(one.difference_gbp[-1])} to "
        f"{numbers.money(one.result.gap_gbp[-1])}"
        for one in report.compared
    ]
    return Money(
        answer=f"{'; '.join(told)}.",
        ways=parts.ways("money_scenarios"),
        title=TITLE,
        form=form,
        blocks=(
            Block("Side by side", tables=(_beside(report),)),
            *(_compared(report, no, pasted[no]) for no in range(len(report.compared))),
        ),
    )


def _beside(report: ScenarioReport) -> Table:
    beside = []
    for role, title in (
        ("requirement", "Net budget requirement"),
        ("financing", "Financing"),
        ("gap", "Gap"),
        ("band_d", "Band D"),
    ):
        base = report.base.of_role(role)
        if base is None:
            continue
        show = parts.pence if role == "band_d" else parts.pounds
        beside.append((f"{title}: the plan", *map(show, base.values)))
        beside += [
            (f"{title}: {one.scenario.title}", *map(show, one.result.line(base.id).values))
            for one in report.compared
        ]
    return parts.by_year("Side by side", report.base.years, beside, "Below zero is a gap.")


def _compared(report: ScenarioReport, no: int, given: tuple[str, str]) -> Block:
    """Return what a scenario does: given is its name and rows as pasted."""
    one, checks, years = report.compared[no], report.band_d[no], report.base.years
    steps = parts.by_year(
        f"What each change of {one.scenario.title} does to the gap",
        years,
        [
            *((step.title, *(numbers.difference(value) for value in step.effect_gbp)) for step in one.bridge),
            ("Together", *(numbers.difference(value) for value in one.difference_gbp)),
        ],
        first="Change",
    )
    changed = parts.by_year(
        f"Lines that {one.scenario.title} changes",
        years,
        [
            (
                line.title,
                *(numbers.difference(b - a, 2) for a, b in zip(before.values, line.values, strict=True)),
            )
            for line, before in zip(one.result.lines, report.base.lines, strict=True)
            if line.values != before.values
        ],
        "Scenario less plan.",
    )
    drawn = pictures.bridge(report, no)
    return Block(
        one.scenario.title,
        notes=tuple(check.sentence() for check in checks),
        chart=parts.chart("bridge", drawn, steps, title=given[0], rows=given[1]),
        further=(("Lines that change", changed),),
    )
