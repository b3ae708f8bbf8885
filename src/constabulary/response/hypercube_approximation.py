"""Larson's approximation of the hypercube model, for any number of units: each unit's load from the others'.

References
----------
R. C. Larson, Approximating the performance of urban emergency service systems, Operations Research 23 (1975). R. C.
Larson and A. R. Odoni, Urban Operations Research (1981), 5.5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constabulary.response.hypercube import busy_distribution, shares, sorts_of_calls
from constabulary.response.hypercube_model import HypercubeModel

_TOLERANCE = 1e-12
_FIRST_ROUNDS = 200
_MORE_ROUNDS = 1.5
_LEAST_STEP = 1e-3

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ApproximateHypercube:
    """What the approximation answers.

    Parameters
    ----------
    utilisation
        Share of its time for which each unit is busy, shape (units,).
    dispatch_share, direct_share
        As for the exact `Hypercube`, shape (units, atoms).
    """

    utilisation: Floats
    dispatch_share: Floats
    direct_share: Floats


def approximate_hypercube(model: HypercubeModel) -> ApproximateHypercube | None:
    """Return the approximate answer; None where loads do not settle, as may be where hundreds of units share one order.

    An atom's k-th choice is sent when those before it are busy and it is free; were units independent, that is a
    product, and `log_corrections` puts right what their common queue makes of it. Loads and products are worked out in
    turn until they agree, and loads are scaled to their known sum each time; where they swing, rounds go a smaller part
    of the way. The correction is for units asked in many orders: where most calls share one, the approximation makes
    the first units too idle and those in the middle too busy.

    Parameters
    ----------
    model
        The model; with an infinite line it must be stable.

    Raises
    ------
    BadInput
        Where the units cannot keep up.
    """
    n = model.n_units
    chances = busy_distribution(model)
    lists, group, rates = sorts_of_calls(model)
    corrections = log_corrections(chances)
    total_use = float(chances @ np.arange(n + 1))
    from_line = model.load_erlangs * float(chances[n]) / n if model.line == "infinite" else 0.0
    use = np.full(n, total_use / n)
    step, rounds, change = 1.0, _FIRST_ROUNDS, np.inf
    while change >= _TOLERANCE:
        if step < _LEAST_STEP:
            return None
        for _ in range(rounds):
            sent = _sent(lists, corrections, use)
            wanted = (
                np.bincount(lists.reshape(-1), (sent * rates[:, None]).reshape(-1), n) / model.service_rate
            )
            new = _of_sum((wanted + from_line) / (1.0 + wanted), total_use)
            change = float(np.abs(new - use).max())
            use = use + step * (new - use)
            if change < _TOLERANCE:
                break
        step, rounds = step / 2.0, round(rounds * _MORE_ROUNDS)
    direct = np.zeros((n, len(lists)))
    np.put_along_axis(direct.T, lists, _sent(lists, corrections, use) * (1.0 - use)[lists], axis=1)
    total = direct.sum(axis=0)
    direct = np.divide(direct, total, out=direct, where=total > 0.0) * float(chances[:n].sum())
    by_atom = direct[:, group] * model.rates / model.rates.sum()
    direct_share, share = shares(model, by_atom, chances)
    return ApproximateHypercube(use, share, direct_share)


def log_corrections(chances: Floats) -> Floats:
    """Return the logarithms of Larson's Q for 0, 1, ... units found busy before one that is free, shape (units,).

    Q is the probability that of units asked in random order the first j are busy and the next free, over what it would
    be were units independent.

    Parameters
    ----------
    chances
        Probability of 0, 1, ... all units busy, shape (units + 1,).
    """
    n = len(chances) - 1
    log_use = math.log(chances @ np.arange(n + 1) / n)
    log_rest = math.log(chances @ np.arange(n, -1, -1) / n)
    with np.errstate(divide="ignore"):
        log_chances = np.log(chances[:n])
    log_factorial = np.array([math.lgamma(k + 1) for k in range(n + 1)])
    logs = np.empty(n)
    for j in range(n):
        k = np.arange(j, n)
        terms = (
            log_chances[j:]
            + (log_factorial[k] - log_factorial[k - j])
            - (log_factorial[n] - log_factorial[n - j])
            + np.log(n - k)
            - math.log(n - j)
        )
        logs[j] = np.logaddexp.reduce(terms)
    return logs - np.arange(n) * log_use - log_rest


def _sent(lists: NDArray[np.int64], corrections: Floats, use: Floats) -> Floats:
    """Return for each list and place in it the corrected product of the loads of the units before."""
    with np.errstate(divide="ignore"):
        logs = np.log(use)[lists]
    before = np.zeros(logs.shape)
    np.cumsum(logs[:, :-1], axis=1, out=before[:, 1:])
    return np.asarray(np.exp(corrections + before), dtype=np.float64)


def _of_sum(use: Floats, total: float) -> Floats:
    """Return loads scaled to a sum, none above 1."""
    full = np.zeros(len(use), dtype=np.bool_)
    while True:
        left = np.where(full, 0.0, use)
        if not left.any():
            return np.where(full, 1.0, use)
        scaled = np.where(full, 1.0, left * ((total - full.sum()) / left.sum()))
        over = scaled > 1.0
        if not over.any():
            return scaled
        full |= over
