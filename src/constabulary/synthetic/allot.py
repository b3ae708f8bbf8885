"""Shares out whole numbers at random so that their sum, and whatever part is published, come out exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem

Counts = NDArray[np.int64]
Weights = NDArray[np.float64]


@dataclass(frozen=True)
class Part:
    """What is known of one part of a whole: its count, its share [0 to 1], or only its weight among the rest."""

    count: int | None = None
    share: float | None = None
    weight: float = 0.0


def split(rng: np.random.Generator, n: int, parts: Sequence[Part], name: str) -> Counts:
    """Share n out over parts.

    Parts with a count get it; parts with a share get it but for chance; what is left goes to the others by
    their weights. Shares that leave no room, or leave some with no part to take it, are scaled.

    Returns
    -------
    numpy.ndarray
        Counts that add up to n, shape (parts,).

    Raises
    ------
    BadInput
        If the counts make more than n, or less with nothing to take the rest.
    """
    counts = np.array([part.count or 0 for part in parts], dtype=np.int64)
    is_free = np.array([part.count is None for part in parts])
    rest = n - int(counts.sum())
    shares = np.array([part.share or 0.0 for part in parts]) * is_free
    weights = np.array([part.weight if part.share is None else 0.0 for part in parts]) * is_free
    expected = shares * n
    left = max(0.0, rest - expected.sum())
    if weights.sum() > 0:
        expected += left * weights / weights.sum()
    if rest < 0 or (rest > 0 and expected.sum() <= 0):
        raise _contradiction(name, n, int(counts.sum()))
    if rest > 0:
        counts += rng.multinomial(rest, expected / expected.sum())
    return counts


def spread(
    rng: np.random.Generator,
    n: int,
    weights: Weights,
    bins: Counts,
    fixed: Mapping[int, int],
    lowest: int | None = None,
    highest: int | None = None,
    name: str = "",
) -> Counts:
    """Share n out over hours, with the totals of some months given.

    Parameters
    ----------
    n
        The total.
    weights
        Of each hour, shape (hours,).
    bins
        Month of each hour, from 0, shape (hours,).
    fixed
        Total by month.
    lowest, highest
        Totals that other months stay above and below, where they can.
    name
        For messages.

    Returns
    -------
    numpy.ndarray
        Counts by hour that add up to n, shape (hours,).

    Raises
    ------
    BadInput
        If the months given make more than n, or less with no month to take the rest.
    """
    month_weights = np.bincount(bins, weights)
    parts = [Part(fixed.get(month), weight=weight) for month, weight in enumerate(month_weights)]
    months = split(rng, n, parts, name)
    free = np.array([month not in fixed for month in range(len(months))])
    months[free] = _within(
        months[free], 0 if lowest is None else lowest + 1, n if highest is None else highest - 1
    )
    counts = np.zeros(len(weights), dtype=np.int64)
    for month, total in enumerate(months):
        is_in = bins == month
        counts[is_in] = rng.multinomial(total, weights[is_in] / weights[is_in].sum())
    return counts


def _within(counts: Counts, lowest: int, highest: int) -> Counts:
    """Move counts within bounds, keeping their sum; unmoved where the bounds leave no room for it."""
    if not lowest * len(counts) <= counts.sum() <= highest * len(counts):
        return counts
    moved = np.clip(counts, lowest, highest)
    while (missing := int(counts.sum() - moved.sum())) != 0:
        room = highest - moved if missing > 0 else moved - lowest
        step = np.minimum(room, -(-abs(missing) * room // room.sum()))
        step = np.diff(np.minimum(np.cumsum(step), abs(missing)), prepend=0)
        moved = moved + np.sign(missing) * step
    return moved


def _contradiction(name: str, n: int, known: int) -> BadInput:
    return BadInput(
        Problem(
            "published_parts_contradict",
            f"{name}: the published parts make {known:,}, the whole is {n:,}",
            expected="parts that fit into the whole",
            remedy="Correct the published figures in the force folder.",
        )
    )
