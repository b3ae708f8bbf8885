"""Keys met so far: worked cases."""

from __future__ import annotations

import numpy as np

from constabulary.numeric.seen import SeenKeys


def keys(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


def test_the_first_of_equal_keys_in_a_batch_is_new_and_the_others_are_not() -> None:
    assert SeenKeys().add(keys(5, 3, 5, 5, 3, 9)).tolist() == [False, False, True, True, True, False]


def test_a_key_met_in_an_earlier_batch_is_known() -> None:
    seen = SeenKeys()
    seen.add(keys(1, 2, 3))
    seen.add(keys(7))
    assert seen.add(keys(9, 3, 7, 1)).tolist() == [False, True, True, True]


def test_an_empty_batch_changes_nothing() -> None:
    seen = SeenKeys()
    assert seen.add(keys()).tolist() == []
    assert seen.add(keys(0)).tolist() == [False]
    assert seen.add(keys()).tolist() == []
    assert seen.add(keys(0)).tolist() == [True]
