"""What the dispatch engine is given: incidents, duties of units, grades, the ground and the rules, as arrays.

Times are seconds from the start of the run. An atom is a smallest place (an LSOA); atoms, areas, grades and suites go
by number from 0. The engine draws no random numbers: whoever makes the incidents draws them, so two structures of a
force can be given the same incidents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from constabulary.response.rows import Floats, Integers, Rows, Truths

CLOCKS = ("received", "recorded", "assigned")
LARGE_PAGES_FROM = 2**20


@dataclass(frozen=True)
class Incidents(Rows):
    """Incidents in the order in which they are recorded, shape (incidents,); ties between them go to the lower row.

    Parameters
    ----------
    at_s
        Instant from which a unit can be sent (s), ascending: the incident is recorded and graded, and held no longer.
    atom
        Where it is.
    grade
        Its grade, 0 the most urgent.
    scene_s
        Time the first unit at the scene spends there (s).
    received_s
        Instant at which the call came, for targets whose clock starts there (s); not a number: `at_s`.
    recorded_s
        Instant at which it was recorded, for targets whose clock starts there (s); not a number: `at_s`.
    support_scene_s
        Time each further unit spends there (s).
    write_up_s
        Time for which the first unit is bound after the scene, or after custody (s).
    n_officers
        Officers wanted; units are sent until their crews add up to it.
    needs
        Capabilities that each unit must have, as bits.
    travel_factor
        What travel times to it are multiplied by: luck of the road, the same for every unit.
    regrade_at_s, regrade_to
        When its grade becomes another and which, unless a unit is there; not a number: never.
    cancel_at_s
        When it is called off, unless a unit is there (s); not a number: never.
    appointment_s
        No unit is sent before then (s); not a number: no appointment.
    is_resolved
        Whether it is dealt with without sending anyone.
    is_arrest, custody_s
        Whether the first unit takes someone to custody from the scene, and how long it is wanted there (s).
    """

    defaults: ClassVar[Mapping[str, Any]] = {
        "received_s": np.nan,
        "recorded_s": np.nan,
        "support_scene_s": 0.0,
        "write_up_s": 0.0,
        "n_officers": 1,
        "needs": 0,
        "travel_factor": 1.0,
        "regrade_at_s": np.nan,
        "regrade_to": 0,
        "cancel_at_s": np.nan,
        "appointment_s": np.nan,
        "is_resolved": False,
        "is_arrest": False,
        "custody_s": 0.0,
    }

    at_s: Floats
    atom: Integers
    grade: Integers
    scene_s: Floats
    received_s: Floats
    recorded_s: Floats
    support_scene_s: Floats
    write_up_s: Floats
    n_officers: Integers
    needs: Integers
    travel_factor: Floats
    regrade_at_s: Floats
    regrade_to: Integers
    cancel_at_s: Floats
    appointment_s: Floats
    is_resolved: Truths
    is_arrest: Truths
    custody_s: Floats


@dataclass(frozen=True)
class Duties(Rows):
    """Units on duty, one row a unit and shift, shape (duties,); ties between units go to the lower row.

    A shift is an interval of real time: one that runs over midnight simply ends the day after, and shifts overlap as
    their times do.

    Parameters
    ----------
    start_s, end_s
        Shift (s), ascending by start. A unit that is free at the end goes off; one that is busy finishes first.
    base_atom
        Where it starts, and where its meals are.
    area
        The area it belongs to.
    patrol_atoms
        Where it is while free, one after the other, for `Rules.patrol_s` each from its start, over and over; shape
        (duties, places). The base alone: it waits there.
    crew
        Officers in it, 1 or more.
    capabilities
        What it can do, as bits.
    meal_at_s, meal_s, meal_until_s
        Instant from which its meal is due (s; not a number: none), how long it takes, and after which instant it is
        no longer begun.
    is_abstracted
        Whether it is taken off for court, training, leave or sickness. For a part of a shift, give two rows.
    """

    defaults: ClassVar[Mapping[str, Any]] = {
        "crew": 1,
        "capabilities": 0,
        "meal_at_s": np.nan,
        "meal_s": 0.0,
        "meal_until_s": np.inf,
        "is_abstracted": False,
    }

    start_s: Floats
    end_s: Floats
    base_atom: Integers
    area: Integers
    patrol_atoms: Integers
    crew: Integers
    capabilities: Integers
    meal_at_s: Floats
    meal_s: Floats
    meal_until_s: Floats
    is_abstracted: Truths

    @classmethod
    def of(cls, **columns: Any) -> Self:
        """Return duties from columns as `Rows.of` does; without `patrol_atoms` free units wait at their base."""
        rows = super().of(**{"patrol_atoms": columns.get("base_atom", 0), **columns})
        return rows if rows.patrol_atoms.ndim > 1 else replace(rows, patrol_atoms=rows.patrol_atoms[:, None])


@dataclass(frozen=True)
class Grades(Rows):
    """How urgent incidents are and what each grade may do, the most urgent first, shape (grades,).

    Parameters
    ----------
    target_urban_s, target_rural_s
        Time within which the first unit should be there (s); not a number: no target.
    clock
        Where the target's clock starts, a number in `CLOCKS`: call received, incident recorded or unit assigned.
    travel_factor
        What travel times are multiplied by, under 1 with blue lights.
    border_s
        Head start of an area's own units over those of others (s). 0: no borders; infinite: closed; so long that it
        is never made up: others only where no own unit is free.
    may_preempt, may_preempt_on_scene
        Whether a unit may be called away, on its way or at the scene, from an incident that is less urgent.
    may_be_preempted
        Whether its units may be called away so.
    may_interrupt_meal
        Whether a unit at its meal may be sent.
    end_guard_s
        Units are not sent within this time before their end of duty (s).
    """

    defaults: ClassVar[Mapping[str, Any]] = {
        "target_urban_s": np.nan,
        "target_rural_s": np.nan,
        "clock": 1,
        "travel_factor": 1.0,
        "border_s": np.inf,
        "may_preempt": False,
        "may_preempt_on_scene": False,
        "may_be_preempted": True,
        "may_interrupt_meal": False,
        "end_guard_s": 0.0,
    }

    target_urban_s: Floats
    target_rural_s: Floats
    clock: Integers
    travel_factor: Floats
    border_s: Floats
    may_preempt: Truths
    may_preempt_on_scene: Truths
    may_be_preempted: Truths
    may_interrupt_meal: Truths
    end_guard_s: Floats


@dataclass(frozen=True)
class Ground:
    """Where things are and how long it takes to get there.

    Parameters
    ----------
    minutes
        Travel time (min), shape (bands, atoms, atoms): [band, to, from], so that all ways to one place lie together;
        in single precision, a millionth of a minute in ten, as this is the one large table.
    band_of_hour
        Which of the bands each hour of the run has, shape (hours,); later hours have the last.
    area_of_atom
        The area of each atom, shape (atoms,): the only thing that a change of borders changes on the ground.
    reserve
        Units of each area that each grade must leave free, shape (grades, areas).
    suite_atoms, suite_desks
        Where the custody suites are and how many each can book in at a time, shape (suites,).
    is_rural
        Which atoms have the rural target, shape (atoms,).
    """

    minutes: NDArray[np.float32]
    band_of_hour: Integers
    area_of_atom: Integers
    reserve: Integers
    suite_atoms: Integers
    suite_desks: Integers
    is_rural: Truths

    @classmethod
    def of(
        cls,
        minutes: Any,
        area_of_atom: Any = None,
        *,
        n_grades: int = 1,
        band_of_hour: Any = (0,),
        reserve: Any = 0,
        suite_atoms: Any = (),
        suite_desks: Any = (),
        is_rural: Any = False,
    ) -> Self:
        """Return the ground; without areas it is one, without a reserve none is kept, one matrix is one band."""
        given = np.asarray(minutes, dtype=np.float32)
        # Looked up at random all the time: numpy asks the system for large pages from 4 MiB on.
        matrix = np.empty(max(given.size, LARGE_PAGES_FROM), np.float32)[: given.size]
        matrix = matrix.reshape((-1, *given.shape[-2:]))
        matrix[:] = given
        n_atoms = matrix.shape[-1]
        areas = np.zeros(n_atoms, np.int64) if area_of_atom is None else np.array(area_of_atom, np.int64)
        kept = np.asarray(reserve, np.int64)
        shape = kept.shape if kept.ndim == 2 else (n_grades, int(areas.max(initial=0)) + 1)
        return cls(
            matrix,
            np.array(band_of_hour, np.int64),
            areas,
            np.array(np.broadcast_to(kept, shape)),
            np.array(suite_atoms, np.int64),
            np.array(suite_desks, np.int64),
            np.array(np.broadcast_to(np.asarray(is_rural, np.bool_), (n_atoms,))),
        )

    @property
    def n_atoms(self) -> int:
        """How many atoms there are."""
        return int(self.minutes.shape[-1])

    @property
    def n_areas(self) -> int:
        """How many areas there are."""
        return int(self.reserve.shape[1])


@dataclass(frozen=True)
class Rules:
    """Which rules hold; each can be switched off by itself, and each has its counters in the result.

    Parameters
    ----------
    cross_border
        Units of other areas may be sent, as `Grades.border_s` says; off: borders are closed.
    reserves
        `Ground.reserve` is kept.
    preempt_en_route, preempt_on_scene
        Units may be called away as `Grades` says.
    resume
        Work at a scene from which a unit was called away goes on where it stopped; off: it is begun again.
    returning
        A unit on its way back can be sent; off: only once it is back.
    patrolling
        Free units patrol `Duties.patrol_atoms`; off: they wait at their base.
    several_units
        Units are sent until `n_officers` are met; off: one.
    crew_counts
        A crew of two counts as two officers; off: every unit counts as one.
    regrading, cancelling, appointments, resolving, arrests, meals, abstractions, end_guard
        Whether what `Incidents`, `Duties` and `Grades` say of it holds.
    turnout_s
        Time from being assigned to moving (s).
    patrol_s
        Time for which a unit patrols one atom (s).
    """

    cross_border: bool = True
    reserves: bool = True
    preempt_en_route: bool = True
    preempt_on_scene: bool = True
    resume: bool = True
    returning: bool = True
    patrolling: bool = True
    several_units: bool = True
    crew_counts: bool = True
    regrading: bool = True
    cancelling: bool = True
    appointments: bool = True
    resolving: bool = True
    arrests: bool = True
    meals: bool = True
    abstractions: bool = True
    end_guard: bool = True
    turnout_s: float = 0.0
    patrol_s: float = 900.0
