"""Shares of people asked: the interval within which the share of all people lies, and whether two shares differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

DEFAULT_LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """A range of values; `level` (0 to 1) is how often ranges made this way hold the true one."""

    lower: float
    upper: float
    level: float = DEFAULT_LEVEL

    def __contains__(self, value: float) -> bool:
        return self.lower <= value <= self.upper


@dataclass(frozen=True)
class Difference:
    """The difference of two shares.

    Parameters
    ----------
    value
        Later less earlier [share].
    interval
        Within which the difference among all people lies.
    is_real
        The interval leaves out no change at all.
    """

    value: float
    interval: Interval
    is_real: bool


def wilson(share: float, n: float, level: float = DEFAULT_LEVEL) -> Interval:
    """Return the score interval of a share; it never leaves 0 to 1 and holds for small numbers too.

    Parameters
    ----------
    share
        Share found, 0 to 1.
    n
        Number asked, above 0; the effective number where answers are weighted.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), 209-212.

    Examples
    --------
    >>> [round(bound, 4) for bound in (wilson(0.1, 10).lower, wilson(0.1, 10).upper)]
    [0.0179, 0.4042]
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    # At none and at all the bound is exactly 0 and 1; the square root would leave it a last digit away.
    return Interval(
        0.0 if share == 0 else max(0.0, (centre - half) / whole),
        1.0 if share == 1 else min(1.0, (centre + half) / whole),
        level,
    )


def difference(
    earlier: float, n_earlier: float, later: float, n_later: float, level: float = DEFAULT_LEVEL
) -> Difference:
    """Return the difference of two shares of different people, with the interval made of their score intervals.

    Parameters
    ----------
    earlier, later
        Shares found, 0 to 1.
    n_earlier, n_later
        Numbers asked, above 0; effective numbers where answers are weighted.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine
    17 (1998), 873-890, method 10.
    """
    before, after = wilson(earlier, n_earlier, level), wilson(later, n_later, level)
    value = later - earlier
    lower = value - math.hypot(later - after.lower, before.upper - earlier)
    upper = value + math.hypot(after.upper - later, earlier - before.lower)
    return Difference(value, Interval(lower, upper, level), not lower <= 0 <= upper)


def effective_number(weights: Sequence[float]) -> float:
    """Return how many unweighted answers would say as much as these weighted ones.

    Parameters
    ----------
    weights
        The weight of each answer, 0 or more, not all 0.

    Notes
    -----
    L. Kish, Survey Sampling (1965), section 11.7: the square of the sum over the sum of the squares.
    """
    return sum(weights) ** 2 / sum(weight * weight for weight in weights)
