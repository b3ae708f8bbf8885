"""Commands on simulated response: one structure, several beside each other, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from constabulary.cli.options import answer, as_json, bar, in_workspace, table
from constabulary.core.amounts import several
from constabulary.services.workspace.workspaces import Workspace

SHOWN = (
    *("within_target_share", "median_s", "p90_s", "full_median_s", "queue_mean", "queue_most"),
    *("uncommitted_share", "visible_officer_h", "cross_border_share", "preempted_share", "late_share"),
    *("worst_within_target_share", "custody_wait_p90_s", "answered_10_s_share", "answered_30_s_share"),
    *("abandoned_share", "investigation_mean_days", "investigator_load"),
)
replications = click.option(
    "--replications", type=int, default=20, show_default=True, help="How often it is simulated."
)
seed = click.option("--seed", type=int, default=1, show_default=True, help="Seed of the random numbers.")
weeks = click.option("--weeks", type=int, help="Weeks to simulate, instead of the scenario's.")


@click.command("simulate")
@click.option(
    "--scenario",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A scenario file; without it the force folder as it stands.",
)
@replications
@seed
@weeks
@click.option(
    "--half-width",
    type=float,
    help="Stop when the share within target of the most urgent grade is this sure (0.005: half a percentage point).",
)
@as_json
@in_workspace
def simulate(
    workspace: Workspace,
    scenario: Path | None,
    replications: int,
    seed: int,
    weeks: int | None,
    half_width: float | None,
    is_json: bool,
) -> None:
    """Simulate response and tell how fast, how often in time, how much patrol, with intervals.

    Example: constabulary response simulate --scenario my-force/response/scenarios/two_areas.toml --replications 50
    """
    from constabulary.services.response import simulation as response_simulation

    with bar() as progress:
        result = response_simulation.simulate(
            workspace, scenario, replications, seed, weeks=weeks, half_width=half_width, progress=progress
        )
    if is_json:
        answer(result)
        return
    click.echo(
        f"{result['scenario']['name']}: {several(result['replications'], 'replication')} of "
        f"{several(result['weeks'], 'week')}"
    )
    table(
        ["figure", "of", "mean", "plus or minus", "unit"],
        [
            [one["figure"], one["of"], shown(one["mean"], one), shown(one["half_width"], one), one["unit"]]
            for one in result["figures"]
            if one["by"] == "all" and one["figure"] in SHOWN
        ],
    )
    for of, reason in result["unstable"].items():
        click.echo(f"{of}: {reason}")
    for warning in result["warnings"]:
        click.echo(f"Note: {warning}", err=True)


@click.command("appraise")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@replications
@seed
@weeks
@click.option(
    "--paper",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the paper to this file too, a .pdf or .xlsx.",
)
@as_json
@in_workspace
def appraise(
    workspace: Workspace,
    files: tuple[Path, ...],
    replications: int,
    seed: int,
    weeks: int | None,
    paper: Path | None,
    is_json: bool,
) -> None:
    """Compare scenario FILES, the first being what the others are held against, with the same luck for all.

    Without FILES the scenarios in response/scenarios of the force folder are compared.

    Example: constabulary response appraise six_districts.toml two_areas.toml --replications 50 --paper options.pdf
    """
    from constabulary.services.response import appraisal as response_appraisal

    if paper is not None and paper.suffix.lower() not in (".pdf", ".xlsx"):
        raise click.BadParameter("name a file that ends in .pdf or .xlsx", param_hint="--paper")
    with bar() as progress:
        result = response_appraisal.appraise_options(
            workspace, files, replications, seed, weeks=weeks, progress=progress
        )
    if paper is not None:
        _write_paper(workspace, result, paper)
    if is_json:
        answer(result)
        return
    for sentence in result["summary"]:
        click.echo(f"{sentence}\n")
    for option in result["options"][1:]:
        click.echo(f"{option['name']}\n")
        for sentence in option["in_words"]:
            click.echo(f"  {sentence}")
        click.echo()
    _print_compared(result)
    for warning in result["warnings"]:
        click.echo(f"Note: {warning}", err=True)


@click.command("calibrate")
@click.option(
    "--scenario", type=click.Path(path_type=Path, dir_okay=False), help="A scenario file to begin with."
)
@seed
@weeks
@as_json
@in_workspace
def calibrate(
    workspace: Workspace, scenario: Path | None, seed: int, weeks: int | None, is_json: bool
) -> None:
    """Set assumptions by the workspace's incidents, and judge the model by the weeks that were not used.

    The values found are printed as the section of a scenario file.

    Example: constabulary response calibrate --weeks 26
    """
    from constabulary.services.response import calibration as response_calibration

    with bar() as progress:
        result = response_calibration.calibrate(workspace, scenario, seed, weeks=weeks, progress=progress)
    if is_json:
        answer(result)
        return
    click.echo(result["toml"])
    table(
        ["figure", "grade", "level", "place", "records", "model", "records p90", "model p90", "distance"],
        [
            [
                one["figure"],
                one["grade"],
                one["by"],
                one["area"] or "all",
                *(
                    "" if one[name] is None else f"{one[name]:,.0f}"
                    for name in ("observed", "simulated", "observed_p90", "simulated_p90")
                ),
                "" if one["distance"] is None else f"{one['distance']:.2f}",
            ]
            for one in result["validation"]
            if one["figure"] == "response_s"
        ],
    )
    for warning in result["warnings"]:
        click.echo(f"Note: {warning}", err=True)


@click.command("assumptions")
@click.option("--scenario", type=click.Path(path_type=Path, dir_okay=False), help="A scenario file.")
@as_json
@in_workspace
def assumptions(workspace: Workspace, scenario: Path | None, is_json: bool) -> None:
    """List what a simulation rests on: each value with its source, or called assumed.

    Example: constabulary response assumptions
    """
    from constabulary.services.response.setup import scenario_of
    from constabulary.services.response.values import rests_on
    from constabulary.services.workspace.force import force_of

    found = rests_on(force_of(workspace), scenario_of(workspace, scenario))
    if is_json:
        answer({"schema": 1, "rests_on": [one.as_json() for one in found]})
        return
    table(
        ["name", "value", "unit", "status", "from", "what"],
        [[one.name, _brief(one.value), one.unit, one.status, one.where, one.title] for one in found],
    )


def _write_paper(workspace: Workspace, result: Mapping[str, Any], path: Path) -> None:
    from constabulary.render import documents
    from constabulary.web.response.paper import paper_of

    form = path.suffix.lower().removeprefix(".")
    written = paper_of(workspace, result, has_pictures=form == "pdf")
    path.write_bytes(documents.FORMS[form](written))
    click.echo(f"Wrote {path}.", err=True)


def _print_compared(result: Mapping[str, Any]) -> None:
    """Print a row a figure and a column an option: the first's figures, then what each other changes."""
    first = result["options"][0]
    changes = {
        (one["option"], one["figure"], one["of"]): one for one in result["differences"] if one["by"] == "all"
    }
    rows = []
    for one in first["figures"]:
        if one["by"] != "all" or one["figure"] not in SHOWN or one["mean"] is None:
            continue
        others = [changes[option["name"], one["figure"], one["of"]] for option in result["options"][1:]]
        # What no option moves is left to --json.
        if any(other["verdict"] != "same" for other in others):
            rows.append(
                [
                    one["figure"],
                    one["of"],
                    shown(one["mean"], one),
                    *(f"{_changed(other)} {_SIGNS[other['verdict']]}".rstrip() for other in others),
                ]
            )
    table(["figure", "of", *(option["name"] for option in result["options"])], rows)
    click.echo(
        "\nThe first column of figures is the first option's own; the others are changes (shares in points), each "
        "with half its interval. + better, - worse, ? not clear."
    )


_SIGNS = {"better": "+", "worse": "-", "not clear": "?", "same": "", "neither": ""}


def _changed(one: Mapping[str, Any]) -> str:
    if one["mean"] is None:
        return ""
    scale = 100.0 if one["unit"] == "share" else 1.0
    places = 0 if one["unit"] in ("seconds", "hours_per_week", "count_per_week") else 1
    half = "" if one["half_width"] is None else f" ± {scale * one['half_width']:,.{places}f}"
    return f"{scale * one['mean']:+,.{places}f}{half}"


def shown(value: float | None, figure: Mapping[str, Any]) -> str:
    """Return a figure as a table shows it."""
    if value is None:
        return ""
    if figure["unit"] == "share":
        return f"{100 * value:.1f} %"
    return (
        f"{value:,.0f}"
        if figure["unit"] in ("seconds", "hours_per_week", "count_per_week")
        else f"{value:,.2f}"
    )


def _brief(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
