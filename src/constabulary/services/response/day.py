"""One simulated day, to be watched: where units were, what came in, what waited, hour by hour."""

from __future__ import annotations

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.core.provenance import Stamp
from constabulary.response.clock import HOUR_S
from constabulary.response.draws import Luck
from constabulary.response.result import response_s, target_s
from constabulary.response.setup import Replication, Setup, run
from constabulary.services.response.day_answers import DayAnswer, HourOfDay, IncidentAnswer, UnitAnswer
from constabulary.services.response.setup import Ready, make_ready, scenario_of
from constabulary.services.response.simulation import SEED, kept_or, scenario_path, stamp_of
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.geography import outlines
from constabulary.store.workspace import Workspace
from constabulary.tables.geojson_text import to_geojson

SCHEMA = 1
WEEKS = 2
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FRIDAY = 4


def simulated_day(workspace: Workspace, scenario: str = "", weekday: int = FRIDAY) -> DayAnswer:
    """Return a day of the second week of one simulated run, as plain JSON values; times are seconds from its midnight.

    It is kept by its stamp, so that the page and its map show one and the same.

    Parameters
    ----------
    workspace
        Whose force folder.
    scenario
        File name of a scenario of the force folder; empty: the folder as it stands.
    weekday
        Which day, Monday 0.

    Raises
    ------
    BadInput
        If there is no such scenario or day, or with everything that is wrong with it.
    """
    if weekday not in range(len(DAYS)):
        raise BadInput(
            Problem(
                "out_of_range",
                f"{weekday} is no day of the week.",
                column="weekday",
                value=str(weekday),
                expected="0 (Monday) to 6 (Sunday)",
            )
        )
    tried = scenario_of(workspace, scenario_path(workspace, scenario))
    ready = make_ready(workspace, tried, WEEKS)
    stamp = stamp_of(f"day {DAYS[weekday]}", [ready], 1, SEED)
    return kept_or(workspace, stamp, SCHEMA, lambda: _day(workspace, ready, weekday, stamp))


def _day(workspace: Workspace, ready: Ready, weekday: int, stamp: Stamp) -> DayAnswer:
    setup = ready.setup
    done = run(setup, Luck(SEED, 0), with_journeys=True)
    day = next(int(one) for one in setup.clock.days((weekday,)) if one >= 7)
    from_s, to_s = setup.clock.at_s(np.array([day, day + 1]), 0)
    grades = {grade.id: grade.name for grade in force_of(workspace).grades}
    shown = _incidents(done, from_s, to_s)
    return {
        "schema": SCHEMA,
        "kind": "day",
        "simulated": True,
        "scenario": ready.scenario.name,
        "weekday": DAYS[weekday],
        "length_s": float(to_s - from_s),
        "patrol_s": setup.rules.patrol_s,
        "grades": [grades[one] for one in setup.grade_ids],
        "atoms": [
            [round(float(lon), 5), round(float(lat), 5)]
            for lon, lat in zip(setup.places.longitude, setup.places.latitude, strict=True)
        ],
        "units": _units(done, from_s, to_s),
        "incidents": shown,
        "hours": _hours(setup, done, from_s, to_s),
        "warnings": list(ready.warnings),
        "stamp": stamp.as_json(),
    }


def district_outlines(workspace: Workspace) -> str:
    """Return the outlines of the districts as GeoJSON, to lie below the day.

    Raises
    ------
    NothingThere
        If there are none.
    """
    return to_geojson(outlines(workspace, "district"), decimals=4)


def _incidents(done: Replication, from_s: float, to_s: float) -> list[IncidentAnswer]:
    """Return the incidents of which something happens on the day."""
    incidents, found = done.arrivals.incidents, done.result.incidents
    over = np.where(np.isnan(found.cleared_s), incidents.cancel_at_s, found.cleared_s)
    over = np.where(np.isnan(over), np.inf, over)
    rows = np.flatnonzero((found.ready_s < to_s) & (over >= from_s))
    return [
        {
            "atom": int(incidents.atom[row]),
            "grade": int(incidents.grade[row]),
            "ready_s": _at(found.ready_s[row], from_s),
            "arrived_s": _at(found.arrived_s[row], from_s),
            "over_s": _at(over[row], from_s),
        }
        for row in rows
    ]


def _units(done: Replication, from_s: float, to_s: float) -> list[UnitAnswer]:
    """Return the units on duty on the day with where they were sent."""
    duties, journeys = done.duties, done.result.journeys
    assert journeys is not None  # noqa: S101 - asked for above
    away = duties.is_abstracted
    rows = np.flatnonzero(~away & (duties.start_s < to_s) & (duties.end_s > from_s))
    place = {int(row): number for number, row in enumerate(rows)}
    units: list[UnitAnswer] = [
        {
            "from_s": _at(duties.start_s[row], from_s),
            "to_s": _at(duties.end_s[row] + done.result.duties.late_s[row], from_s),
            "crew": int(duties.crew[row]),
            "patrol": duties.patrol_atoms[row].tolist(),
            "sent": [],
        }
        for row in rows
    ]
    atom = done.arrivals.incidents.atom
    for number in np.flatnonzero((journeys.left_s > from_s) & (journeys.assigned_s < to_s)):
        unit = place.get(int(journeys.duty[number]))
        if unit is not None:
            units[unit]["sent"].append(
                [
                    _at(journeys.assigned_s[number], from_s),
                    _at(journeys.arrived_s[number], from_s),
                    _at(journeys.left_s[number], from_s),
                    int(journeys.from_atom[number]),
                    int(atom[journeys.incident[number]]),
                ]
            )
    return units


def _hours(setup: Setup, done: Replication, from_s: float, to_s: float) -> list[HourOfDay]:
    incidents, found, duties = done.arrivals.incidents, done.result.incidents, done.duties
    took = response_s(found, incidents, setup.grades)
    target = target_s(incidents, setup.grades, setup.ground)
    gone = np.where(np.isnan(found.assigned_s), incidents.cancel_at_s, found.assigned_s)
    gone = np.where(np.isnan(gone), np.inf, gone)
    on = ~duties.is_abstracted
    free = done.result.uncommitted_s.sum(axis=0)
    rows: list[HourOfDay] = []
    for number, start in enumerate(np.arange(from_s, to_s, HOUR_S)):
        end = start + HOUR_S
        came = (incidents.at_s >= start) & (incidents.at_s < end)
        judged = came & ~np.isnan(target) & ~np.isnan(took)
        held = np.clip(np.minimum(duties.end_s, end) - np.maximum(duties.start_s, start), 0.0, None)
        units = float(held[on].sum() / HOUR_S)
        hour = int(start // HOUR_S)
        rows.append(
            {
                "hour": number,
                "incidents": int(came.sum()),
                "waiting": int(((found.ready_s < end) & (gone >= end)).sum()),
                "units": units,
                "uncommitted": float(free[hour] / HOUR_S) if hour < len(free) else 0.0,
                "within_target_share": float((took[judged] <= target[judged]).mean())
                if judged.any()
                else None,
            }
        )
    return rows


def _at(instant_s: float, from_s: float) -> int | None:
    return None if not np.isfinite(instant_s) else round(float(instant_s - from_s))
