"""The stations of a structure: those of the force folder, those that a scenario opens, and the units at each."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.response import Station
from constabulary.response.places import Places
from constabulary.response.scenario import NewStation, Scenario, StationUnits


def stations_of(force: Force, scenario: Scenario, places: Places) -> tuple[Station, ...]:
    """Return every station of a structure, closed ones too.

    Parameters
    ----------
    force
        Whose.
    scenario
        Which may open some.
    places
        Where LSOAs are.

    Raises
    ------
    BadInput
        If one is to stand in an LSOA that is not there.
    """
    problems = [
        Problem(
            "unknown_lsoa",
            f'"{one.lsoa_code}" is no LSOA of this force.',
            column="stations.lsoa_code",
            value=one.lsoa_code,
            expected=f"a code such as {places.codes[0]}",
            remedy="Give longitude and latitude instead.",
        )
        for one in scenario.stations
        if one.lsoa_code is not None and one.lsoa_code not in places.codes
    ]
    if problems:
        raise BadInput(problems)
    return (*force.rows(Station), *(_placed(one, places) for one in scenario.stations))


def turns_of(stations: Sequence[Station], units: Sequence[StationUnits]) -> tuple[Station, ...]:
    """Return stations as often as units start there, in the order in which units are given to them.

    The units of a district take its stations in turn: of three at one and one at another, the second or third unit is
    the other's, so that few units stand as many would.

    Parameters
    ----------
    stations
        Every station.
    units
        Units of stations against each other; a station that is not named counts as 1.
    """
    n_units = {one.station_id: one.n_units for one in units}
    turns = [
        ((turn + 0.5) / n, number, station)
        for number, station in enumerate(stations)
        for n in [n_units.get(station.station_id, 1)]
        for turn in range(n)
    ]
    return tuple(station for _, _, station in sorted(turns, key=lambda one: one[:2]))


def _placed(new: NewStation, places: Places) -> Station:
    if new.lsoa_code is not None:
        atom = places.codes.index(new.lsoa_code)
        longitude, latitude = float(places.longitude[atom]), float(places.latitude[atom])
    else:
        longitude, latitude = new.longitude or 0.0, new.latitude or 0.0
        atom = places.nearest(longitude, latitude)
    return Station(
        file="",
        line=1,
        status="assumed",
        station_id=new.station_id,
        name=new.name,
        district_id=new.district_id or places.district_ids[int(places.district[atom])],
        longitude=Decimal(str(longitude)),
        latitude=Decimal(str(latitude)),
        n_custody_desks=None,
    )
