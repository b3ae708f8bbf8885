"""The set of keys met so far against Python's own set."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from constabulary.numeric.seen import SeenKeys

KEY = st.one_of(st.integers(0, 9), st.sampled_from([0, 1, 2**63, 2**64 - 1]), st.integers(0, 2**64 - 1))
SHELF = st.sampled_from([0, 1, 2**64 - 1])


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(SHELF, KEY), max_size=30), max_size=12))
def test_a_key_is_new_the_first_time_it_is_met_on_its_shelf_and_never_again(
    batches: list[list[tuple[int, int]]],
) -> None:
    seen, known = SeenKeys(), set[tuple[int, int]]()
    for batch in batches:
        expected = []
        for pair in batch:
            expected.append(pair in known)
            known.add(pair)
        shelves, keys = np.array(batch, dtype=np.uint64).reshape(-1, 2).T
        assert seen.add(keys, shelves).tolist() == expected


def test_keys_take_at_most_24_bytes_each_and_few_runs() -> None:
    rng = np.random.default_rng(1)
    seen = SeenKeys()
    for _ in range(100):
        keys = rng.integers(0, 2**64, 1000, dtype=np.uint64)
        assert not seen.add(keys, np.zeros_like(keys)).any()
    (shelf,) = seen._shelves.values()
    assert sum(run.nbytes for run in shelf._runs) == 8 * 100_000
    assert shelf._marks.nbytes <= 16 * 100_000
    assert len(shelf._runs) <= np.log2(100) + 1
