"""The page that follows a pound on band D to the street: officers, units, minutes, patrol; and what those cost."""

from __future__ import annotations

from dataclasses import replace

from constabulary.registers.access import Permission
from constabulary.services.finance import chain as money_chain
from constabulary.services.finance.chain import Chain, Change, Link
from constabulary.web import api, numbers
from constabulary.web.form import Form, Text
from constabulary.web.money import parts
from constabulary.web.money.fields import Amount
from constabulary.web.money.parts import Block, Money
from constabulary.web.page import Request, Room, page
from constabulary.web.pages.money_api import BandDRise, FirstForecast
from constabulary.web.table import Cell, Column, Table

TITLE = "What a pound buys"
COLUMNS = (
    ("on_duty_units", "Units on duty", "mean", 1.0, 1),
    ("median_s", "Half of emergencies reached within", "seconds", 1.0, 0),
    ("within_target_share", "In time", "points", 100.0, 1),
    ("uncommitted_h", "Uncommitted", "unit-hours a week", 1.0, 0),
    ("visible_officer_h", "Free for visible patrol", "officer-hours a week", 1.0, 0),
)
"""Figures of response: name, heading, unit, what they are multiplied by, and decimals."""


class Rise(Form):
    """A rise of band D, and its first year."""

    rise = Amount("Rise of band D", hint="Pounds a year beyond the plan", prefix="£", width=5)
    year = Text("From the year", hint="The first forecast year when empty", width=10)


@page(
    "money/buys/",
    name="money_buys",
    title=TITLE,
    permission=Permission.SEE_RECORDS,
    nav=Room.MONEY,
    parent="money",
)
def shown(request: Request) -> Money:
    """Show what rises of band D buy, and what improvements cost."""
    form = Rise(request.GET or None)
    rises, year = money_chain.RISES_GBP, None
    if form.is_bound and form.is_valid():
        year = form.cleaned_data["year"] or None
        if form.cleaned_data["rise"] is not None:
            rises = tuple(dict.fromkeys((form.cleaned_data["rise"], *rises)))
    answered = parts.told(
        "money_buys",
        TITLE,
        lambda: _page(money_chain.what_rises_buy(request.workspace, rises, year), form),
        form,
        "What a pound buys cannot be told yet.",
    )
    if answered.missing:
        way = Cell("Simulate what posts buy", parts.address("response_posts"))
        answered = replace(answered, blocks=(Block("What to do", links=(way,)),))
    return answered


@api.route(
    "money/buys", name="money_buys", title="What a rise of band D buys", permission=Permission.SEE_RECORDS
)
def buys_json(
    request: Request, rise: BandDRise | None = None, year: FirstForecast | None = None
) -> money_chain.ChainAnswer:
    """Answer with what a rise of band D buys, as `constabulary finance buys --json` does."""
    rises = money_chain.RISES_GBP if rise is None else (rise,)
    return money_chain.what_rises_buy(request.workspace, rises, year).as_json()


def _page(found: Chain, form: Form) -> Money:
    return Money(
        answer=_answer(found.links[0]),
        ways=parts.ways("money_buys"),
        title=TITLE,
        form=form,
        blocks=(
            Block(
                "From pounds to minutes",
                "Emergencies are incidents of the most urgent grade. ± is half the interval that holds the model's "
                "true change 19 times in 20.",
                tables=(_forwards(found),),
                notes=found.warnings,
            ),
            Block("And back: what an improvement costs", tables=(_backwards(found),)),
            Block(
                "How each figure is worked",
                tables=(_working(found),),
                links=(
                    Cell(
                        "The simulated table of what posts buy",
                        parts.address("response_effect", found.effect["stamp"]),
                    ),
                    Cell("All figures as JSON", parts.address("api:money_buys")),
                ),
            ),
            Block("What it rests on", notes=found.assumptions),
        ),
    )


def _answer(link: Link) -> str:
    said = f"{link.name} pays for {numbers.several(int(link.n_officers), 'officer')}"
    median, hours = link.response.get("median_s"), link.response.get("visible_officer_h")
    if median is None or hours is None or median.change is None or hours.change is None:
        return f"{said}; what they change cannot be told. {link.reason}"
    return (
        f"{said}: half of emergencies are reached {numbers.number(abs(median.change))} seconds "
        f"{'sooner' if median.change <= 0 else 'later'}{_give_or_take(median)}, and "
        f"{numbers.number(abs(hours.change))} officer-hours a week {'more' if hours.change >= 0 else 'fewer'}"
        f"{_give_or_take(hours)} are free for visible patrol."
    )


def _give_or_take(one: Change) -> str:
    return "" if one.half_width is None else f" (give or take {numbers.number(one.half_width)})"


def _forwards(found: Chain) -> Table:
    now = next((one.response for one in found.links if one.response), {})
    rows = [
        (
            link.name,
            parts.pence(link.rise_gbp),
            parts.pounds(link.raised_gbp),
            numbers.difference(link.n_officers, 0 if link.n_officers >= 0 else 1),
            *(_told(link.response.get(name), scale, places) for name, _, _, scale, places in COLUMNS),
        )
        for link in found.links
    ]
    today = (
        "As it is",
        "",
        "",
        "",
        *(
            numbers.number(
                None if (one := now.get(name)) is None or one.now is None else scale * one.now, places
            )
            for name, _, _, scale, places in COLUMNS
        ),
    )
    return Table(
        "From pounds to minutes",
        (
            Column("What"),
            Column("Band D", "£ more", is_number=True),
            Column("A year", "£", is_number=True),
            Column("Officers", is_number=True),
            *(Column(heading, unit, is_number=True) for _, heading, unit, _, _ in COLUMNS),
        ),
        [today, *rows],
        note="“As it is” tells the figures themselves (in time: of 100), every other row how they change; beside the "
        "gap stands the band D that would close it instead. "
        + " ".join(dict.fromkeys(link.reason for link in found.links if link.reason)),
        is_caption_hidden=True,
    )


def _told(one: Change | None, scale: float, places: int) -> str:
    if one is None or one.change is None:
        return numbers.MISSING
    half = "" if one.half_width is None else f" ± {numbers.number(scale * one.half_width, places)}"
    return f"{numbers.difference(scale * one.change, places)}{half}"


def _backwards(found: Chain) -> Table:
    return Table(
        "What an improvement costs",
        (
            Column("Improvement", is_long=True),
            Column("Band D", "£ more", is_number=True),
            Column("A year", "£", is_number=True),
            Column("Posts", is_number=True),
        ),
        [
            (
                money_chain.improvement(one),
                parts.pence(one.rise_gbp),
                parts.pounds(one.cost_gbp),
                numbers.number(one.posts_fte, 1),
            )
            for one in found.costs
        ],
        note=" ".join(dict.fromkeys(one.reason for one in found.costs if one.reason)),
        is_caption_hidden=True,
    )


def _working(found: Chain) -> Table:
    return Table(
        "Working",
        (Column("What"), Column("Working", is_long=True)),
        [
            (link.name, numbers.readable(" ".join(filter(None, (*link.working, link.referendum)))))
            for link in found.links
        ],
        is_caption_hidden=True,
    )
