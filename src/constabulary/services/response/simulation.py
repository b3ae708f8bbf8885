"""Simulation of response: one structure run often enough to be sure, with everything it rests on, kept by its stamp."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np

from constabulary.core.amounts import several
from constabulary.core.answers import written
from constabulary.core.errors import BadInput, Problem, out_of_range
from constabulary.core.progress import Progress, silent
from constabulary.core.provenance import Stamp
from constabulary.registers.access import Permission
from constabulary.response.draws import Floats
from constabulary.response.experiment import Estimate, Experiment, Results, experiment
from constabulary.response.figures import ABOUT, NOTHING, UNITS, Key
from constabulary.response.plain_words import Names, unsure
from constabulary.response.scenario import Scenario
from constabulary.services.response.answers import (
    FigureAnswer,
    Head,
    ResultsAnswer,
    ScenarioAnswer,
    SimulationAnswer,
)
from constabulary.services.response.setup import Ready, make_ready, scenario_of, scenarios_of
from constabulary.services.response.values import rests_on
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.runs import runnable
from constabulary.store.whole import write_whole
from constabulary.store.workspace import Workspace

R = TypeVar("R", bound=Mapping[str, Any])
SCHEMA = 1
REPLICATIONS = 20
SEED = 1
MOST_REPLICATIONS = 10_000
PROPOSAL_SCHEMA = 3
"""Version of what rotas, officers and sites are kept as; those of another are not shown."""
RESULTS = "response"


def simulate(
    workspace: Workspace,
    scenario: Path | None = None,
    replications: int = REPLICATIONS,
    seed: int = SEED,
    *,
    weeks: int | None = None,
    half_width: float | None = None,
    progress: Progress = silent,
) -> SimulationAnswer:
    """Simulate one structure and return every figure with its interval, as plain JSON values.

    Parameters
    ----------
    workspace
        Whose force folder and records.
    scenario
        A scenario file; None: the force folder as it stands.
    replications
        How many, or the most where a half-width is wanted.
    seed
        The same seed gives the same result.
    weeks
        Weeks to simulate instead of the scenario's.
    half_width
        Half-width to reach of the share of the most urgent grade within target; None: all replications are run.
    progress
        Told how far it is; may stop it.

    Raises
    ------
    BadInput
        With everything that is wrong with the scenario, or if the number of replications is out of range.
    """
    check_numbers(replications, seed, weeks, half_width)
    ready = make_ready(workspace, scenario_of(workspace, scenario), weeks)
    stamp = stamp_of("simulation", [ready], replications, seed, half_width)

    def work_out() -> SimulationAnswer:
        main = Key("within_target_share", ready.setup.grade_ids[0])
        wanted = None if half_width is None else {main: half_width}
        made = experiment([ready.setup], replications, seed, wanted=wanted, progress=progress)
        reached = made.results[0].figures[main].half_width
        warnings = (*_not_as_sure(half_width, reached, made.n_replications), *_unsure(workspace, made, main))
        return {
            "schema": SCHEMA,
            "kind": "simulation",
            **head(workspace, [ready], made, warnings),
            "scenario": scenario_json(ready),
            **results_json(made.results[0]),
            "rests_on": [written(one) for one in rests_on(force_of(workspace), ready.scenario)],
            "stamp": stamp.as_json(),
        }

    return kept_or(workspace, stamp, SCHEMA, work_out)


@runnable("response.simulate", Permission.RUN_WORK)
def simulate_run(
    workspace: Workspace, *, scenario: str, replications: int, weeks: int, by: str, progress: Progress
) -> Mapping[str, Any]:
    """Simulate a scenario of the force folder (a file name, or empty) as long work; the result is kept by its stamp."""
    path = scenario_path(workspace, scenario)
    found = simulate(workspace, path, replications, weeks=weeks, progress=progress)
    return {"kind": "simulation", "stamp": found["stamp"]["id"], "name": found["scenario"]["name"]}


def scenario_path(workspace: Workspace, name: str) -> Path | None:
    """Return where a scenario of the force folder is, by its file's name; None for the folder as it stands.

    Raises
    ------
    BadInput
        If there is none of that name.
    """
    if not name:
        return None
    found = {path.name: path for path in scenarios_of(force_of(workspace))}
    if name not in found:
        raise BadInput(
            Problem(
                "unknown_scenario",
                f'"{name}" is no scenario of the force folder.',
                column="scenario",
                value=name,
                expected=", ".join(found) or "none yet",
            )
        )
    return found[name]


def check_numbers(replications: int, seed: int, weeks: int | None, half_width: float | None = None) -> None:
    """Refuse numbers that cannot be used.

    Raises
    ------
    BadInput
        With all of them.
    """
    checks = (
        ("replications", replications, 1, MOST_REPLICATIONS),
        ("seed", seed, 0, 2**31),
        ("weeks", 1 if weeks is None else weeks, 1, 520),
    )
    problems = [
        out_of_range(name, value, f"{least:,} to {most:,}")
        for name, value, least, most in checks
        if not least <= value <= most
    ]
    if half_width is not None and not 0.0 < half_width < 1.0:
        problems.append(out_of_range("half_width", half_width, "a share above 0 and below 1, such as 0.005"))
    if problems:
        raise BadInput(problems)


def stamp_of(
    kind: str, ready: Sequence[Ready], replications: int, seed: int, half_width: float | None = None
) -> Stamp:
    """Return the stamp of an experiment: folder, records, all that is tried, what was asked, versions and seed.

    Parameters
    ----------
    kind
        What is made of it (simulation, appraisal, effect, calibration, day), so that each has stamps of its own.
    ready
        The structures.
    replications, seed, half_width
        As for `simulate`.
    """
    inputs: dict[str, str] = {}
    for one in ready:
        inputs |= one.inputs
    asked = {
        "kind": kind,
        "scenarios": [_tried(one.scenario) for one in ready],
        "replications": replications,
        "half_width": half_width,
        "assumptions": [_plain(one.setup.values) for one in ready],
        "versions": {"numpy": np.__version__, "scipy": version("scipy"), "numba": numba.__version__},
    }
    return Stamp(inputs, asked, seed=seed)


def _tried(scenario: Scenario) -> dict[str, Any]:
    """Return all of a scenario that changes figures; travel files and values are stamped by their content elsewhere."""
    said = ("about", "assumptions", "matrix", "roads", "sha256", "values")
    return _plain({name: value for name, value in asdict(scenario).items() if name not in said})


def _not_as_sure(wanted: float | None, reached: float | None, replications: int) -> tuple[str, ...]:
    """Return the warning that the most urgent grade's figure is less sure than wanted, if it is."""
    if wanted is None or (reached is not None and reached <= wanted):
        return ()
    found = "none could be told" if reached is None else f"it is {reached:.3g}"
    return (
        f"The half-width of {wanted:g} was not reached in {several(replications, 'replication')}: {found}. "
        "Ask for more replications, or for longer runs.",
    )


