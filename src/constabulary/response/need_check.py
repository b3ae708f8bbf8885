"""Units needed put on duty in the dispatch simulation: how often each grade is reached in time with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np

from constabulary.response.clock import SLOT_S
from constabulary.response.dispatch import simulate_dispatch
from constabulary.response.draws import Floats, Integers, Luck, pick
from constabulary.response.figures import COOL_DOWN_S
from constabulary.response.model import Duties, Incidents
from constabulary.response.need import AreaWork, UnitNeed
from constabulary.response.result import Happened, response_s, target_s
from constabulary.response.rosters import PATROL_PLACES
from constabulary.response.setup import Setup, arrivals_of


def spells(n_units: Integers) -> tuple[Integers, Integers, Integers]:
    """Return from which to before which half-hour each unit is on duty: unit k wherever more than k are needed.

    Parameters
    ----------
    n_units
        Units needed in each half-hour, shape (half-hours,).

    Returns
    -------
    tuple
        Unit, first half-hour and the one after the last, of each spell.

    Examples
    --------
    >>> [one.tolist() for one in spells(np.array([1, 2, 2, 1, 0, 1]))]
    [[0, 0, 1], [0, 5, 1], [4, 6, 3]]
    """
    there = np.arange(int(n_units.max(initial=0)))[:, None] < n_units[None, :]
    change = np.diff(np.pad(there.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    unit, first = np.nonzero(change == 1)
    return unit, first, np.nonzero(change == -1)[1]


def reached_in_time(setup: Setup, works: Sequence[AreaWork], needs: Sequence[UnitNeed], luck: Luck) -> Floats:
    """Return the share of each area's incidents of each grade reached in time, shape (areas, grades).

    Units patrol where incidents are and are on duty in just the half-hours that want them; meals and who is away are
    left out, as the need is of units that are there. All other rules are the force's. Not a number: no target.

    Parameters
    ----------
    setup
        The structure.
    works, needs
        Of each area that counts, in one order; units of other areas are not there, nor are their incidents.
    luck
        The replication's random numbers.
    """
    slots = setup.clock.slot_of_week
    parts = []
    for work, need in zip(works, needs, strict=True):
        unit, first, after = spells(need.n_units[slots])
        where = luck.uniform(f"need {work.area}", len(unit), PATROL_PLACES)
        crew = np.floor((unit + 1) * work.officers_a_unit) - np.floor(unit * work.officers_a_unit)
        parts.append((first, after, work.atoms[pick(where, work.weights + 1e-12)], crew.astype(np.int64)))
    first, after, patrol, crew = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.argsort(first, kind="stable")
    area_of_atom = setup.ground.area_of_atom
    duties = Duties.of(
        start_s=first[order] * SLOT_S,
        end_s=after[order] * SLOT_S,
        base_atom=patrol[order, 0],
        area=area_of_atom[patrol[order, 0]],
        patrol_atoms=patrol[order],
        crew=crew[order],
    )
    came = arrivals_of(setup, luck).incidents
    inside = np.isin(area_of_atom[came.atom], [area_of_atom[work.atoms[0]] for work in works])
    names = [one.name for one in fields(Incidents)]
    incidents = Incidents.of(**{name: getattr(came, name)[inside] for name in names})
    rules = replace(setup.rules, end_guard=False)
    found = simulate_dispatch(incidents, duties, setup.grades, setup.ground, rules).incidents
    target = target_s(incidents, setup.grades, setup.ground)
    until_s = setup.clock.end_s - min(COOL_DOWN_S, 0.1 * setup.clock.end_s)
    counts = (incidents.at_s >= setup.warm_up_s) & (incidents.at_s < until_s) & ~np.isnan(target)
    for happened in (Happened.RESOLVED, Happened.CANCELLED, Happened.APPOINTMENT):
        counts &= ~found.has(happened)
    within = np.nan_to_num(response_s(found, incidents, setup.grades), nan=np.inf) <= target
    shares = np.full((len(works), len(setup.grade_ids)), np.nan)
    for row, work in enumerate(works):
        mine = counts & (area_of_atom[incidents.atom] == area_of_atom[work.atoms[0]])
        for grade in range(shares.shape[1]):
            chosen = mine & (incidents.grade == grade)
            shares[row, grade] = within[chosen].mean() if chosen.any() else np.nan
    return shares
