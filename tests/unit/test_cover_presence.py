"""Time in each area, on cases worked by hand: two squares side by side, 0 to 1 and 1 to 2 degrees east."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from constabulary.cover.clock import Clock
from constabulary.cover.fixes import US, Track, label_of
from constabulary.cover.presence import Rule, Setting, Summary, merge, summarise
from constabulary.numeric.grid import AreaIndex

EVER = (-(2**62), 2**62)
SQUARES = AreaIndex.build(
    [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0], [1, 0], [2, 0], [2, 1], [1, 1], [1, 0]], [0, 5, 10], [0, 1]
)


def clock(low: int, high: int) -> Clock:
    return Clock.between(low, high, "Europe/London")


def setting(
    credit: str = "earlier",
    parts: tuple[str, ...] = (),
    span: tuple[int, int] = EVER,
    cap_s: float = 300,
    line_s: float = 30,
) -> Setting:
    return Setting(Rule(credit, cap_s, line_s, 60), span, parts, clock, SQUARES)


def track(seconds: list[float], x: list[float], y: float = 0.5, unit: int = 0, crew_size: int = -1) -> Track:
    n = len(seconds)
    xs, ys = np.array(x, dtype=np.float64), np.full(n, y)
    return Track(
        unit=np.full(n, unit),
        t=(np.array(seconds) * US).astype(np.int64),
        x=xs,
        y=ys,
        label=label_of(*(np.full(n, part) for part in (0, 0, crew_size))),
        area=SQUARES.locate(xs, ys),
        is_break=np.zeros(n, np.bool_),
    )


def time_by_area(summary: Summary) -> dict[int, float]:
    cells = summary.cells.group_by("area").agg(pl.col("length_us").sum())
    return {area: length / US for area, length in cells.iter_rows()}


def test_time_goes_to_the_earlier_fix_and_the_last_fix_has_none() -> None:
    summary = summarise(track([0, 60, 100], [0.5, 1.5, 1.5]), setting()).summary
    assert time_by_area(summary) == {0: 60, 1: 40}
    assert summary.observed_us == 100 * US


def test_an_interval_longer_than_the_cap_is_unknown_and_one_as_long_is_not() -> None:
    summary = summarise(track([0, 300, 601], [0.5, 0.5, 0.5]), setting()).summary
    assert time_by_area(summary) == {0: 300}
    assert (summary.unknown_us, summary.n_gaps) == (301 * US, 1)


def test_time_outside_all_areas_is_observed() -> None:
    assert time_by_area(summarise(track([0, 60], [5.0, 0.5]), setting()).summary) == {-1: 60}


def test_a_fix_on_the_border_of_two_areas_counts_once() -> None:
    assert time_by_area(summarise(track([0, 60], [1.0, 1.0]), setting()).summary) == {0: 60}


def test_a_line_is_shared_out_where_it_crosses_the_border() -> None:
    # From 0.75 to 1.5 east in 30 s: a third of the way before the border at 1.
    found = summarise(track([0, 30], [0.75, 1.5]), setting("line")).summary
    assert time_by_area(found) == {0: 10, 1: 20}


def test_a_line_over_several_borders_is_shared_out_among_all_and_outside() -> None:
    found = summarise(track([0, 30], [-1.0, 4.0]), setting("line")).summary
    assert time_by_area(found) == {-1: 18, 0: 6, 1: 6}


def test_a_line_between_fixes_far_apart_in_time_is_credited_to_the_earlier() -> None:
    assert time_by_area(summarise(track([0, 31], [0.75, 1.5]), setting("line")).summary) == {0: 31}


def test_a_line_along_a_border_counts_once() -> None:
    found = summarise(track([0, 30], [0.5, 1.5], y=1.0), setting("line")).summary
    assert found.observed_us == 30 * US
    assert sum(time_by_area(found).values()) == 30


def test_a_ping_count_is_the_number_of_fixes_times_a_minute() -> None:
    found = summarise(track([0, 60, 120, 1000], [0.5, 0.5, 1.5, 0.5]), setting("pings")).summary
    assert time_by_area(found) == {0: 180, 1: 60}


def test_a_ping_counts_whole_in_the_hour_in_which_it_came() -> None:
    found = summarise(track([3590, 3600], [0.5, 0.5]), setting("pings", ("hour",))).summary
    # 1 January 1970 was a Thursday of British Standard Time, an hour ahead.
    first = 3 * 24 + 1
    assert dict(found.cells.select("hour", "length_us").iter_rows()) == {first: 60 * US, first + 1: 60 * US}


def test_time_before_a_break_is_unknown() -> None:
    broken = track([0, 30, 60], [0.5, 0.5, 1.5])
    broken.is_break[2] = True
    summary = summarise(broken, setting()).summary
    assert time_by_area(summary) == {0: 30}
    assert summary.unknown_us == 30 * US


def test_officer_hours_are_time_multiplied_by_crew_and_an_unknown_crew_is_one() -> None:
    for crew_size, expected in ((3, 180), (-1, 60), (0, 0)):
        summary = summarise(track([0, 60], [0.5, 0.5], crew_size=crew_size), setting()).summary
        assert summary.cells["officer_us"].sum() == expected * US


def test_time_is_split_at_the_local_hour() -> None:
    # 09:59:30 to 10:00:30 BST on a Monday.
    begin = datetime(2024, 7, 1, 8, 59, 30, tzinfo=UTC).timestamp()
    cells = summarise(track([begin, begin + 60], [0.5, 0.5]), setting(parts=("hour",))).summary.cells
    assert dict(cells.select("hour", "length_us").iter_rows()) == {9: 30 * US, 10: 30 * US}


def test_the_hour_that_comes_twice_is_two_hours_of_one_hour_of_the_week() -> None:
    # Clocks go back at 01:00 UTC on Sunday 27 October 2024: the hour from 01:00 lasts from 00:00 to 02:00 UTC.
    begin = datetime(2024, 10, 26, 23, 0, tzinfo=UTC).timestamp()
    seconds = [begin + 300 * k for k in range(49)]
    cells = summarise(track(seconds, [0.5] * 49), setting(parts=("hour",))).summary.cells
    sunday = 6 * 24
    assert dict(cells.select("hour", "length_us").iter_rows()) == {
        sunday: 3600 * US,
        sunday + 1: 7200 * US,
        sunday + 2: 3600 * US,
    }


def test_only_what_lies_in_the_span_counts() -> None:
    found = summarise(track([0, 60, 120], [0.5, 1.5, 0.5]), setting(span=(30 * US, 90 * US))).summary
    assert time_by_area(found) == {0: 30, 1: 30}


def test_spans_that_adjoin_add_up_to_the_whole() -> None:
    whole = track([0, 45, 130, 500, 560], [0.5, 1.5, 0.5, 0.5, 1.5])
    parts = [
        summarise(whole, setting(span=(low * US, low * US + 100 * US))).summary for low in range(0, 600, 100)
    ]
    every = summarise(whole, setting()).summary
    assert sum(part.observed_us for part in parts) == every.observed_us
    assert sum(part.unknown_us for part in parts) == every.unknown_us


def test_the_median_interval_is_that_of_numpy() -> None:
    seconds = [0, 10, 25, 45, 100, 101]
    summary = summarise(track(seconds, [0.5] * 6), setting()).summary
    assert summary.median_interval_s == np.median(np.diff(seconds))


def test_visits_are_stays_in_one_area() -> None:
    timed = summarise(track([0, 60, 120, 180, 240], [0.5, 0.6, 1.5, 0.5, 0.5]), setting())
    assert [(area, end - begin) for _, area, _, begin, end in timed.visits.tolist()] == [
        (0, 120 * US),
        (1, 60 * US),
        (0, 60 * US),
    ]


def test_merging_parts_that_overlap_is_refused() -> None:
    one, other = (summarise(track([begin, begin + 60], [0.5, 0.5]), setting()).summary for begin in (0, 30))
    with pytest.raises(ValueError, match="overlap"):
        merge(one, other, setting())


def test_nothing_observed_is_no_time() -> None:
    summary = summarise(track([], []), setting()).summary
    assert (summary.observed_us, summary.median_interval_s) == (0, None)
