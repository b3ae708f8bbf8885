"""Time in each area: summaries of tracks that can be merged, so that any number of fixes is summed part by part.

Time between two fixes is credited to the earlier fix, or (rule `line`) shared out along the straight line between them
where they are close in time. A longer interval than the cap is unknown time: counted as such, and credited to no area.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import polars as pl

from constabulary.cover._kernel import line as line_kernel
from constabulary.cover._kernel import time as kernel
from constabulary.cover.clock import Clock
from constabulary.cover.fixes import (
    IN_STATION,
    LABEL_BITS,
    MOVING,
    US,
    Area,
    Int,
    Real,
    Track,
    Truth,
    has_mark,
    marked,
    relabelled,
    role_of,
    status_of,
)
from constabulary.numeric.grid import AreaIndex
from constabulary.tables.circles import METRES_A_DEGREE

CREDITS = ("earlier", "line", "pings")
"""How time is credited, see `Rule`."""
PARTS = ("hour", "role", "status", "station", "moving")
"""What time in an area can be parted by."""
LONGEST_S = 86_400
"""Intervals are counted by whole seconds up to this length; longer ones together."""
HOURS_A_WEEK = 168
ONE = "one"
_WHENEVER = np.array([np.iinfo(np.int64).min], np.int64), np.zeros(1, np.int64)
"""One hour that never ends, where time is not parted by the hour."""
UNTIDY = 2_000_000
"""Rows at which a merged summary is tidied."""
Bounds = tuple[int, int]


@dataclass(frozen=True)
class Rule:
    """How time is credited.

    Parameters
    ----------
    credit
        ``earlier``: all of an interval to the area of the fix that begins it. ``line``: intervals of up to `line_s` by
        the straight line between the fixes, longer ones as earlier. ``pings``: `ping_s` for each fix, whatever follows.
    cap_s
        Longest interval that is known time [s].
    line_s
        Longest interval that is shared out along a line [s].
    ping_s
        What a fix counts for by ``pings`` [s].
    """

    credit: str
    cap_s: float
    line_s: float
    ping_s: float


class Cutting(Protocol):
    """Areas without an index of outlines that cut lines themselves."""

    def cut(
        self, t: Int, x: Real, y: Real, area: Area, is_gap: Truth, longest_us: int
    ) -> tuple[Int, Int, Area]:
        """Return rows of the fixes, and of where a line enters another area, each with its time and area.

        Only lines of at most so many microseconds are cut; a row in between repeats the fix before it.
        """


@dataclass(frozen=True)
class Setting:
    """What one summary has in common with those it is merged with.

    Parameters
    ----------
    rule
        How time is credited.
    span
        First and last instant that count [microseconds since 1970, UTC], the last not included.
    parts
        What time is parted by, of `PARTS`.
    clock
        Gives the local hours between two instants [microseconds].
    index
        The areas, for lines that cross them: their outlines, or what cuts lines itself.
    moving_kmh
        Mean speed to the next fix from which a unit is moving [km/h]; needed where time is parted by it.
    """

    rule: Rule
    span: Bounds
    parts: tuple[str, ...]
    clock: Callable[[int, int], Clock]
    index: AreaIndex | Cutting | None = None
    moving_kmh: float = 0.0


@dataclass(frozen=True, eq=False)
class Summary:
    """Time in each area of some fixes.

    Parameters
    ----------
    cells
        A row for each area and part with time in it: area (-1 outside), the parts, length_us, officer_us. Once merged,
        there may be several rows for one; they add up (`tidy`).
    stays
        A row for each of these and each unit that has time in it, once merged perhaps several.
    unknown_us, n_gaps
        Time longer than the cap between two fixes of a unit [microseconds], and how often.
    n_fixes
        Fixes that count.
    intervals
        How many intervals are of each whole number of seconds, the last of `LONGEST_S` or more.
    first, last
        The first and the last fix of each unit.
    """

    cells: pl.DataFrame
    stays: pl.DataFrame
    unknown_us: int
    n_gaps: int
    n_fixes: int
    intervals: Int
    first: Track
    last: Track

    def tidy(self, setting: Setting) -> Summary:
        """Return the same with one row for each area and part."""
        keys = ["area", *setting.parts]
        together = self.cells.group_by(_as_one(self.cells, keys)).agg(
            pl.col(keys).first(), pl.col("length_us", "officer_us").sum()
        )
        is_first = _as_one(self.stays, ["unit", *keys]).is_first_distinct()
        return replace(self, cells=together.drop(ONE), stays=self.stays.filter(is_first))

    @property
    def observed_us(self) -> int:
        """Time credited, in and out of areas [microseconds]."""
        return int(self.cells["length_us"].sum())

    @property
    def median_interval_s(self) -> float | None:
        """The median of the intervals between fixes [s]; None where there is none."""
        total = int(self.intervals.sum())
        if total == 0:
            return None
        upto = np.cumsum(self.intervals)
        middle = [int(np.searchsorted(upto, rank, side="right")) for rank in ((total - 1) // 2, total // 2)]
        return sum(middle) / 2


@dataclass(frozen=True, eq=False)
class Timed:
    """A summary, the visits it is made of and the time that is unknown.

    Parameters
    ----------
    summary
        Time by area and part.
    visits
        Unit, area, label, from and to [microseconds] of each, int64[n, 5].
    gaps
        Unit, from and to [microseconds] of each stretch of unknown time, int64[k, 3].
    """

    summary: Summary
    visits: Int
    gaps: Int

    def renumbered(self, units: Int, roles: Int, statuses: Int) -> Timed:
        """Return the same with other numbers for the units, roles and statuses, such as `units[old]`."""
        made = self.summary
        tables = {"unit": units, "role": roles, "status": statuses}
        visits, gaps = self.visits.copy(), self.gaps.copy()
        visits[:, 0], gaps[:, 0] = units[visits[:, 0]], units[gaps[:, 0]]
        visits[:, 2] = relabelled(visits[:, 2], roles, statuses)
        summary = replace(
            made,
            cells=_looked_up(made.cells, tables),
            stays=_looked_up(made.stays, tables),
            first=made.first.renumbered(units, roles, statuses),
            last=made.last.renumbered(units, roles, statuses),
        )
        return Timed(summary, visits, gaps)


def summarise(track: Track, setting: Setting) -> Timed:
    """Return the time in each area of one track or many.

    Parameters
    ----------
    track
        Fixes kept, each with its area.
    setting
        The rule and what time is parted by.
    """
    rule, (low, high) = setting.rule, setting.span
    if "moving" in setting.parts:
        track = replace(track, label=marked(track.label, MOVING, _is_moving(track, setting.moving_kmh)))
    histogram = np.zeros(LONGEST_S + 1, np.int64)
    is_gap = np.zeros(len(track), np.bool_)
    gaps = np.empty((len(track), 3), np.int64)
    unknown, n_gaps, n_fixes = kernel.intervals(
        track.unit, track.t, track.is_break, int(rule.cap_s * US), low, high, histogram, is_gap, gaps
    )
    if rule.credit == "pings":
        one = track.take((track.t >= low) & (track.t < high))
        visits = np.stack([one.unit, one.area, one.label, one.t, one.t + int(rule.ping_s * US)], axis=1)
    else:
        visits = _visits(track, is_gap, setting)
    cells, stays = _added_up(visits, setting)
    changes = np.flatnonzero(track.unit[1:] != track.unit[:-1])
    ends = np.append(changes, len(track) - 1) if len(track) else changes
    summary = Summary(
        cells=cells,
        stays=stays,
        unknown_us=int(unknown),
        n_gaps=int(n_gaps),
        n_fixes=int(n_fixes),
        intervals=histogram,
        first=track.take(np.append(0, changes + 1)[: ends.size]),
        last=track.take(ends),
    )
    return Timed(summary, visits, gaps[:n_gaps])


def merge(earlier: Summary, later: Summary, setting: Setting) -> Timed:
    """Return two summaries as one, with the time from the last fix of each unit in one to its first in the other.

    Parameters
    ----------
    earlier, later
        Each unit's fixes in the one lie before those in the other.
    setting
        As both were made with.

    Returns
    -------
    Timed
        The summary of all, and the visits and unknown time in between, which belong to neither.

    Raises
    ------
    ValueError
        If a unit's fixes in the later one begin before those in the earlier one end.
    """
    shared = np.intersect1d(earlier.last.unit, later.first.unit, assume_unique=True)
    ends = earlier.last.take(np.isin(earlier.last.unit, shared))
    begins = later.first.take(np.isin(later.first.unit, shared))
    if (begins.t < ends.t).any():
        raise ValueError("the parts overlap in time: merge them in order")
    between = summarise(ends.joined(begins), setting)
    seam = between.summary
    if setting.rule.credit == "pings":
        # Fixes count by themselves, and those at the seam have been counted.
        seam = replace(seam, cells=seam.cells.clear(), stays=seam.stays.clear())
        between = replace(between, visits=between.visits[:0])
    every = (earlier, later, seam)
    summary = Summary(
        cells=pl.concat([one.cells for one in every]),
        stays=pl.concat([one.stays for one in every]),
        unknown_us=sum(one.unknown_us for one in every),
        n_gaps=sum(one.n_gaps for one in every),
        n_fixes=earlier.n_fixes + later.n_fixes,
        intervals=earlier.intervals + later.intervals + seam.intervals,
        first=earlier.first.joined(later.first.take(~np.isin(later.first.unit, earlier.first.unit))),
        last=later.last.joined(earlier.last.take(~np.isin(earlier.last.unit, later.last.unit))),
    )
    if summary.stays.height > UNTIDY:
        summary = summary.tidy(setting)
    return Timed(summary, between.visits, between.gaps)


def _as_one(frame: pl.DataFrame, keys: Sequence[str]) -> pl.Series:
    """Return several whole numbers from -1 as one: that is far faster to tell apart."""
    one = pl.repeat(0, len(frame), dtype=pl.Int64, eager=True).alias(ONE)
    most = 1
    for key in keys:
        size = int(frame[key].max() or 0) + 2  # type: ignore[arg-type]
        one, most = one * size + frame[key] + 1, most * size
    if most >= 2**62:
        raise ValueError("there are too many units, areas and parts to be told apart")
    return one


def _looked_up(frame: pl.DataFrame, tables: Mapping[str, Int]) -> pl.DataFrame:
    other = {
        name: tables[name][column.to_numpy()].astype(np.int32) if name in tables else column
        for name, column in zip(frame.columns, frame.get_columns(), strict=True)
    }
    return pl.DataFrame(other)


def _is_moving(track: Track, moving_kmh: float) -> Truth:
    """Tell of each fix whether its unit moves on to the next one; a unit's last fix is still."""
    north = np.diff(track.y, append=np.nan) * METRES_A_DEGREE
    east = np.diff(track.x, append=np.nan) * METRES_A_DEGREE * np.cos(np.radians(track.y))
    length_s = np.diff(track.t, append=0) / US
    is_last: Truth = np.diff(track.unit, append=-1) != 0
    return ~is_last & (np.hypot(north, east) * 3.6 >= moving_kmh * length_s) & (length_s > 0)


