"""Commands on response: queues of callers, agents needed, units and where they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from constabulary.cli.options import Group, answer, as_json, table, without_workspace
from constabulary.cli.response_allocation import allocate
from constabulary.cli.response_compiling import compile_engines
from constabulary.cli.response_rota import rota
from constabulary.cli.response_simulation import appraise, assumptions, calibrate, simulate
from constabulary.cli.response_siting import locate

patience = click.option(
    "--patience-s",
    type=float,
    help="Mean time after which a waiting caller gives up (s); without it nobody does.",
)


@click.group("response", cls=Group)
def response_group() -> None:
    """Work out who answers and who is sent."""


response_group.add_command(simulate)
response_group.add_command(appraise)
response_group.add_command(assumptions)
response_group.add_command(calibrate)
response_group.add_command(locate)
response_group.add_command(rota)
response_group.add_command(allocate)
response_group.add_command(compile_engines)


@response_group.command("erlang")
@click.option("--calls-per-h", type=float, required=True, help="Calls an hour.")
@click.option("--handling-s", type=float, required=True, help="Mean handling time, wrap-up too (s).")
@click.option("--agents", type=int, required=True, help="Agents answering.")
@patience
@click.option(
    "--within-s", type=float, default=10.0, show_default=True, help="The time to answer within (s)."
)
@as_json
@without_workspace
def erlang(
    calls_per_h: float,
    handling_s: float,
    agents: int,
    patience_s: float | None,
    within_s: float,
    is_json: bool,
) -> None:
    """Tell by formula how a queue of callers fares.

    Erlang B: share of calls lost if none could wait. Erlang C: all wait as long as it takes. Erlang A: callers give up.
    Shares are of all callers, those who give up too, unless the name says otherwise.

    Example: constabulary response erlang --calls-per-h 37 --handling-s 420 --agents 6 --patience-s 180 --within-s 30
    """
    from constabulary.services.response import formulas as response

    result: Mapping[str, Any] = response.erlang(calls_per_h, handling_s, agents, within_s, patience_s)
    if is_json:
        answer(result)
        return
    rows = [["erlang_b", "blocking", _share(result["erlang_b"]["blocking"])]]
    for formula in ("erlang_c", "erlang_a"):
        for name, value in (result[formula] or {}).items():
            shown = "" if value is None else f"{value:.1f}" if name.endswith("_s") else _share(value)
            rows.append([formula, name, shown])
    table(["formula", "measure", "value"], rows)
    for formula, reason in result["reason"].items():
        click.echo(f"{formula}: {reason}")


@response_group.command("staff")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--within-s", type=float, default=10.0, show_default=True, help="The time to answer within (s)."
)
@click.option(
    "--target-share",
    type=float,
    default=0.9,
    show_default=True,
    help="Share of all callers to answer in it, 0 to 1.",
)
@patience
@as_json
@without_workspace
def staff(file: Path, within_s: float, target_share: float, patience_s: float | None, is_json: bool) -> None:
    """Tell how many agents each interval of FILE needs, by Erlang C, or by Erlang A if a patience is given.

    FILE is CSV with the columns start (2024-03-04T08:00), calls (in the interval) and handling_s (mean), a row for
    each interval, all of one length, in order. Work carried over from one interval to the next is counted.

    Example: constabulary response staff calls.csv --within-s 30 --target-share 0.8
    """
    from constabulary.services.response import formulas as response

    result = response.staff(file, within_s, target_share, patience_s)
    if is_json:
        answer(result)
        return
    table(
        ["start", "load", "lagged load", "agents", "answered in time", "occupancy"],
        [
            [
                one["start"],
                f"{one['load_erlangs']:.2f}",
                f"{one['lagged_load_erlangs']:.2f}",
                one["agents"],
                _share(one["within_share"]),
                _share(one["occupancy"]),
            ]
            for one in result["intervals"]
        ],
    )


@response_group.command("hypercube")
@click.argument("model", type=click.Path(path_type=Path, dir_okay=False))
@as_json
@without_workspace
def hypercube(model: Path, is_json: bool) -> None:
    """Tell how busy each unit is and which is sent where, by Larson's hypercube model.

    MODEL is JSON: {"atoms": [{"rate": 0.5}, ...], "service_rate": 1, "preferences": [[0, 1], ...], "line": "infinite"}.
    Each atom's list has every unit number from 0 once, the first choice first. Line is infinite (calls wait) or zero
    (they are lost). Exact to 18 units, approximate for any number; the approximation is for units asked in many orders.

    Example: constabulary response hypercube model.json
    """
    from constabulary.services.response import formulas as response

    result = response.solve_hypercube(model)
    if is_json:
        answer(result)
        return
    _print_units(result)
    for part, reason in result["reason"].items():
        click.echo(f"{part}: {reason}")


def _print_units(result: Mapping[str, Any]) -> None:
    approximate = (result["approximate"] or {}).get("utilisation", [])
    exact = result["utilisation"] or [None] * len(approximate)
    table(
        ["unit", "busy", "busy, approximate"],
        [[unit, _share(exact[unit]), _share(approximate[unit])] for unit in range(len(approximate))],
    )
    for name, what in (("wait_probability", "wait"), ("loss_probability", "are lost")):
        if result.get(name) is not None:
            click.echo(f"{_share(result[name])} of calls find every unit busy and {what}.")


def _share(value: float | None) -> str:
    return "" if value is None else f"{100.0 * value:.2f} %"
