"""The dispatch engine where theory knows the answer: queues without travel, a city of three units, the square-root law.

A mean is held to what theory says within four standard errors, these from the means of twenty stretches of the run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from constabulary.numeric.queueing import erlang_b, erlang_c, priorities
from constabulary.response.dispatch import simulate_dispatch
from constabulary.response.hypercube import solve_hypercube
from constabulary.response.hypercube_model import HypercubeModel
from constabulary.response.model import Duties, Grades, Ground, Incidents, Rules
from constabulary.response.result import DispatchResult

Floats = NDArray[np.float64]
N_STRETCHES = 20


def agrees(values: Floats, expected: float) -> None:
    stretches = np.array([part.mean() for part in np.array_split(values, N_STRETCHES)])
    error = stretches.std(ddof=1) / np.sqrt(N_STRETCHES)
    assert abs(values.mean() - expected) < 4.0 * error
    assert error < 0.08 * expected  # or the test could not fail


def at_random(
    seed: int, n: int, rate: float, service_s: float = 1.0, **more: Any
) -> tuple[np.random.Generator, Incidents]:
    rng = np.random.default_rng(seed)
    at_s = np.cumsum(rng.exponential(1.0 / rate, n))
    given = {"atom": 0, "grade": 0, "scene_s": rng.exponential(service_s, n), **more}
    return rng, Incidents.of(at_s=at_s, **given)


def always(n_units: int, **more: Any) -> Duties:
    return Duties.of(**{"start_s": np.zeros(n_units), "end_s": 1e9, "base_atom": 0, "area": 0, **more})


NOWHERE = Ground.of([[0.0]])
ONE_GRADE = Grades.of(travel_factor=[1.0])


def waits(result: DispatchResult) -> Floats:
    return result.incidents.arrived_s - result.incidents.ready_s


def test_without_travel_it_is_erlang_s_queue() -> None:
    _, incidents = at_random(1, 200_000, 16.0)
    result = simulate_dispatch(incidents, always(20), ONE_GRADE, NOWHERE)
    theory = erlang_c(16.0 * 3600.0, 1.0, 20)
    agrees(waits(result)[5000:], float(theory.mean_wait_s))
    agrees((waits(result)[5000:] > 0.0).astype(float), float(theory.wait_probability))
    assert result.counters["waited"] == (waits(result) > 0.0).sum()


def test_calls_that_give_up_at_once_are_erlang_s_loss() -> None:
    _, incidents = at_random(2, 100_000, 15.0)
    incidents = replace(incidents, cancel_at_s=incidents.at_s + 1e-9)
    result = simulate_dispatch(incidents, always(20), ONE_GRADE, NOWHERE)
    agrees(np.isnan(result.incidents.arrived_s)[2000:].astype(float), float(erlang_b(15.0, 20)))


def test_grades_wait_as_cobham_says() -> None:
    rng = np.random.default_rng(3)
    n = 300_000
    grade = rng.choice(3, n, p=[0.2, 0.5, 0.3])
    _, incidents = at_random(4, n, 17.0, grade=grade)
    result = simulate_dispatch(
        incidents, always(20), Grades.of(travel_factor=np.ones(3)), Ground.of([[0.0]], n_grades=3)
    )
    theory = priorities(17.0 * 3600.0 * np.array([0.2, 0.5, 0.3]), 1.0, 20)
    for g in range(3):
        agrees(waits(result)[5000:][grade[5000:] == g], float(theory.mean_wait_s[g]))


# Urban Operations Research, 5.4.3: calls an hour of four groups of atoms, and the order in which each calls its units.
RATES = np.array([0.5, 0.25, 0.35, 0.4])
ORDERS = np.array([[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]])


@pytest.mark.parametrize("line", ["infinite", "zero"])
def test_larson_and_odoni_s_city_comes_out_by_simulation(line: str) -> None:
    rng = np.random.default_rng(5)
    n = 200_000
    group = rng.choice(4, n, p=RATES / RATES.sum())
    _, incidents = at_random(6, n, 1.5, atom=group)
    if line == "zero":
        incidents = replace(incidents, cancel_at_s=incidents.at_s + 1e-9)
    # Units stand in atoms 4 to 6; the ways are next to nothing, but their order is that of the book.
    minutes = np.zeros((7, 7))
    for atom, order in enumerate(ORDERS):
        for rank, unit in enumerate(order):
            minutes[atom, 4 + unit] = (rank + 1) * 1e-14
    duties = always(3, base_atom=[4, 5, 6])
    result = simulate_dispatch(incidents, duties, ONE_GRADE, Ground.of(minutes))
    exact = solve_hypercube(HypercubeModel(RATES, 1.0, ORDERS, line))
    length = incidents.at_s[-1]
    simulated = result.duties.scene_s / length
    assert simulated.tolist() == pytest.approx(exact.utilisation.tolist(), abs=0.006)
    if line == "infinite":
        assert simulated.tolist() == pytest.approx([0.5574, 0.4734, 0.4693], abs=0.006)  # as printed
    went = result.incidents.duty >= 0
    for atom in range(4):
        share = np.bincount(result.incidents.duty[went & (group == atom)], minlength=3) / went.sum()
        assert share.tolist() == pytest.approx(exact.dispatch_share[:, atom].tolist(), abs=0.005)


@pytest.mark.parametrize(("metric", "constant"), [("right angles", 0.6267), ("straight", 0.5)])
def test_the_way_to_the_nearest_of_many_units_follows_the_square_root_law(
    metric: str, constant: float
) -> None:
    # A square without an edge, side 1, minutes as long as ways; so few calls that every unit is free.
    # Incidents and units have places of their own; units change theirs at every incident.
    rng = np.random.default_rng(7)
    n_places, n_units = 600, 40
    place = rng.uniform(size=(2 * n_places, 2))
    apart = np.abs(place[:, None] - place[None])
    apart = np.minimum(apart, 1.0 - apart)
    minutes = apart.sum(axis=2) if metric == "right angles" else np.hypot(apart[..., 0], apart[..., 1])
    _, incidents = at_random(8, 20_000, 1e-4, atom=rng.integers(0, n_places, 20_000))
    spread = np.argsort(rng.uniform(size=(499, n_places)), axis=1)[:, :n_units].T + n_places
    result = simulate_dispatch(
        incidents, always(n_units, patrol_atoms=spread), ONE_GRADE, Ground.of(minutes), Rules(patrol_s=60.0)
    )
    mean = float(result.incidents.travel_s.mean()) / 60.0
    assert mean == pytest.approx(constant / np.sqrt(n_units), rel=0.03)
