"""Which unit is sent, in the dispatch engine: of those that may be the soonest there, of two alike the lower number."""

import numpy as np

from constabulary.numeric.compiled import part
from constabulary.response._kernel.records import (
    AT_MEAL,
    N_ON_DUTY,
    ON_SCENE,
    TRAVELLING,
    WAITED_FOR_END_GUARD,
    WAITED_FOR_RESERVE,
)
from constabulary.response._kernel.units import band, where


@part
def soonest_free(run, i, now):
    """Return the free unit to send to an incident, -1 if there is none.

    The incident's own area is looked through first: if one of its units is there before the head start is over, none of
    another area can be sooner.
    """
    incident = run.incidents[i]
    grade = run.grades[incident.grade]
    own = np.int64(incident.area)
    row = run.minutes[band(run, now), incident.atom]
    each = 60.0 * (grade.travel_factor * incident.travel_factor)
    best, best_s = np.int64(-1), np.inf
    is_reserved = is_guarded = False
    for turn in range(run.n_free.size):
        area = own if turn == 0 else (turn - 1 if turn <= own else turn)
        head_start = 0.0 if turn == 0 else grade.border_s
        if head_start == np.inf or best_s < head_start:
            break
        has_reserve = run.n_free[area] <= run.reserve[incident.grade, area]
        for k in range(run.n_free[area]):
            unit = np.int64(run.free[area, k])
            duty = run.duties[unit]
            if incident.needs & duty.capabilities != incident.needs or (
                now < duty.back_s and not run.returning
            ):
                continue
            if duty.end_s - now < grade.end_guard_s:
                is_guarded = True
            elif has_reserve:
                is_reserved = True
            else:
                atom = duty.atom if now < duty.atom_until_s else where(run, unit, now)
                key = row[atom] * each + head_start
                if key < best_s or (key == best_s and unit < best):
                    best, best_s = unit, key
    if best < 0 and is_guarded:
        run.counters[WAITED_FOR_END_GUARD] += 1
    elif best < 0 and is_reserved:
        run.counters[WAITED_FOR_RESERVE] += 1
    return best


@part
def soonest_at_meal(run, i, now):
    """Return the unit to call from its meal, -1 if there is none."""
    incident = run.incidents[i]
    grade = run.grades[incident.grade]
    row = run.minutes[band(run, now), incident.atom]
    each = 60.0 * (grade.travel_factor * incident.travel_factor)
    best, best_s = np.int64(-1), np.inf
    for k in range(run.sizes[N_ON_DUTY]):
        unit = np.int64(run.on_duty[k])
        duty = run.duties[unit]
        if duty.state == AT_MEAL and _may_go(duty, incident, grade, now):
            key = row[duty.base_atom] * each + (0.0 if duty.area == incident.area else grade.border_s)
            if key < best_s or (key == best_s and unit < best):
                best, best_s = unit, key
    return best


@part
def soonest_to_call_away(run, i, now):
    """Return the unit to call away from the least urgent incident there is one at, -1 if there is none."""
    incident = run.incidents[i]
    grade = run.grades[incident.grade]
    row = run.minutes[band(run, now), incident.atom]
    each = 60.0 * (grade.travel_factor * incident.travel_factor)
    best, best_s = np.int64(-1), np.inf
    worst = np.int64(incident.grade)
    for k in range(run.sizes[N_ON_DUTY]):
        unit = np.int64(run.on_duty[k])
        duty = run.duties[unit]
        if not (
            (duty.state == TRAVELLING and grade.may_preempt)
            or (duty.state == ON_SCENE and grade.may_preempt_on_scene)
        ):
            continue
        its = np.int64(run.incidents[duty.incident].grade)
        if (
            its <= incident.grade
            or its < worst
            or not run.grades[its].may_be_preempted
            or not _may_go(duty, incident, grade, now)
        ):
            continue
        key = row[position(duty, now)] * each + (0.0 if duty.area == incident.area else grade.border_s)
        if its > worst or key < best_s or (key == best_s and unit < best):
            best, best_s, worst = unit, key, its
    return best


@part
def position(duty, now):
    """Return the atom of a unit that is sent: the nearer end of its way, by time."""
    if duty.state == TRAVELLING and now < duty.half_way_s:
        return np.int64(duty.from_atom)
    return np.int64(duty.to_atom)


@part
def _may_go(duty, incident, grade, now):
    """Return whether a bound unit may be sent to an incident but for what binds it."""
    return (
        (duty.area == incident.area or grade.border_s < np.inf)
        and incident.needs & duty.capabilities == incident.needs
        and duty.end_s - now >= grade.end_guard_s
    )
