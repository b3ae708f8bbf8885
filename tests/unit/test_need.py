"""Units needed: without journeys the queue alone, with them never fewer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from constabulary.core.errors import BadInput
from constabulary.numeric import queueing
from constabulary.response.dispatch import simulate_dispatch
from constabulary.response.model import Duties, Grades, Ground, Incidents
from constabulary.response.need import AreaWork, units_needed
from constabulary.response.need_check import spells

TARGET_S = 600.0


def work(rate_per_h: float, minutes: float = 0.0) -> AreaWork:
    return AreaWork(
        area="one",
        incidents_per_h=np.full((336, 1), rate_per_h),
        units_each=1.0,
        bound_s=3600.0,
        atoms=np.array([0]),
        weights=np.array([1.0]),
        minutes=np.array([[minutes]]),
        target_s=np.array([[TARGET_S]]),
        travel_factor=np.array([1.0]),
        officers_a_unit=1.5,
        away_share=0.25,
    )


@pytest.mark.parametrize("rate_per_h", [0.4, 3.0, 9.5])
def test_without_journeys_it_is_erlang_c(rate_per_h: float) -> None:
    found = units_needed(work(rate_per_h), np.array([0.9]), most_busy_share=0.99)
    n = int(queueing.agents_for_c(rate_per_h, 3600.0, TARGET_S, 0.9))
    assert (found.n_units == n).all()
    assert found.load == pytest.approx(rate_per_h)
    expected = float(queueing.erlang_c(rate_per_h, 3600.0, n, TARGET_S).within_share)
    assert found.within_share[0, 0] == pytest.approx(expected, abs=1e-6)
    assert found.n_officers == pytest.approx(n * 1.5 / 0.75)


def test_a_journey_uses_up_the_target_and_binds_the_unit() -> None:
    near, far = (units_needed(work(3.0, minutes), np.array([0.9])) for minutes in (0.0, 8.0))
    assert (far.n_units >= near.n_units).all() and far.load[0] == pytest.approx(3.0 * (1 + 8 / 60))


def test_nobody_reaches_what_is_further_than_the_target() -> None:
    with pytest.raises(BadInput, match="would not reach"):
        units_needed(work(1.0, 11.0), np.array([0.5]))


def test_sunday_night_is_carried_into_monday() -> None:
    busy = work(0.0)
    rates = np.zeros((336, 1))
    rates[-1] = 6.0
    found = units_needed(replace(busy, incidents_per_h=rates), np.array([0.9]))
    assert found.load[0] > found.load[1] > 0.0
    assert found.load[200] == pytest.approx(0.0, abs=1e-12)


def test_the_need_reaches_as_many_in_time_as_simulating_it_does() -> None:
    two = replace(
        work(4.0),
        atoms=np.array([0, 1]),
        weights=np.array([0.5, 0.5]),
        minutes=np.array([[1.0, 8.0], [8.0, 1.0]]),
    )
    need = units_needed(two, np.array([0.85]))
    n_units = int(need.n_units[0])
    rng = np.random.default_rng(7)
    n = 20_000
    at_s = np.cumsum(rng.exponential(900.0, n))
    found = simulate_dispatch(
        Incidents.of(at_s=at_s, atom=rng.integers(0, 2, n), grade=0, scene_s=rng.exponential(two.bound_s, n)),
        Duties.of(
            start_s=np.zeros(n_units),
            end_s=at_s[-1] + 86400.0,
            base_atom=0,
            area=0,
            patrol_atoms=rng.integers(0, 2, (n_units, 8)),
        ),
        Grades.of(travel_factor=[1.0]),
        Ground.of(two.minutes),
    ).incidents
    reached = float((found.arrived_s - at_s <= TARGET_S).mean())
    assert reached == pytest.approx(float(need.within_share[0, 0]), abs=0.03) and reached > 0.84


def test_a_unit_is_on_duty_wherever_its_number_is_needed() -> None:
    n_units = np.random.default_rng(3).integers(0, 6, 200)
    unit, first, after = spells(n_units)
    there = np.zeros(200, dtype=int)
    for begin, end in zip(first, after, strict=True):
        there[begin:end] += 1
    assert (there == n_units).all() and len(set(zip(unit, first, strict=True))) == len(unit)
