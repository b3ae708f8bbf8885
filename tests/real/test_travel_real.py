"""Travel times of the shipped county beside modelled drive times and real roads."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from constabulary.core.force import load_force, shipped_force
from constabulary.parameters import load_parameters
from constabulary.response.places import Places, places_of
from constabulary.response.travel import by_middles, by_roads
from constabulary.sources.road_network import read_roads
from constabulary.tables.geojson import read_geojson

HOSPITALS = ("PE39GZ", "CB20QQ")
NOON = 13


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    return {name: one.value for name, one in load_parameters("response").items()}


@pytest.fixture(scope="module")
def places(values: dict[str, Any]) -> Places:
    force = load_force(shipped_force("cambridgeshire"))
    assert force.lsoa_path is not None
    outlines = read_geojson(force.lsoa_path, id_key="lsoa11_code", name_key="lsoa11_name")
    return places_of(force, outlines, values["urban_lsoa_km2"], values["district_km2"])


@pytest.mark.real
@pytest.mark.parametrize("hospital", HOSPITALS)
def test_times_from_every_lsoa_go_with_modelled_drive_times(
    shared_data: Path, places: Places, values: dict[str, Any], hospital: str
) -> None:
    folder = shared_data / "roads_population"
    with (folder / "hospital_units.csv").open(encoding="utf-8") as opened:
        where = next(row for row in csv.DictReader(opened) if row["postcode"] == hospital)
    with gzip.open(
        folder / "cambs_lsoa11_to_hospital_drive_minutes.csv.gz", "rt", encoding="utf-8"
    ) as opened:
        modelled = {
            row["lsoa11_code"]: float(row["drive_minutes"])
            for row in csv.DictReader(opened)
            if row["unit_postcode"] == hospital
        }
    to = places.nearest(float(where["Longitude"]), float(where["Latitude"]))
    travel = by_middles(places, values)
    ours = np.array(
        [
            travel.minutes[travel.band_of_hour[NOON], to, row]
            for row, code in enumerate(places.codes)
            if code in modelled
        ]
    )
    theirs = np.array([modelled[code] for code in places.codes if code in modelled])
    assert len(ours) > 400
    assert np.corrcoef(ours, theirs)[0, 1] > 0.95
    # Theirs count some minutes more for short journeys, to and from the vehicle.
    assert np.median(np.abs(ours - theirs) / theirs) < 0.2


@pytest.mark.real
def test_roads_of_the_city_are_travelled_where_they_reach(
    shared_data: Path, places: Places, values: dict[str, Any]
) -> None:
    folder = shared_data / "roads_population"
    roads = read_roads(
        folder / "cambridge_osm_drive_nodes.csv", folder / "cambridge_osm_drive_edges.csv.gz", values
    )
    assert len(roads.longitude) == 4708
    assert len(roads.minutes) == 10194
    middles = by_middles(places, values)
    travel = by_roads(places, roads, middles, values, "edges")
    city = np.array([name.startswith("Cambridge ") for name in places.names])
    by_road = travel.minutes[travel.band_of_hour[NOON]][np.ix_(city, city)]
    by_line = middles.minutes[middles.band_of_hour[NOON]][np.ix_(city, city)]
    away = ~np.eye(city.sum(), dtype=bool)
    assert np.isfinite(by_road).all()
    assert (by_road[away] != by_line[away]).mean() > 0.9
    assert np.corrcoef(by_road[away], by_line[away])[0, 1] > 0.8
    fenland = np.array([name.startswith("Fenland") for name in places.names])
    outside = np.ix_(fenland, fenland)
    assert (
        travel.minutes[travel.band_of_hour[NOON]][outside]
        == middles.minutes[middles.band_of_hour[NOON]][outside]
    ).all()
