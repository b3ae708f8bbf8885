"""The figures of one simulated run: how fast, how often in time, how much patrol, how many late finishes, for whom."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from constabulary.response._kernel import counting, tally
from constabulary.response.clock import HOUR_S
from constabulary.response.draws import Floats, Integers
from constabulary.response.figures import ALL, COOL_DOWN_S, Key, Outcomes
from constabulary.response.result import response_s, target_s
from constabulary.response.rows import fixed
from constabulary.response.setup import Replication, Setup

HOURS = 168
LATE_S = 900.0
UNREACHED_SHARE = 0.02
TIMES = ("median_s", "p90_s", "full_median_s", "full_p90_s")
"""Quantiles of the time until the first unit was at the scene, and until all officers wanted were."""


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
    figures.update(_rule_figures(setup, run))
    _hour_figures(setup, run, until_s, hours)
    return Outcomes(figures, hours, unstable)


def _incident_figures(
    setup: Setup,
    run: Replication,
    until_s: float,
    figures: dict[Key, float],
    hours: dict[Key, Floats],
) -> None:
    came = run.came.incidents
    counts = (came.at_s >= setup.warm_up_s) & (came.at_s < until_s)
    resolved = came.is_resolved[counts] & setup.rules.resolving
    figures[Key("resolved_share")] = float(resolved.mean()) if len(resolved) else np.nan
    # The smallest cells, of which all others are put together: grade, district and setting.
    n_places = 2 * len(setup.places.district_ids)
    counted, sums, by_hour = _tallied(setup, run, n_places, until_s)
    fast, complete = Ranked(counted.took_s), Ranked(counted.full_s)
    groupings = _groupings(setup, n_places)
    firsts = np.cumsum([0, *(len(one.of) * len(one.names) for one in groupings)])
    groups = np.stack([one.group + first for one, first in zip(groupings, firsts, strict=False)])
    quantiles = np.concatenate(
        [one.quantiles(counted.cell, groups, int(firsts[-1]), 0.5, 0.9) for one in (fast, complete)]
    )
    weeks = (until_s - setup.warm_up_s) / (7 * 24 * HOUR_S)
    for one, first in zip(groupings, firsts, strict=False):
        n_parts = len(one.of) * len(one.names)
        n = dict(zip(tally.SUMS, _summed(sums, one.group, n_parts), strict=True))
        columns = {
            "incidents": n["n"] / weeks,
            "within_target_share": _shared(n["n_within"], n["n_judged"]),
            "travel_mean_s": _shared(n["travel_s"], n["n_travelled"]),
            "unreached_share": _shared(n["n_unreached"], n["n_due"]),
            "cross_border_share": _shared(n["n_cross_border"], n["n_attended"]),
            "preempted_share": _shared(n["n_preempted"], n["n_attended"]),
            **dict(zip(TIMES, quantiles[:, first : first + n_parts], strict=True)),
        }
        keys = _keys(tuple(columns), one.of, one.by, one.names)
        figures.update(zip(keys, np.concatenate(list(columns.values())).tolist(), strict=True))
    n_cells = by_hour.shape[1]
    median_s, p90_s = fast.quantiles(counted.hour, np.arange(n_cells)[None], n_cells, 0.5, 0.9)
    timely = {"within_target_share": _shared(by_hour[1], by_hour[0]), "median_s": median_s, "p90_s": p90_s}
    for number, grade in enumerate(setup.grade_ids):
        for name, column in timely.items():
            hours[Key(name, grade)] = column[number * HOURS : (number + 1) * HOURS]
    waits = run.result.incidents.custody_wait_s[counted.row]
    waits = waits[~np.isnan(waits)]
    for name, share in (("custody_wait_median_s", 0.5), ("custody_wait_p90_s", 0.9)):
        figures[Key(name)] = float(np.quantile(waits, share)) if len(waits) else np.nan


def _tallied(setup: Setup, run: Replication, n_places: int, until_s: float) -> Any:
    """Return the incidents that count, and sums of them by grade and place and by grade and hour of the week."""
    incidents, found = run.arrivals.incidents, run.result.incidents
    columns = (
        *(getattr(incidents, name) for name in ("at_s", "atom", "grade", "appointment_s")),
        *(getattr(found, name) for name in ("arrived_s", "full_s", "travel_s", "happened")),
        response_s(found, incidents, setup.grades),
        target_s(incidents, setup.grades, setup.ground),
    )
    return tally.tally_incidents(
        tally.Incidents._make(_column(values) for values in columns),
        2 * setup.places.district + setup.places.is_rural,
        setup.clock.hour_of_week,
        len(setup.grade_ids),
        n_places,
        setup.rules.appointments,
        np.array([setup.warm_up_s, until_s]),
    )


class _Grouping(NamedTuple):
    """Cells put together: by which grades, by what and its parts, and the group of each cell, shape (cells,)."""

    of: tuple[str, ...]
    by: str
    names: tuple[str, ...]
    group: Integers


def _groupings(setup: Setup, n_places: int) -> list[_Grouping]:
    grade, place = np.divmod(np.arange(len(setup.grade_ids) * n_places), n_places)
    district, setting = np.divmod(place, 2)
    return [
        _Grouping(of, by, names, part if len(of) == 1 else grade * len(names) + part)
        for by, names, part in (
            (ALL, (ALL,), np.zeros_like(place)),
            ("district", setup.places.district_ids, district),
            ("area", setup.area_ids, setup.area_of_district[district]),
            ("setting", ("urban", "rural"), setting),
        )
        for of in ((ALL,), setup.grade_ids)
    ]


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
                f"{100 * never:.0f} in 100 {one} incidents were never reached: units cannot keep up, "
                "and the longer the run, the longer the wait."
            )


def _queue_figures(
    setup: Setup, run: Replication, until_s: float, figures: dict[Key, float], hours: dict[Key, Floats]
) -> None:
    """Add how many incidents wait to be assigned a unit: over time, and at each full hour."""
    found, incidents = run.result.incidents, run.arrivals.incidents
    first, last = int(np.ceil(setup.warm_up_s / HOUR_S)), int(np.floor(until_s / HOUR_S))
    hour = setup.clock.hour_of_week[first:last]
    waited_s, waiting = tally.tally_queue(
        *(_column(one) for one in (found.ready_s, found.assigned_s, incidents.cancel_at_s, incidents.grade)),
        len(setup.grade_ids),
        last,
        np.array([setup.warm_up_s, until_s]),
    )
    waiting = waiting[:, first:]
    of_all = ((ALL, waited_s.sum(), waiting.sum(axis=0)),)
    for one, total_s, queue in (*of_all, *zip(setup.grade_ids, waited_s, waiting, strict=True)):
        figures[Key("queue_mean", one)] = float(total_s / (until_s - setup.warm_up_s))
        figures[Key("queue_most", one)] = float(queue.max(initial=0))
        hours[Key("queue_mean", one)] = _means(queue.astype(np.float64), hour, HOURS)


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


def _rule_figures(setup: Setup, run: Replication) -> dict[Key, float]:
    """Return how often each rule was used in a week, by the name of its counter."""
    counters = dict(run.result.counters)
    if setup.rules.resolving:
        # They never meet the engine, which counts the others.
        counters["resolved"] = int(run.came.incidents.is_resolved.sum())
    weeks = setup.clock.end_s / (7 * 24 * HOUR_S)
    return {Key("rule_uses", ALL, "rule", name): n / weeks for name, n in counters.items()}


def _hour_figures(setup: Setup, run: Replication, until_s: float, hours: dict[Key, Floats]) -> None:
    """Add uncommitted unit-hours by area and hour of the week."""
    table = run.result.uncommitted_s / HOUR_S
    first, last = int(np.ceil(setup.warm_up_s / HOUR_S)), int(np.floor(until_s / HOUR_S))
    last = min(last, table.shape[1], len(setup.clock.hour_of_week))
    hour = setup.clock.hour_of_week[first:last]
    for number, area in enumerate(setup.area_ids):
        hours[Key("uncommitted_h", ALL, "area", area)] = _means(table[number, first:last], hour, HOURS)
    hours[Key("uncommitted_h")] = _means(table[:, first:last].sum(axis=0), hour, HOURS)


def _column(values: NDArray[Any]) -> NDArray[Any]:
    """Return values of one kind to a compiled loop, wherever they came from."""
    return fixed(values, values.dtype.type)


def _summed(sums: Floats, group: Integers, n_groups: int) -> Floats:
    """Return sums by group from those by cell, shape (sums, groups)."""
    return np.asarray(sums @ (group[:, None] == np.arange(n_groups)), np.float64)


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
        known = np.flatnonzero(~np.isnan(values))
        found = values.take(known)
        order = np.argsort(found)
        self._order, self._values = known.take(order), found.take(order)

    def quantiles(self, code: Integers, groups: Integers, n_groups: int, *shares: float) -> Floats:
        """Return quantiles by group, between the two nearest values; not a number where none is.

        Parameters
        ----------
        code
            The cell of each row, shape (rows,).
        groups
            The group of each cell in each of several groupings, numbered on, shape (groupings, cells).
        n_groups
            How many groups there are in all.
        shares
            Which quantiles, 0 to 1, ascending.

        Returns
        -------
        Floats
            Shape (shares, groups).
        """
        found = counting.quantiles(self._order, self._values, code, groups, n_groups, np.array(shares))
        return np.asarray(found)
