"""The command that holds actual spending against the budget."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from constabulary.cli.finance import pasted
from constabulary.cli.finance_options import of_force, pounds
from constabulary.cli.options import answer, as_json, table
from constabulary.services.finance import monitoring as service
from constabulary.services.workspace.workspaces import Workspace


@click.command("monitor")
@click.argument("file", required=False)
@click.option("--year", help="The financial year; that of the latest month spent in when left out.")
@click.option("--months", "n_months", type=click.IntRange(1, 12), help="How many months are reported.")
@click.option(
    "--method",
    type=click.Choice(list(service.METHODS)),
    default="profile",
    show_default=True,
    help="Forecast the rest of the year as budgeted, or at the rate so far.",
)
@click.option("--sheet", help="The sheet, where a workbook has several.")
@as_json
@of_force
def monitor(
    workspace: Workspace | None,
    force: str | None,
    file: str | None,
    year: str | None,
    n_months: int | None,
    method: str,
    sheet: str | None,
    is_json: bool,
) -> None:
    """Monitor the budget: actual spending by month against the profile, variance, virements and forecast outturn.

    FILE is what the ledger hands out: CSV, TSV or Excel with a line, a month and an amount, or a column for each
    month; - for rows pasted on standard input. Without it, finance/actuals.csv of the force folder.

    Example: constabulary finance monitor ledger.xlsx --year 2014/15
    """
    path = Path(file) if file not in (None, "-") else None
    text = pasted() if file == "-" else None
    report = service.monitoring(
        workspace, force, path=path, text=text, sheet=sheet, period=year, method=method, n_months=n_months
    )
    if is_json:
        answer(report.as_json())
        return
    found = report.result
    click.echo(f"{report.name}: {report.sentence()}")
    table(
        ("line", "revised budget, £", "budget to date", "spent", "variance to date", "outturn", "variance"),
        [
            (
                one.name,
                *(
                    pounds(amount, 14)
                    for amount in (
                        one.revised_gbp,
                        one.budget_to_date_gbp,
                        one.actual_to_date_gbp,
                        one.variance_to_date_gbp,
                        one.outturn_gbp,
                        one.variance_gbp,
                    )
                ),
            )
            for one in (*found.lines, found.total)
        ],
    )
    for finding in found.findings:
        click.echo(f"  {finding}")
    for refused in report.refused:
        click.echo(f'  Refused: row {refused.row}, "{refused.value}": {refused.reason}.', file=sys.stderr)
