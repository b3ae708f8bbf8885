"""The dispatch engine: incidents and units through time, event by event.

At one instant duties begin first, then come units' own events (done, meal due, end of duty; each by number of duty),
then the diary (appointments, regradings, cancellations), then new incidents.
"""

import numpy as np

from constabulary.numeric._kernel.fetching import fetch_ahead
from constabulary.numeric.compiled import engine, part
from constabulary.response._kernel.attending import done
from constabulary.response._kernel.choice import soonest_at_meal, soonest_free, soonest_to_call_away
from constabulary.response._kernel.columns import fill_duties, fill_incidents, take_duties, take_incidents
from constabulary.response._kernel.events import let_go, put, take_in_hand, take_out
from constabulary.response._kernel.records import (
    ABSTRACTED,
    APPOINTMENT,
    APPOINTMENTS,
    AT_MEAL,
    CANCELLED,
    CLOSED,
    END,
    FREE,
    MEAL_DUE,
    MEALS_MISSED,
    MEALS_TAKEN,
    N_FREED,
    OPEN,
    PREEMPTING,
    REGRADE,
    REGRADED,
    RESOLVED,
    WAITED,
    WAS_APPOINTMENT,
    WAS_CANCELLED,
    WAS_REGRADED,
    WAS_RESOLVED,
)
from constabulary.response._kernel.sending import free, send, turn_back
from constabulary.response._kernel.units import band, bind, come_on, go_off, set_free
from constabulary.response._kernel.waiting import join, leave, longest_for


@engine
def simulate(run, diary, given, area_of_atom, told):
    """Run all events to the end: from columns of incidents and duties, into columns of what became of each."""
    fill_incidents(run.incidents, given[0], area_of_atom)
    fill_duties(run.duties, given[1])
    n_duties = run.duties.size
    next_incident = next_duty = next_entry = 0
    while True:
        duty_s = run.duties[next_duty].start_s if next_duty < n_duties else np.inf
        event_s = run.calendar.at[0] if run.calendar.size[0] > 0 else np.inf
        roster_s = run.roster.at[0] if run.roster.size[0] > 0 else np.inf
        entry_s = diary[next_entry].at_s if next_entry < diary.size else np.inf
        incident_s = run.incidents[next_incident].at_s if next_incident < run.incidents.size else np.inf
        now = min(duty_s, event_s, roster_s, entry_s, incident_s)
        if now == np.inf:
            break
        run.sizes[N_FREED] = 0
        unit = seeking = np.int64(-1)
        if duty_s == now:
            _begin_duty(run, next_duty, now)
            next_duty += 1
        elif event_s == now:
            unit = take_in_hand(run.calendar)
            done(run, unit, now)
        elif roster_s == now:
            _by_roster(run, np.int64(run.roster.order[0]), now)
        elif entry_s == now:
            seeking = _entry(run, diary[next_entry], now)
            next_entry += 1
        else:
            seeking = _recorded(run, next_incident, now)
            next_incident += 1
            if next_incident < run.incidents.size:
                fetch_ahead(run.minutes[band(run, now), run.incidents[next_incident].atom])
        for k in range(run.sizes[N_FREED]):
            _release(run, np.int64(run.freed[k]), now)
        while seeking >= 0:
            seeking = _seek_units(run, seeking, now)
        if unit >= 0:
            let_go(run.calendar, unit)
    take_incidents(run.incidents, told[0])
    take_duties(run.duties, told[1])


@part
def _begin_duty(run, unit, now):
    duty = run.duties[unit]
    if duty.is_abstracted:
        run.counters[ABSTRACTED] += 1
        return
    come_on(run, unit)
    put(run.roster, END * run.duties.size + unit, duty.end_s)
    if duty.meal_left_s > 0.0:
        put(run.roster, MEAL_DUE * run.duties.size + unit, max(duty.meal_at_s, now))
    free(run, unit, run.patrol[unit, 0])


@part
def _by_roster(run, event, now):
    """Do what is first on the roster: a unit that is free eats, or its duty ends."""
    take_out(run.roster, event)
    unit = event % run.duties.size
    if event >= END * run.duties.size:
        _end_duty(run, unit, now)
    elif run.duties[unit].state == FREE:
        _begin_meal(run, unit, now)


