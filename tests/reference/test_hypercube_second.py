"""The hypercube model against a second way: the chain of busy units and waiting calls as one dense matrix."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from constabulary.response.hypercube import solve_hypercube
from constabulary.response.hypercube_model import HypercubeModel

Matrix = NDArray[np.float64]


def written_out(model: HypercubeModel, n_waiting: int) -> tuple[Matrix, Matrix, Matrix]:
    """Utilisation, share of dispatches (unit, atom) and probability of each set of busy units.

    A state is a set of busy units, all busy also with 1 to n_waiting calls waiting. Each dispatch is counted as it
    happens.
    """
    n = model.preferences.shape[1]
    full = 2**n - 1
    size = 2**n + n_waiting
    rates = np.zeros((size, size))
    sent = np.zeros((size, n, len(model.rates)))
    for state in range(full):
        for j, rate in enumerate(model.rates):
            unit = next(u for u in model.preferences[j].tolist() if not state & 2**u)
            rates[state, state + 2**unit] += rate
            sent[state, unit, j] += rate
    for state in range(full + 1):
        for unit in range(n):
            if state & 2**unit:
                rates[state, state - 2**unit] += model.service_rate
    part = model.rates / model.rates.sum()
    for k in range(n_waiting):
        rates[full + k, full + k + 1] += model.rates.sum()
        rates[full + k + 1, full + k] += n * model.service_rate
        sent[full + k + 1] += model.service_rate * np.outer(np.ones(n), part)
    generator = rates - np.diag(rates.sum(axis=1))
    system = generator.T.copy()
    system[-1] = 1.0
    chance = np.linalg.solve(system, np.eye(size)[-1])
    states = chance[: full + 1].copy()
    states[full] += chance[full + 1 :].sum()
    use = np.array([sum(states[s] for s in range(full + 1) if s & 2**u) for u in range(n)])
    flow = np.tensordot(chance, sent, 1)
    return use, flow / flow.sum(), states


@pytest.mark.parametrize("line", ["infinite", "zero"])
@pytest.mark.parametrize(
    ("seed", "n_units", "use"), [(1, 2, 0.5), (2, 3, 0.2), (3, 4, 0.7), (4, 5, 0.4), (5, 7, 0.6)]
)
def test_any_lists_give_what_the_written_out_chain_gives(
    line: str, seed: int, n_units: int, use: float
) -> None:
    rng = np.random.default_rng(seed)
    rates = rng.uniform(0.1, 1.0, 12)
    rates *= 3.0 * use * n_units / rates.sum()
    lists = np.array([rng.permutation(n_units) for _ in rates])
    model = HypercubeModel(rates, 3.0, lists, line)
    utilisation, share, states = written_out(model, 120 if line == "infinite" else 0)
    answer = solve_hypercube(model)
    assert answer.states.tolist() == pytest.approx(states.tolist(), rel=1e-9)
    assert answer.utilisation.tolist() == pytest.approx(utilisation.tolist(), rel=1e-10)
    assert answer.dispatch_share == pytest.approx(share, rel=1e-9)


def test_ten_units_balance_to_the_last_digits() -> None:
    rng = np.random.default_rng(9)
    lists = np.array([rng.permutation(10) for _ in range(30)])
    model = HypercubeModel(rng.uniform(0.1, 0.4, 30), 1.0, lists, "zero")
    answer = solve_hypercube(model)
    utilisation, share, states = written_out(model, 0)
    assert np.abs(answer.states / states - 1.0).max() < 1e-10
    assert answer.utilisation == pytest.approx(utilisation, rel=1e-12)
    assert answer.dispatch_share == pytest.approx(share, rel=1e-11)


def test_the_third_round_of_the_approximation_is_the_one_printed() -> None:
    # Written from Larson and Odoni, 5.5.2: start with equal loads, correct, scale to the total, three times.
    rates = np.array([0.5, 0.25, 0.35, 0.4])
    lists = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]]
    corrections = [1.0, 14.0 / 19.0, 12.0 / 19.0]
    load = np.full(3, 0.5)
    for _ in range(3):
        wanted = np.zeros(3)
        for rate, units in zip(rates, lists, strict=True):
            before = 1.0
            for correction, unit in zip(corrections, units, strict=True):
                wanted[unit] += rate * correction * before
                before *= load[unit]
        load = (wanted + 0.5 * 0.23684) / (1.0 + wanted)
        load *= 1.5 / load.sum()
    assert load.tolist() == pytest.approx([0.5627, 0.4716, 0.4657], abs=1e-4)
