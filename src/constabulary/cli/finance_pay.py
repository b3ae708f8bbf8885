"""The command that turns posts into pounds."""

from __future__ import annotations

from decimal import Decimal

import click

from constabulary.cli.finance_options import AMOUNT, of_force, pounds
from constabulary.cli.options import answer, as_json, table
from constabulary.services.finance import pay as service
from constabulary.services.workspace.workspaces import Workspace


@click.command("establishment")
@click.option(
    "--years", "n_years", type=click.IntRange(1, 20), default=1, show_default=True, help="How many years."
)
@click.option("--posts", type=AMOUNT, help="Cost this many new posts instead of the force's pay groups.")
@click.option("--year", help="With --posts: the first year, such as 2019/20.")
@click.option("--scale", help="With --posts: the pay scale; constable when left out.")
@click.option(
    "--point", type=int, help="With --posts: the pay point they begin at; the lowest when left out."
)
@as_json
@of_force
def establishment(
    workspace: Workspace | None,
    force: str | None,
    n_years: int,
    posts: Decimal | None,
    year: str | None,
    scale: str | None,
    point: int | None,
    is_json: bool,
) -> None:
    """Cost the establishment: people by pay point with increments, the September award, joiners, leavers, on-costs.

    Example: constabulary finance establishment --posts 50 --year 2019/20 --point 1 --years 3
    """
    if posts is None and (year or scale or point is not None):
        raise click.UsageError("--year, --scale and --point go with --posts.")
    if posts is not None and year is None:
        raise click.UsageError("--posts needs --year, the year they begin in.")
    if posts is not None and year is not None:
        report = service.posts_cost(
            workspace, force, posts, year, scale=scale or service.NATIONAL, point=point, n_years=n_years
        )
    else:
        report = service.establishment_cost(workspace, force, n_years)
    if is_json:
        answer(report.as_json())
        return
    click.echo(f"{report.name}: {report.sentence()}")
    table(
        (
            "year",
            "group",
            "posts",
            "in post (mean)",
            "vacant (mean)",
            "pay, £",
            "with on-costs, £",
            "each, £",
        ),
        [
            (
                one.period,
                one.name,
                pounds(one.posts_fte, 9, 1),
                pounds(one.mean_strength_fte, 9, 1),
                pounds(one.mean_vacancies_fte, 9, 1),
                pounds(one.pay_gbp, 14),
                pounds(one.cost_gbp, 14),
                pounds(one.cost_each_gbp),
            )
            for one in report.groups
        ],
    )
    for note in report.assumed:
        click.echo(f"Assumed. {note}", err=True)
