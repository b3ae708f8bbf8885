"""Measures of cover, each against a case worked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from constabulary.cli.cover_measures import _cell
from constabulary.cover.dosage import delivered, dosage, joined
from constabulary.cover.fixes import IN_STATION, MOVING, crew_size_of, has_mark, label_of, marked, role_of
from constabulary.cover.gaps import by_hour, stretches
from constabulary.cover.hours import hours_of
from constabulary.cover.reach import reached_share
from constabulary.cover.trial import by_shift, compared
from constabulary.cover.visibility import visible
from constabulary.services.cover.measure import _plain
from constabulary.services.cover.result import far_outside
from constabulary.tables.circles import METRES_A_DEGREE, circles
from constabulary.tables.visits import VISITS
from constabulary.web.cover.tables import share_change

NOON = datetime(2024, 6, 3, 12, tzinfo=UTC)
"""A Monday; local time is an hour ahead."""
MEANINGS = {"out": "free", "going": "to_job", "job": "at_job", "in": "station", "court": "other"}


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def stay(unit: str, area: str | None, begin: float, end: float, **more: Any) -> dict[str, Any]:
    return {
        "unit_id": unit, "area_id": area, "status": "out", "role": None, "crew_size": None, "is_in_station": None,
        "arrived_at": at(begin), "left_at": at(end), "seconds": (end - begin) * 60.0, **more,
    }  # fmt: skip


def visits(*stays: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(stays), schema=VISITS.schema)


def test_visits_are_cut_at_local_hours_and_days_and_keep_all_their_time() -> None:
    # 12:50 to 14:10 UTC is 13:50 to 15:10 local; 22:30 to 23:30 UTC goes over local midnight.
    found = hours_of(visits(stay("A", "x", 50, 130, crew_size=2), stay("B", None, 630, 690)), "Europe/London")
    rows = found.select("unit_id", "local_on", "local_hour_of_week", "seconds", "officer_seconds").rows()
    monday, tuesday = date(2024, 6, 3), date(2024, 6, 4)
    assert rows == [
        ("A", monday, 13, 600, 1200),
        ("A", monday, 14, 3600, 7200),
        ("A", monday, 15, 600, 1200),
        ("B", monday, 23, 1800, 1800),
        ("B", tuesday, 24, 1800, 1800),
    ]


def test_visible_time_is_out_of_station_and_not_at_a_job() -> None:
    hours = hours_of(
        visits(
            stay("A", "x", 0, 30),
            stay("A", "x", 30, 40, status="going"),
            stay("A", "x", 40, 60, status="job"),
            stay("B", "x", 0, 6, status="in", crew_size=2),
            # Patrolling by its status, but within reach of a station.
            stay("C", "x", 0, 12, is_in_station=True),
            # A job at the station stays a job.
            stay("C", "x", 12, 18, status="job", is_in_station=True),
            stay("D", "x", 0, 60, status="never heard of", crew_size=3),
            stay("E", "x", 0, 3, status="court"),
        ),
        "UTC",
    )
    [row] = visible(hours, MEANINGS).rows(named=True)
    assert row["visible_hours"] == pytest.approx((30 + 10 + 60) / 60)
    assert row["visible_officer_hours"] == pytest.approx((30 + 10 + 180) / 60)
    assert row["station_hours"] == pytest.approx((6 + 12) / 60)
    assert row["at_job_hours"] == pytest.approx((20 + 6) / 60)
    assert row["other_hours"] == pytest.approx(0.05)
    assert row["units"] == 2
    assert row["all_hours"] == pytest.approx(sum(value for key, value in row.items() if key.endswith("_hours")
        and key not in ("visible_hours", "visible_officer_hours", "all_hours", "all_officer_hours")))  # fmt: skip


def test_gaps_are_between_the_visits_of_any_unit_and_at_either_end() -> None:
    held = visits(
        stay("A", "x", 60, 120),
        # Inside A's stay, and so no gap.
        stay("B", "x", 70, 90),
        stay("A", "x", 400, 460),
        stay("A", "y", 120, 400),
    )
    found = stretches(held, ["x", "y", "z"], at(0), at(600), 2)
    assert [(row[0], row[3]) for row in found.rows()] == [
        ("x", pytest.approx(280 / 60)),
        ("x", pytest.approx(140 / 60)),
        ("y", 2.0),
        ("y", pytest.approx(200 / 60)),
        ("z", 10.0),
    ]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 40)), max_size=8))
def test_hours_with_and_without_presence_make_the_whole_span(stays: list[tuple[int, int]]) -> None:
    held = visits(*(stay(str(no), "x", begin, begin + length) for no, (begin, length) in enumerate(stays)))
    span = 150
    covered = {minute for begin, length in stays for minute in range(begin, begin + length)}
    found = stretches(held, ["x"], at(0), at(span), 1e-9)
    assert found["hours"].sum() * 60 == pytest.approx(span - len(covered))


def test_hours_of_the_week_tell_how_many_areas_stood_empty() -> None:
    # Monday 13:00 local to Tuesday 13:00: x is empty for all of it, y from 13:30 to 15:00 local.
    found = pl.DataFrame(
        {"area_id": ["x", "y"], "begins_at": [at(0), at(30)], "ends_at": [at(24 * 60), at(120)]}
    ).cast({"begins_at": pl.Datetime("us", "UTC"), "ends_at": pl.Datetime("us", "UTC")})
    rows = dict(by_hour(found, at(0), at(24 * 60), "Europe/London").iter_rows())
    assert sorted(rows) == list(range(13, 37))
    assert (rows[13], rows[14], rows[15], rows[36]) == (1.5, 2, 1, 1)
    # Over a fortnight the same hours come twice, and the second Monday nobody is missed.
    rows = dict(by_hour(found, at(0), at(14 * 24 * 60), "Europe/London").iter_rows())
    assert len(rows) == 168
    assert (rows[13], rows[14], rows[60]) == (0.75, 1, 0)


def test_stays_close_to_each_other_are_one_visit_and_count_by_length() -> None:
    held = visits(
        stay("A", "x", 0, 4),
        stay("A", None, 4, 6),
        stay("A", "x", 6, 13),
        # Away for too long: another visit.
        stay("A", "x", 30, 34),
        stay("B", "x", 40, 60),
        stay("B", "y", 60, 61),
    )
    made = joined(held, 180)
    assert [round(minutes, 6) for minutes in made.filter(pl.col("area_id") == "x")["minutes"]] == [11, 4, 20]
    rows = {
        row["area_id"]: row for row in dosage(made, ["x", "y", "z"], 2, "Europe/London").iter_rows(named=True)
    }
    one = rows["x"]
    assert (one["n_visits"], one["units"], one["n_below"], one["n_in_band"], one["n_above"]) == (
        3,
        2,
        1,
        1,
        1,
    )
    assert one["minutes_a_day"] == pytest.approx(35 / 2)
    # From 13 to 30 and from 34 to 40.
    assert one["median_hours_between"] == pytest.approx((17 + 6) / 2 / 60)
    assert (rows["z"]["n_visits"], rows["z"]["minutes"], rows["z"]["in_band_share"]) == (0, 0, None)


def test_days_visited_are_local_days() -> None:
    # 23:30 on 30 June and 00:30 on 1 July of summer time are one day in UTC; so are 00:30 and 01:30 two days there.
    held = pl.DataFrame(
        {
            "area_id": ["x"] * 2 + ["y"] * 2,
            "unit_id": ["A"] * 4,
            "arrived_at": [datetime(2024, 6, 30, *clock, tzinfo=UTC) for clock in ((22, 30), (23, 30))]
            + [datetime(2024, 6, 30, 23, 30, tzinfo=UTC), datetime(2024, 7, 1, 0, 30, tzinfo=UTC)],
            "minutes": [5.0] * 4,
        }
    ).with_columns(left_at=pl.col("arrived_at").dt.offset_by("5m"))
    found = dosage(held, ["x", "y"], 2, "Europe/London")
    assert found["days_visited"].to_list() == [2, 1]


@pytest.mark.parametrize(
    ("length", "band"), [(9.99, "n_below"), (10, "n_in_band"), (15, "n_in_band"), (15.01, "n_above")]
)
def test_the_band_is_ten_to_fifteen_minutes_both_included(length: float, band: str) -> None:
    made = joined(visits(stay("A", "x", 0, length)), 0)
    [row] = dosage(made, ["x"], 1, "Europe/London").rows(named=True)
    assert [name for name in ("n_below", "n_in_band", "n_above") if row[name]] == [band]


def test_a_plan_is_met_by_visits_and_minutes_within_its_hours() -> None:
    made = joined(visits(stay("A", "x", -10, 20), stay("B", "x", 40, 55), stay("C", "x", 58, 90)), 0)
    windows = pl.DataFrame(
        {
            "plan_id": ["two", "three", "long"],
            "area_id": ["x"] * 3,
            "local_on": [NOON.date()] * 3,
            "begins_at": [at(0)] * 3,
            "ends_at": [at(60)] * 3,
            "n_planned": [2, 3, 2],
            "planned_min": [15, 5, 20],
        }
    ).cast({"begins_at": pl.Datetime("us", "UTC"), "ends_at": pl.Datetime("us", "UTC")})
    found = {row["plan_id"]: row for row in delivered(made, windows, 5).iter_rows(named=True)}
    # 20 minutes of A, 15 of B and 2 of C lie within; C's are too short for a visit.
    assert (found["two"]["n_visits"], found["two"]["minutes"]) == (2, pytest.approx(37))
    assert [found[name]["is_met"] for name in ("two", "three", "long")] == [True, False, False]


def test_reach_is_the_share_of_weight_near_a_free_unit_at_each_instant() -> None:
    # Three places in a row, five minutes from one to the next; nobody free at the last instant. By night, the other
    # band, whoever comes from the first place takes twice as long, but not the other way.
    day = np.array([[1.0, 5, 10], [5, 1, 5], [10, 5, 1]])
    night = day * [2, 1, 1]
    area, first, last = (np.array(one) for one in ([0, 2], [0, 1], [2, 2]))
    weight = np.array([10.0, 20.0, 70.0])

    def shares(band: list[int], most: float) -> list[float]:
        minutes = np.stack([day, night])
        return reached_share(area, first, last, np.array(band), minutes, most, weight).tolist()

    assert shares([0, 0, 0], 1) == pytest.approx([0.1, 0.8, 0])
    assert shares([0, 0, 0], 5) == pytest.approx([0.3, 1, 0])
    assert shares([1, 0, 0], 5) == pytest.approx([0.1, 1, 0])
    assert shares([0, 1, 1], 5) == pytest.approx([0.3, 1, 0])
    assert shares([1, 1, 1], 1) == pytest.approx([0, 0.7, 0])
    assert reached_share(area, first, last, np.zeros(3, int), day[None], 5, 0 * weight).tolist() == [0, 0, 0]


def test_a_shift_has_its_jobs_patrol_and_start_worked_out() -> None:
    held = visits(
        stay("A", "f", 0, 30, status="in"),
        stay("A", "f", 30, 60, status="going"),
        stay("A", "f", 60, 90, status="job"),
        # The same job, seen again: no second incident.
        stay("A", "f", 90, 120, status="job", role="response"),
        stay("A", "f", 120, 150),
        stay("A", "f", 150, 180, status="job"),
        # After the end of the shift.
        stay("A", "f", 470, 500),
    )
    duty = pl.DataFrame(
        {
            "unit_id": ["A"],
            "team": ["one"],
            "starts_at": [at(0)],
            "ends_at": [at(480)],
            "local_on": [NOON.date()],
        }
    ).cast({"starts_at": pl.Datetime("us", "UTC"), "ends_at": pl.Datetime("us", "UTC")})
    [row] = by_shift(held, duty, MEANINGS).rows(named=True)
    assert (row["incidents_attended"], row["patrol_start_min"]) == (2, 120)
    assert row["patrol_hours"] == pytest.approx((30 + 10) / 60)
    assert (row["station_hours"], row["travel_hours"], row["job_hours"]) == (0.5, 0.5, 1.5)
    assert row["lost_hours"] == 1


def test_before_and_after_are_means_a_shift_with_the_error_of_their_difference() -> None:
    def shifts(hours: list[float]) -> pl.DataFrame:
        names = (
            "incidents_attended",
            "patrol_start_min",
            "lost_hours",
            "station_hours",
            "travel_hours",
            "job_hours",
            "mileage_miles",
        )
        return pl.DataFrame({"patrol_hours": hours} | {name: [0.0] * len(hours) for name in names})

    found = compared(shifts([1, 3]), shifts([4, 5, 6]))
    row = found.row(by_predicate=pl.col("measure") == "patrol_hours", named=True)
    assert (row["before"], row["after"], row["change"], row["change_share"]) == (2, 5, 3, 1.5)
    # Variances 2 and 1 over 2 and 3 shifts.
    error = (2 / 2 + 1 / 3) ** 0.5
    assert row["standard_error"] == pytest.approx(error)
    # Two tails of 2.5% of a normal distribution lie 1.96 standard errors out.
    assert (row["change_least"], row["change_most"]) == pytest.approx((3 - 1.96 * error, 3 + 1.96 * error))


def test_marks_of_a_label_leave_the_rest_of_it_alone() -> None:
    label = label_of(np.array([3]), np.array([5]), np.array([255]))
    one = marked(label, IN_STATION, np.array([True]))
    assert (has_mark(one, IN_STATION)[0], has_mark(one, MOVING)[0]) == (True, False)
    assert (role_of(one)[0], crew_size_of(one)[0]) == (3, 255)
    assert marked(one, IN_STATION, np.array([False])) == label


def test_a_circle_holds_what_is_near_and_nothing_else() -> None:
    [one] = circles([(0.12, 52.2, 150.0)])
    north = 1 / METRES_A_DEGREE
    east = north / np.cos(np.radians(52.2))
    for metres, is_in in ((140, True), (160, False)):
        for turn in np.linspace(0, 2 * np.pi, 9):
            x, y = 0.12 + metres * east * np.cos(turn), 52.2 + metres * north * np.sin(turn)
            assert shapely.contains_xy(one, x, y) == is_in


def test_a_change_too_small_to_show_has_no_sign() -> None:
    assert str(_cell(-0.0004)) == str(_plain(-4e-7)) == "0.0"
    assert share_change(0.004) == "0%" and share_change(0.006) == "+1%"


@pytest.mark.parametrize(
    ("outside_s", "told"), [(500, None), (501, "50% of"), (996, "over 99% of"), (1000, "100% of")]
)
def test_most_time_outside_is_told_and_only_all_of_it_is_100_percent(
    outside_s: float, told: str | None
) -> None:
    said = far_outside(outside_s, 1000)
    assert [text.startswith(told or "") for text in said] == ([] if told is None else [True])
