"""What the dispatch engine refuses: whatever a compiled loop, which checks nothing, would fall over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.response.model import CLOCKS, Duties, Grades, Ground, Incidents, Rules
from constabulary.response.rows import (
    not_ascending,
    not_between,
    not_finite,
    not_numbers,
    problem,
    uneven,
    unless,
)

MOST_OFFICERS = 1000
MOST_DESKS = 1000


def check(incidents: Incidents, duties: Duties, grades: Grades, ground: Ground, rules: Rules) -> None:
    """Refuse what a compiled loop would fall over, all of it at once.

    Raises
    ------
    BadInput
        With everything that is wrong.
    """
    problems = [*uneven(incidents, duties, grades), *_ground_problems(ground, len(grades))]
    if problems:
        raise BadInput(problems)
    atoms, areas = ground.n_atoms, ground.n_areas
    problems = [
        *not_numbers(
            incidents, ("at_s", "scene_s", "support_scene_s", "write_up_s", "travel_factor", "custody_s")
        ),
        *not_between("Incidents.atom", incidents.atom, 0, atoms - 1),
        *not_between("Incidents.grade", incidents.grade, 0, len(grades) - 1),
        *not_between("Incidents.regrade_to", incidents.regrade_to, 0, len(grades) - 1),
        *not_between("Incidents.n_officers", incidents.n_officers, 1, MOST_OFFICERS),
        *not_ascending("Incidents.at_s", incidents.at_s),
        *not_numbers(duties, ("start_s", "end_s", "meal_s")),
        *not_between("Duties.base_atom", duties.base_atom, 0, atoms - 1),
        *not_between("Duties.patrol_atoms", duties.patrol_atoms, 0, atoms - 1),
        *not_between("Duties.area", duties.area, 0, areas - 1),
        *not_between("Duties.crew", duties.crew, 1, MOST_OFFICERS),
        *not_ascending("Duties.start_s", duties.start_s),
        *unless(duties.end_s > duties.start_s, "Duties.end_s", duties.end_s, "later than start_s"),
        *not_numbers(grades, ("travel_factor", "end_guard_s")),
        *unless(grades.border_s >= 0.0, "Grades.border_s", grades.border_s, "0 or more, or infinite"),
        *not_between("Grades.clock", grades.clock, 0, len(CLOCKS) - 1),
    ]
    if duties.patrol_atoms.ndim != 2 or not duties.patrol_atoms.shape[1]:
        problems.append(
            problem(
                "wrong_shape", "Duties.patrol_atoms", duties.patrol_atoms.shape, "(duties, 1 or more places)"
            )
        )
    if rules.arrests and incidents.is_arrest.any() and not len(ground.suite_atoms):
        problems.append(
            problem("no_suite", "Ground.suite_atoms", None, "a custody suite, as there are arrests")
        )
    for name, least in (("turnout_s", 0.0), ("patrol_s", 1.0)):
        value = np.array([getattr(rules, name)])
        problems += unless((value >= least) & (value < np.inf), f"Rules.{name}", value, f"{least:g} or more")
    if problems:
        raise BadInput(problems)


def _ground_problems(ground: Ground, n_grades: int) -> list[Problem]:
    n, shape = ground.n_atoms, ground.minutes.shape
    wanted: Sequence[tuple[str, tuple[int, ...], tuple[int, ...]]] = (
        ("minutes", shape, (shape[0], n, n)),
        ("area_of_atom", ground.area_of_atom.shape, (n,)),
        ("is_rural", ground.is_rural.shape, (n,)),
        ("reserve", ground.reserve.shape, (n_grades, ground.n_areas)),
        ("suite_desks", ground.suite_desks.shape, ground.suite_atoms.shape),
    )
    problems = [
        problem("wrong_shape", f"Ground.{name}", found, str(expected))
        for name, found, expected in wanted
        if found != expected
    ]
    travel = ground.minutes
    if travel.size == 0 or ground.reserve.size == 0 or not len(ground.band_of_hour):
        problems.append(problem("nothing_there", "Ground", None, "an atom, an area, a grade and an hour"))
    return [
        *problems,
        *not_finite("Ground.minutes", travel, "minutes, 0 or more"),
        *not_between("Ground.band_of_hour", ground.band_of_hour, 0, shape[0] - 1),
        *not_between("Ground.area_of_atom", ground.area_of_atom, 0, ground.n_areas - 1),
        *not_between("Ground.reserve", ground.reserve, 0, MOST_OFFICERS),
        *not_between("Ground.suite_atoms", ground.suite_atoms, 0, n - 1),
        *not_between("Ground.suite_desks", ground.suite_desks, 1, MOST_DESKS),
    ]
