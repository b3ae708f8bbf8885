"""Answering contacts simulated: 999 and 101 calls, webchats and online reports, and the agents who take them.

The rules: a contact goes to an agent who is without work, of the first pool that serves its channel; a webchat rather
to an agent in webchats who has a session to spare, the fullest first. Where there is none it waits. An agent who is
done, wrap-up included, takes from the channels of the pool the most urgent that waits, and of a channel the one who
waits longest; nobody is interrupted. Who waits longer than their patience gives up. Who takes a call-back keeps the
place in the line from `call_back_after_s` on without waiting at the phone. An agent whose turn is over while busy ends
the work in hand first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from constabulary.core.errors import BadInput
from constabulary.response._kernel import contact_sim as kernel
from constabulary.response._kernel.events import calendar
from constabulary.response.rows import (
    Floats,
    Integers,
    Rows,
    Truths,
    fixed,
    not_ascending,
    not_between,
    not_numbers,
    problem,
    uneven,
    unless,
)

MOST_AGENTS = 10_000
MOST_SESSIONS = 20
QUARTER_S = 900.0


class Outcome(IntEnum):
    """What became of a contact."""

    WAITING = kernel.WAITING
    """Still waiting when the run ended."""
    ANSWERED = kernel.ANSWERED
    ABANDONED = kernel.ABANDONED
    CALLED_BACK = kernel.CALLED_BACK
    """Spoken to by call-back."""


@dataclass(frozen=True)
class Contacts(Rows):
    """Contacts in the order in which they come, shape (contacts,).

    Parameters
    ----------
    at_s
        When it comes (s), ascending.
    channel
        Which of the channels it comes in.
    handling_s, wrap_up_s
        Time with the agent, and for which the agent is bound afterwards (s).
    patience_s
        Time after which who waits gives up (s); infinite: never.
    takes_call_back
        Whether a call-back is taken where it is offered.
    """

    defaults: ClassVar[Mapping[str, Any]] = {"wrap_up_s": 0.0, "patience_s": np.inf, "takes_call_back": False}

    at_s: Floats
    channel: Integers
    handling_s: Floats
    wrap_up_s: Floats
    patience_s: Floats
    takes_call_back: Truths


@dataclass(frozen=True)
class Channels(Rows):
    """Ways in which contacts come, shape (channels,).

    Parameters
    ----------
    priority
        Which channel agents answer first: the lowest number; of two alike the lower row.
    sessions
        How many of its contacts an agent has at a time: 1 but for webchat.
    call_back_after_s
        Waiting time from which a call-back is offered (s); infinite: none is.
    """

    defaults: ClassVar[Mapping[str, Any]] = {"sessions": 1, "call_back_after_s": np.inf}

    priority: Integers
    sessions: Integers
    call_back_after_s: Floats


@dataclass(frozen=True)
class Agents:
    """Who answers.

    Parameters
    ----------
    n
        Agents of each pool in each interval, shape (pools, intervals); afterwards as in the last.
    serves
        Which channels each pool answers, shape (pools, channels).
    interval_s
        Length of an interval (s).
    """

    n: Integers
    serves: Truths
    interval_s: float = QUARTER_S

    @classmethod
    def of(cls, n: ArrayLike, serves: ArrayLike, interval_s: float = QUARTER_S) -> Agents:
        """Return agents from anything like arrays; one pool may be given as a single row."""
        return cls(
            np.ascontiguousarray(np.atleast_2d(np.asarray(n, np.int64))),
            np.ascontiguousarray(np.atleast_2d(np.asarray(serves, np.bool_))),
            float(interval_s),
        )


@dataclass(frozen=True)
class ContactResult:
    """What became of contacts and agents.

    Parameters
    ----------
    outcome
        One of `Outcome`, by contact.
    answered_s
        When it was answered or called back (s), by contact; not a number: never.
    wait_s
        Waiting time, of those who gave up until they did, of call-backs until they were called (s).
    is_beside
        Whether its agent was in another contact when it was answered, as in webchats, by contact.
    busy_s
        Agent-seconds busy, wrap-up too, by pool and interval.
    offered_s
        Agent-seconds there should be, by pool and interval.
    counters
        How often each rule held: contacts given up, called back, answered beside another, with wrap-up.
    """

    outcome: Integers
    answered_s: Floats
    wait_s: Floats
    is_beside: Truths
    busy_s: Floats
    offered_s: Floats
    counters: Mapping[str, int]


@dataclass(frozen=True)
class Answered:
    """How contacts were answered, each share with what it is a share of.

    Parameters
    ----------
    n_offered, n_answered, n_abandoned, n_called_back
        Contacts that came; of these answered, given up, called back. Those still waiting are the rest.
    within_share_of_offered
        Answered within the time, of all that came: who gives up, however soon, counts against.
    within_share_of_answered
        The same, of those answered.
    within_share_but_early_abandoned
        The same, of all that came but those who gave up within that time.
    abandoned_share
        Given up, of all that came.
    mean_wait_s
        Mean wait of all that came, those who gave up too (s).
    """

    n_offered: int
    n_answered: int
    n_abandoned: int
    n_called_back: int
    within_share_of_offered: float
    within_share_of_answered: float
    within_share_but_early_abandoned: float
    abandoned_share: float
    mean_wait_s: float


def simulate_contacts(contacts: Contacts, channels: Channels, agents: Agents) -> ContactResult:
    """Return what becomes of contacts.

    Parameters
    ----------
    contacts, channels, agents
        What there is.

    Raises
    ------
    BadInput
        With everything that is wrong with the input.

    Examples
    --------
    >>> calls = Contacts.of(at_s=[0.0, 10.0], channel=[1, 0], handling_s=60.0, patience_s=[600.0, 5.0])
    >>> result = simulate_contacts(calls, Channels.of(priority=[0, 1]), Agents.of([1], [True, True]))
    >>> [Outcome(one).name for one in result.outcome]
    ['ANSWERED', 'ABANDONED']
    """
    _check(contacts, channels, agents)
    n_pools, n_intervals = agents.n.shape
    n_agents = max(int(agents.n.max(initial=0)), 1)
    n_sessions = int(channels.sessions.max(initial=1))
    n_contacts = len(contacts)
    room = kernel.Room(
        at_s=fixed(contacts.at_s, np.float64),
        channel=fixed(contacts.channel, np.int64),
        busy_for_s=fixed(contacts.handling_s + contacts.wrap_up_s, np.float64),
        patience_s=fixed(contacts.patience_s, np.float64),
        takes_call_back=fixed(contacts.takes_call_back, np.bool_),
        order=fixed(np.argsort(channels.priority, kind="stable"), np.int64),
        sessions=fixed(channels.sessions, np.int64),
        call_back_after_s=fixed(channels.call_back_after_s, np.float64),
        serves=fixed(agents.serves, np.bool_),
        n_wanted=fixed(agents.n, np.int64),
        interval_s=agents.interval_s,
        behind=np.zeros(n_contacts, np.int32),
        line=np.full((len(channels), 2), -1, np.int64),
        n_there=np.zeros(n_pools, np.int64),
        idle=np.zeros((n_pools, n_agents), np.int64),
        n_idle=np.zeros(n_pools, np.int64),
        n_held=np.full(n_pools * n_agents, -1, np.int64),
        held_by=np.zeros(n_pools * n_agents, np.int64),
        since_s=np.zeros(n_pools * n_agents),
        calendar=calendar(n_pools * n_agents * n_sessions),
        answered_s=np.full(n_contacts, np.nan),
        outcome=np.zeros(n_contacts, np.int64),
        is_beside=np.zeros(n_contacts, np.bool_),
        busy_s=np.zeros((n_pools, n_intervals)),
    )
    kernel.simulate(room)
    wait_s = np.where(room.outcome == kernel.ABANDONED, contacts.patience_s, room.answered_s - contacts.at_s)
    offered_s = np.asarray(agents.n * agents.interval_s, dtype=np.float64)
    reached = ~np.isnan(room.answered_s)
    counters = {
        "abandoned": int((room.outcome == kernel.ABANDONED).sum()),
        "called_back": int((room.outcome == kernel.CALLED_BACK).sum()),
        "beside_another": int(room.is_beside.sum()),
        "wrapped_up": int((contacts.wrap_up_s[reached] > 0.0).sum()),
    }
    return ContactResult(
        room.outcome, room.answered_s, wait_s, room.is_beside, room.busy_s, offered_s, counters
    )


def answered(
    result: ContactResult, within_s: float, chosen: Truths | Integers | slice = slice(None)
) -> Answered:
    """Return how contacts, all or those chosen, were answered.

    Parameters
    ----------
    result
        What became of the contacts.
    within_s
        The time to answer within (s).
    chosen
        Which contacts are counted, such as those of a channel or of an hour: by truth or by number.
    """
    outcome, wait_s = result.outcome[chosen], result.wait_s[chosen]
    is_answered, is_abandoned = outcome == Outcome.ANSWERED, outcome == Outcome.ABANDONED
    within = int((is_answered & (wait_s <= within_s)).sum())
    early = int((is_abandoned & (wait_s <= within_s)).sum())
    n = len(outcome)
    return Answered(
        n,
        int(is_answered.sum()),
        int(is_abandoned.sum()),
        int((outcome == Outcome.CALLED_BACK).sum()),
        share(within, n),
        share(within, int(is_answered.sum())),
        share(within, n - early),
        share(int(is_abandoned.sum()), n),
        float(wait_s[outcome != Outcome.WAITING].mean()) if (outcome != Outcome.WAITING).any() else np.nan,
    )


def share(part: float, whole: float) -> float:
    """Return a part of a whole as a share, not a number where there is no whole."""
    return part / whole if whole else np.nan


def _check(contacts: Contacts, channels: Channels, agents: Agents) -> None:
    problems = uneven(contacts, channels)
    if problems:
        raise BadInput(problems)
    n_channels = len(channels)
    problems = [
        *not_numbers(contacts, ("at_s", "handling_s", "wrap_up_s")),
        *not_ascending("Contacts.at_s", contacts.at_s),
        *not_between("Contacts.channel", contacts.channel, 0, n_channels - 1),
        *unless(
            contacts.patience_s >= 0.0, "Contacts.patience_s", contacts.patience_s, "0 or more, or infinite"
        ),
        *not_between("Channels.sessions", channels.sessions, 1, MOST_SESSIONS),
        *not_between("Agents.n", agents.n, 0, MOST_AGENTS),
    ]
    after = channels.call_back_after_s
    problems += unless(after >= 0.0, "Channels.call_back_after_s", after, "0 or more, or infinite")
    if agents.serves.shape != (agents.n.shape[0], n_channels) or not agents.n.size:
        problems.append(
            problem(
                "wrong_shape", "Agents.serves", agents.serves.shape, f"({agents.n.shape[0]}, {n_channels})"
            )
        )
    if not 0.0 < agents.interval_s < np.inf:
        problems.append(problem("out_of_range", "Agents.interval_s", agents.interval_s, "a number above 0"))
    if problems:
        raise BadInput(problems)
