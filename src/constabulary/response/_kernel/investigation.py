"""The investigation engine: crimes through their stages, team by team, day by day.

Crimes are in chains: those that wait for a team and those that it holds by team and priority, `waiting` and `held`
int64[teams, priorities, 2], those on their way to another team, `moved` int64[2]. A chain is its first and its last, -1
where it is empty; `behind` int64[crimes] says who comes next.
"""

from collections import namedtuple

import numpy as np

from constabulary.numeric.compiled import engine, part

IN_DELAY = -1.0  # what is left of a stage's work once it is done

Office = namedtuple(
    "Office",
    [
        # What is given.
        "on_day",
        "priority",
        "work_h",
        "delay_days",
        "team",
        "hours",
        "most_held",
        "most_h_a_day",
        # How it stands: stage, what is left of its work, the day on which its delay is over.
        "stage",
        "left_h",
        "back_on",
        "behind",
        "waiting",
        "held",
        "moved",
        "n_waiting",
        "n_held",
        # What became of it.
        "taken_up_on",
        "closed_on",
        "used_h",
        "stock",
        "load",
    ],
)


@engine
def simulate(office):
    """Run all days; what goes from one team to another is there the day after."""
    n_teams, n_days = office.hours.shape
    k = 0
    for day in range(n_days):
        # Those that moved yesterday are the older ones; then new ones, by number.
        i = np.int64(office.moved[0])
        office.moved[:] = -1
        while i >= 0:
            after = np.int64(office.behind[i])
            _wait(office, i)
            i = after
        while k < office.on_day.size and office.on_day[k] <= day:
            if office.team[k, 0] < 0:
                office.closed_on[k] = day
            else:
                office.left_h[k] = office.work_h[k, 0]
                _wait(office, k)
            k += 1
        for team in range(n_teams):
            _take_up(office, team, day)
            hours = office.hours[team, day]
            for priority in range(office.held.shape[1]):
                hours = _spend(office, team, priority, day, hours)
            office.used_h[team, day] = office.hours[team, day] - hours
        for team in range(n_teams):
            office.stock[team, day] = office.n_waiting[team]
            office.load[team, day] = office.n_held[team]


@part
def _spend(office, team, priority, day, hours):
    """Work on the crimes of a priority that a team holds, let go those that are done, and return the hours left."""
    chain = office.held[team, priority]
    before = np.int64(-1)
    i = np.int64(chain[0])
    while i >= 0:
        after = np.int64(office.behind[i])
        hours -= _work(office, i, team, day, min(hours, office.most_h_a_day))
        if office.closed_on[i] < 0 and office.team[i, office.stage[i]] == team:
            before = i
        else:
            if before >= 0:
                office.behind[before] = after
            else:
                chain[0] = after
            if after < 0:
                chain[1] = before
            office.n_held[team] -= 1
            if office.closed_on[i] < 0:
                _append(office, office.moved, i)
        i = after
    return hours


@part
def _wait(office, i):
    """Let a crime wait for the team of its stage."""
    team = office.team[i, office.stage[i]]
    _append(office, office.waiting[team, office.priority[i]], i)
    office.n_waiting[team] += 1


@part
def _append(office, chain, i):
    office.behind[i] = -1
    if chain[1] >= 0:
        office.behind[chain[1]] = i
    else:
        chain[0] = i
    chain[1] = i


@part
def _take_up(office, team, day):
    """Have a team take up what waits, the most urgent first, as far as its caseload goes."""
    for priority in range(office.waiting.shape[1]):
        while office.waiting[team, priority, 0] >= 0 and office.n_held[team] < office.most_held[team, day]:
            i = np.int64(office.waiting[team, priority, 0])
            office.waiting[team, priority, 0] = office.behind[i]
            if office.behind[i] < 0:
                office.waiting[team, priority, 1] = -1
            office.n_waiting[team] -= 1
            office.n_held[team] += 1
            if office.taken_up_on[i] < 0:
                office.taken_up_on[i] = day
            _append(office, office.held[team, priority], i)


@part
def _work(office, i, team, day, hours):
    """Work on a crime for at most so many hours and return how many; stages of the team follow on each other."""
    used = 0.0
    while office.back_on[i] <= day:
        if office.left_h[i] >= 0.0:
            done = min(office.left_h[i], hours - used)
            office.left_h[i] -= done
            used += done
            if office.left_h[i] > 0.0:
                break
            office.left_h[i] = IN_DELAY
            office.back_on[i] = day + office.delay_days[i, office.stage[i]]
        else:
            s = np.int64(office.stage[i]) + 1
            if s == office.team.shape[1] or office.team[i, s] < 0:
                office.closed_on[i] = day
                break
            office.stage[i] = s
            office.left_h[i] = office.work_h[i, s]
            if office.team[i, s] != team:
                break
    return used
