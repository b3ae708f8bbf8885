"""Keys met so far: worked cases."""

from __future__ import annotations

import numpy as np

from constabulary.numeric.seen import SeenKeys


def add(seen: SeenKeys, keys: list[int], shelf: list[int] | int = 0) -> list[bool]:
    return seen.add(
        np.array(keys, dtype=np.uint64), np.broadcast_to(np.array(shelf, dtype=np.uint64), len(keys))
    ).tolist()


def test_the_first_of_equal_keys_in_a_batch_is_new_and_the_others_are_not() -> None:
    assert add(SeenKeys(), [5, 3, 5, 5, 3, 9]) == [False, False, True, True, True, False]


def test_a_key_met_in_an_earlier_batch_is_known() -> None:
    seen = SeenKeys()
    add(seen, [1, 2, 3])
    add(seen, [7])
    assert add(seen, [9, 3, 7, 1]) == [False, True, True, True]


def test_a_key_met_on_one_shelf_is_new_on_another() -> None:
    seen = SeenKeys()
    assert add(seen, [5, 5, 5, 3], [1, 2, 1, 2]) == [False, False, True, False]
    assert add(seen, [5, 5, 3], 2) == [True, True, True]
    assert add(seen, [3, 5], 1) == [False, True]


def test_an_empty_batch_changes_nothing() -> None:
    seen = SeenKeys()
    assert add(seen, []) == []
    assert add(seen, [0]) == [False]
    assert add(seen, []) == []
    assert add(seen, [0]) == [True]
