"""Commands about performance: what a measure's figures say about change."""

from __future__ import annotations

from pathlib import Path

import click

from constabulary.cli.options import Group, answer, as_json, table, without_workspace
from constabulary.cli.performance_measures import COMMANDS
from constabulary.cli.voice import compare, priorities_command, survey, surveys
from constabulary.services.performance.xmr import DEFAULT_RULES, RULE_SETS, XmrReport, xmr_file

_RULES = "; ".join(f"{rules.name}: {rules.title}" for rules in RULE_SETS.values())


@click.group("performance", cls=Group)
def performance_group() -> None:
    """Ask what has really changed, and whether targets will be met."""


for _command in (*COMMANDS, compare, priorities_command, survey, surveys):
    performance_group.add_command(_command)


@performance_group.command("xmr")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--target", type=float, help="What should be reached; says with --direction whether it will be."
)
@click.option(
    "--direction",
    type=click.Choice(["increase", "decrease", "neutral"]),
    default="neutral",
    show_default=True,
    help="Which way improvement lies.",
)
@click.option(
    "--rules", type=click.Choice(list(RULE_SETS)), default=DEFAULT_RULES, show_default=True, help=f"{_RULES}."
)
@click.option(
    "--kind",
    type=click.Choice(["single", "rolling-12"]),
    help="What a value covers: its own period, or the twelve months up to it (which no XmR chart can show). "
    "Without it, the periods' names and the values decide.",
)
@click.option(
    "--baseline-to", metavar="PERIOD", help="Last period that the limits rest on; they stay fixed after it."
)
@click.option(
    "--step",
    "steps",
    metavar="PERIOD",
    multiple=True,
    help="A confirmed step change: new limits from PERIOD. Repeatable.",
)
@as_json
@without_workspace
def xmr(
    file: Path,
    target: float | None,
    direction: str,
    rules: str,
    kind: str | None,
    baseline_to: str | None,
    steps: tuple[str, ...],
    is_json: bool,
) -> None:
    """Draw up the XmR chart of FILE, a CSV file with the columns period and value, by the Making Data Count rules.

    A chart that must not be drawn (rolling figures, too few points, no variation) is refused with the reason, and the
    exit status is 0.

    Example: constabulary performance xmr burglary.csv --target 120 --direction decrease
    """
    report = xmr_file(
        file,
        target=target,
        direction=direction,
        rules=rules,
        kind=kind.replace("-", "_") if kind else None,
        baseline_to=baseline_to,
        steps=steps,
    )
    if is_json:
        answer(report.as_json())
    else:
        _print(report)


def _print(report: XmrReport) -> None:
    chart = report.chart
    click.echo(report.sentence())
    for warning in chart.warnings:
        click.echo(f"Note: {warning}")
    for step in chart.suggestions:
        click.echo(
            f"A possible step change at {step.period}: mean {step.mean_before:,.4g} over {step.n_before} points, "
            f"then {step.mean_after:,.4g} over {step.n_after}. Where a reason is known, confirm it with "
            f'--step "{step.period}".'
        )
    if chart.segments:
        click.echo()
        table(
            ["from", "to", "points", "lower", "mean", "upper"],
            [
                [
                    one.begin,
                    one.end,
                    one.n_points,
                    *(round(limit, 4) for limit in (one.lower, one.mean, one.upper)),
                ]
                for one in chart.segments
            ],
        )
    click.echo()
    table(
        ["period", "value", "signal", "side", "direction"],
        [[one.period, f"{one.value:,.10g}", one.signal, one.side, one.direction] for one in chart.points],
    )
    if chart.alarms:
        click.echo()
        click.echo(
            f"By chance alone, {chart.alarms.chart_share:.0%} of charts this long show a signal somewhere, and "
            f"{chart.alarms.last_point_share:.1%} at the last point."
        )
    click.echo(f"Rules: {chart.rules}.")
