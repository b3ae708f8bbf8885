"""Larson's hypercube queueing model, exact: how busy each unit is, and which unit is sent where.

A state of the model is the set of units that are busy; 2 to the power of units of them, solved together.

References
----------
R. C. Larson, A hypercube queuing model for facility location and redistricting in urban emergency services, Computers
& Operations Research 1 (1974). R. C. Larson and A. R. Odoni, Urban Operations Research (1981), 5.4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, ConstabularyError
from constabulary.response._kernel import hypercube as kernel
from constabulary.response.hypercube_model import HypercubeModel

MOST_UNITS = 18
"""How many units are solved exactly; above it there are too many states."""

_TOLERANCE = 1e-13
# Over-relaxation settles in a third of the sweeps; should it ever not settle, the plain method does.
_ATTEMPTS = ((1.4, 400), (1.0, 20_000))

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Hypercube:
    """What the model answers.

    Parameters
    ----------
    utilisation
        Share of its time for which each unit is busy, shape (units,).
    all_busy_probability
        Probability that a call finds every unit busy: it waits (infinite line) or is lost (zero line).
    dispatch_share
        Share of all dispatches that send the unit to the atom, shape (units, atoms); together 1. A call that waits is
        a dispatch too, made when a unit becomes free, and each unit is as likely as any other to be the one. A lost
        call is no dispatch.
    direct_share
        The part of `dispatch_share` that was sent at once.
    states
        Probability that just these units are busy, shape (2 ** units,), unit 0 the lowest bit; together 1. The last,
        all busy, holds all times at which calls wait.
    """

    utilisation: Floats
    all_busy_probability: float
    dispatch_share: Floats
    direct_share: Floats
    states: Floats


def busy_distribution(model: HypercubeModel) -> Floats:
    """Return the probability of 0, 1, ... all units busy, shape (units + 1,).

    It does not depend on preferences: as long as a unit is free every call takes one. All busy holds all times at
    which calls wait.

    Parameters
    ----------
    model
        The model; with an infinite line it must be stable.

    Raises
    ------
    BadInput
        Where the units cannot keep up.
    """
    _check_stable(model)
    load, n = model.load_erlangs, model.n_units
    logs = np.array([k * math.log(load) - math.lgamma(k + 1) for k in range(n + 1)])
    if model.line == "infinite":
        logs[n] -= math.log1p(-load / n)  # one, two, ... calls waiting, each less likely by load / n
    chances = np.exp(logs - logs.max())
    return np.asarray(chances / chances.sum(), dtype=np.float64)


def solve_hypercube(model: HypercubeModel) -> Hypercube:
    """Return the exact answer.

    Parameters
    ----------
    model
        The model, of at most 18 units; with an infinite line it must be stable.

    Raises
    ------
    BadInput
        Where there are more units, or the units cannot keep up.
    """
    n = model.n_units
    if n > MOST_UNITS:
        raise BadInput(f"{n} units are too many to solve exactly. Expected at most {MOST_UNITS}.")
    marginals = busy_distribution(model)
    lists, group, rates = sorts_of_calls(model)
    states = np.empty(2**n)
    _settle(model, rates, lists, marginals, states)
    dispatched = np.zeros((n, len(lists)))
    kernel.first_choices(rates, lists, states, dispatched)
    utilisation = np.array([states.reshape(-1, 2, 2**unit)[:, 1].sum() for unit in range(n)])
    # From sorts of calls back to atoms: alike calls of several atoms share their group's dispatches by rate.
    part = np.divide(model.rates, rates[group], out=np.zeros_like(model.rates), where=model.rates > 0)
    direct = dispatched[:, group] * part / model.rates.sum()
    direct, share = shares(model, direct, marginals)
    return Hypercube(utilisation, float(marginals[n]), share, direct, states)


def sorts_of_calls(model: HypercubeModel) -> tuple[Integers, Integers, Floats]:
    """Return the different preference lists, which of them each atom has, and the rate of calls of each.

    Parameters
    ----------
    model
        The model.
    """
    lists, inverse = np.unique(model.preferences, axis=0, return_inverse=True)
    group = inverse.reshape(-1).astype(np.int64)
    rates = np.bincount(group, model.rates, len(lists)).astype(np.float64)
    return lists.astype(np.int64), group, rates


def shares(model: HypercubeModel, direct: Floats, chances: Floats) -> tuple[Floats, Floats]:
    """Return the shares of all dispatches that are made at once, and of all, from shares of all calls.

    Parameters
    ----------
    model
        The model.
    direct
        Share of all calls to which a free unit is sent at once, shape (units, atoms).
    chances
        The model's `busy_distribution`.
    """
    n = model.n_units
    if model.line == "zero":
        direct = direct / chances[:n].sum()
        return direct, direct
    return direct, direct + chances[n] * model.rates / model.rates.sum() / n


def _settle(model: HypercubeModel, rates: Floats, lists: Integers, marginals: Floats, states: Floats) -> None:
    weights = np.empty((states.size, model.n_units))
    kernel.inflow(rates, lists, model.service_rate, weights)
    arrival_rate = float(rates.sum())
    # While nobody waits both lines go through the same states alike: solve without a line, then give all busy its own.
    chances = marginals.copy()
    if model.line == "infinite":
        chances[-1] *= 1.0 - model.load_erlangs / model.n_units
    for relaxation, most_sweeps in _ATTEMPTS:
        sweeps = kernel.solve(
            weights, arrival_rate, model.service_rate, chances, relaxation, _TOLERANCE, most_sweeps, states
        )
        if sweeps <= most_sweeps and bool((states >= 0.0).all()):
            states[-1] = marginals[-1]
            return
    raise ConstabularyError("The probabilities of the hypercube model did not settle.")


def _check_stable(model: HypercubeModel) -> None:
    if not model.is_stable:
        raise BadInput(
            f"{model.load_erlangs:g} units would be busy on average and there are {model.n_units}: calls would wait "
            "without end. Give more units, or the zero line."
        )
