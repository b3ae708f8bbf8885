"""Columns that repeat together, such as those of a place: worked out once per distinct combination, not per row."""

from __future__ import annotations

import numpy as np
import polars as pl

SLOT_BITS = 18
"""A quarter of a million slots, for the ten thousand places of a month: few share one, and all stay in the cache."""


class Together:
    """The distinct combinations of some columns, and how to give every row the answer for its own.

    Combinations are told apart by a 64-bit hash: two of n are taken for one with probability n²/2⁶⁵, below one in
    a hundred thousand million for the ten thousand places of a month.

    Parameters
    ----------
    frame
        The columns, shape (rows, columns).
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        hashes = frame.hash_rows().to_numpy()
        slots = (hashes >> np.uint64(64 - SLOT_BITS)).view(np.int64)
        rows = np.arange(hashes.size, dtype=np.int32)
        some_row = np.zeros(1 << SLOT_BITS, dtype=np.int32)
        some_row[slots] = rows
        alike = some_row[slots]
        # A row whose slot another combination took stands for itself.
        alike = np.where(hashes[alike] == hashes, alike, rows)
        is_chosen = alike == rows
        place = np.cumsum(is_chosen, dtype=np.uint32) - np.uint32(1)
        self._codes = pl.Series(place[alike])
        # In one piece: answers are given out of pieces three times slower.
        self.some = frame.filter(pl.Series(is_chosen)).rechunk()
        """One row of each combination, shape (combinations, columns); a few may come more than once."""

    def spread(self, answers: pl.DataFrame) -> pl.DataFrame:
        """Return the answers of each row's combination.

        Parameters
        ----------
        answers
            One row for each of `some`, shape (combinations, columns).

        Returns
        -------
        polars.DataFrame
            The answers per row, shape (rows, columns).
        """
        return answers[self._codes]
