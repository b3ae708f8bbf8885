"""Cells of H3 as areas: which cell a point is in, and where a line passes into the next one, as H3 itself has it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from constabulary.core.errors import Problem
from constabulary.cover.fixes import Area, Int, Real, Truth


@dataclass(frozen=True)
class Cells:
    """Cells of H3 at one resolution, numbered as they are met.

    Parameters
    ----------
    h3
        The module `h3.api.basic_int`.
    resolution
        From 0 to 15.
    """

    h3: Any
    resolution: int
    _numbers: dict[int, int] = field(default_factory=dict)
    members: None = None
    sha256: None = None
    attribution: str = ""
    notices: tuple[Problem, ...] = ()

    @property
    def index(self) -> Cells:
        """What lines cross: the cells themselves."""
        return self

    @property
    def ids(self) -> list[str]:
        """Their ids, in order of their numbers."""
        return [self.h3.int_to_str(cell) for cell in self._numbers]

    @property
    def names(self) -> list[str]:
        """Their ids once more."""
        return self.ids

    def locate(self, x: Real, y: Real) -> Area:
        """Return the number of the cell of each point."""
        points = zip(x.tolist(), y.tolist(), strict=True)
        return np.fromiter((self._number(*point) for point in points), np.int32, x.size)

    def cut(
        self, t: Int, x: Real, y: Real, area: Area, is_gap: Truth, longest_us: int
    ) -> tuple[Int, Int, Area]:
        """Cut lines at the microsecond in which H3 first has them in another cell, see `cover.presence.Cutting`.

        A line that ends in the cell it begins in stays there: cells are convex but for the curve of the earth.
        """
        length = np.diff(t)
        is_cut = ~is_gap[:-1] & (length <= longest_us) & (area[1:] != area[:-1])
        found: list[tuple[int, int, int]] = []
        for row in np.flatnonzero(is_cut).tolist():
            line = float(x[row]), float(y[row]), float(x[row + 1]), float(y[row + 1])
            found += [
                (row, int(t[row]) + at, cell)
                for at, cell in self._entered(line, int(length[row]), int(area[row]), int(area[row + 1]))
            ]
        more = np.array(found, np.int64).reshape(-1, 3)
        rows = np.concatenate([np.stack([np.arange(t.size), t, area], axis=1), more])
        row, t, where = np.ascontiguousarray(rows[np.argsort(rows[:, 0], kind="stable")].T)
        return row, t, where.astype(np.int32)

    def _entered(
        self, line: tuple[float, float, float, float], length: int, first: int, last: int
    ) -> list[tuple[int, int]]:
        """Return when a line is first in each further cell before its end [microseconds], and the cell."""
        x, y, to_x, to_y = line
        found = []
        # Halves that begin and end in different cells, the earliest on top.
        halves = [(0, first, length, last)]
        while halves:
            begin, before, end, after = halves.pop()
            if end - begin <= 1:
                if end < length:
                    found.append((end, after))
                continue
            middle = (begin + end) // 2
            share = middle / length
            cell = self._number(x + share * (to_x - x), y + share * (to_y - y))
            if cell != after:
                halves.append((middle, cell, end, after))
            if cell != before:
                halves.append((begin, before, middle, cell))
        return found

    def _number(self, longitude: float, latitude: float) -> int:
        cell = self.h3.latlng_to_cell(latitude, longitude, self.resolution)
        return self._numbers.setdefault(cell, len(self._numbers))
