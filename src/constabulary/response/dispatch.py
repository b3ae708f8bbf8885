"""Dispatch: units sent to incidents by a force's rules, simulated event by event in a compiled loop.

The rules, each in one place:

* An incident is sent the unit that is soonest there, of those that are free, have its capabilities and may be taken:
  units on their way back and on patrol too. Units of other areas are set back by `Grades.border_s`. A unit that would
  leave fewer free in its area than the grade's reserve stays. Ties go to the lower row.
* If none is free: a unit at its meal (`may_interrupt_meal`), the rest of which is taken later; then, for the first
  unit only, one called away from a less urgent incident, the least urgent first (`may_preempt`,
  `may_preempt_on_scene`). The incident that lost it seeks another at once, and may call one away in turn. Its place in
  the queue is as before. At a scene the work left is resumed, or restarted, by the next unit that comes.
* An incident that wants more waits: by grade, then by the instant from which it was ready, those of another area set
  back by `border_s`. A unit that becomes free takes the first that it may.
* A unit on the way is at the nearer end of its way, by time.
* The first unit at the scene stays `scene_s`, each further one `support_scene_s`; when the first one's work is done no
  more are wanted and those on their way are turned back. The first one takes an arrest to the nearest custody suite,
  waits for a desk in turn, and writes up.
* Regrading and cancelling hold until a unit has been there.
* A unit that is free at its end of duty goes off; a busy one finishes first, and is not called away after its end.

No random numbers are drawn. The same rules stand in plain words as a SimPy model in the tests, and both agree on every
incident.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constabulary.response._kernel import columns, records
from constabulary.response._kernel import dispatch as kernel
from constabulary.response._kernel.events import calendar
from constabulary.response.checks import check
from constabulary.response.model import Duties, Grades, Ground, Incidents, Rules
from constabulary.response.result import DispatchResult, DutyOutcomes, IncidentOutcomes, Journeys
from constabulary.response.rows import Rows, fixed


def simulate_dispatch(
    incidents: Incidents,
    duties: Duties,
    grades: Grades,
    ground: Ground,
    rules: Rules | None = None,
    *,
    with_journeys: bool = False,
) -> DispatchResult:
    """Return what becomes of incidents and duties under the rules.

    Parameters
    ----------
    incidents, duties, grades, ground
        What there is; each in its units as documented there.
    rules
        Which rules hold; none given: all.
    with_journeys
        Whether every time a unit was sent is told too.

    Raises
    ------
    BadInput
        With everything that is wrong with the input.

    Examples
    --------
    >>> result = simulate_dispatch(
    ...     Incidents.of(at_s=[60.0], atom=1, grade=0, scene_s=1800.0),
    ...     Duties.of(start_s=[0.0], end_s=8 * 3600.0, base_atom=0, area=0),
    ...     Grades.of(travel_factor=[1.0]),
    ...     Ground.of([[0.0, 7.0], [7.0, 0.0]]),
    ... )
    >>> float(result.incidents.arrived_s[0])
    480.0
    """
    rules = Rules() if rules is None else rules
    check(incidents, duties, grades, ground, rules)
    given = (
        _given(
            columns.GivenIncidents,
            incidents,
            {
                "n_officers": (rules.several_units, 1),
                "is_resolved": (rules.resolving, False),
                "is_arrest": (rules.arrests, False),
                "appointment_s": (rules.appointments, np.nan),
            },
        ),
        _given(
            columns.GivenDuties,
            duties,
            {
                "meal_s": (rules.meals, 0.0),
                "crew": (rules.crew_counts, 1),
                "is_abstracted": (rules.abstractions, False),
            },
        ),
    )
    diary, area_of_atom = _diary(incidents, rules), fixed(ground.area_of_atom, np.int64)
    n_journeys = _room_for_journeys(incidents) if with_journeys else 0
    while True:
        run = _run(incidents, duties, grades, ground, rules, n_journeys)
        told = _told(columns.ToldIncidents, len(incidents)), _told(columns.ToldDuties, len(duties))
        kernel.simulate(run, diary, given, area_of_atom, told)
        n_sent = int(run.sizes[records.N_JOURNEYS])
        if not with_journeys or n_sent <= n_journeys:
            break
        n_journeys = n_sent  # more were called away than there was room for: the same run again, with room
    return DispatchResult(
        IncidentOutcomes(**told[0]._asdict()),
        DutyOutcomes(**told[1]._asdict()),
        run.uncommitted_s,
        dict(zip(records.COUNTERS, run.counters.tolist(), strict=True)),
        Journeys.of(**{name: run.journeys[name][:n_sent] for name in run.journeys.dtype.names})
        if with_journeys
        else None,
    )


def _room_for_journeys(incidents: Incidents) -> int:
    return 2 * len(incidents) + int(incidents.n_officers.sum())


def _told(kind: Any, n: int) -> Any:
    """Return columns for the answers, all to be written."""
    return kind(
        **{name: np.empty(n, np.float64 if name.endswith("_s") else np.int64) for name in kind._fields}
    )


def _run(
    incidents: Incidents, duties: Duties, grades: Grades, ground: Ground, rules: Rules, n_journeys: int
) -> Any:
    """Return what a run works on at its start, with the rules that are off taken out of grades and ground."""
    n_duties, n_areas = len(duties), ground.n_areas
    last_s = float(duties.end_s.max(initial=3600.0))
    reserve = ground.reserve if rules.reserves else np.zeros_like(ground.reserve)
    stay = duties.base_atom[:, None]
    return records.Run(
        incidents=_records(records.INCIDENT, len(incidents)),
        duties=_records(records.DUTY, n_duties),
        grades=_grades(grades, rules),
        suites=_records(
            records.SUITE,
            len(ground.suite_atoms),
            atom=ground.suite_atoms,
            n_free=ground.suite_desks,
            head=-1,
            tail=-1,
        ),
        patrol=fixed(duties.patrol_atoms if rules.patrolling else stay, np.int64),
        reserve=fixed(reserve, np.int64),
        minutes=fixed(ground.minutes, np.float32),
        band_of_hour=fixed(ground.band_of_hour, np.int64),
        turnout_s=float(rules.turnout_s),
        patrol_s=float(rules.patrol_s),
        resume=bool(rules.resume),
        returning=bool(rules.returning),
        calendar=calendar(n_duties),
        roster=calendar(2 * n_duties),
        on_duty=np.zeros(n_duties, np.int32),
        free=np.zeros((n_areas, n_duties), np.int32),
        freed=np.zeros(n_duties, np.int32),
        n_free=np.zeros(n_areas, np.int64),
        sizes=np.zeros(4, np.int64),
        waiting=np.full((len(grades), n_areas, 2), -1, np.int32),
        uncommitted_s=np.zeros((n_areas, int(np.ceil(last_s / 3600.0)))),
        counters=np.zeros(len(records.COUNTERS), np.int64),
        journeys=_records(records.JOURNEY, n_journeys),
    )


def _given(kind: Any, rows: Rows, rules: Mapping[str, tuple[bool, Any]]) -> Any:
    """Return columns as they are given, but one whose rule is off as if all rows had the value told with it."""
    columns = {}
    for name in kind._fields:
        values = getattr(rows, name)
        holds, instead = rules.get(name, (True, None))
        columns[name] = fixed(values if holds else np.full_like(values, instead), values.dtype.type)
    return kind(**columns)


def _grades(grades: Grades, rules: Rules) -> Any:
    return _records(
        records.GRADE,
        len(grades),
        travel_factor=grades.travel_factor,
        border_s=grades.border_s if rules.cross_border else np.inf,
        end_guard_s=grades.end_guard_s if rules.end_guard else 0.0,
        may_preempt=grades.may_preempt & rules.preempt_en_route,
        may_preempt_on_scene=grades.may_preempt_on_scene & rules.preempt_on_scene,
        may_be_preempted=grades.may_be_preempted,
        may_interrupt_meal=grades.may_interrupt_meal,
    )


def _diary(incidents: Incidents, rules: Rules) -> Any:
    """Return appointments, regradings and cancellations in the order of time."""
    entries = (
        (records.APPOINTMENT, rules.appointments, incidents.appointment_s, incidents.at_s),
        (records.REGRADE, rules.regrading, incidents.regrade_at_s, -np.inf),
        (records.CANCEL, rules.cancelling, incidents.cancel_at_s, -np.inf),
    )
    rows = [np.flatnonzero((at_s > after_s) & holds) for _, holds, at_s, after_s in entries]
    what = np.concatenate([np.full(len(n), one[0]) for n, one in zip(rows, entries, strict=True)])
    at_s = np.concatenate([one[2][n] for n, one in zip(rows, entries, strict=True)])
    incident = np.concatenate(rows)
    order = np.argsort(at_s, kind="stable")  # at one instant as they stand: by what, then by incident
    return _records(records.DIARY, len(order), at_s=at_s[order], what=what[order], incident=incident[order])


def _records(dtype: np.dtype[Any], n: int, **columns: Any) -> NDArray[Any]:
    """Return records of zeros but for these columns."""
    rows = np.zeros(n, dtype)
    for name, values in columns.items():
        rows[name] = values
    return rows.view(np.recarray)
