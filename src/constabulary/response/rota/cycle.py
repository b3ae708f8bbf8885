"""A team cycle: one line of shifts and days off that every team works in turn, a week after the team before it.

With as many weeks as teams, every week of the line is being worked by some team, so that all weeks are covered alike
and every team has the same nights, weekends and hours: fair by construction. HiGHS finds the line that keeps the
rules and leaves least of the need uncovered.

References
----------
N. Musliu, J. Gaertner and W. Slany, Efficient generation of rotating workforce schedules, Discrete Applied Mathematics
118 (2002).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem
from constabulary.response.milp import Programme
from constabulary.response.rota.cover import cover_by, cover_need, shift_cost_h
from constabulary.response.rota.rules import Duty, Rules
from constabulary.response.rota.shifts import DAY_MIN, WEEK_MIN, OnShift, Shift, check_need, cover_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_SHORT = 1_000.0  # an hour of need uncovered weighs more than any hours of work it would take
_WEEKEND = 0.5  # among lines as cheap the one with more weekends off


@dataclass(frozen=True)
class Cycle:
    """A line of shifts that teams work in turn.

    Parameters
    ----------
    shifts
        The kinds of shift.
    line
        Number of the shift on each day of the line, -1 for a day off, shape (weeks * 7,).
    team_size
        People in each team.
    cover
        People there in each slot of a week, shape (slots,).
    short_h
        Hours of need a week that are not covered (person-hours).
    is_proven
        Whether no line keeps the rules and does better.
    """

    shifts: tuple[Shift, ...]
    line: Integers
    team_size: int
    cover: Floats
    short_h: float
    is_proven: bool

    @property
    def n_teams(self) -> int:
        """How many teams take turns: one for each week of the line."""
        return len(self.line) // 7

    @property
    def n_people(self) -> int:
        """How many people that takes."""
        return self.n_teams * self.team_size

    @property
    def week_h(self) -> float:
        """Hours a week of each person, on average over the cycle."""
        return float(sum(self.shifts[one].hours for one in self.line if one >= 0) / self.n_teams)

    def duties(self, n_weeks: int | None = None) -> tuple[Duty, ...]:
        """Return the duties of every team.

        Parameters
        ----------
        n_weeks
            For how many weeks from a Monday; one whole cycle where it is not said.
        """
        days = 7 * (n_weeks or self.n_teams)
        return tuple(
            Duty(f"team {team + 1}", day, self.shifts[one])
            for team in range(self.n_teams)
            for day in range(days)
            if (one := int(self.line[(day + 7 * team) % len(self.line)])) >= 0
        )

    @property
    def on_duty(self) -> Integers:
        """Teams starting each shift on each day of the week, shape (7, shifts)."""
        counts = np.zeros((7, len(self.shifts)), dtype=np.int64)
        for day, one in enumerate(self.line):
            if one >= 0:
                counts[day % 7, one] += 1
        return counts


def find_cycle(
    need: Floats,
    shifts: Sequence[Shift],
    n_teams: int,
    team_size: int,
    rules: Rules,
    on_shift: OnShift | None = None,
    unsocial_rate: float = 0.0,
    limit_s: float = 30.0,
    is_all_covered: bool = False,
) -> Cycle:
    """Return the line that leaves least of the need uncovered, with teams of a given size.

    Parameters
    ----------
    need
        People needed in each slot of a week from Monday 00:00, shape (slots,).
    shifts
        Kinds of shift to choose from.
    n_teams
        Teams, and weeks of the cycle.
    team_size
        People in each team.
    rules
        What the line must keep to.
    on_shift, unsocial_rate
        As for `cover_need`.
    limit_s
        The longest to work (s).
    is_all_covered
        Whether nothing at all may be left uncovered.

    Raises
    ------
    BadInput
        Where a value is out of its range or no line keeps the rules.
    """
    slot_min = check_need(need)
    if need.size * slot_min != WEEK_MIN or n_teams < 1 or team_size < 1:
        raise BadInput(
            Problem(
                "out_of_range",
                f"{n_teams} teams of {team_size} for {need.size * slot_min / WEEK_MIN:g} weeks cannot be used.",
                expected="one team or more, of one or more, and the need of one week",
            )
        )
    programme = Programme()
    n_days, n_shifts = 7 * n_teams, len(shifts)
    cost = np.array([shift_cost_h(shift, unsocial_rate) for shift in shifts]) * team_size
    works = programme.columns(np.tile(cost, n_days), 0.0, 1.0, True).reshape(n_days, n_shifts)
    _cover(programme, works, need, slot_min, shifts, team_size, on_shift, is_all_covered)
    _keep_rules(programme, works, tuple(shifts), rules)
    found = programme.solve(limit_s)
    if not found.is_found:
        raise BadInput(
            Problem(
                "no_line" if found.is_proven else "out_of_time",
                f"No line of {n_teams} weeks keeps these rules, or none was found in the time allowed.",
                remedy="Allow more teams or hours, or relax a rule.",
            )
        )
    on = found.values[works] > 0.5
    line = np.where(on.any(axis=1), on.argmax(axis=1), -1).astype(np.int64)
    counts = on.reshape(n_teams, 7, n_shifts).sum(axis=0) * team_size
    cover = cover_by(counts, shifts, need.size, slot_min, on_shift)
    short_h = float(np.maximum(need - cover, 0.0).sum() * slot_min / 60.0)
    return Cycle(tuple(shifts), line, team_size, cover, short_h if short_h > 1e-6 else 0.0, found.is_proven)


def smallest_cycle(
    need: Floats,
    shifts: Sequence[Shift],
    n_teams: int,
    rules: Rules,
    on_shift: OnShift | None = None,
    unsocial_rate: float = 0.0,
    limit_s: float = 30.0,
) -> Cycle:
    """Return the line with the smallest teams that covers all of the need.

    Parameters
    ----------
    need, shifts, n_teams, rules, on_shift, unsocial_rate, limit_s
        As for `find_cycle`; the time is for each size of team tried.

    Raises
    ------
    BadInput
        As for `find_cycle`; or where no size of team would do.
    """
    check_need(need)
    size = _least_size(need, shifts, n_teams, rules, on_shift)
    is_smallest = True
    for tried in range(size, 3 * size + 3):
        try:
            found = find_cycle(
                need, shifts, n_teams, tried, rules, on_shift, unsocial_rate, limit_s, is_all_covered=True
            )
        except BadInput as error:
            is_smallest = is_smallest and error.problems[0].rule == "no_line"
        else:
            return replace(found, is_proven=found.is_proven and is_smallest)
    raise BadInput(
        Problem(
            "need_not_covered",
            f"No line of {n_teams} weeks was found that covers the need, with teams of {size} to {3 * size + 2}.",
            remedy="Allow shifts at the hours of need, more teams, more time, or relax a rule.",
        )
    )


def _least_size(
    need: Floats, shifts: Sequence[Shift], n_teams: int, rules: Rules, on_shift: OnShift | None
) -> int:
    """Return the smallest team for which some number of teams on each shift would do, the rules of rest left aside."""
    least_h = cover_need(need, shifts, on_shift, is_whole=False).cost_h
    return max(1, int(np.ceil(least_h / (n_teams * rules.week_h) - 1e-9)))


def _cover(
    programme: Programme,
    works: Integers,
    need: Floats,
    slot_min: int,
    shifts: Sequence[Shift],
    team_size: int,
    on_shift: OnShift | None,
    is_all_covered: bool,
) -> None:
    """Add the need: slots that the same shifts cover are one row, for the most that any of them needs.

    Where some may be left uncovered, only slots of the same need are one: what is short is summed slot by slot.
    """
    per_day = np.array([cover_of(shift, 0, need.size, slot_min, on_shift) for shift in shifts])
    day_slots = DAY_MIN // slot_min
    by_start = np.concatenate(
        [np.roll(per_day, day * day_slots, axis=1) for day in range(7)]
    )  # (7 shifts, slots)
    told_apart = np.vstack([by_start, np.zeros_like(need) if is_all_covered else need])
    alike, group = np.unique(told_apart.round(9), axis=1, return_inverse=True)
    alike = alike[:-1]
    n_rows = alike.shape[1]
    most = np.zeros(n_rows)
    np.maximum.at(most, group.reshape(-1), need)
    size = np.bincount(group.reshape(-1), minlength=n_rows)
    start, row = np.nonzero(alike > 1e-12)
    weeks = np.arange(len(works) // 7)[:, None]
    day, one = start // len(shifts), start % len(shifts)
    columns = works[(7 * weeks + day[None, :]), one[None, :]].ravel()
    rows = np.tile(row, len(weeks))
    # In whole teams where that says the same, which lets the solver round.
    values = np.tile(alike[start, row], len(weeks)) * team_size
    wanted = most
    if is_all_covered and len(np.unique(values)) == 1:
        wanted, values = np.ceil(most / values[0] - 1e-9), np.ones_like(values)
    if not is_all_covered:
        short = programme.columns(_SHORT * size * slot_min / 60.0, 0.0, np.inf)
        columns, rows = np.concatenate([columns, short]), np.concatenate([rows, np.arange(n_rows)])
        values = np.concatenate([values, np.ones(n_rows)])
    programme.rows(rows, columns, values, wanted, np.inf, n_rows)


def _keep_rules(programme: Programme, works: Integers, shifts: tuple[Shift, ...], rules: Rules) -> None:
    """Add the rows that keep a line to the rules; the line is a circle."""
    n_days = len(works)
    nights = [one for one, shift in enumerate(shifts) if shift.is_night]
    others = [one for one in range(len(shifts)) if one not in nights]

    def on(day: int, which: Sequence[int] | slice = slice(None)) -> list[int]:
        return [int(one) for one in np.atleast_1d(works[day % n_days, which])]

    for day in range(n_days):
        programme.row(on(day), 1.0, 0.0, 1.0)
        for number, shift in enumerate(shifts):
            # Only a rest can be too short: one row for a shift and all that may not follow it, on each later day.
            for later in (1, 2):
                too_soon = [
                    other
                    for other, after in enumerate(shifts)
                    if later * DAY_MIN + after.start_min - shift.end_min < 60.0 * rules.rest_h
                ]
                if too_soon and later < n_days:
                    programme.row([*on(day, [number]), *on(day + later, too_soon)], 1.0, 0.0, 1.0)
            if number in nights:
                _after_night(programme, on, day, number, shift, (nights, others), rules)
        _no_longer_rows(programme, on, day, nights, rules, n_days)
    programme.row(
        works.ravel(),
        np.tile([shift.hours for shift in shifts], n_days),
        0.0,
        rules.week_h * n_days / 7.0,
    )
    _weekends(programme, works, shifts, rules)


def _after_night(
    programme: Programme,
    on: Callable[..., list[int]],
    day: int,
    number: int,
    shift: Shift,
    kinds: tuple[list[int], list[int]],
    rules: Rules,
) -> None:
    """Keep whole days off after the last night of a row, those that it does not touch."""
    nights, others = kinds
    if rules.free_after_nights and shift.n_midnights and others:
        programme.row([*on(day, [number]), *on(day + 1, others)], 1.0, 0.0, 1.0)
    for free in range(1, rules.free_after_nights + 1):
        later = on(day + shift.n_midnights + free)
        next_night = on(day + 1, nights)
        if shift.n_midnights + free == 1:  # the next day itself: a night there goes on with the row
            later = on(day + 1, others) if others else []
            next_night = []
        columns = [*on(day, [number]), *later, *next_night]
        signs = [1.0] * (1 + len(later)) + [-1.0] * len(next_night)
        programme.row(columns, signs, -np.inf, 1.0)


def _no_longer_rows(
    programme: Programme,
    on: Callable[..., list[int]],
    day: int,
    nights: list[int],
    rules: Rules,
    n_days: int,
) -> None:
    if rules.most_days < n_days:
        days = [one for later in range(rules.most_days + 1) for one in on(day + later)]
        programme.row(days, 1.0, 0.0, rules.most_days)
    if nights and rules.most_nights < n_days:
        row = [one for later in range(rules.most_nights + 1) for one in on(day + later, nights)]
        programme.row(row, 1.0, 0.0, rules.most_nights)


def _weekends(programme: Programme, works: Integers, shifts: tuple[Shift, ...], rules: Rules) -> None:
    """Count weekends off: nothing starts on them and nothing of the days before runs into them."""
    n_weeks = len(works) // 7
    free = programme.columns(np.full(n_weeks, -_WEEKEND), 0.0, 1.0, True)
    for week in range(n_weeks):
        for back in range(4):  # Sunday, Saturday, and the two days before whose shifts may run into it
            day = (7 * week + 6 - back) % len(works)
            touches = [one for one, shift in enumerate(shifts) if shift.n_midnights >= back - 1]
            if touches:
                programme.row([int(free[week]), *(int(works[day, one]) for one in touches)], 1.0, 0.0, 1.0)
    programme.row(free, 1.0, rules.weekends_off, n_weeks)
