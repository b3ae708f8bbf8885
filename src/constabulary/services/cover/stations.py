"""Where a unit counts as in a station: within its outline where the force folder has one, else near its point."""

from __future__ import annotations

import shapely

from constabulary.core.force import Force
from constabulary.core.force.rooms.cover import STATION_OUTLINES, StationReach
from constabulary.core.force.rooms.response import Station
from constabulary.numeric.grid import AreaIndex
from constabulary.tables.drawn import places_of
from constabulary.tables.outlines import Outlines, rings_of


def stations_of(force: Force, radius_m: float) -> AreaIndex | None:
    """Return the ground of a force's stations as one index; None where the folder names none.

    Parameters
    ----------
    force
        The force folder: `response/stations.csv` (points), `cover/stations.csv` (how far each reaches) and
        `cover/stations.geojson` (outlines by station_id; those of no station in the table, such as a custody suite
        or a headquarters, count as well).
    radius_m
        How far a station without an outline or a radius of its own reaches [m].

    Raises
    ------
    BadInput
        If the outlines break a rule.
    """
    own = {row.station_id: float(row.radius_m) for row in force.rows(StationReach)}
    ground = places_of(
        force.folder,
        STATION_OUTLINES,
        [
            (
                one.station_id,
                one.name,
                float(one.longitude),
                float(one.latitude),
                own.get(one.station_id, radius_m),
            )
            for one in force.rows(Station)
        ],
    )
    if ground is None:
        return None
    whole = shapely.union_all(ground.geometries)
    return AreaIndex.build(*rings_of(Outlines(("stations",), ("Stations",), (whole,))))
