"""Draws where incidents happen: districts by their residents, small areas within one alike, any point of an outline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from constabulary.core.force import Force
from constabulary.synthetic.allot import Part, split
from constabulary.synthetic.setting import Setting
from constabulary.tables.geojson import read_geojson
from constabulary.tables.places import district_of

DECIMALS = 6
MOST_DRAWS = 10_000
"""After which a sliver of an outline gets its middle instead of a random point."""


@dataclass(frozen=True)
class Places:
    """The small areas of a force that incidents can happen in.

    Parameters
    ----------
    codes, names
        Code and name of each area.
    district_no
        Place of its district in the force's list, shape (areas,).
    geometries
        Outlines, shape (areas,).
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    district_no: NDArray[np.int64]
    geometries: NDArray[Any]


@dataclass(frozen=True)
class Located:
    """Where incidents happened; all arrays have the shape (incidents,): area by its number, degrees (WGS 84)."""

    area_no: NDArray[np.int64]
    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]


def read_places(force: Force) -> Places | None:
    """Return the outlines of a force's small areas that lie in its districts; None without outlines."""
    if force.lsoa_path is None:
        return None
    outlines = read_geojson(force.lsoa_path, id_key="lsoa11_code", name_key="lsoa11_name")
    districts = [district.name for district in force.districts]
    found = [district_of(name, districts) for name in outlines.names]
    keep = [number for number, name in enumerate(found) if name is not None]
    return Places(
        codes=tuple(outlines.area_ids[number] for number in keep),
        names=tuple(outlines.names[number] for number in keep),
        district_no=np.array([districts.index(str(found[number])) for number in keep], dtype=np.int64),
        geometries=np.array([outlines.geometries[number] for number in keep]),
    )


def draw_places(rng: np.random.Generator, setting: Setting, places: Places, n: int) -> Located:
    """Draw the places of a year's incidents.

    Parameters
    ----------
    rng
        The generator.
    setting
        The year in the making.
    places
        Where incidents can happen.
    n
        How many.

    Returns
    -------
    Located
        Points strictly within their outlines.
    """
    districts = setting.force.districts
    areas = [np.flatnonzero(places.district_no == number) for number in range(len(districts))]
    parts, figures = [], []
    for district, own in zip(districts, areas, strict=True):
        if len(own) == 0:
            setting.ledger.notice(
                "district_without_outline", f"{district.name} has no outline and gets no incident"
            )
        figure = setting.figure("incidents", area_id=district.id) if len(own) else None
        count = round(figure.value) if figure else None
        parts.append(Part(count, weight=district.population if len(own) else 0))
        figures.append(figure)
    counts = split(rng, n, parts, "incidents by district")
    residents = sum(part.weight for part in parts if part.count is None) or 1
    left = n - sum(part.count or 0 for part in parts)
    for district, part, figure, count in zip(districts, parts, figures, counts, strict=True):
        if figure and part.count is not None:
            setting.ledger.figure(figure, part.count, int(count), "exact", f"incidents {district.id}")
        else:
            expected = left * part.weight / residents
            setting.ledger.assumed(
                "incidents_by_district", district.id, "residents in districts.csv", expected, int(count)
            )
    drawn = [own[rng.integers(0, len(own), count)] for own, count in zip(areas, counts, strict=True) if count]
    return points_in(rng, places, rng.permutation(np.concatenate([np.empty(0, dtype=np.int64), *drawn])))


def travel_factor(places: Places, area_no: NDArray[np.int64], power: float) -> NDArray[np.float64]:
    """Return what travel to each incident is multiplied by for the size of its small area, shape (incidents,).

    Parameters
    ----------
    places
        Where incidents can happen.
    area_no
        Area of each incident by its number, shape (incidents,).
    power
        Power of the size that travel grows with; the factors' geometric mean is 1, so that medians stay near theirs.
    """
    # Degrees of longitude shrink towards the pole; sizes are wanted against each other alone.
    middle = shapely.get_y(shapely.centroid(places.geometries))
    log_size = np.log(shapely.area(places.geometries) * np.cos(np.radians(middle)))[area_no]
    return np.exp(power * (log_size - log_size.mean())) if len(log_size) else np.ones(0)


def points_in(rng: np.random.Generator, places: Places, area_no: NDArray[np.int64]) -> Located:
    """Return a point for each area number, evenly over its outline, by drawing in its box until it lies within."""
    shapely.prepare(places.geometries)
    boxes = shapely.bounds(places.geometries)
    longitude, latitude = np.empty(len(area_no)), np.empty(len(area_no))
    missing = np.arange(len(area_no))
    for _ in range(MOST_DRAWS):
        area = area_no[missing]
        west, south, east, north = boxes[area].T
        x = np.round(rng.uniform(west, east), DECIMALS)
        y = np.round(rng.uniform(south, north), DECIMALS)
        longitude[missing], latitude[missing] = x, y
        missing = missing[~shapely.contains_xy(places.geometries[area], x, y)]
        if len(missing) == 0:
            break
    else:
        surface = shapely.point_on_surface(places.geometries[area_no[missing]])
        longitude[missing], latitude[missing] = shapely.get_x(surface), shapely.get_y(surface)
    return Located(area_no, longitude, latitude)
