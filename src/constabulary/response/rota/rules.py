"""The rules a rota keeps for the people who work it, and the checker that any rota, from anywhere, is held to.

The checker knows nothing of how rotas are made: it looks at the duties of each person or team one after another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constabulary.response.rota.shifts import DAY_MIN, Shift


@dataclass(frozen=True)
class Rules:
    """What a rota must keep to.

    Parameters
    ----------
    rest_h
        Least hours between the end of one shift and the start of the next.
    most_days
        Most days in a row on which a shift starts.
    most_nights
        Most night shifts in a row.
    free_after_nights
        Whole days, midnight to midnight, free after the last night shift of a row; with 0 hours of rest alone count.
    weekends_off
        Least weekends of the cycle without a minute of duty from Saturday 00:00 to Sunday 24:00.
    week_h
        Most hours a week, on average over the cycle.
    """

    rest_h: float = 11.0
    most_days: int = 6
    most_nights: int = 4
    free_after_nights: int = 2
    weekends_off: int = 1
    week_h: float = 40.0


@dataclass(frozen=True)
class Duty:
    """One shift of one person or team.

    Parameters
    ----------
    who
        The person or team.
    day
        Day it starts on, counted from a Monday.
    shift
        The shift.
    """

    who: str
    day: int
    shift: Shift

    @property
    def start_min(self) -> int:
        """When it starts, from that Monday's midnight (min)."""
        return self.day * DAY_MIN + self.shift.start_min

    @property
    def end_min(self) -> int:
        """When it ends (min)."""
        return self.start_min + self.shift.length_min


@dataclass(frozen=True)
class Breach:
    """One rule broken.

    Parameters
    ----------
    rule
        rest_h, most_days, most_nights, free_after_nights, weekends_off, week_h or overlap.
    who
        The person or team.
    day
        Day on which it shows, counted from the Monday.
    message
        What is wrong, in words.
    """

    rule: str
    who: str
    day: int
    message: str


