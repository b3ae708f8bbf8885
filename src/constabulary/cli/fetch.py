"""Commands that fetch what others publish, where the network allows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from constabulary.cli.options import Group, answer, as_json, bar, in_workspace, typed
from constabulary.core.amounts import several
from constabulary.services.records import fetching
from constabulary.services.workspace.workspaces import Workspace, open_force


@click.group("fetch", cls=Group)
def fetch_group() -> None:
    """Fetch published files over the network, to be imported."""


@fetch_group.command("police-uk")
@click.argument("month", type=click.DateTime(["%Y-%m"]), metavar="YYYY-MM")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--force",
    "forces",
    multiple=True,
    help="A force by its name in the files; the workspace's own if left out.",
)
@click.option(
    "--site", default=fetching.POLICE_UK, show_default=True, help="The address, or that of a mirror."
)
@as_json
@in_workspace
def police_uk(
    workspace: Workspace, month: datetime, folder: Path, forces: tuple[str, ...], site: str, is_json: bool
) -> None:
    """Fetch the data.police.uk archive of a month into FOLDER and keep the force's files.

    The archive holds three years of every force and is more than a gigabyte.

    Example: constabulary fetch police-uk 2025-08 downloads
    """
    wanted = forces or (open_force(workspace).id.replace("_", "-"),)
    with bar() as progress:
        files = fetching.fetch_police_uk(month.date(), wanted, folder, site=site, progress=progress)
    if is_json:
        answer({"schema": 1, "files": [str(file) for file in files]})
    else:
        click.echo(
            f"Fetched {several(len(files), 'file')}. Next: constabulary import police-uk {typed(folder)}"
        )


@fetch_group.command("boundaries")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--vintage", type=int, default=2021, show_default=True, help="Census of the LSOAs.")
@click.option("--service", metavar="NAME", help="Name of the feature service, where the known one has moved.")
@click.option("--site", default=fetching.ONS, show_default=True, help="The address, or that of a mirror.")
@as_json
@in_workspace
def boundaries(
    workspace: Workspace, file: Path, vintage: int, service: str | None, site: str, is_json: bool
) -> None:
    """Fetch the LSOA outlines of the force's districts from the ONS Open Geography Portal into FILE.

    Example: constabulary fetch boundaries lsoa_2021.geojson --vintage 2021
    """
    with bar() as progress:
        n_areas = fetching.fetch_lsoa_boundaries(
            workspace, vintage, file, service=service, site=site, progress=progress
        )
    if is_json:
        answer({"schema": 1, "file": str(file), "areas": n_areas})
    else:
        click.echo(
            f"Fetched {n_areas:,} outlines. Next: constabulary import boundaries {typed(file)} --vintage {vintage}"
        )
