"""The command that works out the precept of a year, ready to be resolved."""

from __future__ import annotations

from decimal import Decimal

import click

from constabulary.cli.finance_options import AMOUNT, NAMED, of_force, pounds
from constabulary.cli.options import answer, as_json, table
from constabulary.services.finance import precept as service
from constabulary.services.workspace.workspaces import Workspace


@click.command("precept")
@click.option("--year", help="The financial year, such as 2019/20; the latest there is when left out.")
@click.option("--band-d", type=AMOUNT, help="Band D as decided, in pounds a year.")
@click.option("--last-band-d", type=AMOUNT, help="Band D of the year before.")
@click.option(
    "--requirement", type=AMOUNT, help="The council tax requirement in pounds; band D follows from it."
)
@click.option(
    "--base", "bases", type=NAMED, multiple=True, help="A billing authority's tax base: NAME=HOMES."
)
@click.option(
    "--collection-fund",
    "funds",
    type=NAMED,
    multiple=True,
    help="Share of an authority's collection fund surplus: NAME=POUNDS; a deficit is negative.",
)
@click.option("--limit", type=AMOUNT, help="The rise that the principles allow, in pounds.")
@click.option(
    "--limit-share", type=AMOUNT, help="The rise that the principles allow, as a share: 0.02 is 2%."
)
@as_json
@of_force
def precept(
    workspace: Workspace | None,
    force: str | None,
    year: str | None,
    band_d: Decimal | None,
    last_band_d: Decimal | None,
    requirement: Decimal | None,
    bases: tuple[tuple[str, Decimal], ...],
    funds: tuple[tuple[str, Decimal], ...],
    limit: Decimal | None,
    limit_share: Decimal | None,
    is_json: bool,
) -> None:
    """Work out the precept: tax base, band D, bands A to H, each billing authority's share, the referendum limit.

    Figures given here stand in for those of the force folder. Each sentence of the resolution cites its law.

    Example: constabulary finance precept --year 2019/20 --band-d 222.66
    """
    if limit is not None and limit_share is not None:
        raise click.UsageError("--limit and --limit-share are two ways to say one thing: give one.")
    if band_d is not None and requirement is not None:
        raise click.UsageError("--band-d is decided, or follows from --requirement: give one.")
    given = service.Given(band_d, last_band_d, requirement, dict(bases), dict(funds), limit, limit_share)
    report = service.precept(workspace, force, year, given)
    if is_json:
        answer(report.as_json())
        return
    found = report.result
    click.echo(f"{report.name}: {report.sentence()}")
    for finding in found.findings:
        click.echo(f"  {finding}")
    click.echo()
    table(
        ("band", "a year, £", "a week, £", "more a year", "more a week"),
        [
            (
                one.band,
                pounds(one.year_gbp),
                pounds(one.week_gbp),
                pounds(one.increase_gbp),
                pounds(one.increase_week_gbp),
            )
            for one in found.bands
        ],
    )
    click.echo("\nThe resolution")
    for no, clause in enumerate(found.clauses, start=1):
        amount = "" if clause.amount is None else f"{clause.amount:,.2f}"
        unit = "£" if clause.unit == "gbp" and amount else ""
        click.echo(f"  {no}. {clause.text} {unit}{amount} [{clause.section}]")
