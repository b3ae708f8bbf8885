"""Commands that ask the financial plan backwards: band D, officers, savings."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import click

from constabulary.cli.finance_options import AMOUNT, in_scenario, of_force, pounds
from constabulary.cli.options import DAY, Group, answer, as_json
from constabulary.core.amounts import money, several
from constabulary.services.finance import solve as service
from constabulary.services.workspace.workspaces import Workspace


@click.group("solve", cls=Group)
def solve() -> None:
    """Ask the plan backwards: the band D that closes the gap, the officers a rise buys, the savings reserves need."""


@solve.command("band-d")
@click.option(
    "--year", "years", multiple=True, help="The year; repeat for more. All forecast years when left out."
)
@in_scenario
@as_json
@of_force
def band_d(
    workspace: Workspace | None,
    force: str | None,
    years: tuple[str, ...],
    scenario: Path | None,
    is_json: bool,
) -> None:
    """Find the band D that closes each year's gap, the other years as planned, and hold it against the limit.

    Example: constabulary finance solve band-d --year 2014/15
    """
    found = service.band_d(workspace, force, years, scenario)
    if is_json:
        answer(found.as_json())
        return
    for one, check, most, left in zip(
        found.years, found.checks, found.allowed_gbp, found.gap_at_allowed_gbp, strict=True
    ):
        click.echo(
            f"{one.year}: band D of {money(one.needed_gbp)} in place of {money(one.planned_gbp)} turns the gap of "
            f"{money(one.gap_gbp)} into {money(one.gap_after_gbp)}."
        )
        click.echo(f"  {check.sentence()}")
        if most is not None and left is not None and most < one.needed_gbp:
            click.echo(f"  The limit allows {money(most)}, which leaves {money(left)}.")


@solve.command("officers")
@click.option("--rise", "rise_gbp", type=AMOUNT, required=True, help="Pounds on band D beyond the plan's.")
@click.option("--year", help="The first year of the rise; the first forecast year when left out.")
@click.option(
    "--officer-cost", type=AMOUNT, help="A constable's full-year cost in pounds, on-costs counted in."
)
@click.option("--intake", type=click.IntRange(min=1), help="Most recruits that join at once.")
@click.option(
    "--every", "months_between", type=click.IntRange(1, 24), help="Months from one intake to the next."
)
@click.option("--first", "first_on", type=DAY, help="The day of the first intake.")
@click.option("--training-weeks", type=click.IntRange(min=0), help="Weeks until a recruit works alone.")
@in_scenario
@as_json
@of_force
def officers(
    workspace: Workspace | None,
    force: str | None,
    rise_gbp: Decimal,
    year: str | None,
    officer_cost: Decimal | None,
    intake: int | None,
    months_between: int | None,
    first_on: datetime | None,
    training_weeks: int | None,
    scenario: Path | None,
    is_json: bool,
) -> None:
    """Find the officers that a rise of band D pays for, and when they join and work alone.

    They are as many as the rise pays for in every full year; what is left of the years is shown beside.

    Example: constabulary finance solve officers --rise 5 --intake 18 --every 4
    """
    found = service.officers(
        rise_gbp,
        workspace,
        force,
        year=year,
        officer_cost_gbp=officer_cost,
        intake=intake,
        months_between=months_between,
        first_on=first_on.date() if first_on else None,
        training_weeks=training_weeks,
        scenario=scenario,
    )
    if is_json:
        answer(found.as_json())
        return
    result = found.result
    click.echo(
        f"{money(result.rise_gbp)} on band D from {result.from_year} pays for "
        f"{several(result.n_officers, 'officer')} at {money(found.recruiting.officer_cost_gbp, 0)} each."
    )
    for one in result.years:
        click.echo(
            f"  {one.year}: brings {money(one.precept_gbp)}; {one.n_mean} officers on average cost "
            f"{money(one.cost_gbp)}; {money(one.left_gbp)} left."
        )
    for joined in result.intakes:
        click.echo(
            f"  {joined.joins_on}: {joined.n} join, {joined.n_so_far} so far; they work alone from {joined.ready_on}."
        )
    if found.check is not None:
        click.echo(found.check.sentence())


@solve.command("savings")
@click.option(
    "--reserve", "reserve_gbp", type=AMOUNT, help="General reserve at the end of the base year, in pounds."
)
@click.option("--floor-share", type=AMOUNT, help="Floor as a share of the requirement: 0.05 is 5%.")
@in_scenario
@as_json
@of_force
def savings(
    workspace: Workspace | None,
    force: str | None,
    reserve_gbp: Decimal | None,
    floor_share: Decimal | None,
    scenario: Path | None,
    is_json: bool,
) -> None:
    """Find the savings with which the general reserve, which meets the gap, stays above its floor.

    Example: constabulary finance solve savings --reserve 9000000
    """
    found = service.savings(
        workspace, force, reserve_gbp=reserve_gbp, floor_share=floor_share, scenario=scenario
    )
    if is_json:
        answer(found.as_json())
        return
    click.echo(
        f"A general reserve of {money(found.reserve_gbp)} ({found.reserve_basis}), held at "
        f"{100 * found.floor_share:.2f}% of the requirement or more:"
    )
    click.echo(
        "  year   " + "".join(h.rjust(16) for h in ("gap", "saved a year", "gap after", "reserve", "without"))
    )
    for one in found.years:
        amounts = (one.gap_gbp, one.saved_gbp, one.gap_after_gbp, one.reserve_gbp, one.reserve_without_gbp)
        click.echo(f"  {one.year}" + "".join(pounds(amount, 16) for amount in amounts))
