"""Cleaning of fixes by stated rules, each unit's local day on its own, so that it never matters how days are parted.

In this order:

1. Fixes are put in order of their instants. Nothing is removed; those that came after a later one are counted.
2. `duplicate`: unit, instant, place and label are those of another fix.
3. `clock_offset`: a clock was put back while the unit reported. Within one file, instants step back by more than
   `clock_step_s`, and at least `n_confirming` fixes before the step and as many after it tell of the same minutes;
   those before it are removed. Messages kept back and sent late tell of other minutes, and stay. Where more than one
   fix in twenty begins with such a step, the file is in no order of arrival and the rule is not applied.
4. `stuck`: a receiver gave one position while its unit moved on: by the speed it reported itself, or because the next
   position (confirmed by those after it) could not have been reached since the last repeat, but could since the first.
5. `impossible_jump`: the fix could be reached from the one kept before it only faster than `jump_kmh`, with
   `jump_slack_m` allowed for the receiver. If that fix and those after it, `n_confirming` in all, agree with each
   other, the unit really is there: then they are kept, and the time before them is unknown (or, where fewer fixes than
   that stand before them, those are removed).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constabulary.cover._kernel import clean as kernel
from constabulary.cover.fixes import US, Fixes, Int, Real, Track, columns, label_of, side_by_side
from constabulary.parameters.load import Parameter
from constabulary.tables.circles import METRES_A_DEGREE

REASONS: Mapping[str, int] = {
    "duplicate": kernel.DUPLICATE,
    "clock_offset": kernel.CLOCK_OFFSET,
    "stuck": kernel.STUCK,
    "impossible_jump": kernel.IMPOSSIBLE_JUMP,
}
"""Why a fix is removed, by the number that stands for it; 0 is kept."""
_ROOM = threading.local()


@dataclass(frozen=True)
class CleaningRules:
    """The limits of the rules.

    Parameters
    ----------
    jump_kmh
        Speed above which a jump is impossible [km/h].
    jump_slack_m
        Error of two positions together that is not taken for movement [m].
    n_confirming
        Fixes that must agree with each other to be believed against others.
    clock_step_s
        How far a clock must step back [s].
    stuck_kmh
        Reported speed from which a position that does not change is stuck [km/h].
    """

    jump_kmh: float
    jump_slack_m: float
    n_confirming: int
    clock_step_s: float
    stuck_kmh: float

    @classmethod
    def of(cls, parameters: Mapping[str, Parameter]) -> CleaningRules:
        """Return the rules in the parameters of the group "cover"."""
        value = {name: parameter.value for name, parameter in parameters.items()}
        return cls(
            value["jump_kmh"],
            value["jump_slack_m"],
            int(value["n_confirming"]),
            value["clock_step_s"],
            value["stuck_kmh"],
        )


@dataclass(frozen=True, eq=False)
class Cleaned:
    """What came of cleaning.

    Parameters
    ----------
    track
        The fixes kept, their areas not looked up yet.
    kept
        Their rows among the fixes, shape (n_kept,).
    reason
        Of each fix, 0 if it is kept, else one of `REASONS`, shape (n,).
    n_out_of_order
        How many came after a later one and were put in their place.
    """

    track: Track
    kept: NDArray[np.int32]
    reason: NDArray[np.uint8]
    n_out_of_order: int

    def counts(self, of: slice | NDArray[np.intp] = slice(None)) -> dict[str, int]:
        """Return how many fixes each rule removed, of all or of some rows."""
        found = np.bincount(self.reason[of], minlength=len(REASONS) + 1)
        return {name: int(found[number]) for name, number in REASONS.items()}


def clean(parts: Sequence[Fixes], rules: CleaningRules) -> Cleaned:
    """Clean the fixes of any number of units and days.

    Parameters
    ----------
    parts
        The fixes in the order they came, in one part or more; together whole local days of each unit.
    rules
        The limits.

    Examples
    --------
    >>> rules = CleaningRules(250, 100, 3, 300, 10)
    >>> n = 3
    >>> one = np.zeros(n, np.uint32), np.zeros(1, np.int64)
    >>> fixes = Fixes(
    ...     one, one, one, np.zeros(n, np.int32), np.array([0, 30, 60]) * US, np.array([0.1, 9.9, 0.1]),
    ...     np.full(n, 52.2), np.full(n, -1), np.full(n, np.nan), np.zeros(n, np.int64),
    ... )  # fmt: skip
    >>> clean([fixes], rules).counts()["impossible_jump"]
    1
    """
    parts = [part.lent() for part in parts]
    n = sum(len(part) for part in parts)
    degrees_us_a_kmh = 1 / 3.6 / METRES_A_DEGREE / US
    limits = (
        rules.jump_kmh * degrees_us_a_kmh,
        rules.jump_slack_m / METRES_A_DEGREE,
        float(rules.n_confirming),
        float(rules.clock_step_s * US),
        degrees_us_a_kmh,
    )
    # Each unit's fixes are brought together first: rows that lie apart are slow to walk over.
    together, block, speed, source = _room(n)
    starts, n_days = _brought_together(parts, rules, together, block)
    reason = np.zeros(n, np.uint8)
    row, is_break = np.empty(n, np.int32), np.empty(n, np.bool_)
    t, x, y, label, unit = columns(n, int, float, float, int, int)
    if parts:
        np.concatenate([part.speed for part in parts], out=speed)
        np.concatenate([part.source for part in parts], out=source)
    n_kept, n_moved = kernel.clean(
        starts, n_days, together, speed, source, limits, reason, (row, t, x, y, label, unit, is_break)
    )
    every = Track(unit, t, x, y, label, np.broadcast_to(np.int32(-1), n), is_break)
    return Cleaned(every.take(slice(n_kept)), row[:n_kept], reason, int(n_moved))


def _room(n: int) -> tuple[tuple[NDArray[Any], ...], Int, Real, Int]:
    """Return where n fixes are brought together: row, t, x, y and label, the block of the last four, speed and source.

    Each thread uses its own again and again, as pages fresh from the system cost more than what is written to them.
    """
    if getattr(_ROOM, "size", -1) < n:
        _ROOM.row, _ROOM.block = np.empty(n, np.int32), np.empty((n, 4), np.int64)
        _ROOM.speed, _ROOM.source = columns(n, float, int)
        # Last: memory may not do for all of them.
        _ROOM.size = n
    block = _ROOM.block[:n]
    together = _ROOM.row[:n], *side_by_side(block, int, float, float, int)
    return together, block, _ROOM.speed[:n], _ROOM.source[:n]


def _brought_together(
    parts: Sequence[Fixes], rules: CleaningRules, together: tuple[NDArray[Any], ...], block: Int
) -> tuple[Int, int]:
    """Bring the fixes of each unit's days together; return where those of each begin, and the number of days."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return np.zeros(1, np.int64), 1
    first_day = min(int(part.day.min()) for part in parts)
    n_days = max(int(part.day.max()) for part in parts) - first_day + 1
    n_units = max(int(part.unit[1].max()) for part in parts) + 1
    n_fixes = np.zeros(n_units * n_days, np.int64)
    for part in parts:
        kernel.count(*part.unit, part.day, first_day, n_days, n_fixes)
    starts = np.append(0, np.cumsum(n_fixes))
    free = starts[:-1].copy()
    row = 0
    for part in parts:
        names = part.unit[0], part.role[0], part.status[0]
        numbers = part.unit[1], label_of(part.role[1], 0, -1), label_of(0, part.status[1], -1)
        columns = part.day, part.t, part.x, part.y, part.crew_size, part.speed
        kernel.bring_together(
            names, columns, numbers, row, first_day, n_days, rules.stuck_kmh, free, together, block
        )
        row += len(part)
    return starts, n_days
