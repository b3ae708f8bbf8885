"""Officers and units on duty by hour of the week and place, from posts, shifts and absence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from constabulary.workforce.establishment import Post, Shift

WEEK_MIN = 7 * 24 * 60
HOURS = 168


def deployable(posts: Sequence[Post], shifts: Sequence[Shift]) -> pl.DataFrame:
    """Return who is on duty in each hour of a usual week.

    Parameters
    ----------
    posts
        Posts by place, role and duty.
    shifts
        The shifts of every pattern they work.

    Returns
    -------
    polars.DataFrame
        A row for each post and hour: `area_id`, `role`, `duty`, `hour_of_week` (0 is Monday 00:00), `rostered`
        (officers the roster names, on average over the hour), `deployable` (less those away) and `units` (what those
        make, alone or in pairs).

    Examples
    --------
    >>> night = Shift("p", "night", "Night", (6,), 22 * 60, 180, 0.5, 1.0)
    >>> week = deployable([Post(None, "officer", "response", "p", 10.0, 0.0, 0.2)], [night])
    >>> week.filter(pl.col("units") > 0).select("hour_of_week", "rostered", "deployable", "units").rows()
    [(0, 5.0, 4.0, 2.0), (166, 5.0, 4.0, 2.0), (167, 5.0, 4.0, 2.0)]
    """
    hours = np.arange(HOURS, dtype=np.int64)
    frames = []
    for post in posts:
        rostered = np.zeros(HOURS)
        units = np.zeros(HOURS)
        for shift in shifts:
            if shift.pattern_id == post.pattern_id:
                on = post.strength_fte * shift.on_duty_share * hours_covered(shift)
                rostered += on
                units += on * (1.0 - post.away_share) * shift.units_an_officer
        frames.append(
            pl.DataFrame(
                {
                    "area_id": pl.Series([post.area_id], dtype=pl.String).new_from_index(0, HOURS),
                    "role": pl.Series([post.role]).new_from_index(0, HOURS),
                    "duty": pl.Series([post.duty]).new_from_index(0, HOURS),
                    "hour_of_week": hours,
                    "rostered": rostered,
                    "deployable": rostered * (1.0 - post.away_share),
                    "units": units,
                }
            )
        )
    return pl.concat(frames)


def hours_covered(shift: Shift) -> NDArray[np.float64]:
    """Return the share of each hour of the week that a shift covers, shape (168,); over 1 where it overlaps itself.

    A shift that runs past midnight, or past the end of Sunday, covers the hours after it.

    Parameters
    ----------
    shift
        The shift.
    """
    covered = np.zeros(HOURS)
    for day in shift.weekdays:
        start = day * 24 * 60 + shift.start_min
        first, last = start // 60, (start + shift.length_min - 1) // 60
        for hour in range(first, last + 1):
            minutes = min(start + shift.length_min, (hour + 1) * 60) - max(start, hour * 60)
            covered[hour % HOURS] += minutes / 60.0
    return covered
