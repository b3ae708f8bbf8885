"""The arithmetic of XmR charts on a matrix of series: limits, signals and icons, without periods or words.

Each row is one series, each column the next point in time; there are no gaps. Everything is worked out for all series
at once, so a page of a thousand measures costs no more than a moment.

References
----------
Rules as in NHSRplotthedots 0.2.2; see `constabulary.performance.rules`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constabulary.performance.rules import RuleSet

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Signs = NDArray[np.int8]

SIGNALS = (None, "outside_limits", "trend", "two_of_three", "shift")
"""Names of the signals, by code; the first that applies is a point's signal."""
VARIATIONS = (
    "common_cause",
    "improvement_high",
    "improvement_low",
    "concern_high",
    "concern_low",
    "neutral_high",
    "neutral_low",
)
"""Names of the variation icons, by code."""
ASSURANCES = (None, "pass", "hit_or_miss", "fail")
"""Names of the assurance icons, by code."""
DIRECTIONS = {"decrease": -1, "neutral": 0, "increase": 1}
"""Which way improvement lies."""


@dataclass(frozen=True)
class Limits:
    """Where the limits of each series lie.

    Parameters
    ----------
    mean, lower, upper
        Centre line and process limits [unit of the values], shape (n_series,).
    moving_range_mean
        Mean moving range after screening [unit of the values], shape (n_series,).
    is_screened
        Which moving ranges were left out, shape (n_series, n_limit_points - 1); column k lies between points k
        and k + 1.
    """

    mean: Floats
    lower: Floats
    upper: Floats
    moving_range_mean: Floats
    is_screened: Bools


def limits_of(values: Floats, rules: RuleSet) -> Limits:
    """Return the limits that follow from points.

    Parameters
    ----------
    values
        The points that the limits rest on [any unit], shape (n_series, n_limit_points): two columns or more, finite.
    rules
        The rule set.
    """
    mean = values.mean(axis=1)
    # The second pass takes away the rounding of the first: the mean of equal values is that value.
    mean += (values - mean[:, None]).mean(axis=1)
    ranges = np.abs(np.diff(values, axis=1))
    range_mean = ranges.mean(axis=1)
    is_screened = np.zeros(ranges.shape, np.bool_)
    if rules.screening_multiple is not None:
        is_screened = (ranges >= rules.screening_multiple * range_mean[:, None]) & (range_mean > 0)[:, None]
        # At least one range is no larger than the mean of all, so there is always one left.
        range_mean = np.where(is_screened, 0, ranges).sum(axis=1) / (~is_screened).sum(axis=1)
    reach = rules.limit_multiple * range_mean
    return Limits(mean, mean - reach, mean + reach, range_mean, is_screened)


