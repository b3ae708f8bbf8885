"""Posts become officers on duty: worked by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from constabulary.core.errors import BadInput
from constabulary.core.force import Force, load_force
from constabulary.workforce.deployable import deployable, hours_covered
from constabulary.workforce.establishment import AddedPosts, Post, Shift, posts_of, shifts_of

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"
VALUES = {
    "vacancy_share": 0.1,
    "away_share": {"leave": 0.15, "sickness": 0.05},
    "response_share_of_posts": 0.5,
}
EVERY_DAY = tuple(range(7))


@pytest.fixture(scope="module")
def force() -> Force:
    return load_force(WESTMARCH)


def shift(
    start_min: int, length_min: int, weekdays: tuple[int, ...] = EVERY_DAY, share: float = 0.2
) -> Shift:
    return Shift("p", "s", "Shift", weekdays, start_min, length_min, share, 0.5)


def test_a_night_shift_covers_the_hours_after_midnight_of_the_next_day() -> None:
    covered = hours_covered(shift(22 * 60, 9 * 60, (0,)))
    assert np.flatnonzero(covered).tolist() == [22, 23, *range(24, 31)]
    assert covered.sum() == 9


def test_a_night_shift_on_sunday_covers_monday_morning() -> None:
    covered = hours_covered(shift(22 * 60, 9 * 60, (6,)))
    assert np.flatnonzero(covered).tolist() == [*range(7), 166, 167]


def test_half_hours_count_as_halves() -> None:
    covered = hours_covered(shift(6 * 60 + 30, 60, (0,)))
    assert covered[6] == 0.5
    assert covered[7] == 0.5


def test_on_duty_is_posts_less_vacancies_times_the_share_of_the_shift_less_those_away() -> None:
    post = Post("d", "officer", "response", "p", 100.0, 0.1, 0.2)
    table = deployable([post], [shift(7 * 60, 480)])
    at_nine = table.filter(pl.col("hour_of_week") == 9).row(0, named=True)
    # 100 posts, 90 filled, a fifth on the shift: 18; a fifth of those away: 14.4; half in pairs: 10.8 units.
    assert at_nine["rostered"] == pytest.approx(18.0)
    assert at_nine["deployable"] == pytest.approx(14.4)
    assert at_nine["units"] == pytest.approx(10.8)


def test_hours_on_duty_in_a_week_are_those_people_work() -> None:
    post = Post("d", "officer", "response", "p", 50.0, 0.0, 0.0)
    shifts = [shift(7 * 60, 540), shift(15 * 60, 600), shift(22 * 60, 540)]
    table = deployable([post], shifts)
    # Three shifts of 9, 10 and 9 hours, a fifth of the people on each, seven days: 39.2 hours each.
    assert table["rostered"].sum() / 50.0 == pytest.approx(39.2)


def test_duties_absence_and_patterns_come_from_the_force_folder(force: Force) -> None:
    posts = {(post.area_id, post.role): post for post in posts_of(force, VALUES)}
    highmoor, vale = posts[("W99900001", "warden")], posts[("W99900003", "warden")]
    assert highmoor.posts_fte == pytest.approx(41 * 0.7)
    assert vale.posts_fte == pytest.approx(22 * 0.9)  # a row of its own
    assert (highmoor.vacancy_share, highmoor.away_share) == pytest.approx((0.02, 0.1))
    helper = posts[("W99900001", "auxiliary")]  # no rows of its own: those of every role
    assert (helper.vacancy_share, helper.away_share) == pytest.approx((0.05, 0.18))
    assert {one.pattern_id for one in shifts_of(force, 0.5)} == {"twelves", "weekend"}


def test_without_its_tables_a_force_has_named_assumptions(force: Force) -> None:
    bare = replace(force, records=dict.fromkeys(force.records, ()))
    posts = posts_of(bare, VALUES)
    assert {(post.role, post.duty) for post in posts} == {("warden", "response")}
    assert sum(post.posts_fte for post in posts) == pytest.approx(0.5 * (41 + 88.5 + 22))
    assert posts[0].away_share == pytest.approx(0.2)
    assert len(shifts_of(bare, 0.5)) == 3


def test_added_posts_are_spread_as_the_posts_there_are(force: Force) -> None:
    before = [post for post in posts_of(force, VALUES) if post.role == "warden"]
    after = [
        post
        for post in posts_of(force, VALUES, [AddedPosts("warden", "response", None, 10.0)])
        if post.role == "warden"
    ]
    there = sum(post.posts_fte for post in before)
    assert [post.posts_fte for post in after] == pytest.approx(
        [post.posts_fte * (1 + 10 / there) for post in before]
    )


@pytest.mark.parametrize(
    "added",
    [
        AddedPosts("warden", "investigation", None, 1.0),
        AddedPosts("warden", "response", "W99900001", -500.0),
    ],
)
def test_posts_that_are_not_there_cannot_be_moved(force: Force, added: AddedPosts) -> None:
    with pytest.raises(BadInput) as error:
        posts_of(force, VALUES, [added])
    assert error.value.problems[0].rule == "posts_out_of_range"
