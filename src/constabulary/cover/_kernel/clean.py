"""The cleaning of fixes: why each is kept or removed. See `constabulary.cover.clean` for the rules in words."""

import numpy as np

from constabulary.numeric.compiled import compiled

KEPT = 0
DUPLICATE = 1
CLOCK_OFFSET = 2
STUCK = 3
IMPOSSIBLE_JUMP = 4

METRES_A_DEGREE = 111_320.0


@compiled
def groups(key, n_groups):  # type: ignore[no-untyped-def]
    """Return the rows sorted by key, those of one key in their order, and where each key's rows start."""
    starts = np.zeros(n_groups + 1, np.int64)
    for i in range(key.size):
        starts[key[i] + 1] += 1
    for g in range(n_groups):
        starts[g + 1] += starts[g]
    place = starts[:-1].copy()
    order = np.empty(key.size, np.int64)
    for i in range(key.size):
        order[place[key[i]]] = i
        place[key[i]] += 1
    return order, starts


@compiled
def brought_together(order, t, x, y, label, speed, factor):  # type: ignore[no-untyped-def]
    """Return the columns in another order, all in one pass; speed is multiplied by factor."""
    n = order.size
    out_t = np.empty(n, np.int64)
    out_x = np.empty(n)
    out_y = np.empty(n)
    out_label = np.empty(n, np.int64)
    out_speed = np.empty(n)
    for k in range(n):
        i = order[k]
        out_t[k] = t[i]
        out_x[k] = x[i]
        out_y[k] = y[i]
        out_label[k] = label[i]
        out_speed[k] = speed[i] * factor
    return out_t, out_x, out_y, out_label, out_speed


@compiled
def kept(place, starts, n_days, order, why, t, x, y, label, is_break, reason):  # type: ignore[no-untyped-def]
    """Return the columns of the fixes that were kept, each with its unit and the row it came from, in one pass.

    place holds the rows of each unit's day in order of time; reason gets why each row, as it came, was removed.
    """
    n = place.size
    unit = np.empty(n, np.int64)
    out_t = np.empty(n, np.int64)
    out_x = np.empty(n)
    out_y = np.empty(n)
    out_label = np.empty(n, np.int64)
    out_break = np.empty(n, np.bool_)
    row = np.empty(n, np.int64)
    m = 0
    for g in range(starts.size - 1):
        for k in range(starts[g], starts[g + 1]):
            i = place[k]
            if why[i] != KEPT:
                reason[order[i]] = why[i]
                continue
            unit[m] = g // n_days
            out_t[m] = t[i]
            out_x[m] = x[i]
            out_y[m] = y[i]
            out_label[m] = label[i]
            out_break[m] = is_break[i]
            row[m] = order[i]
            m += 1
    return unit[:m], out_t[:m], out_x[:m], out_y[:m], out_label[:m], out_break[:m], row[:m]


@compiled
def first_rows(codes, first):  # type: ignore[no-untyped-def]
    """Write to first, -1 before, the first row of each code."""
    for i in range(codes.size):
        if first[codes[i]] < 0:
            first[codes[i]] = i


@compiled
def clean(order, starts, t, x, y, speed, label, source, limits, reason, is_break):  # type: ignore[no-untyped-def]
    """Write why each fix is removed and which follow a break; return how many were put in order.

    order holds the rows of each unit's day as they came, from starts[g] to starts[g + 1], and leaves in order of
    time. limits is (speed limit and slack of a jump in m/us and m, fixes that confirm one, us a clock must step back,
    m/us from which a receiver that does not move is stuck).
    """
    n_moved = 0
    for g in range(starts.size - 1):
        rows = order[starts[g] : starts[g + 1]]
        if rows.size == 0:
            continue
        moved = _n_out_of_order(rows, t)
        came = rows
        if moved > 0:
            came = rows.copy()
            rows[:] = rows[np.argsort(t[rows], kind="mergesort")]
            n_moved += moved
        n_removed = _duplicates(rows, t, x, y, label, reason)
        left = rows
        if moved > 0:
            # A clock that was put back leaves fixes out of order.
            _clock_offsets(came, t, source, limits, reason)
        if moved > 0 or n_removed > 0:
            left = _left(rows, reason)
        if _stuck(left, t, x, y, speed, limits, reason) > 0:
            left = _left(left, reason)
        _jumps(left, t, x, y, limits, reason, is_break)
    return n_moved


@compiled
def _left(rows, reason):  # type: ignore[no-untyped-def]
    n = 0
    left = np.empty_like(rows)
    for k in range(rows.size):
        if reason[rows[k]] == KEPT:
            left[n] = rows[k]
            n += 1
    return left[:n]


