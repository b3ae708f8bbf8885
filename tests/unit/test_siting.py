"""Sites proposed: beside every set there is, beside a second solver, and at the limits that are known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, sparse

from constabulary.core.errors import BadInput
from constabulary.response.siting import coverage
from constabulary.response.siting.least_cost import least_cost
from constabulary.response.siting.pcentre import pcentre
from constabulary.response.siting.pmedian import pmedian
from constabulary.response.siting.problem import Siting


def town(seed: int, n_places: int, n_sites: int, is_whole: bool = False, **decided: object) -> Siting:
    rng = np.random.default_rng(seed)
    minutes = rng.uniform(1.0, 40.0, (n_places, n_sites))
    weights = rng.uniform(0.0, 9.0, n_places)
    if is_whole:
        minutes, weights = np.rint(minutes), np.ceil(weights)
    names = tuple(f"s{j}" for j in range(n_sites))
    return Siting(weights, minutes, tuple(f"p{i}" for i in range(n_places)), names, **decided)  # type: ignore[arg-type]


def every_set(problem: Siting, n_sites: int) -> list[tuple[int, ...]]:
    return [
        sites
        for sites in itertools.combinations(range(problem.n_sites), n_sites)
        if set(problem.fixed) <= set(sites)
    ]


def total(problem: Siting, sites: tuple[int, ...]) -> float:
    return float(problem.weights @ problem.minutes[:, list(sites)].min(axis=1))


@pytest.mark.parametrize("is_whole", [False, True])
@pytest.mark.parametrize(("n_sites", "fixed"), [(1, ()), (3, ()), (4, (2, 5)), (3, (0, 1, 2))])
def test_the_p_median_and_the_four_next_best_are_those_of_trying_every_set(
    is_whole: bool, n_sites: int, fixed: tuple[int, ...]
) -> None:
    for seed in range(3):
        problem = town(seed, 25, 9, is_whole, fixed=fixed)
        costs = sorted(total(problem, sites) for sites in every_set(problem, n_sites))
        answer = pmedian(problem, n_sites, n_alternatives=4)
        found = [answer.best, *answer.alternatives]
        assert answer.is_proven
        assert [one.objective for one in found] == pytest.approx(costs[:5])
        assert answer.bound == pytest.approx(costs[0])
        assert len({one.sites for one in found}) == len(found)
        assert [total(problem, one.sites) for one in found] == pytest.approx(costs[:5])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 7))
def test_the_p_median_is_that_of_a_second_solver(seed: int, n_sites: int) -> None:
    """SciPy's branch and cut on the textbook's rows, one for each place and site."""
    problem = town(seed, 20, 14)
    n, m = problem.n_places, problem.n_sites
    served = sparse.hstack([sparse.csr_array((n, m)), sparse.kron(sparse.eye(n), np.ones((1, m)))])
    by_open = sparse.hstack([-sparse.vstack([sparse.eye(m)] * n), sparse.eye(n * m)])
    count = sparse.hstack([sparse.csr_array(np.ones((1, m))), sparse.csr_array((1, n * m))])
    theirs = optimize.milp(
        np.concatenate([np.zeros(m), (problem.weights[:, None] * problem.minutes).ravel()]),
        integrality=np.repeat([1, 0], [m, n * m]),
        bounds=optimize.Bounds(0, 1),
        constraints=[
            optimize.LinearConstraint(served, 1, 1),
            optimize.LinearConstraint(by_open, -np.inf, 0),
            optimize.LinearConstraint(count, n_sites, n_sites),
        ],
    )
    assert pmedian(problem, n_sites).best.objective == pytest.approx(theirs.fun, rel=1e-6)


def test_a_search_out_of_time_says_that_it_proved_nothing() -> None:
    problem = town(5, 60, 30)
    best = least_cost(problem.costs, 5)
    cut = least_cost(problem.costs, 5, left_s=lambda: 0.0)
    assert best.is_proven and not cut.is_proven
    assert cut.bound <= best.sets[0][0] <= cut.sets[0][0]


def test_places_out_of_reach_of_every_allowed_set_are_an_error() -> None:
    minutes = np.array([[1.0, np.inf], [np.inf, 1.0]])
    apart = Siting(np.ones(2), minutes, ("a", "b"), ("a", "b"))
    assert pmedian(apart, 2).best.objective == 2.0
    for ask in (pmedian, pcentre):
        with pytest.raises(BadInput, match="cannot serve"):
            ask(apart, 1)
    nobody = Siting(np.array([1.0, 0.0]), minutes, ("a", "b"), ("a", "b"))
    assert pmedian(nobody, 1).best.sites == (0,)
    assert pcentre(nobody, 1).best.objective == 1.0


@pytest.mark.parametrize(("n_sites", "fixed"), [(1, ()), (3, ()), (4, (2, 5))])
def test_the_p_centre_is_that_of_trying_every_set(n_sites: int, fixed: tuple[int, ...]) -> None:
    for seed in range(4):
        problem = town(seed, 25, 9, fixed=fixed)
        has_demand = problem.weights > 0
        reach = sorted(
            float(problem.minutes[has_demand][:, list(sites)].min(axis=1).max())
            for sites in every_set(problem, n_sites)
        )
        answer = pcentre(problem, n_sites, n_alternatives=2)
        assert answer.is_proven and answer.bound == answer.best.objective == reach[0]
        assert len(answer.best.sites) == n_sites
        assert [one.objective for one in answer.alternatives] == reach[1:3]


@pytest.mark.parametrize("fixed", [(), (4,)])
def test_mclp_covers_what_the_best_of_every_set_covers(fixed: tuple[int, ...]) -> None:
    for seed in range(4):
        problem = town(seed, 30, 10, fixed=fixed)
        within = problem.minutes <= 8.0
        worth = sorted(
            (float(problem.weights @ within[:, list(sites)].any(axis=1)) for sites in every_set(problem, 3)),
            reverse=True,
        )
        answer = coverage.mclp(problem, 3, 8.0, n_alternatives=3)
        assert answer.is_proven
        assert [one.objective for one in (answer.best, *answer.alternatives)] == pytest.approx(worth[:4])


@pytest.mark.parametrize("busy_share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("room", [None, np.array([1.0, 2, 1, 2, 1, 2, 1])])
def test_mexclp_expects_what_the_best_of_every_placing_expects(
    busy_share: float, room: np.ndarray | None
) -> None:
    problem = town(7, 25, 7, capacities=room)
    within = problem.minutes <= 12.0
    worth = []
    for placed in itertools.combinations_with_replacement(range(7), 4):
        units = np.bincount(placed, minlength=7)
        if room is None or (units <= room).all():
            reach = within @ units
            worth.append(float(problem.weights @ (1.0 - busy_share**reach)))
    worth.sort(reverse=True)
    answer = coverage.mexclp(problem, 4, 12.0, busy_share, n_alternatives=3)
    found = [answer.best, *answer.alternatives]
    assert answer.is_proven
    assert [one.objective for one in found] == pytest.approx(worth[:4])
    assert len({one.n_units for one in found}) == 4
    for one in found:
        units = np.zeros(7, dtype=np.int64)
        for site, n_units in one.n_units:
            units[site] = n_units
        assert coverage.expected_cover(problem, units, 12.0, busy_share) == pytest.approx(one.objective)


@pytest.mark.parametrize("seed", range(12))
def test_small_towns_in_whole_demand_are_ranked_as_by_trying_every_set(seed: int) -> None:
    """Few places and many ties: where a solver's presolve has most to leave out, and can leave out the best."""
    rng = np.random.default_rng(seed)
    problem = town(seed, int(rng.integers(4, 14)), int(rng.integers(3, 8)), is_whole=True)
    within = problem.minutes <= 16.0
    p = int(rng.integers(1, min(4, problem.n_sites)))
    covered = sorted(float(problem.weights @ within[:, list(c)].any(axis=1)) for c in every_set(problem, p))
    answer = coverage.mclp(problem, p, 16.0, n_alternatives=4)
    assert [one.objective for one in (answer.best, *answer.alternatives)] == pytest.approx(
        covered[::-1][: 1 + len(answer.alternatives)]
    )
    expected = sorted(
        float(problem.weights @ (1.0 - 0.5 ** within[:, list(c)].sum(axis=1)))
        for c in itertools.combinations_with_replacement(range(problem.n_sites), p)
    )
    answer = coverage.mexclp(problem, p, 16.0, 0.5, n_alternatives=4)
    assert [one.objective for one in (answer.best, *answer.alternatives)] == pytest.approx(
        expected[::-1][: 1 + len(answer.alternatives)]
    )


