"""Commands about cover: where units were and for how long, and the positions that cleaning removed."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from constabulary.cli.options import DAY, Group, answer, as_json, bar, in_workspace, person, table
from constabulary.core.amounts import several
from constabulary.services.cover import presence as cover
from constabulary.services.cover.edition import VISIBLE, PublicCover
from constabulary.services.cover.public import public_cover
from constabulary.services.records.synthesise_positions import MOST_DAYS, synthesise_positions
from constabulary.services.workspace.workspaces import Workspace

_from = click.option("--from", "from_on", type=DAY, metavar="DATE", help="First local day.")
_to = click.option("--to", "to_on", type=DAY, metavar="DATE", help="Last local day.")


@click.group("cover", cls=Group)
def cover_group() -> None:
    """Ask where units were, for how long, and what that rests on."""


@cover_group.command("presence")
@click.option(
    "--by",
    default="district",
    show_default=True,
    metavar="LEVEL",
    help="force, area, district, neighbourhood, lsoa, hot_spots, the path of a GeoJSON file, or h3:N.",
)
@_from
@_to
@click.option(
    "--credit",
    type=click.Choice(cover.CREDITS),
    default="earlier",
    show_default=True,
    help="earlier: time between two fixes goes to the earlier one. line: shared out along the straight line where they "
    "are 30 s apart or less. pings: a minute for each fix, as in the Peterborough trial.",
)
@click.option(
    "--cap-s",
    type=float,
    metavar="N",
    help="Longest time between two fixes that counts as known; 300 unless said.",
)
@click.option("--by-hour", is_flag=True, help="Part time by local hour of the week.")
@click.option("--by-role", is_flag=True, help="Part time by role.")
@click.option("--by-status", is_flag=True, help="Part time by status.")
@click.option("--by-station", is_flag=True, help="Part time into in a station and out.")
@click.option("--by-moving", is_flag=True, help="Part time into moving and still.")
@click.option(
    "--visits",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.parquet",
    help="Write every stay of a unit in an area to this file.",
)
@click.option(
    "--engine",
    metavar="ADDRESS",
    help="Work on a cluster, whose workers see the same paths: dask://HOST:PORT, spark://HOST:PORT or "
    "spark+MASTER.",
)
@click.option(
    "--public",
    "is_public",
    is_flag=True,
    help="The public edition of whole months: no person can be told from it. It is kept as published.",
)
@as_json
@in_workspace
def presence(
    workspace: Workspace,
    by: str,
    from_on: datetime | None,
    to_on: datetime | None,
    credit: str,
    cap_s: float | None,
    by_hour: bool,
    by_role: bool,
    by_status: bool,
    by_station: bool,
    by_moving: bool,
    visits: Path | None,
    engine: str | None,
    is_public: bool,
    is_json: bool,
) -> None:
    """Show the time units spent in each area.

    Time in areas and outside adds up to observed time. Longer silence than the cap is unknown time and is credited to
    no area; between two shifts of a unit, where shifts are held, it is off-duty time. Officer-hours are time
    multiplied by crew size.

    Example: constabulary cover presence --by district --from 2024-03-01 --to 2024-03-31
    """
    asked = dict(zip(cover.PARTS, (by_hour, by_role, by_status, by_station, by_moving), strict=True))
    if is_public:
        if any(asked.values()) or visits is not None or cap_s is not None or engine or credit != "earlier":
            raise click.UsageError("--public goes with --by, --from and --to alone.")
        with bar() as progress:
            public = public_cover(workspace, by, from_on=day(from_on), to_on=day(to_on), progress=progress)
        answer(public.as_json()) if is_json else _print_public(public)
        return
    with bar() as progress:
        found = cover.presence(
            workspace,
            by,
            from_on=day(from_on),
            to_on=day(to_on),
            credit=credit,
            cap_s=cap_s,
            parts=tuple(part for part, is_asked in asked.items() if is_asked),
            visits=visits,
            engine=engine,
            progress=progress,
        )
    if is_json:
        answer(found.as_json())
    else:
        _print(found)


@cover_group.command("removed")
@_from
@_to
@click.option("--rule", type=click.Choice(list(cover.REASONS)), help="Only those of one rule.")
@as_json
@in_workspace
def removed(
    workspace: Workspace, from_on: datetime | None, to_on: datetime | None, rule: str | None, is_json: bool
) -> None:
    """List the positions that cleaning removes, each with its reason and the line it came from, as CSV.

    Example: constabulary cover removed --rule impossible_jump > jumps.csv
    """
    with bar() as progress:
        rows = cover.removed(workspace, from_on=day(from_on), to_on=day(to_on), rule=rule, progress=progress)
    if is_json:
        counts = rows["reason"].value_counts()
        answer(
            {
                "schema": cover.SCHEMA,
                "removed": {name: dict(counts.iter_rows()).get(name, 0) for name in cover.REASONS},
                "rows": [{**row, "at": row["at"].isoformat()} for row in rows.iter_rows(named=True)],
            }
        )
        return
    click.echo(rows.write_csv(datetime_format="%Y-%m-%dT%H:%M:%S%.f+00:00"), nl=False)


@cover_group.command("synthesise")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="The same seed makes the same positions.",
)
@click.option(
    "--from",
    "from_on",
    type=DAY,
    metavar="DATE",
    help="First day; of the latest published year's last month.",
)
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), help="How many days; to the end of the month unless said."
)
@as_json
@in_workspace
def synthesise(
    workspace: Workspace, seed: int, from_on: datetime | None, days: int | None, is_json: bool
) -> None:
    """Make up positions and shifts of all units on duty, by establishment and shifts, always called synthetic.

    Example: constabulary cover synthesise --from 2018-03-01 --days 31
    """
    with bar() as progress:
        report = synthesise_positions(
            workspace, seed=seed, first_on=day(from_on), n_days=days, by=person(), progress=progress
        )
    if is_json:
        answer(report.as_json())
        return
    click.echo(
        f"Made up {several(report.n_pings, 'position')} of {several(report.n_units, 'unit')} in "
        f"{several(report.n_shifts, 'shift')} from {report.first_on}: import {report.import_id}, synthetic."
    )
    click.echo(
        f"Officers on duty at a time: {report.mean_officers_on_duty:,.1f} on average, where establishment "
        f"({report.posts_fte:,g} posts) and shifts make {report.expected_officers_on_duty:,.1f}."
    )


def day(moment: datetime | None) -> date | None:
    """Return the day of an option, if it was given."""
    return moment.date() if moment else None


def _print_public(found: PublicCover) -> None:
    click.echo(found.sentence())
    if found.is_synthetic:
        click.echo("Note: These positions are synthetic: made up, not real.")
    click.echo()

    def written(figure: float | None, places: int = 0) -> str:
        return "not shown" if figure is None else f"{figure:,.{places}f}"

    rows = [
        [
            one.area_id,
            one.name,
            written(one.hours),
            written(one.visible_hours),
            written(one.visible_per_1000, 1) if one.residents else None,
        ]
        for one in found.areas
    ]
    table(["area", "name", "hours", "visible hours", "visible per 1,000 residents"], rows)
    click.echo()
    click.echo(VISIBLE)
    click.echo(
        f"Published {found.published_on}, rounded to {found.rules.rounding_hours:g} hours; a figure needs "
        f"{found.rules.least_units} units and {found.rules.least_hours:g} hours. {found.left_out}"
    )
    if found.crediting:
        click.echo(found.crediting)
    if found.attribution:
        click.echo(found.attribution)


def _print(found: cover.Presence) -> None:
    click.echo(found.sentence())
    for warning in found.warnings:
        click.echo(f"Note: {warning}")
    click.echo()
    rows = []
    for area in (*found.areas, found.outside):
        parts = area.parts if found.parts else (area.whole,)
        for part in parts:
            named = {one: getattr(part, cover.KEYS[one]) for one in found.parts}
            rows.append(
                [
                    area.area_id,
                    area.name,
                    *(str(named[one]) if named[one] is not None else None for one in found.parts),
                    f"{part.seconds:,.0f}",
                    part.units,
                    f"{part.officer_hours:,.1f}",
                ]
            )
    table(
        [
            "area",
            "name",
            *(cover.KEYS[one].replace("_", " ") for one in found.parts),
            "seconds",
            "units",
            "officer-hours",
        ],
        rows,
    )
    click.echo()
    told = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in found.removed.items())
    off_duty = "" if found.off_duty_s is None else f", and {found.off_duty_s:,.0f} s off duty"
    click.echo(
        f"{found.from_on} to {found.to_on}. Observed {found.observed_s:,.0f} s; unknown {found.unknown_s:,.0f} s in "
        f"{several(found.n_gaps, 'gap')} longer than {found.cap_s:g} s{off_duty}. Credit: {found.credit}. "
        f"Median interval between fixes: {found.median_interval_s or 0:g} s."
    )
    click.echo(
        f"{several(found.n_fixes, 'fix counts', 'fixes count')}. Removed: {told}. "
        f"Put in order: {found.n_out_of_order:,}."
    )
    if found.n_visits is not None:
        click.echo(f"{several(found.n_visits, 'visit')} written.")
    if found.attribution:
        click.echo(found.attribution)
