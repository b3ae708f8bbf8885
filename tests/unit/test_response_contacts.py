"""Contacts of a force: agents by formula, waits by simulation, and what one pool for all changes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from constabulary.numeric.queueing import erlang_a
from constabulary.response.clock import HOUR_S
from constabulary.response.contact_simulation import QUARTER_S
from constabulary.response.contacts import AnsweredRun, ContactSetup, after_answer, answer, contact_outcomes
from constabulary.response.draws import Luck
from constabulary.response.figures import Key
from constabulary.response.setup import Setup, arrivals_of
from constabulary.services.response.setup import make_ready, scenario_of, scenarios_of
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.workspaces import new_workspace


@lru_cache(maxsize=1)
def _setups(folder: Path) -> tuple[Setup, ...]:
    workspace = new_workspace(folder / "workspace", "cambridgeshire")
    paths = scenarios_of(force_of(workspace))
    return tuple(make_ready(workspace, scenario_of(workspace, paths[number]), 3).setup for number in (0, 2))


@pytest.fixture(scope="module")
def setups(tmp_path_factory: pytest.TempPathFactory) -> tuple[Setup, ...]:
    return _setups(tmp_path_factory.mktemp("contacts"))


def contact(setup: Setup) -> ContactSetup:
    assert setup.contact is not None
    return setup.contact


def fared(setup: Setup, replication: int = 0) -> tuple[AnsweredRun, dict[Key, float]]:
    found = answer(contact(setup), setup.values, setup.clock, Luck(1, replication))
    return found, dict(contact_outcomes(contact(setup), found, setup.clock, setup.warm_up_s).figures)


def test_agents_are_the_fewest_that_answer_the_wanted_share(setups: tuple[Setup, ...]) -> None:
    setup, values = contact(setups[0]), setups[0].values
    emergency = setup.pool_ids.index("emergency")
    number = setup.channel_ids.index("999")
    week = range(7 * 24)
    for hour in (12, 60, 130):
        row = next(one for one in week if setups[0].clock.hour_of_week[one] == hour)
        agents = int(setup.agents.n[emergency, 4 * row + 3])
        rates = setup.rate_per_h[number][setups[0].clock.hour_of_week == hour]
        shares = [
            float(
                erlang_a(
                    rates.mean(),
                    values["handling_mean_s"]["emergency_call"],
                    one,
                    values["patience_mean_s"],
                    10.0,
                ).within_share
            )
            for one in (agents - 2, agents + 1)
        ]
        # Work carried over from the hours before moves the number by one at most here.
        assert shares[0] < values["agents_share"]["emergency_call"] < shares[1]


def test_one_pool_has_as_many_agents_in_all(setups: tuple[Setup, ...]) -> None:
    apart, one = (contact(setup).agents.n for setup in setups)
    assert apart.shape[0] == 2
    assert one.shape[0] == 1
    assert (apart.sum(axis=0) == one[0]).all()


def test_every_contact_is_answered_called_back_given_up_or_waits(setups: tuple[Setup, ...]) -> None:
    found, figures = fared(setups[0])
    for name in contact(setups[0]).channel_ids:
        answered, abandoned = figures[Key("answered_share", name)], figures[Key("abandoned_share", name)]
        assert answered + abandoned == pytest.approx(1.0, abs=0.001)
        assert figures[Key("answered_10_s_share", name)] <= figures[Key("answered_30_s_share", name)]
    assert (np.diff(found.contacts.at_s) >= 0).all()


def test_emergency_calls_wait_less_in_one_pool(setups: tuple[Setup, ...]) -> None:
    apart, one = (fared(setup)[1] for setup in setups)
    key = Key("answered_10_s_share", "999")
    assert one[key] > apart[key]


def test_a_year_brings_the_published_contacts(setups: tuple[Setup, ...]) -> None:
    setup = contact(setups[0])
    per_h = dict(zip(setup.channel_ids, setup.rate_per_h.mean(axis=1), strict=True))
    # Three weeks of April: the season is below its mean by a few in a hundred.
    assert per_h["999"] == pytest.approx(126_649 / 8760, rel=0.05)
    assert per_h["101"] == pytest.approx(322_408 / 8760, rel=0.05)


def test_incidents_are_recorded_after_the_wait_of_their_contact(setups: tuple[Setup, ...]) -> None:
    setup = setups[0]
    luck = Luck(1, 0)
    came = arrivals_of(setup, luck)
    found, _ = fared(setup)
    later = after_answer(came, contact(setup), found, setup.values, luck)

    def by_call(arrivals: Any) -> dict[float, float]:
        return dict(zip(arrivals.incidents.received_s, arrivals.incidents.at_s, strict=True))

    before, after = by_call(came), by_call(later)
    assert before.keys() == after.keys()
    waits = np.array([after[call] - at for call, at in before.items()])
    assert waits.min() >= 0.0
    assert 0.0 < waits.mean() < 60.0
    assert (np.diff(later.incidents.at_s) >= 0).all()
    # A share of incidents has no contact, and most contacts are answered at once.
    assert (waits == 0.0).mean() > setup.values["no_contact_share"]


def test_agents_are_offered_for_every_quarter_of_an_hour(setups: tuple[Setup, ...]) -> None:
    found, _ = fared(setups[0])
    agents = contact(setups[0]).agents
    assert agents.n.shape[1] == setups[0].clock.end_s / QUARTER_S
    assert found.result.offered_s.sum() == pytest.approx(agents.n.sum() * QUARTER_S)


def test_agents_come_by_the_quarter_of_an_hour_as_the_load_rises(setups: tuple[Setup, ...]) -> None:
    # Calls of an hour that is busier than the one before fill the lines over it: no quarter needs fewer than the last.
    setup, clock = contact(setups[0]), setups[0].clock
    calls = setup.rate_per_h[[setup.channel_ids.index("101")]].sum(axis=0)
    other = setup.agents.n[setup.pool_ids.index("other")].reshape(-1, 4)
    week = np.arange(24, 8 * 24)
    rising = week[calls[week] > 1.2 * calls[week - 1]]
    assert len(rising) > 10
    assert (np.diff(other[rising], axis=1) >= 0).all()
    assert (other[rising, 3] > other[rising, 0]).mean() > 0.5
    assert clock.end_s > 8 * 24 * HOUR_S
