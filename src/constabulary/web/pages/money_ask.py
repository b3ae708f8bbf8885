"""The pages that ask the plan: what closes the gap, what a rise buys, what it is sensitive to."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from constabulary.core.errors import NothingThere
from constabulary.registers.access import Permission
from constabulary.services.finance import solve
from constabulary.services.finance.plan import BandDCheck
from constabulary.services.finance.risk import (
    QUANTILES,
    FanReport,
    ReckonerReport,
    SensitivityReport,
    fan_report,
    reckoner,
    sensitivity,
)
from constabulary.services.finance.scenarios import back_test_report
from constabulary.web import numbers
from constabulary.web.form import Form, Radios, Text
from constabulary.web.money import parts, pictures
from constabulary.web.money.fields import Amount
from constabulary.web.money.parts import Block, Money
from constabulary.web.page import Request, Room, page
from constabulary.web.table import Column, Table

QUESTIONS = (
    ("band-d", "Which band D closes the gap?"),
    ("officers", "How many officers does a rise of band D buy, and when?"),
    ("savings", "Which savings keep the general reserve above its floor?"),
)
WHOLE_POUND = Decimal(1)


class Question(Form):
    """What is asked of the plan."""

    ask = Radios("Question", QUESTIONS)
    rise = Amount("Rise of band D", hint="For officers: pounds a year beyond the plan", prefix="£", width=5)
    year = Text("From the year", hint="For officers; the first forecast year when empty", width=10)
    reserve = Amount("General reserve", hint="For savings; the force folder's when empty", prefix="£")


HEADING = "What would it take?"


@page(
    "money/solve/",
    name="money_solve",
    title="Solve",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.MONEY,
    parent="money",
)
def solved(request: Request) -> Money:
    """Answer the plan asked backwards."""
    data = request.GET.copy()
    data["ask"] = data.get("ask") or "band-d"
    form = Question(data)
    if not form.is_valid():
        return Money(
            answer="Mend what is wrong below.", ways=parts.ways("money_solve"), title=HEADING, form=form
        )
    asked = form.cleaned_data
    makes: dict[str, Callable[[], Money]] = {
        "band-d": lambda: _band_d(request, form),
        "officers": lambda: _officers(request, form, asked),
        "savings": lambda: _savings(request, form, asked),
    }
    return parts.told("money_solve", HEADING, makes[asked["ask"]], form, "The plan cannot answer this yet.")


def _page(answer: str, form: Form, *blocks: Block) -> Money:
    return Money(answer=answer, ways=parts.ways("money_solve"), title=HEADING, form=form, blocks=blocks)


def _band_d(request: Request, form: Form) -> Money:
    report = solve.band_d(request.workspace)
    last = report.years[-1]
    columns = (
        Column("Year"), Column("Planned", "£", is_number=True), Column("Needed", "£", is_number=True),
        Column("Rise on the year before", "£", is_number=True), Column("Gap as planned", "£", is_number=True),
        Column("Most the limit allows", "£", is_number=True), Column("Gap at that", "£", is_number=True),
        Column("Against the limit", is_long=True),
    )  # fmt: skip
    rows = [
        (
            one.year, parts.pence(one.planned_gbp), parts.pence(one.needed_gbp), numbers.difference(one.rise_gbp, 2),
            parts.pounds(one.gap_gbp), parts.pence(most), parts.pounds(gap), check.sentence(),
        )
        for one, check, most, gap in zip(
            report.years, report.checks, report.allowed_gbp, report.gap_at_allowed_gbp, strict=True
        )
    ]  # fmt: skip
    return _page(
        f"A band D of {numbers.money(last.needed_gbp, 2)} closes the gap of {last.year}, "
        f"{numbers.money(last.needed_gbp - last.planned_gbp, 2)} more than planned{_referendum(report.checks[-1])}.",
        form,
        Block(
            "Band D that closes each year's gap",
            "Each year by itself, the other years as planned.",
            tables=(Table("Band D that closes the gap", columns, rows, is_caption_hidden=True),),
        ),
    )


def _referendum(found: BandDCheck) -> str:
    if found.check is None:
        return ""
    return ", and needs a referendum" if found.check.is_excessive else ", without a referendum"


def _officers(request: Request, form: Form, asked: dict[str, Any]) -> Money:
    rise = asked["rise"] if asked["rise"] is not None else WHOLE_POUND
    report = solve.officers(rise, request.workspace, year=asked["year"] or None)
    found = report.result
    columns = (
        Column("Year"), Column("The rise brings", "£", is_number=True),
        Column("One officer costs", "£", is_number=True),
        Column("They cost", "£", is_number=True), Column("Left", "£", is_number=True),
        Column("In post on average", is_number=True),
    )  # fmt: skip
    rows = [
        (
            one.year, parts.pounds(one.precept_gbp), parts.pounds(one.officer_cost_gbp), parts.pounds(one.cost_gbp),
            parts.pounds(one.left_gbp), numbers.number(one.n_mean, 1),
        )
        for one in found.years
    ]  # fmt: skip
    intakes = Table(
        "When they come",
        (
            Column("They join"),
            Column("Officers", is_number=True),
            Column("So far", is_number=True),
            Column("Alone on duty"),
        ),
        [
            (
                numbers.day(one.joins_on),
                numbers.number(one.n),
                numbers.number(one.n_so_far),
                numbers.day(one.ready_on),
            )
            for one in found.intakes
        ],
    )
    how = report.recruiting
    blocks = (
        Block(
            "What the rise brings and what they cost",
            f"An officer is taken to cost {numbers.money(how.officer_cost_gbp)} in the first year, taken on "
            f"{how.intake} at a time every {how.months_between} months and trained for {how.training_weeks} weeks: "
            "assumptions of the package, in whose place a cost of the force folder's own (response/values.csv) counts. "
            "On the command line you can give others.",
            tables=(Table("By year", columns, rows, is_caption_hidden=True), intakes),
            notes=() if report.check is None else (report.check.sentence(),),
        ),
    )
    return _page(
        f"{numbers.money(found.rise_gbp, 2)} more on band D from {found.from_year} buys "
        f"{numbers.several(found.n_officers, 'officer')} for good.",
        form,
        *blocks,
    )


def _savings(request: Request, form: Form, asked: dict[str, Any]) -> Money:
    report = solve.savings(request.workspace, reserve_gbp=asked["reserve"])
    last = report.years[-1]
    columns = (
        Column("Year"), Column("Gap as planned", "£", is_number=True), Column("New savings", "£", is_number=True),
        Column("Savings in place", "£", is_number=True), Column("Gap after them", "£", is_number=True),
        Column("Reserve without them", "£", is_number=True), Column("Reserve with them", "£", is_number=True),
        Column("Floor", "£", is_number=True), Column("Share of the requirement", is_number=True),
    )  # fmt: skip
    rows = [
        (
            one.year, parts.pounds(one.gap_gbp), parts.pounds(one.new_gbp), parts.pounds(one.saved_gbp),
            parts.pounds(one.gap_after_gbp), parts.pounds(one.reserve_without_gbp), parts.pounds(one.reserve_gbp),
            parts.pounds(one.floor_gbp), numbers.percent(one.reserve_share, 2),
        )
        for one in report.years
    ]  # fmt: skip
    return _page(
        f"Savings of {numbers.money(last.saved_gbp)} a year by {last.year} keep the general reserve at "
        f"{numbers.percent(report.floor_share, 0)} of the net budget requirement or more.",
        form,
        Block(
            "Savings that keep the reserve",
            f"It begins with {numbers.money(report.reserve_gbp)}, {report.reserve_basis}. "
            "Each year's gap is drawn from it.",
            tables=(Table("Savings by year", columns, rows, is_caption_hidden=True),),
        ),
    )


@page(
    "money/risk/",
    name="money_risk",
    title="Risk",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.MONEY,
    parent="money",
)
def risk(request: Request) -> Money:
    """Show the ready reckoner, the swing of each driver and the fan of many draws."""
    return parts.told(
        "money_risk", "Risk", lambda: _risk(request), otherwise="There is no financial plan here yet."
    )


def _risk(request: Request) -> Money:
    draws = fan_report(request.workspace)
    return Money(
        answer=parts.opening(draws),
        ways=parts.ways("money_risk"),
        title="Risk",
        blocks=(
            _rules_of_thumb(reckoner(request.workspace)),
            _swings(sensitivity(request.workspace)),
            _fan(draws),
            *_back_test(request),
        ),
    )


def _rules_of_thumb(rules: ReckonerReport) -> Block:
    reckoned = parts.by_year(
        "What each rule of thumb does to the gap",
        rules.years,
        [(one.title, *(numbers.difference(effect) for effect in one.effect_gbp)) for one in rules.rules],
        "Above zero betters the gap. Each by itself, from the first forecast year on.",
        first="Rule of thumb",
    )
    return Block("Ready reckoner", tables=(reckoned,))


def _swings(swings: SensitivityReport) -> Block:
    tornado = Table(
        "Swings",
        (
            Column("Driver"), Column("Low", is_number=True), Column("High", is_number=True),
            Column("Gap at low", "£", is_number=True), Column("Gap at high", "£", is_number=True),
            Column("Swing", "£", is_number=True), Column("What says how far", is_long=True),
        ),
        [
            (
                one.title, numbers.text(one.spread.low), numbers.text(one.spread.high), parts.pounds(one.low_gap_gbp),
                parts.pounds(one.high_gap_gbp), parts.pounds(one.swing_gbp), one.spread.basis,
            )
            for one in swings.swings
        ],
    )  # fmt: skip
    return Block(
        "What swings the gap",
        f"Each driver at its low and at its high in all years, the gap of {swings.year} beside it.",
        parts.chart("tornado", pictures.tornado(swings), tornado),
    )


def _fan(draws: FanReport) -> Block:
    shares = [numbers.percent(share, 0) for share in QUANTILES]
    fan = Table(
        "The fan",
        (
            Column("Year"), Column("As planned", "£", is_number=True),
            *(Column(f"{share} of draws are below", "£", is_number=True) for share in shares),
            Column("Draws with a gap", is_number=True),
        ),
        [
            (one.year, parts.pounds(planned), *map(parts.pounds, one.gap_gbp), numbers.percent(one.gap_share, 0))
            for one, planned in zip(draws.result.years, draws.planned_gbp, strict=True)
        ],
    )  # fmt: skip
    matters = Table(
        "What matters most",
        (Column("Driver"), Column("Share of the spread", is_number=True)),
        [(one.title, numbers.percent(one.share, 1)) for one in draws.result.influences],
    )
    return Block(
        "The fan",
        f"{numbers.number(draws.result.n_draws)} draws of the drivers from stated distributions, "
        f"seed {draws.result.seed}.",
        parts.chart("fan", pictures.fan(draws), fan),
        (matters,),
    )


def _back_test(request: Request) -> tuple[Block, ...]:
    """Return the plan held against what happened, where the folder tells it."""
    try:
        report = back_test_report(request.workspace)
    except NothingThere:
        return ()
    columns = (
        Column("Line"), Column("Year"), Column("The plan said", is_number=True), Column("It came to", is_number=True),
        Column("Off by", is_number=True), Column("Unchanged, off by", is_number=True),
        Column("How far the same thing", is_long=True),
    )  # fmt: skip
    rows = [
        (
            one.title, f"{one.year}{', carried on' if one.is_carried_on else ''}", parts.pounds_or_pence(one.forecast),
            parts.pounds_or_pence(one.happened), numbers.percent(one.error_share),
            numbers.percent(one.unchanged_error_share), one.comparable,
        )
        for one in report.found
    ]  # fmt: skip
    return (
        Block(
            "Held against what happened",
            report.sentence(),
            tables=(Table("Held against what happened", columns, rows, is_caption_hidden=True),),
        ),
    )
