"""Circles on the ground as outlines: hot spots, and the reach of a station."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

METRES_A_DEGREE = 111_320.0
N_CORNERS = 64


def circles(places: Sequence[tuple[float, float, float]]) -> tuple[Any, ...]:
    """Return circles as polygons of 64 corners, in degrees.

    Parameters
    ----------
    places
        Longitude and latitude of the middle [degrees, WGS 84], and radius [m].

    Notes
    -----
    The corners lie a little outside the circle, so that the area of the polygon is that of the circle.

    Examples
    --------
    >>> [one] = circles([(0.0, 0.0, 100.0)])
    >>> round(one.area * METRES_A_DEGREE**2 / (np.pi * 100.0**2), 6)
    1.0
    """
    turn = 2 * np.pi * np.arange(N_CORNERS) / N_CORNERS
    swell = np.sqrt(2 * np.pi / (N_CORNERS * np.sin(2 * np.pi / N_CORNERS)))
    found = []
    for longitude, latitude, radius_m in places:
        reach = swell * radius_m / METRES_A_DEGREE
        x = longitude + reach * np.cos(turn) / np.cos(np.radians(latitude))
        found.append(shapely.polygons(np.column_stack([x, latitude + reach * np.sin(turn)])))
    return tuple(found)
