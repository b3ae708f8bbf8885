"""Holding rows to a contract: each rule broken is told, with the rows that broke it."""

from __future__ import annotations

import polars as pl
import pytest

from constabulary.tables.check import Distinct, by_distinct, check, typed
from constabulary.tables.contract import Column, Contract, Kind, Order

CONTRACT = Contract(
    "things",
    "Made up.",
    (
        Column("key", Kind.TEXT, "Key.", pattern=r"[a-z]\d"),
        Column("on", Kind.DATE, "Date.", required=True),
        Column("kind", Kind.CODE, "Kind.", required=True, allowed=("red", "blue")),
        Column("size", Kind.NUMBER, "Size.", lowest=0, highest=10),
        Column("weight", Kind.NUMBER, "Weight."),
        Column("n_legs", Kind.WHOLE, "Legs."),
        Column("is_old", Kind.TRUTH, "Old."),
        Column("began_at", Kind.INSTANT, "Began."),
        Column("ended_at", Kind.INSTANT, "Ended."),
    ),
    period="on",
    scope="kind",
    key="key",
    orders=(Order("began_at", "ended_at"),),
)
GOOD = {"key": "a1", "on": "2024-02-29", "kind": "red", "size": "10", "weight": "-1e3", "n_legs": "4", "is_old": "Yes",
        "began_at": "2024-10-27T01:30:00+01:00", "ended_at": "2024-10-27T01:30:00Z"}  # fmt: skip


def broken(**changes: str | None) -> set[tuple[str, str]]:
    """Return the rules that the second of two rows breaks."""
    rows = pl.DataFrame([GOOD, GOOD | changes], schema=dict.fromkeys(GOOD, pl.String))
    text = rows.with_columns(pl.col("kind", "on").cast(pl.Categorical))
    failures = check(typed(text, CONTRACT), text, CONTRACT)
    assert all(failure.is_broken.to_list() == [False, True] for failure in failures)
    return {(failure.rule, failure.column) for failure in failures}


def test_a_good_row_breaks_no_rule() -> None:
    assert broken() == set()


def test_what_may_be_empty_may_be_empty() -> None:
    assert (
        broken(key=None, size=None, weight=None, n_legs=None, is_old=None, began_at=None, ended_at=None)
        == set()
    )


def test_each_rule_is_told_by_its_name() -> None:
    assert broken(on=None) == {("missing", "on")}
    assert broken(on="2023-02-29") == {("unreadable", "on")}
    assert broken(on="02/29/2024") == {("unreadable", "on")}
    assert broken(on="29/02/2024") == set()
    assert broken(kind="green") == {("not_in_list", "kind")}
    assert broken(key="a12") == {("malformed", "key")}
    assert broken(size="10.5") == {("out_of_range", "size")}
    assert broken(size="nan") == {("out_of_range", "size")}
    assert broken(weight="inf") == {("not_finite", "weight")}
    assert broken(on="1899-12-31") == broken(on="2100-01-01") == {("out_of_range", "on")}
    assert broken(on="1900-01-01") == broken(on="2099-12-31") == set()
    assert broken(ended_at="2099-12-31T23:59:59.999999Z") == set()
    assert broken(ended_at="2100-01-01T00:00:00Z") == {("out_of_range", "ended_at")}
    assert broken(weight="1,5") == {("unreadable", "weight")}
    assert broken(n_legs="4.5") == {("unreadable", "n_legs")}
    assert broken(is_old="maybe") == {("unreadable", "is_old")}
    assert broken(began_at="2024-10-27 01:30") == {("unreadable", "began_at")}
    assert broken(ended_at="2024-10-27T01:29:59+01:00") == {("ended_at_before_began_at", "ended_at")}


@pytest.mark.parametrize("year", ["0000", "-2022", "+12024"])
def test_years_that_no_calendar_of_python_holds_are_refused(year: str) -> None:
    instants = pl.Series("began_at", [f"{year}-10-27T01:30:00Z"]).str.to_datetime(
        "%+", time_unit="us", time_zone="UTC"
    )
    text = pl.DataFrame([GOOD | {"ended_at": None}], schema=dict.fromkeys(GOOD, pl.String))
    failures = check(typed(text, CONTRACT).with_columns(instants), text, CONTRACT)
    assert [(failure.rule, failure.column) for failure in failures] == [("out_of_range", "began_at")]


def test_all_rules_a_row_breaks_are_told_at_once() -> None:
    assert broken(kind="green", size="-1", key="zz") == {
        ("not_in_list", "kind"), ("out_of_range", "size"), ("malformed", "key"),
    }  # fmt: skip


def test_working_a_value_out_once_per_distinct_value_gives_the_same_as_row_by_row() -> None:
    for values in (["a", None, "b", "a"], [None, None], ["a", "a"], []):
        series = pl.Series("x", values, dtype=pl.String)
        plain = [None if value is None else value.upper() for value in values]
        for dtype in (pl.String, pl.Categorical):
            found = by_distinct(series.cast(dtype), pl.col("value").str.to_uppercase(), pl.String())
            assert found.to_list() == plain


@pytest.mark.parametrize(
    "values", [["x", "y", None, "x"], ["x", "x"], ["x", None], [None, None], []], ids=repr
)
def test_rows_are_found_by_the_answer_for_their_value_and_empty_ones_never(values: list[str | None]) -> None:
    distinct = Distinct(pl.Series(values, dtype=pl.String))
    assert sorted(distinct.values) == sorted({value for value in values if value is not None})
    assert distinct.where(distinct.values == "x").to_list() == [value == "x" for value in values]
    same = distinct.spread(distinct.values, pl.String())
    assert same.to_list() == values
