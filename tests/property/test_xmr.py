"""What must hold of an XmR chart whatever the values are."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from constabulary.performance import RULE_SETS, XmrChart, xmr, xmr_many

VALUES = st.lists(st.integers(-50, 50), min_size=13, max_size=60)
RULES = st.sampled_from(list(RULE_SETS))


def drawn(values: list[int], **options: Any) -> XmrChart:
    """Draw a chart no point of which lies so close to a line that rounding decides."""
    chart = xmr([float(value) for value in values], kind="single", **options)
    assume(chart.latest is not None)
    assert chart.latest is not None
    middle, reach = chart.latest.mean, chart.latest.upper - chart.latest.mean
    for line in (0, reach, reach * 2 / 3):
        assume(all(abs(abs(value - middle) - line) > 1e-9 for value in values))
    ranges = np.abs(np.diff(values))
    assume((np.abs(ranges - 3.267 * ranges.mean()) > 1e-9).all())
    return chart


def findings(chart: XmrChart) -> list[tuple[str | None, str | None, str | None]]:
    return [(point.signal, point.side, point.direction) for point in chart.points]


@settings(max_examples=150, deadline=None)
@given(VALUES, RULES, st.integers(-1000, 1000), st.integers(1, 1000))
def test_shifting_and_stretching_changes_no_signal_and_carries_the_limits_along(
    values: list[int], rules: str, shift: int, scale: int
) -> None:
    chart = drawn(values, rules=rules, direction="increase")
    moved = xmr(
        [float(value * scale + shift) for value in values], kind="single", rules=rules, direction="increase"
    )
    assert chart.latest is not None and moved.latest is not None
    assert findings(moved) == findings(chart)
    assert moved.variation == chart.variation
    for name in ("lower", "mean", "upper"):
        assert np.isclose(
            getattr(moved.latest, name), getattr(chart.latest, name) * scale + shift, rtol=1e-9, atol=1e-6
        )


@settings(max_examples=150, deadline=None)
@given(VALUES, RULES, st.sampled_from(["increase", "decrease", "neutral"]), st.integers(-60, 60))
def test_a_mirrored_measure_with_the_mirrored_direction_says_the_same(
    values: list[int], rules: str, direction: str, target: int
) -> None:
    other = {"increase": "decrease", "decrease": "increase", "neutral": "neutral"}[direction]
    chart = drawn(values, rules=rules, direction=direction, target=target)
    mirror = xmr([-value for value in values], kind="single", rules=rules, direction=other, target=-target)
    swap = {"high": "low", "low": "high", None: None}
    assert findings(mirror) == [(signal, swap[side], told) for signal, side, told in findings(chart)]
    assert mirror.assurance == chart.assurance
    assert chart.variation is not None and mirror.variation is not None
    assert mirror.variation.split("_")[0] == chart.variation.split("_")[0]


@settings(max_examples=100, deadline=None)
@given(VALUES, RULES)
def test_the_direction_only_says_which_signals_are_good(values: list[int], rules: str) -> None:
    chart, neutral = (drawn(values, rules=rules, direction=one) for one in ("increase", "neutral"))
    assert [bool(point.signal) for point in chart.points] == [bool(point.signal) for point in neutral.points]
    for point in chart.points:
        assert point.direction == {"high": "good", "low": "bad", None: None}[point.side]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(VALUES, min_size=1, max_size=4), RULES, st.integers(-60, 60), st.randoms(use_true_random=False)
)
def test_many_series_at_once_say_what_each_says_alone(
    series: list[list[int]], rules: str, target: int, random: Any
) -> None:
    width = max(map(len, series)) + 3
    table = np.full((len(series), width), np.nan)
    for row, values in zip(table, series, strict=True):
        row[sorted(random.sample(range(width), len(values)))] = values
    targets = np.full(len(series), float(target))
    many = xmr_many(table, rules=rules, targets=targets, directions="decrease")
    for no, row in enumerate(table):
        alone = xmr(row, kind="single", rules=rules, target=target, direction="decrease")
        assert many.variation[no] == alone.variation
        assert many.assurance[no] == alone.assurance
        assert many.refused[no] == (alone.refused.rule if alone.refused else None)
        assert alone.latest is None or many.upper[no] == alone.latest.upper
        codes = [None, "outside_limits", "trend", "two_of_three", "shift"]
        assert [codes[code] for code in many.signal[no][~np.isnan(row)]] == [
            point.signal for point in alone.points
        ]
