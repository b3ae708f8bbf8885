"""The command that works out the medium-term financial plan."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import click

from constabulary.cli.finance_options import in_scenario, of_force
from constabulary.cli.options import answer, as_json
from constabulary.services.finance import plan as service
from constabulary.services.finance.plan import PlanReport
from constabulary.services.workspace.workspaces import Workspace


@click.command("plan")
@in_scenario
@click.option("--line", "line_id", help="Show the working of one line, by its id, in place of the table.")
@as_json
@of_force
def plan(
    workspace: Workspace | None, force: str | None, scenario: Path | None, line_id: str | None, is_json: bool
) -> None:
    """Work out the medium-term financial plan, each line from the year before by its dated drivers.

    The plan stands in finance/plan of the force folder. Money is exact to the penny; the table shows thousands.

    Example: constabulary finance plan --line local_officer_pay
    """
    report = service.plan_report(workspace, force, scenario)
    if is_json:
        answer(report.as_json())
    elif line_id is not None:
        _working(report, line_id)
    else:
        _table(report)


def _table(report: PlanReport) -> None:
    found = report.result
    click.echo(report.sentence())
    click.echo(report.evidence_sentence())
    width = max(len(line.title) for line in found.lines)
    click.echo("\n" + f"{found.plan.title}, £'000".ljust(width) + "".join(y.rjust(11) for y in found.years))
    section = None
    for line in found.lines:
        if line.section != section:
            section = line.section
            click.echo(f"\n{section}" if section else "")
        click.echo(
            line.title.ljust(width) + "".join(_shown(value, line.unit, line.kind) for value in line.values)
        )
    for check in report.band_d:
        click.echo(f"\n{check.sentence()}" if check is report.band_d[0] else check.sentence())
    for one in report.reproduction.departures:
        why = "by rounding" if one.is_rounding else "beyond rounding: the print does not add up"
        click.echo(
            f"Printed {one.printed:,} for {one.title} {one.year}, calculated {one.calculated:,.0f}, {why}."
        )
    for sentence in report.findings:
        click.echo(f"Note: {sentence}")


def _shown(value: Decimal, unit: str, kind: str) -> str:
    if unit == "change":
        return f"{100 * float(value):.1f}%".rjust(11)
    if kind == "band_d" or unit == "dwellings":
        return f"{value:,.2f}".rjust(11)
    return f"{value / 1000:,.0f}".rjust(11)


def _working(report: PlanReport, line_id: str) -> None:
    line = report.result.line(line_id)
    click.echo(f"{line.title}. {line.rule}" + (f" {line.cites}" if line.cites else ""))
    for one in line.working:
        click.echo(f"\n{one.year}: {one.value:,.2f}")
        for step in one.steps:
            basis = f" [{step.basis}]" if step.basis else ""
            source = f" ({step.source})" if step.source else ""
            click.echo(f"  {step.change:>18,.2f}  {step.title}{basis}{source}")
