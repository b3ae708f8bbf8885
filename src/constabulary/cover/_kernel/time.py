"""The time between fixes: how much is known of it, and which visits it makes up."""

import numpy as np

from constabulary.numeric.compiled import compiled


@compiled
def intervals(unit, t, is_break, cap, low, high, histogram, is_gap):  # type: ignore[no-untyped-def]
    """Write which fixes are followed by a gap; return the microseconds of gaps and their number.

    Rows are sorted by unit, then time. histogram, by whole seconds, gets every interval that begins from low to high.
    A gap is an interval longer than cap, or one that leads to a fix after a break; it counts as far as it lies between
    low and high. A unit's last fix is followed by a gap of no length.
    """
    unknown = 0
    n_gaps = 0
    for i in range(unit.size):
        if i + 1 == unit.size or unit[i + 1] != unit[i]:
            is_gap[i] = True
            continue
        length = t[i + 1] - t[i]
        if low <= t[i] < high:
            histogram[min((length + 500_000) // 1_000_000, histogram.size - 1)] += 1
        if length > cap or is_break[i + 1]:
            is_gap[i] = True
            part = min(t[i + 1], high) - max(t[i], low)
            if part > 0:
                unknown += part
                n_gaps += 1
    return unknown, n_gaps


@compiled
def visits(unit, t, area, label, is_gap, low, high, out):  # type: ignore[no-untyped-def]
    """Write visits (unit, area, label, from, to), each interval credited to the fix before it; return how many.

    A visit goes on while unit, area and label are the same and no time is missing. Nothing before low or after high
    counts. out is int64[at least the number of fixes, 5].
    """
    n = 0
    for i in range(unit.size):
        if is_gap[i]:
            continue
        begin = max(t[i], low)
        end = min(t[i + 1], high)
        if begin >= end:
            continue
        if (
            n > 0
            and out[n - 1, 4] == begin
            and out[n - 1, 0] == unit[i]
            and out[n - 1, 1] == area[i]
            and out[n - 1, 2] == label[i]
        ):
            out[n - 1, 4] = end
            continue
        out[n, 0] = unit[i]
        out[n, 1] = area[i]
        out[n, 2] = label[i]
        out[n, 3] = begin
        out[n, 4] = end
        n += 1
    return n


@compiled
def split_at(begin, end, bounds):  # type: ignore[no-untyped-def]
    """Cut stretches of time at bounds: return the stretch, the number of the last bound passed, and the length of each.

    bounds is sorted and begins at or before every stretch.
    """
    passed = np.searchsorted(bounds, begin, side="right") - 1
    n = 0
    for i in range(begin.size):
        n += 1
        b = passed[i] + 1
        while b < bounds.size and bounds[b] < end[i]:
            n += 1
            b += 1
    stretch = np.empty(n, np.int64)
    bound = np.empty(n, np.int64)
    length = np.empty(n, np.int64)
    n = 0
    for i in range(begin.size):
        at = begin[i]
        b = passed[i]
        while b + 1 < bounds.size and bounds[b + 1] < end[i]:
            stretch[n] = i
            bound[n] = b
            length[n] = bounds[b + 1] - at
            at = bounds[b + 1]
            n += 1
            b += 1
        stretch[n] = i
        bound[n] = b
        length[n] = end[i] - at
        n += 1
    return stretch, bound, length
