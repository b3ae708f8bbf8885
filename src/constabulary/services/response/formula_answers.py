"""What programs are answered by formulas: queues of callers, and the hypercube model."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from constabulary.core.answers import StampedAnswer, words_of
from constabulary.numeric.queueing import ErlangA, ErlangC


class ErlangBAnswer(TypedDict):
    """A queue in which nobody can wait.

    Parameters
    ----------
    blocking
        Share of calls lost.
    """

    blocking: float


@words_of(ErlangC)
class ErlangCAnswer(TypedDict):
    """A queue whose callers wait as long as it takes."""

    wait_probability: float | None
    mean_wait_s: float | None
    within_share: float | None
    occupancy: float | None


@words_of(ErlangA)
class ErlangAAnswer(TypedDict):
    """A queue whose callers give up after a time."""

    abandoned_share: float | None
    wait_probability: float | None
    mean_wait_s: float | None
    mean_wait_answered_s: float | None
    within_share: float | None
    within_share_of_answered: float | None
    within_share_but_early_abandoned: float | None
    occupancy: float | None


class QueueAsked(TypedDict):
    """A queue of callers.

    Parameters
    ----------
    calls_per_h, handling_s
        Calls an hour, and the mean time each takes.
    agents
        Agents answering.
    within_s
        The time to answer within.
    patience_s
        Mean time after which a waiting caller gives up; null where nobody does.
    """

    calls_per_h: float
    handling_s: float
    agents: int
    within_s: float
    patience_s: float | None


@words_of(QueueAsked)
class ErlangAnswer(StampedAnswer, QueueAsked):
    """How a queue of callers fares by formula; what a formula does not give is null.

    Parameters
    ----------
    erlang_b, erlang_c, erlang_a
        If none could wait, if all wait as long as it takes, and if callers give up.
    reason
        Why a formula, or figures of it, are null, by its name.
    """

    erlang_b: ErlangBAnswer
    erlang_c: ErlangCAnswer | None
    erlang_a: ErlangAAnswer | None
    reason: dict[str, str]


class ApproximateAnswer(TypedDict):
    """The hypercube model approximated.

    Parameters
    ----------
    utilisation
        Share of time each unit is busy.
    dispatch_share
        For each unit, the share of all dispatches that send it to each atom; together 1.
    """

    utilisation: list[float]
    dispatch_share: list[list[float]]


@words_of(ApproximateAnswer)
class HypercubeAnswer(StampedAnswer):
    """How busy each unit is and which is sent where, by Larson's hypercube model.

    Parameters
    ----------
    line
        infinite (calls wait) or zero (they are lost).
    wait_probability, loss_probability
        Share of calls that find every unit busy, and wait or are lost.
    states
        Probability of each set of busy units, the first unit as the lowest bit.
    approximate
        The same approximated, for any number of units; null where that does not settle.
    reason
        Why a part is null, by its name.
    """

    line: str
    utilisation: list[float] | None
    wait_probability: NotRequired[float | None]
    loss_probability: NotRequired[float | None]
    dispatch_share: list[list[float]] | None
    states: list[float] | None
    approximate: ApproximateAnswer | None
    reason: dict[str, str]
