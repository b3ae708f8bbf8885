"""A growing set of 64-bit keys that tells of a batch which were there before; at most 24 bytes a key."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Truths = npt.NDArray[np.bool_]

ASKED_BITS = 16
"""First bits of a key by which the keys asked for are found in a batch."""
SLOTS_A_KEY = 4
"""At least so many slots for each key of a shelf, so that few new keys fall on one that is marked."""


class SeenKeys:
    """Keys met so far, on shelves that know nothing of each other.

    Files come a force and a month at a time, so that keys shelved by force and month are nearly always compared with
    those of their own batch alone.

    With keys that are good hashes, two different records of the n on a shelf are taken for one with probability n²/2⁶⁵:
    below one in a million for five million records.
    """

    def __init__(self) -> None:
        self._shelves: dict[int, _Shelf] = {}

    def add(self, keys: Keys, shelf: Keys) -> Truths:
        """Add a batch and tell which keys were on their shelves already, earlier in the batch included.

        Parameters
        ----------
        keys
            The batch, shape (n,).
        shelf
            The shelf of each, shape (n,).

        Returns
        -------
        numpy.ndarray
            Truth per key, shape (n,): False for the first of its kind ever met on its shelf.
        """
        if keys.size == 0 or (shelf == shelf[0]).all():
            return self._put(keys, int(shelf[0])) if keys.size else np.zeros(0, dtype=np.bool_)
        is_seen = np.empty(keys.size, dtype=np.bool_)
        order = np.argsort(shelf, kind="stable")
        for places in np.split(order, np.flatnonzero(np.diff(shelf[order])) + 1):
            is_seen[places] = self._put(keys[places], int(shelf[places[0]]))
        return is_seen

    def _put(self, keys: Keys, number: int) -> Truths:
        shelf = self._shelves.setdefault(number, _Shelf())
        ordered = np.sort(keys)
        is_repeat = ordered[1:] == ordered[:-1]
        distinct = ordered[np.append(True, ~is_repeat)]
        is_new = shelf.are_new(distinct)
        is_seen = np.zeros(keys.size, dtype=np.bool_)
        # Which of equal keys comes first is asked of the few keys there are several of, and of those met before.
        asked = np.union1d(ordered[1:][is_repeat], distinct[~is_new])
        if asked.size:
            marks = np.zeros(1 << ASKED_BITS, dtype=np.bool_)
            marks[_slots(asked, ASKED_BITS)] = True
            (rows,) = np.nonzero(marks[_slots(keys, ASKED_BITS)])
            rows = rows[np.isin(keys[rows], asked)]
            is_seen[rows] = True
            first_keys, first = np.unique(keys[rows], return_index=True)
            is_seen[rows[first[shelf.are_new(first_keys)]]] = False
        if is_new.any():
            shelf.add(distinct[is_new])
        return is_seen


class _Shelf:
    """Keys in sorted runs that are merged as they grow, and marks that tell most new keys without a look at these.

    A key's first bits number a slot; a key whose slot is not marked is new.
    """

    def __init__(self) -> None:
        self._runs: list[Keys] = []
        self._n_keys = 0
        self._n_bits = 1
        self._marks = np.zeros(1 << self._n_bits, dtype=np.bool_)

    def are_new(self, ordered: Keys) -> Truths:
        """Tell which of some keys, in order, are not here."""
        is_new = ~self._marks[_slots(ordered, self._n_bits)]
        (asked,) = np.nonzero(~is_new)
        for run in self._runs:
            keys = ordered[asked]
            place = np.searchsorted(run, keys)
            asked = asked[run[np.minimum(place, run.size - 1)] != keys]
        is_new[asked] = True
        return is_new

    def add(self, ordered: Keys) -> None:
        """Add keys, in order, that are not here."""
        runs = self._runs
        runs.append(ordered)
        while len(runs) > 1 and runs[-2].size <= 2 * runs[-1].size:
            # A sort that makes use of the order there is.
            runs[-2:] = [np.sort(np.concatenate(runs[-2:]), kind="stable")]
        self._n_keys += ordered.size
        unmarked = [ordered]
        if self._marks.size < SLOTS_A_KEY * self._n_keys:
            self._n_bits = (2 * SLOTS_A_KEY * self._n_keys).bit_length()
            self._marks = np.zeros(1 << self._n_bits, dtype=np.bool_)
            unmarked = runs
        for run in unmarked:
            self._marks[_slots(run, self._n_bits)] = True


def _slots(keys: Keys, n_bits: int) -> npt.NDArray[np.int64]:
    """Return the number that the first bits of each key make."""
    return (keys >> np.uint64(64 - n_bits)).view(np.int64)