@part
def _end_duty(run, unit, now):
    """Let a unit that is free or at its meal go; one that is busy goes when it is done."""
    duty = run.duties[unit]
    if duty.state == FREE:
        bind(run, unit, now)
    elif duty.state == AT_MEAL:
        duty.meal_s += now - duty.since_s
        duty.meal_left_s = 0.0
        run.counters[MEALS_TAKEN] += 1
    else:
        return
    take_out(run.calendar, unit)
    go_off(run, unit)


@part
def _begin_meal(run, unit, now):
    """Let a free unit eat, at its base."""
    duty = run.duties[unit]
    bind(run, unit, now)
    duty.state = AT_MEAL
    duty.since_s = now
    duty.until_s = now + duty.meal_left_s
    put(run.calendar, unit, duty.until_s)


@part
def _entry(run, entry, now):
    """Do what the diary says, unless a unit has been there or it is closed; return the incident that seeks units."""
    i = np.int64(entry.incident)
    incident = run.incidents[i]
    seeking = np.int64(-1)
    if incident.status == CLOSED or incident.arrived_s == incident.arrived_s:
        return seeking
    if entry.what == APPOINTMENT:
        run.counters[APPOINTMENTS] += 1
        incident.happened |= WAS_APPOINTMENT
        incident.status = OPEN
        incident.ready_s = now
        seeking = i
    elif entry.what == REGRADE:
        run.counters[REGRADED] += 1
        incident.happened |= WAS_REGRADED
        if incident.is_waiting:
            leave(run, i)
            seeking = i
        incident.grade = incident.regrade_to
    else:
        run.counters[CANCELLED] += 1
        incident.happened |= WAS_CANCELLED
        incident.status = CLOSED
        if incident.is_waiting:
            leave(run, i)
        if incident.n_coming > 0:
            turn_back(run, i, now)
    return seeking


@part
def _recorded(run, i, now):
    """Take an incident in; return it if it seeks units now."""
    incident = run.incidents[i]
    seeking = np.int64(-1)
    if incident.status == CLOSED or incident.has_appointment:
        return seeking
    if incident.is_resolved:
        run.counters[RESOLVED] += 1
        incident.happened |= WAS_RESOLVED
        incident.status = CLOSED
    else:
        incident.status = OPEN
        incident.ready_s = now
        seeking = np.int64(i)
    return seeking


@part
def _seek_units(run, i, now):
    """Send units to an incident; return the one that lost a unit to it, -1 if none did."""
    incident = run.incidents[i]
    grade = run.grades[incident.grade]
    displaced = np.int64(-1)
    while incident.officers < incident.wanted:
        unit = soonest_free(run, i, now)
        if unit < 0 and grade.may_interrupt_meal:
            unit = soonest_at_meal(run, i, now)
        if unit < 0 and incident.officers == 0 and (grade.may_preempt or grade.may_preempt_on_scene):
            unit = soonest_to_call_away(run, i, now)
            if unit >= 0:
                displaced = np.int64(run.duties[unit].incident)
                incident.happened |= PREEMPTING
        if unit < 0:
            break
        send(run, unit, i, now)
    is_short = incident.officers < incident.wanted
    if is_short and not incident.is_waiting:
        run.counters[WAITED] += 1
        join(run, i)
    elif incident.is_waiting and not is_short:
        leave(run, i)
    return displaced


@part
def _release(run, unit, now):
    """Send a unit that comes free to an incident that waits, or let it eat if it is time to."""
    duty = run.duties[unit]
    if duty.state != FREE and not set_free(run, unit, now):
        return
    if now < duty.back_s and not run.returning:
        return
    is_hungry = duty.meal_left_s > 0.0 and now >= duty.meal_at_s
    if is_hungry and now > duty.meal_until_s:
        run.counters[MEALS_MISSED] += 1
        duty.meal_left_s = 0.0
        is_hungry = False
    i = longest_for(run, unit, now, is_hungry)
    if i >= 0:
        send(run, unit, i, now)
        if run.incidents[i].officers >= run.incidents[i].wanted:
            leave(run, i)
    elif is_hungry:
        _begin_meal(run, unit, now)
