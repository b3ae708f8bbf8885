"""Tests whether a series has seasons: whether the months of the year differ more than chance would explain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SUSPECTED_BELOW = 0.01
"""Seasons are suspected where chance would make the months differ so much less often than this."""


@dataclass(frozen=True)
class SeasonTest:
    """What the test found.

    Parameters
    ----------
    p_share
        How often months that do not differ would seem to differ as much, 0 to 1.
    f_ratio, n_season_df, n_rest_df
        The F ratio and its two degrees of freedom.
    highest, lowest
        Places in the year, from 0, of the highest and the lowest season.
    """

    p_share: float
    f_ratio: float
    n_season_df: int
    n_rest_df: int
    highest: int
    lowest: int


def season_test(
    values: NDArray[np.float64], season: Sequence[int], segment: Sequence[int], n_seasons: int
) -> SeasonTest | None:
    """Compare a straight line for each series with the same line plus one level for each season.

    The F test of the seasons in a linear model with one level for each segment between step changes and one slope for
    all: exact for independent normal noise. A slope or a confirmed step is so not taken for a season.

    Parameters
    ----------
    values
        Values [any unit], shape (n_points,).
    season
        Place in the year of each point, from 0 to n_seasons - 1.
    segment
        Number of the segment of each point.
    n_seasons
        Seasons in a year: 12 for months, 4 for quarters.

    Returns
    -------
    SeasonTest or None
        None where there are fewer than two years of points, or too few for the model.
    """
    n_points = len(values)
    if n_points < 2 * n_seasons:
        return None
    at = np.arange(n_points)
    line = np.column_stack([np.asarray(segment)[:, None] == np.unique(segment), at - at.mean()]).astype(
        np.float64
    )
    levels = (np.asarray(season)[:, None] == np.arange(n_seasons)).astype(np.float64)
    scale = float(np.abs(values - values.mean()).max()) or 1.0
    scaled = (values - values.mean()) / scale
    rest, rank, _ = _fit(line, scaled)
    rest_of_seasons, full_rank, effects = _fit(np.column_stack([line, levels]), scaled)
    n_season_df, n_rest_df = full_rank - rank, n_points - full_rank
    if n_season_df < 1 or n_rest_df < 1:
        return None
    gain = max(rest - rest_of_seasons, 0.0) / n_season_df
    noise = rest_of_seasons / n_rest_df
    f_ratio = gain / noise if noise > 1e-12 else (math.inf if gain > 1e-12 else 0.0)
    seasonal = effects[line.shape[1] :]
    return SeasonTest(
        f_tail(f_ratio, n_season_df, n_rest_df),
        f_ratio,
        n_season_df,
        n_rest_df,
        int(seasonal.argmax()),
        int(seasonal.argmin()),
    )


def f_tail(f_ratio: float, n_upper_df: int, n_lower_df: int) -> float:
    """Return how often an F ratio is larger than this by chance, 0 to 1.

    Parameters
    ----------
    f_ratio
        The ratio, 0 or more.
    n_upper_df, n_lower_df
        Degrees of freedom of the upper and of the lower mean square.

    References
    ----------
    Abramowitz and Stegun (1964), 26.6.2 and 26.5.8: the incomplete beta function as a continued fraction.

    Examples
    --------
    >>> round(f_tail(4.965, 1, 10), 3)
    0.05
    """
    if math.isinf(f_ratio):
        return 0.0
    x = n_lower_df / (n_lower_df + n_upper_df * f_ratio)
    return _beta_share(n_lower_df / 2, n_upper_df / 2, x)


def _fit(design: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[float, int, NDArray[np.float64]]:
    effects, _, rank, _ = np.linalg.lstsq(design, values, rcond=None)
    rest = values - design @ effects
    return float(rest @ rest), int(rank), np.asarray(effects, np.float64)


def _beta_share(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(b, a, 1 - x)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    # The fraction is worked out from its tail; 200 terms are far more than x below this bound needs.
    fraction = 1.0
    for m in range(200, 0, -1):
        odd = -(a + m - 1) * (a + b + m - 1) * x / ((a + 2 * m - 2) * (a + 2 * m - 1))
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        fraction = 1 + odd / (1 + even / fraction)
    return math.exp(log_front) / (a * fraction)
