"""The need that a rota covers: of a file, of response officers or of call takers, each checked by simulating it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.response.call_takers import answered_in_time, call_takers_needed
from constabulary.response.draws import Luck
from constabulary.response.experiment import estimate
from constabulary.response.need import units_needed, work_of
from constabulary.response.need_check import reached_in_time
from constabulary.services.force import force_of
from constabulary.services.response import read_text
from constabulary.services.response_setup import make_ready, scenario_of
from constabulary.services.rota_files import read_need
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
        A pool, or an area and a grade.
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
    """

    who: str
    people: np.ndarray
    inputs: Mapping[str, str]
    checks: tuple[Check, ...] = ()


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
    checks = []
    for row, (work, need) in enumerate(zip(works, needs, strict=True)):
        for grade, name in enumerate(setup.grade_ids):
            counts = work.incidents_per_h[:, grade] * ~np.isnan(need.within_share[:, grade])
            if counts.any():
                by_formula = float(np.average(np.nan_to_num(need.within_share[:, grade]), weights=counts))
                checks.append(
                    _check(f"{work.area} {name}", float(wanted[grade]), by_formula, runs[:, row, grade])
                )
    people = np.sum([need.n_officers for need in needs], axis=0)
    return Needed(OFFICERS, people, ready.inputs, tuple(checks))


def call_takers_of_force(
    workspace: Workspace, target_share: float | None = None, *, gives_up: bool = True
) -> Needed:
    """Return the call takers to roster in each half-hour so that contacts are answered in time.

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
    runs = np.array(
        [
            answered_in_time(setup.contact, needs, setup.values, setup.clock, setup.warm_up_s, Luck(1, one))
            for one in range(N_CHECKS)
        ]
    )
    checks = tuple(
        _check(f"{need.pool_id} pool", need.work.target_share, need.expected_share, runs[:, row])
        for row, need in enumerate(needs)
    )
    people = np.sum([need.n_agents for need in needs], axis=0).astype(np.float64)
    return Needed(CALL_TAKERS, people, ready.inputs, checks)


def _check(of: str, wanted: float, by_formula: float, runs: np.ndarray) -> Check:
    achieved = estimate(list(runs))
    is_known = achieved.mean is not None and math.isfinite(achieved.mean)
    return Check(of, wanted, by_formula, achieved.mean if is_known else None, achieved.half_width)
