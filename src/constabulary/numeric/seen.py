"""A growing set of 64-bit keys that tells of a batch which were there before; eight bytes a key."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]


class SeenKeys:
    """Keys met so far, on shelves that know nothing of each other.

    On each shelf they are held as sorted runs that are merged as they grow. Files come a force and a month at a time,
    so that keys shelved by force and month are nearly always compared with those of their own batch alone.

    With keys that are good hashes, two different records of the n on a shelf are taken for one with probability n²/2⁶⁵:
    below one in a million for five million records.
    """

    def __init__(self) -> None:
        self._shelves: dict[int, list[Keys]] = {}

    def add(self, keys: Keys, shelf: Keys) -> npt.NDArray[np.bool_]:
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

    def _put(self, keys: Keys, shelf: int) -> npt.NDArray[np.bool_]:
        runs = self._shelves.setdefault(shelf, [])
        ordered = np.sort(keys)
        is_repeat = ordered[1:] == ordered[:-1]
        distinct = ordered[np.append(True, ~is_repeat)]
        is_new = _are_new(distinct, runs)
        is_seen = np.zeros(keys.size, dtype=np.bool_)
        # Which of equal keys comes first is asked of the few keys there are several of, and of those met before.
        asked = np.union1d(ordered[1:][is_repeat], distinct[~is_new])
        if asked.size:
            (rows,) = np.nonzero(np.isin(keys, asked))
            is_seen[rows] = True
            first_keys, first = np.unique(keys[rows], return_index=True)
            is_seen[rows[first[_are_new(first_keys, runs)]]] = False
        if is_new.any():
            runs.append(distinct[is_new])
        while len(runs) > 1 and runs[-2].size <= 2 * runs[-1].size:
            runs[-2:] = [np.sort(np.concatenate(runs[-2:]))]
        return is_seen


def _are_new(ordered: Keys, runs: list[Keys]) -> npt.NDArray[np.bool_]:
    is_new = np.ones(ordered.size, dtype=np.bool_)
    for run in runs:
        place = np.searchsorted(run, ordered)
        is_new &= run[np.minimum(place, run.size - 1)] != ordered
    return is_new
