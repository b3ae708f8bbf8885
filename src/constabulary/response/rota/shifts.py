"""Shifts as they are, with real midnights: when each is on duty, and which stretches of the week it covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem, out_of_range

Floats = NDArray[np.float64]

DAY_MIN = 24 * 60
WEEK_MIN = 7 * DAY_MIN
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NIGHT_MIN = ((0, 6 * 60), (23 * 60, 30 * 60), (47 * 60, 54 * 60))
"""Night time of the day a shift starts on and the two after it: 23:00 to 06:00 (min from that day's midnight)."""

NIGHT_WORK_MIN = 180
"""A shift with this much night time is a night shift (min).

Working Time Regulations 1998, regulation 2(1): night time, and the three hours of it that make a night worker.
"""


@dataclass(frozen=True, order=True)
class Shift:
    """A kind of shift.

    Parameters
    ----------
    start_min
        When it starts, from local midnight (min), 0 to 1439.
    length_min
        How long it lasts, breaks included (min); it may run past midnight.
    name
        Its name for people; made of its times where there is none.
    """

    start_min: int
    length_min: int
    name: str = ""

    def __post_init__(self) -> None:
        if not (0 <= self.start_min < DAY_MIN and 0 < self.length_min <= DAY_MIN):
            raise BadInput(
                Problem(
                    "bad_shift",
                    f"a shift from minute {self.start_min} of {self.length_min} minutes cannot be used.",
                    expected="a start from 0 to 1439 and a length from 1 to 1440 minutes",
                )
            )
        if not self.name:
            object.__setattr__(self, "name", f"{clock(self.start_min)}-{clock(self.end_min)}")

    @property
    def end_min(self) -> int:
        """When it ends, from the midnight before its start (min); 1440 and more is the next day."""
        return self.start_min + self.length_min

    @property
    def n_midnights(self) -> int:
        """How many midnights it runs past."""
        return (self.end_min - 1) // DAY_MIN

    @property
    def is_night(self) -> bool:
        """Whether it is a night shift."""
        return (
            sum(max(0, min(self.end_min, until) - max(self.start_min, since)) for since, until in NIGHT_MIN)
            >= NIGHT_WORK_MIN
        )

    @property
    def hours(self) -> float:
        """How long it lasts (h)."""
        return self.length_min / 60.0


@dataclass(frozen=True)
class OnShift:
    """What of a shift its people are there for.

    Parameters
    ----------
    briefing_min
        At the start, for briefing and handing over (min): on shift, not yet of use.
    break_share
        Share of those on shift who are at their break, breaks being taken in turns: 0.09 for 45 minutes of 8 hours.
    """

    briefing_min: float = 0.0
    break_share: float = 0.0


def clock(minutes: int) -> str:
    """Return minutes from midnight as a clock time.

    Examples
    --------
    >>> clock(1470)
    '00:30'
    """
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def cover_of(shift: Shift, day: int, n_slots: int, slot_min: int, on_shift: OnShift | None = None) -> Floats:
    """Return the share of each slot of a cycle for which one person on a shift is there, shape (slots,).

    What runs past the end of the cycle covers its beginning: the week after is like the week before.

    Parameters
    ----------
    shift
        The shift.
    day
        The day it starts on, 0 the cycle's first.
    n_slots, slot_min
        How many slots the cycle has and how long each is (min).
    on_shift
        Briefing and break; none: there from start to end.

    Examples
    --------
    >>> night = cover_of(Shift(22 * 60, 600), 6, 14, 720)  # Sunday night, half days
    >>> night.round(2).tolist()[0], night.round(2).tolist()[-1]
    (0.67, 0.17)
    """
    there = on_shift or OnShift()
    start = day * DAY_MIN + shift.start_min
    since = start + min(there.briefing_min, shift.length_min)
    return (1.0 - there.break_share) * _between(since, start + shift.length_min, n_slots, slot_min)


def _between(since: float, until: float, n_slots: int, slot_min: int) -> Floats:
    cover = np.zeros(n_slots)
    first, last = int(since // slot_min), int(np.ceil(until / slot_min))
    slots = np.arange(first, last)
    minutes = np.minimum(until, (slots + 1) * slot_min) - np.maximum(since, slots * slot_min)
    np.add.at(cover, slots % n_slots, np.maximum(minutes, 0.0) / slot_min)
    return cover


def candidates(
    lengths_min: Sequence[int], every_min: int, first_min: int = 0, last_min: int = DAY_MIN - 1
) -> tuple[Shift, ...]:
    """Return all shifts of some lengths that start every so many minutes of the day.

    Parameters
    ----------
    lengths_min
        Lengths (min).
    every_min
        Minutes between starts; a whole number of them makes a day.
    first_min, last_min
        Earliest and latest start (min from midnight).

    Raises
    ------
    BadInput
        Where a value is out of its range.
    """
    if every_min < 1 or DAY_MIN % every_min:
        expected = "minutes of which a whole number make a day, such as 30 or 60"
        raise BadInput(out_of_range("every_min", every_min, expected))
    return tuple(
        Shift(start, length)
        for length in sorted(set(lengths_min))
        for start in range(0, DAY_MIN, every_min)
        if first_min <= start <= last_min
    )


def check_need(need: Floats) -> int:
    """Return the length of a slot (min), given the need in each slot of a cycle of whole weeks of half-hours or such.

    Parameters
    ----------
    need
        People needed, shape (slots,): slots of 5, 10, 15, 30, 60 or 120 minutes, the first from Monday 00:00. 336 are a
        week of half-hours.

    Raises
    ------
    BadInput
        Where they make no whole weeks, or a need is negative or no number.
    """
    sizes = (30, 60, 15, 5, 10, 120)
    slot_min = next((size for size in sizes if need.size and need.size * size % WEEK_MIN == 0), 0)
    if not slot_min or not np.isfinite(need).all() or (need < 0).any():
        raise BadInput(
            Problem(
                "bad_need",
                f"a need of {need.size} slots cannot be used.",
                expected="336 half-hours from Monday 00:00 (or whole weeks of them), each a number, 0 or more",
            )
        )
    return slot_min