def check_rota(
    duties: Sequence[Duty],
    n_days: int,
    rules: Rules,
    is_cycle: bool = True,
    cycle_weeks: int | None = None,
) -> tuple[Breach, ...]:
    """Return every rule a rota breaks, by person and day.

    Parameters
    ----------
    duties
        The duties, in any order.
    n_days
        Days of the rota, whole weeks.
    rules
        What it must keep to.
    is_cycle
        Whether it begins again after its last day, so that the end is held to the beginning as well.
    cycle_weeks
        Weeks over which weekends off and hours are counted; None: those of the rota. Of a longer rota any so many
        weeks in a row are held to the rules; of a shorter one only what no further week can put right is a breach.
    """
    by_who: dict[str, list[Duty]] = defaultdict(list)
    for duty in duties:
        by_who[duty.who].append(duty)
    found: list[Breach] = []
    for who, own in sorted(by_who.items()):
        once = sorted(own, key=lambda duty: (duty.start_min, duty.end_min))
        twice = once + [Duty(who, duty.day + n_days, duty.shift) for duty in once] if is_cycle else once
        found += _one_after_another(twice, rules)
        found += _rows(twice, rules)
        found += _weekends_and_hours(once, n_days // 7, rules, cycle_weeks or n_days // 7)
    seen: dict[tuple[str, str, int], Breach] = {}
    for breach in found:
        seen.setdefault((breach.rule, breach.who, day := breach.day % n_days), replace(breach, day=day))
    return tuple(seen.values())


def check_real_rest(
    spells: Mapping[str, Sequence[tuple[datetime, datetime]]], first_on: date, rules: Rules
) -> tuple[Breach, ...]:
    """Return rests that are too short in real hours, which the clock does not show where it goes forward.

    Parameters
    ----------
    spells
        Start and end of each duty as instants, by who.
    first_on
        The Monday that days are counted from.
    rules
        What the rests must keep to.
    """
    found = []
    for who, own in sorted(spells.items()):
        for before, after in pairwise(sorted(own)):
            rest_h = (after[0] - before[1]).total_seconds() / 3600.0
            if rest_h < rules.rest_h:
                day = (after[0].date() - first_on).days
                found.append(
                    Breach(
                        "rest_h",
                        who,
                        day,
                        f"{rest_h:g} h of real time between shifts, at least {rules.rest_h:g}",
                    )
                )
    return tuple(found)


def _one_after_another(duties: Sequence[Duty], rules: Rules) -> Iterator[Breach]:
    for before, after in pairwise(duties):
        rest_min = after.start_min - before.end_min
        if rest_min < 0:
            yield Breach("overlap", after.who, after.day, "on two shifts at once")
        elif rest_min < 60.0 * rules.rest_h:
            yield Breach(
                "rest_h",
                after.who,
                after.day,
                f"{rest_min / 60.0:g} h between {before.shift.name} and {after.shift.name}, at least {rules.rest_h:g}",
            )


def _rows(duties: Sequence[Duty], rules: Rules) -> Iterator[Breach]:
    days = n_nights = 0
    last: Duty | None = None
    for duty in duties:
        days = days + 1 if last and duty.day - last.day == 1 else days if last and duty.day == last.day else 1
        if days > rules.most_days:
            yield Breach("most_days", duty.who, duty.day, f"{days} days in a row, at most {rules.most_days}")
        is_next_night = bool(
            last and last.shift.is_night and duty.shift.is_night and duty.day - last.day <= 1
        )
        if rules.free_after_nights and last and last.shift.is_night and not is_next_night:
            # Days that no part of the night shift touches, before the day of the next duty.
            free = duty.day - 1 - (last.end_min - 1) // DAY_MIN
            if free < rules.free_after_nights:
                yield Breach(
                    "free_after_nights",
                    duty.who,
                    duty.day,
                    f"{max(free, 0)} days free after nights, at least {rules.free_after_nights}",
                )
        n_nights = n_nights + 1 if is_next_night else int(duty.shift.is_night)
        if n_nights > rules.most_nights:
            yield Breach(
                "most_nights", duty.who, duty.day, f"{n_nights} nights in a row, at most {rules.most_nights}"
            )
        last = duty


def _weekends_and_hours(
    duties: Sequence[Duty], n_weeks: int, rules: Rules, cycle_weeks: int
) -> Iterator[Breach]:
    who = duties[0].who
    hours, is_free = np.zeros(n_weeks), np.ones(n_weeks, dtype=np.bool_)
    for duty in duties:
        week = duty.day // 7
        hours[week] += duty.shift.hours
        # A shift lasts a day at most, so that only its own week's weekend can be touched.
        is_free[week] &= max(duty.day, (duty.end_min - 1) // DAY_MIN) % 7 < 5 and duty.day % 7 < 5
    n_seen = min(cycle_weeks, n_weeks)
    over = f"in {n_seen} weeks" + (f" of a cycle of {cycle_weeks}" if n_seen < cycle_weeks else "")
    free, worked_h = (_of_stretches(values, n_seen) for values in (is_free, hours))
    few = np.flatnonzero(free + (cycle_weeks - n_seen) < rules.weekends_off)
    if few.size:
        message = f"{free[few[0]]:g} weekends off {over}, at least {rules.weekends_off}"
        yield Breach("weekends_off", who, 7 * (int(few[0]) + n_seen) - 1, message)
    long = np.flatnonzero(worked_h > rules.week_h * cycle_weeks + 1e-9)
    if long.size:
        most = worked_h[long[0]] / n_seen
        message = f"{most:.2f} h a week on average {over}, at most {rules.week_h:g}"
        yield Breach("week_h", who, 7 * (int(long[0]) + n_seen) - 1, message)


def _of_stretches(values: NDArray[Any], n_weeks: int) -> NDArray[np.float64]:
    """Return the sum over each so many weeks in a row."""
    up_to = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return np.asarray(up_to[n_weeks:] - up_to[:-n_weeks])
