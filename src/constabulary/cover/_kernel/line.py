"""Where the straight line between two fixes crosses borders."""

import numpy as np

from constabulary.numeric._kernel.point_to_area import NO_AREA, locate
from constabulary.numeric.compiled import compiled

# How far beyond its ends an edge still cuts a line, as a share of its length: a cut too many does no harm.
BEYOND = 1e-9


@compiled
def cut(t, x, y, area, is_gap, longest, frame, n_columns, n_rows, table, first, area_of, start, stop, edges):
    """Return rows of the fixes, those between included where a line enters another area, and their time and area.

    Only lines of at most `longest` are cut. A row in between repeats the fix before it; the index is named by `locate`.
    """
    size = t.size + 1024
    row = np.empty(size, np.int64)
    at = np.empty(size, np.int64)
    where = np.empty(size, np.int32)
    cuts = np.empty(256)
    middle_x = np.empty(1)
    middle_y = np.empty(1)
    found = np.empty(1, np.int32)
    n = 0
    for i in range(t.size):
        if n + cuts.size + 2 > size:
            size = 2 * size + cuts.size
            row = _longer(row, size)
            at = _longer(at, size)
            where = _longer(where, size)
        row[n] = i
        at[n] = t[i]
        where[n] = area[i]
        n += 1
        if is_gap[i] or t[i + 1] - t[i] > longest:
            continue
        cuts, n_cuts = _crossings(
            x[i], y[i], x[i + 1], y[i + 1], frame, n_columns, n_rows, table, first, start, stop, edges, cuts
        )
        if n_cuts == 0:
            continue
        if n + n_cuts + 2 > size:
            size = 2 * size + n_cuts
            row = _longer(row, size)
            at = _longer(at, size)
            where = _longer(where, size)
        cuts[:n_cuts].sort()
        begin = 0.0
        now = area[i]
        for c in range(n_cuts + 1):
            end = cuts[c] if c < n_cuts else 1.0
            if end - begin <= 1e-12:
                continue
            middle = 0.5 * (begin + end)
            # A list of one: the look-up of a list is the one that is fast.
            middle_x[0] = x[i] + middle * (x[i + 1] - x[i])
            middle_y[0] = y[i] + middle * (y[i + 1] - y[i])
            locate(
                middle_x, middle_y, frame, n_columns, n_rows, table, first, area_of, start, stop, edges, found
            )  # fmt: skip
            if found[0] != now:
                row[n] = i
                at[n] = t[i] + np.int64(np.round(begin * (t[i + 1] - t[i])))
                where[n] = found[0]
                n += 1
                now = found[0]
            begin = end
    return row[:n], at[:n], where[:n]


@compiled
def _longer(array, size):
    longer = np.empty(size, array.dtype)
    longer[: array.size] = array
    return longer


@compiled
def _cell(value, least, scale, n):
    """Return the grid row or column of a coordinate, the nearest one where it lies outside."""
    return int(min(max((value - least) * scale, 0.0), n - 1.0))


@compiled
def _crossings(x1, y1, x2, y2, frame, n_columns, n_rows, table, first, start, stop, edges, cuts):
    """Write how far along the line (0 to 1) each edge near it is met; return the list, longer if need be, and how many.

    None are written where all the cells around the line lie in one area.
    """
    x_min, x_max, y_min, y_max, x_scale, y_scale = frame
    left = min(x1, x2)
    right = max(x1, x2)
    bottom = min(y1, y2)
    top = max(y1, y2)
    if right < x_min or left > x_max or top < y_min or bottom > y_max:
        return cuts, 0
    first_column = max(_cell(left, x_min, x_scale, n_columns) - 1, 0)
    last_column = min(_cell(right, x_min, x_scale, n_columns) + 1, n_columns - 1)
    first_row = max(_cell(bottom, y_min, y_scale, n_rows) - 1, 0)
    last_row = min(_cell(top, y_min, y_scale, n_rows) + 1, n_rows - 1)
    n = 0
    for r in range(first_row, last_row + 1):
        for c in range(first_column, last_column + 1):
            value = table[r * n_columns + c]
            if value >= NO_AREA:
                continue
            k = -2 - value
            for candidate in range(first[k], first[k + 1]):
                for e in range(start[candidate], stop[candidate]):
                    ax = edges[e, 0]
                    ay = edges[e, 1]
                    bx = edges[e, 2]
                    by = edges[e, 3]
                    if max(ax, bx) < left or min(ax, bx) > right or by < bottom or ay > top:
                        continue
                    across = (x2 - x1) * (by - ay) - (y2 - y1) * (bx - ax)
                    if across == 0.0:
                        continue
                    s = ((ax - x1) * (by - ay) - (ay - y1) * (bx - ax)) / across
                    u = ((ax - x1) * (y2 - y1) - (ay - y1) * (x2 - x1)) / across
                    if 0.0 < s < 1.0 and -BEYOND <= u <= 1.0 + BEYOND:
                        if n == cuts.size:
                            cuts = _longer(cuts, 2 * n)
                        cuts[n] = s
                        n += 1
    return cuts, n
