"""The commands that write the plan as a workbook and take a changed one back."""

from __future__ import annotations

from pathlib import Path

import click

from constabulary.cli.finance_options import of_force
from constabulary.cli.options import answer, as_json
from constabulary.services.finance import workbook as service
from constabulary.services.workspace.workspaces import Workspace

_lock_to = click.option(
    "--lock-to",
    "locked_to",
    help="The last year whose inputs are locked; the plan's base year when left out.",
)


@click.command("xlsx")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--scenario", type=click.Path(path_type=Path), help="A scenario file whose changes are taken in."
)
@_lock_to
@as_json
@of_force
def xlsx(
    workspace: Workspace | None,
    force: str | None,
    file: Path,
    scenario: Path | None,
    locked_to: str | None,
    is_json: bool,
) -> None:
    """Write the plan to FILE, an Excel workbook with live formulas: drivers, lines, precept, reserves, capital.

    Shaded cells may be changed; `constabulary finance read-back` takes the changes as a scenario.

    Example: constabulary finance xlsx plan.xlsx
    """
    written = service.write_workbook(workspace, force, file, scenario=scenario, locked_to=locked_to)
    if is_json:
        answer(written.as_json())
        return
    click.echo(written.sentence())


@click.command("read-back")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the changes here as a scenario."
)
@_lock_to
@as_json
@of_force
def read_back(
    workspace: Workspace | None,
    force: str | None,
    file: Path,
    out: Path | None,
    locked_to: str | None,
    is_json: bool,
) -> None:
    """Read what was changed in FILE, a workbook of the plan, as a scenario; refused cells are told one by one.

    Example: constabulary finance read-back plan.xlsx --out scenario.toml
    """
    report = service.read_back(workspace, force, file, locked_to=locked_to)
    if out is not None and report.toml:
        out.write_text(report.toml, encoding="utf-8")
    if is_json:
        answer(report.as_json())
        return
    click.echo(report.sentence())
    if not report.is_same_plan:
        click.echo("It was made from another state of the force folder: look through the changes.", err=True)
    for one in report.edited.refused:
        click.echo(f"  Refused: {one.place} says {one.found} in place of {one.was}: {one.reason}.", err=True)
    if report.toml and out is None:
        click.echo(f"\n{report.toml}", nl=False)
    elif out is not None:
        click.echo(f"Written: {out}" if report.toml else "Nothing changed, nothing written.", err=True)
