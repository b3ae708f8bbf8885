"""The cleaning of fixes: why each is kept or removed. See `constabulary.cover.clean` for the rules in words."""

import numpy as np

from constabulary.numeric._kernel.fetching import fetch_ahead
from constabulary.numeric.compiled import compiled

KEPT = 0
DUPLICATE = 1
CLOCK_OFFSET = 2
STUCK = 3
IMPOSSIBLE_JUMP = 4

FAST = 1 << 11
"""A mark in a label, which has this bit free: the unit reports that it moves."""
SOON = 4
"""Rows from the one written to the one fetched: the next line of memory, which the unit's next fixes go to."""


@compiled
def count(units, unit, day, first_day, n_days, n_fixes):
    """Add to n_fixes those of each unit's days: day d of unit u, from first_day on, has place u * n_days + d."""
    for i in range(units.size):
        n_fixes[unit[units[i]] * n_days + day[i] - first_day] += 1


@compiled
def bring_together(names, columns, numbers, row, first_day, n_days, fastest, free, together, block):
    """Write rows to the next free places of their unit's days, in the order they came; row is the number of the first.

    names are the codes of unit, role and status, and numbers what stands for each: the number of the unit, the label of
    the role and that of the status. A label is marked `FAST` where the unit reports more than the fastest speed at
    which a receiver may stand still. together is row, t, x, y and label; block holds all of these but row.
    """
    units, roles, statuses = names
    day, t, x, y, crew_size, speed = columns
    unit, role, status = numbers
    out_row, out_t, out_x, out_y, out_label = together
    last = block.shape[0] - 1
    for i in range(units.size):
        g = unit[units[i]] * n_days + day[i] - first_day
        to = free[g]
        free[g] = to + 1
        label = role[roles[i]] | status[statuses[i]] | (crew_size[i] + 1)
        out_row[to] = row + i
        out_t[to] = t[i]
        out_x[to] = x[i]
        out_y[to] = y[i]
        out_label[to] = label | (FAST if speed[i] >= fastest else 0)
        # Each unit's next place is far from the last one written: the loop would wait for it.
        fetch_ahead(block[min(to + SOON, last)])


@compiled
def clean(starts, n_days, together, speed, source, limits, reason, columns):
    """Write why each row is removed; return how many are kept and how many were put in order.

    together is as `bring_together` left it, each unit's days beginning at starts. columns gets row, t, x, y, label,
    unit and is_break of the fixes that are kept, by unit, then time. limits is (speed limit and slack of a jump in
    degrees/us and degrees, fixes that confirm one, us a clock must step back, degrees/us in one unit of speed).
    """
    row, t, x, y, label, unit, is_break = columns
    fate = np.zeros(t.size, np.uint8)
    begin = 0
    n_moved = 0
    for g in range(starts.size - 1):
        end, is_rising = _copied(starts[g], starts[g + 1], together, begin, columns)
        if not is_rising:
            moved = _n_out_of_order(begin, end, t)
            n_moved += moved
            if moved > 0:
                came = _put_in_order(begin, end, columns)
            n_removed = _duplicates(begin, end, t, x, y, label, fate)
            if moved > 0:
                # A clock that was put back leaves fixes out of order.
                n_removed += _clock_offsets(came, t, row, source, limits, fate)
            if n_removed > 0:
                end = _closed_up(begin, end, columns, fate, reason)
        if _is_odd(begin, end, t, x, y, label, limits):
            if _stuck(begin, end, columns, speed, limits, fate) > 0:
                end = _closed_up(begin, end, columns, fate, reason)
            if _jumps(begin, end, t, x, y, limits, fate, is_break) > 0:
                end = _closed_up(begin, end, columns, fate, reason)
        for k in range(begin, end):
            unit[k] = g // n_days
            label[k] &= ~FAST
        begin = end
    return begin, n_moved


@compiled
def _copied(begin, end, together, to, columns):
    """Copy fixes to columns from a place on; return where they end there, and whether each is later than the last."""
    row, t, x, y, label = together
    out_row, out_t, out_x, out_y, out_label, _, is_break = columns
    is_rising = True
    for k in range(begin, end):
        is_rising &= k == begin or t[k] > t[k - 1]
        out_row[to] = row[k]
        out_t[to] = t[k]
        out_x[to] = x[k]
        out_y[to] = y[k]
        out_label[to] = label[k]
        is_break[to] = False
        to += 1
    return to, is_rising


@compiled
def _put_in_order(begin, end, columns):
    """Sort fixes by time; return where each went, in the order they came."""
    row, t, x, y, label, _, _ = columns
    order = begin + np.argsort(t[begin:end], kind="mergesort")
    row[begin:end] = row[order]
    t[begin:end] = t[order]
    x[begin:end] = x[order]
    y[begin:end] = y[order]
    label[begin:end] = label[order]
    came = np.empty_like(order)
    for k in range(order.size):
        came[order[k] - begin] = begin + k
    return came


@compiled
def _closed_up(begin, end, columns, fate, reason):
    """Move the fixes that are kept together; return where they end. Their fate is to be kept."""
    row, t, x, y, label, _, is_break = columns
    to = begin
    for k in range(begin, end):
        if fate[k] != KEPT:
            reason[row[k]] = fate[k]
            fate[k] = KEPT
            continue
        row[to] = row[k]
        t[to] = t[k]
        x[to] = x[k]
        y[to] = y[k]
        label[to] = label[k]
        is_break[to] = is_break[k]
        to += 1
    return to


@compiled
def _n_out_of_order(begin, end, t):
    """Return how many fixes came after a later one."""
    n_moved = 0
    latest = begin
    for k in range(begin, end):
        if t[k] < t[latest]:
            n_moved += 1
        else:
            latest = k
    return n_moved


