"""The command that drafts a financial plan from a printed table."""

from __future__ import annotations

from pathlib import Path

import click

from constabulary.cli.finance_options import of_force
from constabulary.cli.options import answer, as_json
from constabulary.services.finance import draft as service
from constabulary.services.workspace.workspaces import Workspace


@click.command("draft")
@click.argument("table")
@click.option("--base", required=True, help="The budget year: a column of the table, such as 2013/14.")
@click.option("--last", required=True, help="The last forecast year: a column of the table.")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder to write to: FOLDER/finance/plan.",
)
@as_json
@of_force
def draft(
    workspace: Workspace | None, force: str | None, table: str, base: str, last: str, to: Path, is_json: bool
) -> None:
    """Draft a plan from TABLE, a printed table of the force folder: lines by its structure, drivers by its columns.

    For each line the fewest dated drivers are found that return its columns; a person then gives it its kind.

    Example: constabulary finance draft mtfp_2013_14 --base 2013/14 --last 2016/17 --to draft
    """
    report = service.draft_plan(table, base, last, to, workspace, force)
    if is_json:
        answer(report.as_json())
        return
    click.echo(report.sentence())
    if report.result.left_out:
        click.echo(f"Left out, tied to nothing: {', '.join(report.result.left_out)}.")
