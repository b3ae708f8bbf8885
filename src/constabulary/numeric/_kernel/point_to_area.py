"""The grid over areas: how it is filled, and how a point is looked up in it.

An edge is a row (x1, y1, x2, y2) with y1 <= y2. Rows and columns of the grid come from one rounding rule,
`_index`, for edges and points alike: as it never falls when the coordinate rises, what lies between two
points lies between their cells, whatever the rounding.
"""

import numpy as np

from constabulary.numeric._kernel.exact_sign import SMALLEST, side_of_line
from constabulary.numeric.compiled import compiled

NO_AREA = -1


@compiled
def locate(x, y, frame, n_columns, n_rows, table, first, area, start, stop, edges, found):
    """Write the area number of each point (x, y) to found; NO_AREA where there is none.

    frame is (x_min, x_max, y_min, y_max, columns a unit of x, rows a unit of y). table holds for each cell an
    area number, NO_AREA, or -2 - k for the k-th cell that has a border in it, whose candidates are
    first[k]:first[k + 1] of (area, start, stop), start:stop being rows of edges; none means the whole cell.
    """
    x_min, x_max, y_min, y_max, x_scale, y_scale = frame
    for i in range(x.size):
        px = x[i]
        py = y[i]
        if i > 0 and px == x[i - 1] and py == y[i - 1]:
            # Most units stand still most of the time.
            found[i] = found[i - 1]
            continue
        if abs(px) < SMALLEST:
            px = 0.0
        if abs(py) < SMALLEST:
            py = 0.0
        if not (x_min <= px <= x_max and y_min <= py <= y_max):
            found[i] = NO_AREA
            continue
        cell = _index(py, y_min, y_scale, n_rows) * n_columns + _index(px, x_min, x_scale, n_columns)
        answer = table[cell]
        if answer < NO_AREA:
            k = -2 - answer
            answer = NO_AREA
            for c in range(first[k], first[k + 1]):
                if start[c] == stop[c] or _covers(edges, start[c], stop[c], px, py):
                    answer = area[c]
                    break
        found[i] = answer


@compiled
def spans(edges, frame, n_columns, n_rows, x_slack, y_slack):
    """Return for each edge and each grid row it touches: row, edge, first and last column, int32[m, 4].

    The columns may be too many, never too few: slack (in x, in y) is more than the rounding of what is worked
    out.
    """
    _, _, y_min, _, _, y_scale = frame
    m = 0
    for e in range(edges.shape[0]):
        m += _index(edges[e, 3], y_min, y_scale, n_rows) - _index(edges[e, 1], y_min, y_scale, n_rows) + 1
    out = np.empty((m, 4), np.int32)
    k = 0
    for e in range(edges.shape[0]):
        low_row = _index(edges[e, 1], y_min, y_scale, n_rows)
        high_row = _index(edges[e, 3], y_min, y_scale, n_rows)
        for row in range(low_row, high_row + 1):
            out[k, 0] = row
            out[k, 1] = e
            out[k, 2], out[k, 3] = _columns_in_row(
                edges[e], row, low_row, high_row, frame, n_columns, x_slack, y_slack
            )
            k += 1
    return out


@compiled
def _columns_in_row(edge, row, low_row, high_row, frame, n_columns, x_slack, y_slack):
    """Return the first and last column that an edge may touch within one grid row."""
    x_min, _, y_min, _, x_scale, y_scale = frame
    x1, y1, x2, y2 = edge
    left = min(x1, x2)
    right = max(x1, x2)
    if low_row < high_row:
        at_low = x1
        at_high = x2
        if row > low_row:
            at_low = x1 + (x2 - x1) * max(0.0, (y_min + row / y_scale - y_slack - y1) / (y2 - y1))
        if row < high_row:
            at_high = x1 + (x2 - x1) * min(1.0, (y_min + (row + 1) / y_scale + y_slack - y1) / (y2 - y1))
        left = max(left, min(at_low, at_high) - x_slack)
        right = min(right, max(at_low, at_high) + x_slack)
    return _index(left, x_min, x_scale, n_columns), _index(right, x_min, x_scale, n_columns)


@compiled
def fill(edges, row, area, low, high, frame, n_columns, whole, borders):
    """Write which area fills each cell wholly and which cells have a border in them; return how many borders.

    edges, row, area, low and high (columns) are those of `spans`, sorted by row, area, low. whole, NO_AREA
    before, gets the lowest area number that fills the cell. borders gets a row (cell, area, start, stop) for
    each cell and area whose border may touch it; start:stop are rows of edges.
    """
    x_min, _, y_min, _, x_scale, y_scale = frame
    n_borders = 0
    begin = 0
    while begin < row.size:
        end = begin
        while end < row.size and row[end] == row[begin] and area[end] == area[begin]:
            end += 1
        base = row[begin] * n_columns
        y_mid = y_min + (row[begin] + 0.5) / y_scale
        column = low[begin]
        reach = column - 1
        stop = begin
        while column <= reach or stop < end:
            while stop < end and low[stop] <= column:
                reach = max(reach, high[stop])
                stop += 1
            if column <= reach:
                borders[n_borders, 0] = base + column
                borders[n_borders, 1] = area[begin]
                borders[n_borders, 2] = begin
                borders[n_borders, 3] = stop
                n_borders += 1
                column += 1
                continue
            # No border touches the cells up to the next edge: one point speaks for all of them.
            if _covers(edges, begin, stop, x_min + (column + 0.5) / x_scale, y_mid):
                for c in range(base + column, base + low[stop]):
                    if whole[c] == NO_AREA:
                        whole[c] = area[begin]
            column = low[stop]
        begin = end
    return n_borders


@compiled
def _index(value, least, scale, n):
    """Return the grid row or column of a coordinate not below least."""
    return min(int((value - least) * scale), n - 1)


@compiled
def _covers(edges, start, stop, x, y):
    """Whether a point is within the rings made of these edges, or on one of them.

    Counts the edges that a line from the point to the left crosses; an edge owns its lower end and not its
    upper.
    """
    inside = False
    for e in range(start, stop):
        y1 = edges[e, 1]
        y2 = edges[e, 3]
        if y < y1 or y > y2:
            continue
        x1 = edges[e, 0]
        x2 = edges[e, 2]
        if y == y2:
            if x == x2 or (y1 == y2 and min(x1, x2) <= x <= max(x1, x2)):
                return True
            continue
        if x1 < x and x2 < x:
            inside = not inside
        elif x1 <= x or x2 <= x:
            side = side_of_line(x1, y1, x2, y2, x, y)
            if side == 0:
                return True
            if side < 0:
                inside = not inside
    return inside
