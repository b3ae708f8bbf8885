"""What must hold of hours, rates and ranks whatever the days and counts are."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from constabulary.demand.hours import hour_of_week
from constabulary.demand.span import Span, n_hours_of_week
from constabulary.performance.comparison import Counted, compare

LONDON = "Europe/London"
FIRST_DAYS = st.dates(date(1996, 1, 1), date(2035, 12, 31))


def days_from(first_on: date, n_days: int) -> list[date]:
    return [first_on + timedelta(no) for no in range(n_days)]


@settings(max_examples=60)
@given(FIRST_DAYS, st.integers(1, 800))
def test_the_hours_of_any_days_are_those_that_pass_between_their_midnights(
    first_on: date, n_days: int
) -> None:
    ends = (first_on, first_on + timedelta(n_days))
    start, end = (
        datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(LONDON)).astimezone(UTC) for day in ends
    )
    counted = n_hours_of_week(days_from(first_on, n_days), LONDON)
    assert sum(counted) == (end - start) / timedelta(hours=1)


@settings(max_examples=60)
@given(FIRST_DAYS, st.integers(1, 60), st.dictionaries(st.integers(0, 167), st.integers(0, 10**12)))
def test_means_times_hours_give_the_counts_back_and_hours_that_are_not_there_have_none(
    first_on: date, n_days: int, counted: dict[int, int]
) -> None:
    days = days_from(first_on, n_days)
    for one in hour_of_week(counted, Span(days[0], days[-1], frozenset(days), LONDON)):
        assert one.count == counted.get(one.hour_of_week, 0)
        if one.n_hours == 0:
            assert one.mean is None
        else:
            assert one.mean is not None and math.isclose(one.mean * one.n_hours, one.count)


@st.composite
def forces(draw: st.DrawFn) -> list[Counted]:
    """Draw forces with bases of any size and counts no larger than them."""
    bases = draw(st.lists(st.integers(1, 10**9), min_size=2, max_size=12))
    return [
        Counted(f"Force {no}", float(draw(st.integers(0, base))), float(base))
        for no, base in enumerate(bases)
    ]


@settings(max_examples=40)
@given(forces(), st.sampled_from(["rate", "share"]))
def test_every_value_lies_in_its_interval_and_ranks_follow_the_values(
    counted: list[Counted], kind: str
) -> None:
    found = compare(counted, kind=kind, per=1000.0, direction="decrease")
    for one in found.forces:
        assert 0 <= one.interval.lower <= one.value * (1 + 1e-9) and one.value <= one.interval.upper * (
            1 + 1e-9
        )
        assert math.isfinite(one.interval.upper) and (kind == "rate" or one.interval.upper <= 1 + 1e-12)
        assert one.rank == 1 + sum(other.value < one.value for other in found.forces)
        assert 1 <= one.rank_interval[0] <= one.rank_interval[1] <= len(counted)
    values = [one.value for one in found.forces]
    assert min(values) - 1e-9 <= found.all_forces.value <= max(values) * (1 + 1e-9)
