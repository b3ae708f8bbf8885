"""Whole numbers shared out at random keep their sum and what is known of their parts, whatever is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constabulary.core.errors import BadInput
from constabulary.synthetic.allot import Part, split, spread

SEED = st.integers(0, 2**32)


@given(
    SEED,
    st.integers(0, 10_000),
    st.lists(st.integers(0, 500), max_size=4),
    st.lists(st.floats(0, 0.3), max_size=3),
    st.lists(st.floats(0.1, 9), min_size=1, max_size=4),
)
def test_a_whole_is_shared_out_without_remainder(
    seed: int, n: int, known: list[int], shares: list[float], weights: list[float]
) -> None:
    parts = [
        *(Part(count) for count in known),
        *(Part(share=share) for share in shares),
        *(Part(weight=w) for w in weights),
    ]
    rng = np.random.default_rng(seed)
    if sum(known) > n:
        with pytest.raises(BadInput):
            split(rng, n, parts, "x")
        return
    counts = split(rng, n, parts, "x")
    assert counts.sum() == n
    assert (counts >= 0).all()
    assert counts[: len(known)].tolist() == known


def test_shares_come_out_on_average_and_the_rest_goes_by_weight() -> None:
    rng = np.random.default_rng(1)
    parts = [Part(100), Part(share=0.3), Part(weight=1), Part(weight=3)]
    drawn = np.array([split(rng, 1000, parts, "x") for _ in range(4000)])
    # Left after 100 and 300 are 600, parted one to three; 14.5 is the largest standard deviation of one draw.
    assert np.allclose(drawn.mean(axis=0), [100, 300, 150, 450], atol=4.5 * 15.8 / 4000**0.5)


@given(SEED, st.integers(0, 100_000), st.integers(1, 12), st.data())
def test_hours_add_up_to_the_year_and_to_the_months_given(
    seed: int, n: int, n_months: int, data: st.DataObject
) -> None:
    bins = np.repeat(np.arange(n_months), 24)
    weights = np.array(data.draw(st.lists(st.floats(0.1, 100), min_size=len(bins), max_size=len(bins))))
    months = data.draw(st.lists(st.integers(0, n_months - 1), unique=True, max_size=n_months - 1))
    fixed = {month: data.draw(st.integers(0, n // n_months)) for month in months}
    counts = spread(np.random.default_rng(seed), n, weights, bins, fixed)
    assert counts.sum() == n
    assert (counts >= 0).all()
    by_month = np.bincount(bins, counts)
    assert {month: by_month[month] for month in fixed} == fixed


@given(SEED, st.integers(0, 3000), st.integers(10, 20), st.integers(0, 500), st.integers(0, 500))
def test_other_months_stay_between_the_lowest_and_the_highest_where_they_can(
    seed: int, n: int, n_months: int, one: int, other: int
) -> None:
    lowest, highest = sorted((one, other))
    bins = np.repeat(np.arange(n_months), 5)
    total = n + lowest + highest
    fixed = {0: lowest, 1: highest}
    counts = spread(np.random.default_rng(seed), total, np.ones(len(bins)), bins, fixed, lowest, highest)
    by_month = np.bincount(bins, counts).astype(int)
    assert by_month.sum() == total
    assert by_month[:2].tolist() == [lowest, highest]
    can = (n_months - 2) * (lowest + 1) <= n <= (n_months - 2) * (highest - 1)
    if can:
        assert (by_month[2:] > lowest).all()
        assert (by_month[2:] < highest).all()
