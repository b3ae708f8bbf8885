"""Fixes as arrays: positions of units as they came, and the tracks that are left of them once they are cleaned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constabulary.cover._kernel import fixes as kernel

Int = NDArray[np.int64]
Real = NDArray[np.float64]
Truth = NDArray[np.bool_]
Codes = NDArray[np.uint32]
Area = NDArray[np.int32]
"""Numbers of areas, -1 for none."""
Coded = tuple[Codes, Int]
"""A code for each row, and the number that each code stands for."""

US = 1_000_000
"""Microseconds in a second; instants and lengths are whole microseconds, so that totals add up exactly."""
_CREW_BITS, _STATUS_BITS, _ROLE_BITS = 9, 12, 36
IN_STATION, MOVING = 1 << _CREW_BITS, 1 << (_CREW_BITS + 1)
"""Marks that a label may carry beside role, status and crew size."""
LABEL_BITS = {
    "role": -1 << _ROLE_BITS,
    "status": (1 << _ROLE_BITS) - (1 << _STATUS_BITS),
    "station": IN_STATION,
    "moving": MOVING,
}
"""The bits of a label that tell each part of it."""


@dataclass(frozen=True, eq=False)
class Fixes:
    """Positions of units in the order they came, one array a column, shape (n,) each.

    Parameters
    ----------
    unit, role, status
        Codes of their names, and the number of each code, from 0.
    day
        Number of the local day; later days have higher numbers, int32.
    t
        Instant [microseconds since 1970, UTC].
    x, y
        Longitude and latitude [degrees, WGS 84].
    crew_size
        Officers in the unit, -1 where unknown.
    speed
        Reported speed [km/h], NaN where none is.
    source
        Number of the file; only rows of one file are known to have come one after another.
    """

    unit: Coded
    role: Coded
    status: Coded
    day: NDArray[np.int32]
    t: Int
    x: Real
    y: Real
    crew_size: Int
    speed: Real
    source: Int

    def __len__(self) -> int:
        return self.t.size

    def lent(self) -> Fixes:
        """Return the same as arrays that cannot be written."""
        columns: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        for name, column in columns.items():
            columns[name] = tuple(map(lent, column)) if isinstance(column, tuple) else lent(column)
        return Fixes(**columns)


@dataclass(frozen=True, eq=False)
class Track:
    """Fixes kept, sorted by unit, then instant; columns as in `Fixes`.

    Parameters
    ----------
    area
        Number of the area each lies in, -1 for none.
    is_break
        Whether the unit cannot have come here from the fix before.
    """

    unit: Int
    t: Int
    x: Real
    y: Real
    label: Int
    area: Area
    is_break: Truth

    def __len__(self) -> int:
        return self.t.size

    def take(self, rows: Int | Truth | slice) -> Track:
        """Return some of the fixes, by their places, by a truth each or by a slice."""
        return Track(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def renumbered(self, units: Int, roles: Int, statuses: Int) -> Track:
        """Return the same with other numbers for the units, roles and statuses, sorted by unit again."""
        label = relabelled(self.label, roles, statuses)
        other = replace(self, unit=units[self.unit], label=label)
        return other.take(np.argsort(other.unit, kind="stable"))

    def joined(self, other: Track) -> Track:
        """Return these fixes and other ones, sorted by unit; of one unit, these come first."""
        unit = np.concatenate([self.unit, other.unit])
        both = Track(
            **{
                field.name: np.concatenate([getattr(self, field.name), getattr(other, field.name)])
                for field in fields(self)
            }
        )
        return both.take(np.argsort(unit, kind="stable"))


def lent(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array as one that cannot be written.

    Polars lends its arrays so where it need not copy them: kernels that take all that way are compiled once.
    """
    view = array.view()
    view.flags.writeable = False
    return view


def columns(n: int, *kinds: type) -> tuple[NDArray[Any], ...]:
    """Return unwritten arrays of n whole numbers (int) or doubles (float) that lie in one block.

    A large block is handed out in large pages; many of a few megabytes, in small ones at a cost of more than their use.
    """
    block = np.empty((len(kinds), n), np.int64)
    return tuple(row.view(kind) for row, kind in zip(block, kinds, strict=True))


def side_by_side(block: Int, *kinds: type) -> tuple[NDArray[Any], ...]:
    """Return the columns of a block as whole numbers (int) or doubles (float), so that the parts of a row lie together.

    Rows that are written here and there cost a line of the cache each then, not one for each column.
    """
    return tuple(column.view(kind) for column, kind in zip(block.T, kinds, strict=True))


def first_rows(parts: Sequence[Codes], n_codes: int) -> Int:
    """Return the first row of each code from 0 over all parts, -1 where it does not occur, shape (n_codes,)."""
    first = np.full(n_codes, -1, np.int64)
    row = 0
    for codes in parts:
        kernel.first_rows(codes, row, first)
        row += codes.size
    return first


def label_of(role: Int | int, status: Int | int, crew_size: Int | int) -> Int:
    """Return role, status (numbers from 0) and crew size (-1 where unknown) as one number, shape (n,).

    Examples
    --------
    >>> label = label_of(np.array([2]), np.array([7]), np.array([-1]))
    >>> [int(part[0]) for part in (role_of(label), status_of(label), crew_size_of(label))]
    [2, 7, -1]
    """
    return np.asarray((role << _ROLE_BITS) | (status << _STATUS_BITS) | (crew_size + 1))


def relabelled(label: Int, roles: Int, statuses: Int) -> Int:
    """Return labels with other numbers for the same roles and statuses, `roles[old]` and `statuses[old]`."""
    rest = label & ((np.int64(1) << _STATUS_BITS) - 1)
    return (roles[role_of(label)] << _ROLE_BITS) | (statuses[status_of(label)] << _STATUS_BITS) | rest


def role_of(label: Int) -> Int:
    """Return the role in a label."""
    return label >> _ROLE_BITS


def status_of(label: Int) -> Int:
    """Return the status in a label."""
    return (label >> _STATUS_BITS) & ((1 << (_ROLE_BITS - _STATUS_BITS)) - 1)


def crew_size_of(label: Int) -> Int:
    """Return the crew size in a label, -1 where unknown."""
    return (label & ((1 << _CREW_BITS) - 1)) - 1


def marked(label: Int, mark: int, is_so: Truth) -> Int:
    """Return labels with a mark, `IN_STATION` or `MOVING`, where it is so."""
    return np.where(is_so, label | mark, label & ~np.int64(mark))


def has_mark(label: Int, mark: int) -> Truth:
    """Tell which labels carry a mark."""
    is_marked: Truth = (label & mark) != 0
    return is_marked
