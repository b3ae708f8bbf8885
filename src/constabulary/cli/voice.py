"""Commands about what people say: surveys, priorities, and a force among its peers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from constabulary.cli.options import DAY, answer, as_json, in_workspace, table, without_workspace
from constabulary.services.performance.voice import (
    DEFAULT_LEVEL,
    DEFAULT_MINIMUM,
    PRIORITY_STATES,
    SurveyReport,
    compare_file,
    kept_surveys,
    priorities,
    priorities_json,
    survey_file,
    surveys_json,
)
from constabulary.services.workspace.workspaces import Workspace

_level = click.option(
    "--level",
    type=click.FloatRange(0.5, 0.9999),
    default=DEFAULT_LEVEL,
    show_default=True,
    help="Confidence level of intervals.",
)


@click.command("survey")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--satisfied",
    metavar="ANSWER",
    multiple=True,
    help="An answer that counts as yes; repeatable. Without it, answers are yes or no.",
)
@_level
@click.option("--public", is_flag=True, help="Hide what rests on few people, and what would give it away.")
@click.option(
    "--minimum",
    type=click.IntRange(1),
    default=DEFAULT_MINIMUM,
    show_default=True,
    help="With --public: people a figure must rest on.",
)
@as_json
@without_workspace
def survey(
    file: Path, satisfied: tuple[str, ...], level: float, public: bool, minimum: int, is_json: bool
) -> None:
    """Say what the survey in FILE found, how sure that is, and whether a change is real.

    FILE is a CSV file: period, answer (and weight, group) with one answer a row, or period, n_satisfied, n_answered
    (and group). Shares have Wilson's interval.

    Example: constabulary performance survey victims.csv --satisfied "Very satisfied" --satisfied "Fairly satisfied"
    """
    report = survey_file(file, satisfied=satisfied, level=level, minimum=minimum if public else None)
    if is_json:
        answer(report.as_json())
    else:
        _print_survey(report)


@click.command("surveys")
@_level
@as_json
@in_workspace
def surveys(workspace: Workspace, level: float, is_json: bool) -> None:
    """Say what the surveys of the force folder found (performance/surveys.csv).

    Example: constabulary performance surveys
    """
    found = kept_surveys(workspace, level=level)
    if is_json:
        answer(surveys_json(found))
        return
    if not found:
        click.echo("The force folder holds no surveys: add performance/surveys.csv.")
    for report in found:
        click.echo(f"{report.question} ({report.name})")
        _print_survey(report)
        click.echo()


@click.command("priorities")
@click.option("--state", type=click.Choice(list(PRIORITY_STATES)), help="Only those in this state.")
@as_json
@in_workspace
def priorities_command(workspace: Workspace, state: str | None, is_json: bool) -> None:
    """List people's priorities by neighbourhood: when they were set, their state, what was done.

    Example: constabulary performance priorities --state open
    """
    rows = priorities(workspace, state=state)
    if is_json:
        answer(priorities_json(rows))
    elif rows:
        table(
            ["set on", "neighbourhood", "priority", "state", "what was done"],
            [[row.set_on, row.neighbourhood, row.title, row.state, row.action] for row in rows],
        )
    else:
        click.echo("The force folder holds no such priorities (performance/priorities.csv).")


@click.command("compare")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", required=True, metavar="NAME", help="The force asked about, as FILE spells it.")
@click.option(
    "--kind",
    type=click.Choice(["rate", "share"]),
    default="rate",
    show_default=True,
    help="rate: events on a base such as residents; share: a part of the base.",
)
@click.option("--per", type=float, default=1000.0, show_default=True, help="Base a rate is told for.")
@click.option(
    "--direction",
    type=click.Choice(["increase", "decrease", "neutral"]),
    default="neutral",
    show_default=True,
    help="Which way improvement lies; rank 1 is the best, or the highest.",
)
@click.option("--group", metavar="NAME", help="A group of performance/peers.csv to be averaged too.")
@click.option(
    "--on",
    type=DAY,
    help="Day the group's membership is taken of; without it, the latest.",
)
@_level
@as_json
@in_workspace
def compare(
    workspace: Workspace,
    file: Path,
    force: str,
    kind: str,
    per: float,
    direction: str,
    group: str | None,
    on: datetime | None,
    level: float,
    is_json: bool,
) -> None:
    """Compare a force with the others in FILE, a CSV file with the columns force, count and base.

    Averages are weighted by the base. A rank comes with the ranks that chance allows.

    Example: constabulary performance compare crimes.csv --force "Cambridgeshire Constabulary" --direction decrease
    """
    report = compare_file(
        workspace,
        file,
        force=force,
        kind=kind,
        per=per,
        direction=direction,
        group=group,
        on=on.date() if on else None,
        level=level,
    )
    if is_json:
        answer(report.as_json())
        return
    click.echo(report.sentence())
    click.echo()
    table(
        ["rank", "from", "to", "force", "value", "lower", "upper", "group"],
        [
            [
                one.rank,
                *one.rank_interval,
                one.force,
                *(round(value, 4) for value in (one.value, one.interval.lower, one.interval.upper)),
                "yes" if one.in_group else "",
            ]
            for one in report.comparison.forces
        ],
    )


def _print_survey(report: SurveyReport) -> None:
    click.echo(report.sentence())
    table(
        ["group", "period", "people", "share", "lower", "upper", "change", "real"],
        [
            [
                cell.group or "everybody",
                cell.period,
                f"{cell.n_answered:,.0f}" if cell.n_answered is not None else cell.hidden,
                *(
                    f"{value:.1%}" if value is not None else ""
                    for value in (
                        cell.share,
                        cell.interval.lower if cell.interval else None,
                        cell.interval.upper if cell.interval else None,
                    )
                ),
                f"{100 * cell.change.value:+.1f}" if cell.change else "",
                ("yes" if cell.change.is_real else "no") if cell.change else "",
            ]
            for cell in report.cells
        ],
    )
