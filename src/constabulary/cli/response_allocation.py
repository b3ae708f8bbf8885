"""The command that proposes officers by district and shift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from constabulary.cli.options import answer, as_json, bar, in_workspace, table
from constabulary.core.amounts import money
from constabulary.services.workspace.workspaces import Workspace


@click.command("allocate")
@click.option(
    "--goal",
    type=click.Choice(["best", "equal", "targets"]),
    default="best",
    show_default=True,
    help="Most in time at fixed cost; the worst district best at it; each district's target at least cost",
)
@click.option(
    "--posts-added", type=float, default=0.0, show_default=True, help="Posts beyond those there are (FTE)."
)
@click.option(
    "--target-share",
    type=float,
    default=0.9,
    show_default=True,
    help="Share of each district's most urgent incidents to reach in time.",
)
@click.option(
    "--confidence", type=float, default=0.95, show_default=True, help="How sure the choice is to be."
)
@click.option(
    "--difference",
    type=float,
    default=0.01,
    show_default=True,
    help="The smallest difference in share worth minding.",
)
@click.option(
    "--replications", type=int, default=30, show_default=True, help="Replications of each option at most."
)
@click.option("--weeks", type=int, default=8, show_default=True, help="Weeks of each replication.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same answer.")
@click.option(
    "--scenario", type=click.Path(path_type=Path, dir_okay=False), help="A scenario file to begin from."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the proposal there as a scenario file.",
)
@click.option("--keep", is_flag=True, help="Keep the proposal as a scenario of the force folder.")
@as_json
@in_workspace
def allocate(
    workspace: Workspace, scenario: Path | None, out: Path | None, keep: bool, is_json: bool, **asked: Any
) -> None:
    """Propose officers by district and shift: formulas give them out, simulation in the same luck chooses.

    The most urgent grade decides. Options are sampled until one is the best, or within the difference worth minding of
    it, with the confidence asked for, or the replications run out, and the answer says which.

    Example: constabulary response allocate --goal equal --posts-added 20 --out equal.toml
    """
    from constabulary.services.staffing import allocation, proposals
    from constabulary.services.staffing.allocation_judging import AllocationQuestion

    with bar() as progress:
        result = allocation.allocate(workspace, AllocationQuestion(**asked), scenario, progress=progress)
    if out is not None:
        out.write_text(proposals.proposal_text(workspace, result, scenario), encoding="utf-8", newline="")
    kept = proposals.keep_proposal(workspace, result, scenario) if keep else None
    if is_json:
        answer(result if kept is None else {**result, "scenario": kept})
        return
    _tell(result)
    if kept is not None:
        click.echo(f"Kept as scenario {kept}.")
    for warning in result["warnings"]:
        click.echo(f"Note: {warning}", err=True)


def _tell(result: Mapping[str, Any]) -> None:
    click.echo(f"Chosen: {result['chosen']} ({_sure(result)}).")
    _tell_options(result["options"])
    click.echo("In time now and as proposed, side by side in luck that neither was chosen by:")
    _tell_changes(result)
    click.echo("Officers rostered on each shift, now and proposed:")
    _tell_officers(result)
    click.echo("Frontier:")
    _tell_frontier(result["frontier"])
    if result["hypercube"]:
        told = "exact" if result["hypercube"][0]["exact"] else "approximate"
        click.echo(f"The hypercube model ({told}) beside simulation:")
        _tell_hypercube(result["hypercube"])


def _tell_options(options: Sequence[Mapping[str, Any]]) -> None:
    others = list(options[0]["other_grades"])
    table(
        [
            "option",
            "in time",
            "worst district",
            *(f"{grade} in time" for grade in others),
            "replications",
            "verdict",
        ],
        [
            [
                one["name"],
                f"{one['within_share']:.3f}",
                f"{one['worst_share']:.3f}",
                *(f"{one['other_grades'][grade]:.3f}" for grade in others),
                one["n"],
                one["verdict"],
            ]
            for one in options
        ],
    )


def _tell_changes(result: Mapping[str, Any]) -> None:
    table(
        ["of", "now", "proposed", "change", "plus or minus"],
        [
            [
                name,
                *(_places(one[key]) for key in ("within_share_now", "within_share")),
                _places(one["change"], "+"),
                _places(one["change_half_width"]),
            ]
            for name, one in (
                *((one["grade"], one) for one in result["changes_by_grade"]),
                *((f"{result['grade']}, {one['name']}", one) for one in result["changes_by_district"]),
            )
        ],
    )


def _tell_officers(result: Mapping[str, Any]) -> None:
    times = [f"{one['starts_at']} {one['length_min'] / 60:g} h" for one in result["shifts"]]
    table(
        ["district", *times, "posts now", "posts proposed"],
        [
            [
                row["name"],
                *(f"{a:.1f} to {b:.1f}" for a, b in zip(row["now"], row["proposed"], strict=True)),
                f"{row['posts_now']:.1f}",
                f"{row['posts_proposed']:.1f}",
            ]
            for row in result["allocation"]
        ],
    )


def _tell_frontier(points: Sequence[Mapping[str, Any]]) -> None:
    table(
        ["posts", "cost a year", "in time", "plus or minus", "worst district", "given out"],
        [
            [
                f"{one['posts']:.0f}",
                money(one["cost_gbp_a_year"], 0),
                f"{one['within_share']:.3f}",
                f"{one['half_width']:.3f}",
                f"{one['worst_share']:.3f}",
                one["given"],
            ]
            for one in points
        ],
    )


def _tell_hypercube(districts: Sequence[Mapping[str, Any]]) -> None:
    table(
        ["district", "busy", "simulated", "journey, min", "simulated", "from elsewhere", "simulated"],
        [
            [
                one["name"],
                *(
                    _places(one[f"{whose}_{what}"], "", places)
                    for what, places in (("busy_share", 3), ("travel_min", 1), ("cross_border_share", 3))
                    for whose in ("hypercube", "simulated")
                ),
            ]
            for one in districts
        ],
    )


def _sure(result: Mapping[str, Any]) -> str:
    if not result["is_confident"]:
        return "not surely: the replications ran out"
    share = f"with {result['confidence']:.0%} confidence"
    if result["goal"] == "targets":
        return f"{share} often enough in every district"
    return f"{share} the best of those tried, or within {result['difference']:g} of it"


def _places(value: float | None, sign: str = "", places: int = 3) -> str:
    return "" if value is None else f"{round(value, places) + 0.0:{sign}.{places}f}"
