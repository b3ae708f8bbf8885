"""XmR charts of 1,000 measures of 60 months beside Python packages for control charts, CPU time.

Run with `pytest benchmarks/bench_xmr.py -s`. Every package is asked for what it has of limits, signals and icons, as
tables and without drawing, series by series, as none of them takes more than one. Peers work out 30 series and are
scaled up.

Their rules are not ours, nor each other's, so only the limits are compared, without screening: none screens moving
ranges by default. Besides:

* abspc 1.1.0: limits 3 / 1.128 mean ranges away; shift of 8, trend of 6; two of three between two and three standard
  deviations; icons of variation and assurance.
* pycontrolcharts 0.1.2: limits 3 / 1.128; Nelson's tests 1, 2 (9 points), 3 (6 points), 5 and 6; no icons.
* pyqicharts 2.0.0: limits 2.66; shift and trend of 6; two of three counts points beyond the limits.
"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from constabulary.performance import xmr, xmr_many

N_SERIES, N_MONTHS = 1_000, 60
N_PEER = 30
TARGET_S, TARGET_RATIO = 0.5, 20.0
VALUES = np.random.default_rng(1).normal(100, 10, (N_SERIES, N_MONTHS))
MONTHS = [f"{2020 + no // 12}-{no % 12 + 1:02d}" for no in range(N_MONTHS)]


def cpu_s(work: Callable[[], Any], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return statistics.median(times)


def by_abspc(package: ModuleType, values: np.ndarray) -> tuple[float, float]:
    import pandas as pd

    table = package.calculate_control_limits(pd.DataFrame({"value": values}), "XmR")
    table = package.detect_special_causes(table)
    package.determine_variation_type(table)
    package.determine_assurance_type(table, 100.0)
    return table["lcl"].iloc[-1], table["ucl"].iloc[-1]


def by_pycontrolcharts(package: ModuleType, values: np.ndarray) -> tuple[float, float]:
    table = package.calc_xmr(values.tolist())
    return table["lcl"].iloc[-1], table["ucl"].iloc[-1]


def by_pyqicharts(package: ModuleType, values: np.ndarray) -> tuple[float, float]:
    import pandas as pd

    frame = pd.DataFrame({"x": range(len(values)), "y": values})
    table = package.qic_table(frame, "x", "y", chart="i", improvement="high is good", target=100.0)
    return table["lcl"].iloc[-1], table["ucl"].iloc[-1]


PEERS = {"abspc": by_abspc, "pycontrolcharts": by_pycontrolcharts, "pyqicharts": by_pyqicharts}


def ours() -> Any:
    return xmr_many(VALUES, targets=np.full(N_SERIES, 100.0), directions="increase")


def test_many(benchmark: Any) -> None:
    benchmark(ours)


def test_one_by_one_with_guard_rails(benchmark: Any) -> None:
    benchmark.pedantic(
        lambda: [xmr(row, MONTHS, target=100, direction="increase") for row in VALUES[:N_PEER]], rounds=3
    )


def test_a_thousand_measures_take_less_than_half_a_second() -> None:
    measured = cpu_s(ours, 9)
    print(f"\nours_s {measured:.4f}")
    assert measured < TARGET_S


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_takes_twenty_times_as_long(name: str, record_property: Callable[[str, Any], None]) -> None:
    package = pytest.importorskip(name, reason=f"{name}, a peer, is not installed (bench group)")
    chart = PEERS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lower, upper = chart(package, VALUES[0])
        peer_s = cpu_s(lambda: [chart(package, row) for row in VALUES[:N_PEER]], 3) * N_SERIES / N_PEER
    latest = xmr(VALUES[0], rules="making-data-count-excel").latest
    assert latest is not None
    assert (lower, upper) == pytest.approx(
        (latest.lower, latest.upper), rel=1e-3
    )  # the same question was asked
    our_s = cpu_s(ours, 9)
    for key, value in (("peer_s", peer_s), ("ours_s", our_s), ("ratio", peer_s / our_s)):
        record_property(key, round(value, 4))
    print(f"\n{name}: peer_s {peer_s:.3g}  ours_s {our_s:.3g}  ratio {peer_s / our_s:.3g}")
    assert peer_s / our_s >= TARGET_RATIO
