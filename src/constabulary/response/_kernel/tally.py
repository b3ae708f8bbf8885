"""What became of incidents and contacts counted for the figures of a run: one walk over each."""

from collections import namedtuple

import numpy as np

from constabulary.numeric.compiled import compiled
from constabulary.response._kernel.contact_sim import ABANDONED, CALLED_BACK, WAITING
from constabulary.response._kernel.records import (
    CROSS_BORDER,
    LOST_EN_ROUTE,
    LOST_ON_SCENE,
    WAS_CANCELLED,
    WAS_RESOLVED,
)

HOURS = 168

Incidents = namedtuple(
    "Incidents",
    [
        "at_s",
        "atom",
        "grade",
        "appointment_s",
        "arrived_s",
        "full_s",
        "travel_s",
        "happened",
        "took_s",
        "target_s",
    ],
)
Counted = namedtuple(
    "Counted",
    # Of each incident that counts: its row, cell, grade by hour of the week, times to the first and to all officers.
    ["row", "cell", "hour", "took_s", "full_s"],
)

# What is added up in each cell.
SUMS = (
    *("n", "n_attended", "n_judged", "n_within", "n_travelled", "travel_s"),
    *("n_due", "n_unreached", "n_cross_border", "n_preempted"),
)
N_SUMS = len(SUMS)
N, ATTENDED, JUDGED, WITHIN, TRAVELLED, TRAVEL_S, DUE, UNREACHED, BORDER, PREEMPTED = range(N_SUMS)


@compiled
def tally_incidents(incidents, place_of_atom, hour_of_week, n_grades, n_places, with_appointments, window):
    """Return what counts of the incidents of a window, and sums in cells and by hour.

    Parameters
    ----------
    incidents
        What was given and what became of it, by incident.
    place_of_atom
        Which of the smallest places each atom is in, int64[atoms].
    hour_of_week
        Hour of the week of each hour of the run, int64[hours].
    n_grades, n_places
        A cell is a grade and a place: grade by grade.
    with_appointments
        Whether appointments are kept.
    window
        From when and until when incidents count (s), float64[2].

    Returns
    -------
    tuple
        `Counted`; sums as in `SUMS` by cell, float64[sums, cells]; those judged and within their target by grade and
        hour of the week, float64[2, grades * 168].
    """
    from_s, until_s = window[0], window[1]
    sums = np.zeros((N_SUMS, n_grades * n_places))
    by_hour = np.zeros((2, n_grades * HOURS))
    n = incidents.at_s.size
    row, cell, hour = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    took_s, full_s = np.empty(n), np.empty(n)
    k = 0
    for i in range(n):
        at_s, happened = incidents.at_s[i], incidents.happened[i]
        if at_s < from_s or at_s >= until_s or happened & (WAS_RESOLVED | WAS_CANCELLED):
            continue
        c = incidents.grade[i] * n_places + place_of_atom[incidents.atom[i]]
        h = incidents.grade[i] * HOURS + hour_of_week[min(np.int64(at_s / 3600.0), hour_of_week.size - 1)]
        took, target, travel = incidents.took_s[i], incidents.target_s[i], incidents.travel_s[i]
        is_due, is_attended = True, not np.isnan(incidents.arrived_s[i])
        if with_appointments and incidents.appointment_s[i] > at_s:
            # An appointment is kept, not answered: its clock is not the grade's. One for after the end of what counts
            # may still be kept: nobody failed to reach it.
            took = target = np.nan
            is_due = incidents.appointment_s[i] < until_s
        sums[N, c] += 1.0
        if is_attended:
            sums[ATTENDED, c] += 1.0
            if happened & CROSS_BORDER:
                sums[BORDER, c] += 1.0
            if happened & (LOST_EN_ROUTE | LOST_ON_SCENE):
                sums[PREEMPTED, c] += 1.0
        if is_due or is_attended:
            sums[DUE, c] += 1.0
            if not is_attended:
                sums[UNREACHED, c] += 1.0
        if not np.isnan(travel):
            sums[TRAVELLED, c] += 1.0
            sums[TRAVEL_S, c] += travel
        if not np.isnan(target):
            sums[JUDGED, c] += 1.0
            by_hour[0, h] += 1.0
            if took <= target:
                sums[WITHIN, c] += 1.0
                by_hour[1, h] += 1.0
        row[k], cell[k], hour[k] = i, c, h
        took_s[k], full_s[k] = took, took + (incidents.full_s[i] - incidents.arrived_s[i])
        k += 1
    return Counted(row[:k], cell[:k], hour[:k], took_s[:k], full_s[:k]), sums, by_hour


@compiled
def tally_queue(ready_s, assigned_s, cancel_at_s, grade, n_grades, n_hours, window):
    """Return how long incidents wait for a unit to be assigned, and how many wait at each full hour.

    Parameters
    ----------
    ready_s, assigned_s, cancel_at_s
        From when each seeks units, and when the first at the scene was assigned or it was called off (s); not a number:
        never.
    grade
        Its grade, int64[incidents].
    n_grades, n_hours
        How many grades, and full hours from the start of the run on, there are.
    window
        From when and until when waiting counts (s), float64[2].

    Returns
    -------
    tuple
        Time waited within the window by grade (s), float64[grades]; incidents that wait by grade and full hour,
        int64[grades, hours].
    """
    waited_s = np.zeros(n_grades)
    waiting = np.zeros((n_grades, n_hours + 1), np.int64)
    for i in range(ready_s.size):
        begin = ready_s[i]
        if np.isnan(begin):
            continue
        end = cancel_at_s[i] if np.isnan(assigned_s[i]) else assigned_s[i]
        if np.isnan(end):
            end = np.inf
        waited_s[grade[i]] += max(min(end, window[1]) - max(begin, window[0]), 0.0)
        # Who came by a full hour and was not assigned by it waits then.
        waiting[grade[i], np.int64(min(np.ceil(begin / 3600.0), n_hours))] += 1
        waiting[grade[i], np.int64(min(np.ceil(end / 3600.0), n_hours))] -= 1
    for g in range(n_grades):
        for hour in range(1, n_hours):
            waiting[g, hour] += waiting[g, hour - 1]
    return waited_s, waiting[:, :n_hours]


