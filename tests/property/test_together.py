"""Columns told apart together: every row gets the answer for its own values, however many share a slot."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from constabulary.tables import together
from constabulary.tables.together import Together

VALUE = st.one_of(st.none(), st.sampled_from(["", "a", "b", "ab"]), st.text(max_size=3))


@settings(deadline=None)
@given(st.lists(st.tuples(VALUE, VALUE), max_size=40), st.sampled_from([1, 2, 18]))
def test_every_row_gets_the_answer_for_its_own_values(
    rows: list[tuple[str | None, str | None]], slot_bits: int
) -> None:
    frame = pl.DataFrame(rows, schema={"one": pl.String, "other": pl.String}, orient="row")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(together, "SLOT_BITS", slot_bits)
        told = Together(frame)
    answer = pl.struct("one", "other").struct.json_encode().alias("answer")
    assert_frame_equal(told.spread(told.some.select(answer)), frame.select(answer))
    assert told.some.unique().height == frame.unique().height


def test_a_combination_that_repeats_is_worked_out_once() -> None:
    frame = pl.DataFrame({"one": ["a", "b", None] * 1000, "other": ["x", "y", "z"] * 1000})
    assert Together(frame).some.sort("other").rows() == [("a", "x"), ("b", "y"), (None, "z")]
