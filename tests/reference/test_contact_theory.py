"""The contact engine where theory knows the answer: Erlang C and A, priorities, and a webchat as a loss-free pool.

A mean is held to what theory says within four standard errors, these from the means of twenty stretches of the run.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from constabulary.numeric.queueing import erlang_a, erlang_c, priorities
from constabulary.response.contact_simulation import (
    Agents,
    Channels,
    Contacts,
    Outcome,
    answered,
    simulate_contacts,
)

N = 200_000
CALLS_PER_H, HANDLING_S = 160.0, 360.0  # 16 erlangs


def agrees(values: NDArray[Any], expected: float) -> None:
    stretches = np.array([part.mean() for part in np.array_split(values.astype(float), 20)])
    error = stretches.std(ddof=1) / np.sqrt(20)
    assert abs(values.mean() - expected) < 4.0 * error
    assert error < 0.08 * expected


def calls(seed: int, n_channels: int = 1, **more: Any) -> Contacts:
    rng = np.random.default_rng(seed)
    return Contacts.of(
        at_s=np.cumsum(rng.exponential(3600.0 / CALLS_PER_H, N)),
        channel=rng.integers(0, n_channels, N),
        handling_s=rng.exponential(HANDLING_S, N),
        **{name: value(rng) for name, value in more.items()},
    )


def test_patient_callers_fare_as_erlang_c_says() -> None:
    contacts = calls(1)
    result = simulate_contacts(contacts, Channels.of(priority=[0]), Agents.of([20], [True]))
    theory = erlang_c(CALLS_PER_H, HANDLING_S, 20, 30.0)
    agrees(result.wait_s > 0.0, float(theory.wait_probability))
    agrees(result.wait_s, float(theory.mean_wait_s))
    agrees(result.wait_s <= 30.0, float(theory.within_share))


def test_impatient_callers_fare_as_erlang_a_says_by_every_denominator() -> None:
    contacts = calls(2, patience_s=lambda rng: rng.exponential(180.0, N))
    result = simulate_contacts(contacts, Channels.of(priority=[0]), Agents.of([16], [True]))
    theory = erlang_a(CALLS_PER_H, HANDLING_S, 16, 180.0, 30.0)
    agrees(result.outcome == Outcome.ABANDONED, float(theory.abandoned_share))
    agrees(result.wait_s, float(theory.mean_wait_s))
    told = answered(result, 30.0)
    assert told.within_share_of_offered == pytest.approx(float(theory.within_share), abs=0.01)
    assert told.within_share_of_answered == pytest.approx(float(theory.within_share_of_answered), abs=0.01)
    assert told.within_share_but_early_abandoned == pytest.approx(
        float(theory.within_share_but_early_abandoned), abs=0.01
    )
    assert result.busy_s.sum() / (16 * contacts.at_s[-1]) == pytest.approx(float(theory.occupancy), abs=0.01)


def test_channels_wait_as_cobham_says() -> None:
    contacts = calls(3, n_channels=3)
    result = simulate_contacts(contacts, Channels.of(priority=[2, 0, 1]), Agents.of([20], [[True] * 3]))
    theory = priorities(np.full(3, CALLS_PER_H / 3.0), HANDLING_S, 20)
    for channel, place in ((1, 0), (2, 1), (0, 2)):
        agrees(result.wait_s[contacts.channel == channel], float(theory.mean_wait_s[place]))


def test_agents_with_two_webchats_at_a_time_are_twice_as_many_with_one() -> None:
    contacts = calls(4)
    result = simulate_contacts(contacts, Channels.of(priority=[0], sessions=[2]), Agents.of([10], [True]))
    theory = erlang_c(CALLS_PER_H, HANDLING_S, 20, 30.0)
    agrees(result.wait_s > 0.0, float(theory.wait_probability))
    agrees(result.wait_s, float(theory.mean_wait_s))
