"""Days, hours and months of a period: what is covered, what is missing, and what the clocks do to the week."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from constabulary.demand.hours import hour_of_week
from constabulary.demand.span import Span, choose_span, hours_of_day, n_hours_of_week, year_before

LONDON = "Europe/London"
DAY = timedelta(days=1)


def days(first: date, last: date) -> frozenset[date]:
    return frozenset(first + DAY * n for n in range((last - first).days + 1))


def test_the_day_the_clocks_go_forward_has_23_hours_and_the_day_they_go_back_25() -> None:
    assert hours_of_day(date(2024, 3, 31), LONDON) == 23
    assert hours_of_day(date(2024, 10, 27), LONDON) == 25
    assert hours_of_day(date(2024, 6, 1), LONDON) == 24


def test_the_skipped_hour_does_not_occur_and_the_repeated_hour_occurs_twice() -> None:
    spring = n_hours_of_week([date(2024, 3, 31)], LONDON)
    sunday = 24 * 6
    assert spring[sunday : sunday + 4] == [1, 0, 1, 1]
    assert sum(spring) == 23
    autumn = n_hours_of_week([date(2024, 10, 27)], LONDON)
    assert autumn[sunday : sunday + 4] == [1, 2, 1, 1]
    assert sum(autumn) == 25


def test_the_hours_of_a_year_agree_with_a_walk_through_every_hour_of_it() -> None:
    zone = ZoneInfo(LONDON)
    walked = [0] * 168
    instant = datetime(2024, 1, 1, tzinfo=zone).astimezone(UTC)
    while instant.astimezone(zone).year == 2024:
        local = instant.astimezone(zone)
        walked[24 * local.weekday() + local.hour] += 1
        instant += timedelta(hours=1)
    assert n_hours_of_week(days(date(2024, 1, 1), date(2024, 12, 31)), LONDON) == walked


def test_one_record_in_every_hour_of_a_year_makes_a_mean_of_one_in_each_of_the_168_hours() -> None:
    zone = ZoneInfo(LONDON)
    counted: dict[int, int] = {}
    instant = datetime(2023, 1, 1, tzinfo=UTC)
    while instant < datetime(2024, 1, 1, tzinfo=UTC):
        local = instant.astimezone(zone)
        hour = 24 * local.weekday() + local.hour
        counted[hour] = counted.get(hour, 0) + 1
        instant += timedelta(hours=1)
    span = Span(date(2023, 1, 1), date(2023, 12, 31), days(date(2023, 1, 1), date(2023, 12, 31)), LONDON)
    assert {row.mean for row in hour_of_week(counted, span)} == {1.0}


def test_an_hour_that_does_not_occur_in_the_period_has_no_mean() -> None:
    span = Span(date(2024, 3, 1), date(2024, 3, 31), frozenset({date(2024, 3, 31)}), LONDON)
    rows = hour_of_week({}, span)
    assert rows[24 * 6 + 1].mean is None
    assert rows[24 * 6].mean == 0
    assert rows[0].mean is None


def test_a_month_without_records_is_missing_and_one_with_some_days_is_partial() -> None:
    covered = days(date(2024, 1, 1), date(2024, 1, 31)) | days(date(2024, 3, 10), date(2024, 4, 30))
    span = Span(date(2024, 1, 1), date(2024, 4, 30), covered, LONDON)
    assert span.missing_months == (date(2024, 2, 1),)
    assert span.partial_months == (date(2024, 3, 1),)
    assert span.n_days == 31 + 22 + 30
    assert span.n_hours == 24 * span.n_days - 1


def test_only_months_covered_whole_in_both_years_are_compared() -> None:
    covered = days(date(2023, 2, 1), date(2023, 3, 30)) | days(date(2024, 2, 1), date(2024, 4, 30))
    span = Span(date(2024, 2, 1), date(2024, 4, 30), covered, LONDON)
    assert span.compared_months == (date(2024, 2, 1),)


def test_left_open_the_period_is_the_twelve_months_to_the_last_covered() -> None:
    span = choose_span(days(date(2020, 1, 1), date(2024, 5, 10)), LONDON)
    assert span is not None
    assert (span.from_on, span.to_on) == (date(2023, 6, 1), date(2024, 5, 31))
    assert choose_span(frozenset(), LONDON) is None


def test_a_year_before_the_end_of_february_is_the_end_of_february() -> None:
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert year_before(date(2025, 2, 28)) == date(2024, 2, 29)
    assert year_before(date(2024, 7, 1)) == date(2023, 7, 1)
