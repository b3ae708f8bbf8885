"""Random numbers that belong to a thing and a purpose, so that two structures meet the same luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from constabulary.response._kernel import counting

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_LEAST = 2.0**-54


@dataclass(frozen=True)
class Luck:
    """The random numbers of one replication.

    Each purpose has a generator of its own, and the k-th number of a purpose is the same however many are drawn: thing
    k has the same luck in every structure, and what a structure changes moves no other draw.

    Parameters
    ----------
    seed, replication
        Which luck.
    """

    seed: int
    replication: int

    def uniform(self, purpose: str, *shape: int) -> Floats:
        """Return numbers strictly between 0 and 1 for a purpose; the first axis is the thing.

        Examples
        --------
        >>> few, many = Luck(1, 0).uniform("scene", 2), Luck(1, 0).uniform("scene", 3)
        >>> bool((few == many[:2]).all())
        True
        """
        drawn = self._of(purpose).random(shape)
        drawn += _LEAST
        return drawn

    def normal(self, purpose: str, *shape: int) -> Floats:
        """Return standard normal numbers for a purpose."""
        return self._of(purpose).standard_normal(shape)

    def exponential(self, purpose: str, *shape: int) -> Floats:
        """Return exponential numbers of mean 1 for a purpose."""
        return self._of(purpose).standard_exponential(shape)

    def gamma(self, purpose: str, variation: float, *shape: int) -> Floats:
        """Return gamma numbers of mean 1 and a coefficient of variation for a purpose."""
        if variation == 0.0:
            return np.ones(shape)
        form = variation**-2.0
        return np.asarray(gammaincinv(form, self.uniform(purpose, *shape)) / form)

    def _of(self, purpose: str) -> np.random.Generator:
        words = np.random.SeedSequence([self.seed, self.replication, crc32(purpose.encode())])
        return np.random.Generator(np.random.SFC64(words))


def pick(uniform: Floats, weights: Floats) -> Integers:
    """Return which of some weighted things each number picks."""
    edges = np.cumsum(weights)
    # A power of two, so that which stretch a number lies in is told without rounding.
    n_stretches = 4 << len(edges).bit_length()
    guide = np.searchsorted(edges, np.arange(n_stretches) / n_stretches * edges[-1])
    found = counting.pick(uniform.ravel(), edges, guide, np.flatnonzero(weights)[-1])
    return np.asarray(found.reshape(uniform.shape))


def by_grade(values: Mapping[str, Any], name: str, n_grades: int) -> Floats:
    """Return a value by grade, most urgent first, the last of the list repeated, shape (grades,)."""
    listed: Sequence[float] = values[name]
    return np.array([listed[min(place, len(listed) - 1)] for place in range(n_grades)], dtype=np.float64)
