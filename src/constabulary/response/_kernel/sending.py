"""Sending units, calling them away and turning them back, in the dispatch engine."""

import numpy as np

from constabulary.numeric.compiled import part
from constabulary.response._kernel.choice import position
from constabulary.response._kernel.events import put, take_out
from constabulary.response._kernel.records import (
    AT_MEAL,
    FREE,
    INTERRUPTED,
    LOST_EN_ROUTE,
    LOST_ON_SCENE,
    MEALS_INTERRUPTED,
    N_FREED,
    N_JOURNEYS,
    N_ON_DUTY,
    OFF,
    PREEMPTED_EN_ROUTE,
    PREEMPTED_ON_SCENE,
    SENT,
    SENT_ACROSS_BORDER,
    SENT_CREW_OF_SEVERAL,
    SENT_IN_SUPPORT,
    SENT_ON_PATROL,
    SENT_ON_WAY_BACK,
    TRAVELLING,
    TURNED_BACK,
)
from constabulary.response._kernel.units import band, bind, where


@part
def free(run, unit, atom):
    """Have a unit set free in an atom once the event in hand is dealt with."""
    run.duties[unit].atom = atom
    run.freed[run.sizes[N_FREED]] = unit
    run.sizes[N_FREED] += 1


@part
def send(run, unit, i, now):
    """Send a unit, whatever it is doing, to an incident."""
    duty = run.duties[unit]
    incident = run.incidents[i]
    was_returning = 0
    if duty.state == FREE:
        was_returning = 1 if now < duty.back_s else 0
        origin = where(run, unit, now)
        if now >= duty.back_s and origin != duty.base_atom:
            run.counters[SENT_ON_PATROL] += 1
        bind(run, unit, now)
    elif duty.state == AT_MEAL:
        run.counters[MEALS_INTERRUPTED] += 1
        incident.happened |= INTERRUPTED
        duty.meal_s += now - duty.since_s
        duty.meal_left_s = duty.until_s - now
        origin = np.int64(duty.base_atom)
    else:
        origin = call_away(run, unit, now)
    grade = run.grades[incident.grade]
    each = 60.0 * (grade.travel_factor * incident.travel_factor)
    duty.way_s = run.minutes[band(run, now), incident.atom, origin] * each
    duty.state = TRAVELLING
    duty.since_s = now
    duty.until_s = now + run.turnout_s + duty.way_s
    duty.from_atom = origin
    duty.to_atom = incident.atom
    duty.half_way_s = now + 0.5 * (duty.until_s - now)
    duty.incident = i
    duty.was_returning = was_returning
    duty.n_incidents += 1
    put(run.calendar, unit, duty.until_s)
    _count_sent(run, unit, i, now)
    incident.officers += duty.crew
    incident.n_coming += 1
    incident.n_sent += 1


@part
def _count_sent(run, unit, i, now):
    duty = run.duties[unit]
    incident = run.incidents[i]
    run.counters[SENT] += 1
    if duty.area != incident.area:
        run.counters[SENT_ACROSS_BORDER] += 1
    if duty.was_returning:
        run.counters[SENT_ON_WAY_BACK] += 1
    if duty.crew > 1:
        run.counters[SENT_CREW_OF_SEVERAL] += 1
    if incident.officers > 0:
        run.counters[SENT_IN_SUPPORT] += 1
    k = run.sizes[N_JOURNEYS]
    run.sizes[N_JOURNEYS] += 1
    duty.journey = k
    if k < run.journeys.size:
        journey = run.journeys[k]
        journey.incident = i
        journey.duty = unit
        journey.from_atom = duty.from_atom
        journey.assigned_s = now
        journey.arrived_s = np.nan
        journey.left_s = np.nan


@part
def left(run, unit, now):
    k = run.duties[unit].journey
    if k < run.journeys.size:
        run.journeys[k].left_s = now


@part
def call_away(run, unit, now):
    """Take a unit from the incident it was sent to, and return the atom it is in.

    At a scene the work that it leaves is done by the next unit to come: what is left of it, or all of it again. Work
    left in support is added up.
    """
    duty = run.duties[unit]
    incident = run.incidents[duty.incident]
    atom = position(duty, now)
    incident.officers -= duty.crew
    left(run, unit, now)
    if duty.state == TRAVELLING:
        run.counters[PREEMPTED_EN_ROUTE] += 1
        incident.happened |= LOST_EN_ROUTE
        incident.n_coming -= 1
        duty.travel_s += now - duty.since_s
        return atom
    run.counters[PREEMPTED_ON_SCENE] += 1
    incident.happened |= LOST_ON_SCENE
    duty.scene_s += now - duty.since_s
    incident.n_there -= 1
    incident.there -= duty.crew
    if duty.is_first:
        incident.first = -1
        incident.first_left_s = duty.until_s - now if run.resume else incident.scene_s
    else:
        incident.support_left_s += duty.until_s - now if run.resume else 0.0
    return atom


@part
def turn_back(run, i, now):
    """Set free the units on their way to an incident, by number."""
    while run.incidents[i].n_coming > 0:
        run.incidents[i].n_coming -= 1
        unit = np.int64(run.duties.size)
        for k in range(run.sizes[N_ON_DUTY]):
            other = np.int64(run.on_duty[k])
            if other < unit and run.duties[other].state == TRAVELLING and run.duties[other].incident == i:
                unit = other
        duty = run.duties[unit]
        run.counters[TURNED_BACK] += 1
        atom = position(duty, now)
        duty.travel_s += now - duty.since_s
        duty.state = OFF
        take_out(run.calendar, unit)
        left(run, unit, now)
        free(run, unit, atom)
