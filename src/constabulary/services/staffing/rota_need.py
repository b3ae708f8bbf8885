"""The need that a rota covers: of a file, of response officers or of call takers, each checked by simulating it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.rooms.response import ControlRoomRow
from constabulary.response.call_takers import CallNeed, answered_in_time, call_takers_needed
from constabulary.response.clock import SLOT_S
from constabulary.response.contacts import ContactSetup
from constabulary.response.control_room import ALL, agents_of_pools
from constabulary.response.draws import Luck
from constabulary.response.experiment import estimate
from constabulary.response.need import units_needed, work_of
from constabulary.response.need_check import reached_in_time
from constabulary.response.setup import Setup
from constabulary.services.response.setup import make_ready, scenario_of
from constabulary.services.staffing.rota_files import read_need
from constabulary.services.workspace.files import read_text
from constabulary.services.workspace.force import force_of
from constabulary.store.workspace import Workspace

OFFICERS, CALL_TAKERS = "officers", "call-takers"
TARGET_SHARE = 0.9
"""Share of incidents to reach in time where the force's targets say none."""

N_CHECKS = 3
"""Replications of a check."""


@dataclass(frozen=True)
class Check:
    """What a simulation says of a need.

    Parameters
    ----------
    of
        A pool, or a grade and an area, as people call them.
    wanted_share, expected_share
        Share in time that was wanted, and that the formula gives in the mean week.
    achieved_share, half_width
        What the simulation gives with just the need on duty, and half the width of its 95 % interval.
    """

    of: str
    wanted_share: float
    expected_share: float
    achieved_share: float | None
    half_width: float | None


@dataclass(frozen=True)
class Needed:
    """People needed in each half-hour of the week.

    Parameters
    ----------
    who
        "officers" or "call-takers".
    people
        How many are to be rostered, from Monday 00:00, shape (336,).
    inputs
        Hash of each input by its name.
    checks
        What a simulation says of it; none of a need from a file.
    area
        The area it is of; None: all of the force.
    hours_by_area
        Person-hours a week that each area needs.
    away_share
        Share of those rostered who are away, which the need makes up for.
    judge
        Simulates people rostered by half-hour, shape (336,), as the need was; None where only a scenario can.
    """

    who: str
    people: np.ndarray
    inputs: Mapping[str, str]
    checks: tuple[Check, ...] = ()
    area: str | None = None
    hours_by_area: Mapping[str, float] = field(default_factory=dict)
    away_share: float = 0.0
    judge: Callable[[np.ndarray], Check] | None = None


def need_of_file(path: Path, who: str = OFFICERS) -> Needed:
    """Return the need in a file."""
    content = read_text(path)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Needed(who, read_need(content, path.name), {path.name: digest})


def need_of_force(workspace: Workspace, area: str | None = None, target_share: float | None = None) -> Needed:
    """Return the officers to roster in each half-hour so that incidents are reached in time.

    Parameters
    ----------
    workspace
        Whose force folder.
    area
        One area of it; None: all, each with units of its own.
    target_share
        Share of each grade to reach in time; None: the force's targets, and 0.9 where they say none.

    Raises
    ------
    BadInput
        Where there is no such area, or no number of units would do.
    """
    ready = make_ready(workspace, scenario_of(workspace, None))
    setup = ready.setup
    works = [work for work in work_of(setup) if area in (None, work.area)]
    if not works:
        expected = ", ".join(setup.area_ids)
        raise BadInput(Problem("unknown_area", f"there is no area {area}.", column="area", expected=expected))
    given = {
        target.grade: float(target.share)
        for target in force_of(workspace).targets
        if target.grade and target.share is not None
    }
    wanted = np.array(
        [
            given.get(grade, TARGET_SHARE) if target_share is None else target_share
            for grade in setup.grade_ids
        ]
    )
    needs = [units_needed(work, wanted) for work in works]
    runs = np.stack([reached_in_time(setup, works, needs, Luck(1, one)) for one in range(N_CHECKS)])
    force = force_of(workspace)
    places = {one.id: one.name for one in force.areas} | {one.id: one.name for one in force.districts}
    grades = {one.id: one.name for one in force.grades}
    checks = []
    for row, (work, need) in enumerate(zip(works, needs, strict=True)):
        for grade, name in enumerate(setup.grade_ids):
            counts = work.incidents_per_h[:, grade] * ~np.isnan(need.within_share[:, grade])
            if counts.any():
                by_formula = float(np.average(np.nan_to_num(need.within_share[:, grade]), weights=counts))
                of = f"{grades[name]}, {places.get(work.area, work.area)}"
                checks.append(_check(of, float(wanted[grade]), by_formula, runs[:, row, grade]))
    people = np.sum([need.n_officers for need in needs], axis=0)
    hours = {
        work.area: float(need.n_officers.sum()) * SLOT_S / 3600.0
        for work, need in zip(works, needs, strict=True)
    }
    return Needed(OFFICERS, people, ready.inputs, tuple(checks), area, hours, works[0].away_share)


