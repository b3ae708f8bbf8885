"""Each rule of dispatch by a case worked by hand, with the rule and with it switched off, and its counter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from constabulary.core.errors import BadInput
from constabulary.response.dispatch import simulate_dispatch
from constabulary.response.model import Duties, Grades, Ground, Incidents, Rules
from constabulary.response.result import DispatchResult, Happened, response_s, target_s

H = 3600.0
# Four atoms in a line, ten minutes (600 s) from one to the next; the first two are area 0, the others area 1.
LINE = 10.0 * np.abs(np.arange(4)[:, None] - np.arange(4)[None])
NAN = np.nan


def run(
    incidents: dict[str, Any],
    duties: dict[str, Any],
    grades: dict[str, Any] | None = None,
    rules: Rules | None = None,
    **ground: Any,
) -> DispatchResult:
    """Dispatch with two grades, of which the first may call units away and cross borders at will."""
    given = {"border_s": [0.0, np.inf], "may_preempt": [True, False], **(grades or {})}
    ground = {"area_of_atom": [0, 0, 1, 1], "n_grades": 2, **ground}
    return simulate_dispatch(
        Incidents.of(**{"grade": 1, "scene_s": 1800.0, "atom": 0, **incidents}),
        Duties.of(**{"start_s": 0.0, "end_s": 8 * H, "area": 0, "base_atom": 0, **duties}),
        Grades.of(**given),
        Ground.of(LINE, **ground),
        rules or Rules(),
        with_journeys=True,
    )


def arrived(result: DispatchResult) -> list[float]:
    return result.incidents.arrived_s.tolist()


ONE: dict[str, Any] = {"start_s": [0.0]}
TWO_HERE: dict[str, Any] = {"start_s": [0.0, 0.0]}


def test_the_soonest_unit_goes_and_of_two_alike_the_lower_row() -> None:
    result = run({"at_s": [100.0, 100.0, 100.0], "atom": [1, 1, 1]}, {"base_atom": [0, 1, 1]})
    assert result.incidents.duty.tolist() == [1, 2, 0]
    assert arrived(result) == [100.0, 100.0, 700.0]
    assert result.incidents.travel_s.tolist() == [0.0, 0.0, 600.0]


def test_waiting_incidents_are_taken_by_grade_and_then_by_how_long_they_wait() -> None:
    result = run({"at_s": [0.0, 10.0, 20.0, 30.0], "grade": [1, 1, 1, 0]}, ONE, {"may_preempt": False})
    assert arrived(result) == [0.0, 3600.0, 5400.0, 1800.0]
    assert result.counters["waited"] == 3


def test_borders_keep_units_at_home_and_a_head_start_lets_them_out_only_when_they_save_more() -> None:
    far: dict[str, Any] = {"at_s": [0.0], "atom": [1]}
    units: dict[str, Any] = {"base_atom": [2], "area": [1]}
    crossing: dict[str, Any] = {"border_s": 0.0}
    assert arrived(run(far, units, crossing)) == [600.0]
    assert run(far, units, crossing).counters["sent_across_border"] == 1
    assert run(far, units, crossing).incidents.has(Happened.CROSS_BORDER).tolist() == [True]
    assert np.isnan(arrived(run(far, units, crossing, Rules(cross_border=False)))).all()
    assert np.isnan(arrived(run(far, units, {"border_s": np.inf}))).all()
    # The area's own unit is 600 s further away: it goes while the head start is longer than that.
    both: dict[str, Any] = {"base_atom": [0, 1], "area": [0, 1]}
    assert run(far, both, {"border_s": [0.0, 601.0]}).incidents.duty.tolist() == [0]
    assert run(far, both, {"border_s": [0.0, 599.0]}).incidents.duty.tolist() == [1]


def test_a_reserve_is_kept_for_the_most_urgent() -> None:
    incidents: dict[str, Any] = {"at_s": [0.0, 10.0], "grade": [1, 0]}
    kept: dict[str, Any] = {"reserve": [[0, 0], [1, 1]]}
    result = run(incidents, ONE, {"may_preempt": False}, **kept)
    assert arrived(result)[1] == 10.0 and np.isnan(arrived(result)[0])
    assert result.counters["waited_for_reserve"] == 1
    assert arrived(run(incidents, ONE, {"may_preempt": False}, Rules(reserves=False), **kept)) == [
        0.0,
        1800.0,
    ]


def test_a_unit_on_its_way_is_called_away_and_is_at_the_nearer_end_of_its_way() -> None:
    # On its way from 0 to 3 (1800 s): called after 600 s it is still at 0, after 1200 s already at 3.
    for called_s, there_s in ((600.0, 600.0 + 600.0), (1200.0, 1200.0 + 1200.0)):
        result = run({"at_s": [0.0, called_s], "atom": [3, 1], "grade": [1, 0]}, ONE, {"border_s": 0.0})
        assert arrived(result)[1] == there_s
        assert arrived(result)[0] == there_s + 1800.0 + 1200.0  # the scene, then from 1 to 3
        assert result.counters["preempted_en_route"] == 1
        assert result.incidents.has(Happened.PREEMPTED_EN_ROUTE).tolist() == [True, False]
        assert result.incidents.has(Happened.PREEMPTING).tolist() == [False, True]
    off = run(
        {"at_s": [0.0, 600.0], "atom": [3, 1], "grade": [1, 0]},
        ONE,
        {"border_s": 0.0},
        Rules(preempt_en_route=False),
    )
    assert arrived(off) == [1800.0, 4800.0]


def test_a_unit_called_from_a_scene_leaves_its_work_to_be_resumed_or_restarted() -> None:
    incidents: dict[str, Any] = {"at_s": [0.0, 600.0], "grade": [1, 0]}
    may: dict[str, Any] = {"may_preempt_on_scene": [True, False]}
    resumed = run(incidents, ONE, may)
    assert arrived(resumed) == [0.0, 600.0]
    assert resumed.incidents.cleared_s.tolist() == [600.0 + 1800.0 + 1200.0, 2400.0]
    assert (resumed.counters["preempted_on_scene"], resumed.counters["work_resumed"]) == (1, 1)
    assert resumed.duties.scene_s.tolist() == [3600.0]
    restarted = run(incidents, ONE, may, Rules(resume=False))
    assert restarted.incidents.cleared_s.tolist() == [600.0 + 1800.0 + 1800.0, 2400.0]
    assert restarted.counters["work_restarted"] == 1
    assert arrived(run(incidents, ONE, may, Rules(preempt_on_scene=False))) == [0.0, 1800.0]
    assert arrived(run(incidents, ONE, {**may, "may_be_preempted": False})) == [0.0, 1800.0]


def test_who_lost_a_unit_may_call_one_away_in_turn_the_least_urgent_first() -> None:
    grades: dict[str, Any] = {"border_s": [0.0] * 3, "may_preempt_on_scene": [True, True, False]}
    result = run(
        {"at_s": [0.0, 1.0, 600.0], "atom": [0, 3, 3], "grade": [2, 1, 0]},
        {"base_atom": [0, 3]},
        {**grades, "may_preempt": False, "may_be_preempted": [True, True, False]},
        n_grades=3,
    )
    assert result.incidents.duty.tolist() == [0, 1, 1]
    assert result.counters["preempted_on_scene"] == 1
    chain = run(
        {"at_s": [0.0, 1.0, 600.0], "atom": [0, 3, 3], "grade": [2, 1, 0]},
        {"base_atom": [0, 3]},
        {**grades, "may_preempt": False},
        n_grades=3,
    )
    # The least urgent is at 0: its unit is called although the other is nearer.
    assert chain.incidents.duty.tolist() == [0, 1, 0]
    assert arrived(chain)[2] == 600.0 + 1800.0


def test_units_are_sent_until_their_crews_add_up() -> None:
    wants: dict[str, Any] = {"at_s": [0.0], "n_officers": 2, "support_scene_s": 300.0}
    both = run(wants, {"base_atom": [0, 1]})
    assert both.incidents.n_sent.tolist() == [2]
    assert (arrived(both), both.incidents.full_s.tolist()) == ([0.0], [600.0])
    assert both.counters["sent_in_support"] == 1
    assert both.duties.scene_s.tolist() == [1800.0, 300.0]
    assert run(wants, {"base_atom": [0, 1]}, None, Rules(several_units=False)).incidents.n_sent.tolist() == [
        1
    ]
    double = {"base_atom": [0, 1], "crew": 2}
    assert run(wants, double).incidents.n_sent.tolist() == [1]
    assert run(wants, double).counters["sent_crew_of_several"] == 1
    assert run(wants, double, None, Rules(crew_counts=False)).incidents.n_sent.tolist() == [2]


def test_units_still_on_their_way_turn_back_when_the_first_ones_work_is_done() -> None:
    result = run({"at_s": [0.0], "n_officers": 2, "scene_s": 200.0}, {"base_atom": [0, 1]})
    assert result.counters["turned_back"] == 1
    assert result.duties.travel_s.tolist() == [0.0, 200.0]
    assert np.isnan(result.incidents.full_s).all()
    assert result.journeys is not None
    assert result.journeys.left_s.tolist() == [200.0, 200.0]
    assert np.isnan(result.journeys.arrived_s[1])


def test_a_capability_is_needed() -> None:
    result = run({"at_s": [0.0], "needs": 2}, {"base_atom": [0, 1], "capabilities": [1, 3]})
    assert result.incidents.duty.tolist() == [1]


def test_a_regraded_incident_may_call_away_what_it_could_not_before() -> None:
    incidents: dict[str, Any] = {
        "at_s": [0.0, 10.0],
        "atom": [3, 0],
        "regrade_at_s": [NAN, 100.0],
        "regrade_to": 0,
    }
    free: dict[str, Any] = {"border_s": 0.0}
    result = run(incidents, ONE, free)
    assert arrived(result)[1] == 100.0
    assert result.incidents.grade.tolist() == [1, 0]
    assert result.counters["regraded"] == 1
    assert arrived(run(incidents, ONE, free, Rules(regrading=False)))[1] == 1800.0 + 1800.0 + 1800.0


def test_a_cancelled_incident_turns_its_unit_back_unless_it_is_there() -> None:
    incidents: dict[str, Any] = {"at_s": [0.0, 10.0], "atom": [1, 0], "cancel_at_s": [250.0, NAN]}
    result = run(incidents, ONE)
    assert np.isnan(arrived(result)[0]) and arrived(result)[1] == 250.0
    assert (result.counters["cancelled"], result.counters["turned_back"]) == (1, 1)
    assert arrived(run(incidents, ONE, None, Rules(cancelling=False))) == [600.0, 2400.0 + 600.0]
    there: dict[str, Any] = {"at_s": [0.0], "cancel_at_s": [250.0]}
    assert run(there, ONE).counters["cancelled"] == 0


def test_an_appointment_is_kept_until_its_time() -> None:
    incidents: dict[str, Any] = {"at_s": [0.0, 60.0], "appointment_s": [H, NAN]}
    result = run(incidents, ONE)
    assert arrived(result) == [H, 60.0]
    assert result.incidents.ready_s.tolist() == [H, 60.0]
    assert result.counters["appointments"] == 1
    assert arrived(run(incidents, ONE, None, Rules(appointments=False))) == [0.0, 1800.0]


def test_what_is_resolved_sends_nobody() -> None:
    incidents: dict[str, Any] = {"at_s": [0.0, 60.0], "is_resolved": [True, False]}
    result = run(incidents, ONE)
    assert np.isnan(arrived(result)[0]) and arrived(result)[1] == 60.0
    assert result.counters["resolved"] == 1
    assert arrived(run(incidents, ONE, None, Rules(resolving=False))) == [0.0, 1800.0]


def test_an_arrest_is_taken_to_the_nearest_suite_waits_for_a_desk_and_is_written_up() -> None:
    incidents: dict[str, Any] = {
        "at_s": [0.0, 1.0, 2.0],
        "atom": [0, 0, 0],
        "is_arrest": [True, True, False],
        "custody_s": 1200.0,
        "write_up_s": [300.0, 300.0, 0.0],
    }
    suite: dict[str, Any] = {"suite_atoms": [3, 1], "suite_desks": [1, 1]}
    result = run(incidents, TWO_HERE, None, None, **suite)
    # First: scene to 1800, at the suite 2400, booked in until 3600, written up until 3900, then from 1 to 0.
    assert arrived(result)[2] == 3900.0 + 600.0
    assert result.incidents.custody_wait_s.tolist()[:2] == [0.0, 3600.0 - 2401.0]
    assert result.duties.custody_s.tolist() == [1800.0, 4800.0 - 1801.0]
    assert result.duties.write_up_s.tolist() == [300.0, 300.0]
    assert (result.counters["arrests"], result.counters["custody_waits"]) == (2, 1)
    assert arrived(run(incidents, TWO_HERE, None, Rules(arrests=False), **suite))[2] == 2100.0


def test_a_meal_is_taken_when_due_and_the_most_urgent_interrupt_it() -> None:
    meal: dict[str, Any] = {"start_s": [0.0], "meal_at_s": 900.0, "meal_s": 2400.0}
    incidents: dict[str, Any] = {"at_s": [1000.0, 1200.0], "grade": [1, 0]}
    result = run(incidents, meal)
    assert arrived(result) == [3300.0 + 1800.0, 3300.0]
    assert (result.counters["meals_taken"], result.duties.meal_s.tolist()) == (1, [2400.0])
    assert arrived(run(incidents, meal, None, Rules(meals=False))) == [1000.0, 2800.0]
    called = run(incidents, meal, {"may_interrupt_meal": [True, False]})
    assert arrived(called) == [1200.0 + 1800.0 + 2100.0, 1200.0]  # the rest of the meal comes first
    assert called.counters["meals_interrupted"] == 1
    assert called.incidents.has(Happened.INTERRUPTED_MEAL).tolist() == [False, True]
    late = run({"at_s": [800.0]}, {**meal, "meal_until_s": 2000.0})
    assert (late.counters["meals_missed"], late.duties.meal_s.tolist()) == (1, [0.0])


def test_an_abstracted_duty_does_not_begin() -> None:
    result = run({"at_s": [0.0]}, {"start_s": [0.0], "is_abstracted": True})
    assert np.isnan(arrived(result)[0]) and result.counters["abstracted"] == 1
    assert arrived(
        run({"at_s": [0.0]}, {"start_s": [0.0], "is_abstracted": True}, None, Rules(abstractions=False))
    ) == [0.0]


def test_a_busy_unit_finishes_late_unless_it_is_guarded_before_its_end() -> None:
    incidents: dict[str, Any] = {"at_s": [7.9 * H]}
    late = run(incidents, ONE)
    assert late.duties.late_s.tolist() == pytest.approx([1800.0 - 0.1 * H])
    assert late.counters["late_finishes"] == 1
    guard: dict[str, Any] = {"end_guard_s": [0.0, 600.0]}
    guarded = run(incidents, ONE, guard)
    assert guarded.duties.late_s.tolist() == [0.0] and np.isnan(arrived(guarded)[0])
    assert guarded.counters["waited_for_end_guard"] == 1
    assert run(incidents, ONE, guard, Rules(end_guard=False)).counters["late_finishes"] == 1


def test_overlapping_shifts_hand_over_without_a_gap() -> None:
    # Near the end nobody is sent: only a shift that begins before the other ends bridges the hour.
    incidents: dict[str, Any] = {"at_s": [7.5 * H]}
    guard: dict[str, Any] = {"end_guard_s": 3600.0}
    apart = run(incidents, {"start_s": [0.0, 8 * H], "end_s": [8 * H, 16 * H]}, guard)
    overlapping = run(incidents, {"start_s": [0.0, 7 * H], "end_s": [8 * H, 16 * H]}, guard)
    assert (arrived(apart), arrived(overlapping)) == ([8 * H], [7.5 * H])


def test_a_night_shift_runs_over_midnight_and_ends_the_day_after() -> None:
    night: dict[str, Any] = {"start_s": [22 * H], "end_s": [31 * H]}
    result = run({"at_s": [2 * H, 26 * H, 32 * H]}, night)
    assert arrived(result)[:2] == [22 * H, 26 * H] and np.isnan(arrived(result)[2])
    assert result.uncommitted_s.shape == (2, 31)
    assert result.uncommitted_s[0, 23:].tolist() == [3600.0, 3600.0, 3600.0, 1800.0, *[3600.0] * 4]


def test_a_returning_unit_can_be_sent_and_without_the_rule_only_once_it_is_back() -> None:
    # Free at 1 at 2400, on its way to 0 until 3000; at 2600 it is nearer to 1.
    incidents: dict[str, Any] = {"at_s": [0.0, 2600.0], "atom": [1, 1]}
    result = run(incidents, ONE)
    assert arrived(result)[1] == 2600.0
    assert result.counters["sent_on_way_back"] == 1
    assert result.incidents.has(Happened.RETURNING).tolist() == [False, True]
    assert arrived(run(incidents, ONE, None, Rules(returning=False)))[1] == 3000.0 + 600.0


def test_a_patrolling_unit_is_where_its_patrol_is() -> None:
    patrol: dict[str, Any] = {"start_s": [0.0], "patrol_atoms": [[0, 1]]}
    incidents: dict[str, Any] = {"at_s": [1000.0], "atom": [1]}
    assert arrived(run(incidents, patrol)) == [1000.0]  # the second quarter of an hour
    assert arrived(run(incidents, patrol, None, Rules(patrolling=False))) == [1600.0]
    assert arrived(run(incidents, patrol, None, Rules(patrol_s=600.0))) == [1000.0]
    assert arrived(run(incidents, patrol, None, Rules(patrol_s=400.0))) == [1600.0]


def test_travel_takes_the_hour_s_minutes_the_grade_s_lights_the_luck_of_the_road_and_turning_out() -> None:
    slow = np.stack([LINE, 2.0 * LINE])
    result = simulate_dispatch(
        Incidents.of(at_s=[0.0, H], atom=1, grade=0, scene_s=0.0, travel_factor=[1.0, 1.5]),
        Duties.of(start_s=[0.0], end_s=8 * H, base_atom=0, area=0),
        Grades.of(travel_factor=[0.75]),
        Ground.of(slow, band_of_hour=[0, 1]),
        Rules(turnout_s=60.0),
    )
    assert arrived(result) == [60.0 + 450.0, H + 60.0 + 1200.0 * 0.75 * 1.5]
    assert result.incidents.travel_s.tolist() == [450.0, 1350.0]


def test_a_unit_s_time_adds_up_and_free_time_is_told_by_hour() -> None:
    result = run({"at_s": [1800.0, 9000.0], "write_up_s": 100.0, "atom": [1, 0]}, TWO_HERE)
    parts = ("free_s", "travel_s", "scene_s", "custody_s", "write_up_s", "meal_s")
    spent = sum(getattr(result.duties, part) for part in parts)
    assert spent.tolist() == (8 * H + result.duties.late_s).tolist()
    assert result.uncommitted_s.sum() == result.duties.free_s.sum()
    # One unit is bound from 1800 to 1800 + 600 + 1800 + 100 = 4300.
    assert result.uncommitted_s[0, :2].tolist() == [7200.0 - 1800.0, 7200.0 - 700.0]


def test_the_clock_of_a_grade_starts_where_it_says() -> None:
    incidents = Incidents.of(
        at_s=[100.0, 100.0, 2500.0],
        received_s=[40.0, NAN, 2400.0],
        atom=[1, 3, 1],
        grade=[0, 1, 2],
        scene_s=0.0,
    )
    grades = Grades.of(
        clock=[0, 1, 2], target_urban_s=[900.0, 3600.0, NAN], target_rural_s=1200.0, border_s=0.0
    )
    ground = Ground.of(LINE, n_grades=3, is_rural=[False, True, False, False])
    result = simulate_dispatch(
        incidents, Duties.of(start_s=[0.0] * 3, end_s=8 * H, base_atom=0, area=0), grades, ground
    )
    assert response_s(result.incidents, incidents, grades).tolist() == [660.0, 1800.0, 600.0]
    assert target_s(incidents, grades, ground).tolist() == [1200.0, 3600.0, 1200.0]


def test_everything_a_compiled_loop_would_fall_over_is_refused_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        run(
            {"at_s": [5.0, 1.0], "atom": 9, "grade": 2, "n_officers": 0, "is_arrest": True},
            {"start_s": [0.0], "end_s": 0.0, "area": 7, "base_atom": -1, "crew": 0},
            None,
            replace(Rules(), patrol_s=0.0),
        )
    told = {problem.column for problem in refused.value.problems}
    assert told == {
        "Incidents.at_s",
        "Incidents.atom",
        "Incidents.grade",
        "Incidents.n_officers",
        "Duties.end_s",
        "Duties.area",
        "Duties.base_atom",
        "Duties.patrol_atoms",
        "Duties.crew",
        "Ground.suite_atoms",
        "Rules.patrol_s",
    }
    for ground in (
        {"area_of_atom": [0, 1]},
        {"reserve": [[0, 0]]},
        {"band_of_hour": [1]},
        {"suite_atoms": [1], "suite_desks": [0]},
    ):
        with pytest.raises(BadInput):
            run({"at_s": [0.0]}, ONE, None, None, **ground)


def test_a_column_cut_short_afterwards_is_refused_too() -> None:
    duties = Duties.of(start_s=[0.0, 0.0], end_s=H, base_atom=0, area=0)
    short = replace(duties, patrol_atoms=duties.patrol_atoms[:1])
    incidents = Incidents.of(at_s=[0.0], atom=0, grade=0, scene_s=0.0)
    with pytest.raises(BadInput, match=r"Duties.patrol_atoms: 1 cannot be used. Expected 2 rows."):
        simulate_dispatch(incidents, short, Grades.of(clock=[1]), Ground.of(LINE))


def test_columns_that_do_not_fit_are_told() -> None:
    with pytest.raises(BadInput, match=r"atoms.*Expected one of"):
        Incidents.of(at_s=[0.0], atoms=1, atom=0, grade=0, scene_s=0.0)
    with pytest.raises(BadInput, match="scene_s"):
        Incidents.of(at_s=[0.0], atom=0, grade=0)
    with pytest.raises(BadInput, match="3 rows"):
        Incidents.of(at_s=[0.0, 1.0, 2.0], atom=[0, 1], grade=0, scene_s=0.0)
