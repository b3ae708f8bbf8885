"""Travel between places: worked by hand, and held to known distances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from constabulary.core.errors import BadInput
from constabulary.parameters import load_parameters
from constabulary.response.places import KM_PER_DEGREE, Places
from constabulary.response.travel import MEAN_IN_SQUARE, Roads, by_matrix, by_middles, by_roads
from constabulary.sources.road_network import read_roads
from constabulary.sources.travel_times import read_travel_times

VALUES = {
    "circuity": 1.5,
    "urban_speed_kmh": [30.0] * 12 + [20.0] * 12,
    "rural_speed_kmh": [60.0] * 24,
    "urban_reach_km": 2.0,
    "journey_start_s": 60.0,
    "road_reach_km": 1.0,
}


def places(*north_km: float, is_rural: tuple[bool, ...], km2: float = 4.0) -> Places:
    n = len(north_km)
    return Places(
        tuple(f"P{number}" for number in range(n)),
        tuple(f"P{number}" for number in range(n)),
        np.zeros(n),
        np.array(north_km) / KM_PER_DEGREE,
        np.full(n, km2),
        np.zeros(n, np.int64),
        np.array(is_rural),
        ("D",),
    )


def test_a_journey_between_villages_is_the_road_at_country_speed() -> None:
    travel = by_middles(places(0.0, 10.0, is_rural=(True, True)), VALUES)
    # 10 km of line, 15 of road, at 60 km/h: 15 minutes, and one to start.
    assert travel.minutes[0, 0, 1] == pytest.approx(16.0)


def test_the_urban_end_of_a_journey_is_slower_in_the_busy_hours() -> None:
    travel = by_middles(places(0.0, 10.0, is_rural=(False, True)), VALUES)
    quiet, busy = (travel.minutes[travel.band_of_hour[hour], 0, 1] for hour in (3, 15))
    # 2 of the 15 km in town: at 30 km/h 4 minutes, at 20 km/h 6; 13 km outside in 13 minutes; 1 to start.
    assert quiet == pytest.approx(18.0)
    assert busy == pytest.approx(20.0)


def test_within_a_place_the_way_is_that_of_two_random_points_in_a_square() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.random((2, 200_000, 2))
    assert np.hypot(*(one - other).T).mean() == pytest.approx(MEAN_IN_SQUARE, abs=0.001)
    travel = by_middles(places(0.0, 50.0, is_rural=(True, True)), VALUES)
    assert travel.minutes[0, 0, 0] == pytest.approx(1.0 + 1.5 * 2.0 * MEAN_IN_SQUARE)


def test_a_matrix_of_ones_own_is_used_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "matrix.csv"
    path.write_text("from,to,minutes\nP0,P0,1\nP0,P1,7\nP1,P0,9\nP1,P1,2\n")
    travel = by_matrix(places(0.0, 1.0, is_rural=(True, True)), read_travel_times(path), path.name)
    assert travel.minutes[0].tolist() == [[1.0, 9.0], [7.0, 2.0]]  # [to, from]


def test_a_matrix_with_a_hole_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "matrix.csv"
    path.write_text("from,to,minutes\nP0,P0,1\nP0,P1,7\nP1,P1,2\n")
    with pytest.raises(BadInput, match="no time from P1 to P0"):
        by_matrix(places(0.0, 1.0, is_rural=(True, True)), read_travel_times(path), path.name)


@pytest.mark.parametrize("minutes", ["-1", "soon", ""])
def test_minutes_that_are_none_are_refused(tmp_path: Path, minutes: str) -> None:
    path = tmp_path / "matrix.csv"
    path.write_text(f"from,to,minutes\nP0,P0,{minutes}\n")
    with pytest.raises(BadInput) as error:
        read_travel_times(path)
    assert (error.value.problems[0].row, error.value.problems[0].column) == (2, "minutes")


def network(tmp_path: Path) -> Roads:
    """A ring of one-way streets 0 -> 1 -> 2 -> 0, 1 km a side, beside places 0 and 1; node 3 hangs loose."""
    nodes, edges = tmp_path / "nodes.csv", tmp_path / "edges.csv"
    step = 1.0 / KM_PER_DEGREE
    nodes.write_text(f"node_id,lat,lon\na,0,0\nb,{step},0\nc,0,{step}\nd,{step},{step}\n")
    edges.write_text(
        "u,v,length_m,maxspeed,highway\na,b,1000,30 mph,residential\nb,c,1000,,residential\n"
        "c,a,1000,60;20,primary\na,d,500,,service\n"
    )
    values = {"road_class_kmh": {"residential": 24.0, "any_other": 10.0}, "limit_share": 0.5}
    return read_roads(nodes, edges, values)


def test_edges_take_their_signed_limit_or_that_of_their_class(tmp_path: Path) -> None:
    signed, by_class, mean, other = network(tmp_path).minutes
    assert signed == pytest.approx(60.0 / (0.5 * 30 * 1.609344))
    assert by_class == pytest.approx(60.0 / 12.0)
    assert mean == pytest.approx(60.0 / 20.0)  # the mean of 60 and 20 km/h
    assert other == pytest.approx(30.0 / 5.0)


def test_roads_count_where_they_reach_and_one_way_streets_are_one_way(tmp_path: Path) -> None:
    roads = network(tmp_path)
    three = places(0.0, 1.0, 30.0, is_rural=(False, False, True))
    otherwise = by_middles(three, VALUES)
    travel = by_roads(three, roads, otherwise, VALUES, "edges.csv")
    out, on, back = roads.minutes[0], roads.minutes[1], roads.minutes[2]
    night = travel.minutes[travel.band_of_hour[3]]
    assert night[1, 0] == pytest.approx(out)
    assert night[0, 1] == pytest.approx(on + back)
    busy = travel.minutes[travel.band_of_hour[15]]
    assert busy[1, 0] == pytest.approx(out * 1.5)  # towns at 20 km/h instead of 30
    assert night[2, 0] == otherwise.minutes[otherwise.band_of_hour[3], 2, 0]  # out of reach


def test_an_edge_to_a_node_that_is_not_there_is_refused(tmp_path: Path) -> None:
    nodes, edges = tmp_path / "nodes.csv", tmp_path / "edges.csv"
    nodes.write_text("node_id,lat,lon\na,0,0\n")
    edges.write_text("u,v,length_m,maxspeed,highway\na,z,x,,\n")
    with pytest.raises(BadInput) as error:
        read_roads(nodes, edges, {})
    assert {problem.rule for problem in error.value.problems} == {"unknown_node", "not_a_number"}


def test_every_parameter_of_response_has_a_home() -> None:
    assert all(one.why and one.title for one in load_parameters("response").values())
