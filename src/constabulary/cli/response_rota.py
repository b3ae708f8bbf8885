"""Commands on rotas: propose one that covers a need, and check any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from constabulary.cli.options import DAY, Group, answer, as_json, table, without_workspace
from constabulary.core.amounts import several
from constabulary.core.errors import WorkspaceMissing
from constabulary.services.workspace.workspaces import Workspace, open_workspace


def _rules(command: Callable[..., Any]) -> Callable[..., Any]:
    for name, kind, text in (
        ("--briefing-min", float, "Minutes of briefing at the start of a shift."),
        ("--break-share", float, "Share of those on shift who are at their break, 0 to 1."),
        ("--week-h", float, "Most hours a week on average."),
        ("--weekends-off", int, "Least weekends off in the cycle."),
        (
            "--free-after-nights",
            int,
            "Whole days free after the last night of a row, that on which it ends not counted; with 0 only --rest-h "
            "keeps the next shift away.",
        ),
        ("--most-nights", int, "Most night shifts in a row."),
        ("--most-days", int, "Most days in a row."),
        ("--rest-h", float, "Least hours between shifts."),
    ):
        command = click.option(name, type=kind, help=f"{text} Without it the package's own counts.")(command)
    return command


@click.group("rota", cls=Group, invoke_without_command=True)
@click.option(
    "--need",
    "need_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV of day, starts_at and need by half-hour; without it the workspace's own.",
)
@click.option(
    "--for",
    "who",
    type=click.Choice(["officers", "call-takers"]),
    default="officers",
    show_default=True,
    help="Whose need of the workspace's is rostered: response officers or those who answer contacts.",
)
@click.option("--never-give-up", is_flag=True, help="Callers wait as long as it takes: Erlang C, not A.")
@click.option("--area", help="An area of the force, where the need is the workspace's.")
@click.option(
    "--target-share",
    type=float,
    help="Share of each grade to reach, or of contacts to answer, in time, 0 to 1.",
)
@click.option(
    "--length-h",
    "lengths_h",
    type=float,
    multiple=True,
    default=(8.0, 9.0, 10.0),
    show_default=True,
    help="A length that shifts may have (h); may be given several times.",
)
@click.option("--every-min", type=int, default=60, show_default=True, help="Minutes between starts allowed.")
@click.option(
    "--kinds", "n_kinds", type=click.IntRange(1), default=5, show_default=True, help="Kinds of shift at most."
)
@click.option(
    "--teams",
    "n_teams",
    type=click.IntRange(1),
    help="Teams and weeks of the cycle; without it whichever of 5, 6, 8, 10 and 12 takes fewest people.",
)
@click.option("--people", "n_people", type=int, help="People there are; without it as few as cover the need.")
@_rules
@click.option(
    "--limit-s", type=float, default=10.0, show_default=True, help="The longest to work on each step (s)."
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="A folder for pattern, roster, calendar."
)
@click.option(
    "--members",
    "members_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV of member and team: the roster is then written for each member, else for each team.",
)
@click.option("--keep", is_flag=True, help="Keep the rota as a scenario of the force folder.")
@click.option("--from", "first_on", type=DAY, help="First day of the roster written out.")
@click.option(
    "--weeks", type=click.IntRange(1, 520), default=13, show_default=True, help="Weeks written out."
)
@as_json
@click.pass_context
def rota(
    ctx: click.Context,
    /,
    need_file: Path | None,
    who: str,
    never_give_up: bool,
    area: str | None,
    target_share: float | None,
    out: Path | None,
    members_file: Path | None,
    keep: bool,
    first_on: datetime | None,
    weeks: int,
    is_json: bool,
    **asked: Any,
) -> None:
    """Propose a rota: shifts that cover a need at least cost, and a team cycle that people can work.

    First the cheapest cover there could be, were people free to come for any single shift. Then a line of a few kinds
    of shift that every team works in turn, kept to the rules, with the smallest teams that cover the need; or, with
    --people, the line that leaves least of it uncovered.

    Example: constabulary response rota --need need.csv --teams 5 --out rota --from 2026-04-06
    """
    if ctx.invoked_subcommand:
        return
    from constabulary.services.response.simulation import keep as keep_result
    from constabulary.services.staffing.proposals import keep_proposal
    from constabulary.services.staffing.rota import propose
    from constabulary.services.staffing.rota_files import read_members

    workspace = _workspace(ctx.obj, need_file is None)
    needed = _needed(workspace, need_file, who, not never_give_up, area, target_share)
    question = _question(asked)
    if out is not None and first_on is None:
        raise click.UsageError("Say by --from the day that the roster written to --out begins.")
    if keep and workspace is None:
        raise click.UsageError("A scenario is kept in a workspace: name one by --workspace.")
    members = read_members(members_file) if members_file else {}
    result = propose(needed, question, workspace)
    if workspace is not None:
        keep_result(workspace, result)
    if out is not None and first_on is not None:
        _write(out, result, first_on.date(), weeks, workspace, members)
    kept = {"scenario": keep_proposal(workspace, result)} if keep and workspace is not None else {}
    if is_json:
        answer({**result, **kept})
        return
    _tell(result)
    _tell_kept(kept)


@rota.command("check")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--need",
    "need_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A need by half-hour that it should cover.",
)
@click.option(
    "--team-size", type=click.IntRange(1), default=1, show_default=True, help="People on each line or team."
)
@click.option(
    "--cycle-weeks",
    type=click.IntRange(1),
    help="Weeks of the cycle of a roster of dates, over which weekends and hours count. Without it its own weeks.",
)
@click.option("--keep", is_flag=True, help="Keep it as a scenario of the workspace's force folder.")
@click.option(
    "--for",
    "who",
    type=click.Choice(["officers", "call-takers"]),
    default="officers",
    show_default=True,
    help="Who works it in that scenario.",
)
@_rules
@as_json
@click.pass_context
@without_workspace
def check(
    ctx: click.Context,
    file: Path,
    need_file: Path | None,
    team_size: int,
    cycle_weeks: int | None,
    keep: bool,
    who: str,
    is_json: bool,
    **asked: Any,
) -> None:
    """Check a rota, from anywhere, against the rules of rest.

    FILE is CSV with week, day, starts_at, length_min and name (a line that teams work in turn), CSV with who,
    starts_at, ends_at and name (a roster of dates), or a calendar (iCalendar). Exit status 1 where a rule is broken.

    Example: constabulary response rota check roster.csv --rest-h 11
    """
    from constabulary.services.staffing.rota_check import check as checked
    from constabulary.services.staffing.rota_need import need_of_file

    need = need_of_file(need_file).people if need_file else None
    question = _question(asked)
    workspace = _workspace(ctx.obj, keep)
    result = checked(
        file, question.rules, question.on_shift, _time_zone(workspace), need, team_size, cycle_weeks
    )
    if keep and workspace is not None:
        from constabulary.services.staffing.proposals import keep_pattern

        result["scenario"] = keep_pattern(workspace, file, who)
    if is_json:
        answer(result)
    else:
        _tell_check(result)
        _tell_kept(result)
    if not result["ok"]:
        ctx.exit(1)


def _needed(
    workspace: Workspace | None,
    need_file: Path | None,
    who: str,
    gives_up: bool,
    area: str | None,
    target_share: float | None,
) -> Any:
    from constabulary.services.staffing import rota_need

    if who == "call-takers" and area is not None:
        raise click.UsageError("Contacts are answered for all of the force: leave --area away.")
    if workspace is None or need_file is not None:
        return rota_need.need_of_file(need_file or Path(), who)
    if who == "call-takers":
        return rota_need.call_takers_of_force(workspace, target_share, gives_up=gives_up)
    return rota_need.need_of_force(workspace, area, target_share)


def _question(asked: dict[str, Any]) -> Any:
    """Return the question that options ask: rules and counts on a shift where they are given, and the rest as it is."""
    from constabulary.services.staffing.rota import RotaQuestion

    usual = RotaQuestion()
    parts = {"rules": usual.rules, "on_shift": usual.on_shift}
    given = {
        part: {name: asked.pop(name) for name in vars(own) if name in asked} for part, own in parts.items()
    }
    for part, values in given.items():
        told = {name: value for name, value in values.items() if value is not None}
        asked[part] = replace(parts[part], **told)  # type: ignore[type-var]
    return RotaQuestion(**asked)


def _write(
    folder: Path,
    result: Mapping[str, Any],
    first_on: date,
    weeks: int,
    workspace: Workspace | None,
    members: Mapping[str, str],
) -> None:
    from constabulary.services.staffing.rota import rota_files

    folder.mkdir(parents=True, exist_ok=True)
    for name, content in rota_files(result, first_on, weeks, _time_zone(workspace), members).items():
        (folder / name).write_bytes(content)


def _workspace(path: Path, is_needed: bool) -> Workspace | None:
    try:
        return open_workspace(path)
    except WorkspaceMissing:
        if is_needed:
            raise
        return None


def _time_zone(workspace: Workspace | None) -> str:
    from constabulary.services.workspace.force import force_of

    return force_of(workspace).time_zone if workspace else "Europe/London"


def _tell(result: Mapping[str, Any]) -> None:
    _tell_need(result)
    _tell_cycle(result)
    _tell_present(result)
    rota = result["rota"]
    names = [one["name"] for one in rota["shifts"]]
    table(
        ["week", *("mon", "tue", "wed", "thu", "fri", "sat", "sun")],
        [
            [str(week), *("off" if one is None else names[one] for one in days)]
            for week, days in enumerate(rota["weeks"], start=1)
        ],
    )
    for one in rota["breaches"]:
        click.echo(f"{one['who']}: {one['message']} ({one['rule']})")


def _tell_need(result: Mapping[str, Any]) -> None:
    click.echo(f"Need: {result['need_h']:g} person-hours a week.")
    for one in result["checks"]:
        wanted, expected, achieved, give = (
            "not known" if one[name] is None else f"{100.0 * one[name]:.1f} %"
            for name in ("wanted_share", "expected_share", "achieved_share", "half_width")
        )
        click.echo(
            f"  {one['of']}: {wanted} in time wanted, {expected} by formula, {achieved} in simulation (+/- {give})."
        )


def _tell_cycle(result: Mapping[str, Any]) -> None:
    ideal, rota = result["ideal"], result["rota"]
    sure = "proven" if ideal["proven"] else f"at least {ideal['bound_h']:g}"
    click.echo(f"Cheapest cover of single shifts: {ideal['paid_h']:g} paid hours a week ({sure}).")
    click.echo(
        f"Team cycle: {several(rota['teams'], 'team')} of {rota['team_size']}, {rota['people']} people, "
        f"{rota['week_h']:g} h a week each, {rota['short_h']:g} h of need uncovered "
        f"({'proven' if rota['proven'] else 'not proven: more time by --limit-s may find better'})."
    )
    if len(result["tried"]) > 1:
        told = ", ".join(
            f"{one['teams']} take {one['people']}{'' if one['proven'] else ' (not proven)'}"
            for one in result["tried"]
        )
        click.echo(f"Numbers of teams tried and the people they take: {told}.")


def _tell_present(result: Mapping[str, Any]) -> None:
    present = result["present"]
    if present:
        many = f"{present['people_to_cover']} people" if present["people_to_cover"] else "no number of people"
        click.echo(
            f"Present pattern {present['pattern_id']}: {many} would cover it; the {present['people_now']:.0f} there "
            f"are leave {present['short_h_now']:.0f} h of it uncovered."
        )
    for name, one in (("Proposed", result), ("Now", present or {})):
        if one.get("judged") and one["judged"]["achieved_share"] is not None:
            share, half = one["judged"]["achieved_share"], one["judged"]["half_width"]
            click.echo(f"{name}, simulated: {share:.1%} answered in time (+/- {half:.1%}).")


def _tell_check(result: Mapping[str, Any]) -> None:
    table(
        ["who", "hours a week", "shifts", "nights", "weekends off"],
        [
            [one["who"], f"{one['week_h']:.2f}", one["shifts"], one["nights"], one["weekends_off"]]
            for one in result["people"]
        ],
    )
    for one in result["breaches"]:
        at = one.get("on") or f"week {one['week']} {one['day']}"
        click.echo(f"{one['who']}, {at}: {one['message']} ({one['rule']})")
    if result["weeks"] < result["cycle_weeks"]:
        click.echo(
            f"{several(result['weeks'], 'week')} of a cycle of {result['cycle_weeks']}: of weekends and hours only "
            "what the others cannot put right is told."
        )
    if "short_h" in result:
        click.echo(f"{result['short_h']:.1f} person-hours a week of the need are not covered.")
    click.echo(
        "Every rule is kept."
        if not result["breaches"]
        else f"{several(len(result['breaches']), 'rule')} broken."
    )


def _tell_kept(result: Mapping[str, Any]) -> None:
    if "scenario" in result:
        click.echo(f"Kept as scenario {result['scenario']}.")
