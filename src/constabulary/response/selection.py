"""Which of several options is best, with stated confidence: all in the same luck, the clearly worse left out.

The fully sequential procedure of Kim and Nelson: every option still in is sampled in the same luck, one replication
after another; one is left out as soon as another is ahead of it by more than chance and the difference that is worth
minding allow. What is left at the end is the best, or within that difference of it, with the confidence asked for.

References
----------
S.-H. Kim and B. L. Nelson, A fully sequential procedure for indifference-zone selection in simulation, ACM Transactions
on Modeling and Computer Simulation 11 (2001).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Selected:
    """What was selected.

    Parameters
    ----------
    best
        The option, by number.
    is_confident
        Whether it is the best, or within the difference of it, with the confidence asked for; False where the
        replications ran out first: then it has the best mean of those still in.
    still_in
        Options not shown to be worse.
    means
        Mean of each option over its own replications, shape (options,).
    n_replications
        Replications of each option before it was left out, shape (options,).
    """

    best: int
    is_confident: bool
    still_in: tuple[int, ...]
    means: Floats
    n_replications: NDArray[np.int64]


def select_best(
    sample: Callable[[Sequence[int], int, int], Floats],
    n_options: int,
    difference: float,
    confidence: float = 0.95,
    n_first: int = 10,
    n_most: int = 100,
    n_each: int = 2,
) -> Selected:
    """Return the option with the greatest mean.

    Parameters
    ----------
    sample
        Given the options wanted, the first replication and how many, their values, shape (replications, options
        wanted). A replication has the same luck for every option, and its own.
    n_options
        How many there are.
    difference
        The smallest difference worth minding, above 0.
    confidence
        How sure the selection should be, above 1 / n_options and below 1.
    n_first
        Replications from which the spread of differences is judged, 3 or more.
    n_most
        Replications at most.
    n_each
        Replications at a time after the first.

    Raises
    ------
    BadInput
        Where a value is out of its range.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> noise = rng.normal(size=(100, 3))
    >>> found = select_best(lambda of, first, n: noise[first : first + n, of] + np.array(of), 3, 0.5)
    >>> found.best, found.is_confident
    (2, True)
    """
    if not (difference > 0.0 and 0.0 < confidence < 1.0 and 3 <= n_first <= n_most and n_options > 0):
        raise BadInput(
            Problem(
                "out_of_range",
                "These values cannot be used to select.",
                column="difference, confidence, n_first",
                expected="a difference above 0, a confidence between 0 and 1, and 3 or more first replications",
            )
        )
    values = np.full((n_most, n_options), np.nan)
    still_in = list(range(n_options))
    done = n_first
    values[:done] = sample(still_in, 0, done)
    if n_options > 1:
        eta = 0.5 * ((2.0 * (1.0 - confidence) / (n_options - 1)) ** (-2.0 / (n_first - 1)) - 1.0)
        spread = 2.0 * eta * (n_first - 1) * _difference_variance(values[:n_first])
        while True:
            still_in = _left(values[:done], still_in, spread, difference)
            if len(still_in) == 1 or done >= n_most:
                break
            more = min(n_each, n_most - done)
            values[done : done + more, still_in] = sample(still_in, done, more)
            done += more
    means = np.nanmean(values[:done], axis=0)
    best = max(still_in, key=lambda option: means[option])
    counts = np.count_nonzero(~np.isnan(values), axis=0)
    return Selected(best, len(still_in) == 1, tuple(still_in), means, counts)


def _difference_variance(values: Floats) -> Floats:
    """Return the variance of the difference of each pair of options, shape (options, options)."""
    apart = values[:, :, None] - values[:, None, :]
    return np.asarray(apart.var(axis=0, ddof=1), dtype=np.float64)


def _left(values: Floats, still_in: Sequence[int], spread: Floats, difference: float) -> list[int]:
    """Return the options that no other is ahead of by more than their allowance."""
    done = len(values)
    total = values.sum(axis=0)
    allowed = np.maximum(0.0, difference / 2.0 * (spread / difference**2 - done))
    return [
        one
        for one in still_in
        if all(total[one] >= total[other] - allowed[one, other] for other in still_in if other != one)
    ]
