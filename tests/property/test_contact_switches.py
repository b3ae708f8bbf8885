"""Each rule of answering switched off over a busy day: its counter is silent and the outcome moves as it should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from constabulary.response.contact_simulation import (
    Agents,
    Channels,
    ContactResult,
    Contacts,
    Outcome,
    simulate_contacts,
)

DAY_S = 86_400.0
EMERGENCY, CALL, WEBCHAT = range(3)
RNG = np.random.default_rng(7)
N = 2_600
CONTACTS = Contacts.of(
    at_s=np.sort(RNG.uniform(0.0, DAY_S, N)),
    channel=RNG.choice(3, N, p=[0.2, 0.5, 0.3]),
    handling_s=RNG.exponential(300.0, N),
    wrap_up_s=RNG.exponential(60.0, N),
    patience_s=RNG.exponential(300.0, N),
    takes_call_back=RNG.uniform(size=N) < 0.5,
)
CONTACTS = replace(CONTACTS, patience_s=np.where(CONTACTS.channel == WEBCHAT, np.inf, CONTACTS.patience_s))
CHANNELS = Channels.of(priority=[0, 1, 2], sessions=[1, 1, 3], call_back_after_s=[np.inf, 60.0, np.inf])
AGENTS = Agents.of(np.full((1, 96), 9), [[True, True, True]])
Figure = Callable[[ContactResult], float]


def wait(channel: int) -> Figure:
    """Mean wait of all of a channel, those who gave up among them (s)."""
    return lambda result: float(result.wait_s[CONTACTS.channel == channel].mean())


def abandoned(result: ContactResult) -> float:
    return float((result.outcome == Outcome.ABANDONED).mean())


class Switch(NamedTuple):
    counter: str
    contacts: Contacts
    channels: Channels
    figure: Figure
    direction: int  # how the figure moves when the rule is switched off


SWITCHES = {
    # Who would have been called back waits on, and gives up.
    "call_back": Switch(
        "called_back", CONTACTS, replace(CHANNELS, call_back_after_s=np.full(3, np.inf)), abandoned, +1
    ),
    # One webchat an agent: those who write wait longer.
    "sessions": Switch(
        "beside_another", CONTACTS, replace(CHANNELS, sessions=np.ones(3, np.int64)), wait(WEBCHAT), +1
    ),
    # Agents are free as soon as the caller is gone: callers wait less.
    "wrap_up": Switch("wrapped_up", replace(CONTACTS, wrap_up_s=np.zeros(N)), CHANNELS, wait(CALL), -1),
    # Nobody gives up: all wait longer.
    "patience": Switch(
        "abandoned", replace(CONTACTS, patience_s=np.full(N, np.inf)), CHANNELS, wait(CALL), +1
    ),
}


@pytest.mark.parametrize("rule", SWITCHES)
def test_without_the_rule_its_counter_is_silent_and_the_outcome_moves(rule: str) -> None:
    counter, contacts, channels, figure, direction = SWITCHES[rule]
    held = simulate_contacts(CONTACTS, CHANNELS, AGENTS)
    without = simulate_contacts(contacts, channels, AGENTS)
    assert held.counters[counter] > 0
    assert without.counters[counter] == 0
    assert np.sign(figure(without) - figure(held)) == direction


def test_without_priority_emergency_calls_wait_longer_and_others_less() -> None:
    last = replace(CHANNELS, priority=np.array([2, 0, 1]))
    held, without = (simulate_contacts(CONTACTS, each, AGENTS) for each in (CHANNELS, last))
    assert wait(EMERGENCY)(without) > wait(EMERGENCY)(held)
    assert wait(CALL)(without) < wait(CALL)(held)
