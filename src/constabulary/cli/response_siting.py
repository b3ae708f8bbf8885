"""The command that proposes sites for units to wait at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from constabulary.cli.options import answer, as_json, bar, own_workspace, table
from constabulary.services.workspace.workspaces import open_workspace


@click.command("locate")
@click.argument("model", type=click.Choice(["pmedian", "pcentre", "mclp", "mexclp"]))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option(
    "--among",
    "candidates",
    type=click.Choice(["stations", "places", "more"]),
    default="stations",
    show_default=True,
    help="Without FILE: the force's stations, the middles of all places, or such places beside all stations.",
)
@click.option(
    "--hours",
    type=click.Choice(["all", "day", "evening", "night"]),
    default="all",
    show_default=True,
    help="Without FILE: the hours whose demand and journeys count.",
)
@click.option("--keep", is_flag=True, help="Without FILE: keep the answer as a scenario of the force folder.")
@click.option("--sites", "--units", "n_sites", type=int, help="Sites to open, or for mexclp units to place.")
@click.option("--standard-min", type=float, help="Minutes within which a place is covered.")
@click.option("--busy-share", type=float, help="Share of its time for which a unit is busy, 0 to 1 (mexclp).")
@click.option(
    "--fixed", multiple=True, metavar="SITE", help="A site that is open whatever the answer; repeatable."
)
@click.option(
    "--capacity",
    "capacities",
    multiple=True,
    metavar="SITE=NUMBER",
    help="The most demand a site can serve, for mexclp the most units it has room for; repeatable.",
)
@click.option(
    "--alternatives",
    "n_alternatives",
    type=click.IntRange(0),
    default=3,
    show_default=True,
    help="Next best answers to name.",
)
@click.option(
    "--closing", "is_closing", is_flag=True, help="Tell what closing each site of the answer costs."
)
@click.option(
    "--limit-s",
    type=float,
    default=300.0,
    show_default=True,
    help="The longest to work (s); then the best so far.",
)
@as_json
@own_workspace
@click.pass_obj
def locate(
    path: Path,
    /,
    model: str,
    file: Path | None,
    candidates: str,
    hours: str,
    keep: bool,
    capacities: tuple[str, ...],
    own_workspace: Path | None,
    is_json: bool,
    **asked: Any,
) -> None:
    """Tell where units should wait: the best sites of FILE, how sure that is, and the next best.

    pmedian: fewest minutes over all demand. pcentre: shortest longest journey. mclp: most demand within the standard
    time. mexclp: most demand expected to find a free unit within it.

    FILE is CSV with place_id, site_id and minutes a row, and if wanted demand and capacity; or CSV with place_id, if
    wanted demand, and a column of minutes for each site; or the OR-Library's p-median format. Without FILE the sites
    are the workspace's: its stations or places, its journeys and its demand.

    Example: constabulary response locate mexclp minutes.csv --units 12 --standard-min 15 --busy-share 0.4
    """
    from constabulary.services.staffing import siting

    question = siting.Question(model, capacities=dict(_capacity(text) for text in capacities), **asked)
    kept = None
    if file is not None:
        if keep:
            raise click.UsageError("Only sites of the workspace can be kept as a scenario: leave FILE away.")
        result = siting.locate_file(file, question)
    else:
        from constabulary.services.staffing.proposals import keep_proposal
        from constabulary.services.staffing.siting_force import sites_of_force

        workspace = open_workspace(own_workspace or path)
        with bar() as progress:
            result = sites_of_force(workspace, question, candidates, hours, progress=progress)
        kept = keep_proposal(workspace, result) if keep else None
    if is_json:
        answer(result if kept is None else {**result, "scenario": kept})
        return
    most = (
        "how far it is from the best is not known"
        if result["bound"] is None
        else f"none can pass {result['bound']:g}"
    )
    sure = "proven best" if result["proven"] else f"not proven; {most}"
    click.echo(f"{result['objective_is']}: {result['objective']:g} ({sure})")
    if result["covered_share"] is not None:
        click.echo(f"{100.0 * result['covered_share']:.2f} % of {result['demand']:g}")
    if result["mean_min"] is not None:
        click.echo(f"mean journey {result['mean_min']:.2f} min")
    closing = {one["site"]: one for one in result.get("closing", [])}
    names = result.get("names", {})
    header = ["site"] + ["units"] * ("units" in result) + ["without it", "change"] * bool(closing)
    rows = []
    for site in result["sites"]:
        row: list[Any] = [names.get(site, str(site))]
        if "units" in result:
            row.append(result["units"][str(site)])
        if closing:
            row += [_number(closing[site]["objective"]), _number(closing[site]["change"])]
        rows.append(row)
    table(header, rows)
    for number, other in enumerate(result["alternatives"], start=2):
        named = ", ".join(
            names.get(site, str(site)) + (f" x {other['units'][str(site)]}" if "units" in other else "")
            for site in other["sites"]
        )
        click.echo(f"{number}. {other['objective']:g}: {named}")
    if kept is not None:
        click.echo(f"Kept as scenario {kept}.")


def _capacity(text: str) -> tuple[str, float]:
    site, sign, number = text.rpartition("=")
    try:
        return site, float(number if sign else "")
    except ValueError:
        raise click.BadParameter(f'"{text}" is not SITE=NUMBER, such as north=12.') from None


def _number(value: float | None) -> str:
    return "cannot serve all" if value is None else f"{value:g}"
