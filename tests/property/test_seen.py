"""The set of keys met so far against Python's own set."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from constabulary.numeric.seen import SeenKeys

KEY = st.one_of(st.integers(0, 9), st.sampled_from([0, 1, 2**63, 2**64 - 1]), st.integers(0, 2**64 - 1))


@settings(deadline=None)
@given(st.lists(st.lists(KEY, max_size=30), max_size=12))
def test_a_key_is_new_the_first_time_it_is_met_and_never_again(batches: list[list[int]]) -> None:
    seen, known = SeenKeys(), set[int]()
    for batch in batches:
        expected = []
        for key in batch:
            expected.append(key in known)
            known.add(key)
        assert seen.add(np.array(batch, dtype=np.uint64)).tolist() == expected


def test_keys_take_eight_bytes_each_and_few_runs() -> None:
    rng = np.random.default_rng(1)
    seen = SeenKeys()
    for _ in range(100):
        assert not seen.add(rng.integers(0, 2**64, 1000, dtype=np.uint64)).any()
    assert sum(run.nbytes for run in seen._runs) == 8 * 100_000
    assert len(seen._runs) <= np.log2(100) + 1
