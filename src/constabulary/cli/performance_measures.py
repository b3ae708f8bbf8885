"""Commands about measures and the plan: summary, chart, commentary, step changes, orphans, plan, grades."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from constabulary.cli.options import DAY, Group, answer, as_json, in_workspace, person, table
from constabulary.core.amounts import several
from constabulary.services.performance.xmr import DEFAULT_RULES, RULE_SETS
from constabulary.services.workspace.workspaces import Workspace

if TYPE_CHECKING:
    from constabulary.registers.access import Person
    from constabulary.registers.records import Remark
    from constabulary.services.performance.measure_reports import MeasureReport
    from constabulary.services.performance.plans import Node, PlanReport

by_rules = click.option(
    "--rules",
    type=click.Choice(list(RULE_SETS)),
    default=DEFAULT_RULES,
    show_default=True,
    help="Rule set of the charts; `performance xmr --help` says what each is.",
)


@click.command("summary")
@by_rules
@click.option("--all", "is_all", is_flag=True, help="List measures without limits too.")
@as_json
@in_workspace
def summary(workspace: Workspace, rules: str, is_all: bool, is_json: bool) -> None:
    """Tell for every measure whether it really changed and whether its target will be met.

    Example: constabulary performance summary --json
    """
    from constabulary.services.performance import measure_summary

    made = measure_summary.summary(workspace, rules)
    if is_json:
        answer(made.as_json())
        return
    click.echo(made.sentence())
    click.echo()
    shown = made.reports if is_all else made.charted
    table(
        ["measure", "title", "latest", "figure", "variation", "assurance", "no limits because"],
        [_line(one) for one in shown],
    )
    if not is_all and len(shown) < len(made.reports):
        without = several(len(made.reports) - len(shown), "measure has", "measures have")
        click.echo(f"{without} no limits: --all lists them and says why.")
    click.echo(f"Rules: {made.rules}.")
    if made.is_synthetic:
        click.echo("Some records are synthetic: made up, not real.", err=True)


@click.command("chart")
@click.argument("name")
@by_rules
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the chart to FILE.svg or FILE.png, or its table to FILE.csv, FILE.parquet or FILE.xlsx.",
)
@click.option(
    "--show",
    type=click.Choice(["xmr", "rolling-12"]),
    default="xmr",
    show_default=True,
    help="Of a picture: the chart, or the line of rolling twelve months.",
)
@as_json
@in_workspace
def chart(workspace: Workspace, name: str, rules: str, out: Path | None, show: str, is_json: bool) -> None:
    """Draw up the chart of measure NAME: limits, signals, rolling twelve months, the same month last year.

    Example: constabulary performance chart burglary --out burglary.svg
    """
    from constabulary.services.performance import measure_reports

    found = measure_reports.report(workspace, name, rules)
    if out is not None:
        from constabulary.services.performance import measure_files

        out.write_bytes(measure_files.file_of(found, out.suffix.removeprefix("."), show.replace("-", "_")))
        click.echo(f"Wrote {out}.", err=True)
    if is_json:
        answer(found.as_json())
    elif out is None:
        _show(found)


@click.command("comment")
@click.argument("name")
@click.argument("period")
@click.argument("text")
@as_json
@in_workspace
def comment(workspace: Workspace, name: str, period: str, text: str, is_json: bool) -> None:
    """Say what happened in PERIOD of measure NAME; the TEXT stays with the measure and goes into papers.

    Example: constabulary performance comment burglary 2024-11 "Two offenders were charged with a series."
    """
    from constabulary.services.performance import measure_reports

    kept = measure_reports.comment(workspace, _person(), name, period, text)
    _told(kept, f"Commentary {kept.remark_id} is kept with {kept.measure}, {kept.period}.", is_json)


@click.command("step")
@click.argument("name")
@click.argument("period")
@click.option("--reason", required=True, help="What changed in the world or in the counting.")
@as_json
@in_workspace
def step(workspace: Workspace, name: str, period: str, reason: str, is_json: bool) -> None:
    """Confirm that measure NAME changed for good from PERIOD on: new limits begin there.

    Example: constabulary performance step crimes 2018-05 --reason "new recording system"
    """
    from constabulary.services.performance import measure_reports

    kept = measure_reports.confirm_step(workspace, _person(), name, period, reason)
    _told(kept, f"Step change {kept.remark_id} of {kept.measure} at {kept.period} is confirmed.", is_json)


@click.command("take-back")
@click.argument("kind", type=click.Choice(["commentary", "step"]))
@click.argument("remark_id", type=int)
@as_json
@in_workspace
def take_back(workspace: Workspace, kind: str, remark_id: int, is_json: bool) -> None:
    """Take a commentary or a confirmed step change back; the register keeps what was said.

    Example: constabulary performance take-back step 3
    """
    from constabulary.services.performance import remarks

    kept = remarks.take_back(workspace, _person(), kind, remark_id)
    _told(kept, f"{kind.capitalize()} {remark_id} is taken back.", is_json)


@click.command("orphans")
@as_json
@in_workspace
def orphans(workspace: Workspace, is_json: bool) -> None:
    """Tell what plans lack: objectives without a measure, measures without a baseline, actions without an outcome.

    Example: constabulary performance orphans --json
    """
    from constabulary.services.performance import plans

    made = plans.orphans(workspace)
    if is_json:
        answer(made.as_json())
        return
    click.echo(made.sentence())
    for name in plans.LACKS:
        rows = getattr(made.found, name)
        if rows:
            click.echo(f"\n{name.replace('_', ' ').capitalize()}")
            table(["plan", "item", "name"], [[one.plan_id, one.item_id, one.name] for one in rows])
    if made.found.baselines_of_mixed_dates:
        click.echo("\nBaselines of mixed dates")
        rows = [
            [one.plan_id, end, len(names)]
            for one in made.found.baselines_of_mixed_dates
            for end, names in one.by_end
        ]
        table(["plan", "period ends", "measures"], rows)
    if made.found.two_values:
        click.echo("\nThe same quantity with two values")
        table(
            ["quantity", "period", "figure", "period", "figure"],
            [
                [
                    one.series,
                    one.one.label,
                    plans.worded(one.one.value, one.one.unit),
                    one.other.label,
                    plans.worded(one.other.value, one.other.unit),
                ]
                for one in made.found.two_values
            ],
        )


@click.command("plan")
@click.argument("plan_id", required=False)
@click.option("--version", "version_id", metavar="ID", help="A version of the plan; the latest if left out.")
@as_json
@in_workspace
def plan(workspace: Workspace, plan_id: str | None, version_id: str | None, is_json: bool) -> None:
    """Show a plan as a tree with progress, and what the version changed; the latest plan if none is named.

    Example: constabulary performance plan plan_2013_16
    """
    from constabulary.services.performance import plans

    made = plans.plan(workspace, plan_id, version_id)
    if is_json:
        answer(made.as_json())
        return
    click.echo(made.sentence())
    click.echo()
    for root in made.tree.roots:
        _branch(root, 0, made)
    if made.changes and made.before is not None:
        click.echo(f"\nChanged since {made.before.name}:")
        table(["what", "item", "name"], [[one.what, one.item_id, one.name] for one in made.changes])
    others = [f"{name} ({title})" for name, title in made.plans if name != made.tree.plan.plan_id]
    if others:
        click.echo(f"\nOther plans: {', '.join(others)}.")


@click.command("grades")
@as_json
@in_workspace
def grades(workspace: Workspace, is_json: bool) -> None:
    """Show inspection grades with their scales; grades of two scales are not compared.

    Example: constabulary performance grades --json
    """
    from constabulary.services.performance import plans

    found = plans.grades(workspace)
    if is_json:
        answer(plans.grades_json(found))
        return
    table(
        ["inspection", "question", "published", "grade", "place", "scale", "against the one before"],
        [
            [
                one.given.framework,
                one.given.question,
                one.given.published_on.isoformat(),
                one.on_scale.name,
                f"{one.on_scale.place} of {len(one.scale)}",
                one.given.scale_id,
                (one.change or "").replace("_", " "),
            ]
            for one in found
        ],
    )


@click.group("import", cls=Group)
def import_group() -> None:
    """Bring in figures of measures that no table of records holds."""


@import_group.command("observations")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), metavar="FILE", help="The mapping file (TOML).")
@click.option(
    "--edition",
    type=DAY,
    metavar="DATE",
    help="Day the figures were taken out; later ones count, earlier ones are kept as revisions.",
)
@click.option("--dry-run", "is_trial", is_flag=True, help="Tell what would come of it and keep nothing.")
@as_json
@in_workspace
def import_observations(
    workspace: Workspace,
    paths: tuple[Path, ...],
    mapping: Path | None,
    edition: datetime | None,
    is_trial: bool,
    is_json: bool,
) -> None:
    """Import figures of measures from CSV or Excel, with the columns of published volumes.

    Needed: measure, period_start_on, period_end_on, value, unit, basis. The same as `constabulary import observations`.

    Example: constabulary performance import observations custody_visits.csv
    """
    from constabulary.cli.imports import bring_in

    bring_in(workspace, "observations", paths, mapping, edition, is_trial=is_trial, is_json=is_json)


COMMANDS = (summary, chart, comment, step, take_back, orphans, plan, grades, import_group)
"""These commands, for the group `performance`."""


def _line(one: MeasureReport) -> list[Any]:
    brief, latest = one.brief(), one.latest
    return [
        one.name,
        brief["title"],
        latest[0] if latest else None,
        one.worded(latest[1]) if latest else None,
        brief["variation_words"],
        brief["assurance_words"],
        brief["refused"],
    ]


def _show(found: MeasureReport) -> None:
    click.echo(found.sentence())
    click.echo(found.known.measure.definition)
    if found.values and found.values.basis != found.known.measure.definition:
        click.echo(f"Basis: {found.values.basis}")
    for warning in found.warnings:
        click.echo(f"Note: {warning}")
    for one in found.said.steps:
        click.echo(f"Step {one.remark_id} confirmed at {one.period} by {one.by}: {one.text}")
    for one in found.said.commentary:
        click.echo(f"Commentary {one.remark_id} on {one.period} by {one.by}: {one.text}")
    for step in found.chart.suggestions if found.chart else ():
        click.echo(
            f"A possible step change at {step.period}: mean {found.worded(step.mean_before)} before, "
            f"{found.worded(step.mean_after)} after. Where a reason is known: constabulary performance step "
            f'{found.name} {step.period} --reason "..."'
        )
    click.echo()
    table(
        ["period", "figure", "signal", "direction", "rolling 12", "last year"],
        [
            [
                row["period"],
                *(
                    None if row[name] is None else found.worded(row[name]) if name == "value" else row[name]
                    for name in ("value", "signal", "direction")
                ),
                *(
                    None if row[name] is None else found.worded(row[name])
                    for name in ("rolling_12", "last_year")
                ),
            ]
            for row in found.rows()
            if any(row[name] is not None for name in ("value", "rolling_12"))
        ],
    )
    if found.chart:
        click.echo(f"Rules: {found.chart.rules}.")


def _branch(node: Node, depth: int, made: PlanReport) -> None:
    from constabulary.services.performance.plans import worded

    item, baseline = node.item, made.baselines.get(node.item.item_id)
    facts = [item.item_id, item.owner or "", f"by {item.due_on}" if item.due_on else ""]
    if baseline:
        facts.append(f"baseline {worded(baseline.value, baseline.unit)} in {baseline.label}")
    if item.target is not None:
        facts.append(f"target {item.target}" + (f" by {item.target_on}" if item.target_on else ""))
    progress = f" [{node.progress.replace('_', ' ')}]" if node.progress else ""
    click.echo(f"{'  ' * depth}{item.kind}: {item.name} ({', '.join(filter(None, facts))}){progress}")
    for child in node.children:
        _branch(child, depth + 1, made)


def _told(kept: Remark, said: str, is_json: bool) -> None:
    from constabulary.services.performance.remarks import as_json as plain

    if is_json:
        answer({"schema": 1, **plain(kept)})
    else:
        click.echo(said)


def _person() -> Person:
    from constabulary.services.workspace.runs import at_this_computer

    return at_this_computer(person())
