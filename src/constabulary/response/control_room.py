"""Call takers as they are rostered: how many of each pool are there in each half-hour of the week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, SupportsFloat

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.rooms.response import ControlRoomRow
from constabulary.response.clock import SLOTS
from constabulary.response.draws import Floats
from constabulary.response.rota.cover import cover_by
from constabulary.response.rota.shifts import OnShift, Shift

SLOT_MIN = 30
ALL = "one"
"""The pool of those who answer every channel."""


class PatternShift(Protocol):
    """A shift of a pattern, as the force folder or the workforce has it."""

    @property
    def pattern_id(self) -> str:
        """The pattern."""

    @property
    def weekdays(self) -> tuple[int, ...]:
        """Days it starts on, Monday 0."""

    @property
    def start_min(self) -> int:
        """Minutes from local midnight at which it starts."""

    @property
    def length_min(self) -> int:
        """How long it lasts (min)."""

    @property
    def on_duty_share(self) -> SupportsFloat:
        """Share of the pattern's people rostered on it."""


def pattern_cover(
    rows: Sequence[PatternShift], pattern_id: str, on_shift: OnShift | None = None
) -> tuple[Floats, float]:
    """Return what one person on a pattern is there for, on average over its turns.

    Parameters
    ----------
    rows
        Shifts, those of other patterns too.
    pattern_id
        The pattern.
    on_shift
        Briefing and breaks; none: there from start to end.

    Returns
    -------
    tuple
        Share of each half-hour of the week for which the person is there, shape (336,), and hours worked a week.
    """
    own = [row for row in rows if row.pattern_id == pattern_id]
    kinds = [Shift(row.start_min, row.length_min) for row in own]
    shares = np.zeros((7, len(own)))
    for one, row in enumerate(own):
        shares[list(row.weekdays), one] = float(row.on_duty_share)
    hours = float(shares.sum(axis=0) @ np.array([kind.hours for kind in kinds])) if own else 0.0
    return cover_by(shares, kinds, SLOTS, SLOT_MIN, on_shift), hours


def agents_on_duty(
    room: Sequence[ControlRoomRow], rows: Sequence[PatternShift], on_shift: OnShift | None = None
) -> dict[str, Floats]:
    """Return the call takers of each pool who are there in each half-hour of the week, shape (336,) each.

    Parameters
    ----------
    room
        Who answers.
    rows
        The shifts of their patterns.
    on_shift
        Briefing and breaks.
    """
    found: dict[str, Floats] = {}
    for one in room:
        cover, _ = pattern_cover(rows, one.pattern_id, on_shift)
        there = float(one.people_fte) * (1.0 - float(one.away_share)) * cover
        found[one.pool or ALL] = found.get(one.pool or ALL, np.zeros(SLOTS)) + there
    return found


def agents_of_pools(on_duty: Mapping[str, Floats], pool_ids: Sequence[str]) -> Floats:
    """Return those on duty by pool of a structure, to the nearest whole number, shape (pools, 336).

    Parameters
    ----------
    on_duty
        As `agents_on_duty` gives them.
    pool_ids
        The structure's pools: one for all, or `emergency` and `other`.

    Raises
    ------
    BadInput
        If they answer every channel and the structure has pools apart, or one of its pools has nobody.
    """
    if tuple(pool_ids) == (ALL,):
        whole: Floats = np.rint(np.sum(list(on_duty.values()), axis=0, keepdims=True))
        return whole
    missing = [pool for pool in pool_ids if pool not in on_duty]
    if missing:
        raise BadInput(
            Problem(
                "no_call_takers",
                f"nobody is rostered for the pool {', '.join(missing)}.",
                column="control_room.pool",
                expected=", ".join(pool_ids),
                remedy='Say who answers it, or let one pool answer all: [contact] pools = "one".',
            )
        )
    return np.rint(np.stack([on_duty[pool] for pool in pool_ids]))
