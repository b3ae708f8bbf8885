"""Call takers needed by half-hour: Erlang's formulas where nothing changes, and borne out by simulating them."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from constabulary.numeric import queueing
from constabulary.response.call_takers import answered_in_time, call_takers_needed
from constabulary.response.clock import Clock
from constabulary.response.contact_simulation import Agents
from constabulary.response.contacts import ContactSetup
from constabulary.response.draws import Luck

CLOCK = Clock(date(2024, 1, 1), 28, "Europe/London")
SPREAD = float(np.sqrt(np.log(2.0)))
"""Of a lognormal time as uneven as an exponential one."""
VALUES: dict[str, Any] = {
    "day_variation": 0.0,
    "handling_mean_s": {"emergency_call": 300.0},
    "handling_spread": SPREAD,
    "talking_share": 0.8,
    "patience_mean_s": 120.0,
    "sessions": {"emergency_call": 1},
    "call_back_share": {"emergency_call": 0.0},
    "call_back_after_s": 600.0,
    "agents_share": {"emergency_call": 0.9},
}


def setup(calls_per_h: float, busy_per_h: float | None = None) -> ContactSetup:
    hours = len(CLOCK.hour_of_week)
    rate = np.full((1, hours), calls_per_h)
    if busy_per_h is not None:
        rate[0, CLOCK.hour_of_week == 167] = busy_per_h
    agents = Agents.of(np.ones((1, hours)), [[True]], 3600.0)
    return ContactSetup(("999",), np.array([0]), rate, agents, ("emergency",), np.array([10.0]), 1.0)


@pytest.mark.parametrize("gives_up", [True, False])
def test_with_even_calls_it_is_erlangs_formula(gives_up: bool) -> None:
    (need,) = call_takers_needed(setup(60.0), VALUES, CLOCK, gives_up=gives_up)
    wanted = (
        queueing.agents_for_a(60.0, 300.0, 120.0, 10.0, 0.9)
        if gives_up
        else queueing.agents_for_c(60.0, 300.0, 10.0, 0.9)
    )
    assert (need.n_agents == int(wanted)).all() and need.expected_share >= 0.9


def test_simulating_the_need_answers_as_many_in_time_as_the_formula_says() -> None:
    given = setup(60.0)
    needs = call_takers_needed(given, VALUES, CLOCK)
    achieved = np.mean(
        [answered_in_time(given, needs, VALUES, CLOCK, 86400.0, Luck(1, one)) for one in range(4)]
    )
    assert achieved == pytest.approx(needs[0].expected_share, abs=0.015)


def test_a_busy_sunday_night_is_still_answered_on_monday() -> None:
    (need,) = call_takers_needed(setup(1.0, 300.0), VALUES, CLOCK)
    assert need.n_agents[335] > need.n_agents[0] > need.n_agents[100]
