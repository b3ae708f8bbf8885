"""Rotas beside SciPy's solver: a week of 1,344 candidate shifts proven, and a team cycle from the same need.

Run with `pytest benchmarks/bench_rota.py -s`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import optimize, sparse

from constabulary.response.rota.cover import cover_need, few_shifts
from constabulary.response.rota.cycle import smallest_cycle
from constabulary.response.rota.rules import Rules, check_rota
from constabulary.response.rota.shifts import candidates, cover_of


def need_of_week(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    hour, day = np.arange(336) / 2 % 24, np.arange(336) // 48
    busy = 3.0 * ((day >= 4) & ((hour >= 18) | (hour < 3)))
    return np.maximum(
        4.0, np.ceil(8 + 6 * np.sin((hour - 10) / 24 * 2 * np.pi) + busy + rng.uniform(0, 1, 336))
    )


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    # Of the processor: what else the machine does must not count. Both solvers run on one thread.
    begin = time.process_time()
    found = work()
    return time.process_time() - begin, found


def test_a_week_of_1344_shifts_is_proven_in_three_tenths_of_a_second(
    record_property: Callable[[str, Any], None],
) -> None:
    needs = [need_of_week(seed) for seed in range(7)]
    shifts = candidates([480, 540, 600, 720], 30)
    assert 7 * len(shifts) == 1344
    matrix = sparse.csr_array(np.array([cover_of(s, d, 336, 30) for d in range(7) for s in shifts]).T)

    def theirs(need: np.ndarray) -> Any:
        return optimize.milp(
            np.tile([shift.hours for shift in shifts], 7),
            integrality=np.ones(1344),
            constraints=optimize.LinearConstraint(matrix, need, np.inf),
        )

    rounds = [
        (seconds(lambda: theirs(need)), seconds(lambda: cover_need(need, shifts)))  # noqa: B023 - called at once
        for need in needs
    ]
    assert all(ours.is_proven and ours.cost_h == pytest.approx(peer.fun) for (_, peer), (_, ours) in rounds)
    ours_s = statistics.median(one for _, (one, _) in rounds)
    peer_s = statistics.median(one for (one, _), _ in rounds)
    record_property("seconds", ours_s)
    print(f"\n1,344 candidate shifts: ours {ours_s:.3f} s, SciPy {peer_s:.3f} s, {peer_s / ours_s:.1f} times")
    assert max(one for _, (one, _) in rounds) <= 0.3


@pytest.mark.parametrize("n_teams", [5, 8])
def test_a_team_cycle_follows_in_seconds(n_teams: int, record_property: Callable[[str, Any], None]) -> None:
    need = need_of_week()
    took_s, (cycle, kinds) = seconds(
        lambda: (
            smallest_cycle(
                need,
                kinds := few_shifts(need, candidates([480, 540, 600], 60, 360, 1380), 5),
                n_teams,
                Rules(),
            ),
            kinds,
        )
    )
    assert cycle.short_h == 0.0 and check_rota(cycle.duties(), len(cycle.line), Rules()) == ()
    record_property("seconds", took_s)
    print(f"\n{n_teams} teams of {cycle.team_size} on {len(kinds)} kinds of shift: {took_s:.1f} s")