def signals_of(values: Floats, limits: Limits, rules: RuleSet, good: Signs) -> tuple[Signs, Signs]:
    """Return each point's signal and which way it points.

    Parameters
    ----------
    values
        All points [unit of the limits], shape (n_series, n_points).
    limits
        Limits of each series; they may rest on fewer points.
    rules
        The rule set.
    good
        Which way improvement lies for each series, -1, 0 or 1, shape (n_series,).

    Returns
    -------
    tuple of arrays
        Codes into `SIGNALS`, and 1 for high or rising, -1 for low or falling, 0 for none, both of shape
        (n_series, n_points).
    """
    mean = limits.mean[:, None]
    reach = 2 * (rules.limit_multiple / 3) * limits.moving_range_mean[:, None]
    side: Signs = np.sign(values - mean).astype(np.int8)
    is_outside = (values > limits.upper[:, None]) | (values < limits.lower[:, None])
    is_near = (values > mean + reach) | (values < mean - reach)
    if not rules.is_beyond_limits_near:
        is_near &= ~is_outside
    step: Signs = np.sign(np.diff(values, axis=1)).astype(np.int8)
    is_rising = _in_run(step == 1, rules.run_length - 1, reach=rules.run_length)
    is_falling = _in_run(step == -1, rules.run_length - 1, reach=rules.run_length)
    trend = is_rising.astype(np.int8) - is_falling
    # A peak or trough ends one trend and begins another; it counts to the one it begins.
    is_turn = is_rising & is_falling
    trend[:, :-1][is_turn[:, :-1]] = step[is_turn[:, :-1]]
    is_shift = _in_run(side == 1, rules.run_length, rules.run_length) | _in_run(
        side == -1, rules.run_length, rules.run_length
    )
    found = (
        np.where(is_outside, side, 0),
        trend,
        np.where(_two_of_three(is_near, side), side, 0),
        np.where(is_shift, side, 0),
    )
    signal = np.zeros(values.shape, np.int8)
    way = np.zeros(values.shape, np.int8)
    for code, ways in reversed(list(enumerate(found, start=1))):
        signal[ways != 0] = code
        way = np.where(ways != 0, ways, way).astype(np.int8)
    if rules.does_improvement_win:
        improving = [ways == good[:, None] for ways in found]
        improving[1] |= is_turn
        for code, is_good in reversed(list(enumerate(improving, start=1))):
            wins = is_good & (good != 0)[:, None]
            signal[wins] = code
            way = np.where(wins, good[:, None], way).astype(np.int8)
    return signal, way


def variation_of(last_way: Signs, good: Signs) -> Signs:
    """Return the variation icon of each series, a code into `VARIATIONS`, from the way of its last point's signal.

    Parameters
    ----------
    last_way
        1, -1 or 0 for each series, shape (n_series,).
    good
        Which way improvement lies for each series, shape (n_series,).
    """
    kind = np.where(good == 0, 2, np.where(last_way == good, 0, 1))
    return np.where(last_way == 0, 0, 1 + 2 * kind + (last_way < 0)).astype(np.int8)


def assurance_of(target: Floats, limits: Limits, good: Signs) -> Signs:
    """Return the assurance icon of each series, a code into `ASSURANCES`.

    A target beyond the better limit will be missed, one beyond the worse limit will be met, as long as nothing changes.
    A target exactly at a limit is neither: hit or miss.

    Parameters
    ----------
    target
        Target of each series [unit of the limits], NaN where there is none, shape (n_series,).
    limits
        The latest limits.
    good
        Which way improvement lies for each series; without one there is no assurance.
    """
    beyond = (target > limits.upper).astype(np.int8) - (target < limits.lower)
    icon = np.where(beyond == 0, 2, np.where(beyond == good, 3, 1))
    return np.where(np.isnan(target) | (good == 0) | np.isnan(limits.upper), 0, icon).astype(np.int8)


def _in_run(holds: Bools, length: int, reach: int) -> Bools:
    """Tell which points are part of `length` columns in a row that all hold, each run covering `reach` points."""
    n_series, n_columns = holds.shape
    n_points = n_columns + reach - length
    inside = np.zeros((n_series, n_points), np.bool_)
    n_windows = n_columns - length + 1
    if n_windows < 1:
        return inside
    whole = holds[:, :n_windows].copy()
    for offset in range(1, length):
        whole &= holds[:, offset : offset + n_windows]
    for offset in range(reach):
        inside[:, offset : offset + n_windows] |= whole
    return inside


def _two_of_three(is_near: Bools, side: Signs) -> Bools:
    """Tell which near points are among three on the same side of which two or more are near."""
    inside = np.zeros(is_near.shape, np.bool_)
    n_windows = is_near.shape[1] - 2
    if n_windows < 1:
        return inside
    parts = [slice(offset, offset + n_windows) for offset in range(3)]
    n_near = sum(is_near[:, part].astype(np.int8) for part in parts)
    sides = sum(side[:, part] for part in parts)
    is_hit = (n_near >= 2) & (np.abs(sides) == 3)
    for part in parts:
        inside[:, part] |= is_hit
    return inside & is_near
