"""Queues and the hypercube model beside pyworkforce and a dense matrix: medians of ratios, rounds taken in turn.

Run with `pytest benchmarks/bench_queueing.py -s`. The peers are asked the same question and must give the same answer.
Compilation is left out of the ratios, and told.
"""

from __future__ import annotations

import itertools
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest

from constabulary.numeric import queueing
from constabulary.response.hypercube import solve_hypercube
from constabulary.response.hypercube_approximation import approximate_hypercube
from constabulary.response.hypercube_model import HypercubeModel, by_nearness

N_INTERVALS = 17_520  # half-hours of a year


def seconds(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def ratios(peer: Callable[[], Any], ours: Callable[[], Any], rounds: int) -> tuple[float, float, float]:
    """The median of the ratios of paired rounds, and the medians of both (s)."""
    ours()
    pairs = [(seconds(peer), seconds(ours)) for _ in range(rounds)]
    return (
        statistics.median(a / b for a, b in pairs),
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
    )


def tell(record_property: Callable[[str, Any], None], **measured: float) -> None:
    for name, value in measured.items():
        record_property(name, value)
    print("\n" + "  ".join(f"{name} {value:.3g}" for name, value in measured.items()))


@pytest.fixture
def pyworkforce(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The queues of pyworkforce, out of the folder that `make bench` puts it in.

    They do without ortools, which the package loads all the same and which cannot be loaded beside highspy
    (google/or-tools#5246): other benchmarks of the same process solve with HiGHS.
    """
    for name in ("ortools", "ortools.sat", "ortools.sat.python"):
        monkeypatch.setitem(sys.modules, name, MagicMock())
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / ".peers")
    return pytest.importorskip(
        "pyworkforce.queuing", reason="pyworkforce, the peer, is not in .peers (make bench)"
    )


@pytest.mark.parametrize("calls_per_h", [200.0, 2880.0])
def test_erlang_c_sizing_takes_a_hundredth_of_pyworkforce(
    pyworkforce: Any, calls_per_h: float, record_property: Callable[[str, Any], None]
) -> None:
    n_peer = 200
    calls = calls_per_h * np.random.default_rng(1).uniform(0.5, 1.5, N_INTERVALS)

    def theirs() -> list[int]:
        return [erlang_c(c).required_positions(0.8)["raw_positions"] for c in calls[:n_peer].tolist()]

    def erlang_c(calls_per_h: float) -> Any:
        return pyworkforce.ErlangC(transactions=calls_per_h / 2, aht=3.0, asa=20 / 60, interval=30)

    def ours() -> Any:
        return queueing.agents_for_c(calls, 180.0, 20.0, 0.8)

    assert ours()[:n_peer].tolist() == theirs()
    ratio, peer_s, ours_s = ratios(theirs, ours, 9)
    each = ratio * N_INTERVALS / n_peer
    one, _, _ = ratios(
        lambda: erlang_c(calls_per_h).required_positions(0.8),
        lambda: queueing.agents_for_c(calls_per_h, 180.0, 20.0, 0.8),
        99,
    )
    tell(
        record_property,
        ratio=each,
        pyworkforce_us=peer_s / n_peer * 1e6,
        ours_us=ours_s / N_INTERVALS * 1e6,
        ratio_called_one_by_one=one,
    )
    assert each >= 100


@pytest.mark.parametrize("target_share", [0.8, 0.95])
def test_erlang_a_sizing_takes_a_thousandth_of_pyworkforce(
    pyworkforce: Any, target_share: float, record_property: Callable[[str, Any], None]
) -> None:
    """The half-hours of a day about 2,880 calls an hour, of which the peer is asked four; and one by one."""
    calls = 2880.0 * np.random.default_rng(1).uniform(0.5, 1.5, 48)
    asked = calls[:4].tolist()

    def erlang_a(calls_per_h: float) -> Any:
        return pyworkforce.ErlangA(
            transactions=calls_per_h / 2, aht=3.0, asa=20 / 60, interval=30, patience=2.0
        )

    def theirs() -> list[int]:
        return [int(erlang_a(c).required_positions(target_share)["raw_positions"]) for c in asked]

    def ours() -> Any:
        return queueing.agents_for_a(calls, 180.0, 120.0, 20.0, target_share)

    def ours_one_by_one() -> list[int]:
        return [int(queueing.agents_for_a(c, 180.0, 120.0, 20.0, target_share)) for c in asked]

    sized = ours()[: len(asked)].tolist()
    # theirs never looks below the load, and so does less
    assert [max(n, math.ceil(c / 20.0)) for n, c in zip(sized, asked, strict=True)] == theirs()
    for n, c in zip(sized, asked, strict=True):
        within = float(queueing.erlang_a(c, 180.0, n, 120.0, 20.0).within_share)
        assert erlang_a(c).service_level(n) == pytest.approx(within)
    ratio, peer_s, ours_s = ratios(theirs, ours, 5)
    one, _, one_s = ratios(theirs, ours_one_by_one, 5)
    tell(
        record_property,
        ratio=ratio * len(calls) / len(asked),
        pyworkforce_ms=peer_s / len(asked) * 1e3,
        ours_us=ours_s / len(calls) * 1e6,
        ratio_called_one_by_one=one,
        ours_called_one_by_one_us=one_s / len(asked) * 1e6,
    )
    assert ratio * len(calls) / len(asked) >= 1000


def city(
    seed: int, n_units: int, n_atoms: int = 100, use: float = 0.5, line: str = "infinite"
) -> HypercubeModel:
    rng = np.random.default_rng(seed)
    rates = rng.uniform(0.2, 2.0, n_atoms)
    away = np.hypot(
        *(rng.uniform(size=(n_units, 1, 2)) - rng.uniform(size=(1, n_atoms, 2))).transpose(2, 0, 1)
    )
    return HypercubeModel(rates * (use * n_units / rates.sum()), 1.0, by_nearness(away), line)


def dense(model: HypercubeModel) -> np.ndarray:
    """Utilisation without a line, by the balance equations as one matrix."""
    n_units = model.n_units
    n_states = 2**n_units
    states = np.arange(n_states)
    matrix = np.zeros((n_states, n_states))
    for rate, units in zip(model.rates, model.preferences.tolist(), strict=True):
        left = states[:-1]
        for unit in units:
            free = (left >> unit) & 1 == 0
            matrix[left[free] | 1 << unit, left[free]] += rate
            left = left[~free]
    for unit in range(n_units):
        busy = states[(states >> unit) & 1 == 1]
        matrix[busy ^ 1 << unit, busy] += model.service_rate
    matrix[states, states] = -matrix.sum(axis=0)
    matrix[-1] = 1.0
    chance = np.linalg.solve(matrix, np.eye(n_states)[-1])
    return np.array([chance[(states >> unit) & 1 == 1].sum() for unit in range(n_units)])


@pytest.mark.parametrize("n_units", [6, 8, 10, 12])
def test_the_hypercube_beside_a_dense_matrix(
    n_units: int, record_property: Callable[[str, Any], None]
) -> None:
    model = city(1, n_units, line="zero")
    assert solve_hypercube(model).utilisation == pytest.approx(dense(model), rel=1e-9)
    ratio, dense_s, ours_s = ratios(
        lambda: dense(model), lambda: solve_hypercube(model), 3 if n_units > 10 else 7
    )
    tell(record_property, n_units=n_units, ratio=ratio, dense_ms=dense_s * 1e3, ours_ms=ours_s * 1e3)


@pytest.mark.parametrize(("n_units", "target_s"), [(10, 0.030), (12, 0.030), (14, 6.0), (16, 6.0), (18, 6.0)])
def test_the_exact_hypercube_is_solved_in_time(
    n_units: int, target_s: float, record_property: Callable[[str, Any], None]
) -> None:
    models = [city(seed, n_units, use=use) for seed, use in itertools.product((1, 2), (0.2, 0.5, 0.8))]
    solve_hypercube(models[0])
    times = [seconds(lambda model=model: solve_hypercube(model)) for model in models]
    approximate = seconds(lambda: approximate_hypercube(models[0]))
    tell(
        record_property,
        n_units=n_units,
        median_ms=statistics.median(times) * 1e3,
        worst_ms=max(times) * 1e3,
        approximate_ms=approximate * 1e3,
    )
    assert statistics.median(times) <= target_s


def test_the_first_answer_on_a_new_machine(
    tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    """Compilation included, and again with what it left behind."""
    command = [
        sys.executable,
        "-m",
        "constabulary",
        "response",
        "erlang",
        *("--calls-per-h", "200", "--handling-s", "180", "--agents", "14", "--patience-s", "120"),
    ]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}

    def work() -> None:
        subprocess.run(command, env=environment, check=True, capture_output=True)

    first, later = seconds(work), statistics.median(seconds(work) for _ in range(5))
    tell(record_property, first_s=first, later_s=later)
    assert first < 20.0