def _visits(track: Track, is_gap: Truth, setting: Setting) -> Int:
    unit, t, area, label = track.unit, track.t, track.area, track.label
    if setting.rule.credit == "line" and setting.index is not None:
        index, longest_us = setting.index, int(setting.rule.line_s * US)
        if isinstance(index, AreaIndex):
            row, t, area = line_kernel.cut(
                t, track.x, track.y, area, is_gap, longest_us, index.frame, index.n_columns,
                index.n_rows, index.table, index.first, index.area, index.start, index.stop, index.edges,
            )  # fmt: skip
        else:
            row, t, area = index.cut(t, track.x, track.y, area, is_gap, longest_us)
        unit, label, is_gap = unit[row], label[row], is_gap[row]
    out = np.empty((t.size, 5), np.int64)
    n = kernel.visits(unit, t, area, label, is_gap, *setting.span, out)
    return out[:n]


def _added_up(visits: Int, setting: Setting) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the time and the units of each area and part."""
    bounds, hours = _WHENEVER
    if "hour" in setting.parts and len(visits):
        clock = setting.clock(int(visits[:, 3].min()), int(visits[:, 4].max()))
        bounds, hours = clock.bounds, clock.hours
    mask = sum(LABEL_BITS.get(part, 0) for part in setting.parts)
    cells, stays = kernel.added_up(visits, bounds, hours, setting.rule.credit != "pings", mask)
    place, label, length, officer = np.ascontiguousarray(cells.T)
    columns = {
        "area": place // HOURS_A_WEEK - 1,
        "hour": place % HOURS_A_WEEK,
        "role": role_of(label),
        "status": status_of(label),
        "station": has_mark(label, IN_STATION),
        "moving": has_mark(label, MOVING),
    }
    keys = {name: columns[name].astype(np.int32) for name in ("area", *setting.parts)}
    unit, of = stays[:, 0].astype(np.int32), stays[:, 1]
    return (
        pl.DataFrame({**keys, "length_us": length, "officer_us": officer}),
        pl.DataFrame({"unit": unit, **{name: column[of] for name, column in keys.items()}}),
    )


def units_of(stays: pl.DataFrame, keys: Sequence[str]) -> Mapping[tuple[int, ...], int]:
    """Return how many different units have time in each of these."""
    counted = stays.select("unit", *keys).unique().group_by(keys).len()
    return {tuple(row[:-1]): row[-1] for row in counted.iter_rows()}
