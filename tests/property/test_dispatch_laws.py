"""What must hold of dispatch whatever the county: more units, other names, another clock, borders that are free."""

from __future__ import annotations

import runpy
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from constabulary.response.dispatch import simulate_dispatch
from constabulary.response.model import Duties, Grades, Ground, Incidents, Rules

county = runpy.run_path(str(Path(__file__).parents[1] / "reference" / "dispatch_county.py"))["county"]


def some(rows: Any, chosen: Any) -> Any:
    """The chosen rows, in the order chosen."""
    return replace(rows, **{one.name: getattr(rows, one.name)[chosen] for one in fields(rows)})


def test_another_unit_makes_nobody_wait_longer_where_there_is_no_travel_and_one_grade() -> None:
    # Kiefer and Wolfowitz: in one queue in turn each wait falls as servers are added, path by path.
    rng = np.random.default_rng(1)
    incidents = Incidents.of(
        at_s=np.cumsum(rng.exponential(60.0, 4000)), atom=0, grade=0, scene_s=rng.lognormal(6.3, 0.8, 4000)
    )
    before = np.full(4000, np.inf)
    for n in range(12, 18):
        duties = Duties.of(start_s=np.zeros(n), end_s=1e9, base_atom=0, area=0)
        result = simulate_dispatch(incidents, duties, Grades.of(travel_factor=[1.0]), Ground.of([[0.0]]))
        assert (result.incidents.arrived_s <= before + 1e-6).all()
        before = result.incidents.arrived_s


@pytest.mark.parametrize("seed", range(3))
def test_more_units_answer_sooner_on_the_mean_over_a_whole_county(seed: int) -> None:
    # With travel, areas and grades a single incident may fare worse (the unit near it is elsewhere by now); the mean
    # over many must not.
    incidents, duties, grades, ground = county(seed, n_days=6, n_a_day=100, n_units=24)
    number = np.zeros(len(duties))
    for start in np.unique(duties.start_s):
        at = duties.start_s == start
        number[at] = np.arange(at.sum())
    means = []
    for n in (12, 18, 24):
        result = simulate_dispatch(incidents, some(duties, number < n), grades, ground)
        means.append(np.nanmean(result.incidents.arrived_s - result.incidents.ready_s))
    assert means[0] > means[1] > means[2]


def test_units_by_other_numbers_do_the_same() -> None:
    incidents, duties, grades, ground = county(4, n_days=4, n_a_day=100, n_units=12)
    # No two units of a shift wait in one place, and one is sent to each incident: numbers decide nothing.
    rng = np.random.default_rng(4)
    bases = np.concatenate([rng.permutation(ground.n_atoms)[:12] for _ in range(len(duties) // 12 + 1)])
    rules = Rules(patrol_s=1e9, meals=False)
    incidents = replace(
        incidents,
        is_arrest=np.zeros(len(incidents), np.bool_),
        n_officers=np.ones(len(incidents), np.int64),
    )
    duties = replace(duties, patrol_atoms=bases[: len(duties), None])
    order = np.lexsort((rng.uniform(size=len(duties)), duties.start_s))
    one = simulate_dispatch(incidents, duties, grades, ground, rules)
    other = simulate_dispatch(incidents, some(duties, order), grades, ground, rules)
    np.testing.assert_array_equal(one.incidents.arrived_s, other.incidents.arrived_s)
    assert one.counters == other.counters


def test_a_clock_twice_as_fast_changes_nothing_but_the_clock() -> None:
    incidents, duties, grades, ground = county(5, n_days=4, n_a_day=100, n_units=12)
    ground = replace(ground, band_of_hour=np.zeros(1, np.int64))

    def doubled(rows: Any) -> Any:
        names = [one.name for one in fields(rows) if one.name.endswith("_s")]
        return replace(rows, **{name: 2.0 * getattr(rows, name) for name in names})

    one = simulate_dispatch(incidents, duties, grades, ground)
    other = simulate_dispatch(
        doubled(incidents),
        doubled(duties),
        doubled(grades),
        replace(ground, minutes=2.0 * ground.minutes),
        Rules(patrol_s=1800.0),
    )
    np.testing.assert_array_equal(2.0 * one.incidents.arrived_s, other.incidents.arrived_s)
    assert one.counters == other.counters


def test_free_borders_are_one_area() -> None:
    incidents, duties, grades, ground = county(6, n_days=4, n_a_day=100, n_units=12)
    free = replace(grades, border_s=np.zeros(5))
    many = replace(ground, reserve=np.zeros_like(ground.reserve))
    one = replace(many, area_of_atom=np.zeros_like(ground.area_of_atom), reserve=np.zeros((5, 1), np.int64))
    split = simulate_dispatch(incidents, duties, free, many)
    pooled = simulate_dispatch(incidents, replace(duties, area=np.zeros_like(duties.area)), grades, one)
    np.testing.assert_array_equal(split.incidents.arrived_s, pooled.incidents.arrived_s)
    assert split.counters["sent_across_border"] > 0 == pooled.counters["sent_across_border"]


def test_closed_borders_are_counties_of_their_own() -> None:
    incidents, duties, grades, ground = county(7, n_days=4, n_a_day=100, n_units=12)
    incidents = replace(incidents, is_arrest=np.zeros(len(incidents), np.bool_))  # desks would be shared
    whole = simulate_dispatch(incidents, duties, grades, ground, Rules(cross_border=False))
    for area in range(3):
        its = np.flatnonzero(ground.area_of_atom[incidents.atom] == area)
        alone = simulate_dispatch(
            some(incidents, its), some(duties, duties.area == area), grades, ground, Rules(cross_border=False)
        )
        np.testing.assert_array_equal(whole.incidents.arrived_s[its], alone.incidents.arrived_s)
