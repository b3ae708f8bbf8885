"""Rotas: cover beside a second solver, cycles held to a checker that is itself worked by hand, real midnights."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from constabulary.core.errors import BadInput
from constabulary.response.rota.cover import cover_by, cover_need, few_shifts, shift_cost_h
from constabulary.response.rota.cycle import find_cycle, smallest_cycle
from constabulary.response.rota.rules import Duty, Rules, check_real_rest, check_rota
from constabulary.response.rota.shifts import OnShift, Shift, candidates, cover_of
from constabulary.services.staffing.rota import TEAMS, RotaQuestion, propose
from constabulary.services.staffing.rota_need import OFFICERS, Needed

EARLY, LATE, NIGHT = Shift(7 * 60, 480), Shift(15 * 60, 480), Shift(23 * 60, 480)
LOOSE = Rules(rest_h=0, most_days=99, most_nights=99, free_after_nights=0, weekends_off=0, week_h=168)


def need_of_week(seed: int, most: int = 12) -> np.ndarray:
    rng = np.random.default_rng(seed)
    hour = np.arange(336) / 2 % 24
    return np.ceil(most / 2 + most / 3 * np.sin((hour - 9) / 24 * 2 * np.pi) + rng.uniform(0, 2, 336))


def rules_broken(duties: list[Duty], n_days: int = 28, **rules: float) -> list[tuple[str, int]]:
    found = check_rota(duties, n_days, Rules(**{**vars(LOOSE), **rules}))  # type: ignore[arg-type]
    return [(breach.rule, breach.day) for breach in found]


def line(text: str, shifts: dict[str, Shift] | None = None) -> list[Duty]:
    kinds = shifts or {"E": EARLY, "L": LATE, "N": NIGHT}
    return [Duty("one", day, kinds[what]) for day, what in enumerate(text.replace(" ", "")) if what != "."]


# Shifts and midnights


def test_a_night_from_sunday_covers_monday_and_no_other_night() -> None:
    cover = cover_of(Shift(22 * 60, 8 * 60), 6, 336, 30)
    assert np.flatnonzero(cover).tolist() == [*range(12), *range(332, 336)]
    monday = cover_of(Shift(22 * 60, 8 * 60), 0, 336, 30)
    assert np.flatnonzero(monday).tolist() == list(
        range(44, 60)
    )  # Monday 22:00 to Tuesday 06:00, not Monday's


def test_briefing_and_breaks_are_taken_out_to_the_minute() -> None:
    cover = cover_of(EARLY, 0, 336, 30, OnShift(briefing_min=15, break_share=0.1))
    assert cover[14] == pytest.approx(0.45)
    assert cover[15:30] == pytest.approx(0.9)
    assert cover.sum() * 0.5 == pytest.approx((8 - 0.25) * 0.9)


def test_three_hours_of_night_time_make_a_night_shift() -> None:
    assert [shift.is_night for shift in (EARLY, LATE, NIGHT)] == [False, False, True]
    assert (
        not Shift(18 * 60, 479).is_night and Shift(18 * 60, 480).is_night
    )  # until 02:00: three hours after 23:00
    assert Shift(3 * 60, 480).is_night  # 03:00 to 06:00
    assert not Shift(3 * 60 + 1, 480).is_night


def test_unsocial_hours_run_from_eight_in_the_evening_to_six() -> None:
    assert shift_cost_h(EARLY, 0.1) == 8
    assert shift_cost_h(Shift(18 * 60, 600), 0.1) == pytest.approx(10 + 0.8)  # 20:00 to 04:00
    assert shift_cost_h(Shift(5 * 60, 60), 0.5) == 1.5


# Cover


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6))
def test_the_cheapest_cover_is_that_of_a_second_solver(seed: int) -> None:
    """SciPy's on a matrix made minute by minute."""
    need = need_of_week(seed)
    shifts = candidates([480, 600], 120)
    matrix = np.zeros((336, 7 * len(shifts)))
    for column, (day, shift) in enumerate(itertools.product(range(7), shifts)):
        for minute in range(shift.length_min):
            matrix[(day * 1440 + shift.start_min + minute) // 30 % 336, column] = 1.0
    theirs = optimize.milp(
        np.tile([shift.hours for shift in shifts], 7),
        integrality=np.ones(7 * len(shifts)),
        constraints=optimize.LinearConstraint(matrix, need, np.inf),
    )
    ours = cover_need(need, shifts)
    assert ours.is_proven and ours.bound_h == pytest.approx(theirs.fun)
    assert ours.paid_h == ours.cost_h == pytest.approx(theirs.fun)
    assert (ours.cover >= need).all()
    assert ours.cover.sum() / 2 == pytest.approx(ours.paid_h)


def test_a_flat_need_takes_three_shifts_a_day() -> None:
    found = cover_need(np.full(336, 4.0), (EARLY, LATE, NIGHT))
    assert (found.n_people == 4).all() and found.paid_h == 4 * 168


def test_breaks_make_more_people_needed_and_half_a_briefing_counts_half() -> None:
    found = cover_need(np.full(336, 9.0), (EARLY, LATE, NIGHT), OnShift(break_share=0.1))
    assert (found.n_people == 10).all()
    brief = cover_need(np.full(336, 1.0), (EARLY, LATE, NIGHT, Shift(6 * 60, 480)), OnShift(briefing_min=15))
    assert (brief.cover >= 1.0 - 1e-9).all() and brief.paid_h > 168


def test_a_cycle_of_two_weeks_is_covered_as_one_circle() -> None:
    need = np.zeros(672)
    need[:4] = 1.0  # only the first Monday, 00:00 to 02:00
    found = cover_need(need, (NIGHT,))
    assert np.argwhere(found.n_people).tolist() == [[13, 0]]


def test_a_need_at_an_hour_that_no_shift_reaches_is_told() -> None:
    with pytest.raises(BadInput, match="covers the need"):
        cover_need(np.ones(336), (EARLY, LATE))
    with pytest.raises(BadInput, match="336"):
        cover_need(np.ones(100), (EARLY,))


def test_a_few_kinds_of_shift_still_cover_all_hours() -> None:
    need = need_of_week(3)
    kinds = few_shifts(need, candidates([480, 540], 60), 4)
    assert len(kinds) <= 4
    assert (cover_need(need, kinds).cover >= need).all()


# The checker, by hand


def test_the_checker_knows_each_rule() -> None:
    assert rules_broken(line("LE..... ....... ....... ......."), rest_h=11) == [("rest_h", 1)]
    assert rules_broken(line("EL..... ....... ....... ......."), rest_h=11) == []
    assert rules_broken(line("EEEEEEE E...... ....... ......."), most_days=6) == [
        ("most_days", 6),
        ("most_days", 7),
    ]
    assert rules_broken(line("NNNNN.. ....... ....... ......."), most_nights=4) == [("most_nights", 4)]
    assert rules_broken(line("NNN..E. ....... ....... ......."), free_after_nights=2) == [
        ("free_after_nights", 5)
    ]
    assert rules_broken(line("NNN...E ....... ....... ......."), free_after_nights=2) == []
    assert rules_broken(line("EEEEE.. EEEEE.. EEEEE.. EEEEE.."), week_h=39) == [("week_h", 27)]
    assert rules_broken(line("EEEEE.. EEEEE.. EEEEE.. EEEEE.."), week_h=40, weekends_off=4) == []


def test_a_friday_night_takes_the_weekend() -> None:
    assert rules_broken(line("....N.. ....... ....... ......."), weekends_off=4) == [("weekends_off", 27)]
    assert rules_broken(line("....L.. ....... ....... ......."), weekends_off=4) == []
    assert rules_broken(line("....... ....... ....... ......N"), weekends_off=4) == [("weekends_off", 27)]


def test_the_end_of_a_cycle_is_held_to_its_beginning() -> None:
    assert rules_broken(line("E...... ....... ....... ......L"), rest_h=11) == [("rest_h", 0)]
    duties = line("E...... ....... ....... ......L")
    assert check_rota(duties, 28, Rules(weekends_off=0), is_cycle=False) == ()


def test_without_days_free_after_nights_hours_of_rest_alone_keep_the_next_shift_away() -> None:
    # A night that ends on Tuesday at 07:00: an early shift that morning breaks the rest, a late one at 18:00 does not.
    morning = [Duty("one", 0, NIGHT), Duty("one", 1, EARLY)]
    evening = [Duty("one", 0, NIGHT), Duty("one", 1, Shift(18 * 60, 240))]
    assert rules_broken(morning, rest_h=11, free_after_nights=0) == [("rest_h", 1)]
    assert rules_broken(evening, rest_h=11, free_after_nights=0) == []
    assert rules_broken(evening, rest_h=11, free_after_nights=1) == [("free_after_nights", 1)]


def test_weekends_and_hours_of_a_roster_are_counted_over_its_cycle() -> None:
    rules = Rules(**{**vars(LOOSE), "weekends_off": 1, "week_h": 24})  # type: ignore[arg-type]

    def broken(weeks: str, cycle_weeks: int | None) -> list[tuple[str, int]]:
        duties = line(weeks)
        found = check_rota(duties, 7 * len(weeks.split()), rules, is_cycle=False, cycle_weeks=cycle_weeks)
        return [(one.rule, one.day) for one in found]

    # Two weekends worked of a cycle of three weeks: the third may be off, and its hours fewer.
    assert broken("....EEE ....EEE", 3) == []
    assert broken("....EEE ....EEE", None) == [("weekends_off", 13)]
    # 80 hours are more than three weeks of 24 allow, whatever the third brings; 72 are not.
    assert broken("EEEEE.. EEEEE..", 3) == [("week_h", 13)]
    assert broken("EEEEE.. EEEE...", 3) == []
    # Of a longer roster, any two weeks in a row: one weekend off in four is not enough.
    assert broken("......E ......E ....... ......E", None) == []
    assert broken("......E ......E ....... ......E", 2) == [("weekends_off", 13)]


def test_two_shifts_at_once_are_an_overlap() -> None:
    both = [Duty("one", 0, EARLY), Duty("one", 0, Shift(14 * 60, 480))]
    assert rules_broken(both) == [("overlap", 0)]


def test_the_night_the_clocks_go_forward_has_an_hour_less_rest() -> None:
    # 2026-03-29 01:00 UTC the clocks of Europe/London go forward: 22:00 to 09:00 is ten hours, not eleven.
    spells = {
        "one": [
            (datetime(2026, 3, 28, 14, tzinfo=UTC), datetime(2026, 3, 28, 22, tzinfo=UTC)),
            (datetime(2026, 3, 29, 8, tzinfo=UTC), datetime(2026, 3, 29, 16, tzinfo=UTC)),
        ]
    }
    found = check_real_rest(spells, date(2026, 3, 23), Rules())
    assert [(one.rule, one.day) for one in found] == [("rest_h", 6)]
    assert "10 h" in found[0].message


# Cycles


@pytest.mark.parametrize("n_teams", [5, 6])
def test_a_cycle_covers_the_need_and_keeps_every_rule(n_teams: int) -> None:
    need = need_of_week(n_teams)
    rules = Rules(most_nights=3)
    found = smallest_cycle(need, (EARLY, LATE, NIGHT), n_teams, rules, limit_s=20.0)
    assert found.short_h == 0.0 and (found.cover >= need - 1e-9).all()
    assert check_rota(found.duties(), len(found.line), rules) == ()
    counts = found.on_duty * found.team_size
    assert cover_by(counts.astype(float), found.shifts, 336, 30) == pytest.approx(found.cover)
    assert found.cover.sum() / 2 == pytest.approx(found.week_h * found.n_people)


def test_no_team_is_smaller_than_the_hours_allow() -> None:
    need = np.full(336, 5.0)
    found = smallest_cycle(need, (EARLY, LATE, NIGHT), 5, Rules(), limit_s=20.0)
    assert found.n_people * 40 >= need.sum() / 2
    assert found.team_size == 5  # one team on each shift: five of each, 168 hours in five lines


def test_two_forbidden_successors_do_not_forbid_the_shift() -> None:
    # Eleven hours of rest keep early and late both from following a night.
    need = np.zeros(336)
    for day in range(7):
        need += cover_of(NIGHT, day, 336, 30) + cover_of(EARLY, day, 336, 30)
    found = smallest_cycle(need, (EARLY, LATE, NIGHT), 4, Rules(), limit_s=20.0)
    assert found.short_h == 0.0
    assert sum(found.shifts[one].is_night for one in found.line if one >= 0) >= 7


def test_every_team_works_alike_over_the_cycle() -> None:
    found = find_cycle(need_of_week(1), (EARLY, LATE, NIGHT), 4, 8, Rules(), limit_s=5.0)
    by_team: dict[str, list[str]] = {}
    for duty in found.duties():
        by_team.setdefault(duty.who, []).append(duty.shift.name)
    assert len({tuple(sorted(names)) for names in by_team.values()}) == 1
    on_monday = [duty for duty in found.duties(12) if duty.day == 28]
    assert sorted((d.who, d.shift.name) for d in on_monday) == sorted(
        (d.who, d.shift.name) for d in found.duties(12) if d.day == 0
    )  # the cycle comes round


def test_with_too_few_people_what_is_short_is_told() -> None:
    found = find_cycle(np.full(336, 5.0), (EARLY, LATE, NIGHT), 5, 3, Rules(week_h=33.6), limit_s=10.0)
    assert found.short_h == pytest.approx(
        2.0 * 168
    )  # 168 hours in five lines: one team of three on each shift


def test_hours_to_spare_go_where_the_need_is_short() -> None:
    rules = Rules(rest_h=8, most_days=7, most_nights=7, free_after_nights=0, weekends_off=0, week_h=40)
    found = find_cycle(np.full(336, 5.0), (EARLY, LATE, NIGHT), 5, 3, rules, limit_s=10.0)
    assert found.short_h == pytest.approx(2.0 * 8 * (21 - 4))  # four shifts more, each of two people's need


def test_rules_that_leave_no_line_are_told() -> None:
    with pytest.raises(BadInput, match="No line"):
        find_cycle(np.zeros(336), (EARLY,), 2, 1, Rules(weekends_off=3))


def test_the_number_of_teams_that_takes_fewest_people_is_chosen_where_none_is_asked_for() -> None:
    people = np.where((np.arange(336) % 48 >= 16) & (np.arange(336) % 48 < 32), 4.0, 1.0)
    plain = RotaQuestion(lengths_h=(8.0,), every_min=480, first_min=0, on_shift=OnShift(), n_kinds=3)
    found = propose(Needed(OFFICERS, people, {}), plain)
    alone = {
        n: propose(Needed(OFFICERS, people, {}), replace(plain, n_teams=n))["rota"]["people"]
        for n in {one["teams"] for one in found["tried"]}
    }
    assert {one["teams"]: one["people"] for one in found["tried"]} == alone and set(alone) <= set(TEAMS)
    assert found["rota"]["people"] == min(alone.values()) < max(alone.values())


@pytest.mark.parametrize("seed", range(3))
def test_with_too_few_people_the_line_leaves_as_little_uncovered_as_the_best_of_every_line(seed: int) -> None:
    need = np.round(np.random.default_rng(seed).uniform(0.0, 9.0, 336), 1)
    found = find_cycle(need, (EARLY, NIGHT), 1, 4, replace(LOOSE, rest_h=1, week_h=40.0))
    there = np.zeros((7, 3, 336))
    for day in range(7):
        for one, first in ((1, 14), (2, 46)):  # half-hours from midnight; none in the first place: a day off
            there[day, one, (day * 48 + first + np.arange(16)) % 336] = 4.0
    least = min(
        float(np.maximum(need - there[range(7), line].sum(axis=0), 0.0).sum()) / 2.0
        for line in itertools.product(range(3), repeat=7)
        # No more hours than allowed, and by the rest nobody starts on the morning that a night of theirs ends.
        if np.count_nonzero(line) <= 5 and (2, 1) not in itertools.pairwise((*line, line[0]))
    )
    assert found.is_proven and found.short_h == pytest.approx(least)
