"""Reach: the share of residents or of demand within some minutes of a free unit, hour by hour.

A unit stands in the middle of the small area it is in. A journey takes the straight line between the middles times a
detour, at one speed; within one area it is the mean distance from the middle of a circle of that size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from constabulary.tables.circles import METRES_A_DEGREE

Real = NDArray[np.float64]


def journey_min(x: Real, y: Real, area_m2: Real, speed_kmh: float, detour: float) -> Real:
    """Return the minutes from each small area to each other, shape (n, n).

    Parameters
    ----------
    x, y
        Middle of each area [degrees, WGS 84].
    area_m2
        Its size [m2].
    speed_kmh
        Speed on the way [km/h].
    detour
        Length of the way for each metre of straight line.

    Examples
    --------
    >>> journey_min(np.array([0.0]), np.array([0.0]), np.array([np.pi * 9e6]), 60.0, 1.0).round(6).tolist()
    [[2.0]]
    """
    north = (y[:, None] - y[None, :]) * METRES_A_DEGREE
    squeeze = np.cos(np.radians((y[:, None] + y[None, :]) / 2))
    east = (x[:, None] - x[None, :]) * METRES_A_DEGREE * squeeze
    metres = np.hypot(north, east)
    # The mean distance from the middle of a circle is two thirds of its radius.
    np.fill_diagonal(metres, 2 / 3 * np.sqrt(area_m2 / np.pi))
    return metres * detour / (speed_kmh * 1000 / 60)


def reached_share(
    area: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    n_instants: int,
    minutes: Real,
    within_min: float,
    weight: Real,
) -> Real:
    """Return, at each of some instants, the share of weight within reach of a free unit, shape (n_instants,).

    Parameters
    ----------
    area, first, last
        Stays of free units: the small area, and the first and last instant at which they hold (last not included).
    n_instants
        How many instants, numbered from 0.
    minutes
        Journeys, see `journey_min`; from row to column.
    within_min
        Journeys up to this long reach [min].
    weight
        Residents or demand of each small area, shape (n,) or, different at each instant, (n_instants, n).
    """
    change = np.zeros((n_instants + 1, len(minutes)), np.int32)
    np.add.at(change, (first, area), 1)
    np.add.at(change, (last, area), -1)
    is_held = (np.cumsum(change[:-1], axis=0) > 0).astype(np.float32)
    is_reached = is_held @ (minutes <= within_min).astype(np.float32) > 0
    weight = np.broadcast_to(weight, is_reached.shape)
    total = weight.sum(axis=1)
    return np.divide((is_reached * weight).sum(axis=1), total, out=np.zeros(n_instants), where=total > 0)
