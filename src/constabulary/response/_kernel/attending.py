"""What units do once they are sent: the scene, custody, writing up, meals, in the dispatch engine."""

import numpy as np

from constabulary.numeric.compiled import part
from constabulary.response._kernel.events import put
from constabulary.response._kernel.records import (
    ARRESTS,
    AT_MEAL,
    CLOSED,
    CROSS_BORDER,
    CUSTODY_WAITS,
    IN_CUSTODY,
    IN_LINE,
    LOST_ON_SCENE,
    MEALS_TAKEN,
    ON_SCENE,
    RETURNING,
    TO_CUSTODY,
    TRAVELLING,
    WAS_ARREST,
    WORK_RESTARTED,
    WORK_RESUMED,
    WRITING_UP,
)
from constabulary.response._kernel.sending import free, left, turn_back
from constabulary.response._kernel.units import band
from constabulary.response._kernel.waiting import leave


@part
def done(run, unit, now):
    """Go on with a unit that has done what it was doing."""
    duty = run.duties[unit]
    if duty.state == TRAVELLING:
        _arrive(run, unit, now)
    elif duty.state == ON_SCENE:
        _leave_scene(run, unit, now)
    elif duty.state == TO_CUSTODY:
        _reach_custody(run, unit, now)
    elif duty.state == IN_CUSTODY:
        _leave_custody(run, unit, now)
    elif duty.state == WRITING_UP:
        duty.write_up_s += now - duty.since_s
        free(run, unit, duty.to_atom)
    elif duty.state == AT_MEAL:
        duty.meal_s += now - duty.since_s
        duty.meal_left_s = 0.0
        run.counters[MEALS_TAKEN] += 1
        free(run, unit, duty.base_atom)
    else:
        free(run, unit, duty.atom)


@part
def _arrive(run, unit, now):
    duty = run.duties[unit]
    incident = run.incidents[duty.incident]
    duty.travel_s += now - duty.since_s
    if duty.journey < run.journeys.size:
        run.journeys[duty.journey].arrived_s = now
    if incident.duty < 0:
        incident.duty = unit
        incident.assigned_s = duty.since_s
        incident.arrived_s = now
        incident.travel_s = duty.way_s
        if duty.area != incident.area:
            incident.happened |= CROSS_BORDER
        if duty.was_returning:
            incident.happened |= RETURNING
    incident.there += duty.crew
    incident.n_there += 1
    incident.n_coming -= 1
    if incident.there >= incident.wanted and incident.full_s != incident.full_s:
        incident.full_s = now
    if incident.first < 0:
        incident.first = unit
        duty.is_first = 1
        work_s = incident.first_left_s
        if incident.happened & LOST_ON_SCENE:
            run.counters[WORK_RESUMED if run.resume else WORK_RESTARTED] += 1
    else:
        duty.is_first = 0
        work_s = incident.support_left_s if incident.support_left_s > 0.0 else incident.support_scene_s
        incident.support_left_s = 0.0
    duty.state = ON_SCENE
    duty.since_s = now
    duty.until_s = now + work_s
    put(run.calendar, unit, duty.until_s)


@part
def _leave_scene(run, unit, now):
    """Leave a scene whose work is done; with the first unit's work the incident wants no more units."""
    duty = run.duties[unit]
    i = np.int64(duty.incident)
    incident = run.incidents[i]
    duty.scene_s += now - duty.since_s
    incident.n_there -= 1
    incident.there -= duty.crew
    left(run, unit, now)
    if not duty.is_first:
        if incident.status == CLOSED and incident.n_there == 0:
            incident.cleared_s = now
        free(run, unit, incident.atom)
        return
    incident.status = CLOSED
    if incident.n_there == 0:
        incident.cleared_s = now
    if incident.is_waiting:
        leave(run, i)
    if incident.n_coming > 0:
        turn_back(run, i, now)
    if incident.is_arrest:
        _take_to_custody(run, unit, now)
    elif incident.write_up_s > 0.0:
        _write_up(run, unit, now)
    else:
        free(run, unit, incident.atom)


@part
def _write_up(run, unit, now):
    duty = run.duties[unit]
    duty.state = WRITING_UP
    duty.since_s = now
    put(run.calendar, unit, now + run.incidents[duty.incident].write_up_s)


@part
def _take_to_custody(run, unit, now):
    """Go to the nearest suite; of two alike the lower number."""
    duty = run.duties[unit]
    incident = run.incidents[duty.incident]
    run.counters[ARRESTS] += 1
    incident.happened |= WAS_ARREST
    b = band(run, now)
    best, best_min = 0, np.inf
    for s in range(run.suites.size):
        minutes = np.float64(run.minutes[b, run.suites[s].atom, incident.atom])
        if minutes < best_min:
            best, best_min = s, minutes
    duty.suite = best
    duty.to_atom = run.suites[best].atom
    duty.state = TO_CUSTODY
    duty.since_s = now
    put(run.calendar, unit, now + best_min * 60.0)


@part
def _reach_custody(run, unit, now):
    duty = run.duties[unit]
    suite = run.suites[duty.suite]
    duty.until_s = now
    if suite.n_free > 0:
        suite.n_free -= 1
        _book_in(run, unit, now)
        return
    run.counters[CUSTODY_WAITS] += 1
    duty.state = IN_LINE
    duty.next_in_line = -1
    if suite.tail >= 0:
        run.duties[suite.tail].next_in_line = unit
    else:
        suite.head = unit
    suite.tail = unit


@part
def _book_in(run, unit, now):
    duty = run.duties[unit]
    incident = run.incidents[duty.incident]
    incident.custody_wait_s = now - duty.until_s
    duty.state = IN_CUSTODY
    put(run.calendar, unit, now + incident.custody_s)


@part
def _leave_custody(run, unit, now):
    duty = run.duties[unit]
    duty.custody_s += now - duty.since_s
    suite = run.suites[duty.suite]
    other = np.int64(suite.head)
    if other >= 0:
        suite.head = run.duties[other].next_in_line
        if suite.head < 0:
            suite.tail = -1
        _book_in(run, other, now)
    else:
        suite.n_free += 1
    if run.incidents[duty.incident].write_up_s > 0.0:
        _write_up(run, unit, now)
    else:
        free(run, unit, duty.to_atom)
