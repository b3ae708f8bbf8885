"""Each rule of dispatch switched off over a whole county: its counter is silent and the outcome moves as it should."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from constabulary.response.dispatch import simulate_dispatch
from constabulary.response.model import Incidents, Rules
from constabulary.response.result import DispatchResult, Happened

county = runpy.run_path(str(Path(__file__).parents[1] / "reference" / "dispatch_county.py"))["county"]
INCIDENTS, DUTIES, GRADES, GROUND = county(11, n_days=8, n_a_day=110, n_units=12)
GRADE_OF_REGRADED = np.where(np.isnan(INCIDENTS.regrade_at_s), -1, INCIDENTS.grade)
Figure = Callable[[DispatchResult], float]


def waits(*grades: int) -> Figure:
    """Mean time to the first unit's arrival of some grades as recorded, those never reached counted as two days."""
    return waits_of(np.isin(INCIDENTS.grade, grades))


def waits_of(rows: Any) -> Figure:
    called_off = int(Happened.CANCELLED | Happened.RESOLVED)

    def mean(result: DispatchResult) -> float:
        wait_s = np.nan_to_num(result.incidents.arrived_s - INCIDENTS.at_s, nan=2 * 86_400.0)
        return float(wait_s[rows & (result.incidents.happened & called_off == 0)].mean())

    return mean


def spent(name: str) -> Figure:
    return lambda result: float(getattr(result.duties, name).sum())


def sent(result: DispatchResult) -> float:
    return float(result.counters["sent"])


class Switch(NamedTuple):
    counters: tuple[str, ...]
    figure: Figure
    direction: int  # how the figure moves when the rule is switched off
    others: Rules = Rules()


SWITCHES = {
    # Fewer units may come: the most urgent wait longer.
    "cross_border": Switch(("sent_across_border",), waits(0), +1),
    # Nothing is kept for the most urgent: they wait longer, the least urgent less.
    "reserves": Switch(("waited_for_reserve",), waits(0, 1), +1),
    # Each beside the other would only take the other's place.
    "preempt_en_route": Switch(("preempted_en_route",), waits(0), +1, Rules(preempt_on_scene=False)),
    "preempt_on_scene": Switch(("preempted_on_scene",), waits(0), +1, Rules(preempt_en_route=False)),
    # What was begun is begun again: more time at scenes.
    "resume": Switch(("work_resumed",), spent("scene_s"), +1),
    "returning": Switch(("sent_on_way_back",), waits(0, 1, 2, 3), +1),
    # Those who wait at their stations are further from most incidents.
    "patrolling": Switch(("sent_on_patrol",), spent("travel_s"), +1),
    "several_units": Switch(("sent_in_support",), sent, -1),
    # A pair counts as one: more units are sent.
    "crew_counts": Switch(("sent_crew_of_several",), sent, +1),
    "regrading": Switch(("regraded",), waits_of(INCIDENTS.regrade_to < GRADE_OF_REGRADED), +1),
    "cancelling": Switch(("cancelled",), sent, +1),
    # Whoever had an appointment is sent to at once.
    "appointments": Switch(("appointments",), waits(4), -1),
    "resolving": Switch(("resolved",), sent, +1),
    "arrests": Switch(("arrests", "custody_waits"), spent("custody_s"), -1),
    "meals": Switch(("meals_taken", "meals_interrupted", "meals_missed"), spent("free_s"), +1),
    "abstractions": Switch(("abstracted",), waits(0, 1, 2, 3), -1),
    # Units are sent until the last minute: they end late.
    "end_guard": Switch(("waited_for_end_guard",), spent("late_s"), +1),
}


def test_every_rule_that_can_be_switched_is_here() -> None:
    assert set(SWITCHES) == {name for name, value in vars(Rules()).items() if isinstance(value, bool)}


@pytest.mark.parametrize("rule", SWITCHES)
def test_without_the_rule_its_counter_is_silent_and_the_outcome_moves(rule: str) -> None:
    counters, figure, direction, others = SWITCHES[rule]
    held, without = (
        simulate_dispatch(INCIDENTS, DUTIES, GRADES, GROUND, rules)
        for rules in (others, replace(others, **{rule: False}))
    )
    for name in counters:
        assert held.counters[name] > 0
        assert without.counters[name] == 0
    assert np.sign(figure(without) - figure(held)) == direction


def test_nobody_is_sent_in_support_where_one_unit_is_enough() -> None:
    alone: Incidents = replace(INCIDENTS, n_officers=np.ones(len(INCIDENTS), np.int64))
    result = simulate_dispatch(alone, DUTIES, GRADES, GROUND)
    assert result.counters["sent_in_support"] == 0
    several = simulate_dispatch(INCIDENTS, DUTIES, GRADES, GROUND, Rules(several_units=False))
    np.testing.assert_array_equal(result.incidents.arrived_s, several.incidents.arrived_s)
