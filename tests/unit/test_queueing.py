"""Queues by formula against printed tables, worked examples and their own limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from constabulary.core.errors import BadInput
from constabulary.numeric import queueing
from constabulary.response.contact import agents_by_interval, contact_queue, lagged_load, pooling


@pytest.mark.parametrize(
    ("load", "n_agents", "printed"),
    [
        (10.0, 10, 0.2146),
        (5.0, 10, 0.0184),
        (15.0, 20, 0.0456),
        (40.0, 50, 0.0187),
        (1.0, 1, 0.5),
        (1.0, 2, 0.2),
    ],
)
def test_erlang_b_gives_the_printed_table(load: float, n_agents: int, printed: float) -> None:
    assert float(queueing.erlang_b(load, n_agents)) == pytest.approx(printed, abs=5e-5)


@pytest.mark.parametrize(
    ("n_agents", "load", "blocking"),
    [(10, 4.4612, 0.01), (20, 12.0306, 0.01), (50, 37.9014, 0.01), (100, 84.0642, 0.01), (10, 3.092, 0.001)],
)
def test_erlang_b_gives_the_loads_printed_for_a_grade_of_service(
    n_agents: int, load: float, blocking: float
) -> None:
    assert float(queueing.erlang_b(load, n_agents)) == pytest.approx(blocking, rel=2e-4)


def test_erlang_c_gives_a_printed_table_of_trunked_radio() -> None:
    # J. Dunlop, D. Girma and J. Irvine, Digital Mobile Communications and the TETRA System (1999), A.4: 8 channels and
    # 5 % delayed, 3.87 erlangs; 10 and 1 %, 4.08; of the delayed of the first 1.6 % wait beyond the mean call.
    eight = queueing.erlang_c(3.87 * 3600.0, 1.0, 8, 1.0)
    assert float(eight.wait_probability) == pytest.approx(0.05, abs=2e-4)
    assert float(queueing.erlang_c(4.08 * 3600.0, 1.0, 10).wait_probability) == pytest.approx(0.01, abs=1e-4)
    assert float((1.0 - eight.within_share) / eight.wait_probability) == pytest.approx(0.016, abs=5e-4)


def test_erlang_c_gives_the_worked_example_of_a_call_centre() -> None:
    # 100 calls in 30 minutes of 3 minutes each, 14 agents, 20 s: the example pyworkforce's manual prints.
    queue = queueing.erlang_c(200.0, 180.0, 14, 20.0)
    assert float(queue.wait_probability) == pytest.approx(0.1741319335950498, rel=1e-12)
    assert float(queue.within_share) == pytest.approx(0.8883500191794669, rel=1e-12)
    assert float(queue.occupancy) == pytest.approx(0.7142857142857143, rel=1e-12)
    assert int(queueing.agents_for_c(200.0, 180.0, 20.0, 0.8)) == 14


def test_one_patient_queue_of_one_agent_is_as_worked_by_hand() -> None:
    # M/M/1 at load 1/2: half wait, mean wait one handling time, half of those who wait do so for ln 2 x 2 of them.
    queue = queueing.erlang_c(30.0, 60.0, 1, 120.0 * math.log(2.0))
    assert float(queue.wait_probability) == pytest.approx(0.5)
    assert float(queue.mean_wait_s) == pytest.approx(60.0)
    assert float(queue.within_share) == pytest.approx(0.75)


def test_a_load_not_under_the_agents_has_no_answer_in_erlang_c() -> None:
    queue = queueing.erlang_c([199.0, 200.0, 201.0], 180.0, 10, 20.0)
    assert np.isnan(queue.mean_wait_s).tolist() == [False, True, True]
    assert np.isnan(queue.within_share).tolist() == [False, True, True]


@pytest.mark.parametrize("n_agents", [1, 11, 14, 40])
def test_erlang_a_becomes_c_when_callers_are_patient(n_agents: int) -> None:
    calls = 0.9 * n_agents * 20.0
    c = queueing.erlang_c(calls, 180.0, n_agents, 20.0)
    a = queueing.erlang_a(calls, 180.0, n_agents, 1e9, 20.0)
    assert float(a.wait_probability) == pytest.approx(float(c.wait_probability), rel=1e-5)
    assert float(a.mean_wait_s) == pytest.approx(float(c.mean_wait_s), rel=1e-4)
    assert float(a.within_share) == pytest.approx(float(c.within_share), rel=1e-4)


@pytest.mark.parametrize("n_agents", [1, 10, 14, 40])
def test_erlang_a_becomes_b_when_callers_have_no_patience(n_agents: int) -> None:
    a = queueing.erlang_a(200.0, 180.0, n_agents, 1e-6, 20.0)
    b = float(queueing.erlang_b(10.0, n_agents))
    assert float(a.abandoned_share) == pytest.approx(b, rel=1e-5)
    assert float(a.wait_probability) == pytest.approx(b, rel=1e-5)
    assert float(a.within_share) == pytest.approx(1.0 - b, rel=1e-5)


def test_erlang_a_is_a_poisson_number_of_callers_when_patience_is_the_handling_time() -> None:
    # Whoever is there leaves at one rate, served or not: M/M/inf, so those there are Poisson with mean the load.
    load, n = 12.0, 10
    poisson = [math.exp(-load) * load**k / math.factorial(k) for k in range(120)]
    queue = queueing.erlang_a(load * 20.0, 180.0, n, 180.0, 20.0)
    assert float(queue.wait_probability) == pytest.approx(sum(poisson[n:]), rel=1e-12)
    waiting = sum((k - n) * p for k, p in enumerate(poisson) if k > n)
    assert float(queue.abandoned_share) == pytest.approx(waiting / load, rel=1e-12)


def test_thousands_of_agents_lose_no_digits() -> None:
    # Square-root staffing limits of Halfin and Whitt, and of Garnett, Mandelbaum and Reiman, at beta = 1.
    phi, below = math.exp(-0.5) / math.sqrt(2.0 * math.pi), 0.5 * (1.0 + math.erf(1.0 / math.sqrt(2.0)))
    n = 250_000
    load = n - math.sqrt(n)
    c = queueing.erlang_c(load * 20.0, 180.0, n)
    assert float(c.wait_probability) == pytest.approx(1.0 / (1.0 + below / phi), rel=2e-3)
    a = queueing.erlang_a(load * 20.0, 180.0, n, 180.0)  # patience as handling: half waits as the normal tail
    assert float(a.wait_probability) == pytest.approx(1.0 - below, rel=2e-3)


def test_a_queue_far_too_small_answers_as_many_as_it_can() -> None:
    queue = queueing.erlang_a(20_000.0, 180.0, 100, 60.0, 20.0)
    assert float(queue.occupancy) == pytest.approx(1.0, rel=1e-9)
    assert float(queue.abandoned_share) == pytest.approx(0.9, rel=1e-9)
    assert float(queue.mean_wait_s) == pytest.approx(54.0, rel=1e-9)


def test_no_calls_need_no_agents_and_none_wait() -> None:
    assert int(queueing.agents_for_c(0.0, 60.0, 10.0, 0.9)) == 0
    assert int(queueing.agents_for_a(0.0, 60.0, 60.0, 10.0, 0.9)) == 0
    assert float(queueing.erlang_a(0.0, 60.0, 1, 60.0, 10.0).within_share) == 1.0
    assert float(queueing.erlang_c(0.0, 60.0, 1, 10.0).within_share) == 1.0
    nobody = queueing.erlang_a(100.0, 60.0, 0, 60.0, 60.0)
    assert float(nobody.abandoned_share) == 1.0
    assert math.isnan(float(nobody.mean_wait_answered_s))


@pytest.mark.parametrize(
    ("n_agents", "printed_h"), [(1, [5 / 21, 25 / 77, 10 / 11]), (2, [0.0287356, 0.0331565, 0.0480769])]
)
def test_priorities_give_the_hospital_of_hillier_and_lieberman(n_agents: int, printed_h: list[float]) -> None:
    queue = queueing.priorities([0.2, 0.6, 1.2], 1200.0, n_agents)
    assert (queue.mean_wait_s / 3600.0).tolist() == pytest.approx(printed_h, rel=2e-6)


def test_the_wait_of_each_class_integrates_to_its_mean() -> None:
    times_s = np.linspace(0.0, 8000.0, 4001)
    later = np.array([1.0 - queueing.priorities([15.0, 37.0], 420.0, 7, t).within_share for t in times_s])
    mean = queueing.priorities([15.0, 37.0], 420.0, 7).mean_wait_s
    simpson = np.ones(len(times_s))
    simpson[1:-1:2], simpson[2:-1:2] = 4.0, 2.0
    assert simpson @ later * (times_s[1] / 3.0) == pytest.approx(mean, rel=1e-3)


def test_the_first_class_is_kept_up_with_when_all_together_are_not() -> None:
    queue = queueing.priorities([10.0, 60.0], 360.0, 5, 30.0)
    assert queue.wait_probability == 1.0
    assert queue.mean_wait_s.tolist() == pytest.approx([72.0 / (1.0 - 0.2), math.inf])
    assert float(queue.within_share[1]) == 0.0


def test_one_class_is_erlang_c() -> None:
    c = queueing.erlang_c(200.0, 180.0, 14, 20.0)
    queue = queueing.priorities([200.0], 180.0, 14, 20.0)
    assert queue.mean_wait_s.tolist() == pytest.approx([float(c.mean_wait_s)])
    assert queue.within_share.tolist() == pytest.approx([float(c.within_share)])


def test_all_that_is_out_of_range_is_told_at_once() -> None:
    with pytest.raises(BadInput) as told:
        queueing.erlang_a([-1.0, 5.0], 0.0, 2.5, math.nan, -1.0)
    assert [problem.column for problem in told.value.problems] == [
        "calls_per_h",
        "handling_s",
        "patience_s",
        "within_s",
        "n_agents",
    ]


@pytest.mark.parametrize(
    "asked",
    [
        lambda: queueing.agents_for_c(100.0, 60.0, 10.0, 1.0),
        lambda: queueing.agents_for_c(1e9, 3600.0, 10.0, 0.9),
        lambda: queueing.agents_for_a(1e9, 3600.0, 60.0, 10.0, 0.9),
        lambda: queueing.erlang_b([1.0, 2.0], [1, 2, 3]),
        lambda: queueing.priorities([1.0], 60.0, 0),
        lambda: lagged_load([1.0], 60.0, 0.0),
        lambda: pooling([0.0, 0.0], 60.0, 10.0, 0.9),
    ],
)
def test_what_cannot_be_answered_is_refused(asked: object) -> None:
    with pytest.raises(BadInput):
        asked()  # type: ignore[operator]


def test_lagged_load_is_the_mean_of_the_differential_equation() -> None:
    rate, handling_s, interval_s = np.array([12.0, 60.0, 20.0, 0.0]), 1200.0, 1800.0
    step_s, load, sums = 0.5, 12.0 * handling_s / 3600.0, []
    for calls in rate:
        total = 0.0
        for _ in range(int(interval_s / step_s)):
            slope = calls / 3600.0 - load / handling_s
            total += load + 0.5 * step_s * slope
            load += step_s * (slope - 0.5 * step_s * slope / handling_s)
        sums.append(total * step_s / interval_s)
    assert lagged_load(rate, handling_s, interval_s).tolist() == pytest.approx(sums, rel=1e-6)


def test_lagged_load_of_steady_calls_is_the_load() -> None:
    assert lagged_load([30.0] * 5, 300.0, 900.0).tolist() == pytest.approx([2.5] * 5)


def test_work_carried_over_needs_agents_after_the_calls_have_stopped() -> None:
    need = agents_by_interval([60.0, 0.0, 0.0], 3600.0, 1800.0, 30.0, 0.8)
    assert need.load_erlangs.tolist() == [60.0, 0.0, 0.0]
    assert 0 < need.n_agents[2] < need.n_agents[1] < need.n_agents[0]


@pytest.mark.parametrize("patience_s", [None, 120.0])
def test_agents_of_each_interval_meet_the_target_and_one_fewer_does_not(patience_s: float | None) -> None:
    calls = np.array([5.0, 40.0, 90.0, 130.0, 60.0])
    need = agents_by_interval(calls, 300.0, 1800.0, 10.0, 0.9, patience_s)
    rate = need.lagged_load_erlangs * 12.0
    for n, meets in ((need.n_agents, True), (need.n_agents - 1, False)):
        share = (
            queueing.erlang_c(rate, 300.0, n, 10.0).within_share
            if patience_s is None
            else queueing.erlang_a(rate, 300.0, n, patience_s, 10.0).within_share
        )
        assert ((share >= 0.9) == meets).all()


@pytest.mark.parametrize("patience_s", [None, 120.0])
def test_one_place_needs_fewer_agents_than_several(patience_s: float | None) -> None:
    compared = pooling([12.0, 9.0, 15.0, 8.0, 8.0, 8.0], 300.0, 10.0, 0.9, patience_s)
    assert compared.n_agents_pooled < compared.n_agents_split.sum()
    assert compared.within_share_of_as_many > 0.9


def test_a_queue_tells_why_a_formula_gives_nothing() -> None:
    queue = contact_queue(200.0, 180.0, 10, 20.0)
    assert queue.erlang_c is None and queue.erlang_a is None
    assert set(queue.reasons) == {"erlang_c", "erlang_a"}
    assert contact_queue(200.0, 180.0, 11, 20.0, 60.0).reasons == {}
