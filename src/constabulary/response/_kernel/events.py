"""The calendar of the dispatch engine: a binary heap of events that can be moved and taken out.

An event is a number from 0; those due at the same instant come in order of it. The heap is `heap.order` int32[events],
the events, and `heap.at` float64[events], when each of those is due, an instant 0 or later; `heap.place` int32[events]
says where an event stands in it (-1: it does not), `heap.size` int64[1] how many do.
"""

from collections import namedtuple

import numpy as np

from constabulary.numeric.compiled import part, routine

IN_HAND = -1.0

Calendar = namedtuple("Calendar", ["at", "order", "place", "size"])


def calendar(n_events):
    """Return an empty calendar for as many events."""
    return Calendar(
        np.zeros(n_events),
        np.zeros(n_events, np.int32),
        np.full(n_events, -1, np.int32),
        np.zeros(1, np.int64),
    )


@routine
def put(heap, event, at):
    """Put an event in, or move it if it is in already."""
    i = np.int64(heap.place[event])
    if i < 0:
        i = heap.size[0]
        heap.size[0] = i + 1
    # Up, past those that are later.
    while i > 0:
        above = (i - 1) >> 1
        other, other_at = heap.order[above], heap.at[above]
        if other_at < at or (other_at == at and other < event):
            break
        heap.order[i], heap.at[i] = other, other_at
        heap.place[other] = i
        i = above
    # Down, past those that are earlier.
    n = heap.size[0]
    while True:
        below = 2 * i + 1
        if below >= n:
            break
        other, other_at = heap.order[below], heap.at[below]
        if below + 1 < n:
            right, right_at = heap.order[below + 1], heap.at[below + 1]
            if right_at < other_at or (right_at == other_at and right < other):
                below += 1
                other, other_at = right, right_at
        if at < other_at or (at == other_at and event < other):
            break
        heap.order[i], heap.at[i] = other, other_at
        heap.place[other] = i
        i = below
    heap.order[i], heap.at[i] = event, at
    heap.place[event] = i


@part
def take_in_hand(heap):
    """Return the first event; it stays first, whatever is put in, until it is moved or let go."""
    heap.at[0] = IN_HAND
    return np.int64(heap.order[0])


@part
def let_go(heap, event):
    """Take the event in hand out, unless it was moved."""
    if heap.at[0] == IN_HAND:
        take_out(heap, event)


@routine
def take_out(heap, event):
    """Take an event out, if it is in."""
    i = np.int64(heap.place[event])
    if i < 0:
        return
    heap.place[event] = -1
    heap.size[0] -= 1
    last = np.int64(heap.order[heap.size[0]])
    if last != event:
        heap.place[last] = i
        put(heap, last, heap.at[heap.size[0]])