def test_mclp_of_a_town_that_the_solver_once_got_wrong_takes_the_best_site() -> None:
    within = np.array(
        [[0, 0, 1, 1, 0, 0], [1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 0, 1], [0, 0, 0, 0, 0, 1], [0, 1, 0, 0, 0, 1]]
    )
    weights = np.array([5.0, 2.0, 2.0, 6.0, 4.0])
    problem = Siting(weights, np.where(within, 5.0, 20.0), tuple("abcde"), tuple("uvwxyz"))
    best = coverage.mclp(problem, 1, 12.0)
    assert best.best.sites == (5,) and best.best.objective == best.bound == 12.0


def test_mexclp_without_busy_units_is_mclp() -> None:
    for seed in range(4):
        problem = town(seed, 40, 12)
        alone = coverage.mclp(problem, 4, 9.0).best.objective
        assert coverage.mexclp(problem, 4, 9.0, 0.0).best.objective == pytest.approx(alone)


def test_mexclp_with_units_nearly_always_busy_puts_all_where_most_demand_is_in_reach() -> None:
    problem = town(3, 40, 12)
    reach = problem.weights @ (problem.minutes <= 9.0)
    busy_share = 1.0 - 1e-6
    best = coverage.mexclp(problem, 5, 9.0, busy_share).best
    assert best.n_units == ((int(reach.argmax()), 5),)
    assert best.objective / (1.0 - busy_share) == pytest.approx(5.0 * reach.max(), rel=1e-4)


