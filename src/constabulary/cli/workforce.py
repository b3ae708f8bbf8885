"""Commands on the workforce: who is on duty, and what posts buy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from constabulary.cli.options import Group, answer, as_json, bar, in_workspace, table
from constabulary.core.amounts import money
from constabulary.services.workspace.workspaces import Workspace

scenario_file = click.option(
    "--scenario",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A scenario file; without it the force folder as it stands.",
)


@click.group("workforce", cls=Group)
def workforce_group() -> None:
    """Tell who is on duty, and what posts buy."""


@workforce_group.command("deployable")
@scenario_file
@as_json
@in_workspace
def deployable(workspace: Workspace, scenario: Path | None, is_json: bool) -> None:
    """Tell posts, strength and who is on duty, by place, role and duty; with --json by hour of the week too.

    Example: constabulary workforce deployable
    """
    from constabulary.services.response import workforce

    result = workforce.on_duty(workspace, scenario)
    if is_json:
        answer(result)
        return
    table(
        ["area", "role", "duty", "pattern", "posts", "strength", "away", "on duty, mean", "units, mean"],
        [
            [
                one["area"],
                one["role"],
                one["duty"],
                one["pattern"],
                f"{one['posts_fte']:.1f}",
                f"{one['strength_fte']:.1f}",
                f"{100 * one['away_share']:.0f} %",
                f"{one['mean_deployable']:.1f}",
                f"{one['mean_units']:.1f}",
            ]
            for one in result["posts"]
        ],
    )


@workforce_group.command("effect")
@click.option(
    "--posts",
    "steps",
    type=float,
    multiple=True,
    help="Posts that respond more or, below 0, fewer; may be given several times.",
)
@scenario_file
@click.option("--replications", type=int, default=8, show_default=True, help="How often each is simulated.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the random numbers.")
@click.option("--weeks", type=int, help="Weeks to simulate, instead of the scenario's.")
@click.option("--gbp", type=float, help="Tell what this many pounds a year buy too, between the rows.")
@as_json
@in_workspace
def effect(
    workspace: Workspace,
    steps: tuple[float, ...],
    scenario: Path | None,
    replications: int,
    seed: int,
    weeks: int | None,
    gbp: float | None,
    is_json: bool,
) -> None:
    """Tell what posts buy: pounds, officers, units on duty, minutes to the most urgent, uncommitted hours.

    Example: constabulary workforce effect --posts 0 --posts 25 --posts 50 --gbp 1000000
    """
    from constabulary.services.response import workforce

    with bar() as progress:
        result: Mapping[str, Any] = workforce.effect(
            workspace,
            steps or workforce.STEPS,
            scenario,
            replications,
            seed,
            weeks=weeks,
            progress=progress,
        )
    if gbp is not None:
        result = {**result, "bought": workforce.bought(result, gbp)}
    if is_json:
        answer(result)
        return
    table(
        ["posts", "£ a year", "posts in all", "units", "median min", "in time", "uncommitted h a week"],
        [
            [
                f"{one['posts_added_fte']:+g}",
                f"{one['cost_gbp']:,.0f}",
                f"{one['posts_fte']:.1f}",
                "" if one["on_duty_units"] is None else f"{one['on_duty_units']:.1f}",
                "" if one["median_s"] is None else f"{one['median_s'] / 60:.2f}",
                "" if one["within_target_share"] is None else f"{100 * one['within_target_share']:.1f} %",
                "" if one["uncommitted_h"] is None else f"{one['uncommitted_h']:,.0f}",
            ]
            for one in result["rows"]
        ],
    )
    if gbp is not None:
        found, change = result["bought"], result["bought"]["change"]
        in_time = change["within_target_share"]
        points = "" if in_time is None else f"{100 * in_time:+.1f} points in time, "
        click.echo(
            f"\n{money(gbp, 0)} a year: {found['posts_added_fte']:+.1f} posts, {change['on_duty_units']:+.1f} units, "
            f"{change['median_s'] / 60:+.2f} minutes, {points}{change['uncommitted_h']:+,.0f} unit-hours uncommitted "
            "a week."
        )
