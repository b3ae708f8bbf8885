"""Commands that make a workspace and check a force folder."""

from __future__ import annotations

from pathlib import Path

import click

from constabulary.cli.options import answer, as_json
from constabulary.services import workspaces


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--force",
    default="cambridgeshire",
    show_default=True,
    help="A shipped force, or the path of a force folder.",
)
@as_json
def new(folder: Path, force: str, is_json: bool) -> None:
    """Make a workspace in FOLDER.

    Example: constabulary new my-force --force cambridgeshire
    """
    workspace = workspaces.new_workspace(folder, force)
    if is_json:
        answer({"schema": 1, "workspace": str(workspace.path), "force": force})
    else:
        click.echo(
            f"Made {workspace.path}. Next: constabulary --workspace {workspace.path} import police-uk FILES"
        )


@click.group("force")
def force_group() -> None:
    """Look after a force folder."""


@force_group.command("check")
@click.argument("folder", default="cambridgeshire")
@as_json
def check(folder: str, is_json: bool) -> None:
    """Check a force folder and tell everything that is wrong with it at once.

    Example: constabulary force check workspace/force
    """
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
        f"{force.name}: {len(force.districts)} districts, {len(force.volumes)} published figures "
        f"from {len(force.sources)} sources. No errors."
    )
    for problem in force.warnings:
        click.echo(f"Note: {problem}")
