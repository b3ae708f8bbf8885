"""Queues of n like agents: Erlang B, C and A, and the least number of agents that meet a target.

Loads are in erlangs and times in units of the mean handling time, so arrival rate and load are one number. Everything
is made of sums of positive terms: nothing is lost where two large numbers nearly cancel.
"""

import math

import numpy as np

from constabulary.numeric.compiled import compiled

# What the five columns of an Erlang A result are.
WAIT_PROBABILITY, ABANDONED, ANSWERED_WITHIN, ABANDONED_WITHIN, ANSWERED_WAIT = range(5)
N_COLUMNS = 5

# Beyond this many e-folds below its peak the integrand of Erlang A adds less than the last digit.
_REACH = 40.0
_N_PANELS = 6
# Gauss and Legendre's rule for 16 points on (-1, 1): the positive half.
_NODES = (
    0.09501250983763744,
    0.2816035507792589,
    0.45801677765722737,
    0.6178762444026438,
    0.7554044083550030,
    0.8656312023878318,
    0.9445750230732326,
    0.9894009349916499,
)
_WEIGHTS = (
    0.1894506104550685,
    0.1826034150449236,
    0.1691565193950025,
    0.1495959888165767,
    0.1246289712555339,
    0.0951585116824928,
    0.0622535239386479,
    0.0271524594117541,
)


@compiled
def blocking_inverse(load, n_agents):
    """Return 1 / B(load, n), infinite where it leaves the range of doubles; load above 0.

    As plain Python the sums are made of Python's floats: these become infinite where NumPy's would warn as well.
    """
    inverse = 1.0
    each = 1.0 / float(load)
    for n in range(1, n_agents + 1):
        inverse = 1.0 + inverse * (n * each)
    return inverse


@compiled
def wait_probability_c(load, n_agents, inverse):
    """Return C(load, n) from 1 / B(load, n); load under n."""
    return n_agents / (float(n_agents - load) * inverse + load)


@compiled
def erlang_b(load, n_agents, blocking):
    """Write the share of calls that meet all agents busy and are lost."""
    for i in range(load.size):
        if load[i] == 0.0:
            blocking[i] = 1.0 if n_agents[i] == 0 else 0.0
        else:
            blocking[i] = 1.0 / blocking_inverse(load[i], n_agents[i])


@compiled
def erlang_c(load, n_agents, wait_probability):
    """Write the probability of waiting; not a number where the load is not under the agents."""
    for i in range(load.size):
        if load[i] >= n_agents[i]:
            wait_probability[i] = np.nan
        elif load[i] == 0.0:
            wait_probability[i] = 0.0
        else:
            wait_probability[i] = wait_probability_c(
                load[i], n_agents[i], blocking_inverse(load[i], n_agents[i])
            )


@compiled
def agents_for_c(load, within, share, most, n_agents):
    """Write the least agents of whom `share` of callers are answered within `within`; `most` + 1: not enough."""
    for i in range(load.size):
        a = load[i]
        if a == 0.0:
            n_agents[i] = 0
            continue
        allowed = 1.0 - share[i]
        inverse = 1.0
        each = 1.0 / float(a)
        n = 0
        while n <= most:
            n += 1
            inverse = 1.0 + inverse * (n * each)
            if n > a:
                wait = wait_probability_c(a, n, inverse)
                if wait <= allowed or wait * math.exp(-(n - a) * within[i]) <= allowed:
                    break
        n_agents[i] = n


@compiled
def erlang_a(load, n_agents, patience, within, results):
    """Write one row of results a queue, its columns those named above; patience and within in handling times."""
    for i in range(load.size):
        one_erlang_a(load[i], n_agents[i], patience[i], within[i], results[i])


@compiled
def agents_for_a(load, patience, within, share, most, n_agents):
    """Write the least agents who answer `share` of all callers within `within`; `most` + 1: not enough."""
    row = np.zeros(N_COLUMNS)
    for i in range(load.size):
        n_agents[i] = 0
        if load[i] > 0.0 and share[i] > 0.0:
            n_agents[i] = _one_sizing(load[i], patience[i], within[i], share[i], most, row)


@compiled
def _one_sizing(load, patience, within, share, most, row):
    """Return the least agents of one queue: bracketed in steps of a square root, then closed in on by a line."""
    stride = 1 + int(math.sqrt(load))
    few, enough = 0, most + 1
    met_by_few, met_by_enough = 0.0, 1.0
    n = min(most, int(load) + 1)
    turn = 0
    while enough - few > 1:
        one_erlang_a(load, n, patience, within, row)
        if row[ANSWERED_WITHIN] >= share:
            enough, met_by_enough = n, row[ANSWERED_WITHIN]
        else:
            few, met_by_few = n, row[ANSWERED_WITHIN]
        turn += 1
        if enough > most:
            n = min(most, few + stride)
            stride *= 2
            if few == most:
                break
        elif few == 0 and stride < enough:
            n = enough - stride
            stride *= 2
        elif turn % 3 == 0:
            n = (few + enough) // 2
        elif turn % 3 == 1:
            part = (share - met_by_few) / (met_by_enough - met_by_few)
            n = few + math.ceil(part * (enough - few))
        else:  # beside the last: if it is on the other side, that is all
            n = n - 1 if n == enough else n + 1
        n = max(few + 1, min(n, enough - 1))
    return enough


