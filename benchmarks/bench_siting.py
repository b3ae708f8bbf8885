"""Sites beside HiGHS on the textbook's rows, and the OR-Library's forty graphs: ratios of rounds taken in turn.

Run with `pytest benchmarks/bench_siting.py -s`. The peer is asked the same question and must give the same answer.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from constabulary.response.milp import Programme
from constabulary.response.siting import coverage
from constabulary.response.siting.pmedian import pmedian
from constabulary.response.siting.problem import Siting
from constabulary.services.staffing.siting_files import read_siting

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "location_benchmarks" / "or_library_pmed"


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    found = work()
    return time.perf_counter() - begin, found


def county(n_places: int, n_sites: int, seed: int = 1) -> Siting:
    """Two cities, eight towns and country, journeys at right angles at 48 km/h and a minute to start."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform((8, 8), (62, 52), (10, 2))
    spread = np.repeat([4.0, 1.8], [2, 8])
    town = rng.choice(11, n_places, p=[0.22, 0.18, *[0.045] * 8, 0.24])
    at = np.where(
        (town < 10)[:, None],
        centres[np.minimum(town, 9)] + rng.normal(size=(n_places, 2)) * spread[np.minimum(town, 9)][:, None],
        rng.uniform((0, 0), (70, 60), (n_places, 2)),
    )
    sites = at[rng.choice(n_places, n_sites, replace=False)]
    minutes = 1.0 + np.abs(at[:, None] - sites[None]).sum(axis=2) / 48.0 * 60.0
    names = tuple(map(str, range(max(n_places, n_sites))))
    return Siting(rng.gamma(2.0, 1.0, n_places), minutes, names[:n_places], names[:n_sites])


def dense(problem: Siting, n_sites: int) -> float:
    programme = Programme()
    n, m = problem.minutes.shape
    is_open = programme.columns(np.zeros(m), 0.0, 1.0, True)
    share = programme.columns(problem.costs.ravel(), 0.0, 1.0)
    pair = np.arange(n * m)
    programme.row(is_open, 1.0, n_sites, n_sites)
    programme.rows(np.repeat(np.arange(n), m), share, 1.0, 1.0, 1.0, n)
    programme.rows(
        np.concatenate([pair, pair]),
        np.concatenate([share, np.tile(is_open, n)]),
        np.repeat([1.0, -1.0], n * m),
        -np.inf,
        0.0,
        n * m,
    )
    found = programme.solve()
    assert found.is_proven
    return found.objective


@pytest.mark.parametrize(("n_places", "n_sites", "n_open"), [(500, 100, 10), (500, 500, 15)])
def test_the_p_median_is_proven_in_a_fiftieth_of_highs(
    n_places: int, n_sites: int, n_open: int, record_property: Callable[[str, Any], None]
) -> None:
    problem = county(n_places, n_sites)
    pmedian(county(50, 20), 3)  # compiled
    ours = [seconds(lambda: pmedian(problem, n_open)) for _ in range(3)]
    peer_s, theirs = seconds(lambda: dense(problem, n_open))
    ours_s = sorted(one for one, _ in ours)[1]
    assert ours[0][1].is_proven and ours[0][1].best.objective == pytest.approx(theirs, rel=1e-7)
    record_property("ratio", peer_s / ours_s)
    print(
        f"\n{n_places} x {n_sites}, {n_open}: ours {ours_s:.3f} s, HiGHS {peer_s:.1f} s, {peer_s / ours_s:.0f} times"
    )
    if n_sites == 500:
        assert peer_s / ours_s >= 50.0


def test_all_forty_graphs_of_the_or_library(record_property: Callable[[str, Any], None]) -> None:
    if not SHARED.is_dir():
        pytest.skip("the real data (../shared/data beside the project) is not here")
    with (SHARED / "pmed_opt.csv").open(encoding="utf-8") as lines:
        best = {row["instance"]: int(row["optimal_pmedian_cost"]) for row in csv.DictReader(lines)}
    pmedian(county(50, 20), 3)
    n_best = n_proven = 0
    total_s = 0.0
    for name, cost in best.items():
        given = read_siting((SHARED / f"{name}.txt").read_text(encoding="utf-8"), name)
        assert given.n_sites is not None
        end = time.monotonic() + 60.0
        took_s, answer = seconds(
            lambda given=given, end=end: pmedian(
                given.problem, given.n_sites, 0, lambda: end - time.monotonic()
            )
        )
        total_s += took_s
        n_best += answer.best.objective == cost
        n_proven += answer.is_proven
    record_property("proven", n_proven)
    print(f"\npmed1-40: {n_best} at the known optimum, {n_proven} proven, {total_s:.0f} s")
    assert n_best >= 39 and n_proven >= 35 and total_s <= 300.0


@pytest.mark.parametrize("model", ["mclp", "mexclp"])
def test_1500_by_1500_is_covered_in_seconds(model: str, record_property: Callable[[str, Any], None]) -> None:
    problem = county(1500, 1500)
    if model == "mclp":
        took_s, answer = seconds(lambda: coverage.mclp(problem, 15, 8.0))
    else:
        took_s, answer = seconds(lambda: coverage.mexclp(problem, 30, 8.0, 0.3))
    record_property("seconds", took_s)
    print(f"\n{model} 1500 x 1500: {took_s:.1f} s, proven {answer.is_proven}")
    assert answer.is_proven
