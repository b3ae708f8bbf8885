"""Picking weighted things and finding quantiles of groups: one walk over many rows."""

import numpy as np

from constabulary.numeric.compiled import compiled


@compiled
def pick(uniform, edges, guide, last):
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
def quantiles(order, values, code, groups, n_groups, shares):
    """Return quantiles by group, between the two nearest values, not a number where there is none.

    Parameters
    ----------
    order, values
        Rows in ascending order of their values, and those values, int64[known rows] and float64[known rows].
    code
        The cell of each row, int64[rows].
    groups
        The group of each cell in each of several groupings, int64[groupings, cells]; groups of all are numbered on.
    n_groups
        How many groups there are in all.
    shares
        Which quantiles, from 0 to 1, ascending, float64[shares].
    """
    found = np.full((shares.size, n_groups), np.nan)
    seen = np.zeros(n_groups, np.int64)
    in_cell = np.zeros(groups.shape[1], np.int64)
    for k in range(order.size):
        in_cell[code[order[k]]] += 1
    count = np.zeros(n_groups, np.int64)
    for grouping in range(groups.shape[0]):
        for cell in range(groups.shape[1]):
            count[groups[grouping, cell]] += in_cell[cell]
    # The next place in each group at which a value is wanted: all others are passed over.
    due = np.zeros(n_groups, np.int64)
    for group in range(n_groups):
        due[group] = shares[0] * (count[group] - 1)
    for k in range(order.size):
        cell = code[order[k]]
        for grouping in range(groups.shape[0]):
            group = groups[grouping, cell]
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