def _unsure(workspace: Workspace, made: Experiment, main: Key) -> list[str]:
    """Return the warning that runs are few or the most urgent grade's figure is not sure, if so."""
    names = {grade.id: grade.name for grade in force_of(workspace).grades}
    return unsure(
        made.n_replications, made.results[0].figures[main].half_width, Names({main.of: names[main.of]}, {})
    )


def head(
    workspace: Workspace, ready: Sequence[Ready], made: Experiment, warnings: Sequence[str] = ()
) -> Head:
    """Return what every result of simulation begins with; warnings are added to those of the structures."""
    first = ready[0]
    warnings = list(dict.fromkeys([*(text for one in ready for text in one.warnings), *warnings]))
    return {
        "force": force_of(workspace).name,
        "simulated": True,
        "synthetic": any(one.is_synthetic for one in ready),
        "replications": made.n_replications,
        "level": made.level,
        "seed": made.seed,
        "weeks": first.scenario.weeks,
        "from": first.setup.clock.first_on.isoformat(),
        "travel": first.setup.travel_how,
        "targets": [
            {"grade": one.grade, "setting": one.setting, "seconds": one.seconds, "from": one.clock_start}
            for one in force_of(workspace).targets
            if one.grade in first.setup.grade_ids
        ],
        "warnings": warnings,
    }


