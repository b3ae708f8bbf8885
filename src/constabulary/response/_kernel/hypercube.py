"""The hypercube queueing model, solved without a matrix: one probability for each set of busy units.

A state is a whole number whose bit n says that unit n is busy. `groups` are sorts of calls that share a preference
list: their rates (1/h), float64[groups], and their lists, int64[groups, units], the first choice first.
"""

import numpy as np

from constabulary.numeric.compiled import compiled


@compiled
def inflow(rates, lists, service_rate, weights):
    """Write weights[state, unit]: the rate at which the state is entered from the one in which the unit differs.

    By a dispatch where the unit is busy in the state, by its becoming free where it is not.
    """
    n_states, n_units = weights.shape
    row = np.zeros(n_units)
    for state in range(n_states):
        row[:] = 0.0
        if state < n_states - 1:
            for g in range(rates.size):
                row[_first_free(lists[g], state)] += rates[g]
        for n in range(n_units):
            if not (state >> n) & 1:
                weights[state, n] = service_rate
                weights[state | (1 << n), n] = row[n]


@compiled
def solve(weights, arrival_rate, service_rate, marginals, relaxation, tolerance, most_sweeps, states):
    """Write the probability of each state and return the sweeps made; `most_sweeps` + 1 where they did not settle.

    Gauss and Seidel's method, over-relaxed. How many units are busy is known beforehand (marginals, float64
    [units + 1]), so after every sweep the states with k units busy are scaled to their known sum; settled is when for
    every k the changes of a sweep are together under `tolerance` of that sum.
    """
    n_states, n_units = weights.shape
    busy = np.zeros(n_states, np.int64)
    n_with = np.zeros(n_units + 1)
    n_with[0] = 1.0
    for state in range(1, n_states):
        busy[state] = busy[state >> 1] + (state & 1)
        n_with[busy[state]] += 1.0
    for state in range(n_states):
        states[state] = marginals[busy[state]] / n_with[busy[state]]
    before = states.copy()
    stay = 1.0 / (arrival_rate + service_rate * np.arange(n_units + 1))
    scale = np.empty(n_units + 1)
    changes = np.empty(n_units + 1)
    for sweep in range(1, most_sweeps + 1):
        for state in range(1, n_states - 1):
            entered = 0.0
            for n in range(n_units):
                entered += weights[state, n] * states[state ^ (1 << n)]
            states[state] += relaxation * (entered * stay[busy[state]] - states[state])
        scale[:] = 0.0
        for state in range(n_states):
            scale[busy[state]] += states[state]
        for k in range(n_units + 1):
            scale[k] = marginals[k] / scale[k] if scale[k] > 0.0 else 0.0
        changes[:] = 0.0
        for state in range(n_states):
            k = busy[state]
            states[state] *= scale[k]
            changes[k] += abs(states[state] - before[state])
            before[state] = states[state]
        if (changes <= tolerance * marginals).all():
            return sweep
    return most_sweeps + 1


@compiled
def first_choices(rates, lists, states, dispatched):
    """Write dispatched[unit, group]: the rate at which the unit, free, is sent to calls of the group."""
    n_states = states.size
    for state in range(n_states - 1):
        for g in range(rates.size):
            dispatched[_first_free(lists[g], state), g] += rates[g] * states[state]


@compiled
def _first_free(choices, state):
    """Return the first unit of a list that is free; there is one."""
    k = 0
    while (state >> choices[k]) & 1:
        k += 1
    return choices[k]
