"""Incidents and units as they are drawn: held to theory, and to the promise that luck stays with its thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from constabulary.parameters import load_parameters
from constabulary.response.arrivals import Demand, Recorded, draw, expected, replay
from constabulary.response.clock import Clock
from constabulary.response.dispatch import simulate_dispatch
from constabulary.response.draws import Luck, by_grade, pick
from constabulary.response.model import Duties, Grades, Ground, Incidents, Rules
from constabulary.response.places import Places
from constabulary.response.result import response_s
from constabulary.response.rosters import Bases, RosterLine, draw_duties

CLOCK = Clock(date(2017, 4, 3), 28, "Europe/London")


EVERY = {**load_parameters("synthetic"), **load_parameters("response")}


def values(**other: Any) -> dict[str, Any]:
    return {name: one.value for name, one in EVERY.items()} | other


def demand(n_a_year: float = 100_000.0, factor: float = 1.0) -> Demand:
    rate = expected(CLOCK, n_a_year, np.ones(168), np.ones(12))
    return Demand(rate, np.array([1.0, 3.0]), np.array([0.2, 0.5]), np.array([1.0, 1.0]), factor)


def test_a_year_has_the_hours_that_the_clock_had() -> None:
    year = Clock(date(2017, 4, 1), 365, "Europe/London")
    assert year.end_s == 365 * 24 * 3600
    counts = np.bincount(year.day_no)
    assert (counts == 24).sum() == 363
    assert sorted(counts[counts != 24].tolist()) == [23, 25]


def test_a_shift_over_the_night_the_clocks_go_forward_is_an_hour_shorter() -> None:
    spring = Clock(date(2018, 3, 24), 3, "Europe/London")
    start, end = spring.at_s(np.array([0]), 22 * 60)[0], spring.at_s(np.array([0]), 31 * 60)[0]
    assert (end - start) / 3600 == 8.0
    autumn = Clock(date(2017, 10, 28), 3, "Europe/London")
    start, end = autumn.at_s(np.array([0]), 22 * 60)[0], autumn.at_s(np.array([0]), 31 * 60)[0]
    assert (end - start) / 3600 == 10.0


def test_a_shift_within_the_hour_that_the_clocks_skip_is_not_held_that_night() -> None:
    # At 01:00 on 25 March 2018 it is 02:00.
    spring = Clock(date(2018, 3, 24), 3, "Europe/London")
    short = replace(line(1.0), start_min=90, length_min=30)
    found, _ = draw_duties([short], PLACES, BASES, np.array([4, 5]), spring, values(), Luck(1, 0))
    assert (found.start_s / 3600).tolist() == [1.5, 24 + 24.5]
    assert (found.end_s - found.start_s).tolist() == [1800.0, 1800.0]


def test_the_days_of_a_shift_begin_the_day_before_the_run() -> None:
    assert CLOCK.days((6,)).tolist() == [-1, 6, 13, 20, 27]  # the run starts on a Monday


def test_a_year_brings_its_total_whatever_the_pattern() -> None:
    year = Clock(date(2017, 4, 1), 365, "Europe/London")
    rng = np.random.default_rng(1)
    assert expected(year, 171_534.0, rng.random(168), rng.random(12)).sum() == pytest.approx(171_534.0)


def test_luck_stays_with_its_thing_however_many_are_drawn() -> None:
    for kind in ("uniform", "normal", "exponential"):
        few, many = getattr(Luck(1, 2), kind)("scene", 10), getattr(Luck(1, 2), kind)("scene", 1000)
        assert (few == many[:10]).all()
    assert (Luck(1, 2).uniform("a", 3, 4) == Luck(1, 2).uniform("a", 9, 4)[:3]).all()
    assert Luck(1, 2).uniform("a", 1) != Luck(1, 3).uniform("a", 1)
    assert Luck(1, 2).uniform("a", 1) != Luck(1, 2).uniform("b", 1)


def test_busy_days_have_the_mean_and_variation_asked_for() -> None:
    drawn = Luck(3, 0).gamma("busy day", 0.2, 100_000)
    assert drawn.mean() == pytest.approx(1.0, abs=0.003)
    assert drawn.std() == pytest.approx(0.2, abs=0.003)


def test_picks_go_by_weight_and_never_to_what_has_none() -> None:
    picked = pick(Luck(1, 0).uniform("x", 50_000), np.array([1.0, 0.0, 3.0, 0.0]))
    assert np.bincount(picked, minlength=4)[[1, 3]].sum() == 0
    assert (picked == 2).mean() == pytest.approx(0.75, abs=0.01)


def test_days_differ_as_poisson_and_more_by_the_square_of_the_variation() -> None:
    for variation in (0.0, 0.2):
        days = []
        for replication in range(40):
            came = draw(demand(), values(day_variation=variation), CLOCK, Luck(5, replication))
            days.append(np.bincount((came.incidents.received_s // 86_400).astype(int), minlength=28))
        counts = np.concatenate(days)
        mean = 100_000 / 365
        assert counts.mean() == pytest.approx(mean, abs=4 * np.sqrt(counts.var() / counts.size))
        wanted = mean + (variation * mean) ** 2
        # The sampling error of a variance over n days is about wanted * sqrt(2 / n).
        assert counts.var(ddof=1) == pytest.approx(wanted, rel=4 * np.sqrt(2 / counts.size))


def test_more_demand_keeps_every_incident_and_less_leaves_some_out() -> None:
    def met(factor: float) -> dict[float, float]:
        came = draw(demand(factor=factor), values(), CLOCK, Luck(1, 0)).incidents
        return dict(zip(came.received_s, came.scene_s, strict=True))

    fewer, base, more = met(0.7), met(1.0), met(1.3)
    assert fewer.items() < base.items() < more.items()
    assert len(fewer) / len(base) == pytest.approx(0.7, abs=0.02)
    assert len(more) / len(base) == pytest.approx(1.3, abs=0.02)


def test_grades_and_places_come_in_their_shares() -> None:
    came = draw(demand(2_000_000.0), values(), CLOCK, Luck(1, 0)).incidents
    n = len(came)
    assert came.is_resolved.mean() == pytest.approx(0.3, abs=4 / np.sqrt(n))
    assert ((came.grade == 0) & ~came.is_resolved).mean() == pytest.approx(0.2, abs=4 / np.sqrt(n))
    assert (came.atom == 1).mean() == pytest.approx(0.75, abs=4 / np.sqrt(n))
    assert not (came.is_resolved & came.is_arrest).any()
    assert (came.n_officers[came.grade == 0] - 1).mean() == pytest.approx(0.9, abs=0.02)
    assert came.travel_factor.mean() == pytest.approx(1.0, abs=0.005)


def test_appointments_begin_within_their_hours() -> None:
    asked = values(appointment_share=[1.0, 1.0], appointment_hours=[9, 17], appointment_after_h=[2, 48])
    came = draw(demand(), asked, CLOCK, Luck(1, 0)).incidents
    kept = came.appointment_s[~np.isnan(came.appointment_s) & (came.appointment_s < CLOCK.end_s)]
    hour = CLOCK.hour_of_week_at(kept) % 24 + kept % 3600 / 3600
    assert hour.min() >= 9.0
    assert hour.max() <= 17.0


def test_a_replay_has_the_times_and_grades_that_were_recorded() -> None:
    recorded = Recorded(
        np.array([10.0, 20.0, 30.0]),
        np.array([0, 1, 0]),
        np.array([1, 0, 2]),
        np.array([0, 0, 1]),
        np.array([2.0, np.nan, 0.0]),
        np.array([600.0, np.nan, np.nan]),
    )
    asked = values(record_delay_s=[5.0, 5.0])
    for replication in (0, 1):
        came = replay(recorded, 2, asked, CLOCK, Luck(1, replication))
        assert came.incidents.at_s.tolist() == [15.0, 25.0, 35.0]
        assert came.incidents.is_resolved.tolist() == [False, False, True]
        assert came.incidents.scene_s[0] == 600.0
        assert came.incidents.n_officers[0] == 2
        assert came.category.tolist() == [0, 0, 1]


PLACES = Places(
    ("a", "b", "c"),
    ("a", "b", "c"),
    np.array([0.0, 0.1, 0.2]),
    np.zeros(3),
    np.ones(3),
    np.array([0, 0, 1]),
    np.zeros(3, bool),
    ("x", "y"),
)
BASES = Bases(((0, 1), (2,)), np.array([1.0, 0.0, 1.0]))


def line(officers: float, *, double: float = 0.0, away: float = 0.0) -> RosterLine:
    return RosterLine("x night", 0, tuple(range(7)), 22 * 60, 540, officers, double, away)


def duties(one: RosterLine, replication: int = 0) -> Any:
    found, district = draw_duties(
        [one], PLACES, BASES, np.array([4, 5]), CLOCK, values(), Luck(1, replication)
    )
    assert set(district.tolist()) == {0}
    return found


def test_a_night_shift_is_there_on_the_morning_the_run_begins() -> None:
    found = duties(line(2.0))
    assert found.start_s[:2].tolist() == [0.0, 0.0]  # on since the evening before
    assert found.end_s[:2].tolist() == [7 * 3600.0, 7 * 3600.0]
    assert (found.end_s - found.start_s)[2:].tolist() == [9 * 3600.0] * (len(found) - 2)
    assert set(found.area.tolist()) == {4}


def test_a_fraction_of_an_officer_is_there_on_that_share_of_days() -> None:
    n = [len(duties(line(2.3), replication)) / 29 for replication in range(60)]
    assert np.mean(n) == pytest.approx(2.3, abs=4 * np.sqrt(0.21 / (60 * 29)))


def test_pairs_are_the_share_of_officers_who_go_out_two_to_a_unit() -> None:
    found = duties(line(10.0, double=0.6))
    assert found.crew.sum() == 10 * 29  # nobody is lost
    assert (found.crew == 2).sum() == 3 * 29
    assert set(found.base_atom.tolist()) == {0, 1}
    assert set(found.patrol_atoms.ravel().tolist()) == {0}  # no incidents at b, so no patrol


def test_more_officers_leave_the_luck_of_those_there_were() -> None:
    fewer, more = duties(line(3.0, away=0.3)), duties(line(5.0, away=0.3))

    def by_day(found: Any) -> list[list[bool]]:
        return [found.is_abstracted[found.start_s == start].tolist() for start in np.unique(found.start_s)]

    for before, after in zip(by_day(fewer), by_day(more), strict=True):
        assert after[: len(before)] == before


def test_the_last_value_by_grade_is_repeated() -> None:
    assert by_grade({"x": [1, 2]}, "x", 4).tolist() == [1.0, 2.0, 2.0, 2.0]


def test_a_hold_delays_the_unit_and_not_the_record_from_which_the_target_counts() -> None:
    at_once = draw(demand(), values(), CLOCK, Luck(1, 0)).incidents
    held = draw(demand(), values(held_median_s=[0, 600], held_spread=[0, 0.5]), CLOCK, Luck(1, 0)).incidents
    hold = held.at_s - held.recorded_s
    assert (hold[held.grade == 0] == 0.0).all()
    # Lognormal: half are held for up to ten minutes, 90 in 100 for up to exp(0.5 x 1.2816) times that.
    longer = hold[(held.grade == 1) & ~held.is_resolved]
    assert np.median(longer) == pytest.approx(600.0, rel=0.05)
    assert np.quantile(longer, 0.9) == pytest.approx(600.0 * np.exp(0.5 * 1.2816), rel=0.05)
    assert (np.diff(held.at_s) >= 0.0).all()
    # The same incidents with the same luck are recorded at the same instants.
    assert np.sort(held.recorded_s).tolist() == np.sort(at_once.at_s).tolist()
    assert sorted(held.scene_s.tolist()) == sorted(at_once.scene_s.tolist())
    at_scene = replace(
        simulate_dispatch(Incidents.of(at_s=[0.0], atom=0, grade=0, scene_s=1.0), *ONE_UNIT).incidents,
        arrived_s=held.at_s + 300.0,
        assigned_s=held.at_s,
    )
    assert response_s(at_scene, held, Grades.of(clock=[1, 1])) == pytest.approx(hold + 300.0)


ONE_UNIT = (
    Duties.of(start_s=[0.0], end_s=9e3, base_atom=0, area=0),
    Grades.of(clock=[1]),
    Ground.of(np.zeros((1, 1))),
    Rules(),
)
