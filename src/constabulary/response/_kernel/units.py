"""Where units are, and their coming free, being bound and going off duty, in the dispatch engine."""

import math

import numpy as np

from constabulary.numeric.compiled import part
from constabulary.response._kernel.events import put
from constabulary.response._kernel.records import (
    FREE,
    LATE_FINISHES,
    MEALS_MISSED,
    N_ON_DUTY,
    OFF,
)


@part
def band(run, now):
    """Return the band of travel times of an instant."""
    hour = np.int64(now / 3600.0)
    return run.band_of_hour[min(hour, run.band_of_hour.size - 1)]


@part
def home(run, unit, now):
    """Return the atom in which a free unit is by its patrol."""
    return run.patrol[unit, _turn(run, unit, now) % run.patrol.shape[1]]


@part
def where(run, unit, now):
    """Return the atom of a free unit; on the way it is at the nearer end of it, by time."""
    duty = run.duties[unit]
    if now < duty.atom_until_s:
        return np.int64(duty.atom)
    if now < duty.back_s:
        duty.atom = duty.to_atom
        duty.atom_until_s = duty.back_s
    elif run.patrol.shape[1] == 1:
        duty.atom = run.patrol[unit, 0]
        duty.atom_until_s = np.inf
    else:
        turn = _turn(run, unit, now)
        duty.atom = run.patrol[unit, turn % run.patrol.shape[1]]
        duty.atom_until_s = duty.start_s + (turn + 1) * run.patrol_s
    return np.int64(duty.atom)


@part
def _turn(run, unit, now):
    return np.int64(math.floor((now - run.duties[unit].start_s) / run.patrol_s))


@part
def set_free(run, unit, now):
    """Let a unit be free where it is, or go off if its duty is over; return whether it is free."""
    duty = run.duties[unit]
    if now >= duty.end_s:
        if now > duty.end_s:
            run.counters[LATE_FINISHES] += 1
            duty.late_s = now - duty.end_s
        go_off(run, unit)
        return False
    duty.state = FREE
    duty.since_s = now
    duty.in_free = run.n_free[duty.area]
    run.free[duty.area, duty.in_free] = unit
    run.n_free[duty.area] += 1
    goal = home(run, unit, now)
    duty.to_atom = goal
    if goal == duty.atom:
        duty.back_s = duty.half_way_s = duty.atom_until_s = now
        return True
    way_s = np.float64(run.minutes[band(run, now), goal, duty.atom]) * 60.0
    duty.back_s = now + way_s
    duty.half_way_s = duty.atom_until_s = now + 0.5 * way_s
    if not run.returning:
        put(run.calendar, unit, duty.back_s)
    return True


@part
def bind(run, unit, now):
    """Take a unit from those that are free, and count its time free by hour."""
    duty = run.duties[unit]
    run.n_free[duty.area] -= 1
    last = run.free[duty.area, run.n_free[duty.area]]
    run.free[duty.area, duty.in_free] = last
    run.duties[last].in_free = duty.in_free
    begin = duty.since_s
    duty.free_s += now - begin
    while begin < now:
        hour = np.int64(begin / 3600.0)
        until = min((hour + 1) * 3600.0, now)
        run.uncommitted_s[duty.area, min(hour, run.uncommitted_s.shape[1] - 1)] += until - begin
        begin = until


@part
def come_on(run, unit):
    """Take a unit among those on duty."""
    run.duties[unit].in_on_duty = run.sizes[N_ON_DUTY]
    run.on_duty[run.sizes[N_ON_DUTY]] = unit
    run.sizes[N_ON_DUTY] += 1


@part
def go_off(run, unit):
    """Take a unit, which is not among the free, from those on duty."""
    duty = run.duties[unit]
    last = run.on_duty[run.sizes[N_ON_DUTY] - 1]
    run.on_duty[duty.in_on_duty] = last
    run.duties[last].in_on_duty = duty.in_on_duty
    run.sizes[N_ON_DUTY] -= 1
    duty.state = OFF
    if duty.meal_left_s > 0.0:
        run.counters[MEALS_MISSED] += 1
        duty.meal_left_s = 0.0
