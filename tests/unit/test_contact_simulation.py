"""Each rule of answering contacts by a case worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from constabulary.core.errors import BadInput
from constabulary.response._kernel import contact_sim, events
from constabulary.response.contact_simulation import (
    Agents,
    Channels,
    ContactResult,
    Contacts,
    Outcome,
    answered,
    simulate_contacts,
)

NAN = np.nan


def run(
    contacts: dict[str, Any], channels: dict[str, Any] | None = None, n: Any = (1,), serves: Any = (True,)
) -> ContactResult:
    return simulate_contacts(
        Contacts.of(**{"channel": 0, "handling_s": 100.0, **contacts}),
        Channels.of(**{"priority": [0], **(channels or {})}),
        Agents.of(n, serves),
    )


def names(result: ContactResult) -> list[str]:
    return [Outcome(one).name for one in result.outcome]


def test_callers_are_answered_in_turn_and_wrapping_up_holds_the_agent() -> None:
    result = run({"at_s": [0.0, 10.0, 20.0], "wrap_up_s": 20.0})
    assert result.answered_s.tolist() == [0.0, 120.0, 240.0]
    assert result.wait_s.tolist() == [0.0, 110.0, 220.0]
    assert result.busy_s.tolist() == [[360.0]]


def test_the_most_urgent_channel_is_answered_first_but_nobody_is_interrupted() -> None:
    result = run({"at_s": [0.0, 10.0, 20.0], "channel": [1, 1, 0]}, {"priority": [0, 1]}, serves=(True, True))
    assert result.answered_s.tolist() == [0.0, 200.0, 100.0]


def test_who_loses_patience_gives_up_and_is_passed_over() -> None:
    result = run({"at_s": [0.0, 10.0, 20.0], "patience_s": [0.0, 50.0, 500.0]})
    assert names(result) == ["ANSWERED", "ABANDONED", "ANSWERED"]
    assert result.wait_s.tolist() == [0.0, 50.0, 80.0]


def test_each_share_says_what_it_is_a_share_of() -> None:
    contacts = {"at_s": [0.0, 1.0, 2.0, 3.0], "patience_s": [np.inf, 5.0, 50.0, np.inf]}
    told = answered(run(contacts), 10.0)
    assert (told.n_offered, told.n_answered, told.n_abandoned, told.n_called_back) == (4, 2, 2, 0)
    assert told.within_share_of_offered == 1 / 4
    assert told.within_share_of_answered == 1 / 2
    assert told.within_share_but_early_abandoned == 1 / 3
    assert told.abandoned_share == 1 / 2
    assert told.mean_wait_s == (0.0 + 5.0 + 50.0 + 97.0) / 4
    nobody = answered(run(contacts), 10.0, np.zeros(4, np.bool_))
    assert nobody.n_offered == 0 and np.isnan(nobody.within_share_of_offered)


def test_a_call_back_keeps_the_place_without_waiting_at_the_phone() -> None:
    contacts = {
        "at_s": [0.0, 10.0, 20.0],
        "patience_s": [np.inf, 60.0, 400.0],
        "takes_call_back": [False, True, False],
    }
    result = run(contacts, {"call_back_after_s": 30.0})
    assert names(result) == ["ANSWERED", "CALLED_BACK", "ANSWERED"]
    assert result.answered_s.tolist() == [0.0, 100.0, 200.0]
    assert names(run(contacts)) == ["ANSWERED", "ABANDONED", "ANSWERED"]
    # Reached before it is offered, it is a call answered.
    assert names(run(contacts, {"call_back_after_s": 95.0}))[1] == "ABANDONED"
    early = {**contacts, "handling_s": [35.0, 100.0, 100.0]}
    assert names(run(early, {"call_back_after_s": 30.0}))[1] == "ANSWERED"


def test_an_agent_has_several_webchats_at_a_time_and_calls_only_without_one() -> None:
    contacts = {"at_s": [0.0, 10.0, 20.0, 30.0], "channel": [1, 1, 1, 0]}
    chats = {"priority": [0, 1], "sessions": [1, 2]}
    result = run(contacts, chats, serves=(True, True))
    assert result.answered_s.tolist() == [0.0, 10.0, 100.0, 200.0]
    assert result.busy_s.tolist() == [[300.0]]
    assert result.is_beside.tolist() == [False, True, True, False]
    one_by_one = run(contacts, {"priority": [0, 1]}, serves=(True, True))
    assert one_by_one.answered_s.tolist() == [0.0, 200.0, 300.0, 100.0]


def test_a_free_agent_takes_as_many_waiting_webchats_as_there_are_sessions() -> None:
    contacts = {"at_s": [0.0, 10.0, 20.0], "channel": [0, 1, 1]}
    result = run(contacts, {"priority": [0, 1], "sessions": [1, 3]}, serves=(True, True))
    assert result.answered_s.tolist() == [0.0, 100.0, 100.0]


def test_a_pool_answers_only_its_channels_and_the_first_that_can_is_asked_first() -> None:
    contacts = {"at_s": [0.0, 1.0, 2.0, 3.0], "channel": [0, 0, 1, 1]}
    serves = [[True, False], [True, True]]
    result = run(contacts, {"priority": [0, 1]}, [[1], [1]], serves)
    assert result.answered_s.tolist() == [0.0, 1.0, 101.0, 201.0]
    assert result.busy_s.tolist() == [[100.0], [300.0]]


def test_agents_come_and_go_by_the_quarter_hour_and_end_the_call_in_hand_first() -> None:
    contacts = {"at_s": [0.0, 850.0, 860.0, 2000.0], "handling_s": 200.0}
    result = run(contacts, n=[2, 0, 1])
    assert result.answered_s.tolist() == [0.0, 850.0, 860.0, 2000.0]
    assert result.offered_s.tolist() == [[1800.0, 0.0, 900.0]]
    assert result.busy_s.tolist() == [[200.0 + 50.0 + 40.0, 150.0 + 160.0, 200.0]]
    late = run({"at_s": [0.0, 950.0], "handling_s": 200.0}, n=[2, 0, 1])
    assert late.answered_s.tolist() == [0.0, 1800.0]
    assert names(run({"at_s": [950.0]}, n=[1, 0])) == ["WAITING"]


def test_what_cannot_be_is_refused_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        run(
            {"at_s": [5.0, 1.0], "channel": 3, "handling_s": -1.0, "patience_s": NAN},
            {"sessions": 0, "call_back_after_s": -1.0},
            [-1],
            (True, True),
        )
    assert {problem.column for problem in refused.value.problems} == {
        "Contacts.at_s",
        "Contacts.channel",
        "Contacts.handling_s",
        "Contacts.patience_s",
        "Channels.sessions",
        "Channels.call_back_after_s",
        "Agents.n",
        "Agents.serves",
    }


def test_compiled_and_as_plain_python_contacts_fare_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    n = 600
    contacts = Contacts.of(
        at_s=np.sort(rng.uniform(0.0, 7200.0, n)),
        channel=rng.integers(0, 4, n),
        handling_s=rng.exponential(120.0, n),
        wrap_up_s=20.0,
        patience_s=rng.exponential(200.0, n),
        takes_call_back=rng.uniform(size=n) < 0.3,
    )
    channels = Channels.of(
        priority=[0, 1, 2, 3], sessions=[1, 1, 3, 1], call_back_after_s=[np.inf, 60.0, np.inf, 0.0]
    )
    agents = Agents.of(rng.integers(0, 7, (3, 8)), [[1, 0, 0, 0], [1, 1, 0, 1], [0, 0, 1, 1]])
    compiled = simulate_contacts(contacts, channels, agents)
    for module in (contact_sim, events):
        for name, value in vars(module).items():
            if hasattr(value, "py_func"):
                monkeypatch.setattr(module, name, value.py_func)
    plain = simulate_contacts(contacts, channels, agents)
    for name, values in vars(compiled).items():
        np.testing.assert_array_equal(values, getattr(plain, name), name)
    assert set(compiled.outcome.tolist()) >= {Outcome.ANSWERED, Outcome.ABANDONED, Outcome.CALLED_BACK}