def call_takers_of_force(
    workspace: Workspace, target_share: float | None = None, *, gives_up: bool = True
) -> Needed:
    """Return the call takers to roster in each half-hour so that contacts are answered in time.

    Those who are away are made up for as the control room of the force folder has them; a folder without one has nobody
    away.

    Parameters
    ----------
    workspace
        Whose force folder.
    target_share
        Share of contacts to answer in time; None: what each pool is assumed to be staffed for.
    gives_up
        Whether callers give up (Erlang A) or wait as long as it takes (Erlang C).

    Raises
    ------
    BadInput
        Where the force publishes no contacts.
    """
    ready = make_ready(workspace, scenario_of(workspace, None))
    setup = ready.setup
    if setup.contact is None:
        raise BadInput(
            Problem(
                "no_contacts",
                "it is not known how many contacts come in.",
                expected="a published count of a channel of the force in a year",
                remedy="Give the need by --need instead.",
            )
        )
    needs = call_takers_needed(setup.contact, setup.values, setup.clock, target_share, gives_up=gives_up)
    contact = setup.contact
    runs = np.array([_answered(setup, contact, needs, one) for one in range(N_CHECKS)])
    checks = tuple(
        _check(_called(need.pool_id), need.work.target_share, need.expected_share, runs[:, row])
        for row, need in enumerate(needs)
    )
    room = force_of(workspace).rows(ControlRoomRow)
    n_people = sum(float(row.people_fte) for row in room)
    away = sum(float(row.people_fte * row.away_share) for row in room) / n_people if n_people else 0.0

    def judge(rostered: np.ndarray) -> Check:
        there = agents_of_pools({ALL: rostered * (1.0 - away)}, (ALL,)).astype(np.int64)[0]
        staffed = [replace(needs[0], n_agents=there)]
        found = [_answered(setup, contact, staffed, one)[0] for one in range(N_CHECKS)]
        return _check("contacts", needs[0].work.target_share, needs[0].expected_share, np.array(found))

    people = np.sum([need.n_agents for need in needs], axis=0) / (1.0 - away)
    hours = {"": float(people.sum()) * SLOT_S / 3600.0}
    is_one = tuple(contact.pool_ids) == (ALL,)
    return Needed(CALL_TAKERS, people, ready.inputs, checks, None, hours, away, judge if is_one else None)


def _called(pool: str) -> str:
    """Return what people call a pool: the force folder gives it an id alone."""
    return "contacts" if pool == ALL else f"{pool.replace('_', ' ')} pool"


def _answered(
    setup: Setup, contact: ContactSetup, needs: Sequence[CallNeed], replication: int
) -> tuple[float, ...]:
    return answered_in_time(contact, needs, setup.values, setup.clock, setup.warm_up_s, Luck(1, replication))


def _check(of: str, wanted: float, by_formula: float, runs: np.ndarray) -> Check:
    achieved = estimate(list(runs))
    is_known = achieved.mean is not None and math.isfinite(achieved.mean)
    return Check(of, wanted, by_formula, achieved.mean if is_known else None, achieved.half_width)
