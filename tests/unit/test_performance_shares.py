"""Intervals of shares and their differences, against the figures Newcombe published."""

from __future__ import annotations

import pytest

from constabulary.performance.shares import difference, effective_number, wilson

# R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3 (score, without continuity correction).
SINGLE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]
# Same journal, 873-890, table II, method 10: (a of m) less (b of n).
PAIRS = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0000),
]


@pytest.mark.parametrize(("n_yes", "n", "lower", "upper"), SINGLE)
def test_the_interval_of_a_share_is_the_published_one(n_yes: int, n: int, lower: float, upper: float) -> None:
    found = wilson(n_yes / n, n)
    assert (found.lower, found.upper) == (pytest.approx(lower, abs=5e-5), pytest.approx(upper, abs=5e-5))


@pytest.mark.parametrize(("a", "m", "b", "n", "lower", "upper"), PAIRS)
def test_the_interval_of_a_difference_is_the_published_one(
    a: int, m: int, b: int, n: int, lower: float, upper: float
) -> None:
    found = difference(b / n, n, a / m, m)
    assert found.value == pytest.approx(a / m - b / n)
    assert found.interval.lower == pytest.approx(lower, abs=5e-5)
    assert found.interval.upper == pytest.approx(upper, abs=5e-5)
    assert found.is_real == (lower > 0)


def test_a_higher_level_makes_a_wider_interval_and_a_fall_can_be_real_too() -> None:
    narrow, wide = wilson(0.4, 50, 0.8), wilson(0.4, 50, 0.99)
    assert wide.lower < narrow.lower < 0.4 < narrow.upper < wide.upper
    assert 0.4 in narrow
    assert difference(0.8, 200, 0.6, 200).is_real
    assert difference(0.8, 200, 0.6, 200).interval.upper < 0


def test_equal_weights_count_as_they_are_and_one_heavy_answer_counts_for_little_more_than_itself() -> None:
    assert effective_number([2.0] * 30) == pytest.approx(30)
    # (10 + 9)^2 / (100 + 9), by hand
    assert effective_number([10.0] + [1.0] * 9) == pytest.approx(361 / 109)
