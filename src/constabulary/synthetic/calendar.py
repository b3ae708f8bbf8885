"""The hours of a year as a force's clock shows them: 23 on the day the clocks go forward, 25 when they go back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force, PublishedVolume
from constabulary.core.years import first_day
from constabulary.tables.times import local_hour_of_week, local_month, local_on

HOUR_S = 3600


@dataclass(frozen=True)
class Year:
    """Twelve months from any first day.

    Parameters
    ----------
    first_on, last_on
        First and last day, both counted in.
    """

    first_on: date
    last_on: date

    @classmethod
    def starting(cls, first_on: date, n_later: int = 0) -> Year:
        """Return the year that starts on a day, or the n-th after it."""
        return cls(_years_on(first_on, n_later), _years_on(first_on, n_later + 1) - timedelta(days=1))

    @property
    def n_days(self) -> int:
        """Days in the year: 365 or 366."""
        return (self.last_on - self.first_on).days + 1

    def is_of(self, volume: PublishedVolume) -> bool:
        """Tell whether a published figure is for exactly this year."""
        return (volume.period_start_on, volume.period_end_on) == (self.first_on, self.last_on)


@dataclass(frozen=True)
class Hours:
    """Every hour of a year in order; all arrays have the shape (hours,).

    Parameters
    ----------
    start_s
        Start of the hour [seconds since 1970, UTC].
    hour_of_week
        Local hour of the week, 0 for Monday 00:00.
    day_no, month_no
        Number of the local day and calendar month, from 0.
    month_starts
        First day of each calendar month, by its number.
    """

    start_s: NDArray[np.int64]
    hour_of_week: NDArray[np.int64]
    day_no: NDArray[np.int64]
    month_no: NDArray[np.int64]
    month_starts: tuple[date, ...]

    def month_of_year(self) -> NDArray[np.int64]:
        """Return 0 for January to 11 for December of each hour."""
        return np.array([month.month - 1 for month in self.month_starts])[self.month_no]


def hours_of(year: Year, time_zone: str) -> Hours:
    """Return the hours of a year in a force's time zone."""
    bounds = pl.Series([year.first_on, year.last_on + timedelta(days=1)]).cast(pl.Datetime("us"))
    utc = bounds.dt.replace_time_zone(time_zone, ambiguous="earliest").dt.convert_time_zone("UTC")
    start = pl.datetime_range(utc[0], utc[1], "1h", closed="left", eager=True, time_unit="us")
    day = local_on(start, time_zone)
    month = local_month(start, time_zone)
    months = month.unique().sort()
    return Hours(
        start_s=start.dt.epoch("s").to_numpy(),
        hour_of_week=local_hour_of_week(start, time_zone).to_numpy(),
        day_no=(day - year.first_on).dt.total_days().to_numpy(),
        month_no=months.search_sorted(month).to_numpy().astype(np.int64),
        month_starts=tuple(months.to_list()),
    )


def default_first_on(force: Force) -> date:
    """Return the first day of the latest year for which the force publishes its incidents or contacts.

    Raises
    ------
    BadInput
        If it publishes neither for a year.
    """
    for measure in ("incidents", "contacts"):
        found = [
            volume
            for volume in force.find_volumes(measure)
            if volume.unit == "count" and Year.starting(volume.period_start_on).is_of(volume)
        ]
        if found:
            return found[-1].period_start_on
    raise BadInput(
        Problem(
            "no_published_year",
            f"{force.name} has no published figure of incidents or contacts for a year",
            file="volumes",
            expected="at least one year's total or daily mean of incidents or contacts",
            remedy="Add the figure to the force folder.",
        )
    )


def parse_year(text: str) -> date:
    """Return the first day of a financial year ("2017/18") or a calendar year ("2022").

    Raises
    ------
    BadInput
        If it is neither.

    Examples
    --------
    >>> parse_year("2017/18")
    datetime.date(2017, 4, 1)
    """
    found = first_day(text)
    if found is not None and 1900 < found.year < 2200:
        return found
    raise BadInput(
        Problem(
            "not_a_year",
            f'"{text}" is not a year',
            value=text,
            expected='a financial year such as "2017/18" or a calendar year such as "2022"',
        )
    )


def _years_on(day: date, n_years: int) -> date:
    try:
        return day.replace(year=day.year + n_years)
    except ValueError:
        return date(day.year + n_years, 3, 1)
