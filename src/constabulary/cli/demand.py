"""Commands that answer from the demand picture: each figure by itself, the profile of them all, the working."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from constabulary.cli.options import Group, answer, as_json, in_workspace, note, table, wrote
from constabulary.core.amounts import several
from constabulary.services.workspace.workspaces import Workspace

if TYPE_CHECKING:
    from constabulary.services.demand.picture import Figure, Filters, Weights

OPTIONS = (
    ("from", "MONTH", "First month, such as 2024-03; left out, the twelve months to the last."),
    ("to", "MONTH", "Last month, counted in; left out, the last that records cover."),
    ("area", "LEVEL:ID", "Part of the force, such as district:E07000010 or lsoa:E01017979."),
    ("category", "ID", "Only incidents of this category of the force."),
    ("crime-type", "TYPE", "Only crimes of this published type."),
    ("channel", "ID", "Only contacts and incidents that came in by this channel of the force."),
    ("qualifier", "ID", "Only incidents with this qualifier of the force."),
    ("records", "KIND", "real or synthetic records; left out, real where there are any."),
)
out = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the rows to FILE.csv, FILE.parquet or FILE.xlsx instead.",
)
weights_file = click.option(
    "--weights",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="CSV of days of harm: crime_type and one column ending in _days.",
)


def filtered(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the filters of the demand picture, in the words of the site's addresses."""

    @functools.wraps(command)
    def with_filters(*args: Any, **given: Any) -> Any:
        from constabulary.services.demand.picture import Filters

        words = {
            word.replace("-", "_"): given.pop(f"filter_{word.replace('-', '_')}") or ""
            for word, _, _ in OPTIONS
        }
        return command(*args, filters=Filters.parse(words), **given)

    for word, metavar, help_text in reversed(OPTIONS):
        option = click.option(
            f"--{word}", f"filter_{word.replace('-', '_')}", metavar=metavar, help=help_text
        )
        with_filters = option(with_filters)
    return with_filters


@click.group("demand", cls=Group)
def demand_group() -> None:
    """Answer what the demand is: typical day, categories, areas, hours, channels, crimes, outcomes, harm."""


@demand_group.command("profile")
@filtered
@weights_file
@as_json
@in_workspace
def profile(workspace: Workspace, filters: Filters, weights: Path | None, is_json: bool) -> None:
    """Answer with every figure of the demand picture.

    Example: constabulary demand profile --json
    """
    from constabulary.services.demand import picture as demand

    made = demand.profile(workspace, filters, _weights(weights))
    if is_json:
        answer(made.as_json())
        return
    for figure in made.figures.values():
        click.echo(f"{figure.about.title}: {figure.told}")
    _warn(list(dict.fromkeys(text for figure in made.figures.values() for text in figure.about.warnings)))


def _command(
    name: str, help_text: str, make: Callable[..., Figure], columns: Sequence[str], *options: Any
) -> None:
    """Add the command of one figure: its answer and table, JSON, or a file."""

    @filtered
    @out
    @as_json
    @in_workspace
    def command(workspace: Workspace, filters: Filters, out: Path | None, is_json: bool, **more: Any) -> None:
        figure = make(workspace, filters, **more)
        if out is not None:
            out.write_bytes(figure.file(out.suffix.removeprefix(".")))
            wrote(out, len(figure.rows), is_json)
        elif is_json:
            answer(figure.as_json())
        else:
            _show(figure, columns)

    for option in options:
        command = option(command)
    command.__doc__ = f"{help_text}\n\nExample: constabulary demand {name} --from 2024-03 --to 2025-02"
    demand_group.command(name)(command)


def _choice(option: str, *values: str) -> Any:
    help_text = f"Of {' or '.join(values)}."
    return click.option(
        option, type=click.Choice(values), default=values[0], show_default=True, help=help_text
    )


def _typical_day(workspace: Workspace, filters: Filters) -> Figure:
    from constabulary.services.demand import picture as demand

    return demand.typical_day(workspace, filters)


def _categories(workspace: Workspace, filters: Filters) -> Figure:
    from constabulary.services.demand import picture as demand

    return demand.by_category(workspace, filters)


def _qualifiers(workspace: Workspace, filters: Filters) -> Figure:
    from constabulary.services.demand import picture as demand

    return demand.qualifiers(workspace, filters)


def _areas(workspace: Workspace, filters: Filters, of: str) -> Figure:
    from constabulary.services.demand import picture as demand

    return demand.by_area(workspace, filters, of)


def _hours(workspace: Workspace, filters: Filters, of: str) -> Figure:
    from constabulary.services.demand import picture as demand

    return demand.hour_of_week(workspace, filters, of)


def _season(workspace: Workspace, filters: Filters, of: str) -> Figure:
    from constabulary.services.demand import picture as demand

    return demand.season(workspace, filters, of)


def _channels(workspace: Workspace, filters: Filters) -> Figure:
    from constabulary.services.demand import picture as demand

    return demand.channels_by_month(workspace, filters)


