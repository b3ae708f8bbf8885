"""Commands that look after a workspace: example, doctor, backup, restore, upgrade, compact."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from constabulary.cli.options import (
    answer,
    as_json,
    bar,
    in_workspace,
    own_workspace,
    person,
    typed,
    without_workspace,
)
from constabulary.core.amounts import several
from constabulary.services.upkeep import backup as backups
from constabulary.services.upkeep import doctor as doctors
from constabulary.services.upkeep import example as examples
from constabulary.services.upkeep import lifecycle
from constabulary.services.workspace.runs import at_this_computer
from constabulary.services.workspace.workspaces import Workspace


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@as_json
@without_workspace
def example(folder: Path, is_json: bool) -> None:
    """Build the example workspace in FOLDER, with synthetic records, unless it is there already.

    Example: constabulary example workspace
    """
    with bar() as progress:
        is_new = examples.build(folder, progress)
    if is_json:
        answer({"schema": 1, "workspace": str(folder), "built": is_new})
    elif is_new:
        click.echo(f"Built {folder}. Its records are synthetic.")
    else:
        click.echo(f"{folder} is there already.")


@click.command()
@as_json
@own_workspace
@click.pass_context
def doctor(ctx: click.Context, own_workspace: Path | None, is_json: bool) -> None:
    """Look for anything wrong with the installation and the workspace; exit status 1 if there is.

    Example: constabulary doctor
    """
    with bar() as progress:
        findings = doctors.examine(own_workspace or ctx.obj, progress)
    is_well = all(finding.state != "fail" for finding in findings)
    if is_json:
        answer({"schema": 1, "well": is_well, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            click.echo(f"{finding.state:<4}  {finding.check}: {finding.message}")
    ctx.exit(0 if is_well else 1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json
@in_workspace
def backup(workspace: Workspace, file: Path, is_json: bool) -> None:
    """Write the whole workspace to FILE, a .zip or .tar.gz, and verify it.

    It holds records of persons: keep it as safe as the workspace.

    Example: constabulary backup my-force-2026-03-31.zip
    """
    with bar() as progress:
        made = backups.back_up(workspace, file, at_this_computer(person()), progress)
    if is_json:
        answer(_as_json(made, workspace.path))
        return
    click.echo(
        f"Wrote and verified {file}: {several(made.n_files, 'file')}, {made.n_bytes / 2**20:,.1f} MiB before packing."
    )
    if not made.has_registers:
        click.echo(
            "The registers are not in it: they are in PostgreSQL. Back them up with pg_dump.", err=True
        )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path))
@as_json
@without_workspace
def restore(file: Path, folder: Path, is_json: bool) -> None:
    """Make a workspace in the new FOLDER from the backup FILE, whole or not at all.

    Example: constabulary restore my-force-2026-03-31.zip restored
    """
    made = backups.restore(file, folder)
    if is_json:
        answer(_as_json(made, folder))
    else:
        click.echo(
            f"Restored {several(made.n_files, 'file')} to {folder}. Look at it: constabulary --workspace "
            f"{typed(folder)} doctor"
        )


@click.command()
@as_json
@own_workspace
@click.pass_obj
def upgrade(path: Path, own_workspace: Path | None, is_json: bool) -> None:
    """Bring a workspace that an earlier release made up to date.

    Example: constabulary upgrade
    """
    before, reached = lifecycle.upgrade_workspace(own_workspace or path)
    if is_json:
        answer({"schema": 1, "format_before": before, "formats_reached": list(reached)})
    elif reached:
        click.echo(f"Brought from format {before} to {reached[-1]}.")
    else:
        click.echo(f"Format {before} is up to date.")


@click.command()
@as_json
@in_workspace
def compact(workspace: Workspace, is_json: bool) -> None:
    """Join the lake's small files; files replaced more than an hour ago, which no reader needs, are removed.

    Example: constabulary compact
    """
    removed = lifecycle.compact(workspace, at_this_computer(person()))
    if is_json:
        answer({"schema": 1, "files_removed": removed})
    else:
        told = several(sum(removed.values()), "file that nothing needs was", "files that nothing needs were")
        click.echo(f"Done; {told} removed.")


def _as_json(made: backups.Backup, workspace: Path) -> dict[str, object]:
    return {
        "schema": 1,
        "file": str(made.file),
        "workspace": str(workspace),
        "files": made.n_files,
        "bytes": made.n_bytes,
        "registers": made.has_registers,
    }
