"""Local time worked by hand for the days the clocks change in the United Kingdom."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from constabulary.tables.times import (
    both_instants,
    is_ambiguous_hour,
    local_hour_of_week,
    local_month,
    local_on,
    read_clock,
)

LONDON = "Europe/London"


def instants(*texts: str) -> pl.Series:
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in texts]
    return pl.Series(moments, dtype=pl.Datetime("us", "UTC"))


def test_the_hour_of_the_week_counts_from_monday_midnight_by_the_local_clock() -> None:
    # 1 January 2024 was a Monday; 30 June 2024 a Sunday, in summer time one hour ahead.
    found = local_hour_of_week(instants("2024-01-01T00:00", "2024-06-30T22:59", "2024-06-30T23:00"), LONDON)
    assert found.to_list() == [0, 167, 0]


def test_the_date_and_month_are_those_of_the_local_clock() -> None:
    late = instants("2024-03-31T23:51", "2024-01-31T23:51")
    assert local_on(late, LONDON).to_list() == [date(2024, 4, 1), date(2024, 1, 31)]
    assert local_month(late, LONDON).to_list() == [date(2024, 4, 1), date(2024, 1, 1)]


def test_both_hours_that_share_a_clock_reading_are_ambiguous_and_their_neighbours_are_not() -> None:
    # British Summer Time ended on 27 October 2024 at 01:00 UTC: 00:30 and 01:30 UTC both read 01:30.
    around = instants(*(f"2024-10-{day}" for day in ("26T23:59", "27T00:00", "27T00:30", "27T01:30", "27T01:59",
                                                     "27T02:00")))  # fmt: skip
    assert is_ambiguous_hour(around, LONDON).to_list() == [False, True, True, True, True, False]
    assert not is_ambiguous_hour(instants("2024-03-31T00:30", "2024-03-31T01:00"), LONDON).any()


def test_a_clock_reading_that_came_twice_is_told_and_one_that_never_was_is_empty() -> None:
    text = pl.Series(["27/10/2024 01:30", "31/03/2024 01:30", "01/07/2024 12:00", "soon", None])
    first, last = both_instants(read_clock(text, ["%d/%m/%Y %H:%M"]), LONDON)
    assert first.to_list() == [
        datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
        None,
        datetime(2024, 7, 1, 11, 0, tzinfo=UTC),
        None,
        None,
    ]
    # The one reading that came twice came again an hour later; every other one came once.
    assert last.to_list() == [datetime(2024, 10, 27, 1, 30, tzinfo=UTC), *first.to_list()[1:]]
