"""The rules a rota keeps for the people who work it, and the checker that any rota, from anywhere, is held to.

The checker knows nothing of how rotas are made: it looks at the duties of each person or team one after another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

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
        Whole days, midnight to midnight, free after the last night shift of a row.
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
    duties: Sequence[Duty], n_days: int, rules: Rules, is_cycle: bool = True
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
        found += _weekends_and_hours(once, n_days, rules, is_cycle)
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
        if last and last.shift.is_night and not is_next_night:
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
    duties: Sequence[Duty], n_days: int, rules: Rules, is_cycle: bool
) -> Iterator[Breach]:
    n_weeks = n_days // 7
    busy = set()
    for duty in duties:
        for day in range(duty.day, (duty.end_min - 1) // DAY_MIN + 1):
            if day % 7 >= 5 and (is_cycle or day < n_days):
                busy.add(day % n_days // 7)
    n_free = n_weeks - len(busy)
    if n_free < rules.weekends_off:
        yield Breach(
            "weekends_off",
            duties[0].who,
            n_days - 1,
            f"{n_free} weekends off in {n_weeks} weeks, at least {rules.weekends_off}",
        )
    week_h = sum(duty.shift.hours for duty in duties) / n_weeks
    if week_h > rules.week_h + 1e-9:
        yield Breach(
            "week_h",
            duties[0].who,
            n_days - 1,
            f"{week_h:.2f} h a week on average, at most {rules.week_h:g}",
        )
