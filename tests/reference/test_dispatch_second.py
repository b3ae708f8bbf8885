"""The compiled dispatch engine against the same rules in SimPy, incident by incident, and against itself uncompiled."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from constabulary.response import dispatch as module
from constabulary.response._kernel import attending, choice, columns, events, sending, units, waiting
from constabulary.response._kernel import dispatch as kernel
from constabulary.response.dispatch import simulate_dispatch
from constabulary.response.model import Rules
from constabulary.response.result import DispatchResult

HERE = Path(__file__).parent
county = runpy.run_path(str(HERE / "dispatch_county.py"))["county"]
in_simpy = runpy.run_path(str(HERE / "dispatch_in_simpy.py"))["simulate"]

SWITCHES = [name for name, value in vars(Rules()).items() if isinstance(value, bool)]
SETTINGS = [
    (Rules(), 1, 12),
    (Rules(resume=False, turnout_s=45.0), 2, 9),
    (Rules(returning=False, patrolling=False), 3, 15),
    (Rules(reserves=False, end_guard=False, crew_counts=False), 4, 9),
    (Rules(cross_border=False, meals=False, arrests=False), 5, 12),
    (Rules(**dict.fromkeys(SWITCHES, False)), 6, 9),
]


@pytest.mark.parametrize(("rules", "seed", "n_units"), SETTINGS)
def test_every_incident_and_duty_fares_as_in_simpy_to_the_last_bit(
    rules: Rules, seed: int, n_units: int
) -> None:
    world = county(seed, n_days=4, n_a_day=110, n_units=n_units)
    ours = simulate_dispatch(*world, rules)
    incidents, duties, count = in_simpy(*world, rules)
    for name in ("ready_s", "assigned_s", "arrived_s", "full_s", "cleared_s", "custody_wait_s"):
        theirs = np.array([getattr(one, name) for one in incidents])
        np.testing.assert_array_equal(getattr(ours.incidents, name), theirs, name)
    for name in ("duty", "grade", "n_sent"):
        assert getattr(ours.incidents, name).tolist() == [getattr(one, name) for one in incidents]
    assert ours.duties.late_s.tolist() == [one.late_s for one in duties]
    assert ours.duties.meal_s.tolist() == [one.meal_spent_s for one in duties]
    assert ours.duties.free_s.tolist() == [one.free_spent_s for one in duties]
    assert ours.counters == {name: count[name] for name in ours.counters}


def test_the_made_up_county_uses_every_rule() -> None:
    world = county(1, n_days=4, n_a_day=110, n_units=12)
    counters = simulate_dispatch(*world).counters
    counters["work_restarted"] = simulate_dispatch(*world, Rules(resume=False)).counters["work_restarted"]
    assert [name for name, n in counters.items() if n == 0] == []


def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in (attending, choice, columns, events, kernel, sending, units, waiting):
        for name, value in vars(part).items():
            if hasattr(value, "py_func"):
                monkeypatch.setattr(part, name, value.py_func)


def same(one: DispatchResult, other: DispatchResult) -> None:
    assert one.counters == other.counters
    np.testing.assert_array_equal(one.uncommitted_s, other.uncommitted_s)
    for a, b in (
        (one.incidents, other.incidents),
        (one.duties, other.duties),
        (one.journeys, other.journeys),
    ):
        for name, values in vars(a).items():
            np.testing.assert_array_equal(values, getattr(b, name), name)


def test_compiled_and_as_plain_python_the_answer_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    world = county(7, n_days=2, n_a_day=80, n_units=9)
    compiled = simulate_dispatch(*world, with_journeys=True)
    plain(monkeypatch)
    same(compiled, simulate_dispatch(*world, with_journeys=True))


def test_journeys_are_told_in_full_however_many_are_called_away(monkeypatch: pytest.MonkeyPatch) -> None:
    world = county(8, n_days=2, n_a_day=80, n_units=9)
    whole = simulate_dispatch(*world, with_journeys=True)
    assert whole.journeys is not None
    assert len(whole.journeys) == whole.counters["sent"]
    monkeypatch.setattr(module, "_room_for_journeys", lambda incidents: 1)
    same(whole, simulate_dispatch(*world, with_journeys=True))
