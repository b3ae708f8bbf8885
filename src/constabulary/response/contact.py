"""Answering contacts: how a queue of callers fares, and how many agents a target needs at each time of day.

References
----------
L. V. Green, P. J. Kolesar and J. Soares, Improving the SIPP approach for staffing service systems that have cyclic
demands, Operations Research 49 (2001). O. B. Jennings, A. Mandelbaum, W. A. Massey and W. Whitt, Server staffing to
meet time-varying demand, Management Science 42 (1996).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constabulary.core.errors import BadInput, out_of_range
from constabulary.numeric import queueing
from constabulary.numeric.queueing import ErlangA, ErlangC

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class ContactQueue:
    """One queue of callers, by the three formulas.

    Parameters
    ----------
    blocking_share
        Erlang B: share of calls lost if none could wait.
    erlang_c
        If all wait as long as it takes; none where that queue would grow without end.
    erlang_a
        If callers give up; none where no patience was given.
    reasons
        Why a formula gives nothing, by its name.
    """

    blocking_share: float
    erlang_c: ErlangC | None
    erlang_a: ErlangA | None
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class Requirement:
    """Agents needed in each interval of a day, week or longer; arrays of shape (intervals,).

    Parameters
    ----------
    load_erlangs
        Work that comes in: calls times handling time (erlangs).
    lagged_load_erlangs
        Work that is going on, as handling lasts beyond the interval in which a call came: agents busy on average,
        were there enough of them (erlangs).
    n_agents
        Least agents who meet the target with the lagged load.
    within_share
        Share of all callers they answer in time; not a number where there are no calls.
    occupancy
        Share of their time for which they are busy; not a number where there are no calls.
    """

    load_erlangs: Floats
    lagged_load_erlangs: Floats
    n_agents: Integers
    within_share: Floats
    occupancy: Floats


@dataclass(frozen=True)
class Pooling:
    """The same calls answered in separate places and in one.

    Parameters
    ----------
    n_agents_split
        Least agents of each place on its own, shape (places,).
    n_agents_pooled
        Least agents of one place for all calls.
    within_share_of_as_many
        Share of callers that one place answers in time with as many agents as the separate ones have together.
    """

    n_agents_split: Integers
    n_agents_pooled: int
    within_share_of_as_many: float


def contact_queue(
    calls_per_h: float,
    handling_s: float,
    n_agents: int,
    within_s: float,
    patience_s: float | None = None,
) -> ContactQueue:
    """Return how one queue fares by Erlang B, C and A.

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
    patience_s
        Mean time after which a waiting caller gives up (s), above 0; none: Erlang A is left out.

    Raises
    ------
    BadInput
        Where a value is out of its range.
    """
    patient = queueing.erlang_c(calls_per_h, handling_s, n_agents, within_s)
    load = calls_per_h * handling_s / 3600.0
    reasons = {}
    is_stable = load < n_agents
    if not is_stable:
        reasons["erlang_c"] = (
            "There are no agents."
            if n_agents == 0
            else f"Calls would keep {load:g} busy on average; agents answering: {n_agents}. "
            "If no caller gave up, the queue would grow without end."
        )
    if patience_s is None:
        reasons["erlang_a"] = "No patience was given: how long callers wait before they give up."
    return ContactQueue(
        float(queueing.erlang_b(load, n_agents)),
        patient if is_stable else None,
        None
        if patience_s is None
        else queueing.erlang_a(calls_per_h, handling_s, n_agents, patience_s, within_s),
        reasons,
    )


def lagged_load(calls_per_h: ArrayLike, handling_s: ArrayLike, interval_s: float) -> Floats:
    """Return the mean load in each interval, with work carried over from the ones before (erlangs).

    The load m follows m' = rate - m / handling, as if there were agents for every call (the modified offered load);
    before the first interval it is taken to have been as in it. The mean over each interval is returned ("lag avg" of
    Green, Kolesar and Soares).

    Parameters
    ----------
    calls_per_h
        Calls an hour in each interval (1/h), shape (intervals,).
    handling_s
        Mean handling time, one for all or by interval (s).
    interval_s
        Length of an interval (s), above 0.

    Examples
    --------
    >>> lagged_load([60.0, 0.0], 3600.0, 3600.0).round(2).tolist()
    [60.0, 37.93]
    """
    _check_interval(interval_s)
    calls, handling = np.broadcast_arrays(
        np.asarray(calls_per_h, dtype=np.float64), np.asarray(handling_s, dtype=np.float64)
    )
    steady = calls * handling / 3600.0
    kept = np.exp(-interval_s / handling)
    mean_kept = (1.0 - kept) * handling / interval_s
    loads = np.empty(len(steady))
    now = steady[0] if len(steady) else 0.0
    for i, level in enumerate(steady):
        loads[i] = level + (now - level) * mean_kept[i]
        now = level + (now - level) * kept[i]
    return loads


def agents_by_interval(
    calls_per_h: ArrayLike,
    handling_s: ArrayLike,
    interval_s: float,
    within_s: float,
    target_share: float,
    patience_s: float | None = None,
) -> Requirement:
    """Return the agents needed in each interval, each taken as a steady queue with the lagged load.

    Parameters
    ----------
    calls_per_h
        Calls an hour in each interval (1/h), shape (intervals,).
    handling_s
        Mean handling time, one for all or by interval (s), above 0.
    interval_s
        Length of an interval (s), above 0.
    within_s, target_share
        The share of all callers to be answered within that time (s).
    patience_s
        Mean time after which a waiting caller gives up (s): by Erlang A; none: by Erlang C.

    Raises
    ------
    BadInput
        Where a value is out of its range.
    """
    _check_interval(interval_s)
    queueing.erlang_c(calls_per_h, handling_s, 0, within_s)  # refuses what is out of range
    lagged = lagged_load(calls_per_h, handling_s, interval_s)
    handling = np.broadcast_to(np.asarray(handling_s, dtype=np.float64), lagged.shape)
    load = np.asarray(calls_per_h, dtype=np.float64) * handling / 3600.0
    rate = lagged * 3600.0 / handling
    fares: ErlangC | ErlangA
    if patience_s is None:
        agents = queueing.agents_for_c(rate, handling_s, within_s, target_share)
        fares = queueing.erlang_c(rate, handling_s, agents, within_s)
    else:
        agents = queueing.agents_for_a(rate, handling_s, patience_s, within_s, target_share)
        fares = queueing.erlang_a(rate, handling_s, agents, patience_s, within_s)
    within = np.where(agents > 0, fares.within_share, np.nan)
    return Requirement(load, lagged, agents, within, fares.occupancy)


def pooling(
    calls_per_h: ArrayLike,
    handling_s: ArrayLike,
    within_s: float,
    target_share: float,
    patience_s: float | None = None,
) -> Pooling:
    """Return what answering all calls in one place saves.

    Parameters
    ----------
    calls_per_h
        Calls an hour at each place (1/h), shape (places,), in all above 0.
    handling_s
        Mean handling time, one for all or by place (s); the pooled queue has their mean over calls.
    within_s, target_share
        The share of all callers to be answered within that time (s).
    patience_s
        Mean time after which a waiting caller gives up (s): by Erlang A; none: by Erlang C.

    Raises
    ------
    BadInput
        Where a value is out of its range.

    Examples
    --------
    >>> one_hub = pooling([20.0] * 6, 300.0, 10.0, 0.9)
    >>> one_hub.n_agents_split.tolist(), one_hub.n_agents_pooled
    ([4, 4, 4, 4, 4, 4], 15)
    """
    calls = np.asarray(calls_per_h, dtype=np.float64)
    queueing.erlang_c(calls, handling_s, 0, within_s)  # refuses what is out of range
    all_calls = float(calls.sum())
    if all_calls == 0.0:
        raise BadInput("There are no calls to answer, in one place or in several.")
    mean_s = float((calls * np.asarray(handling_s, dtype=np.float64)).sum()) / all_calls
    if patience_s is None:
        split = queueing.agents_for_c(calls, handling_s, within_s, target_share)
        pooled = queueing.agents_for_c(all_calls, mean_s, within_s, target_share)
        fares = queueing.erlang_c(all_calls, mean_s, split.sum(), within_s).within_share
    else:
        split = queueing.agents_for_a(calls, handling_s, patience_s, within_s, target_share)
        pooled = queueing.agents_for_a(all_calls, mean_s, patience_s, within_s, target_share)
        fares = queueing.erlang_a(all_calls, mean_s, split.sum(), patience_s, within_s).within_share
    return Pooling(split, int(pooled), float(fares))


def _check_interval(interval_s: float) -> None:
    if not 0.0 < interval_s < np.inf:
        raise BadInput(out_of_range("interval_s", interval_s, "a number above 0"))
