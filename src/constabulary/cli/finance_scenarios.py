"""Commands that set the financial plan beside others: scenarios, an earlier version, what happened."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import click

from constabulary.cli.finance_options import of_force, pounds
from constabulary.cli.options import answer, as_json
from constabulary.services.finance import scenarios as service
from constabulary.services.workspace.workspaces import Workspace


@click.command("scenario")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_json
@of_force
def scenario(workspace: Workspace | None, force: str | None, files: tuple[Path, ...], is_json: bool) -> None:
    """Set scenarios beside the plan, with the bridge from its gap to theirs.

    FILES are TOML files of other values; docs/how-to/ask-a-financial-plan.md shows one.

    Example: constabulary finance scenario pay-at-2-percent.toml more-officers.toml
    """
    report = service.scenarios(files, workspace, force)
    if is_json:
        answer(report.as_json())
        return
    years = report.base.years
    click.echo("Gap, £".ljust(40) + "".join(year.rjust(18) for year in years))
    click.echo("The plan".ljust(40) + "".join(pounds(one, 18) for one in report.base.gap_gbp))
    for one, checks in zip(report.compared, report.band_d, strict=True):
        click.echo("")
        for step in one.bridge:
            click.echo(
                f"  {step.title}"[:40].ljust(40) + "".join(pounds(value, 18) for value in step.effect_gbp)
            )
        click.echo(
            one.scenario.title[:40].ljust(40) + "".join(pounds(value, 18) for value in one.result.gap_gbp)
        )
        for check in checks:
            if check.check is not None and check.check.is_excessive:
                click.echo(f"  {check.sentence()}")


@click.command("changes")
@click.argument("before")
@as_json
@of_force
def changes(workspace: Workspace | None, force: str | None, before: str, is_json: bool) -> None:
    """Tell what changed in the plan since an earlier version.

    BEFORE is a force folder, or a file that `constabulary finance plan --json` wrote.

    Example: constabulary finance changes january-plan.json
    """
    report = service.changes(before, workspace, force)
    if is_json:
        answer(report.as_json())
        return
    found = report.result
    click.echo(report.sentence())
    if not found.lines and not found.drivers:
        return
    click.echo("".ljust(40) + "".join(year.rjust(18) for year in found.years))
    click.echo("Gap before".ljust(40) + "".join(pounds(one, 18) for one in found.gap_before_gbp))
    click.echo("Gap after".ljust(40) + "".join(pounds(one, 18) for one in found.gap_after_gbp))
    for line in found.lines:
        moved = [
            None if a is None and b is None else (b or Decimal(0)) - (a or Decimal(0))
            for a, b in zip(line.before, line.after, strict=True)
        ]
        click.echo(f"{line.title} ({line.kind})"[:40].ljust(40) + "".join(pounds(one, 18) for one in moved))
    for driver in found.drivers or ():
        click.echo(f"{driver.driver_id} from {driver.from_on}: {driver.before} became {driver.after}")


@click.command("backtest")
@as_json
@of_force
def backtest(workspace: Workspace | None, force: str | None, is_json: bool) -> None:
    """Hold the plan against what happened, beyond its last year with its last rates carried on.

    What happened stands in finance/plan/outturns.csv of the force folder.

    Example: constabulary finance backtest
    """
    report = service.back_test_report(workspace, force)
    if is_json:
        answer(report.as_json())
        return
    click.echo(report.sentence())
    for one in report.found:
        on = ", carried on" if one.is_carried_on else ""
        click.echo(
            f"{one.title} {one.year}: plan {one.forecast:,.2f}{on}; happened {one.happened:,.2f}; "
            f"{100 * one.error_share:+.1f}% (unchanged {100 * one.unchanged_error_share:+.1f}%). {one.comparable}."
        )
