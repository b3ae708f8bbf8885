"""Picking weighted things and finding quantiles of groups: one walk over many rows."""

import numpy as np

from constabulary.numeric.compiled import compiled


@compiled
def pick(uniform, edges, guide, last):  # type: ignore[no-untyped-def]
    """Return the first place whose edge is above each number times the last edge.

    Parameters
    ----------
    uniform
        Numbers from 0 to 1, float64[rows].
    edges
        Weights added up, ascending, float64[places].
    guide
        A place that is not beyond the one of any number in a stretch of 0 to 1, for equal stretches, int64[stretches].
    last
        The last place there is.
    """
    found = np.empty(uniform.size, np.int64)
    for row in range(uniform.size):
        mark = uniform[row] * edges[-1]
        place = guide[min(np.int64(uniform[row] * guide.size), guide.size - 1)]
        while place < last and edges[place] <= mark:
            place += 1
        found[row] = min(place, last)
    return found


@compiled
def quantiles(order, values, code, n, shares):  # type: ignore[no-untyped-def]
    """Return quantiles by group, between the two nearest values, not a number where there is none.

    Parameters
    ----------
    order
        Rows in ascending order of their values, int64[known rows]; rows that are not in it do not count.
    values, code
        The value of each row and its group, float64[rows] and int64[rows].
    n
        How many groups.
    shares
        Which quantiles, from 0 to 1, float64[shares].
    """
    last = np.full(n, -1)
    for row in order:
        last[code[row]] += 1
    found = np.full((shares.size, n), np.nan)
    seen = np.zeros(n, np.int64)
    for row in order:
        group = code[row]
        place = seen[group]
        seen[group] += 1
        for k in range(shares.size):
            wanted = shares[k] * last[group]
            low = np.int64(wanted)
            if place == low:
                found[k, group] = values[row]
            elif place == low + 1 and wanted > low:
                found[k, group] += (values[row] - found[k, group]) * (wanted - low)
    return found
