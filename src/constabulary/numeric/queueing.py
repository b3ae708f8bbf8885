"""Queues of like servers by formula: Erlang B, C and A, Cobham's priorities, and how many servers a target needs.

All functions take numbers or arrays and work element by element; calls come at random (Poisson), handling and
patience are exponential, and callers are answered in the order they came. Times from a millionth of a second to 1e9 s
and up to 1e9 calls an hour are taken, so that every answer is a number.

References
----------
A. K. Erlang, Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges (1917): B and C. O. Garnett, A. Mandelbaum and M. Reiman, Designing a call center with impatient customers,
Manufacturing & Service Operations Management 4 (2002): A. A. Cobham, Priority assignment in waiting line problems,
Operations Research 2 (1954).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constabulary.core.errors import BadInput, Problem
from constabulary.numeric import _inversion
from constabulary.numeric._kernel import erlang as kernel

MOST_AGENTS = 1_000_000
LEAST, MOST = 1e-6, 1e9
"""Range of times (s) and calls (1/h): far beyond any queue of callers, and near enough to be worked out exactly."""
MOST_LOAD_ERLANGS = 1e15

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class ErlangC:
    """A queue whose callers wait as long as it takes (M/M/n); not a number where the load is not under the agents.

    Parameters
    ----------
    wait_probability
        Share of callers who are not answered at once.
    mean_wait_s
        Mean wait of all callers, those answered at once too (s).
    within_share
        Share of all callers answered within the time asked for.
    occupancy
        Share of their time for which agents are busy.
    """

    wait_probability: Floats
    mean_wait_s: Floats
    within_share: Floats
    occupancy: Floats


@dataclass(frozen=True)
class ErlangA:
    """A queue whose callers give up after an exponential time of patience (M/M/n+M).

    Parameters
    ----------
    abandoned_share
        Share of all callers who give up before they are answered.
    wait_probability
        Share of all callers who meet all agents busy, whether answered later or not.
    mean_wait_s
        Mean wait of all callers, those who give up too (s).
    mean_wait_answered_s
        Mean wait of the callers who are answered (s); not a number where nobody is.
    within_share
        Callers answered within the time asked for, over all callers: one who gives up, however soon, counts against.
    within_share_of_answered
        The same callers over those who are answered.
    within_share_but_early_abandoned
        The same callers over all but those who give up within that time: these count neither for nor against.
    occupancy
        Share of their time for which agents are busy.
    """

    abandoned_share: Floats
    wait_probability: Floats
    mean_wait_s: Floats
    mean_wait_answered_s: Floats
    within_share: Floats
    within_share_of_answered: Floats
    within_share_but_early_abandoned: Floats
    occupancy: Floats


@dataclass(frozen=True)
class Priorities:
    """A queue whose waiting callers are answered by class, the first class first (M/M/n, not pre-emptive).

    Parameters
    ----------
    wait_probability
        Share of callers, of every class, who are not answered at once; 1 where the load is not under the agents.
    mean_wait_s
        Mean wait of each class (s), shape (classes,); infinite where the class cannot be kept up with.
    within_share
        Share of each class answered within the time asked for, shape (classes,).
    """

    wait_probability: float
    mean_wait_s: Floats
    within_share: Floats


def erlang_b(load_erlangs: ArrayLike, n_agents: ArrayLike) -> Floats:
    """Return the share of calls that meet all agents busy and are lost, where none can wait.

    Parameters
    ----------
    load_erlangs
        Calls per mean handling time (erlangs), 0 or more.
    n_agents
        Agents or lines, whole numbers, 0 or more.

    Raises
    ------
    BadInput
        Where a load is no number from 0 to 1e15, or agents are no whole number from 0 to 1,000,000.

    Examples
    --------
    >>> round(float(erlang_b(10.0, 10)), 4)
    0.2146
    """
    (load,), (agents,), shape = _checked(
        {"load_erlangs": (load_erlangs, 0.0)}, {"n_agents": (n_agents, 0)}, MOST_LOAD_ERLANGS
    )
    blocking = np.empty(load.size)
    kernel.erlang_b(load, agents, blocking)
    return blocking.reshape(shape)


def erlang_c(
    calls_per_h: ArrayLike, handling_s: ArrayLike, n_agents: ArrayLike, within_s: ArrayLike = 0.0
) -> ErlangC:
    """Return how a queue of patient callers fares.

    Parameters
    ----------
    calls_per_h
        Calls an hour (1/h), 0 or more.
    handling_s
        Mean handling time, wrap-up too (s), above 0.
    n_agents
        Agents, 0 or more.
    within_s
        The time to answer within (s), 0 or more.

    Raises
    ------
    BadInput
        Where a value is out of its range.

    Examples
    --------
    >>> queue = erlang_c(200.0, 180.0, 14, 20.0)
    >>> round(float(queue.within_share), 4)
    0.8884
    """
    (calls, handling, within), (agents,), shape = _checked(
        {"calls_per_h": (calls_per_h, 0.0), "handling_s": (handling_s, None), "within_s": (within_s, 0.0)},
        {"n_agents": (n_agents, 0)},
    )
    load = calls * handling / 3600.0
    wait = np.empty(load.size)
    kernel.erlang_c(load, agents, wait)
    spare = np.where(load < agents, agents - load, np.nan)
    return ErlangC(
        *(
            values.reshape(shape)
            for values in (
                wait,
                wait * handling / spare,
                1.0 - wait * np.exp(-spare * within / handling),
                load / (spare + load),
            )
        )
    )


def erlang_a(
    calls_per_h: ArrayLike,
    handling_s: ArrayLike,
    n_agents: ArrayLike,
    patience_s: ArrayLike,
    within_s: ArrayLike = 0.0,
) -> ErlangA:
    """Return how a queue of impatient callers fares; it is stable whatever the load.

    Parameters
    ----------
    calls_per_h
        Calls an hour (1/h), 0 or more.
    handling_s
        Mean handling time, wrap-up too (s), above 0.
    n_agents
        Agents, 0 or more.
    patience_s
        Mean time after which a waiting caller gives up (s), above 0.
    within_s
        The time to answer within (s), 0 or more.

    Raises
    ------
    BadInput
        Where a value is out of its range.

    Examples
    --------
    >>> queue = erlang_a(200.0, 180.0, 10, 120.0, 20.0)
    >>> bool(0.0 < queue.abandoned_share < 0.15)
    True
    """
    (calls, handling, patience, within), (agents,), shape = _checked(
        {
            "calls_per_h": (calls_per_h, 0.0),
            "handling_s": (handling_s, None),
            "patience_s": (patience_s, None),
            "within_s": (within_s, 0.0),
        },
        {"n_agents": (n_agents, 0)},
    )
    load = calls * handling / 3600.0
    rows = np.empty((load.size, kernel.N_COLUMNS))
    kernel.erlang_a(load, agents, patience / handling, within / handling, rows)
    wait, abandoned, within_share, gone_within, answered_wait = rows.T
    with np.errstate(invalid="ignore", divide="ignore"):
        results = (
            abandoned,
            wait,
            abandoned * patience,
            np.where(agents > 0, answered_wait * handling, np.nan),
            within_share,
            np.minimum(within_share / (1.0 - abandoned), 1.0),
            np.minimum(within_share / (1.0 - gone_within), 1.0),
            np.where(agents > 0, np.minimum(load * (1.0 - abandoned) / agents, 1.0), np.nan),
        )
    return ErlangA(*(values.reshape(shape) for values in results))


def priorities(
    calls_per_h: ArrayLike, handling_s: float, n_agents: int, within_s: ArrayLike = 0.0
) -> Priorities:
    """Return how classes of callers fare who share agents, the first class answered first.

    An agent finishes the call in hand before the next is taken. Handling times are of one distribution for all
    classes: with different ones give the mean over all calls, and take the answer for an approximation.

    Parameters
    ----------
    calls_per_h
        Calls an hour by class, the most urgent first (1/h), shape (classes,).
    handling_s
        Mean handling time of all calls (s), above 0.
    n_agents
        Agents, 1 or more.
    within_s
        The time to answer within, one for all or by class (s).

    Raises
    ------
    BadInput
        Where a value is out of its range.

    Examples
    --------
    >>> queue = priorities([0.2, 0.6, 1.2], 1200.0, 1)
    >>> (queue.mean_wait_s / 3600.0).round(4).tolist()
    [0.2381, 0.3247, 0.9091]
    """
    (calls, handling, within), (agents,), _ = _checked(
        {"calls_per_h": (calls_per_h, 0.0), "handling_s": (handling_s, None), "within_s": (within_s, 0.0)},
        {"n_agents": (n_agents, 1)},
    )
    use = np.cumsum(calls) * handling[0] / 3600.0 / agents[0]
    before = np.concatenate([[0.0], use[:-1]])
    wait = 1.0
    if use[-1] < 1.0:
        probability = np.empty(1)
        kernel.erlang_c(np.array([use[-1] * agents[0]]), agents[:1], probability)
        wait = float(probability[0])
    turn_s = handling[0] / agents[0]
    kept_up = use < 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(kept_up, wait * turn_s / ((1.0 - before) * (1.0 - use)), np.inf)
    later = [
        _inversion.later_than(within[k] / turn_s, before[k], use[k]) if kept_up[k] else 1.0
        for k in range(len(calls))
    ]
    return Priorities(wait, mean, 1.0 - wait * np.array(later))


def agents_for_c(
    calls_per_h: ArrayLike, handling_s: ArrayLike, within_s: ArrayLike, target_share: ArrayLike
) -> Integers:
    """Return the least agents with whom a share of patient callers is answered in time.

    Parameters
    ----------
    calls_per_h
        Calls an hour (1/h), 0 or more; no calls need no agents.
    handling_s
        Mean handling time, wrap-up too (s), above 0.
    within_s
        The time to answer within (s), 0 or more.
    target_share
        The share of all callers to be answered in that time, 0 or more and under 1.

    Raises
    ------
    BadInput
        Where a value is out of its range, or more than 1,000,000 agents would be needed.

    Examples
    --------
    >>> int(agents_for_c(200.0, 180.0, 20.0, 0.8))
    14
    """
    (calls, handling, within, share), _, shape = _checked(
        {
            "calls_per_h": (calls_per_h, 0.0),
            "handling_s": (handling_s, None),
            "within_s": (within_s, 0.0),
            "target_share": (target_share, 0.0),
        },
        {},
    )
    _check_share(share)
    agents = np.empty(calls.size, np.int64)
    kernel.agents_for_c(calls * handling / 3600.0, within / handling, share, MOST_AGENTS, agents)
    return _found(agents, shape)


def agents_for_a(
    calls_per_h: ArrayLike,
    handling_s: ArrayLike,
    patience_s: ArrayLike,
    within_s: ArrayLike,
    target_share: ArrayLike,
) -> Integers:
    """Return the least agents who answer a share of all callers in time, where callers give up.

    Parameters
    ----------
    calls_per_h
        Calls an hour (1/h), 0 or more; no calls need no agents.
    handling_s
        Mean handling time, wrap-up too (s), above 0.
    patience_s
        Mean time after which a waiting caller gives up (s), above 0.
    within_s
        The time to answer within (s), 0 or more.
    target_share
        The share of all callers, those who give up too, to be answered in that time, 0 or more and under 1.

    Raises
    ------
    BadInput
        Where a value is out of its range, or more than 1,000,000 agents would be needed.
    """
    (calls, handling, patience, within, share), _, shape = _checked(
        {
            "calls_per_h": (calls_per_h, 0.0),
            "handling_s": (handling_s, None),
            "patience_s": (patience_s, None),
            "within_s": (within_s, 0.0),
            "target_share": (target_share, 0.0),
        },
        {},
    )
    _check_share(share)
    agents = np.empty(calls.size, np.int64)
    kernel.agents_for_a(
        calls * handling / 3600.0, patience / handling, within / handling, share, MOST_AGENTS, agents
    )
    return _found(agents, shape)


def _checked(
    numbers: dict[str, tuple[ArrayLike, float | None]],
    counts: dict[str, tuple[ArrayLike, int]],
    most: float = MOST,
) -> tuple[list[Floats], list[Integers], tuple[int, ...]]:
    """Return numbers and counts as flat arrays of one length, with the shape they were asked in.

    Each number comes with its least value, None for one that others are divided by; each count with its least.
    """
    arrays = [_floats(value) for value, _ in (*numbers.values(), *counts.values())]
    problems = []
    for (name, (_, least)), values in zip(numbers.items(), arrays, strict=False):
        low = LEAST if least is None else least
        fine = (values >= low) & (values <= most)
        if not fine.all():
            problems.append(_problem(name, values[~fine], f"a number from {_told(low)} to {_told(most)}"))
    for (name, (_, fewest)), values in zip(counts.items(), arrays[len(numbers) :], strict=False):
        fine = (values >= fewest) & (values <= MOST_AGENTS) & (values == np.floor(values))
        if not fine.all():
            problems.append(_problem(name, values[~fine], f"a whole number from {fewest} to {MOST_AGENTS:,}"))
    if problems:
        raise BadInput(problems)
    shape = arrays[0].shape
    if any(values.shape != shape for values in arrays):
        try:
            arrays = list(np.broadcast_arrays(*arrays))
        except ValueError:
            sizes = ", ".join(str(values.shape) for values in arrays)
            raise BadInput(f"The arrays do not fit together: their shapes are {sizes}.") from None
        shape = arrays[0].shape
    flat = [np.ascontiguousarray(values).reshape(-1) for values in arrays]
    whole = [values.astype(np.int64) for values in flat[len(numbers) :]]
    return flat[: len(numbers)], whole, shape


def _told(limit: float) -> str:
    return f"{limit:,.0f}" if limit == 0.0 or limit >= 1.0 else f"{limit:f}"


def _floats(value: ArrayLike) -> Floats:
    """Return numbers as doubles, those beyond their range as infinite."""
    try:
        return np.asarray(value, dtype=np.float64)
    except OverflowError:
        return np.asarray(np.inf)


def _problem(name: str, refused: Floats, expected: str) -> Problem:
    value = f"{refused[0]:g}"
    return Problem(
        rule="out_of_range",
        message=f"{value} cannot be used.",
        column=name,
        value=value,
        expected=expected,
        count=len(refused),
    )


def _check_share(share: Floats) -> None:
    if (share >= 1.0).any():
        raise BadInput(
            Problem(
                rule="out_of_range",
                message="no number of agents answers every caller in time.",
                column="target_share",
                value=f"{share.max():g}",
                expected="a share from 0 to under 1",
            )
        )


def _found(agents: Integers, shape: tuple[int, ...]) -> Integers:
    if (agents > MOST_AGENTS).any():
        raise BadInput(
            f"More than {MOST_AGENTS:,} agents would be needed. Check the calls and handling times."
        )
    return agents.reshape(shape)
