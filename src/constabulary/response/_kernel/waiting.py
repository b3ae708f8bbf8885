"""Incidents that want units, in the dispatch engine: a chain for each grade and area, the longest ready first.

`run.waiting` int32[grades, areas, 2] holds the first and last of each chain, -1 where it is empty.
"""

import numpy as np

from constabulary.numeric.compiled import part
from constabulary.response._kernel.records import N_WAITING


@part
def join(run, i):
    """Let an incident wait in its place."""
    incident = run.incidents[i]
    ends = run.waiting[incident.grade, incident.area]
    before, after = np.int64(ends[1]), np.int64(-1)
    while before >= 0:
        other = run.incidents[before]
        if other.ready_s < incident.ready_s or (other.ready_s == incident.ready_s and before < i):
            break
        after = before
        before = np.int64(other.before)
    incident.before = before
    incident.after = after
    if before >= 0:
        run.incidents[before].after = i
    else:
        ends[0] = i
    if after >= 0:
        run.incidents[after].before = i
    else:
        ends[1] = i
    incident.is_waiting = 1
    run.grades[incident.grade].n_waiting += 1
    run.sizes[N_WAITING] += 1


@part
def leave(run, i):
    """Let an incident wait no more."""
    incident = run.incidents[i]
    ends = run.waiting[incident.grade, incident.area]
    if incident.before >= 0:
        run.incidents[incident.before].after = incident.after
    else:
        ends[0] = incident.after
    if incident.after >= 0:
        run.incidents[incident.after].before = incident.before
    else:
        ends[1] = incident.before
    incident.is_waiting = 0
    run.grades[incident.grade].n_waiting -= 1
    run.sizes[N_WAITING] -= 1


@part
def longest_for(run, unit, now, only_urgent):
    """Return the waiting incident that a free unit takes, -1 if none.

    The most urgent grade first; in it the one ready longest, those of other areas set back by the head start of the
    areas' own units; of two alike the lower number. `only_urgent`: grades that may interrupt a meal.
    """
    if run.sizes[N_WAITING] == 0:
        return np.int64(-1)
    duty = run.duties[unit]
    for g in range(run.grades.size):
        grade = run.grades[g]
        if (
            grade.n_waiting == 0
            or (only_urgent and not grade.may_interrupt_meal)
            or duty.end_s - now < grade.end_guard_s
            or run.n_free[duty.area] <= run.reserve[g, duty.area]
        ):
            continue
        best, best_s = np.int64(-1), np.inf
        for area in range(run.waiting.shape[1]):
            head_start = 0.0 if area == duty.area else grade.border_s
            i = np.int64(run.waiting[g, area, 0])
            while i >= 0 and head_start < np.inf:
                incident = run.incidents[i]
                if incident.needs & duty.capabilities == incident.needs:
                    key = incident.ready_s + head_start
                    if key < best_s or (key == best_s and i < best):
                        best, best_s = i, key
                    break
                i = np.int64(incident.after)
        if best >= 0:
            return best
    return np.int64(-1)
