"""Reach: the share of residents or of demand within some minutes of a free unit, hour by hour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]
Real = NDArray[np.float64]


def reached_share(
    area: Int, first: Int, last: Int, band: Int, minutes: Real, within_min: float, weight: Real
) -> Real:
    """Return, at each of some instants, the share of weight within reach of a free unit, shape (instants,).

    Parameters
    ----------
    area, first, last
        Stays of free units: the small area, and the first and last instant at which they hold (last not included).
    band
        Which journeys hold at each instant, shape (instants,).
    minutes
        From one small area to another [min], shape (bands, to, from).
    within_min
        Journeys up to this long reach [min].
    weight
        Residents or demand of each small area, shape (n,).
    """
    n_instants, n_areas = band.size, weight.size
    change = np.zeros((n_instants + 1, n_areas), np.int32)
    np.add.at(change, (first, area), 1)
    np.add.at(change, (last, area), -1)
    is_held = (np.cumsum(change[:-1], axis=0) > 0).astype(np.float32)
    total = weight.sum()
    found = np.zeros(n_instants)
    if total <= 0:
        return found
    for number in np.unique(band):
        own = band == number
        near = np.less_equal(minutes[number].T, within_min).astype(np.float32)
        is_reached = is_held[own] @ near > 0
        found[own] = is_reached @ weight / total
    return found
