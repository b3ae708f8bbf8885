"""Shift starts, lengths and counts that cover a need at least cost, proven by HiGHS.

The cycle is a circle: a shift that runs past Sunday's midnight covers Monday's early hours, as the weeks before and
after are alike. (Nights wrapped into their own day are a known fault of other tools.)

References
----------
G. B. Dantzig, A comment on Edie's "Traffic delays at toll booths", Operations Research 2 (1954).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem
from constabulary.response.milp import Programme, Solution
from constabulary.response.rota.shifts import DAY_MIN, OnShift, Shift, check_need, cover_of

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cover:
    """Shifts that cover a need.

    Parameters
    ----------
    shifts
        The kinds of shift chosen from.
    n_people
        People starting each shift on each day, shape (days, shifts).
    cover
        People there in each slot, shape (slots,).
    cost_h
        Paid hours, unsocial ones weighed as asked.
    bound_h
        No such cover costs less.
    is_proven
        Whether it is certainly the cheapest.
    """

    shifts: tuple[Shift, ...]
    n_people: Floats
    cover: Floats
    cost_h: float
    bound_h: float
    is_proven: bool

    @property
    def paid_h(self) -> float:
        """Hours paid for, unweighed."""
        return float(self.n_people.sum(axis=0) @ [shift.hours for shift in self.shifts])


def shift_cost_h(shift: Shift, unsocial_rate: float) -> float:
    """Return what a shift costs, in hours of ordinary pay: hours from 20:00 to 06:00 cost a little more.

    Parameters
    ----------
    shift
        The shift.
    unsocial_rate
        What an unsocial hour costs beyond an ordinary one, as a share of it.
    """
    end = shift.end_min
    windows = ((0, 360), (1200, 1800), (2640, 3240))
    unsocial = sum(max(0, min(end, until) - max(shift.start_min, since)) for since, until in windows)
    return shift.hours + unsocial_rate * unsocial / 60.0


def cover_need(
    need: Floats,
    shifts: Sequence[Shift],
    on_shift: OnShift | None = None,
    unsocial_rate: float = 0.0,
    limit_s: float = 60.0,
    is_whole: bool = True,
) -> Cover:
    """Return how many people should start which shift on which day.

    Parameters
    ----------
    need
        People needed in each slot of a cycle of whole weeks from Monday 00:00, shape (slots,).
    shifts
        Kinds of shift to choose from; each may start on any day.
    on_shift
        Briefing and break.
    unsocial_rate
        See `shift_cost_h`.
    limit_s
        The longest to work (s).
    is_whole
        Whether people are whole; parts of people are found sooner and tell where shifts are wanted.

    Raises
    ------
    BadInput
        Where a value is out of its range, or no number of such shifts covers the need.
    """
    slot_min = check_need(need)
    n_days = need.size * slot_min // DAY_MIN
    day_slots = DAY_MIN // slot_min
    programme = Programme()
    costs = np.array([shift_cost_h(shift, unsocial_rate) for shift in shifts])
    starts = programme.columns(np.tile(costs, n_days), 0.0, np.inf, is_whole)
    first_day = np.array([cover_of(shift, 0, need.size, slot_min, on_shift) for shift in shifts])
    # Breaks take the same share of everybody: rather than of each, they are taken out of the need, to whole people.
    there = 1.0 - (on_shift.break_share if on_shift else 0.0)
    column, slot = np.nonzero(first_day > 1e-12)
    share = np.round(first_day[column, slot] / there, 12)
    wanted = need / there
    if (share == 1.0).all():
        wanted = np.ceil(wanted - 1e-9)
    days = np.arange(n_days)[:, None]
    programme.rows(
        ((slot[None, :] + days * day_slots) % need.size).ravel(),
        starts[(column[None, :] + days * len(shifts)).ravel()],
        np.tile(share, n_days),
        wanted,
        np.inf,
        need.size,
    )
    found = _solved(programme, limit_s) if is_whole else programme.solve(limit_s)
    if not found.is_found:
        raise BadInput(
            Problem(
                "need_not_covered",
                "No number of these shifts covers the need, or none was found in the time allowed.",
                expected="shifts that between them are on duty at every hour of need",
                remedy="Allow more starts or lengths, or a shorter briefing and break.",
            )
        )
    n_people = found.values[starts].reshape(n_days, len(shifts))
    return Cover(
        tuple(shifts),
        n_people,
        cover_by(n_people, shifts, need.size, slot_min, on_shift),
        found.objective,
        found.bound,
        found.is_proven,
    )


def _solved(programme: Programme, limit_s: float) -> Solution:
    """Return the answer in whole people.

    Each shift covers one stretch of the circle, so parts of people seldom do better than whole ones: where the answer
    in parts happens to be whole it is the best, and proven.
    """
    in_parts = programme.solve(limit_s, is_relaxed=True)
    whole = np.rint(in_parts.values)
    if not in_parts.is_found or not in_parts.is_proven or np.abs(in_parts.values - whole).max() > 1e-7:
        return programme.solve(limit_s)
    return replace(in_parts, values=whole)


def cover_by(
    n_people: Floats,
    shifts: Sequence[Shift],
    n_slots: int,
    slot_min: int,
    on_shift: OnShift | None = None,
) -> Floats:
    """Return the people there in each slot, shape (slots,).

    Parameters
    ----------
    n_people
        People starting each shift on each day of the cycle, shape (days, shifts).
    shifts
        The kinds of shift.
    n_slots, slot_min
        How many slots the cycle has and how long each is (min).
    on_shift
        Briefing and break.
    """
    cover = np.zeros(n_slots)
    for number, shift in enumerate(shifts):
        for day in np.flatnonzero(n_people[:, number]):
            cover += n_people[day, number] * cover_of(shift, int(day), n_slots, slot_min, on_shift)
    return cover


def few_shifts(
    need: Floats,
    shifts: Sequence[Shift],
    n_kinds: int,
    on_shift: OnShift | None = None,
    unsocial_rate: float = 0.0,
) -> tuple[Shift, ...]:
    """Return a few of many kinds of shift that still cover a need well: the least used is left out, time and again.

    Parameters
    ----------
    need, shifts, on_shift, unsocial_rate
        As for `cover_need`.
    n_kinds
        How many kinds to keep; more stay where with so few the need cannot be covered.
    """
    kept = tuple(shifts)
    must: set[Shift] = set()
    while len(kept) > n_kinds and len(must) < len(kept):
        found = cover_need(need, kept, on_shift, unsocial_rate, is_whole=False)
        hours = found.n_people.sum(axis=0) * np.array([shift.hours for shift in kept])
        used = tuple(shift for shift, worked in zip(kept, hours, strict=True) if worked > 1e-9)
        if n_kinds <= len(used) < len(kept):
            kept = used
            continue
        least = min((shift for shift in kept if shift not in must), key=lambda one: hours[kept.index(one)])
        rest = tuple(shift for shift in kept if shift != least)
        try:
            cover_need(need, rest, on_shift, unsocial_rate, is_whole=False)
        except BadInput:
            must.add(least)
        else:
            kept = rest
    return tuple(sorted(kept))
