"""Commands that make a workspace and check a force folder."""

from __future__ import annotations

from pathlib import Path

import click

from constabulary.cli.options import Group, answer, as_json, own_workspace, typed, without_workspace
from constabulary.core.amounts import several
from constabulary.services.upkeep.example import FORCE as EXAMPLE
from constabulary.services.workspace import workspaces


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--force",
    default=EXAMPLE,
    show_default=True,
    help="A shipped force, or the path of a force folder.",
)
@as_json
@without_workspace
def new(folder: Path, force: str, is_json: bool) -> None:
    """Make a workspace in FOLDER.

    Example: constabulary new my-force --force cambridgeshire
    """
    workspace = workspaces.new_workspace(folder, force)
    if is_json:
        answer({"schema": 1, "workspace": str(workspace.path), "force": force})
    else:
        click.echo(
            f"Made {workspace.path}. Next: constabulary --workspace {typed(workspace.path)} import police-uk FILES"
        )


@click.group("force", cls=Group)
def force_group() -> None:
    """Look after a force folder."""


@force_group.command("check")
@click.argument("folder", required=False)
@as_json
@own_workspace
@click.pass_obj
def check(path: Path, own_workspace: Path | None, folder: str | None, is_json: bool) -> None:
    """Check a force folder and tell everything that is wrong with it at once.

    FOLDER is a shipped force or a folder of one's own; left out, the workspace's own, or the example's where there is
    no workspace.

    Example: constabulary force check workspace/force
    """
    path = own_workspace or path
    if folder is None:
        is_there = own_workspace is not None or path.exists()
        folder = str(workspaces.open_workspace(path).force_path) if is_there else EXAMPLE
    force = workspaces.check_force(folder)
    if is_json:
        answer(
            {
                "schema": 1,
                "force": force.id,
                "name": force.name,
                "districts": len(force.districts),
                "published_volumes": len(force.volumes),
                "sources": len(force.sources),
                "warnings": [str(problem) for problem in force.warnings],
            }
        )
        return
    click.echo(
        f"{force.name}: {several(len(force.districts), 'district')}, "
        f"{several(len(force.volumes), 'published figure')} from {several(len(force.sources), 'source')}. No errors."
    )
    for problem in force.warnings:
        click.echo(f"Note: {problem}")