Contacts = namedtuple("Contacts", ["channel", "outcome", "wait_s", "is_beside", "handling_s", "wrap_up_s"])

# What is added up of each channel.
CONTACT_SUMS = (
    *("n", "n_answered", "n_abandoned", "n_called_back", "n_within_10", "n_within_30"),
    *("n_beside", "wait_s", "handling_s", "wrap_up_s"),
)
N_CONTACT_SUMS = len(CONTACT_SUMS)
OFFERED, TAKEN, GIVEN_UP, RUNG_BACK, WITHIN_10, WITHIN_30, BESIDE, WAIT_S, HANDLING_S, WRAP_UP_S = range(
    N_CONTACT_SUMS
)


@compiled
def tally_contacts(contacts, first, last, n_channels):
    """Return sums as in `CONTACT_SUMS` by channel, float64[sums, channels].

    Parameters
    ----------
    contacts
        The contacts of a run and what became of them.
    first, last
        Those from `first` on count, those from `last` on do not.
    n_channels
        How many channels there are.
    """
    sums = np.zeros((N_CONTACT_SUMS, n_channels))
    for i in range(first, last):
        of = sums[:, contacts.channel[i]]
        outcome, wait_s = contacts.outcome[i], contacts.wait_s[i]
        of[OFFERED] += 1.0
        of[BESIDE] += contacts.is_beside[i]
        if outcome == WAITING:
            continue
        of[WAIT_S] += wait_s
        if outcome == ABANDONED:
            of[GIVEN_UP] += 1.0
            continue
        of[HANDLING_S] += contacts.handling_s[i]
        of[WRAP_UP_S] += contacts.wrap_up_s[i]
        if outcome == CALLED_BACK:
            of[RUNG_BACK] += 1.0
            continue
        of[TAKEN] += 1.0
        of[WITHIN_10] += wait_s <= 10.0
        of[WITHIN_30] += wait_s <= 30.0
    return sums


@compiled
def response_s(arrived_s, assigned_s, at_s, received_s, recorded_s, grade, clock):
    """Return the time to the first unit at the scene by the clock of the grade (s), float64[incidents].

    Parameters
    ----------
    arrived_s, assigned_s, at_s, received_s, recorded_s
        Instants of each incident (s); one received or recorded at no known time was so at `at_s`.
    grade
        Its grade, int64[incidents].
    clock
        Where the clock of each grade starts, int64[grades]: 0 received, 1 recorded, 2 assigned.
    """
    took_s = np.empty(at_s.size)
    for i in range(at_s.size):
        if clock[grade[i]] == 2:
            begin = assigned_s[i]
        else:
            begin = received_s[i] if clock[grade[i]] == 0 else recorded_s[i]
            if np.isnan(begin):
                begin = at_s[i]
        took_s[i] = arrived_s[i] - begin
    return took_s


@compiled
def wait_of_next(at_s, channel, contact_at_s, contact_channel, contact_wait_s, n_channels):
    """Return how long the next contact of a channel waits, or its last one where there is none (s), float64[instants].

    Parameters
    ----------
    at_s, channel
        Instants (s), and the channel asked for; -1: none, which waits for nothing.
    contact_at_s, contact_channel, contact_wait_s
        The contacts, ascending, and how long each waits (s); not a number counts as 0.
    n_channels
        How many channels there are.
    """
    hour_s = 3600.0
    n_hours = 1 + (np.int64(contact_at_s[-1] / hour_s) if contact_at_s.size else 0)
    # Contacts channel by channel, and where those of each hour begin.
    begins = np.zeros(n_channels * n_hours + 1, np.int64)
    for k in range(contact_at_s.size):
        begins[contact_channel[k] * n_hours + np.int64(contact_at_s[k] / hour_s) + 1] += 1
    begins = np.cumsum(begins)
    filled = begins[:-1].copy()
    ordered_s, wait_s = np.empty(contact_at_s.size), np.empty(contact_at_s.size)
    for k in range(contact_at_s.size):
        cell = contact_channel[k] * n_hours + np.int64(contact_at_s[k] / hour_s)
        ordered_s[filled[cell]], wait_s[filled[cell]] = contact_at_s[k], contact_wait_s[k]
        filled[cell] += 1
    found = np.zeros(at_s.size)
    for i in range(at_s.size):
        first, last = channel[i] * n_hours, (channel[i] + 1) * n_hours
        if channel[i] < 0 or begins[first] == begins[last]:
            continue
        k = begins[first + min(np.int64(at_s[i] / hour_s), n_hours - 1)]
        while k < begins[last] and ordered_s[k] < at_s[i]:
            k += 1
        wait = wait_s[min(k, begins[last] - 1)]
        if not np.isnan(wait):
            found[i] = wait
    return found
