"""Calibration of simulated response to a workspace's own incidents, and its validation on the weeks left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constabulary.core.answers import written
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.progress import Progress, silent
from constabulary.core.provenance import Stamp
from constabulary.registers.access import Permission
from constabulary.response.calibration import LEAST_ROWS, Fit, held, moments, tune
from constabulary.response.draws import Integers, Luck, by_grade
from constabulary.response.observed import Observed, halves, observed_of, simulated_of
from constabulary.response.setup import Setup, run
from constabulary.response.validation import SPREAD, Comparison, validate
from constabulary.services.response.answers import CalibrationAnswer, ComparisonAnswer
from constabulary.services.response.setup import Ready, make_ready, scenario_of
from constabulary.services.response.simulation import (
    SEED,
    check_numbers,
    kept_or,
    scenario_path,
    stamp_of,
)
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.lens import view_of
from constabulary.services.workspace.runs import runnable
from constabulary.store.workspace import Workspace

SCHEMA = 2
"""Version of what a calibration is kept as; those of another are not shown."""
LEAST_RECORDS = 200
MOST_RUNS = 40
"""Runs of the model that progress is told of; seldom so many are wanted."""
CIRCUITY = (1.0, 4.0)
BLUE_LIGHT_FACTOR = (0.2, 1.0)
FAR = 0.3
"""Distributions farther apart than this (Kolmogorov and Smirnov) are told."""
END_SHARE = 0.05
"""A figure this much off after calibration is told."""
SYNTHETIC = (
    "The records are made up: that the model meets them shows that the method works, not that the model is right for "
    "this force. Calibrate to the force's own incidents before a decision rests on it."
)


def calibrate(
    workspace: Workspace,
    scenario: Path | None = None,
    seed: int = SEED,
    *,
    weeks: int | None = None,
    progress: Progress = silent,
) -> CalibrationAnswer:
    """Set assumptions by the workspace's incidents, one at a time, and judge them by the weeks not used.

    Incidents are replayed as recorded. Time at the scene, its spread and units beyond the first are taken from the
    records of every other week. Then `circuity` is moved until ordinary journeys have their median, and
    `blue_light_factor` until those under blue lights have theirs; before and after that, how long incidents of each
    grade are held until a unit is sought (`held_median_s`, `held_spread`). Records do not tell appointments from other
    waits: the hold stands for both.

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
    return kept_or(workspace, stamp, SCHEMA, lambda: _calibrated(workspace, ready, seed, stamp, progress))


def _calibrated(
    workspace: Workspace, ready: Ready, seed: int, stamp: Stamp, progress: Progress
) -> CalibrationAnswer:
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
    trial = _Trial(workspace, ready, seed, progress)
    trial.fit(first, n_grades)
    progress(1, 1, "Judging by the weeks not used")
    fitted, model = trial.run()
    compared = validate(second, halves(model)[1], n_grades, _levels(fitted), fitted.clock)
    force = force_of(workspace)
    set_by_records = trial.fits
    return {
        "schema": SCHEMA,
        "kind": "calibration",
        "force": force.name,
        "simulated": True,
        "synthetic": ready.is_synthetic,
        "scenario": ready.scenario.name,
        "replications": 1,
        "seed": seed,
        "weeks": ready.scenario.weeks,
        "from": ready.setup.clock.first_on.isoformat(),
        "travel": fitted.travel_how,
        "areas": [*fitted.area_ids] if "area" in _levels(fitted) else [],
        "n_fitted": len(first.grade),
        "n_judged": len(second.grade),
        "fits": [written(fit) for fit in set_by_records],
        "values": trial.values,
        "toml": toml_of(set_by_records),
        "validation": [_comparison(one, fitted, force) for one in compared],
        "warnings": [
            *([SYNTHETIC] if ready.is_synthetic else []),
            *ready.warnings,
            *_at_an_end(set_by_records),
            *_far_apart(force, ready, compared),
        ],
        "stamp": stamp.as_json(),
    }


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


