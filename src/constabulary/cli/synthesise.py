"""The command that makes up a year of contacts and incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from constabulary.cli.options import DAY, answer, as_json, bar, in_workspace, person, table
from constabulary.core.amounts import several
from constabulary.services.records import synthesise as service
from constabulary.services.workspace.workspaces import Workspace


@click.command()
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="The same seed makes the same records.",
)
@click.option(
    "--year", metavar="YEAR", help='Financial year such as "2017/18", or calendar year such as "2022".'
)
@click.option(
    "--from",
    "first_on",
    type=DAY,
    metavar="DATE",
    help="First day instead of a year.",
)
@click.option(
    "--years",
    type=click.IntRange(1, service.MOST_YEARS),
    default=1,
    show_default=True,
    help="How many years.",
)
@click.option(
    "--growth",
    type=float,
    help="Growth a year of figures published for another year, such as 0.02; none if left out.",
)
@as_json
@in_workspace
def synthesise(
    workspace: Workspace,
    seed: int,
    year: str | None,
    first_on: datetime | None,
    years: int,
    growth: float | None,
    is_json: bool,
) -> None:
    """Make up contacts and incidents, held to the force's published figures and always called synthetic.

    Without --year or --from, the latest year with published figures is made. Lines called "assumed" hand back an
    assumption of the generator and are evidence of nothing; docs/explanation/synthetic-records.md lists them all.

    Example: constabulary synthesise --seed 1 --year 2017/18
    """
    if year and first_on:
        raise click.UsageError("Give --year or --from, not both.")
    start = service.parse_year(year) if year else first_on.date() if first_on else None
    with bar() as progress:
        report = service.synthesise(
            workspace,
            seed=seed,
            first_on=start,
            n_years=years,
            growth_rate=growth,
            by=person(),
            progress=progress,
        )
    result = report.as_json()
    if is_json:
        answer(result)
        return
    click.echo(
        f"Synthetic records of {result['from_on']} to {result['to_on']}, seed {seed}: "
        f"{several(report.n_calls, 'contact')}, {several(report.n_incidents, 'incident')}."
    )
    if report.is_new:
        click.echo(
            f"Kept as import {report.import_id}; {report.n_superseded:,} earlier synthetic rows replaced."
        )
    else:
        click.echo(f"The same records are there as import {report.import_id}; nothing was added.")
    click.echo()
    table(
        ["measure", "part", "from", "to", "target", "achieved", "kind"],
        [
            [
                line["measure"],
                line["part"],
                line["from_on"],
                line["to_on"],
                _number(line["target"]),
                _number(line["achieved"]),
                line["kind"],
            ]
            for line in result["calibration"]
        ],
    )
    for notice in result["notices"]:
        click.echo(f"Note: {notice}")


def _number(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,.3f}" if abs(value) < 1 and value != int(value) else f"{value:,.0f}"
