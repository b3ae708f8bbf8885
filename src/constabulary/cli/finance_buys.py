"""The command that follows a rise of band D from pounds to officers, units and minutes, and back."""

from __future__ import annotations

from decimal import Decimal

import click

from constabulary.cli.finance_options import AMOUNT
from constabulary.cli.options import answer, as_json, in_workspace, table
from constabulary.core.amounts import money
from constabulary.services.finance import chain as money_chain
from constabulary.services.workspace.workspaces import Workspace


@click.command("buys")
@click.option(
    "--rise",
    "rises_gbp",
    type=AMOUNT,
    multiple=True,
    help="Pounds on band D beyond the plan's; may be given several times. 1, 5 and 12 when left out.",
)
@click.option("--year", help="The first year of the rise; the first forecast year when left out.")
@click.option("--seconds-sooner", type=click.FloatRange(min=0, min_open=True), help="Price so many seconds.")
@click.option(
    "--points-in-time", type=click.FloatRange(0, 100, min_open=True), help="Price so many points in time."
)
@click.option("--patrol-h", type=click.FloatRange(min=0, min_open=True), help="Price so many hours a week.")
@as_json
@in_workspace
def buys(
    workspace: Workspace,
    rises_gbp: tuple[Decimal, ...],
    year: str | None,
    seconds_sooner: float | None,
    points_in_time: float | None,
    patrol_h: float | None,
    is_json: bool,
) -> None:
    """Tell what pounds on band D buy on the street, what the gap is worth, and what improvements cost in band D.

    Officers are the plan's, what they change is read from the latest simulated table of what posts buy
    (constabulary workforce effect). Changes are told with half their interval.

    Example: constabulary finance buys --rise 1 --rise 12 --seconds-sooner 60
    """
    asked = {
        "median_s": None if seconds_sooner is None else -seconds_sooner,
        "within_target_share": None if points_in_time is None else points_in_time / 100.0,
        "visible_officer_h": patrol_h,
    }
    wanted = {name: value for name, value in asked.items() if value is not None}
    found = money_chain.what_rises_buy(
        workspace, rises_gbp or money_chain.RISES_GBP, year, wanted or money_chain.WANTED
    )
    if is_json:
        answer(found.as_json())
        return
    shown = {
        "on_duty_units": ("units on duty", 1.0, 1),
        "median_s": ("half reached within, s", 1.0, 0),
        "within_target_share": ("in time, points", 100.0, 1),
        "uncommitted_h": ("unit-h free a week", 1.0, 0),
        "visible_officer_h": ("officer-h of patrol a week", 1.0, 0),
    }
    table(
        ["", "£ a year", "officers", *(name for name, _, _ in shown.values())],
        [
            [
                one.name,
                money(one.raised_gbp, 0).removeprefix("£"),
                f"{one.n_officers:+,.1f}",
                *(
                    _changed(one.response.get(key), scale, places)
                    for key, (_, scale, places) in shown.items()
                ),
            ]
            for one in found.links
        ],
    )
    for one in found.links:
        click.echo(f"\n{one.name}")
        for sentence in filter(None, (*one.working, one.reason, one.referendum)):
            click.echo(f"  {sentence}")
    click.echo()
    for cost in found.costs:
        click.echo(f"{money_chain.in_words(cost)}")
    click.echo()
    for sentence in (*found.assumptions, *found.warnings):
        click.echo(f"Note: {sentence}", err=True)


def _changed(one: money_chain.Change | None, scale: float, places: int) -> str:
    if one is None or one.change is None:
        return ""
    half = "" if one.half_width is None else f" ± {scale * one.half_width:,.{places}f}"
    return f"{scale * one.change:+,.{places}f}{half}"
