"""How long it takes from one place to another: from middles, from a matrix of one's own, or along roads.

References
----------
R. C. Larson and A. R. Odoni, Urban Operations Research (1981), chapter 3: distances within and between districts, and
the square-root law that bounds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem
from constabulary.response.places import Places

MEAN_IN_SQUARE = 0.5214054331647207
"""Mean distance between two random points of a unit square: (2 + sqrt 2 + 5 ln(1 + sqrt 2)) / 15."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Travel:
    """Travel times of an ordinary journey.

    Parameters
    ----------
    minutes
        From one atom to another (min), shape (bands, to, from), as the dispatch engine wants it.
    band_of_hour
        Which band each hour of the day has, shape (24,).
    how
        How they were worked out, in a sentence.
    """

    minutes: Floats
    band_of_hour: Integers
    how: str


@dataclass(frozen=True)
class Roads:
    """A road network.

    Parameters
    ----------
    longitude, latitude
        Of each node (degrees), shape (nodes,).
    from_node, to_node
        Nodes of each edge by number, one way, shape (edges,).
    minutes
        Time along each edge with free roads (min), shape (edges,).
    """

    longitude: Floats
    latitude: Floats
    from_node: Integers
    to_node: Integers
    minutes: Floats


def by_middles(places: Places, values: Mapping[str, Any]) -> Travel:
    """Return travel times between middles: roads run longer than the straight line, slower in towns.

    Parameters
    ----------
    places
        The atoms.
    values
        `circuity`, `urban_speed_kmh` and `rural_speed_kmh` by hour of the day, `urban_reach_km`: how far a journey
        runs at town speed at each urban end, and `journey_start_s`: what it takes however short.
    """
    east, north = places.km()
    km = np.hypot(east[:, None] - east[None, :], north[:, None] - north[None, :])
    np.fill_diagonal(km, MEAN_IN_SQUARE * np.sqrt(places.km2))
    km *= values["circuity"]
    reach = np.where(places.is_rural, 0.0, values["urban_reach_km"])
    in_town = np.minimum(km, reach[:, None] + reach[None, :])
    speeds = np.column_stack([values["urban_speed_kmh"], values["rural_speed_kmh"]]).astype(np.float64)
    bands, band_of_hour = np.unique(speeds, axis=0, return_inverse=True)
    start = values["journey_start_s"] / 60.0
    minutes = np.stack(
        [start + 60.0 * (in_town / town + (km - in_town) / country) for town, country in bands]
    )
    return Travel(
        minutes,
        band_of_hour.reshape(-1).astype(np.int64),
        f"between middles of places, the road {values['circuity']:g} times the straight line, at the speeds of town "
        "and country by hour",
    )


def by_matrix(places: Places, minutes_of: Mapping[tuple[str, str], float], file: str) -> Travel:
    """Return travel times from a matrix of one's own, the same at all hours.

    Parameters
    ----------
    places
        The atoms.
    minutes_of
        Minutes by code of the place left and of the place reached.
    file
        Its name, for messages.

    Raises
    ------
    BadInput
        Where a pair is missing.
    """
    missing = [
        (one, other) for one in places.codes for other in places.codes if (one, other) not in minutes_of
    ]
    if missing:
        raise BadInput(
            Problem(
                "missing_pair",
                f"there is no time from {missing[0][0]} to {missing[0][1]}",
                file,
                expected=f"a row for each of the {len(places):,} x {len(places):,} pairs of places",
                count=len(missing),
            )
        )
    table = np.array([[minutes_of[(one, other)] for one in places.codes] for other in places.codes])
    return Travel(table[None], np.zeros(24, np.int64), f"from {file}, the same at all hours")


def by_roads(places: Places, roads: Roads, otherwise: Travel, values: Mapping[str, Any], file: str) -> Travel:
    """Return travel times along roads for the places that an extract of a network reaches, by middles for the rest.

    A place is reached where a node of the network's largest connected part lies within `road_reach_km` of its middle.
    Free-road times are lengthened by hour as speeds in towns go.

    Parameters
    ----------
    places
        The atoms.
    roads
        The network.
    otherwise
        Times where it does not reach.
    values
        `road_reach_km`, `urban_speed_kmh`.
    file
        Its name, for the sentence.
    """
    # They take longer to load than a year takes to simulate, and only a network of roads needs them.
    from scipy.sparse import coo_matrix, csgraph

    graph = coo_matrix(
        (np.maximum(roads.minutes, 1e-6), (roads.from_node, roads.to_node)),
        shape=(len(roads.longitude), len(roads.longitude)),
    ).tocsr()
    _, part = csgraph.connected_components(graph, directed=True, connection="strong")
    main = np.flatnonzero(part == np.bincount(part).argmax())
    node, km = _nearest(places, roads, main)
    inside = np.flatnonzero(km <= values["road_reach_km"])
    if len(inside) == 0:
        return otherwise
    free = csgraph.dijkstra(graph, directed=True, indices=node[inside])[:, node[inside]].T
    town = np.asarray(values["urban_speed_kmh"], dtype=np.float64)
    slower, band_of_hour = np.unique(town.max() / town, return_inverse=True)
    # A band for each pair of the two ways of telling hours apart.
    both = np.column_stack([band_of_hour.reshape(-1), otherwise.band_of_hour])
    pairs, merged = np.unique(both, axis=0, return_inverse=True)
    own = otherwise.minutes[:, inside, inside].mean(axis=0)
    minutes = np.stack([otherwise.minutes[other] for _, other in pairs])
    for band, (factor, _) in enumerate(pairs):
        times = free * slower[factor]
        np.fill_diagonal(times, np.maximum(times.diagonal(), own))
        minutes[band][np.ix_(inside, inside)] = times
    return Travel(
        minutes,
        merged.reshape(-1).astype(np.int64),
        f"along the roads of {file} for {len(inside):,} of {len(places):,} places, else {otherwise.how}",
    )


def _nearest(places: Places, roads: Roads, nodes: Integers) -> tuple[Integers, Floats]:
    """Return the node nearest to each place's middle and how far it is (km)."""
    scale = 111.32 * np.cos(np.radians(places.latitude.mean()))
    found = np.empty(len(places), np.int64)
    km = np.empty(len(places))
    for number in range(len(places)):
        east = (roads.longitude[nodes] - places.longitude[number]) * scale
        north = (roads.latitude[nodes] - places.latitude[number]) * 111.32
        away = east**2 + north**2
        nearest = int(away.argmin())
        found[number], km[number] = nodes[nearest], np.sqrt(away[nearest])
    return found, km
