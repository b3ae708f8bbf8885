"""How often a process that does not change shows a signal, by rule set and length: simulated, and told to readers.

`simulate` is how the figures were made: 100,000 series of independent normal values a cell, one generator of seed
20240501 for all cells, rule set by rule set and length by length.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from constabulary.performance.rules import RuleSet
from constabulary.performance.spc import limits_of, signals_of

LENGTHS = (13, 24, 36, 48, 60, 120)
"""Lengths of series that were simulated [points]."""


@dataclass(frozen=True)
class FalseAlarms:
    """What chance alone does.

    Parameters
    ----------
    chart_share
        Share of charts of a stable process on which at least one point is a signal, 0 to 1.
    last_point_share
        Share of such charts whose last point, and so whose variation icon, is a signal, 0 to 1.
    """

    chart_share: float
    last_point_share: float


CHART_SHARES: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "nhsrplotthedots-0.2.2": (0.0802, 0.1853, 0.2944, 0.3843, 0.4686, 0.7418),
        "making-data-count-excel": (0.0564, 0.1535, 0.2607, 0.3512, 0.4356, 0.7151),
        "making-data-count-excel-6-points": (0.1061, 0.2833, 0.4432, 0.5682, 0.6661, 0.9097),
        "making-data-count-2023-11": (0.0541, 0.1555, 0.2589, 0.3503, 0.4361, 0.7186),
    }
)
"""Simulated `FalseAlarms.chart_share` of each rule set at each of `LENGTHS`."""
LAST_POINT_SHARES: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "nhsrplotthedots-0.2.2": (0.0141, 0.0165, 0.0175, 0.0173, 0.0188, 0.0196),
        "making-data-count-excel": (0.0107, 0.0131, 0.0152, 0.0158, 0.0178, 0.0179),
        "making-data-count-excel-6-points": (0.0205, 0.0267, 0.0301, 0.0321, 0.0334, 0.0355),
        "making-data-count-2023-11": (0.0103, 0.0137, 0.0154, 0.0163, 0.0172, 0.0183),
    }
)
"""Simulated `FalseAlarms.last_point_share` of each rule set at each of `LENGTHS`."""


def false_alarms(rules: str, n_points: int) -> FalseAlarms | None:
    """Return what chance alone does to a chart, between the simulated lengths by straight lines.

    Parameters
    ----------
    rules
        Name of the rule set.
    n_points
        Points on the chart, all of them under one pair of limits.

    Returns
    -------
    FalseAlarms or None
        None for a length outside those simulated.

    Examples
    --------
    >>> 0.2 < false_alarms("nhsrplotthedots-0.2.2", 36).chart_share < 0.4
    True
    """
    if not LENGTHS[0] <= n_points <= LENGTHS[-1]:
        return None
    return FalseAlarms(
        round(float(np.interp(n_points, LENGTHS, CHART_SHARES[rules])), 3),
        round(float(np.interp(n_points, LENGTHS, LAST_POINT_SHARES[rules])), 3),
    )


def simulate(rules: RuleSet, n_points: int, n_series: int, rng: np.random.Generator) -> FalseAlarms:
    """Draw charts of a stable process and return how many show a signal.

    Parameters
    ----------
    rules
        The rule set.
    n_points
        Points on a chart.
    n_series
        Charts to draw; the standard error of a share is at most 0.5 / sqrt(n_series).
    rng
        Where the values come from.
    """
    n_alarms = n_last = 0
    for begin in range(0, n_series, 10_000):
        values = rng.normal(size=(min(10_000, n_series - begin), n_points))
        signal, _ = signals_of(values, limits_of(values, rules), rules, np.zeros(len(values), np.int8))
        n_alarms += int((signal != 0).any(axis=1).sum())
        n_last += int((signal[:, -1] != 0).sum())
    return FalseAlarms(n_alarms / n_series, n_last / n_series)
