"""The two cities of JEMSS as tests of scale: roads, stations, ambulances, hospitals and rates of calls as published.

The rasters of where calls come from are not among the published data here: calls come from road junctions drawn at
random. A run of JEMSS itself is not at hand; what must hold of any simulation of the city is asked, and the same rules
in SimPy must agree incident by incident.

References
----------
S. Ridler, A. J. Mason and A. Raith, A simulation and optimisation package for emergency medical services, European
Journal of Operational Research 298 (2022): JEMSS, whose example cities these are (Apache 2.0; roads of OpenStreetMap).
"""

from __future__ import annotations

import csv
import gzip
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from constabulary.response.dispatch import simulate_dispatch
from constabulary.response.model import Duties, Grades, Ground, Incidents, Rules

DAY_S, YEAR_S = 86_400.0, 365 * 86_400.0
PLACES = 200
REFERENCE = Path(__file__).parents[1] / "reference" / "dispatch_in_simpy.py"
World = tuple[Incidents, Duties, Grades, Ground]


class City(NamedTuple):
    """Ways in minutes [to, from] between atoms with lights and sirens, and what of a city stands at which atom."""

    minutes: Any
    slower: float  # how much longer the same way takes without lights
    stations: Any
    hospitals: Any
    places: Any
    ambulances: Any  # the atom of each
    calls_a_day: float
    shares: Any
    delay_s: float
    scene_s: float
    handover_s: float
    transported_share: float


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a table in the form of JEMSS: a few lines, then the header that begins with `index`."""
    packed = path.suffix == ".gz"
    with gzip.open(path, "rt", encoding="utf-8") if packed else path.open(encoding="utf-8") as opened:
        lines = iter(opened)
        header = next(line for line in lines if line.startswith("index,"))
        for row in csv.DictReader(lines, fieldnames=header.rstrip("\n").split(",")):
            if not row["index"]:
                break
            yield row


def worked_out(words: str) -> float:
    """A product or quotient of numbers, as JEMSS writes `12/60/24`."""
    first, *rest = re.split(r"([*/])", words.strip("()"))
    value = float(first)
    for sign, number in zip(rest[::2], rest[1::2], strict=True):
        value = value * float(number) if sign == "*" else value / float(number)
    return value


def city_of(folder: Path) -> City:
    at = np.array([(float(row["x"]), float(row["y"])) for row in rows(folder / "nodes.csv.gz")])
    arcs = np.array(
        [
            [float(row[name]) for name in ("fromNode", "toNode", "mode_1", "mode_2")]
            for row in rows(folder / "arcs.csv.gz")
        ]
    )
    ends = arcs[:, :2].astype(int) - 1
    graph = csr_array((arcs[:, 2] * 24 * 60, (ends[:, 0], ends[:, 1])), shape=(len(at), len(at)))
    _, part = connected_components(graph, connection="strong")
    joined = np.flatnonzero(part == np.bincount(part).argmax())

    def nearest(name: str) -> Any:
        points = np.array([(float(row["x"]), float(row["y"])) for row in rows(folder / name)])
        scale = np.array([np.cos(np.radians(at[:, 1].mean())), 1.0])
        return joined[[int((((at[joined] - point) * scale) ** 2).sum(axis=1).argmin()) for point in points]]

    stations, hospitals = nearest("stations_1.csv"), nearest("hospitals_1.csv")
    places = np.random.default_rng(1).choice(joined, PLACES, replace=False)
    nodes, atom = np.unique(np.concatenate([stations, hospitals, places]), return_inverse=True)
    station, hospital, place = np.split(atom, np.cumsum([len(stations), len(hospitals)]))
    words = (folder / "calls_gen_config_train.xml").read_text(encoding="utf-8")

    def told(tag: str) -> str:
        found = re.search(rf"<{tag}[^>]*>\w+\((.*)\)<", words)
        assert found, tag
        return found[1]

    def days(tag: str) -> float:
        return worked_out(told(tag).split(",")[0])

    home = [station[int(row["stationIndex"]) - 1] for row in rows(folder / "ambulances_1.csv")]
    return City(
        dijkstra(graph, indices=nodes)[:, nodes].T,
        float(np.median(arcs[:, 3] / arcs[:, 2])),
        station,
        hospital,
        place,
        np.array(home),
        worked_out(told("interarrivalTime").removeprefix("1/")),
        np.array([float(one) for one in told("priority").strip("[]").split(",")]),
        days("dispatchDelay") * DAY_S,
        days("onSceneDuration") * DAY_S,
        days("handoverDuration") * DAY_S,
        float(told("transport")),
    )


def world_of(city: City, length_s: float) -> World:
    """Calls of a length of time, graded as published, and ambulances that are there all the time."""
    rng = np.random.default_rng(2)
    n = rng.poisson(city.calls_a_day * length_s / DAY_S)
    incidents = Incidents.of(
        at_s=np.sort(rng.uniform(0.0, length_s, n)) + city.delay_s,
        atom=rng.choice(city.places, n),
        grade=rng.choice(len(city.shares), n, p=city.shares / city.shares.sum()),
        scene_s=rng.exponential(city.scene_s, n),
        is_arrest=rng.uniform(size=n) < city.transported_share,
        custody_s=rng.exponential(city.handover_s, n),
    )
    duties = Duties.of(
        start_s=np.zeros(len(city.ambulances)),
        end_s=length_s + 10 * DAY_S,
        base_atom=city.ambulances,
        area=0,
    )
    n_grades = len(city.shares)
    grades = Grades.of(
        travel_factor=[1.0] * (n_grades - 1) + [city.slower],
        may_preempt=[True] + [False] * (n_grades - 1),
    )
    ground = Ground.of(
        city.minutes,
        n_grades=n_grades,
        suite_atoms=city.hospitals,
        suite_desks=[1000] * len(city.hospitals),
    )
    return incidents, duties, grades, ground


@pytest.fixture(scope="module", params=["auckland", "manhattan"])
def city(request: pytest.FixtureRequest, shared_data: Path) -> City:
    return city_of(shared_data / "roads_population" / "jemss_ems_cities" / request.param)


@pytest.mark.real
def test_every_call_of_two_days_fares_as_in_simpy_to_the_last_bit(city: City) -> None:
    world = world_of(city, 2 * DAY_S)
    theirs, _, count = runpy.run_path(str(REFERENCE))["simulate"](*world, Rules())
    ours = simulate_dispatch(*world)
    for name in ("assigned_s", "arrived_s", "cleared_s"):
        np.testing.assert_array_equal(getattr(ours.incidents, name), [getattr(one, name) for one in theirs])
    assert ours.counters == {name: count[name] for name in ours.counters}


@pytest.mark.real
def test_a_year_of_the_city_keeps_every_balance(city: City) -> None:
    world = world_of(city, YEAR_S)
    incidents, duties, grades, ground = world
    result = simulate_dispatch(*world)
    found, spent = result.incidents, result.duties
    n = len(incidents)
    assert n > 90_000
    assert not np.isnan(found.arrived_s).any()
    # Each ambulance's time is all accounted for, and scenes take the published mean.
    held = spent.free_s + spent.travel_s + spent.scene_s + spent.custody_s
    np.testing.assert_allclose(held, duties.end_s - duties.start_s + spent.late_s, rtol=1e-9)
    assert spent.scene_s.sum() / n == pytest.approx(city.scene_s, rel=4.0 / np.sqrt(n))
    # Taken to the nearest hospital: the ways there and the handovers, worked out call by call.
    ways_s = 60.0 * ground.minutes[0][city.hospitals].min(axis=0).astype(float)
    handed = incidents.is_arrest * (ways_s[incidents.atom] + incidents.custody_s)
    assert spent.custody_s.sum() == pytest.approx(handed.sum(), rel=1e-9)
    # No way is shorter than from the nearest place in which an ambulance can be.
    assert (found.travel_s >= 60.0 * ground.minutes[0].min(axis=1)[incidents.atom] - 1e-6).all()
    # What was called away on its way did not arrive: ways that were driven are no shorter than those that were.
    assert spent.travel_s.sum() >= found.travel_s.sum() * (1.0 - 1e-9)
    # The most urgent, who may call ambulances away, are reached sooner than the least.
    wait = found.assigned_s - incidents.at_s
    urgent, least = wait[incidents.grade == 0].mean(), wait[incidents.grade == len(grades) - 1].mean()
    assert urgent < least
