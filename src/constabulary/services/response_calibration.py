"""Calibration of simulated response to a workspace's own incidents, and its validation on the weeks left out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.progress import Progress, silent
from constabulary.registers.access import Permission
from constabulary.response.calibration import (
    SPREAD,
    Comparison,
    Fit,
    Observed,
    halves,
    moments,
    observed_of,
    simulated_of,
    tune,
    validate,
)
from constabulary.response.draws import Luck
from constabulary.response.scenario import Scenario
from constabulary.response.setup import run
from constabulary.services.force import force_of
from constabulary.services.lens import view_of
from constabulary.services.response_setup import Ready, make_ready, scenario_of
from constabulary.services.response_simulation import (
    SEED,
    check_numbers,
    keep,
    kept_result,
    scenario_path,
    stamp_of,
)
from constabulary.services.runs import runnable
from constabulary.store.workspace import Workspace

SCHEMA = 1
LEAST_RECORDS = 200
CIRCUITY = (1.0, 4.0)
FAR = 0.3
"""Distributions farther apart than this (Kolmogorov and Smirnov) are told."""
END_SHARE = 0.05
"""A figure this much off after calibration is told."""


def calibrate(
    workspace: Workspace,
    scenario: Path | None = None,
    seed: int = SEED,
    *,
    weeks: int | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Set assumptions by the workspace's incidents, one at a time, and judge them by the weeks not used.

    Incidents are replayed as recorded. Time at the scene, its spread and units beyond the first are taken from the
    records of every other week; then `circuity` is moved until travel of the most urgent grade has their median.

    Parameters
    ----------
    workspace
        Whose force folder and incidents.
    scenario
        A scenario file to begin with; None: the folder as it stands.
    seed
        Seed of what the records do not tell.
    weeks
        Weeks to use instead of the scenario's.
    progress
        Told how far it is; may stop it.

    Raises
    ------
    BadInput
        If there are too few incidents that were attended.
    """
    check_numbers(1, seed, weeks)
    tried = replace(scenario_of(workspace, scenario), demand="records")
    ready = make_ready(workspace, tried, weeks)
    stamp = stamp_of("calibration", [ready], 1, seed)
    kept = kept_result(workspace, stamp.id)
    if kept is not None:
        return kept
    records = _records(workspace, ready)
    if len(records.grade) < LEAST_RECORDS:
        raise BadInput(
            Problem(
                "too_few_records",
                f"{len(records.grade):,} incidents with a place, a unit sent and its arrival can be used.",
                expected=f"{LEAST_RECORDS} or more",
                remedy="Import incidents with dispatched_at and arrived_at.",
            )
        )
    n_grades = len(ready.setup.grade_ids)
    first, second = halves(records)
    fits = moments(first, ready.setup.values, n_grades)
    values: dict[str, Any] = {**tried.values, **{fit.name: fit.after for fit in fits}}
    fits.append(_travel(workspace, tried, values, first, seed, weeks, progress))
    values["circuity"] = fits[-1].after
    progress(1, 1, "Judging by the weeks not used")
    fitted = make_ready(workspace, replace(tried, values=values), weeks)
    model = simulated_of(fitted.setup, run(fitted.setup, Luck(seed, 0)))
    compared = validate(
        second, halves(model)[1], n_grades, len(fitted.setup.places.district_ids), fitted.setup.clock
    )
    force = force_of(workspace)
    names = {district.id: district.name for district in force.districts}
    result = {
        "schema": SCHEMA,
        "kind": "calibration",
        "force": force.name,
        "simulated": True,
        "synthetic": ready.is_synthetic,
        "scenario": tried.name,
        "replications": 1,
        "seed": seed,
        "weeks": ready.scenario.weeks,
        "from": ready.setup.clock.first_on.isoformat(),
        "travel": fitted.setup.travel_how,
        "n_fitted": len(first.grade),
        "n_judged": len(second.grade),
        "fits": [vars(fit) for fit in fits],
        "values": values,
        "toml": toml_of(fits),
        "validation": [_comparison(one, fitted, names) for one in compared],
        "warnings": [*ready.warnings, *_at_an_end(fits[-1]), *_far_apart(force, ready, compared)],
        "stamp": stamp.as_json(),
    }
    keep(workspace, result)
    return result


