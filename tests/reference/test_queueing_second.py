"""Queues by formula against a second way: the balance equations of the chain, solved as a matrix."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from constabulary.numeric import queueing

Matrix = NDArray[np.float64]


def stationary(rates: Matrix) -> Matrix:
    """The stationary probabilities of a chain with these rates from row to column."""
    generator = rates - np.diag(rates.sum(axis=1))
    system = generator.T.copy()
    system[-1] = 1.0
    return np.linalg.solve(system, np.eye(len(rates))[-1])


def after(rates: Matrix, time: float) -> Matrix:
    """The probabilities of going from row to column in a time: the matrix exponential, by squaring."""
    generator = rates - np.diag(rates.sum(axis=1))
    squarings = max(0, int(np.ceil(np.log2(max(1e-9, np.abs(generator).max() * time)))) + 4)
    small = generator * (time / 2.0**squarings)
    total = term = np.eye(len(rates))
    for k in range(1, 20):
        term = term @ small / k
        total = total + term
    for _ in range(squarings):
        total = total @ total
    return total


CASES = [
    # calls an hour, handling s, agents, patience s, within s
    (200.0, 180.0, 14, 120.0, 20.0),
    (200.0, 180.0, 9, 120.0, 20.0),
    (30.0, 420.0, 3, 60.0, 30.0),
    (30.0, 420.0, 3, 2000.0, 200.0),
    (60.0, 300.0, 1, 30.0, 10.0),
    (37.0, 420.0, 6, 180.0, 0.0),
]


@pytest.mark.parametrize(("calls", "handling_s", "n", "patience_s", "within_s"), CASES)
def test_erlang_a_is_the_birth_and_death_chain(
    calls: float, handling_s: float, n: int, patience_s: float, within_s: float
) -> None:
    arrive, serve, leave = calls / 3600.0, 1.0 / handling_s, 1.0 / patience_s
    size = n + 140
    rates = np.zeros((size, size))
    for k in range(size - 1):
        rates[k, k + 1] = arrive
        rates[k + 1, k] = min(k + 1, n) * serve + max(0, k + 1 - n) * leave
    chance = stationary(rates)
    waiting = chance @ np.maximum(np.arange(size) - n, 0)
    # One caller followed: `ahead` others before it; the last two states are answered and gone.
    most = size - n
    followed = np.zeros((most + 2, most + 2))
    for ahead in range(most):
        followed[ahead, ahead - 1 if ahead else most] = n * serve + ahead * leave
        followed[ahead, most + 1] = leave
    ends = chance[n:] @ after(followed, within_s)[:most]
    whole = chance[n:] @ after(followed, 60.0 * patience_s)[:most]
    answered = chance[:n].sum() + whole[most]
    queue = queueing.erlang_a(calls, handling_s, n, patience_s, within_s)
    expected = {
        "wait_probability": chance[n:].sum(),
        "abandoned_share": leave * waiting / arrive,
        "mean_wait_s": waiting / arrive,
        "within_share": chance[:n].sum() + ends[most],
        "within_share_of_answered": (chance[:n].sum() + ends[most]) / answered,
        "within_share_but_early_abandoned": (chance[:n].sum() + ends[most]) / (1.0 - ends[most + 1]),
        "occupancy": serve * (chance @ np.minimum(np.arange(size), n)) / serve / n,
    }
    for name, value in expected.items():
        assert float(getattr(queue, name)) == pytest.approx(value, rel=1e-8), name


def test_the_wait_of_those_answered_is_what_the_others_leave_of_the_mean() -> None:
    # Those who give up wait on average E[min(T, V) | T < V]; summed by a fine grid over the within share.
    times = np.linspace(0.0, 3000.0, 60_001)
    queue = queueing.erlang_a(200.0, 180.0, 9, 120.0, times)
    unanswered_yet = queue.within_share_of_answered[-1] - queue.within_share_of_answered
    mean = float(((unanswered_yet[1:] + unanswered_yet[:-1]) / 2.0).sum() * times[1])
    assert float(queue.mean_wait_answered_s[0]) == pytest.approx(mean, rel=1e-5)


def test_erlang_b_and_c_are_their_chains() -> None:
    load, n = 8.5, 10
    loss = np.zeros((n + 1, n + 1))
    size = 500
    wait = np.zeros((size, size))
    for rates in (loss, wait):
        for k in range(len(rates) - 1):
            rates[k, k + 1] = load
            rates[k + 1, k] = min(k + 1, n)
    assert float(queueing.erlang_b(load, n)) == pytest.approx(stationary(loss)[n], rel=1e-10)
    chance = stationary(wait)
    queue = queueing.erlang_c(load * 3600.0, 1.0, n)
    assert float(queue.wait_probability) == pytest.approx(chance[n:].sum(), rel=1e-9)
    waiting = chance @ np.maximum(np.arange(size) - n, 0)
    assert float(queue.mean_wait_s) == pytest.approx(waiting / load, rel=1e-9)


def test_priorities_are_the_chain_of_both_queues() -> None:
    first, second, n, most = 0.9, 1.0, 3, 36
    # States: fewer than n busy, then (waiting first, waiting second) with all busy.
    number = {("free", k): k for k in range(n)}
    for i in range(most):
        for j in range(most):
            number["busy", i, j] = len(number)  # type: ignore[index]
    rates = np.zeros((len(number), len(number)))
    for state, at in number.items():
        if state[0] == "free":
            k = state[1]
            rates[at, number["free", k + 1] if k + 1 < n else number["busy", 0, 0]] += first + second  # type: ignore[index]
            if k:
                rates[at, number["free", k - 1]] += k
            continue
        _, i, j = state  # type: ignore[misc]
        if i + 1 < most:
            rates[at, number["busy", i + 1, j]] += first  # type: ignore[index]
        if j + 1 < most:
            rates[at, number["busy", i, j + 1]] += second  # type: ignore[index]
        to = ("busy", i - 1, j) if i else ("busy", i, j - 1) if j else ("free", n - 1)
        rates[at, number[to]] += n  # type: ignore[index]
    chance = stationary(rates)
    waiting = np.zeros(2)
    for state, at in number.items():
        if state[0] == "busy":
            waiting += chance[at] * np.array(state[1:])
    queue = queueing.priorities([first * 3600.0, second * 3600.0], 1.0, n)
    assert queue.mean_wait_s.tolist() == pytest.approx((waiting / [first, second]).tolist(), rel=1e-5)


@pytest.mark.parametrize("time", [0.05, 0.5, 2.0, 8.0])
def test_the_wait_of_the_second_class_is_that_of_one_caller_followed(time: float) -> None:
    first, second, n, most = 1.2, 1.1, 3, 220
    use = (first + second) / n
    turns = np.zeros((most + 1, most + 1))  # how many turns until this caller's; 0 is its own
    for k in range(1, most + 1):
        turns[k, k - 1] = n
        if k < most:
            turns[k, k + 1] = first
    start = np.concatenate([[0.0], (1.0 - use) * use ** np.arange(most)])
    reached = (start @ after(turns, time))[0]
    queue = queueing.priorities([first * 3600.0, second * 3600.0], 1.0, n, time)
    expected = 1.0 - queue.wait_probability * (1.0 - reached)
    assert float(queue.within_share[1]) == pytest.approx(expected, abs=1e-7)
