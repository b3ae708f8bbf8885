"""Laws that queues and the hypercube model keep for any input, compiled and as plain Python."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from constabulary.numeric import queueing
from constabulary.numeric._kernel import erlang
from constabulary.response._kernel import hypercube
from constabulary.response.hypercube import solve_hypercube
from constabulary.response.hypercube_approximation import approximate_hypercube
from constabulary.response.hypercube_model import HypercubeModel

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

calls = st.floats(0.1, 2000.0)
handling = st.floats(5.0, 3000.0)
agents = st.integers(1, 60)
patience = st.floats(0.5, 5000.0)
within = st.floats(0.0, 600.0)
target = st.floats(0.05, 0.99)


@pytest.fixture(scope="module", params=["compiled", "plain Python"], autouse=True)
def kernels(request: pytest.FixtureRequest) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "plain Python":
            for module in (erlang, hypercube):
                _without_compiler(module, patch)
        yield request.param


def _without_compiler(module: ModuleType, patch: pytest.MonkeyPatch) -> None:
    for name, value in list(vars(module).items()):
        if hasattr(value, "py_func"):
            patch.setattr(module, name, value.py_func)


@FEW
@given(calls, handling, agents)
def test_more_agents_lose_fewer_calls(calls: float, handling: float, n: int) -> None:
    load = calls * handling / 3600.0
    one, two = queueing.erlang_b(load, [n, n + 1])
    assert 0.0 <= two <= one <= 1.0
    assert queueing.erlang_b(load * 1.1, n) >= one


@FEW
@given(calls, handling, agents, within)
def test_more_agents_make_no_patient_caller_wait_longer(
    calls: float, handling: float, n: int, within: float
) -> None:
    assume(calls * handling / 3600.0 < 0.999 * n)
    queue = queueing.erlang_c(calls, handling, [n, n + 1], within)
    assert queue.mean_wait_s[1] <= queue.mean_wait_s[0]
    assert queue.within_share[1] >= queue.within_share[0] - 1e-15
    assert queue.wait_probability[0] >= queueing.erlang_b(calls * handling / 3600.0, n)


@FEW
@given(calls, handling, agents, patience, within)
def test_impatient_callers_keep_the_books(
    calls: float, handling: float, n: int, patience: float, within: float
) -> None:
    queue = queueing.erlang_a(calls, handling, [n, n + 1], patience, [[0.0], [within], [1e7]])
    for values in vars(queue).values():
        assert np.isfinite(values).all() and (values >= 0.0).all()
    abandoned, share = queue.abandoned_share[0], queue.within_share
    assert share[0] == pytest.approx(1.0 - queue.wait_probability[0], abs=1e-12)
    assert (share[1] >= share[0] - 1e-12).all()
    assert share[2] == pytest.approx(1.0 - abandoned, rel=1e-9, abs=1e-12)
    assert queue.mean_wait_s[0] == pytest.approx(patience * abandoned)
    assert (share <= queue.within_share_but_early_abandoned + 1e-12).all()
    assert (share <= queue.within_share_of_answered + 1e-12).all()
    assert (queue.occupancy <= 1.0).all()
    assert abandoned[1] <= abandoned[0] + 1e-15
    assert (share[:, 1] >= share[:, 0] - 1e-12).all()


@FEW
@given(calls, handling, agents, patience)
def test_impatience_never_makes_the_wait_longer(
    calls: float, handling: float, n: int, patience: float
) -> None:
    assume(calls * handling / 3600.0 < 0.999 * n)
    patient = queueing.erlang_c(calls, handling, n)
    a = queueing.erlang_a(calls, handling, n, [patience, 2.0 * patience])
    assert a.mean_wait_s[0] <= a.mean_wait_s[1] * (1.0 + 1e-9)
    assert a.mean_wait_s[1] <= patient.mean_wait_s * (1.0 + 1e-9)
    assert a.abandoned_share[1] <= a.abandoned_share[0] * (1.0 + 1e-9)
    assert queueing.erlang_b(calls * handling / 3600.0, n) <= a.wait_probability[0] * (1.0 + 1e-9)
    assert a.wait_probability[1] <= patient.wait_probability * (1.0 + 1e-9)


@FEW
@given(calls, handling, agents, patience, within, st.sampled_from([1 / 60, 0.5, 7.0]))
def test_the_unit_of_time_does_not_matter(
    calls: float, handling: float, n: int, patience: float, within: float, scale: float
) -> None:
    one = queueing.erlang_a(calls, handling, n, patience, within)
    other = queueing.erlang_a(calls / scale, handling * scale, n, patience * scale, within * scale)
    assert float(other.within_share) == pytest.approx(float(one.within_share), rel=1e-9, abs=1e-12)
    assert float(other.mean_wait_s) == pytest.approx(float(one.mean_wait_s) * scale, rel=1e-9)


@FEW
@given(st.floats(1.0, 400.0), st.floats(30.0, 600.0), patience, within, target)
def test_the_agents_found_meet_the_target_and_one_fewer_does_not(
    calls: float, handling: float, patience: float, within: float, target: float
) -> None:
    n = int(queueing.agents_for_c(calls, handling, within, target))
    assert float(queueing.erlang_c(calls, handling, n, within).within_share) >= target - 1e-12
    fewer = float(queueing.erlang_c(calls, handling, n - 1, within).within_share)
    assert np.isnan(fewer) or fewer < target
    n_a = int(queueing.agents_for_a(calls, handling, patience, within, target))
    share = queueing.erlang_a(calls, handling, [n_a, max(0, n_a - 1)], patience, within).within_share
    assert share[1] < target <= share[0]


@FEW
@given(
    st.lists(st.floats(0.1, 30.0), min_size=2, max_size=4), st.floats(60.0, 600.0), st.integers(1, 12), within
)
def test_who_comes_first_waits_least_and_nobody_gains_on_the_whole(
    calls: list[float], handling: float, n: int, within: float
) -> None:
    assume(sum(calls) * handling / 3600.0 < 0.98 * n)
    queue = queueing.priorities(calls, handling, n, within)
    assert (np.diff(queue.mean_wait_s) >= 0.0).all()
    assert (np.diff(queue.within_share) <= 1e-6).all()
    together = queueing.erlang_c(sum(calls), handling, n)
    mean = float(np.average(queue.mean_wait_s, weights=calls))
    assert mean == pytest.approx(float(together.mean_wait_s), rel=1e-9)


@st.composite
def models(draw: st.DrawFn) -> HypercubeModel:
    n_units = draw(st.integers(1, 5))
    n_atoms = draw(st.integers(1, 6))
    rates = np.array(draw(st.lists(st.floats(0.01, 1.0), min_size=n_atoms, max_size=n_atoms)))
    lists = np.array([draw(st.permutations(range(n_units))) for _ in range(n_atoms)], dtype=np.int64)
    line = draw(st.sampled_from(["infinite", "zero"]))
    use = draw(st.floats(0.02, 0.97 if line == "infinite" else 3.0))
    return HypercubeModel(rates * (use * n_units / rates.sum()), 1.0, lists, line)


@FEW
@given(models())
def test_every_call_is_sent_someone_waits_or_is_lost(model: HypercubeModel) -> None:
    answer = solve_hypercube(model)
    assert answer.states.sum() == pytest.approx(1.0)
    assert (answer.states >= 0.0).all()
    assert answer.dispatch_share.sum() == pytest.approx(1.0)
    assert answer.dispatch_share.sum(axis=0) == pytest.approx(model.rates / model.rates.sum(), rel=1e-9)
    lost = answer.all_busy_probability if model.line == "zero" else 0.0
    assert answer.utilisation.sum() == pytest.approx(model.load_erlangs * (1.0 - lost), rel=1e-9)
    # A unit is busy as long as its dispatches make it.
    served = answer.dispatch_share.sum(axis=1) * model.load_erlangs * (1.0 - lost)
    assert answer.utilisation == pytest.approx(served, rel=1e-8)
    guess = approximate_hypercube(model)
    assert guess.dispatch_share.sum(axis=0) == pytest.approx(model.rates / model.rates.sum(), rel=1e-9)
    assert guess.utilisation.sum() == pytest.approx(answer.utilisation.sum(), rel=1e-6)


@FEW
@given(models(), st.randoms(use_true_random=False))
def test_the_numbers_of_units_do_not_matter(model: HypercubeModel, random: Any) -> None:
    new = list(range(model.n_units))
    random.shuffle(new)
    number = np.array(new)
    renamed = HypercubeModel(model.rates, model.service_rate, number[model.preferences], model.line)
    assert solve_hypercube(renamed).utilisation[number] == pytest.approx(
        solve_hypercube(model).utilisation, rel=1e-9
    )
    assert approximate_hypercube(renamed).utilisation[number] == pytest.approx(
        approximate_hypercube(model).utilisation, rel=1e-6
    )


@FEW
@given(models(), st.sampled_from([1 / 60, 24.0]))
def test_the_hypercube_knows_no_unit_of_time(model: HypercubeModel, scale: float) -> None:
    scaled = HypercubeModel(model.rates * scale, model.service_rate * scale, model.preferences, model.line)
    assert solve_hypercube(scaled).states == pytest.approx(solve_hypercube(model).states, rel=1e-9)


@FEW
@given(models())
def test_one_more_first_choice_makes_a_unit_busier(model: HypercubeModel) -> None:
    unit = int(model.preferences[0, -1])
    assume(model.n_units > 1)
    moved = model.preferences.copy()
    moved[0] = [unit, *[u for u in moved[0].tolist() if u != unit]]
    changed = HypercubeModel(model.rates, model.service_rate, moved, model.line)
    assert solve_hypercube(changed).utilisation[unit] >= solve_hypercube(model).utilisation[unit] - 1e-12