def test_with_room_for_all_demand_capacities_change_nothing_and_with_less_nobody_is_served_twice() -> None:
    problem = town(11, 12, 6, is_whole=True)
    wide = Siting(problem.weights, problem.minutes, problem.place_ids, problem.site_ids, (), np.full(6, 1e4))
    for ask in (pmedian, pcentre):
        free, held = ask(problem, 3, 1), ask(wide, 3, 1)
        assert free.best.objective == pytest.approx(held.best.objective)
    assert coverage.mclp(problem, 2, 9.0).best.objective == pytest.approx(
        coverage.mclp(wide, 2, 9.0).best.objective
    )
    # Two sites a minute from one place, ten from the other: each has room for half of all demand.
    minutes = np.array([[1.0, 10.0], [1.0, 10.0]])
    tight = Siting(np.array([4.0, 6.0]), minutes, ("a", "b"), ("x", "y"), (), np.array([5.0, 5.0]))
    assert pmedian(tight, 2).best.objective == pytest.approx(5.0 * 1.0 + 5.0 * 10.0)
    assert pcentre(tight, 2).best.objective == 10.0
    assert coverage.mclp(tight, 2, 5.0).best.objective == pytest.approx(5.0)
    with pytest.raises(BadInput):
        pmedian(tight, 1)


@pytest.mark.parametrize("n_sites", [0, 7])
def test_a_number_of_sites_that_cannot_be_open_is_refused(n_sites: int) -> None:
    problem = town(1, 5, 6)
    for ask in (
        lambda: pmedian(problem, n_sites),
        lambda: pcentre(problem, n_sites),
        lambda: coverage.mclp(problem, n_sites, 5.0),
    ):
        with pytest.raises(BadInput, match=r"1 .*to 6"):
            ask()
    with pytest.raises(BadInput, match="busy_share"):
        coverage.mexclp(problem, 2, 5.0, 1.0)
    with pytest.raises(BadInput, match="standard_min"):
        coverage.mclp(problem, 2, float("nan"))
