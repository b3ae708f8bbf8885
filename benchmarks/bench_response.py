"""The engines of response beside SimPy and cimba: medians of ratios of paired rounds; compilation left out and told.

Run with `pytest benchmarks/bench_response.py -s`. SimPy runs the model of the same rules that the tests hold ours to,
and must give the same arrivals; cimba runs the same queue.
"""

from __future__ import annotations

import json
import os
import runpy
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from constabulary.numeric.queueing import erlang_c
from constabulary.response.contact_simulation import Agents, Channels, Contacts, simulate_contacts
from constabulary.response.dispatch import simulate_dispatch
from constabulary.response.investigation import Crimes, Teams, investigate
from constabulary.response.model import Rules

REFERENCE = Path(__file__).parents[1] / "tests" / "reference"
county = runpy.run_path(str(REFERENCE / "dispatch_county.py"))["county"]
N_CUSTOMERS, N_SERVERS, RATE = 200_000, 20, 16.0

Tell = Callable[[str, Any], None]


def seconds(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def core_seconds(work: Callable[[], Any], rounds: int) -> list[float]:
    """Time of one core, so that others at work on the machine do not count."""
    work()
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return times


def ratios(peer: Callable[[], Any], ours: Callable[[], Any], rounds: int) -> tuple[float, float, float]:
    """The median of the ratios of paired rounds, and the medians of both (s)."""
    ours()
    peer()
    pairs = [(seconds(peer), seconds(ours)) for _ in range(rounds)]
    return (
        statistics.median(a / b for a, b in pairs),
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
    )


def tell(record_property: Tell, **measured: float) -> None:
    for name, value in measured.items():
        record_property(name, value)
    print("\n" + "  ".join(f"{name} {value:.3g}" for name, value in measured.items()))


def queue(seed: int = 1) -> float:
    """M/M/20 by the contact engine, its random numbers drawn too; the mean wait."""
    rng = np.random.default_rng(seed)
    contacts = Contacts.of(
        at_s=np.cumsum(rng.exponential(1.0 / RATE, N_CUSTOMERS)),
        channel=0,
        handling_s=rng.exponential(1.0, N_CUSTOMERS),
    )
    result = simulate_contacts(contacts, Channels.of(priority=[0]), Agents.of([N_SERVERS], [True]))
    return float(result.wait_s.mean())


def queue_in_simpy(seed: int = 1) -> float:
    import simpy

    rng = np.random.default_rng(seed)
    gaps, works = (
        rng.exponential(1.0 / RATE, N_CUSTOMERS).tolist(),
        rng.exponential(1.0, N_CUSTOMERS).tolist(),
    )
    clock = simpy.Environment()
    servers = simpy.Resource(clock, N_SERVERS)
    waits = []

    def customer(work: float) -> Any:
        came = clock.now
        with servers.request() as turn:
            yield turn
            waits.append(clock.now - came)
            yield clock.timeout(work)

    def arrivals() -> Any:
        for gap, work in zip(gaps, works, strict=True):
            yield clock.timeout(gap)
            clock.process(customer(work))

    clock.process(arrivals())
    clock.run()
    return statistics.fmean(waits)


def queue_in_cimba() -> Callable[[], float]:
    """The same queue in cimba: its mean length, by Little's law the mean wait."""
    import cimba as cb
    from cimba import inputs

    def arrivals(self):
        while True:
            cb.hold(self.gap.next())
            self.line.put(1)

    def server(self):
        while True:
            self.line.get(1)
            cb.hold(self.work.next())

    def measure(self):
        self.mean_line = self.line.mean_level()

    model = type(
        "Queue",
        (cb.Model,),
        {
            "__annotations__": {
                "gap": cb.Input[float],
                "work": cb.Input[float],
                "line": cb.Container,
                "mean_line": cb.Output[float],
            },
            "gap": inputs.dist.exponential(mean=1.0 / RATE),
            "work": inputs.dist.exponential(mean=1.0),
            "arrivals": cb.process(arrivals),
            "server": cb.process(copies=N_SERVERS)(server),
            "measure": cb.on_end(measure),
        },
    )()
    window = cb.Window(warmup=0.0, duration=N_CUSTOMERS / RATE)
    experiment = cb.Experiment(model, replications=1, window=window, seed=1)
    return lambda: float(experiment.run()[model].mean_line.values[0, 0]) / RATE


def test_m_m_20_takes_an_eightieth_of_simpy(record_property: Tell) -> None:
    assert queue() == pytest.approx(queue_in_simpy(), rel=1e-9)
    assert queue() == pytest.approx(float(erlang_c(RATE * 3600.0, 1.0, N_SERVERS).mean_wait_s), rel=0.2)
    ratio, peer_s, ours_s = ratios(queue_in_simpy, queue, 7)
    tell(record_property, ratio=ratio, simpy_s=peer_s, ours_s=ours_s, ours_per_s=N_CUSTOMERS / ours_s)
    assert ratio >= 80


def beside_cimba() -> dict[str, float]:
    theirs = queue_in_cimba()
    exact = float(erlang_c(RATE * 3600.0, 1.0, N_SERVERS).mean_wait_s)
    assert theirs() == pytest.approx(exact, rel=0.2)
    ratio, peer_s, ours_s = ratios(theirs, queue, 15)
    return {"ratio": ratio, "cimba_s": peer_s, "ours_s": ours_s}


def test_m_m_20_takes_a_third_of_cimba(record_property: Tell) -> None:
    """In a process of its own: cimba 0.9 compiles no model once numba has compiled anything else."""
    pytest.importorskip("cimba", reason="cimba, the peer, is not installed (bench group)")
    ran = subprocess.run([sys.executable, __file__], check=True, capture_output=True, text=True)
    measured = json.loads(ran.stdout)
    tell(record_property, **measured)
    assert measured["ratio"] >= 3


PLAIN = Rules(
    patrolling=False, meals=False, arrests=False, reserves=False, end_guard=False, several_units=False
)


@pytest.mark.parametrize(("rules", "n_units"), [(PLAIN, 15), (PLAIN, 40), (Rules(), 24), (Rules(), 40)])
def test_dispatch_takes_a_twenty_fifth_of_the_same_rules_in_simpy(
    rules: Rules, n_units: int, record_property: Tell
) -> None:
    in_simpy = runpy.run_path(str(REFERENCE / "dispatch_in_simpy.py"))["simulate"]
    world = county(1, n_days=34, n_a_day=294, n_units=n_units, n_atoms=400, n_areas=6)
    theirs, _, _ = in_simpy(*world, rules)
    ours = simulate_dispatch(*world, rules)
    assert ours.incidents.arrived_s.tolist() == pytest.approx(
        [i.arrived_s for i in theirs], abs=0.0, nan_ok=True
    )
    ratio, peer_s, ours_s = ratios(
        lambda: in_simpy(*world, rules), lambda: simulate_dispatch(*world, rules), 5
    )
    tell(record_property, ratio=ratio, simpy_s=peer_s, ours_s=ours_s)
    assert ratio >= 25


@pytest.mark.parametrize("n_areas", [2, 6])
def test_a_year_of_dispatch_by_all_rules(n_areas: int, record_property: Tell) -> None:
    world = county(2, n_days=365, n_a_day=310, n_units=24, n_atoms=487, n_areas=n_areas, n_patrol=8)
    result = simulate_dispatch(*world)
    times = core_seconds(lambda: simulate_dispatch(*world), 11)
    duties = world[1]
    on_duty_s = float((duties.end_s - duties.start_s)[~duties.is_abstracted].sum())
    tell(
        record_property,
        incidents=len(world[0]),
        deployed=int((result.incidents.n_sent > 0).sum()),
        busy_share=1.0 - result.duties.free_s.sum() / on_duty_s,
        median_s=statistics.median(times),
        least_s=min(times),
    )
    assert statistics.median(times) <= 0.15


def test_a_year_of_calls(record_property: Tell) -> None:
    rng = np.random.default_rng(3)
    n = 448_956
    contacts = Contacts.of(
        at_s=np.sort(rng.uniform(0.0, 365 * 86_400.0, n)),
        channel=(rng.uniform(size=n) < 0.72).astype(int),
        handling_s=rng.lognormal(5.7, 0.7, n),
        wrap_up_s=60.0,
        patience_s=rng.exponential(180.0, n),
    )
    agents = Agents.of(11 + rng.integers(-2, 3, 365 * 96), [True, True])
    channels = Channels.of(priority=[0, 1])
    times = core_seconds(lambda: simulate_contacts(contacts, channels, agents), 11)
    tell(record_property, calls=n, median_s=statistics.median(times), least_s=min(times))
    assert statistics.median(times) <= 0.1


def test_a_year_of_investigations(record_property: Tell) -> None:
    rng = np.random.default_rng(4)
    n = 60_000
    crimes = Crimes.of(
        on_day=np.sort(rng.integers(0, 365, n)),
        team=rng.integers(0, 8, (n, 3)),
        work_h=rng.exponential(4.0, (n, 3)),
        delay_days=rng.poisson(10.0, (n, 3)),
        priority=rng.integers(0, 3, n),
    )
    teams = Teams.of(np.full((8, 365), 40.0), caseload=15.0)
    times = core_seconds(lambda: investigate(crimes, teams), 5)
    tell(record_property, crimes=n, median_s=statistics.median(times), least_s=min(times))


def test_two_threads_do_1_6_times_the_work_of_one(record_property: Tell) -> None:
    from concurrent.futures import ThreadPoolExecutor

    world = county(5, n_days=365, n_a_day=310, n_units=24, n_atoms=487, n_areas=6)
    with ThreadPoolExecutor(2) as pool:
        ratio, one_s, two_s = ratios(
            lambda: [simulate_dispatch(*world) for _ in range(8)],
            lambda: list(pool.map(lambda _: simulate_dispatch(*world), range(8))),
            5,
        )
    tell(record_property, ratio=ratio, one_thread_s=one_s, two_threads_s=two_s)
    assert ratio >= 1.6


FIRST = """
import runpy, sys
from constabulary.cli.main import settle
settle()
from constabulary.response.contact_simulation import Agents, Channels, Contacts, simulate_contacts
from constabulary.response.dispatch import simulate_dispatch
world = runpy.run_path(sys.argv[1])["county"](1, n_days=2, n_a_day=80, n_units=9)
simulate_dispatch(*world)
simulate_contacts(
    Contacts.of(at_s=[0.0, 1.0], channel=0, handling_s=60.0), Channels.of(priority=[0]), Agents.of([1], [True])
)
"""


def test_the_first_answer_on_a_new_machine(tmp_path: Path, record_property: Tell) -> None:
    """Dispatch and contact in a process set up as a command's is: compiled, and again with what that left behind."""
    command = [sys.executable, "-c", FIRST, str(REFERENCE / "dispatch_county.py")]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}

    def work() -> None:
        subprocess.run(command, env=environment, check=True, capture_output=True)

    first, later = seconds(work), statistics.median(seconds(work) for _ in range(5))
    tell(record_property, first_s=first, later_s=later)
    assert first < 20.0
    assert later < 1.0


if __name__ == "__main__":
    print(json.dumps(beside_cimba()))
