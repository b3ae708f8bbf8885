"""Commands that write cover down: the map as a picture, and the paper "Distribution of police cover"."""

from __future__ import annotations

from datetime import datetime
from os import PathLike
from pathlib import Path

import click

import constabulary.cli.cover_measures  # noqa: F401 (adds its commands to the group)
from constabulary.cli.cover import cover_group, day
from constabulary.cli.options import DAY, answer, as_json, in_workspace
from constabulary.services.cover import map as maps_of
from constabulary.services.workspace.workspaces import Workspace

_from = click.option("--from", "from_on", type=DAY, metavar="DATE", help="First local day.")
_to = click.option("--to", "to_on", type=DAY, metavar="DATE", help="Last local day.")


def _file(*forms: str) -> click.Path:
    """Return the type of a file to write, one of some kinds."""

    class File(click.Path):
        def convert(
            self, value: str | PathLike[str], param: click.Parameter | None, ctx: click.Context | None
        ) -> Path:
            path = Path(str(super().convert(value, param, ctx)))
            if path.suffix.lower().removeprefix(".") not in forms:
                self.fail(f"{path.name} ends in none of {', '.join(f'.{one}' for one in forms)}.", param, ctx)
            if not path.resolve().parent.is_dir():
                self.fail(f"there is no folder {path.parent}.", param, ctx)
            return path

    return File(dir_okay=False)


@cover_group.command("map")
@click.argument("file", type=_file("svg", "png", "geojson"))
@click.option(
    "--by", type=click.Choice(maps_of.LEVELS), default="district", show_default=True, help="Which areas."
)
@click.option(
    "--show",
    type=click.Choice(list(maps_of.SHOWS)),
    default="rate",
    show_default=True,
    help="rate: visible time per 1,000 residents; visible: visible time; time: all time.",
)
@_from
@_to
@as_json
@in_workspace
def draw(
    workspace: Workspace,
    file: Path,
    by: str,
    show: str,
    from_on: datetime | None,
    to_on: datetime | None,
    is_json: bool,
) -> None:
    """Draw the map of time in each area to FILE: .svg or .png for papers, .geojson with the figures.

    Example: constabulary cover map cover.svg --by lsoa --show time
    """
    from constabulary.render import maps
    from constabulary.web.cover import pictures

    drawn = maps_of.cover_map(workspace, by, show, from_on=day(from_on), to_on=day(to_on))
    form = file.suffix.lower().removeprefix(".")
    if form == "png":
        file.write_bytes(maps.png(pictures.map_svg(drawn)))
    else:
        text = pictures.map_svg(drawn) if form == "svg" else drawn.as_geojson()
        file.write_text(text, encoding="utf-8", newline="\n")
    found = drawn.measured
    if is_json:
        answer({**found.as_json(), "file": str(file), "unit": drawn.unit})
        return
    click.echo(f"{pictures.map_title(drawn)}, {found.from_on} to {found.to_on}: wrote {file}.")


@cover_group.command("paper")
@click.argument("file", type=_file("pdf", "xlsx"))
@_from
@_to
@as_json
@in_workspace
def paper(
    workspace: Workspace, file: Path, from_on: datetime | None, to_on: datetime | None, is_json: bool
) -> None:
    """Write the paper "Distribution of police cover" to FILE, .pdf or .xlsx.

    Example: constabulary cover paper distribution-of-police-cover.pdf
    """
    from constabulary.render import documents
    from constabulary.web.cover.paper import paper_of

    form = file.suffix.lower().removeprefix(".")
    span = {"from_on": day(from_on), "to_on": day(to_on)}
    found, written = paper_of(workspace, span, has_picture=form == "pdf")
    file.write_bytes(documents.FORMS[form](written))
    if is_json:
        answer(
            {
                "schema": 1,
                "synthetic": found.is_synthetic,
                "answer": found.answer,
                "not_known": list(found.unknown),
                "file": str(file),
            }
        )
        return
    click.echo(found.answer)
    click.echo(f"Wrote {file}.")
