"""The local clock of a run: when each hour and day of it starts, as seconds from its start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from constabulary.tables.times import local_hour_of_week, local_on

HOUR_S = 3600.0
SLOT_S = 1800.0
SLOTS = 336
"""Half-hours of a week."""
DAY_MIN = 24 * 60


@dataclass(frozen=True)
class Clock:
    """The days of a run by a force's clock: 23 or 25 hours on the days the clocks change.

    Parameters
    ----------
    first_on
        First local day; the run starts at its midnight.
    n_days
        How many days.
    time_zone
        The force's time zone.
    """

    first_on: date
    n_days: int
    time_zone: str

    @cached_property
    def zero_s(self) -> float:
        """The instant at which the run starts (s since 1970, UTC)."""
        return self._instant(0, 0)

    @cached_property
    def end_s(self) -> float:
        """How long the run is (s)."""
        return self._instant(self.n_days, 0) - self.zero_s

    @cached_property
    def _local(self) -> pl.DataFrame:
        hours = round(self.end_s / HOUR_S)
        instants = pl.Series(
            (self.zero_s * 1e6 + np.arange(hours) * HOUR_S * 1e6).astype(np.int64), dtype=pl.Int64
        ).cast(pl.Datetime("us", "UTC"))
        day = local_on(instants, self.time_zone)
        return pl.DataFrame(
            {
                "hour_of_week": local_hour_of_week(instants, self.time_zone),
                "day_no": (day - self.first_on).dt.total_days(),
                "month": day.dt.month(),
            }
        )

    @cached_property
    def hour_of_week(self) -> NDArray[np.int64]:
        """Local hour of the week of each hour of the run, Monday 00:00 is 0, shape (hours,)."""
        return self._local["hour_of_week"].to_numpy().astype(np.int64)

    @cached_property
    def slot_of_week(self) -> NDArray[np.int64]:
        """Local half-hour of the week of each half-hour of the run, Monday 00:00 is 0, shape (half-hours,)."""
        return np.asarray((2 * self.hour_of_week[:, None] + np.arange(2)).ravel(), dtype=np.int64)

    @cached_property
    def day_no(self) -> NDArray[np.int64]:
        """Local day of each hour of the run, from 0, shape (hours,)."""
        return self._local["day_no"].to_numpy().astype(np.int64)

    @cached_property
    def month(self) -> NDArray[np.int64]:
        """Local month of each hour of the run, 1 to 12, shape (hours,)."""
        return self._local["month"].to_numpy().astype(np.int64)

    def hour_of_week_at(self, at_s: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the local hour of the week at instants of the run (s); before and after it, as if it went on."""
        hours = np.floor(at_s / HOUR_S).astype(np.int64)
        return self.hour_of_week[np.clip(hours, 0, len(self.hour_of_week) - 1)]

    def days(self, weekdays: tuple[int, ...]) -> NDArray[np.int64]:
        """Return the days of the run that fall on these weekdays (Monday 0), the day before the run as -1."""
        numbers = np.arange(-1, self.n_days)
        return numbers[np.isin((self.first_on.weekday() + numbers) % 7, weekdays)]

    def at_s(self, days: NDArray[np.int64], minute: int) -> NDArray[np.float64]:
        """Return the instants at which the clock shows a minute on some days, as seconds from the run's start.

        Parameters
        ----------
        days
            Numbers of days of the run; -1 is the day before it.
        minute
            Minutes after midnight; 1,440 and more is the day after.
        """
        return _clock_times(self.first_on, self.n_days, self.time_zone, minute)[days + 1] - self.zero_s

    def _instant(self, day: int, minute: int) -> float:
        later, minute = divmod(minute, DAY_MIN)
        return _instant(self.first_on + timedelta(days=day + later), minute, self.time_zone)


@lru_cache(maxsize=256)
def _clock_times(first_on: date, n_days: int, time_zone: str, minute: int) -> NDArray[np.float64]:
    """Return the instants at which the clock shows a minute, from the day before a run to the day after it."""
    later, minute = divmod(minute, DAY_MIN)
    days = range(-1 + later, n_days + 1 + later)
    return np.array([_instant(first_on + timedelta(days=day), minute, time_zone) for day in days])


@lru_cache(maxsize=100_000)
def _instant(on: date, minute: int, time_zone: str) -> float:
    return datetime.combine(on, time(minute // 60, minute % 60), ZoneInfo(time_zone)).timestamp()
