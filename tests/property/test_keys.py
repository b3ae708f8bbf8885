"""Keys judged together: the very rows that the regular expression finds one by one."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constabulary.tables import keys
from constabulary.tables.keys import is_no_key

NEARLY = st.text("0189afAF/:@G`g\x00\x7f", min_size=64, max_size=64)
KEY = st.one_of(st.none(), st.text("09afAF", min_size=62, max_size=66), NEARLY, st.just("é" * 32), st.text())


@settings(deadline=None)
@given(st.lists(KEY, max_size=20), st.sampled_from([64, 100, 65_536]))
def test_the_rows_told_are_those_that_the_pattern_does_not_match(
    values: list[str | None], n_characters: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_CHARACTERS_AT_A_TIME", n_characters)
        told = is_no_key(pl.Series(values, dtype=pl.String)).to_list()
    assert told == [value is not None and not re.fullmatch(keys.PATTERN, value) for value in values]


@pytest.mark.parametrize("character", [chr(code) for code in range(128)])
def test_each_character_is_judged_as_the_pattern_judges_it(character: str) -> None:
    value = "a" * 63 + character
    assert is_no_key(pl.Series([value])).to_list() == [not re.fullmatch(keys.PATTERN, value)]
