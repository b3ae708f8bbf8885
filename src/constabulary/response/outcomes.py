"""The figures of one simulated run: how fast, how often in time, how much patrol, how many late finishes, for whom."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constabulary.response._kernel import counting
from constabulary.response.clock import HOUR_S
from constabulary.response.draws import Floats, Integers
from constabulary.response.figures import ALL, COOL_DOWN_S, Key, Outcomes
from constabulary.response.result import Happened, response_s, target_s
from constabulary.response.rows import Truths
from constabulary.response.setup import Replication, Setup

HOURS = 168
LATE_S = 900.0
UNREACHED_SHARE = 0.02


def outcomes_of(setup: Setup, run: Replication) -> Outcomes:
    """Return the figures of a run; its warm-up and its last days, whose incidents may not be over, do not count.

    Parameters
    ----------
    setup, run
        The structure and what became of it.
    """
    end_s = setup.clock.end_s
    until_s = end_s - min(COOL_DOWN_S, 0.1 * end_s)
    figures: dict[Key, float] = {}
    hours: dict[Key, Floats] = {}
    unstable: dict[str, str] = {}
    _incident_figures(setup, run, until_s, figures, hours)
    _grade_figures(setup, figures, unstable)
    _queue_figures(setup, run, until_s, figures, hours)
    _duty_figures(setup, run, until_s, figures)
    _hour_figures(setup, run, until_s, hours)
    return Outcomes(figures, hours, unstable)


def _incident_figures(
    setup: Setup,
    run: Replication,
    until_s: float,
    figures: dict[Key, float],
    hours: dict[Key, Floats],
) -> None:
    incidents, found = run.arrivals.incidents, run.result.incidents
    weeks = (until_s - setup.warm_up_s) / (7 * 24 * HOUR_S)
    came = run.came.incidents
    resolved = (
        came.is_resolved[(came.at_s >= setup.warm_up_s) & (came.at_s < until_s)] & setup.rules.resolving
    )
    figures[Key("resolved_share")] = float(resolved.mean()) if len(resolved) else np.nan
    in_time = (incidents.at_s >= setup.warm_up_s) & (incidents.at_s < until_s)
    row = np.flatnonzero(in_time & ((found.happened & (Happened.RESOLVED | Happened.CANCELLED)) == 0))
    happened, atom, grade = found.happened[row], incidents.atom[row], incidents.grade[row]
    appointment_s = incidents.appointment_s[row]
    is_appointment = setup.rules.appointments & (appointment_s > incidents.at_s[row])
    # An appointment is kept, not answered: its clock is not the grade's.
    took = np.where(is_appointment, np.nan, response_s(found, incidents, setup.grades)[row])
    target = np.where(is_appointment, np.nan, target_s(incidents, setup.grades, setup.ground)[row])
    attended = ~np.isnan(found.arrived_s[row])
    # An appointment for after the end of what counts may still be kept: nobody failed to reach it.
    was_due = ~(is_appointment & (appointment_s >= until_s))
    lost = Happened.PREEMPTED_EN_ROUTE | Happened.PREEMPTED_ON_SCENE
    n_grades, district_ids = len(setup.grade_ids), setup.places.district_ids
    # Whatever is a mean is added up once in the smallest cells: grade, and district with setting.
    shape = (n_grades, 2 * len(district_ids))
    place = 2 * setup.places.district[atom] + setup.places.is_rural[atom]
    cell = grade * shape[1] + place

    def added(of: Truths, values: Floats | Truths | None = None) -> Floats:
        weights = None if values is None else np.asarray(values[of], np.float64)
        return np.asarray(np.bincount(cell[of], weights, np.prod(shape)), np.float64).reshape(shape)

    travelled = ~np.isnan(found.travel_s[row])
    judged = ~np.isnan(target)
    within = np.nan_to_num(took, nan=np.inf) <= target
    all_of = np.ones(len(row), np.bool_)
    n_all, n_attended = added(all_of), added(attended)
    means = {
        "within_target_share": (added(judged, within), added(judged)),
        "travel_mean_s": (added(travelled, found.travel_s[row]), added(travelled)),
        "unreached_share": (added(was_due & ~attended), added(was_due | attended)),
        "cross_border_share": (added(attended, (happened & Happened.CROSS_BORDER) != 0), n_attended),
        "preempted_share": (added(attended, (happened & lost) != 0), n_attended),
    }
    full_s = np.where(np.isnan(took), np.nan, took + (found.full_s - found.arrived_s)[row])
    fast, complete = Ranked(took), Ranked(full_s)
    district, setting = np.divmod(np.arange(shape[1]), 2)
    for by, names, part_of_place in (
        (ALL, (ALL,), np.zeros(shape[1], np.int64)),
        ("district", district_ids, district),
        ("area", setup.area_ids, setup.area_of_district[district]),
        ("setting", ("urban", "rural"), setting),
    ):
        part, n_parts = part_of_place[place], len(names)
        in_part = (part_of_place[:, None] == np.arange(n_parts)).astype(np.float64)
        for of, code, n in (
            ((ALL,), part, n_parts),
            (setup.grade_ids, grade * n_parts + part, n_grades * n_parts),
        ):
            sums = {name: [_split(cells, in_part, len(of)) for cells in pair] for name, pair in means.items()}
            columns = {"incidents": _split(n_all, in_part, len(of)) / weeks}
            columns |= {name: _shared(total, count) for name, (total, count) in sums.items()}
            columns["median_s"], columns["p90_s"] = fast.quantiles(code, n, 0.5, 0.9)
            columns["full_median_s"], columns["full_p90_s"] = complete.quantiles(code, n, 0.5, 0.9)
            keys = _keys(tuple(columns), tuple(of), by, tuple(names))
            figures.update(zip(keys, np.concatenate(list(columns.values())).tolist(), strict=True))
    n_cells = n_grades * HOURS
    hour = grade * HOURS + setup.clock.hour_of_week_at(incidents.at_s[row])
    median_s, p90_s = fast.quantiles(hour, n_cells, 0.5, 0.9)
    share = _means(within[judged].astype(np.float64), hour[judged], n_cells)
    by_hour = {"within_target_share": share, "median_s": median_s, "p90_s": p90_s}
    for number, one in enumerate(setup.grade_ids):
        for name, column in by_hour.items():
            hours[Key(name, one)] = column[number * HOURS : (number + 1) * HOURS]
    waits = found.custody_wait_s[row]
    waits = waits[~np.isnan(waits)]
    figures[Key("custody_wait_median_s")] = float(np.quantile(waits, 0.5)) if len(waits) else np.nan
    figures[Key("custody_wait_p90_s")] = float(np.quantile(waits, 0.9)) if len(waits) else np.nan


@lru_cache(maxsize=256)
def _keys(figures: tuple[str, ...], of: tuple[str, ...], by: str, parts: tuple[str, ...]) -> tuple[Key, ...]:
    """Return the keys of columns of figures, each of grades by parts; every replication asks for the same ones."""
    return tuple(Key(figure, one, by, part) for figure in figures for one in of for part in parts)


def _grade_figures(setup: Setup, figures: dict[Key, float], unstable: dict[str, str]) -> None:
    """Add how far districts are apart, and the grades that are not kept up with."""
    for one in setup.grade_ids:
        by_district = [
            figures[Key("within_target_share", one, "district", each)] for each in setup.places.district_ids
        ]
        known = [share for share in by_district if not np.isnan(share)]
        figures[Key("worst_within_target_share", one)] = min(known, default=np.nan)
        figures[Key("within_target_gap", one)] = max(known) - min(known) if known else np.nan
        never = figures[Key("unreached_share", one)]
        if never > UNREACHED_SHARE:
            unstable[one] = (
                f"{100 * never:.0f} in 100 incidents of this grade were never reached: units cannot keep up, "
                "and the longer the run, the longer the wait."
            )


def _queue_figures(
    setup: Setup, run: Replication, until_s: float, figures: dict[Key, float], hours: dict[Key, Floats]
) -> None:
    """Add how many incidents wait to be assigned a unit: over time, and at each full hour."""
    found = run.result.incidents
    row = np.flatnonzero(~np.isnan(found.ready_s))
    start, grade = found.ready_s[row], run.arrivals.incidents.grade[row]
    end = np.where(np.isnan(found.assigned_s), run.arrivals.incidents.cancel_at_s, found.assigned_s)[row]
    end = np.where(np.isnan(end), np.inf, end)
    first, last = int(np.ceil(setup.warm_up_s / HOUR_S)), int(np.floor(until_s / HOUR_S))
    hour = setup.clock.hour_of_week[first:last]
    n_grades = len(setup.grade_ids)
    spent = np.clip(np.minimum(end, until_s) - np.maximum(start, setup.warm_up_s), 0.0, None)
    spent_s = np.bincount(grade, spent, n_grades)
    # Who came by a full hour less who was assigned by it waits then.
    change = _by_full_hour(start, grade, n_grades, last) - _by_full_hour(end, grade, n_grades, last)
    waiting = np.cumsum(change, axis=1)[:, first:]
    of_all = ((ALL, spent_s.sum(), waiting.sum(axis=0)),)
    for one, total_s, queue in (*of_all, *zip(setup.grade_ids, spent_s, waiting, strict=True)):
        figures[Key("queue_mean", one)] = float(total_s / (until_s - setup.warm_up_s))
        figures[Key("queue_most", one)] = float(queue.max(initial=0))
        hours[Key("queue_mean", one)] = _means(queue.astype(np.float64), hour, HOURS)


def _by_full_hour(at_s: Floats, grade: Integers, n_grades: int, n_hours: int) -> Integers:
    """Return how many of each grade come after one full hour and by the next, shape (grades, hours)."""
    hour = np.minimum(np.ceil(at_s / HOUR_S), n_hours).astype(np.int64)
    counts = np.bincount(grade * (n_hours + 1) + hour, minlength=n_grades * (n_hours + 1))
    return counts.reshape(n_grades, n_hours + 1)[:, :n_hours]


def _duty_figures(setup: Setup, run: Replication, until_s: float, figures: dict[Key, float]) -> None:
    duties, found = run.duties, run.result.duties
    weeks = (until_s - setup.warm_up_s) / (7 * 24 * HOUR_S)
    on = (duties.start_s >= setup.warm_up_s) & (duties.start_s < until_s)
    if setup.rules.abstractions:
        on &= ~duties.is_abstracted
    row = np.flatnonzero(on)
    district = run.district_of_duty[row]
    n_districts = len(setup.places.district_ids)
    length, free, late = (duties.end_s - duties.start_s)[row], found.free_s[row], found.late_s[row]
    by_district = np.stack(
        [
            np.bincount(district, values, n_districts)
            for values in (
                *(free, free * duties.crew[row], found.travel_s[row], late, length),
                *((late > LATE_S).astype(np.float64), np.ones(len(row))),
            )
        ]
    )
    by_area = by_district @ (setup.area_of_district[:, None] == np.arange(len(setup.area_ids)))
    for by, names, (free_s, free_officer_s, travel_s, late_s, length_s, n_late, n) in (
        (ALL, (ALL,), by_district.sum(axis=1, keepdims=True)),
        ("district", setup.places.district_ids, by_district),
        ("area", setup.area_ids, by_area),
    ):
        columns = {
            "uncommitted_h": free_s / HOUR_S / weeks,
            "uncommitted_share": _shared(free_s, length_s + late_s),
            "visible_officer_h": free_officer_s / HOUR_S / weeks,
            "travel_h": travel_s / HOUR_S / weeks,
            "late_share": _shared(n_late, n),
            "late_h": late_s / HOUR_S / weeks,
            "on_duty_units": length_s / (until_s - setup.warm_up_s),
        }
        for name, column in columns.items():
            for one, value in zip(names, column.tolist(), strict=True):
                figures[Key(name, ALL, by, one)] = value


def _hour_figures(setup: Setup, run: Replication, until_s: float, hours: dict[Key, Floats]) -> None:
    """Add uncommitted unit-hours by area and hour of the week."""
    table = run.result.uncommitted_s / HOUR_S
    first, last = int(np.ceil(setup.warm_up_s / HOUR_S)), int(np.floor(until_s / HOUR_S))
    last = min(last, table.shape[1], len(setup.clock.hour_of_week))
    hour = setup.clock.hour_of_week[first:last]
    for number, area in enumerate(setup.area_ids):
        hours[Key("uncommitted_h", ALL, "area", area)] = _means(table[number, first:last], hour, HOURS)
    hours[Key("uncommitted_h")] = _means(table[:, first:last].sum(axis=0), hour, HOURS)


def _split(cells: Floats, in_part: Floats, n_of: int) -> Floats:
    """Return sums by grade (or of all) and part, in a row, from those by grade and place."""
    by_grade = cells @ in_part
    return (by_grade if n_of == len(cells) else by_grade.sum(axis=0)).ravel()


def _means(values: Floats, code: Integers, n: int) -> Floats:
    """Return the mean of values by code, not a number where there is none."""
    return _shared(np.bincount(code, values, n), np.bincount(code, minlength=n))


def _shared(total: NDArray[Any], count: NDArray[Any]) -> Floats:
    """Return totals divided by counts, not a number where nothing was counted."""
    return np.where(count > 0, total / np.where(count > 0, count, 1), np.nan)


class Ranked:
    """Values put in order once, so that quantiles of many groupings cost little.

    Parameters
    ----------
    values
        The values; those that are not a number are left out, shape (rows,).
    """

    def __init__(self, values: Floats) -> None:
        self._known = np.flatnonzero(~np.isnan(values))
        self._order = self._known[np.argsort(values[self._known])]
        self._values = values[self._order]

    def quantiles(self, code: Integers, n: int, *shares: float) -> Floats:
        """Return quantiles by code, between the two nearest values; not a number where none is, shape (shares, n)."""
        count = np.bincount(code[self._known], minlength=n)
        return np.asarray(counting.quantiles(self._order, self._values, code, count, np.array(shares)))