@compiled
def _duplicates(begin, end, t, x, y, label, fate):
    """Mark fixes that repeat another; return how many."""
    n = 0
    for k in range(begin + 1, end):
        back = k - 1
        while back >= begin and t[back] == t[k]:
            if x[back] == x[k] and y[back] == y[k] and (label[back] ^ label[k]) & ~FAST == 0:
                fate[k] = DUPLICATE
                n += 1
                break
            back -= 1
    return n


@compiled
def _clock_offsets(came, t, row, source, limits, fate):
    """Remove what a clock that was put back had told of minutes that are told again after it; return how many."""
    step = limits[3]
    rows = came[fate[came] == KEPT]
    n_steps = 0
    for k in range(1, rows.size):
        n_steps += _steps_back(rows, k, t, step) and source[row[rows[k]]] == source[row[rows[k - 1]]]
    # Where steps back are many the rows are in no order of arrival, and say nothing of the clock.
    if n_steps == 0 or n_steps * 20 > rows.size:
        return 0
    n = 0
    begin = 0
    for k in range(1, rows.size):
        if _steps_back(rows, k, t, step):
            if source[row[rows[k]]] == source[row[rows[k - 1]]]:
                end = k + 1
                while end < rows.size and not _steps_back(rows, end, t, step):
                    end += 1
                n += _told_again(rows[begin:k], rows[k:end], t, limits, fate)
            begin = k
    return n


@compiled
def _steps_back(rows, k, t, step):
    return t[rows[k]] < t[rows[k - 1]] - step


@compiled
def _told_again(before, after, t, limits, fate):
    """Remove the fixes before a step back that lie among those after it, if either tell enough of the same minutes.

    Return how many.
    """
    confirming = limits[2]
    told_from = t[after[0]]
    told_to = t[after[-1]]
    least = told_to
    most = told_from
    n_before = 0
    for i in before:
        if told_from <= t[i] <= told_to:
            n_before += 1
            least = min(least, t[i])
            most = max(most, t[i])
    n_after = 0
    for i in after:
        n_after += least <= t[i] <= most
    if n_before < confirming or n_after < confirming:
        return 0
    for i in before:
        if told_from <= t[i] <= told_to:
            fate[i] = CLOCK_OFFSET
    return n_before


@compiled
def _is_odd(begin, end, t, x, y, label, limits):
    """Whether a fix may be stuck or a jump: it seems out of reach of the one before, or stands still at speed.

    Few are; without branches, this takes a third of the time in which the rules find that nothing is wrong.
    """
    fastest, slack, _, _, _ = limits
    n_odd = 0
    for k in range(begin + 1, end):
        dx = x[k] - x[k - 1]
        dy = y[k] - y[k - 1]
        square = dx * dx + dy * dy
        allowed = slack + fastest * (t[k] - t[k - 1])
        is_near = square <= allowed * allowed
        n_odd += (not is_near) | ((square == 0.0) & ((label[k] & FAST) != 0))
    return n_odd > 0


@compiled
def _reachable(i, j, t, x, y, limits):
    """Whether a unit at fix i could be at the later fix j."""
    fastest, slack, _, _, _ = limits
    allowed = slack + fastest * (t[j] - t[i])
    dx = x[j] - x[i]
    dy = y[j] - y[i]
    if dx * dx + dy * dy <= allowed * allowed:
        return True
    if dx > 180.0:
        dx -= 360.0
    elif dx < -180.0:
        dx += 360.0
    dx *= np.cos(np.radians(0.5 * (y[i] + y[j])))
    return dx * dx + dy * dy <= allowed * allowed


@compiled
def _confirmed(k, end, t, x, y, limits):
    """Whether the fix and those after it could all be one unit's."""
    confirming = int(limits[2])
    if k + confirming > end:
        return False
    for c in range(k, k + confirming - 1):  # noqa: SIM110 (numba knows no generators)
        if not _reachable(c, c + 1, t, x, y, limits):
            return False
    return True


@compiled
def _stuck(begin, end, columns, speed, limits, fate):
    """Remove the repeats of a position that a receiver gave while its unit moved on; return how many."""
    row, t, x, y, label, _, _ = columns
    _, slack, _, _, factor = limits
    n = 0
    i = begin
    while i < end:
        after = i + 1
        while after < end and x[after] == x[i] and y[after] == y[i]:
            after += 1
        if after - i > 1:
            is_frozen = (
                after < end
                and not _reachable(after - 1, after, t, x, y, limits)
                and _reachable(i, after, t, x, y, limits)
                and _confirmed(after, end, t, x, y, limits)
            )
            for k in range(i + 1, after):
                if is_frozen or (label[k] & FAST and speed[row[k]] * factor * (t[k] - t[i]) > slack):
                    fate[k] = STUCK
                    n += 1
        i = after
    return n


@compiled
def _jumps(begin, end, t, x, y, limits, fate, is_break):
    """Remove fixes that could not be reached, and mark where a unit was carried; return how many are removed."""
    confirming = limits[2]
    n = 0
    last = -1
    n_run = 0
    for k in range(begin, end):
        if last >= 0 and not _reachable(last, k, t, x, y, limits):
            if not _confirmed(k, end, t, x, y, limits):
                fate[k] = IMPOSSIBLE_JUMP
                n += 1
                continue
            if n_run < confirming:
                # Fewer fixes than confirm anything stand against those that follow.
                for a in range(begin, k):
                    if fate[a] == KEPT:
                        fate[a] = IMPOSSIBLE_JUMP
                        n += 1
            else:
                is_break[k] = True
            begin = k
            n_run = 0
        last = k
        n_run += 1
    return n