class _Trial:
    """Assumptions as they are set one after the other, and what the model does with them.

    Parameters
    ----------
    workspace, seed, progress
        As for `calibrate`.
    ready
        The structure before calibration.
    """

    def __init__(self, workspace: Workspace, ready: Ready, seed: int, progress: Progress) -> None:
        self._given = ready.setup.values
        self.values: dict[str, Any] = dict(ready.scenario.values)
        self.fits: list[Fit] = []
        self._workspace, self._tried, self._seed = workspace, ready.scenario, seed
        self._progress, self._n_runs = progress, 0

    def fit(self, records: Observed, n_grades: int) -> None:
        """Set every assumption by the records, one after the other."""
        for found in moments(records, self._given, n_grades):
            self.keep(found)
        if any(self._given["appointment_share"]):
            self.keep(_no_appointments(self._given, n_grades))
        # Holds spread the work over the day, and with it how near a free unit is; journeys move the wait a little
        # in turn.
        for fits in (
            lambda: held(records, self.waits, self._given, n_grades),
            lambda: self.travel(records, n_grades),
            lambda: held(records, self.waits, self._given, n_grades),
        ):
            for found in fits():
                self.keep(found)

    def keep(self, fit: Fit) -> None:
        """Go on with what was found, in place of what was found before."""
        self.fits = [*(one for one in self.fits if one.name != fit.name), fit]
        self.values[fit.name] = fit.after

    def run(self, **values: Any) -> tuple[Setup, Observed]:
        """Return the structure with the values found and others to try, and what became of the records in it."""
        tried = replace(self._tried, values={**self.values, **values})
        setup = make_ready(self._workspace, tried).setup
        return setup, simulated_of(setup, run(setup, Luck(self._seed, 0)))

    def waits(self, median_s: list[float], spread: list[float]) -> Observed:
        """Return what the model does in the weeks fitted to if incidents are held so long."""
        self._tell("How long incidents are held")
        return halves(self.run(held_median_s=median_s, held_spread=spread)[1])[0]

    def travel(self, records: Observed, n_grades: int) -> Iterator[Fit]:
        """Set how long ordinary journeys are by circuity, and those under blue lights by their factor."""
        factor = by_grade(self._given, "blue_light_factor", n_grades)
        is_ordinary = factor == 1.0
        usual = is_ordinary if is_ordinary.any() else np.ones(n_grades, np.bool_)

        def by_circuity(value: float) -> dict[str, Any]:
            return {"circuity": value}

        if usual[records.grade].sum() >= LEAST_ROWS:
            yield self._tuned("circuity", by_circuity, records, usual, "ordinary journeys", CIRCUITY)
        if (~usual)[records.grade].sum() < LEAST_ROWS:
            return

        def by_factor(value: float) -> dict[str, Any]:
            return {"blue_light_factor": np.where(is_ordinary, 1.0, value).tolist()}

        fit = self._tuned(
            "blue_light_factor", by_factor, records, ~usual, "journeys under blue lights", BLUE_LIGHT_FACTOR
        )
        yield replace(fit, before=factor.tolist(), after=by_factor(fit.after)["blue_light_factor"])

    def _tuned(
        self,
        name: str,
        values_at: Callable[[float], dict[str, Any]],
        records: Observed,
        grades: NDArray[np.bool_],
        what: str,
        span: tuple[float, float],
    ) -> Fit:
        """Move one assumption until the journeys to some grades take as long as recorded, half of the time."""
        recorded = records.travel_s[grades[records.grade]]
        wanted = float(_median(recorded))

        def at(value: float) -> float:
            self._tell(f"Travel with {_words(name)} {value:.2f}")
            model = halves(self.run(**values_at(value))[1])[0]
            return float(_median(model.travel_s[grades[model.grade]]))

        given = self._given[name]
        start = float(given[int(np.flatnonzero(grades)[0])] if isinstance(given, list) else given)
        value, figure = tune(at, wanted, start, *span)
        found = None if math.isnan(figure) else figure
        return Fit(name, start, round(value, 3), wanted, found, f"median travel, {what} (s)", len(recorded))

    def _tell(self, doing: str) -> None:
        self._n_runs += 1
        self._progress(min(self._n_runs, MOST_RUNS - 1), MOST_RUNS, doing)


def _no_appointments(values: Mapping[str, Any], n_grades: int) -> Fit:
    before = by_grade(values, "appointment_share", n_grades).tolist()
    told = "not in records: the hold below covers what is agreed"
    return Fit("appointment_share", before, [0.0] * n_grades, None, None, told, 0)


def _levels(setup: Setup) -> dict[str, Integers]:
    """Return the levels that response is told by: districts, and policing areas where they are not the same."""
    n_districts = len(setup.places.district_ids)
    levels = {"district": np.arange(n_districts)}
    if len(setup.area_ids) != n_districts:
        levels["area"] = setup.area_of_district
    return levels


def _at_an_end(fits: list[Fit]) -> list[str]:
    """Return a warning for each assumption that cannot reach the records within its range."""
    return [
        f"Even at {_words(fit.name)} {_told(fit.after)} the model's {fit.figure} is {fit.simulated:,.0f}, and the "
        f"records' {fit.observed:,.0f} is {'shorter' if fit.observed < fit.simulated else 'longer'}: something else "
        "sets it, such as speeds, bases or what the records call travel."
        for fit in fits
        if fit.figure.startswith("median travel")
        and fit.simulated is not None
        and abs(fit.simulated - fit.observed) > END_SHARE * abs(fit.observed)
    ]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _told(value: Any) -> str:
    return ", ".join(f"{one:g}" for one in value) if isinstance(value, list) else f"{value:g}"


def _far_apart(force: Force, ready: Ready, compared: list[Comparison]) -> list[str]:
    """Return a warning for each grade whose response times the model does not follow."""
    names = {grade.id: grade.name for grade in force.grades}
    return [
        f"Half of {names[ready.setup.grade_ids[one.grade]]} incidents are reached within {one.simulated / 60:.1f} "
        f"minutes in the model and {one.observed / 60:.1f} in the records, and the times differ in more than their "
        "middle: there the model cannot stand in for the records."
        for one in compared
        if one.figure == "response_s" and one.by == "all" and one.distance > FAR
    ]


def _median(values: Any) -> float:
    return float(np.median(values)) if len(values) else math.nan


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _comparison(one: Comparison, setup: Setup, force: Force) -> ComparisonAnswer:
    ids = {"district": setup.places.district_ids, "area": setup.area_ids}.get(one.by)
    place = ids[one.part] if ids else None
    names = {each.id: each.name for each in force.districts} | {each.id: each.name for each in force.areas}
    return {
        "figure": one.figure,
        "grade": setup.grade_ids[one.grade] if one.grade >= 0 else None,
        "by": one.by,
        "area_id": place,
        "area": names.get(place, place) if place else None,
        "hour": one.part if one.by == "hour" else None,
        "n_observed": one.n_observed,
        "n_simulated": one.n_simulated,
        "observed": _known(one.observed),
        "simulated": _known(one.simulated),
        "observed_p90": _known(one.observed_p90),
        "simulated_p90": _known(one.simulated_p90),
        "distance": _known(one.distance),
        "spread": [
            {"share": share, "observed_s": observed, "simulated_s": simulated}
            for share, observed, simulated in zip(
                SPREAD, one.observed_spread, one.simulated_spread, strict=False
            )
        ],
    }
