"""Commands that measure cover: visibility, reach, time without presence, dosage, planned patrol, a change's effect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from constabulary.cli.cover import cover_group, day
from constabulary.cli.options import DAY, answer, as_json, bar, in_workspace, table
from constabulary.services.cover import gaps as cover_gaps
from constabulary.services.cover import measures as cover_measures
from constabulary.services.cover import patrol as cover_patrol
from constabulary.services.cover.measure import Measured
from constabulary.services.workspace.workspaces import Workspace

PERIOD = "DATE..DATE"


GAPS = {"areas": cover_gaps.gaps, "hours": cover_gaps.gaps_by_hour, "stretches": cover_gaps.gaps_listed}
"""What `cover gaps` can show."""


def _by(level: str) -> Callable[[Any], Any]:
    """Return the option that asks for a level, and which one is usual."""
    return click.option(
        "--by",
        "level",
        type=click.Choice(cover_measures.LEVELS),
        default=level,
        show_default=True,
        help="Which areas.",
    )


def _measure(name: str) -> Callable[[Callable[..., Measured]], click.Command]:
    """Make a command of a function that returns a measure of some days."""

    def decorate(function: Callable[..., Measured]) -> click.Command:
        @cover_group.command(name)
        @click.option("--from", "from_on", type=DAY, metavar="DATE", help="First local day.")
        @click.option("--to", "to_on", type=DAY, metavar="DATE", help="Last local day.")
        @as_json
        @in_workspace
        @wraps(function)
        def command(
            workspace: Workspace,
            from_on: datetime | None,
            to_on: datetime | None,
            is_json: bool,
            **more: Any,
        ) -> None:
            _print(function(workspace, from_on=day(from_on), to_on=day(to_on), **more), is_json)

        return command

    return decorate


@_measure("visibility")
@_by("district")
def visibility(workspace: Workspace, **asked: Any) -> Measured:
    """Show officer-hours out of station and not at a job, by area and per 1,000 residents.

    Example: constabulary cover visibility --by district
    """
    return cover_measures.visibility(workspace, **asked)


@_measure("reach")
@click.option("--minutes", type=float, default=15.0, show_default=True, help="How long the journey may take.")
@click.option(
    "--scenario",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A scenario of response whose roads or travel times count; journeys between middles unless given.",
)
def reach(workspace: Workspace, **asked: Any) -> Measured:
    """Show the share of residents and of demand within some minutes of a free unit, by hour of the week.

    Example: constabulary cover reach --minutes 15
    """
    # Journeys come with the engines of response, which no other command of cover waits for.
    from constabulary.services.cover import reach as cover_reach

    return cover_reach.reach(workspace, **asked)


@_measure("gaps")
@_by("neighbourhood")
@click.option(
    "--hours", "least_hours", type=float, default=8.0, show_default=True, help="How long a gap is at least."
)
@click.option(
    "--show",
    type=click.Choice(list(GAPS)),
    default="areas",
    show_default=True,
    help="One row an area, an hour of the week, or a stretch of time.",
)
def gaps(workspace: Workspace, show: str, **asked: Any) -> Measured:
    """Show how long areas were without any unit, and how many incidents came in them meanwhile.

    Example: constabulary cover gaps --by neighbourhood --hours 8 --show stretches
    """
    return GAPS[show](workspace, **asked)


@_measure("establishment")
def establishment(workspace: Workspace, **asked: Any) -> Measured:
    """Show each district's posts beside the time officers were there.

    Example: constabulary cover establishment --from 2018-03-01
    """
    return cover_measures.establishment(workspace, **asked)


@_measure("dosage")
def dosage(workspace: Workspace, **asked: Any) -> Measured:
    """Show visits and minutes at hot spots, and how many visits were of 10 to 15 minutes.

    Example: constabulary cover dosage --from 2018-03-01 --to 2018-03-31
    """
    return cover_patrol.dosage(workspace, **asked)


@_measure("planned")
def planned(workspace: Workspace, **asked: Any) -> Measured:
    """Show planned visits to hot spots against those delivered.

    Example: constabulary cover planned --from 2018-03-01 --to 2018-03-31
    """
    return cover_patrol.planned(workspace, **asked)


def _period(_context: click.Context, _parameter: click.Parameter, text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    try:
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise click.BadParameter("give two days, such as 2014-09-01..2014-10-12") from None


@cover_group.command("trial")
@click.option(
    "--before", required=True, metavar=PERIOD, callback=_period, help="First and last day before the change."
)
@click.option("--after", required=True, metavar=PERIOD, callback=_period, help="First and last day after it.")
@click.option(
    "--team", "teams", multiple=True, metavar="TEAM", help="Only shifts of this team; may be repeated."
)
@click.option(
    "--unit", "units", multiple=True, metavar="UNIT", help="Only shifts of this unit; may be repeated."
)
@as_json
@in_workspace
def trial(
    workspace: Workspace,
    before: tuple[date, date],
    after: tuple[date, date],
    teams: tuple[str, ...],
    units: tuple[str, ...],
    is_json: bool,
) -> None:
    """Show incidents attended, start and hours of patrol, and mileage a shift, before and after a change.

    Example: constabulary cover trial --before 2018-03-01..2018-03-14 --after 2018-03-15..2018-03-28
    """
    with bar() as progress:
        found = cover_patrol.trial(workspace, before, after, teams=teams, units=units, progress=progress)
    _print(found, is_json)


def _print(found: Measured, is_json: bool) -> None:
    if is_json:
        answer(found.as_json())
        return
    click.echo(found.answer)
    for warning in found.warnings:
        click.echo(f"Note: {warning}")
    click.echo()
    rows = [[_cell(value) for value in row] for row in found.rows.iter_rows()]
    table([name.replace("_", " ") for name in found.rows.columns], rows)
    click.echo()
    click.echo(f"{found.from_on} to {found.to_on}. {found.definition}")
    click.echo(found.crediting)
    if found.attribution:
        click.echo(found.attribution)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    # Adding nought takes the sign from a nought.
    return round(value, 3) + 0.0 if isinstance(value, float) else value
