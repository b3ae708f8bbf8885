"""Selecting the best of several: as often right as it says, and sooner in common luck."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from constabulary.core.errors import BadInput
from constabulary.response.selection import select_best


def chosen(seed: int, means: Sequence[float], common: float = 0.0, **asked: float) -> tuple[int, int]:
    """Which is chosen, and after how many replications in all; `common` is the spread that all share."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(400, len(means))) + common * rng.normal(size=(400, 1))

    def sample(of: Sequence[int], first: int, n: int) -> np.ndarray:
        return noise[first : first + n, list(of)] + np.array(means)[list(of)]

    found = select_best(sample, len(means), 0.5, n_most=400, **asked)  # type: ignore[arg-type]
    assert found.is_confident
    return found.best, int(found.n_replications.sum())


def test_the_best_is_chosen_at_least_as_often_as_the_confidence_says() -> None:
    """The hardest case there is: all others worse by just the difference worth minding."""
    right = [chosen(seed, [0.0, 0.5, 0.0, 0.0, 0.0], confidence=0.9)[0] == 1 for seed in range(200)]
    assert np.mean(right) >= 0.9 - 2 * np.sqrt(0.9 * 0.1 / 200)


def test_luck_that_all_share_makes_no_work() -> None:
    assert chosen(3, [0.0, 0.2, 2.0], common=0.0) == chosen(3, [0.0, 0.2, 2.0], common=0.0)
    own = [chosen(seed, [0.0, 0.3, 1.0])[1] for seed in range(20)]
    shared = [chosen(seed, [0.0, 0.3, 1.0], common=25.0)[1] for seed in range(20)]
    assert own == shared  # only differences count


def test_far_worse_options_are_left_out_after_the_first_replications() -> None:
    _, n = chosen(1, [0.0, 0.0, 0.0, 9.0])
    assert n == 4 * 10


def test_without_replications_enough_it_says_so() -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(12, 2))
    found = select_best(lambda of, first, n: noise[first : first + n, of], 2, 0.01, n_most=12)
    assert not found.is_confident and found.still_in == (0, 1)
    assert found.best == int(np.argmax(noise.mean(axis=0)))


def test_one_option_is_the_best() -> None:
    assert select_best(lambda of, first, n: np.ones((n, 1)), 1, 0.1).best == 0


@pytest.mark.parametrize(
    ("difference", "confidence", "n_first"), [(0.0, 0.9, 10), (0.1, 1.0, 10), (0.1, 0.9, 2)]
)
def test_values_out_of_range_are_refused(difference: float, confidence: float, n_first: int) -> None:
    with pytest.raises(BadInput, match="difference"):
        select_best(lambda of, first, n: np.ones((n, 2)), 2, difference, confidence, n_first=n_first)
