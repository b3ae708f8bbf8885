"""Commands that ask what the financial plan is sensitive to: ready reckoner, swings, fan."""

from __future__ import annotations

from pathlib import Path

import click

from constabulary.cli.finance_options import in_scenario, of_force, pounds
from constabulary.cli.options import answer, as_json
from constabulary.core.amounts import money
from constabulary.services.finance import risk as service
from constabulary.services.workspace.workspaces import Workspace


@click.command("reckoner")
@in_scenario
@as_json
@of_force
def reckoner(workspace: Workspace | None, force: str | None, scenario: Path | None, is_json: bool) -> None:
    """Give the ready reckoner: what a pound on band D and 1% of pay, prices, grants and tax base do to the gap.

    Example: constabulary finance reckoner
    """
    report = service.reckoner(workspace, force, scenario)
    if is_json:
        answer(report.as_json())
        return
    width = max((len(rule.title) for rule in report.rules), default=0)
    click.echo("Effect on the gap, £".ljust(width) + "".join(year.rjust(16) for year in report.years))
    for rule in report.rules:
        click.echo(rule.title.ljust(width) + "".join(pounds(one, 16) for one in rule.effect_gbp))


@click.command("sensitivity")
@click.option("--year", help="The year whose gap is asked for; the last of the plan when left out.")
@in_scenario
@as_json
@of_force
def sensitivity(
    workspace: Workspace | None, force: str | None, year: str | None, scenario: Path | None, is_json: bool
) -> None:
    """Tell how far each driver swings the gap, the widest first (a tornado).

    How far drivers may turn out stands in finance/plan/spreads.csv, or in the package's own spreads.

    Example: constabulary finance sensitivity --year 2016/17
    """
    report = service.sensitivity(workspace, force, year, scenario)
    if is_json:
        answer(report.as_json())
        return
    click.echo(f"Gap of {report.year} as planned: {money(report.gap_gbp)}")
    width = max((len(one.title) for one in report.swings), default=0)
    click.echo("".ljust(width) + "".join(head.rjust(18) for head in ("at its low", "at its high", "swing")))
    for one in report.swings:
        values = (one.low_gap_gbp, one.high_gap_gbp, one.swing_gbp)
        click.echo(one.title.ljust(width) + "".join(pounds(value, 18) for value in values))


@click.command("fan")
@click.option(
    "--draws", "n_draws", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True, help="Draws."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same seed, the same fan."
)
@in_scenario
@as_json
@of_force
def fan(
    workspace: Workspace | None,
    force: str | None,
    n_draws: int,
    seed: int,
    scenario: Path | None,
    is_json: bool,
) -> None:
    """Draw the plan many times from the spreads of its drivers: the fan of the gap, and what matters most in it.

    Example: constabulary finance fan --draws 10000 --seed 7
    """
    report = service.fan_report(workspace, force, n_draws=n_draws, seed=seed, scenario=scenario)
    if is_json:
        answer(report.as_json())
        return
    click.echo(report.sentence())
    click.echo(
        "Gap, £   "
        + "".join(f"{100 * share:.0f}%".rjust(18) for share in service.QUANTILES)
        + "with a gap".rjust(12)
    )
    for one in report.result.years:
        row = "".join(f"{value:,.2f}".rjust(18) for value in one.gap_gbp)
        click.echo(f"{one.year}  {row}{100 * one.gap_share:11.1f}%")
    for found in report.result.influences[:8]:
        click.echo(f"{100 * found.share:5.1f}% of the spread goes with {found.title}")
