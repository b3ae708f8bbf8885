"""Limits, signals and icons of many series at once: a page of measures in a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constabulary.core.errors import BadInput
from constabulary.performance.guard import POINTS_AT_LEAST, REFUSALS
from constabulary.performance.rules import DEFAULT_RULES, rule_set
from constabulary.performance.spc import (
    ASSURANCES,
    DIRECTIONS,
    VARIATIONS,
    Bools,
    Floats,
    Signs,
    assurance_of,
    limits_of,
    signals_of,
    variation_of,
)


@dataclass(frozen=True)
class XmrMany:
    """What the XmR charts of many series find, one row a series.

    Parameters
    ----------
    rules
        Name of the rule set.
    mean, lower, upper
        Centre lines and process limits [units of the series], NaN where refused, shape (n_series,).
    is_trial
        Whether limits rest on too few points to be relied on, shape (n_series,).
    signal
        Codes into `SIGNALS`, 0 for none, shape (n_series, n_periods).
    side
        1 high or rising, -1 low or falling, 0 no signal, shape (n_series, n_periods).
    variation, assurance, refused
        Names from `VARIATIONS`, `ASSURANCES` and `REFUSALS`, None where there is none, shape (n_series,).
    """

    rules: str
    mean: Floats
    lower: Floats
    upper: Floats
    is_trial: Bools
    signal: Signs
    side: Signs
    variation: NDArray[np.object_]
    assurance: NDArray[np.object_]
    refused: NDArray[np.object_]


def xmr_many(
    values: ArrayLike,
    *,
    targets: ArrayLike | None = None,
    directions: str | Sequence[str] = "neutral",
    rules: str = DEFAULT_RULES,
) -> XmrMany:
    """Draw up the XmR charts of many series, each under one pair of limits from all its points.

    Of the guard rails, too few points and zero variance are kept here; the others need periods and `xmr`.

    Parameters
    ----------
    values
        Values [any units], shape (n_series, n_periods), NaN where a series has none; values on either side of a missing
        one are neighbours.
    targets
        Targets [units of the series], shape (n_series,), NaN where there is none.
    directions
        Which way improvement lies, increase, decrease or neutral: one for all, or one for each.
    rules
        Name of the rule set.

    Raises
    ------
    BadInput
        If shapes do not fit, a value is infinite, or a direction or rule set is unknown.

    Examples
    --------
    >>> many = xmr_many([[1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]])
    >>> many.upper.round(2).tolist(), many.variation.tolist()
    ([4.6], ['common_cause'])
    """
    chosen = rule_set(rules)
    table = np.asarray(values, np.float64)
    if table.ndim != 2 or np.isinf(table).any():
        raise BadInput(
            "Values must be a table of finite numbers (or NaN), one row a series, one column a period."
        )
    n_series = len(table)
    target = np.full(n_series, np.nan) if targets is None else np.asarray(targets, np.float64)
    names = [directions] * n_series if isinstance(directions, str) else list(directions)
    unknown = sorted(set(names) - set(DIRECTIONS))
    if target.shape != (n_series,) or len(names) != n_series or unknown:
        raise BadInput(
            f"{n_series:,} series need {n_series:,} targets (there are {target.size:,}) and {n_series:,} directions "
            f"(there are {len(names):,}), each {', '.join(DIRECTIONS)}{f', not {unknown[0]}' if unknown else ''}."
        )
    good = np.array([DIRECTIONS[name] for name in names], np.int8)
    has_value = ~np.isnan(table)
    n_points = has_value.sum(axis=1)
    mean, lower, upper = (np.full(n_series, np.nan) for _ in range(3))
    signal, side = np.zeros(table.shape, np.int8), np.zeros(table.shape, np.int8)
    variation, assurance = np.zeros(n_series, np.int8), np.zeros(n_series, np.int8)
    refused = np.where(n_points < POINTS_AT_LEAST, 1, 0)
    # Series with values in the same periods are worked out together, without their gaps.
    patterns, pattern_of = np.unique(has_value, axis=0, return_inverse=True)
    for no, pattern in enumerate(patterns):
        if pattern.sum() < POINTS_AT_LEAST:
            continue
        rows = np.flatnonzero(pattern_of.ravel() == no)
        part = table[np.ix_(rows, pattern)]
        limits = limits_of(part, chosen)
        is_flat = limits.moving_range_mean == 0
        codes, ways = signals_of(part, limits, chosen, good[rows])
        codes[is_flat], ways[is_flat] = 0, 0
        refused[rows[is_flat]] = 2
        signal[np.ix_(rows, pattern)], side[np.ix_(rows, pattern)] = codes, ways
        variation[rows] = variation_of(ways[:, -1], good[rows])
        assurance[rows] = assurance_of(target[rows], limits, good[rows])
        is_constant = (part == part[:, :1]).all(axis=1)
        meets = good[rows] * (part[:, 0] - target[rows]) >= 0
        # As for one chart: an unchanging value meets its target or does not.
        stuck = np.where((assurance[rows] == 0) | ~is_constant, 0, np.where(meets, 1, 3))
        assurance[rows] = np.where(is_flat, stuck, assurance[rows])
        for whole, found in ((mean, limits.mean), (lower, limits.lower), (upper, limits.upper)):
            whole[rows] = np.where(is_flat, np.nan, found)
    icons = np.array(VARIATIONS, object)[variation]
    icons[refused != 0] = None
    return XmrMany(
        rules,
        mean,
        lower,
        upper,
        (n_points < chosen.trial_below) & (refused == 0),
        signal,
        side,
        icons,
        np.array(ASSURANCES, object)[assurance],
        np.array(REFUSALS, object)[refused],
    )
