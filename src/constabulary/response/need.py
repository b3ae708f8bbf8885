"""Units needed in each half-hour of the week: from the work that comes in, the targets, and how far units have to go.

In each half-hour an area's units are taken as a queue in which urgent incidents go first (Cobham), at the load that is
going on then, work carried over included. An incident is reached in time where its wait and a journey from the nearest
free unit, free units being spread as incidents are, stay within the target. So many units are needed that each grade
with a target is reached in time often enough; simulating the proposal then shows what the formulas leave out.

References
----------
A. Cobham, Priority assignment in waiting line problems, Operations Research 2 (1954). R. C. Larson and A. R. Odoni,
Urban Operations Research (1981), 3.6: journeys to the nearest of several units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constabulary.core.errors import BadInput, Problem, out_of_range
from constabulary.numeric import queueing
from constabulary.response.clock import SLOT_S, SLOTS
from constabulary.response.contact import lagged_load
from constabulary.response.draws import Floats, Integers, Luck
from constabulary.response.setup import Setup, arrivals_of

N_SPREADS = 24
"""Random spreads of free units over which journeys are averaged."""
SPREADS_SEED = 1

MOST_UNITS = 400
_LOAD_STEP = 0.1
_QUANTILES = (np.arange(200) + 0.5) / 200.0
_WAITS = 9


@dataclass(frozen=True)
class AreaWork:
    """The response work of one area.

    Parameters
    ----------
    area
        Its name.
    incidents_per_h
        Attended incidents an hour in each half-hour of the week by grade, most urgent first, shape (336, grades).
    units_each
        Units an incident takes.
    bound_s
        Time a unit is bound by one, its journey left aside (s).
    atoms
        The area's atoms.
    weights
        How often each is the place, together 1, shape (atoms,).
    minutes
        Ordinary journeys between them (min), shape (to, from).
    target_s
        Time to reach each atom in by grade (s); not a number: no target. Shape (grades, atoms).
    travel_factor
        What journeys are multiplied by for each grade, shape (grades,).
    officers_a_unit
        Officers in a unit, on average.
    away_share
        Share of those rostered who are away.
    """

    area: str
    incidents_per_h: Floats
    units_each: float
    bound_s: float
    atoms: Integers
    weights: Floats
    minutes: Floats
    target_s: Floats
    travel_factor: Floats
    officers_a_unit: float
    away_share: float


@dataclass(frozen=True)
class UnitNeed:
    """Units an area needs through the week, each of shape (336,).

    Parameters
    ----------
    load
        Units busy on average, work carried over included (erlangs).
    n_units
        Units needed.
    n_officers
        Officers to roster for them: crews, and those who are away all the same.
    within_share
        Share of each grade reached in time with them, shape (336, grades); not a number without target.
    """

    load: Floats
    n_units: Integers
    n_officers: Floats
    within_share: Floats


def work_of(setup: Setup, seed: int = 1) -> tuple[AreaWork, ...]:
    """Return the work of each area of a structure.

    Parameters
    ----------
    setup
        The structure, ready to be simulated.
    seed
        Of the one replication's incidents from which mean times at the scene are taken.

    Raises
    ------
    BadInput
        Where no unit was sent to any.
    """
    came = arrivals_of(setup, Luck(seed, 0)).incidents
    sent = ~came.is_resolved
    if not sent.any():
        raise BadInput(
            Problem(
                "nothing_attended",
                "no incident that a unit is sent to came in the weeks simulated, so that there is no work to go by.",
                column="demand.factor",
                remedy="Ask for more weeks, or see how many incidents are expected.",
            )
        )
    crew = _officers_a_unit(setup)
    units = np.maximum(1.0, np.ceil(came.n_officers[sent] / crew))
    bound = came.scene_s[sent] + came.write_up_s[sent] + came.is_arrest[sent] * came.custody_s[sent]
    bound = bound + (units - 1.0) * came.support_scene_s[sent]
    turnout_s = setup.rules.turnout_s
    hour = setup.clock.hour_of_week
    hourly = _weekly(setup, hour)
    n_grades = len(setup.grade_ids)
    if setup.recorded is None:
        grade_share, place = (
            setup.demand.grade_share,
            setup.demand.place_weight / setup.demand.place_weight.sum(),
        )
    else:
        grade_share = np.bincount(came.grade[sent], minlength=n_grades)[:n_grades] / len(came.grade)
        place = np.bincount(came.atom, minlength=len(setup.places)) / len(came.atom)
    minutes = np.asarray(setup.ground.minutes, dtype=np.float64).mean(axis=0)
    target = np.where(
        setup.places.is_rural[None, :],
        setup.grades.target_rural_s[:, None],
        setup.grades.target_urban_s[:, None],
    )
    found = []
    for number, area in enumerate(setup.area_ids):
        atoms = np.flatnonzero(setup.area_of_district[setup.places.district] == number)
        share = float(place[atoms].sum())
        found.append(
            AreaWork(
                area,
                np.repeat(hourly * share, 2)[:, None] * grade_share[None, :],
                float(units.mean()),
                float(bound.sum() / units.sum()) + turnout_s,
                atoms,
                place[atoms] / share if share else np.full(len(atoms), 1.0 / len(atoms)),
                minutes[np.ix_(atoms, atoms)],
                target[:, atoms],
                np.asarray(setup.grades.travel_factor, dtype=np.float64),
                crew,
                _away_share(setup),
            )
        )
    return tuple(found)


def units_needed(work: AreaWork, target_share: Floats, most_busy_share: float = 0.9) -> UnitNeed:
    """Return the units that reach each grade of an area's incidents in time often enough.

    Parameters
    ----------
    work
        The area's work.
    target_share
        Share of each grade to reach in time, shape (grades,).
    most_busy_share
        Units are needed besides so that no more than this share of them is busy on average.

    Raises
    ------
    BadInput
        Where a share is out of its range, or no number of units up to 400 would do: journeys alone are too long.
    """
    _check_share(most_busy_share)
    if not ((target_share >= 0.0) & (target_share < 1.0)).all():
        raise BadInput(Problem("out_of_range", "a share of 0 to below 1 is wanted.", column="target_share"))
    journeys = NearestJourneys(work, SPREADS_SEED)
    bound_s, loads = loads_of(work, journeys)
    load = loads.sum(axis=1)
    n_units = np.zeros(SLOTS, dtype=np.int64)
    within = np.full(loads.shape, np.nan)
    # Half-hours of much the same load are asked about once, from the quietest; each from a little under the last.
    steps = np.ceil(load / _LOAD_STEP).astype(np.int64)
    least = 1
    for step in np.unique(steps):
        alike = np.flatnonzero(steps == step)
        busiest = alike[np.argmax(load[alike])]
        least, reached = _enough(
            work, loads[busiest], bound_s, journeys, target_share, most_busy_share, least - 2
        )
        n_units[alike], within[alike] = least, reached
    officers = n_units.astype(np.float64) * work.officers_a_unit / (1.0 - work.away_share)
    return UnitNeed(load, n_units, officers, within)


def loads_of(work: AreaWork, journeys: NearestJourneys) -> tuple[float, Floats]:
    """Return the time a unit is bound by an incident (s) and the load of each grade in each half-hour of the week.

    Parameters
    ----------
    work
        The area's work.
    journeys
        Its journeys.

    Returns
    -------
    tuple
        Seconds, and units busy on average with work carried over (erlangs), shape (336, grades).
    """
    bound_s = work.bound_s + 60.0 * journeys.mean_min(1)
    # The week is a circle: what Sunday night leaves is carried into Monday.
    twice = np.tile(work.incidents_per_h * work.units_each, (2, 1))
    loads = [lagged_load(twice[:, grade], bound_s, SLOT_S)[SLOTS:] for grade in range(twice.shape[1])]
    return bound_s, np.column_stack(loads)


def share_in_time(load: Floats, bound_s: float, n_units: int, grade: int, journeys: NearestJourneys) -> float:
    """Return the share of a grade's incidents reached in time by some units.

    Parameters
    ----------
    load
        Units busy with each grade on average (erlangs), shape (grades,), together under the units.
    bound_s
        Time a unit is bound by an incident (s).
    n_units
        Units on duty.
    grade
        Whose incidents.
    journeys
        The area's journeys.
    """
    rates = load * 3600.0 / bound_s
    left = journeys.left_s(grade, max(1, round(n_units - float(load.sum()))))
    times = np.linspace(0.0, max(float(left[-1]), 1.0), _WAITS)
    if grade == 0:
        # Nobody goes first before them, so that their wait is exponential: one queue tells all times.
        queue = queueing.priorities(rates, bound_s, n_units)
        turns = times * n_units / bound_s
        reached = 1.0 - queue.wait_probability * np.exp(-(1.0 - load[0] / n_units) * turns)
    else:
        reached = np.array(
            [queueing.priorities(rates, bound_s, n_units, one).within_share[grade] for one in times]
        )
    return float(np.interp(left, times, reached, left=0.0).mean())


class NearestJourneys:
    """Journeys to the nearest of some free units of an area, over random spreads of them.

    Parameters
    ----------
    work
        The area's work.
    seed
        Of the random spreads.
    """

    def __init__(self, work: AreaWork, seed: int) -> None:
        self.work = work
        self._left_s: dict[tuple[int, int], Floats] = {}
        rng = np.random.default_rng(seed)
        spread = rng.choice(len(work.atoms), (N_SPREADS, MOST_UNITS), p=work.weights)
        self.nearest = np.minimum.accumulate(work.minutes[:, spread], axis=2)  # (to, spreads, units)

    def mean_min(self, n_free: int) -> float:
        """Return the mean ordinary journey to an incident (min)."""
        return float(self.work.weights @ self.nearest[:, :, min(n_free, MOST_UNITS) - 1].mean(axis=1))

    def left_s(self, grade: int, n_free: int) -> Floats:
        """Return 200 like shares of what journeys leave of the target (s), from the least."""
        if (grade, n_free) not in self._left_s:
            work = self.work
            minutes = self.nearest[:, :, min(n_free, MOST_UNITS) - 1] * work.travel_factor[grade]
            left = (work.target_s[grade][:, None] - 60.0 * minutes).ravel()
            order = np.argsort(left, kind="stable")
            reached = np.cumsum(np.repeat(work.weights, N_SPREADS)[order])
            self._left_s[grade, n_free] = left[order][np.searchsorted(reached, _QUANTILES * reached[-1])]
        return self._left_s[grade, n_free]


def _enough(
    work: AreaWork,
    load: Floats,
    bound_s: float,
    journeys: NearestJourneys,
    target_share: Floats,
    most_busy_share: float,
    least: int,
) -> tuple[int, Floats]:
    """Return the least units that do for one load, and the share of each grade they reach in time."""
    total = float(load.sum())
    timed = [g for g in range(len(load)) if not np.isnan(work.target_s[g]).all()]
    within = np.full(len(load), np.nan)
    if total == 0.0:
        return 1, within
    for n_units in range(max(1, least, int(np.ceil(total / most_busy_share))), MOST_UNITS + 1):
        for grade in timed:
            within[grade] = share_in_time(load, bound_s, n_units, grade, journeys)
        if all(within[grade] >= target_share[grade] for grade in timed):
            return n_units, within.copy()
    raise BadInput(
        Problem(
            "out_of_reach",
            f"{MOST_UNITS} units in {work.area} would not reach every grade in time often enough: at best "
            + ", ".join(f"{100 * within[grade]:.1f} %" for grade in timed)
            + " of the grades with a target.",
            column="target_share",
            remedy="Ask for a lower share, or see whether places are too far from any base.",
        )
    )


def _weekly(setup: Setup, hour: Integers) -> Floats:
    """Return incidents an hour by hour of the week, shape (168,)."""
    if setup.recorded is None:
        rate = setup.demand.rate_per_h * setup.demand.factor
        return np.asarray(np.bincount(hour, rate, 168) / np.maximum(np.bincount(hour, minlength=168), 1))
    at = np.minimum((setup.recorded.received_s // 3600.0).astype(np.int64), len(hour) - 1)
    counts = np.bincount(hour[at], minlength=168)
    return np.asarray(counts / np.maximum(np.bincount(hour, minlength=168), 1))


def _officers_a_unit(setup: Setup) -> float:
    officers = sum(line.officers * len(line.weekdays) * line.length_min for line in setup.lines)
    units = sum(
        line.officers * len(line.weekdays) * line.length_min * (1.0 - 0.5 * line.double_crewed_share)
        for line in setup.lines
    )
    return officers / units if units else 1.0


def _away_share(setup: Setup) -> float:
    officers = sum(line.officers for line in setup.lines)
    return sum(line.officers * line.away_share for line in setup.lines) / officers if officers else 0.0


def _check_share(value: float) -> None:
    if not 0.0 < value < 1.0:
        raise BadInput(out_of_range("most_busy_share", value, "a share above 0 and below 1"))
