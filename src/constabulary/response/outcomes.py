"""The figures of one simulated run: how fast, how often in time, how much patrol, how many late finishes, for whom."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

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
    _incident_figures(setup, run, until_s, figures, hours, unstable)
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
    unstable: dict[str, str],
) -> None:
    incidents, found = run.arrivals.incidents, run.result.incidents
    weeks = (until_s - setup.warm_up_s) / (7 * 24 * HOUR_S)
    in_time = (incidents.at_s >= setup.warm_up_s) & (incidents.at_s < until_s)
    resolved = found.has(Happened.RESOLVED)
    figures[Key("resolved_share")] = _mean(resolved[in_time].astype(float))
    counts = in_time & ~resolved & ~found.has(Happened.CANCELLED)
    row = np.flatnonzero(counts)
    took = response_s(found, incidents, setup.grades)[row]
    # An appointment is kept, not answered: its clock is not the grade's.
    took = np.where(found.has(Happened.APPOINTMENT)[row], np.nan, took)
    target = target_s(incidents, setup.grades, setup.ground)[row]
    attended = ~np.isnan(found.arrived_s[row])
    counted = ~np.isnan(target) & ~found.has(Happened.APPOINTMENT)[row]
    within = np.where(counted, np.nan_to_num(took, nan=np.inf) <= target, np.nan)
    full = np.where(np.isnan(took), np.nan, took + (found.full_s - found.arrived_s)[row])
    fast, complete = Ranked(took), Ranked(full)
    grade = incidents.grade[row]
    splits: tuple[tuple[str, Integers, tuple[str, ...]], ...] = (
        (ALL, np.zeros(len(row), np.int64), (ALL,)),
        ("district", setup.places.district[incidents.atom[row]], setup.places.district_ids),
        ("setting", setup.places.is_rural[incidents.atom[row]].astype(np.int64), ("urban", "rural")),
    )
    lost = found.has(Happened.PREEMPTED_EN_ROUTE) | found.has(Happened.PREEMPTED_ON_SCENE)
    happened = {
        name: Averaged(np.where(attended, truth[row].astype(float), np.nan))
        for name, truth in (
            ("cross_border_share", found.has(Happened.CROSS_BORDER)),
            ("preempted_share", lost),
        )
    }
    in_target, travel = Averaged(within), Averaged(found.travel_s[row])
    unreached = Averaged((~attended).astype(float))
    for by, part, names in splits:
        n_parts = len(names)
        groups = [(ALL, part, n_parts)]
        cell = grade * n_parts + part
        groups.append(("grade", cell, len(setup.grade_ids) * n_parts))
        for level, code, n in groups:
            median_s, p90_s = fast.quantiles(code, n, 0.5, 0.9)
            full_median_s, full_p90_s = complete.quantiles(code, n, 0.5, 0.9)
            values = {
                "incidents": np.bincount(code, minlength=n) / weeks,
                "within_target_share": in_target.means(code, n),
                "median_s": median_s,
                "p90_s": p90_s,
                "full_median_s": full_median_s,
                "full_p90_s": full_p90_s,
                "travel_mean_s": travel.means(code, n),
                "unreached_share": unreached.means(code, n),
                **{name: one.means(code, n) for name, one in happened.items()},
            }
            for name, column in values.items():
                for number in range(n):
                    of = ALL if level == ALL else setup.grade_ids[number // n_parts]
                    figures[Key(name, of, by, names[number % n_parts])] = float(column[number])
    n_cells = len(setup.grade_ids) * HOURS
    hour = grade * HOURS + setup.clock.hour_of_week_at(incidents.at_s[row])
    median_s, p90_s = fast.quantiles(hour, n_cells, 0.5, 0.9)
    by_hour = {"within_target_share": in_target.means(hour, n_cells), "median_s": median_s, "p90_s": p90_s}
    for number, one in enumerate(setup.grade_ids):
        for name, column in by_hour.items():
            hours[Key(name, one)] = column[number * HOURS : (number + 1) * HOURS]
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
    waits = found.custody_wait_s[counts & ~np.isnan(found.custody_wait_s)]
    figures[Key("custody_wait_median_s")] = float(np.quantile(waits, 0.5)) if len(waits) else np.nan
    figures[Key("custody_wait_p90_s")] = float(np.quantile(waits, 0.9)) if len(waits) else np.nan


def _queue_figures(
    setup: Setup, run: Replication, until_s: float, figures: dict[Key, float], hours: dict[Key, Floats]
) -> None:
    """Add how many incidents wait to be assigned a unit: over time, and at each full hour."""
    found = run.result.incidents
    rows = ~np.isnan(found.ready_s) & ~found.has(Happened.RESOLVED)
    ended = np.where(np.isnan(found.assigned_s), run.arrivals.incidents.cancel_at_s, found.assigned_s)
    ended = np.where(np.isnan(ended), np.inf, ended)
    first, last = int(np.ceil(setup.warm_up_s / HOUR_S)), int(np.floor(until_s / HOUR_S))
    marks = np.arange(first, last, dtype=np.float64) * HOUR_S
    hour = setup.clock.hour_of_week_at(marks)
    groups: Iterator[tuple[str, Truths]] = (
        (one, rows & (run.arrivals.incidents.grade == number)) for number, one in enumerate(setup.grade_ids)
    )
    for one, mine in ((ALL, rows), *groups):
        start, end = found.ready_s[mine], ended[mine]
        spent = np.clip(np.minimum(end, until_s) - np.maximum(start, setup.warm_up_s), 0.0, None).sum()
        figures[Key("queue_mean", one)] = float(spent / (until_s - setup.warm_up_s))
        waiting = np.searchsorted(np.sort(start), marks, side="right") - np.searchsorted(
            np.sort(end), marks, side="right"
        )
        figures[Key("queue_most", one)] = float(waiting.max(initial=0))
        hours[Key("queue_mean", one)] = _means(waiting.astype(np.float64), hour, HOURS)


def _duty_figures(setup: Setup, run: Replication, until_s: float, figures: dict[Key, float]) -> None:
    duties, found = run.duties, run.result.duties
    weeks = (until_s - setup.warm_up_s) / (7 * 24 * HOUR_S)
    on = (duties.start_s >= setup.warm_up_s) & (duties.start_s < until_s)
    if setup.rules.abstractions:
        on &= ~duties.is_abstracted
    splits: tuple[tuple[str, Integers, tuple[str, ...]], ...] = (
        (ALL, np.zeros(on.sum(), np.int64), (ALL,)),
        ("district", run.district_of_duty[on], setup.places.district_ids),
        ("area", duties.area[on], setup.area_ids),
    )
    length = (duties.end_s - duties.start_s)[on]
    free, late = found.free_s[on], found.late_s[on]
    for by, part, names in splits:
        n = len(names)

        def added(values: Floats, code: Integers = part, size: int = n) -> Floats:
            return np.asarray(np.bincount(code, values, size), dtype=np.float64)

        with np.errstate(invalid="ignore", divide="ignore"):
            columns = {
                "uncommitted_h": added(free) / HOUR_S / weeks,
                "uncommitted_share": added(free) / added(length + late),
                "visible_officer_h": added(free * duties.crew[on]) / HOUR_S / weeks,
                "travel_h": added(found.travel_s[on]) / HOUR_S / weeks,
                "late_share": added((late > LATE_S).astype(float)) / added(np.ones(len(part))),
                "late_h": added(late) / HOUR_S / weeks,
                "on_duty_units": added(length) / (until_s - setup.warm_up_s),
            }
        for name, column in columns.items():
            for number, one in enumerate(names):
                figures[Key(name, ALL, by, one)] = float(column[number])


def _hour_figures(setup: Setup, run: Replication, until_s: float, hours: dict[Key, Floats]) -> None:
    """Add uncommitted unit-hours by area and hour of the week."""
    table = run.result.uncommitted_s / HOUR_S
    first, last = int(np.ceil(setup.warm_up_s / HOUR_S)), int(np.floor(until_s / HOUR_S))
    last = min(last, table.shape[1], len(setup.clock.hour_of_week))
    hour = setup.clock.hour_of_week[first:last]
    for number, area in enumerate(setup.area_ids):
        hours[Key("uncommitted_h", ALL, "area", area)] = _means(table[number, first:last], hour, HOURS)
    hours[Key("uncommitted_h")] = _means(table[:, first:last].sum(axis=0), hour, HOURS)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else np.nan


def _means(values: Floats, code: Integers, n: int) -> Floats:
    """Return the mean of known values by code, not a number where there is none."""
    return Averaged(values).means(code, n)


class Averaged:
    """Values whose unknown ones are left out once, so that means of many groupings cost little.

    Parameters
    ----------
    values
        The values; those that are not a number are left out, shape (rows,).
    """

    def __init__(self, values: Floats) -> None:
        self._rows = np.flatnonzero(~np.isnan(values))
        self._values = values[self._rows]
        self._is_whole = len(self._rows) == len(values)

    def means(self, code: Integers, n: int) -> Floats:
        """Return means by code, not a number where there is none, shape (n,)."""
        group = code if self._is_whole else code[self._rows]
        count = np.bincount(group, minlength=n)
        total = np.bincount(group, self._values, n)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)


class Ranked:
    """Values put in order once, so that quantiles of many groupings cost little.

    Parameters
    ----------
    values
        The values; those that are not a number are left out, shape (rows,).
    """

    def __init__(self, values: Floats) -> None:
        known = np.flatnonzero(~np.isnan(values))
        self._rows = known[np.argsort(values[known], kind="stable")]
        self._values = values

    def quantiles(self, code: Integers, n: int, *shares: float) -> tuple[Floats, ...]:
        """Return quantiles by code, between the two nearest values, not a number where there is none, shape (n,)."""
        group = code[self._rows].astype(np.int16)
        # Sorting small whole numbers is linear, and keeps the order of the values within each group.
        rows = self._rows[np.argsort(group, kind="stable")]
        if not len(rows):
            return tuple(np.full(n, np.nan) for _ in shares)
        value = self._values[rows]
        count = np.bincount(group, minlength=n)
        first = np.concatenate([[0], np.cumsum(count)[:-1]])
        found = []
        for share in shares:
            place = first + share * np.maximum(count - 1, 0)
            low = np.minimum(np.floor(place).astype(np.int64), len(value) - 1)
            high = np.minimum(low + (place > low), len(value) - 1)
            between = value[low] + (value[high] - value[low]) * (place - low)
            found.append(np.where(count > 0, between, np.nan))
        return tuple(found)
