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
def quantiles(order, values, code, count, shares):  # type: ignore[no-untyped-def]
    """Return quantiles by group, between the two nearest values, not a number where there is none.

    Parameters
    ----------
    order, values
        Rows in ascending order of their values, and those values, int64[known rows] and float64[known rows].
    code
        The group of each row, int64[rows].
    count
        How many known rows each group has, int64[groups].
    shares
        Which quantiles, from 0 to 1, ascending, float64[shares].
    """
    found = np.full((shares.size, count.size), np.nan)
    seen = np.zeros(count.size, np.int64)
    # The next place in each group at which a value is wanted: all others are passed over.
    due = np.zeros(count.size, np.int64)
    for group in range(count.size):
        due[group] = shares[0] * (count[group] - 1)
    for k in range(order.size):
        group = code[order[k]]
        place = seen[group]
        seen[group] = place + 1
        if place != due[group]:
            continue
        due[group] = count[group]
        for number in range(shares.size):
            wanted = shares[number] * (count[group] - 1)
            low = np.int64(wanted)
            if place == low:
                found[number, group] = values[k]
            elif place == low + 1 and wanted > low:
                found[number, group] += (values[k] - found[number, group]) * (wanted - low)
            if low > place:
                due[group] = min(due[group], low)
            elif low == place and wanted > low:
                due[group] = place + 1
    return found
