"""The local hours of a stretch of time: the instants at which they begin, and which hour of the week each is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from constabulary.cover.fixes import US, Int
from constabulary.tables.times import local_hour_of_week

_STEP = 15 * 60 * US
"""Every offset from UTC in use is a multiple of a quarter of an hour."""
_BLOCK = 2880 * _STEP


@dataclass(frozen=True, eq=False)
class Clock:
    """Local hours.

    Parameters
    ----------
    bounds
        When each hour begins [microseconds since 1970, UTC], rising, shape (n,).
    hours
        The hour of the week it is (0 is Monday 00:00), shape (n,). The hour that comes twice when clocks go back is one
        stretch of two hours.
    """

    bounds: Int
    hours: Int

    @classmethod
    def between(cls, low: int, high: int, time_zone: str) -> Clock:
        """Return the hours from before one instant to after another [microseconds since 1970, UTC]."""
        return cls._of((low - 8 * _STEP) // _BLOCK, high // _BLOCK + 1, time_zone)

    @classmethod
    @lru_cache(maxsize=64)
    def _of(cls, first: int, after: int, time_zone: str) -> Clock:
        """Return the hours from one block of time to before another: most questions are asked of the same."""
        instants = np.arange(first * _BLOCK, after * _BLOCK, _STEP, dtype=np.int64)
        hours = local_hour_of_week(pl.Series(instants).cast(pl.Datetime("us", "UTC")), time_zone).to_numpy()
        begins = np.flatnonzero(np.diff(hours, prepend=-1))
        return cls(instants[begins], hours[begins].astype(np.int64))