@compiled
def one_erlang_a(load, n_agents, patience, within, row):
    """Write the row of one queue.

    A caller of endless patience would wait V. Where V > 0 its density is proportional to
    exp(load * patience * (1 - exp(-u / patience)) - n * u) (Baccelli and Hebuterne), which has one peak. It is
    integrated by Gauss and Legendre's rule over the stretch where it matters, with a cut at `within`.
    """
    row[:] = 0.0
    if load == 0.0:
        row[ANSWERED_WITHIN] = 1.0
        return
    if n_agents == 0:
        row[WAIT_PROBABILITY] = 1.0
        row[ABANDONED] = 1.0
        row[ABANDONED_WITHIN] = -math.expm1(-within / patience)
        return
    peak = patience * max(0.0, math.log(load / n_agents))
    inflow = min(load, float(n_agents))  # the arrivals still patient at the peak
    first = max(0.0, _edge(peak, -1.0, inflow, n_agents, patience))
    last = _edge(peak, 1.0, inflow, n_agents, patience)
    cut = min(max(within, first), last)
    early = _integrals(first, cut, peak, inflow, n_agents, patience)
    late = _integrals(cut, last, peak, inflow, n_agents, patience)
    total = early[0] + early[1] + late[0] + late[1]
    # 1 / A of Garnett, Mandelbaum and Reiman, A being the mean time that all are busy over a mean service of all.
    height = 0.0 if load <= n_agents else n_agents * patience * _rise(load / n_agents)
    inverse_a = math.exp(-height) / (n_agents * total)
    inverse_b = blocking_inverse(load, n_agents)
    wait = 1.0 / (1.0 + inverse_a * (inverse_b - 1.0))
    row[WAIT_PROBABILITY] = wait
    row[ABANDONED] = wait * (early[1] + late[1]) / total
    answered_early = wait * early[0] / total
    row[ANSWERED_WITHIN] = 1.0 - wait + answered_early
    # Abandoned before `within`: those whom V would have made wait longer but who left, and those with V before it.
    row[ABANDONED_WITHIN] = wait * (
        early[1] / total - math.expm1(-within / patience) * (late[0] + late[1]) / total
    )
    answered = early[0] + late[0]
    row[ANSWERED_WAIT] = wait * (early[2] + late[2]) / total / (1.0 - wait + wait * answered / total)


@compiled
def _rise(ratio):
    """Return ratio - 1 - log(ratio) for a ratio above 1, exact near 1 too."""
    excess = ratio - 1.0
    if excess > 1e-3:
        return excess - math.log(ratio)
    return excess * excess * (0.5 - excess * (1.0 / 3.0 - excess * (0.25 - excess * 0.2)))


@compiled
def _log_density(u, peak, inflow, n_agents, patience):
    """Return the logarithm of the density of V at u over that at its peak."""
    away = u - peak
    w = away / patience
    bend = -math.expm1(-w) - w
    if abs(w) < 1e-3:
        bend = -w * w * (0.5 - w * (1.0 / 6.0 - w * (1.0 / 24.0 - w / 120.0)))
    return (inflow - n_agents) * away + inflow * patience * bend


@compiled
def _edge(peak, side, inflow, n_agents, patience):
    """Return where the density leaves its reach, left (side -1) of its peak or right (1); below 0 where it does not."""
    near = 0.0
    far = side / n_agents
    while peak + far > 0.0 and _log_density(peak + far, peak, inflow, n_agents, patience) > -_REACH:
        near = far
        far *= 2.0
    if peak + far > 0.0:
        for _ in range(5):
            middle = 0.5 * (near + far)
            if _log_density(peak + middle, peak, inflow, n_agents, patience) > -_REACH:
                near = middle
            else:
                far = middle
    return peak + far


@compiled
def _integrals(start, stop, peak, inflow, n_agents, patience):
    """Return over start to stop: V of those still there, of those gone by then, and time times the first."""
    knee = peak + _REACH * patience  # by then all are gone, and what is left may be far wider
    if not start < knee < stop:
        return _panels(start, stop, peak, inflow, n_agents, patience)
    there, gone, waited = _panels(start, knee, peak, inflow, n_agents, patience)
    there_after, gone_after, waited_after = _panels(knee, stop, peak, inflow, n_agents, patience)
    return there + there_after, gone + gone_after, waited + waited_after


@compiled
def _panels(start, stop, peak, inflow, n_agents, patience):
    """Return the integrals by Gauss and Legendre's rule on panels of one width."""
    there = 0.0
    gone = 0.0
    waited = 0.0
    half = 0.5 * (stop - start) / _N_PANELS
    for panel in range(_N_PANELS if stop > start else 0):
        middle = start + (2 * panel + 1) * half
        for k in range(8):
            for sign in (-1.0, 1.0):
                u = middle + sign * half * _NODES[k]
                weight = _WEIGHTS[k] * half * math.exp(_log_density(u, peak, inflow, n_agents, patience))
                left = -math.expm1(-u / patience)
                there += weight * (1.0 - left)
                gone += weight * left
                waited += weight * (1.0 - left) * u
    return there, gone, waited
