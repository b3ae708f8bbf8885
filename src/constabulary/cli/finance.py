"""Commands about money."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from constabulary.cli.finance_options import workspace_meant
from constabulary.cli.options import Parted, answer, as_json
from constabulary.services.finance import printed as finance
from constabulary.services.finance.printed import ReconcileReport, SuggestReport

ELSEWHERE = {
    "backtest": "finance_scenarios:backtest",
    "buys": "finance_buys:buys",
    "capital": "finance_capital:capital",
    "changes": "finance_scenarios:changes",
    "draft": "finance_draft:draft",
    "establishment": "finance_pay:establishment",
    "fan": "finance_risk:fan",
    "monitor": "finance_monitoring:monitor",
    "plan": "finance_plan:plan",
    "precept": "finance_precept:precept",
    "read-back": "finance_workbook:read_back",
    "reckoner": "finance_risk:reckoner",
    "reserves": "finance_capital:reserves",
    "scenario": "finance_scenarios:scenario",
    "sensitivity": "finance_risk:sensitivity",
    "solve": "finance_solve:solve",
    "xlsx": "finance_workbook:xlsx",
}
"""Commands of the group that stand in modules of their own."""


@click.group("finance", cls=Parted, elsewhere=ELSEWHERE)
def finance_group() -> None:
    """Plan the money and ask whether it adds up."""


@finance_group.command("reconcile")
@click.argument("file", required=False)
@click.option(
    "--structure",
    type=click.Path(path_type=Path),
    help="A TOML file that says which lines are made of which.",
)
@click.option("--suggest", "is_suggest", is_flag=True, help="Print the structure that FILE seems to have.")
@click.option("--sheet", help="The sheet, where a workbook has several.")
@click.option(
    "--money",
    type=click.Choice(["pounds", "thousands", "millions"]),
    help="The figures of FILE are money printed so; without it, headings such as £'000 decide.",
)
@click.option("--force", help="A shipped force, or the path of a force folder, in place of the workspace's.")
@click.option("--all", "is_all", is_flag=True, help="List the checks that agree too.")
@click.option(
    "--workspace", "own_workspace", type=click.Path(path_type=Path), help="The folder that holds the work."
)
@as_json
@click.pass_context
def reconcile_tables(
    ctx: click.Context,
    file: str | None,
    structure: Path | None,
    is_suggest: bool,
    sheet: str | None,
    money: str | None,
    force: str | None,
    is_all: bool,
    own_workspace: Path | None,
    is_json: bool,
) -> None:
    """Recalculate printed tables by every path they allow and explain each difference; nothing printed is changed.

    Without FILE, the printed tables of the workspace's force folder, or of the shipped force where there is no
    workspace. FILE is a table of your own: CSV, TSV or Excel, or - for one pasted on standard input.

    Example: constabulary finance reconcile budget.csv --suggest
    """
    if file is None and (is_suggest or structure is not None):
        raise click.UsageError("--suggest and --structure are for a FILE of your own.")
    if file is None:
        report = finance.reconcile_force(workspace_meant(ctx, own_workspace, force), force)
    else:
        path = None if file == "-" else Path(file)
        text = pasted() if path is None else None
        if is_suggest:
            _suggested(finance.suggest_file(path, text=text, sheet=sheet, money=money), is_json)
            return
        report = finance.reconcile_file(path, text=text, structure=structure, sheet=sheet, money=money)
    if is_json:
        answer(report.as_json())
    else:
        _print(report, is_all)


def pasted() -> str:
    """Return what stands on standard input, as UTF-8 or as Windows writes it."""
    content = sys.stdin.buffer.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _suggested(report: SuggestReport, is_json: bool) -> None:
    if is_json:
        answer(report.as_json())
        return
    for note in report.notes:
        click.echo(f"Note: {note.line}, {note.period}: {note.message}", err=True)
    click.echo(report.toml, nl=False)


def _print(report: ReconcileReport, is_all: bool) -> None:
    click.echo(report.sentence())
    if report.structure == "suggested":
        click.echo(
            "The structure was suggested by the table itself; --suggest prints it, --structure gives your own."
        )
    for note in report.notes:
        click.echo(f"Note: {note.line}, {note.period}: {note.message}")
    table = None
    for check in report.result.checks:
        if check.kind == "exact" and not is_all:
            continue
        if check.table != table:
            table = check.table
            click.echo(f"\n{table}")
        click.echo(f"  {check.kind}: {check.explanation}")
