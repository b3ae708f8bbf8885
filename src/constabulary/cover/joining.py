"""Visits that come in pieces made whole: one that goes on where the next piece of time begins is one visit."""

from __future__ import annotations

import numpy as np

from constabulary.cover._kernel import time as kernel
from constabulary.cover.fixes import Int


class Joining:
    """Visits handed in piece by piece of time, and out again once they have ended.

    Memory does not grow with them: no more than the last visit of each unit is held.
    """

    def __init__(self) -> None:
        self._is_open = np.zeros(0, np.bool_)
        self._last = np.zeros((0, 5), np.int64)

    def add(self, visits: Int, n_units: int) -> Int:
        """Return the visits that have ended, by unit, then arrival.

        Parameters
        ----------
        visits
            Unit, area, label, from and to [microseconds] of each, int64[n, 5]: those of one unit in order, and none
            before one that was handed in before.
        n_units
            How many units there are so far.
        """
        more = n_units - len(self._last)
        self._is_open = np.append(self._is_open, np.zeros(more, np.bool_))
        self._last = np.append(self._last, np.zeros((more, 5), np.int64), axis=0)
        rows = visits[np.argsort(visits[:, 0], kind="stable")]
        ended = np.empty_like(rows)
        return ended[: kernel.joined(rows, self._is_open, self._last, ended)]

    def rest(self) -> Int:
        """Return the visits that have not ended, by unit."""
        return self._last[self._is_open]
