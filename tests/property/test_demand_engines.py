"""Property: the SQL of a declared figure and its Polars twin agree on any small table."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from constabulary.store.aggregate import aggregate_sql
from constabulary.store.lake import Lake
from constabulary.store.lens import Lens
from constabulary.tables.aggregate import Aggregate, By, Condition, Dimension, Measure, Rule, evaluate

SCHEMA = {
    "day": pl.Date,
    "kind": pl.String,
    "place": pl.String,
    "flags": pl.String,
    "size": pl.Float64,
    "is_made_up": pl.Boolean,
    "begun_at": pl.Datetime("us", "UTC"),
    "ended_at": pl.Datetime("us", "UTC"),
}
BEGIN = datetime(2020, 3, 29, 0, 59, 50, tzinfo=UTC)
TEXTS = ["Fenland 004", "fenland", "it's", "Ünder", "a b", ""]

rows = st.lists(
    st.tuples(
        st.none() | st.dates(date(2019, 12, 20), date(2021, 3, 5)),
        st.none() | st.sampled_from(TEXTS),
        st.none() | st.sampled_from(["p", "q"]),
        st.none() | st.lists(st.sampled_from(["x", "y", "xy"]), min_size=1, max_size=3).map(";".join),
        st.none() | st.integers(-4, 9).map(lambda n: n / 4),
        st.none() | st.booleans(),
        *[st.none() | st.integers(0, 40).map(lambda s: BEGIN + timedelta(seconds=s))] * 2,
    ),
    max_size=25,
)
dimensions = st.lists(
    st.sampled_from([
        Dimension("kind", "kind"), Dimension("where", "place"), Dimension("day", "day"),
        Dimension("month", "day", By.MONTH), Dimension("flag", "flags", By.FLAGS),
    ]),
    max_size=3,
    unique_by=lambda dimension: dimension.name,
)  # fmt: skip
stretch = st.tuples(
    st.dates(date(2019, 12, 1), date(2020, 6, 1)), st.dates(date(2020, 2, 1), date(2021, 4, 1))
)
kinds = st.lists(st.sampled_from(TEXTS), max_size=3).map(tuple)
conditions = st.lists(
    st.one_of(
        st.builds(Condition, st.just("kind"), st.sampled_from([Rule.IN, Rule.NOT_IN]), kinds),
        st.builds(
            Condition,
            st.sampled_from(["kind", "place", "flags", "size"]),
            st.sampled_from([Rule.EMPTY, Rule.FILLED]),
        ),
        st.builds(Condition, st.just("day"), st.just(Rule.BETWEEN), st.lists(stretch, max_size=2).map(tuple)),
        st.builds(
            Condition,
            st.just("flags"),
            st.just(Rule.FLAG),
            st.lists(st.sampled_from(["x", "y"]), max_size=2).map(tuple),
        ),
        st.builds(
            Condition, st.just("is_made_up"), st.just(Rule.IN), st.booleans().map(lambda value: (value,))
        ),
        st.builds(
            Condition,
            st.just("ended_at"),
            st.just(Rule.WITHIN),
            st.integers(0, 20).map(lambda limit_s: ("begun_at", limit_s)),
        ),
    ),
    max_size=3,
)
measures = st.sampled_from([(Measure.ROWS, None), (Measure.SUM, "size"), (Measure.DISTINCT, "place")])


@settings(deadline=None, max_examples=80)
@given(rows=rows, by=dimensions, measure=measures, always=conditions, further=conditions)
def test_duckdb_and_polars_agree_on_any_figure_of_any_small_table(rows, by, measure, always, further) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    aggregate = Aggregate("a", "A", "A.", "t", tuple(by), "things", *measure, always=tuple(always))
    with tempfile.TemporaryDirectory() as folder:
        lens = Lens(Lake(Path(folder)), (), {"t": frame})
        found = lens.sql(aggregate_sql(aggregate, further))
        lens.close()
    expected = evaluate(aggregate, frame, further)
    assert found.columns == expected.columns
    assert found.rows() == expected.rows()
