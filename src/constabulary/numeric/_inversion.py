"""How long a class of callers waits for its turn: the transform of its wait, turned back into a probability.

References
----------
J. Abate and W. Whitt, Numerical inversion of Laplace transforms of probability distributions, ORSA Journal on
Computing 7 (1995): the Euler method.
"""

from __future__ import annotations

import math

import numpy as np

_ACCURACY = 18.4  # the error of the method is about exp(-_ACCURACY)
_SOON = 1e-8
_N_TERMS = 30
_N_MEANS = 15


def later_than(turns: float, use_before: float, use: float) -> float:
    """Return the probability that a caller who must wait does so for longer than a time.

    All agents busy, calls of this class and those before it are a queue served one a turn. As long as they are, the
    number waiting is geometric; each caller ahead, and each turn, also lets in those of the classes before who come
    meanwhile.

    Parameters
    ----------
    turns
        The time, in mean times between two agents becoming free.
    use_before
        Share of the agents' time that the classes before this one need.
    use
        The same with this class, under 1.
    """
    if turns < _SOON:
        return 1.0 - (1.0 - use) * turns  # at most one turn comes so soon
    if use_before == 0.0:
        return math.exp(-(1.0 - use) * turns)
    k = np.arange(_N_TERMS + _N_MEANS + 1)
    s = (_ACCURACY + 2j * math.pi * k) / (2.0 * turns)
    inner = 1.0 + use_before + s
    # Of the two roots the one within the unit circle, in the form that does not cancel.
    busy = 2.0 / (inner + np.sqrt(inner * inner - 4.0 * use_before))
    values = ((1.0 - (1.0 - use) * busy / (1.0 - use * busy)) / s).real
    values[0] *= 0.5
    partial = np.cumsum(np.where(k % 2 == 0, values, -values))[_N_TERMS:]
    weights = np.array([math.comb(_N_MEANS, j) for j in range(_N_MEANS + 1)]) / 2.0**_N_MEANS
    later = float(math.exp(_ACCURACY / 2.0) / turns * (weights @ partial))
    return min(1.0, max(0.0, later))