def _crimes(workspace: Workspace, filters: Filters, by: str) -> Figure:
    from constabulary.services.demand import picture as demand

    return (
        demand.crime_types(workspace, filters) if by == "type" else demand.crimes_by_month(workspace, filters)
    )


def _outcomes(workspace: Workspace, filters: Filters, by: str) -> Figure:
    from constabulary.services.demand import picture as demand

    return (
        demand.latest_outcomes(workspace, filters)
        if by == "latest"
        else demand.outcomes_by_month(workspace, filters)
    )


def _harm(workspace: Workspace, filters: Filters, weights: Path | None) -> Figure:
    from constabulary.services.demand import picture as demand

    return demand.harm(workspace, filters, _weights(weights))


COUNT = ("count", "per_day", "share", "last_year", "change")
SHARES = ("name", *COUNT, "published_share")
MONTHS = ("month", "name", "count", "per_day", "last_year", "peak")
TYPICAL = ("name", "published", "calculated", "difference", "records")
AREAS = ("level", "name", "count", "rate_per_1000", "is_small", "last_year", "note")
HOURS = ("day", "hour", "count", "n_hours", "mean")
SEASON = ("month_of_year", "count", "n_days", "per_day", "index")
HARM = ("crime_type", "count", "weight_days", "harm_days", "share_of_count", "share_of_harm")

_command("typical-day", "Answer with the typical day, published beside calculated.", _typical_day, TYPICAL)
_command("categories", "Answer with incidents by category, crime and non-crime.", _categories, SHARES)
_command("qualifiers", "Answer with the share of incidents that carry each qualifier.", _qualifiers, SHARES)
of_areas = _choice("--of", "crimes", "incidents")
_command(
    "areas", "Answer with counts and rates of every area, and what has no place.", _areas, AREAS, of_areas
)
of_hours = _choice("--of", "incidents", "calls")
_command("hours", "Answer with the mean of each of the 168 hours of the week.", _hours, HOURS, of_hours)
of_season = _choice("--of", "incidents", "calls", "crimes")
_command("season", "Answer with records a day by month of the year.", _season, SEASON, of_season)
_command("channels", "Answer with contacts by channel and month, with peaks and troughs.", _channels, MONTHS)
by_type, by_outcome = _choice("--by", "type", "month"), _choice("--by", "latest", "month")
_command(
    "crimes",
    "Answer with recorded crime by type, or by type and month.",
    _crimes,
    ("month", "name", *COUNT),
    by_type,
)
_command(
    "outcomes",
    "Answer with crimes by latest outcome, or by month.",
    _outcomes,
    ("month", "name", *COUNT),
    by_outcome,
)
_command("harm", "Answer with crime weighed by harm beside counts.", _harm, HARM, weights_file)


@demand_group.command("working")
@click.argument("figure")
@filtered
@click.option("--table", "table_name", help="Whose rows to show, where the figure counts several tables.")
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Page of the rows.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write all rows behind it to FILE.csv or FILE.parquet.",
)
@as_json
@in_workspace
def working(
    workspace: Workspace,
    figure: str,
    filters: Filters,
    table_name: str | None,
    page: int,
    out: Path | None,
    is_json: bool,
) -> None:
    """Show how FIGURE came about: its SQL, the rows behind it, the files they came from.

    Example: constabulary demand working crime_types --area district:E07000010
    """
    from constabulary.services.demand import working as service

    if out is not None:
        n_rows = service.export_rows(workspace, figure, out, filters, table=table_name)
        note(workspace, "EXPORT_RECORDS", "export rows", f"figure {figure}")
        wrote(out, n_rows, is_json)
        return
    made = service.working(workspace, figure, filters, table=table_name, page=page)
    if is_json:
        answer(made.as_json())
        return
    click.echo(f"{made.title}. {made.definition}")
    for step in made.steps:
        click.echo(f"\n{step.title}:\n{step.sql}")
    click.echo(
        f"\n{several(made.n_rows, 'row')} of {made.table} behind it; page {page} of {made.n_pages:,} by:\n"
        f"{made.rows_sql}\n"
    )
    table(
        ["import", "file", "rows", "sha256"],
        [[file.import_id, file.file, file.n_rows, file.sha256[:16]] for file in made.files],
    )


def _weights(path: Path | None) -> Weights | None:
    from constabulary.services.demand.picture import read_weights

    return None if path is None else read_weights(path.read_bytes(), path.name)


def _show(figure: Figure, columns: Sequence[str]) -> None:
    click.echo(figure.told)
    about = figure.about
    if about.from_on:
        click.echo(
            f"{about.from_on} to {about.to_on}, {several(about.n_days, 'day')} covered; {about.records} records."
        )
    shown = [name for name in columns if any(name in row for row in figure.table[:1])]
    table(
        [name.replace("_", " ") for name in shown],
        [[row[name] for name in shown] for row in figure.table],
    )
    _warn(about.warnings)


def _warn(warnings: Sequence[str]) -> None:
    for text in warnings:
        click.echo(f"Note: {text}", err=True)