@compiled
def _n_out_of_order(rows, t):  # type: ignore[no-untyped-def]
    """Return how many rows came after a later one."""
    n_moved = 0
    latest = t[rows[0]]
    for k in range(rows.size):
        if t[rows[k]] < latest:
            n_moved += 1
        else:
            latest = t[rows[k]]
    return n_moved


@compiled
def _duplicates(rows, t, x, y, label, reason):  # type: ignore[no-untyped-def]
    """Mark fixes that repeat another; return how many."""
    n = 0
    for k in range(1, rows.size):
        i = rows[k]
        back = k - 1
        while back >= 0 and t[rows[back]] == t[i]:
            j = rows[back]
            if x[j] == x[i] and y[j] == y[i] and label[j] == label[i]:
                reason[i] = DUPLICATE
                n += 1
                break
            back -= 1
    return n


@compiled
def _clock_offsets(came, t, source, limits, reason):  # type: ignore[no-untyped-def]
    """Remove what a clock that was put back had told of minutes that are told again after it."""
    _, _, _, step, _ = limits
    rows = _left(came, reason)
    n_steps = 0
    for k in range(1, rows.size):
        n_steps += t[rows[k]] < t[rows[k - 1]] - step and source[rows[k]] == source[rows[k - 1]]
    # Where steps back are many the rows are in no order of arrival, and say nothing of the clock.
    if n_steps == 0 or n_steps * 20 > rows.size:
        return
    begin = 0
    for k in range(1, rows.size):
        if t[rows[k]] < t[rows[k - 1]] - step:
            if source[rows[k]] == source[rows[k - 1]]:
                end = k + 1
                while end < rows.size and not t[rows[end]] < t[rows[end - 1]] - step:
                    end += 1
                _told_again(rows[begin:k], rows[k:end], t, limits, reason)
            begin = k


@compiled
def _told_again(before, after, t, limits, reason):  # type: ignore[no-untyped-def]
    """Remove the fixes before a step back that lie among those after it, if either tell enough of the same minutes."""
    _, _, confirming, _, _ = limits
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
    if n_before >= confirming and n_after >= confirming:
        for i in before:
            if told_from <= t[i] <= told_to:
                reason[i] = CLOCK_OFFSET


@compiled
def _reachable(i, j, t, x, y, limits):  # type: ignore[no-untyped-def]
    """Whether a unit at fix i could be at the later fix j."""
    fastest, slack, _, _, _ = limits
    allowed = (slack + fastest * (t[j] - t[i])) / METRES_A_DEGREE
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
def _confirmed(left, k, t, x, y, limits):  # type: ignore[no-untyped-def]
    """Whether the fix and those after it could all be one unit's."""
    _, _, confirming, _, _ = limits
    if k + confirming > left.size:
        return False
    for c in range(k, k + int(confirming) - 1):  # noqa: SIM110 (numba knows no generators)
        if not _reachable(left[c], left[c + 1], t, x, y, limits):
            return False
    return True


@compiled
def _stuck(left, t, x, y, speed, limits, reason):  # type: ignore[no-untyped-def]
    """Remove the repeats of a position that a receiver gave while its unit moved on; return how many."""
    _, slack, _, _, moving = limits
    n = 0
    begin = 0
    while begin < left.size:
        i = left[begin]
        end = begin + 1
        while end < left.size and x[left[end]] == x[i] and y[left[end]] == y[i]:
            end += 1
        if end - begin > 1:
            is_frozen = (
                end < left.size
                and not _reachable(left[end - 1], left[end], t, x, y, limits)
                and _reachable(i, left[end], t, x, y, limits)
                and _confirmed(left, end, t, x, y, limits)
            )
            for k in range(begin + 1, end):
                j = left[k]
                if is_frozen or (speed[j] >= moving and speed[j] * (t[j] - t[i]) > slack):
                    reason[j] = STUCK
                    n += 1
        begin = end
    return n


@compiled
def _jumps(left, t, x, y, limits, reason, is_break):  # type: ignore[no-untyped-def]
    _, _, confirming, _, _ = limits
    last = -1
    begin = 0
    n_run = 0
    for k in range(left.size):
        if last >= 0 and not _reachable(left[last], left[k], t, x, y, limits):
            if not _confirmed(left, k, t, x, y, limits):
                reason[left[k]] = IMPOSSIBLE_JUMP
                continue
            if n_run < confirming:
                # Fewer fixes than confirm anything stand against those that follow.
                for a in range(begin, k):
                    if reason[left[a]] == KEPT:
                        reason[left[a]] = IMPOSSIBLE_JUMP
            else:
                is_break[left[k]] = True
            begin = k
            n_run = 0
        last = k
        n_run += 1
