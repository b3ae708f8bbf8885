"""Limits and signals against the values that NHSRplotthedots publishes in its vignette and its own tests."""

from __future__ import annotations

import math

import numpy as np
import pytest

from constabulary.performance import RULE_SETS, false_alarms, xmr
from constabulary.performance.false_alarms import simulate

VIGNETTE = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
"""NHSRplotthedots 0.2.2, vignette "Deviations from Excel defaults"."""
NORMAL = """-0.56047565 -0.23017749 1.55870831 0.07050839 0.12928774 1.71506499 0.46091621 -1.26506123 -0.68685285
 -0.44566197 1.22408180 0.35981383 0.40077145 0.11068272 -0.55584113 1.78691314 0.49785048 -1.96661716 0.70135590
 -0.47279141"""
"""R's set.seed(123); rnorm(20), the series of test-ptd_spc_standard.R; the first five are printed in its snapshot."""
TWENTY = [float(one) for one in NORMAL.split()]
EXCEL = "making-data-count-excel"
DEFAULT = "nhsrplotthedots-0.2.2"


@pytest.mark.parametrize(
    ("rules", "lower", "mean", "upper"), [(DEFAULT, -0.72, 1.94, 4.60), (EXCEL, -3.06, 1.94, 6.95)]
)
def test_the_vignettes_limits_with_and_without_screening(
    rules: str, lower: float, mean: float, upper: float
) -> None:
    chart = xmr(VIGNETTE, rules=rules, direction="increase")
    assert chart.latest is not None
    assert [round(one, 2) for one in (chart.latest.lower, chart.latest.mean, chart.latest.upper)] == [
        lower,
        mean,
        upper,
    ]
    # Its caption: one improvement point, grey before and after.
    assert [point.direction for point in chart.points] == [None] * 4 + ["good"] + [None] * 13


def test_the_ranges_up_to_and_down_from_the_outlier_are_screened() -> None:
    found = xmr(VIGNETTE).screened
    assert [(one.previous, one.period, one.moving_range) for one in found] == [("4", "5", 8), ("5", "6", 9)]
    assert xmr(VIGNETTE, rules=EXCEL).screened == ()


@pytest.mark.parametrize(
    ("changed", "rules", "lower", "mean", "upper"),
    [
        (None, DEFAULT, -3.01138, 0.1416238, 3.294627),
        (10.0, DEFAULT, -2.383666, 0.6694159, 3.722497),
        (10.0, EXCEL, -4.596625, 0.6694159, 5.935457),
    ],
)
def test_the_packages_own_snapshots_of_twenty_normal_values(
    changed: float | None, rules: str, lower: float, mean: float, upper: float
) -> None:
    values = TWENTY.copy()
    if changed is not None:
        values[14] = changed
    latest = xmr(values, rules=rules).latest
    assert latest is not None
    assert [latest.lower, latest.mean, latest.upper] == pytest.approx([lower, mean, upper], rel=5e-7)


@pytest.mark.parametrize(
    ("part", "lower", "mean", "upper"),
    [(slice(10), -2.60, 0.0746, 2.75), (slice(10, 20), -3.28, 0.209, 3.70)],
)
def test_the_packages_own_snapshots_of_each_half(
    part: slice, lower: float, mean: float, upper: float
) -> None:
    chart = xmr(TWENTY[part])
    assert chart.latest is not None and chart.latest.is_trial
    assert chart.latest.mean == pytest.approx(mean, abs=5e-4)
    assert [round(chart.latest.lower, 2), round(chart.latest.upper, 2)] == [lower, upper]


def test_two_near_points_on_opposite_sides_are_common_cause() -> None:
    # test-ptd_spc_standard.R: "it only reports special cause for 2of3 points ... on the same side of the mean"
    values = [1, -1] * 7 + [5.5, -5.5]
    assert [point.signal for point in xmr(values).points[-2:]] == [None, None]


@pytest.mark.parametrize("values", [range(8), range(0, -8, -1)])
def test_a_trend_is_seen_whichever_way_it_runs(values: range) -> None:
    # Issue #167: a falling trend was once missed. Limits lie 2.66 from the mean, so both ends, 3.5 away, are outside.
    points = xmr(list(values)).points
    first, last = ("low", "high") if values.step > 0 else ("high", "low")
    assert [point.signal for point in points] == ["outside_limits", *["trend"] * 6, "outside_limits"]
    assert [point.side for point in points] == [first, *[last] * 7]


@pytest.mark.parametrize(
    ("values", "n_in_trend"), [([1, 2, 3, 3, 4, 5, 6], 0), ([2, 1, 2, 3, 4, 5, 6, 7, 3], 7)]
)
def test_a_repeated_value_ends_a_trend(values: list[int], n_in_trend: int) -> None:
    # test-ptd_calculate_point_type.R, "ptd_seven_point_trend works as expected"
    assert sum(point.signal == "trend" for point in xmr(values).points) == n_in_trend


def test_the_multiples_are_those_of_theory() -> None:
    d2 = 2 / math.sqrt(math.pi)  # mean of |x - y| of two standard normal values
    d3 = math.sqrt(2 - 4 / math.pi)  # their standard deviation
    rules = RULE_SETS[DEFAULT]
    assert rules.limit_multiple == round(3 / d2, 2) == 2.66
    assert rules.screening_multiple == pytest.approx(1 + 3 * d3 / d2, abs=5e-4)


@pytest.mark.parametrize("rules", RULE_SETS)
def test_a_stable_process_alarms_as_often_as_we_print(rules: str) -> None:
    n_series = 4_000
    for n_points in (13, 36, 60):
        found = simulate(RULE_SETS[rules], n_points, n_series, np.random.default_rng(n_points))
        printed = false_alarms(rules, n_points)
        assert printed is not None
        for share, told in (
            (found.chart_share, printed.chart_share),
            (found.last_point_share, printed.last_point_share),
        ):
            # Four standard errors, of this run and of the 100,000 series behind the printed share, and its rounding.
            tolerance = 4 * math.sqrt(told * (1 - told) * (1 / n_series + 1 / 100_000)) + 0.0005
            assert abs(share - told) < tolerance


def test_rolling_figures_would_nearly_always_alarm_which_is_why_they_are_refused() -> None:
    rng = np.random.default_rng(3)
    months = rng.poisson(100, (300, 47)).astype(float)
    rolling = np.lib.stride_tricks.sliding_window_view(months, 12, axis=1).sum(axis=2)
    alarms = [any(point.signal for point in xmr(row, kind="single").points) for row in rolling]
    assert np.mean(alarms) > 0.99
    refused = [xmr(row).refused is not None for row in rolling]
    assert np.mean(refused) > 0.75  # from the values alone, in 36 points
    assert np.mean([xmr(row).refused is not None for row in months[:, :36]]) < 0.01
