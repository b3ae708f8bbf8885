"""A force among its peers: rates, weighted averages, and ranks with what chance allows."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from constabulary.core.errors import BadInput
from constabulary.performance.comparison import Counted, compare, poisson_interval
from constabulary.performance.shares import wilson

FOUR = [Counted("A", 100, 10_000), Counted("B", 400, 20_000), Counted("C", 90, 10_000), Counted("D", 5, 100)]


def at_most(count: int, mean: float) -> float:
    """Return the chance of a Poisson count of at most this many, summed term by term."""
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))


@pytest.mark.parametrize("count", [1, 5, 17, 100, 2500])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_at_either_limit_the_count_found_is_as_unlikely_as_the_level_says(count: int, level: float) -> None:
    tail = (1 - level) / 2
    found = poisson_interval(count, level)
    assert 1 - at_most(count - 1, found.lower) == pytest.approx(tail, rel=1e-6)
    assert at_most(count, found.upper) == pytest.approx(tail, rel=1e-6)


def test_no_event_at_all_still_has_an_upper_limit() -> None:
    assert poisson_interval(0).lower == 0
    assert poisson_interval(0).upper == pytest.approx(-math.log(0.025))


def test_averages_are_weighted_by_the_base_and_can_leave_the_force_out() -> None:
    made = compare(FOUR, group=["A", "B"])
    assert made.all_forces.value == pytest.approx(595 / 40_100 * 1000)
    assert made.group is not None
    assert made.group.value == pytest.approx(500 / 30_000 * 1000)
    assert made.without("A").value == pytest.approx(495 / 30_100 * 1000)
    assert made.without("A", in_group=True).value == pytest.approx(400 / 20_000 * 1000)
    assert made.of("C").value == pytest.approx(9.0)
    assert compare(FOUR, per=100).of("C").value == pytest.approx(0.9)


def test_rank_one_is_the_highest_or_the_best() -> None:
    assert [one.force for one in compare(FOUR).forces] == ["D", "B", "A", "C"]
    assert [one.force for one in compare(FOUR, direction="increase").forces] == ["D", "B", "A", "C"]
    assert [one.force for one in compare(FOUR, direction="decrease").forces] == ["C", "A", "B", "D"]


def test_equal_values_share_the_better_rank() -> None:
    made = compare([Counted("A", 10, 100), Counted("B", 20, 200), Counted("C", 1, 100)])
    assert {one.force: one.rank for one in made.forces} == {"A": 1, "B": 1, "C": 3}


def test_a_rank_is_sure_only_as_far_as_the_counts_allow() -> None:
    # Chance that a gamma of 120.5 exceeds one of 100.5: the beta law gives it exactly.
    overlap = 1 - stats.beta.cdf(0.5, 120.5, 100.5)
    assert 0.025 < overlap < 0.975
    near = compare([Counted("A", 100, 1000), Counted("B", 120, 1000)])
    assert {one.rank_interval for one in near.forces} == {(1, 2)}
    apart = 1 - stats.beta.cdf(0.5, 200.5, 100.5)
    assert apart > 0.975
    far = compare([Counted("A", 100, 1000), Counted("B", 200, 1000)])
    assert [one.rank_interval for one in far.forces] == [(1, 1), (2, 2)]
    between = 1 - stats.beta.cdf(0.5, 133.5, 100.5)
    assert 1 - 0.025 < between < 1 - 0.005
    pair = [Counted("A", 100, 1000), Counted("B", 133, 1000)]
    assert compare(pair, level=0.95).of("A").rank_interval == (2, 2)
    assert compare(pair, level=0.99).of("A").rank_interval == (1, 2)


def test_a_share_is_part_of_its_base() -> None:
    made = compare([Counted("A", 30, 40), Counted("B", 10, 40)], kind="share")
    assert made.of("A").value == 0.75
    assert made.of("A").interval == wilson(0.75, 40)
    with pytest.raises(BadInput, match="no more than the base"):
        compare([Counted("A", 50, 40), Counted("B", 10, 40)], kind="share")


def test_what_cannot_be_compared_is_told_all_at_once() -> None:
    with pytest.raises(BadInput) as error:
        compare([Counted("A", -1, 10), Counted("A", 1, 0)], group=["Z"])
    assert sorted(p.rule for p in error.value.problems) == [
        "impossible_count",
        "impossible_count",
        "repeated_force",
        "unknown_force",
    ]
    with pytest.raises(BadInput, match="no two forces"):
        compare([Counted("A", 1, 10)])
    with pytest.raises(BadInput, match="not among the forces"):
        compare(FOUR).of("E")