def scenario_json(ready: Ready) -> ScenarioAnswer:
    """Return what was tried."""
    scenario = ready.scenario
    areas: dict[str, tuple[str, ...]] = dict.fromkeys(ready.setup.area_ids, ())
    for district, area in zip(ready.setup.places.district_ids, ready.setup.area_of_district, strict=True):
        name = ready.setup.area_ids[area]
        areas[name] = (*areas[name], district)
    return {
        "name": scenario.name,
        "about": scenario.about,
        "areas": {name: list(districts) for name, districts in areas.items()},
        "pools": scenario.pools,
        "demand": scenario.demand,
        "demand_factor": scenario.factor,
        "incidents_a_year": ready.n_a_year * scenario.factor,
        "posts_added": [written(one) for one in scenario.posts],
        "cost_gbp_a_year": ready.cost_gbp,
        "cost_gbp_once": scenario.once_gbp,
    }


def results_json(results: Results) -> ResultsAnswer:
    """Return figures, figures by hour and what is not kept up with."""
    return {
        "figures": [figure_json(results, key, one) for key, one in results.figures.items()],
        "by_hour_of_week": [
            {
                "figure": key.figure,
                "of": key.of,
                "by": key.by,
                "part": key.part,
                "unit": "hours" if key.figure == "uncommitted_h" else UNITS[key.figure],
                "mean": numbers(mean),
                "half_width": numbers(half),
            }
            for key, (mean, half) in results.hours.items()
            if not results.reason(key)
        ],
        "unstable": dict(results.unstable),
    }


def figure_json(results: Results, key: Key, one: Estimate) -> FigureAnswer:
    """Return one figure with its interval, or null for what is not known and the reason."""
    row: FigureAnswer = {
        "figure": key.figure,
        "of": key.of,
        "by": key.by,
        "part": key.part,
        "unit": UNITS[key.figure],
        "mean": one.mean,
        "half_width": one.half_width,
        "n": one.n,
    }
    reason = results.reason(key)
    if reason:
        return {**row, "mean": None, "half_width": None, "reason": reason}
    if one.mean is None:
        return {**row, "reason": NOTHING.get(key.figure, "There was nothing to count.")}
    if one.half_width is None:
        return {**row, "reason": "One replication does not tell how sure the figure is."}
    return row


def about(figure: str) -> str:
    """Return what a figure is, in a sentence."""
    return ABOUT[figure]


def numbers(values: Floats) -> list[float | None]:
    """Return numbers as JSON can hold them: null where there is none."""
    return [None if math.isnan(value) else float(value) for value in values]


def keep(workspace: Workspace, result: Mapping[str, Any]) -> None:
    """Keep a result under its stamp; its numbers are all numbers, for pages and the API hand it on as it is."""
    path = _path(workspace, result["stamp"]["id"])
    write_whole(path, json.dumps(result, ensure_ascii=False, allow_nan=False))


def kept_or(workspace: Workspace, stamp: Stamp, schema: int, work_out: Callable[[], R]) -> R:
    """Return the result kept under a stamp; where there is none of this shape, work it out and keep it.

    Parameters
    ----------
    workspace
        Whose results.
    stamp
        What the result rests on.
    schema
        Version of its shape.
    work_out
        Returns it, with its shape as `schema` and its stamp as `stamp`.
    """
    kept = kept_result(workspace, stamp.id)
    if kept is not None and kept["schema"] == schema:
        return cast(R, kept)
    result = work_out()
    keep(workspace, result)
    return result


def kept_result(workspace: Workspace, stamp_id: str) -> dict[str, Any] | None:
    """Return the result kept under a stamp; None if there is none."""
    path = _path(workspace, stamp_id)
    if not stamp_id.isalnum() or not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def kept_results(workspace: Workspace, *kinds: str, most: int = 20) -> list[dict[str, Any]]:
    """Return kept results of some kinds (simulation, appraisal, effect), the latest first, `most` of them at most."""
    paths = sorted(
        (workspace.results_path / RESULTS).glob("*.json"),
        key=lambda path: (-path.stat().st_mtime_ns, path.name),
    )
    found: list[dict[str, Any]] = []
    for path in paths:
        one = json.loads(path.read_text(encoding="utf-8"))
        if one.get("kind") in kinds:
            found.append(one)
        if len(found) == most:
            break
    return found


def _path(workspace: Workspace, stamp_id: str) -> Path:
    return workspace.results_path / RESULTS / f"{stamp_id}.json"


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(values, sort_keys=True, default=str))
    return plain


def scenario_names(workspace: Workspace) -> list[tuple[str, Scenario]]:
    """Return file name and scenario of each scenario of the force folder that can be read."""
    return [(path.name, scenario_of(workspace, path)) for path in scenarios_of(force_of(workspace))]
