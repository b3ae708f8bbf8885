"""What the dispatch engine answers: what became of each incident and duty, and how often each rule was used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag

import numpy as np

from constabulary.response._kernel import tally
from constabulary.response.model import Grades, Ground, Incidents
from constabulary.response.rows import Floats, Integers, Rows, Truths, fixed


class Happened(IntFlag):
    """What may happen to an incident; several things may."""

    CROSS_BORDER = 1
    """The first unit at the scene was of another area."""
    RETURNING = 2
    """The first unit at the scene was sent on its way back."""
    PREEMPTED_EN_ROUTE = 4
    """It lost a unit on its way to it."""
    PREEMPTED_ON_SCENE = 8
    """It lost a unit at its scene."""
    PREEMPTING = 16
    """It took a unit from another incident."""
    INTERRUPTED_MEAL = 32
    """It took a unit from its meal."""
    REGRADED = 64
    """Its grade was changed."""
    CANCELLED = 128
    """It was called off before a unit was there."""
    RESOLVED = 256
    """It was dealt with without sending anyone."""
    APPOINTMENT = 512
    """It waited for its appointment."""
    ARREST = 1024
    """A unit took someone from it to custody."""


@dataclass(frozen=True)
class IncidentOutcomes(Rows):
    """What became of each incident, in its row; not a number where it did not come to that.

    Parameters
    ----------
    ready_s
        Instant from which units were sought (s): recorded, or the appointment.
    assigned_s
        Instant at which the unit that was first at the scene was assigned (s).
    arrived_s
        Instant at which the first unit was there (s).
    full_s
        Instant at which as many officers as wanted were first there together (s).
    cleared_s
        Instant at which the last unit left the scene (s).
    travel_s
        Time from moving to the scene of the first unit there (s).
    custody_wait_s
        Time for which the unit waited at the custody suite (s).
    duty
        The first unit at the scene, a row of duties; -1: none.
    grade
        Its grade at the end.
    n_sent
        How often a unit was sent to it, those that were called away or turned back too.
    happened
        Bits of `Happened`.
    """

    ready_s: Floats
    assigned_s: Floats
    arrived_s: Floats
    full_s: Floats
    cleared_s: Floats
    travel_s: Floats
    custody_wait_s: Floats
    duty: Integers
    grade: Integers
    n_sent: Integers
    happened: Integers

    def has(self, what: Happened) -> Truths:
        """Return to which incidents this happened, shape (incidents,)."""
        return np.asarray((self.happened & int(what)) != 0)


@dataclass(frozen=True)
class DutyOutcomes(Rows):
    """How each duty was spent, in its row; the times together are its length plus `late_s`.

    Parameters
    ----------
    free_s
        Uncommitted: at base, on patrol or on the way back (s).
    travel_s
        Turning out and on the way to incidents (s).
    scene_s, custody_s, write_up_s, meal_s
        At scenes; on the way to custody, waiting and booking in there; writing up; at the meal (s).
    late_s
        Time after the end of duty until it was off (s).
    n_incidents
        How many incidents it was sent to.
    """

    free_s: Floats
    travel_s: Floats
    scene_s: Floats
    custody_s: Floats
    write_up_s: Floats
    meal_s: Floats
    late_s: Floats
    n_incidents: Integers


@dataclass(frozen=True)
class Journeys(Rows):
    """Every time a unit was sent, in the order of being sent.

    Parameters
    ----------
    incident, duty
        Rows of incidents and duties.
    from_atom
        Where the unit was.
    assigned_s
        When it was sent (s).
    arrived_s
        When it was at the scene (s); not a number: it was called away or turned back before.
    left_s
        When it left the scene, was called away or turned back (s).
    """

    incident: Integers
    duty: Integers
    from_atom: Integers
    assigned_s: Floats
    arrived_s: Floats
    left_s: Floats


@dataclass(frozen=True)
class DispatchResult:
    """What the dispatch engine answers.

    Parameters
    ----------
    incidents, duties
        By row of what was given.
    uncommitted_s
        Unit-seconds free by area and hour of the run, shape (areas, hours) (s).
    counters
        How often each rule was used, by name.
    journeys
        Every time a unit was sent; none where they were not asked for.
    """

    incidents: IncidentOutcomes
    duties: DutyOutcomes
    uncommitted_s: Floats
    counters: Mapping[str, int]
    journeys: Journeys | None


def response_s(outcomes: IncidentOutcomes, incidents: Incidents, grades: Grades) -> Floats:
    """Return the time to the first unit at the scene by the clock of the grade (s), not a number where none came.

    The clock and target are those of the grade at which the incident was recorded.
    """
    return np.asarray(
        tally.response_s(
            *(fixed(one, np.float64) for one in (outcomes.arrived_s, outcomes.assigned_s, incidents.at_s)),
            *(fixed(one, np.float64) for one in (incidents.received_s, incidents.recorded_s)),
            fixed(incidents.grade, np.int64),
            fixed(grades.clock, np.int64),
        )
    )


def target_s(incidents: Incidents, grades: Grades, ground: Ground) -> Floats:
    """Return the time within which the first unit should be at each incident (s), not a number where there is none."""
    urban, rural = grades.target_urban_s[incidents.grade], grades.target_rural_s[incidents.grade]
    return np.asarray(np.where(ground.is_rural[incidents.atom], rural, urban))