@runnable("response.calibrate", Permission.RUN_WORK)
def calibrate_run(
    workspace: Workspace, *, scenario: str, weeks: int, by: str, progress: Progress
) -> Mapping[str, Any]:
    """Calibrate a scenario of the force folder (a file name, or empty) as long work, kept by its stamp."""
    found = calibrate(workspace, scenario_path(workspace, scenario), weeks=weeks, progress=progress)
    return {"kind": "calibration", "stamp": found["stamp"]["id"], "name": found["scenario"]}


def toml_of(fits: list[Fit]) -> str:
    """Return the values found as the section of a scenario file."""
    return "\n".join(["[values]", *(f"{fit.name} = {fit.after}" for fit in fits)]) + "\n"


def _records(workspace: Workspace, ready: Ready) -> Observed:
    frame = view_of(workspace).lens.sql(
        "SELECT received_at, dispatched_at, arrived_at, grade, lsoa_code, n_units, on_scene_s FROM incidents"
    )
    places = ready.setup.places
    district = dict(zip(places.codes, places.district.tolist(), strict=True))
    return observed_of(frame, district, list(ready.setup.grade_ids), ready.setup.clock)


def _travel(
    workspace: Workspace,
    tried: Scenario,
    values: dict[str, Any],
    records: Observed,
    seed: int,
    weeks: int | None,
    progress: Progress,
) -> Fit:
    """Move the circuity until the most urgent grade travels as long as in the records, half of the time."""
    wanted = float(_median(records.travel_s[records.grade == 0]))
    steps = [0]

    def at(circuity: float) -> float:
        steps[0] += 1
        progress(steps[0], 14, f"Travel with circuity {circuity:.2f}")
        ready = make_ready(workspace, replace(tried, values={**values, "circuity": circuity}), weeks)
        model = halves(simulated_of(ready.setup, run(ready.setup, Luck(seed, 0))))[0]
        return float(_median(model.travel_s[model.grade == 0]))

    start = float(make_ready(workspace, tried, weeks).setup.values["circuity"])
    value, figure = tune(at, wanted, start, *CIRCUITY)
    n = int((records.grade == 0).sum())
    return Fit(
        "circuity", start, round(value, 3), wanted, figure, "median travel of the most urgent grade (s)", n
    )


def _at_an_end(fit: Fit) -> list[str]:
    """Return a warning where the records lie beyond what an assumption can reach."""
    if abs(fit.simulated - fit.observed) <= END_SHARE * abs(fit.observed):
        return []
    way = "shorter" if fit.observed < fit.simulated else "longer"
    return [
        f"Even at {fit.name} {fit.after:g} the model's {fit.figure} is {fit.simulated:,.0f}, and the records' "
        f"{fit.observed:,.0f} is {way}: something else sets it, such as speeds, bases or what the records call travel."
    ]


def _far_apart(force: Force, ready: Ready, compared: list[Comparison]) -> list[str]:
    """Return a warning for each grade whose response times the model does not follow."""
    names = {grade.id: grade.name for grade in force.grades}
    return [
        f"Half of {names[ready.setup.grade_ids[one.grade]]} incidents are reached within {one.simulated / 60:.1f} "
        f"minutes in the model and {one.observed / 60:.1f} in the records: there the model cannot stand in for the "
        "records. What makes them wait in the records, such as a decision to attend later, is not in it."
        for one in compared
        if one.figure == "response_s" and one.part < 0 and one.distance > FAR
    ]


def _median(values: Any) -> float:
    return float(np.median(values)) if len(values) else math.nan


def _comparison(one: Comparison, ready: Ready, names: dict[str, str]) -> dict[str, Any]:
    is_hour = one.figure != "response_s"
    district = None if one.part < 0 or is_hour else ready.setup.places.district_ids[one.part]
    return {
        "figure": one.figure,
        "grade": ready.setup.grade_ids[one.grade] if one.grade >= 0 else None,
        "area_id": district,
        "area": names.get(district or ""),
        "hour": one.part if is_hour else None,
        **{
            name: None if math.isnan(getattr(one, name)) else getattr(one, name)
            for name in (
                *("n_observed", "n_simulated", "observed", "simulated"),
                *("observed_p90", "simulated_p90", "distance"),
            )
        },
        "spread": [
            {"share": share, "observed_s": observed, "simulated_s": simulated}
            for share, observed, simulated in zip(
                SPREAD, one.observed_spread, one.simulated_spread, strict=False
            )
        ],
    }
