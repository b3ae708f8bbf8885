"""A growing set of 64-bit keys that tells of a batch which were there before; eight bytes a key, and 64 MiB."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]

LEADING_BITS = 26
"""How much of a key tells at once that it is new: 64 MiB of marks, of which five million keys set one in thirteen."""


class SeenKeys:
    """Keys met so far, held as sorted runs that are merged as they grow.

    With keys that are good hashes, two different records of n are taken for one with probability n²/2⁶⁵: below one in
    a million for five million records.
    """

    def __init__(self) -> None:
        self._runs: list[Keys] = []
        # Which leading bits were met: a key with others is new without a look at the runs.
        self._leading = np.zeros(1 << LEADING_BITS, dtype=np.bool_)

    def add(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """Add a batch and tell which keys were there already, earlier in the batch included.

        Parameters
        ----------
        keys
            The batch, shape (n,).

        Returns
        -------
        numpy.ndarray
            Truth per key, shape (n,): False for the first of its kind ever met.
        """
        distinct = np.sort(keys)
        is_repeat = np.zeros(keys.size, dtype=np.bool_)
        is_repeat[1:] = distinct[1:] == distinct[:-1]
        if self._are_new(distinct).all() and not is_repeat.any():
            is_seen = is_repeat
        else:
            # Which of several equal keys comes first is asked only where there are any.
            distinct, first = np.unique(keys, return_index=True)
            is_new = self._are_new(distinct)
            is_seen = np.ones(keys.size, dtype=np.bool_)
            is_seen[first[is_new]] = False
            distinct = distinct[is_new]
        if distinct.size:
            self._runs.append(distinct)
            self._leading[_leading(distinct)] = True
        while len(self._runs) > 1 and self._runs[-2].size <= 2 * self._runs[-1].size:
            last = self._runs.pop()
            merged = np.concatenate([self._runs.pop(), last])
            merged.sort(kind="stable")
            self._runs.append(merged)
        return is_seen

    def _are_new(self, ordered: Keys) -> npt.NDArray[np.bool_]:
        is_new = ~self._leading[_leading(ordered)]
        (asked,) = np.nonzero(~is_new)
        suspects = ordered[asked]
        is_met = np.zeros(asked.size, dtype=np.bool_)
        for run in self._runs:
            place = np.searchsorted(run, suspects)
            is_met |= run[np.minimum(place, run.size - 1)] == suspects
        is_new[asked] = ~is_met
        return is_new


def _leading(keys: Keys) -> npt.NDArray[np.int64]:
    return (keys >> np.uint64(64 - LEADING_BITS)).view(np.int64)
