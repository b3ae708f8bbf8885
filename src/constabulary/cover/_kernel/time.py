"""The time between fixes: how much is known of it, and which visits it makes up."""

import numpy as np

from constabulary.numeric.compiled import compiled


@compiled
def intervals(unit, t, is_break, cap, low, high, histogram, is_gap, gaps):
    """Write which fixes are followed by a gap; return the microseconds of gaps, their number and that of fixes counted.

    Rows are sorted by unit, then time. histogram, by whole seconds, gets every interval that begins from low to high.
    A gap is an interval longer than cap, or one that leads to a fix after a break; it counts as far as it lies between
    low and high, and gaps gets unit, from and to of that. A unit's last fix is followed by a gap of no length.
    """
    unknown = 0
    n_gaps = 0
    n_fixes = 0
    for i in range(unit.size):
        n_fixes += low <= t[i] < high
        if i + 1 == unit.size or unit[i + 1] != unit[i]:
            is_gap[i] = True
            continue
        length = t[i + 1] - t[i]
        if low <= t[i] < high:
            histogram[min((length + 500_000) // 1_000_000, histogram.size - 1)] += 1
        if length > cap or is_break[i + 1]:
            is_gap[i] = True
            begin = max(t[i], low)
            end = min(t[i + 1], high)
            if begin < end:
                gaps[n_gaps, 0] = unit[i]
                gaps[n_gaps, 1] = begin
                gaps[n_gaps, 2] = end
                unknown += end - begin
                n_gaps += 1
    return unknown, n_gaps, n_fixes


@compiled
def visits(unit, t, area, label, is_gap, low, high, out):
    """Write visits (unit, area, label, from, to), each interval credited to the fix before it; return how many.

    A visit goes on while unit, area and label are the same and no time is missing. Nothing before low or after high
    counts. out is int64[at least the number of fixes, 5].
    """
    n = 0
    of = 0
    begin = 0
    end = 0
    for i in range(unit.size):
        if is_gap[i]:
            continue
        came = max(t[i], low)
        left = min(t[i + 1], high)
        if came >= left:
            continue
        if end > begin:
            if came == end and unit[i] == unit[of] and area[i] == area[of] and label[i] == label[of]:
                end = left
                continue
            _write(out[n], unit[of], area[of], label[of], begin, end)
            n += 1
        of = i
        begin = came
        end = left
    if end > begin:
        _write(out[n], unit[of], area[of], label[of], begin, end)
        n += 1
    return n


@compiled
def joined(visits, is_open, last, out):
    """Write to out the visits that end, and let go on those that are open; return how many end.

    The visits of each unit come in order; last[u] is the visit that unit u may still be on, if is_open[u]. Both have a
    place for every unit, and out one for every visit.
    """
    n = 0
    for i in range(visits.shape[0]):
        u = visits[i, 0]
        if is_open[u]:
            if visits[i, 3] == last[u, 4] and visits[i, 1] == last[u, 1] and visits[i, 2] == last[u, 2]:
                last[u, 4] = visits[i, 4]
                continue
            for k in range(5):
                out[n, k] = last[u, k]
            n += 1
        is_open[u] = True
        for k in range(5):
            last[u, k] = visits[i, k]
    return n


@compiled
def _write(row, unit, area, label, begin, end):
    row[0] = unit
    row[1] = area
    row[2] = label
    row[3] = begin
    row[4] = end


@compiled
def split_at(begin, end, bounds):
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


@compiled
def added_up(visits, bounds, hours, is_split, mask):
    """Return the time of each area, hour and label: cells int64[m, 4] and stays int64[k, 2].

    A cell is (area and hour, label, microseconds, microseconds of officers), area and hour being (area + 1) * 168 +
    hour and label what mask leaves of it; a stay is (unit, cell), once for each unit with time in a cell. hours tells
    the hour of the week that begins at each bound; bounds is sorted and begins at or before every visit. A visit is
    split at bounds, or is all in the hour in which it begins. All visits of one unit come together.
    """
    n = _n_pieces(visits, bounds) if is_split else visits.shape[0]
    cells = np.empty((n, 4), np.int64)
    met_by = np.empty(n, np.int64)
    stays = np.empty((n, 2), np.int64)
    # A cell's number stands in the table at a place that follows from its key, or at the next free one.
    size = 16
    while size < 2 * n:
        size *= 2
    table = np.full(size, -1, np.int32)
    n_cells = 0
    n_stays = 0
    b = 0
    for i in range(visits.shape[0]):
        unit, area, label, at, left = visits[i]
        n_officers = (label & 511) - 1
        if n_officers < 0:
            n_officers = 1
        label &= mask
        b = _passed(bounds, b, at)
        while at < left:
            end = left
            if is_split and b + 1 < bounds.size:
                end = min(left, bounds[b + 1])
            key = (area + 1) * 168 + hours[b]
            mixed = (key & 0x7FFFFFFF) * 0x9E3779B1 ^ ((label >> 9 ^ label >> 36) & 0x7FFFFFFF) * 0x85EBCA6B
            place = (mixed >> 15) & (size - 1)
            cell = table[place]
            while cell >= 0 and (cells[cell, 0] != key or cells[cell, 1] != label):
                place = (place + 1) & (size - 1)
                cell = table[place]
            if cell < 0:
                cell = n_cells
                n_cells += 1
                table[place] = cell
                cells[cell, 0] = key
                cells[cell, 1] = label
                cells[cell, 2] = 0
                cells[cell, 3] = 0
                met_by[cell] = -1
            cells[cell, 2] += end - at
            cells[cell, 3] += (end - at) * n_officers
            if met_by[cell] != unit:
                met_by[cell] = unit
                stays[n_stays, 0] = unit
                stays[n_stays, 1] = cell
                n_stays += 1
            at = end
            b += at < left
    return cells[:n_cells], stays[:n_stays]


@compiled
def _n_pieces(visits, bounds):
    """Return how many pieces bounds cut visits into."""
    n = visits.shape[0]
    b = 0
    for i in range(visits.shape[0]):
        b = _passed(bounds, b, visits[i, 3])
        c = b + 1
        while c < bounds.size and bounds[c] < visits[i, 4]:
            n += 1
            c += 1
    return n


@compiled
def _passed(bounds, b, at):
    """Return the number of the last bound at or before an instant; b, of one near it, is where to look first."""
    while bounds[b] > at:
        b -= 1
    while b + 1 < bounds.size and bounds[b + 1] <= at:
        b += 1
    return b
