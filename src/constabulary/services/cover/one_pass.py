"""One pass over positions: read, clean, placed in areas and stations, summed up, their visits written.

Windows of days are worked on by themselves, by an engine's threads or machines, each with its own numbers for names;
what they give is merged in the order of time, so the answer does not depend on the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.progress import Progress, silent
from constabulary.cover.clean import REASONS, CleaningRules, clean
from constabulary.cover.clock import Clock
from constabulary.cover.fixes import IN_STATION, marked
from constabulary.cover.presence import Rule, Setting, Summary, Timed, merge, summarise
from constabulary.cover.silence import Duty, Silence
from constabulary.numeric.grid import AreaIndex
from constabulary.parameters.load import Parameter
from constabulary.services.cover.areas import Areas
from constabulary.services.cover.engines import Engine, Threads
from constabulary.services.cover.pings import Names, Positions, Window, fixes_of, instants_of
from constabulary.services.cover.stations import stations_of
from constabulary.services.cover.visits import VisitFile

N_THREADS = 2
"""Windows worked on at once; memory follows from it."""


@dataclass(frozen=True)
class Work:
    """What every window is worked on with."""

    setting: Setting
    rules: CleaningRules
    areas: Areas
    stations: AreaIndex | None
    has_visits: bool
    """Whether visits are asked for."""


@dataclass(frozen=True, eq=False)
class Worked:
    """What comes of one window; numbers in `timed` stand for its own `names`."""

    timed: Timed
    names: Names
    n_rows: int
    removed: Mapping[str, int]
    n_out_of_order: int
    is_crew_known: bool


@dataclass(frozen=True)
class Passed:
    """What came of one pass.

    Parameters
    ----------
    summary
        Time by area and part.
    names
        What the numbers in it stand for.
    removed, n_out_of_order
        Fixes that cleaning removed by rule, and those put in order.
    is_crew_known
        Whether every fix tells its crew size.
    n_visits
        Visits written; None where none were asked for.
    silence
        What of the unknown time was on duty.
    """

    summary: Summary
    names: Names
    removed: Mapping[str, int]
    n_out_of_order: int
    is_crew_known: bool
    n_visits: int | None
    silence: Silence


def run(
    force: Force,
    held: Positions,
    areas: Areas,
    rule: Rule,
    values: Mapping[str, Parameter],
    duty: Duty | None = None,
    *,
    parts: tuple[str, ...] = (),
    visits: Path | None = None,
    engine: Engine | None = None,
    progress: Progress = silent,
) -> Passed:
    """Go over positions once.

    Parameters
    ----------
    force
        Whose clock and stations count.
    held
        The positions.
    areas
        What time is asked by.
    rule
        How time is credited.
    values
        The parameters of cover.
    duty
        When units were on duty; None where no shifts are held.
    parts
        What to part time by, of `cover.presence.PARTS`.
    visits
        A Parquet file to write the visits to.
    engine
        Where windows are worked on; threads of this process when None. The result does not depend on it.
    progress
        Told the fixes done.

    Raises
    ------
    BadInput
        If cells of H3 are asked of a cluster.
    NothingThere
        If time is to be parted by station and none is known.
    """
    engine = _engine_for(areas, engine)
    stations = stations_of(force, float(values["station_radius_m"].value))
    if "station" in parts and stations is None:
        raise NothingThere(
            Problem(
                "no_stations",
                "the force folder names no stations.",
                file="response/stations.csv",
                remedy="Add them, or part time by status.",
            )
        )
    setting = Setting(
        rule,
        held.span,
        parts,
        partial(Clock.between, time_zone=force.time_zone),
        areas.index,
        float(values["moving_kmh"].value),
    )
    shared = Work(setting, CleaningRules.of(values), areas, stations, visits is not None)
    names = Names()
    file = VisitFile(visits, names, areas, has_stations=stations is not None) if visits else None
    silence = Silence(duty)
    removed = dict.fromkeys(REASONS, 0)
    n_moved, n_done, is_crew_known = 0, 0, True
    total: Summary | None = None
    try:
        for worked in engine.map(work, shared, held.plan()):
            for name, count in worked.removed.items():
                removed[name] += count
            n_moved += worked.n_out_of_order
            is_crew_known = is_crew_known and worked.is_crew_known
            n_done += worked.n_rows
            made = worked.timed.renumbered(*names.also(worked.names))
            visited, gaps = made.visits, made.gaps
            if total is None:
                total = made.summary
            else:
                between = merge(total, made.summary, setting)
                total, visited = between.summary, np.concatenate([between.visits, visited])
                gaps = np.concatenate([between.gaps, gaps])
            silence.add(gaps, names.units.names)
            if file is not None:
                file.add(visited)
            progress(n_done, held.n_rows, "Adding up")
        n_visits = file.finish() if file is not None else None
    except BaseException:
        if file is not None:
            with suppress(OSError):
                file.discard()
        raise
    if total is None:
        raise AssertionError("positions() raises where there are none")
    return Passed(total.tidy(setting), names, removed, n_moved, is_crew_known, n_visits, silence)


def work(shared: Work, window: Window) -> Worked:
    """Read one window of positions, clean it, and add up its time."""
    rows = window.read()
    names = Names()
    is_crew_known = rows["crew_size"].null_count() == 0
    cleaned = clean(fixes_of(rows, names), shared.rules)
    removed = np.flatnonzero(cleaned.reason)
    low, high = shared.setting.span
    t = instants_of(rows.select("at")[removed]).to_numpy()
    counts = cleaned.counts(removed[(t >= low) & (t < high)])
    n_rows = rows.height
    del rows
    track = cleaned.track
    track = replace(track, area=shared.areas.locate(track.x, track.y))
    if shared.stations is not None:
        is_in = shared.stations.locate(track.x, track.y) >= 0
        track = replace(track, label=marked(track.label, IN_STATION, is_in))
    timed = summarise(track, shared.setting)
    if not shared.has_visits:
        timed = replace(timed, visits=timed.visits[:0].copy())
    return Worked(timed, names, n_rows, counts, cleaned.n_out_of_order, is_crew_known)


def _engine_for(areas: Areas, asked: Engine | None) -> Engine:
    """Return the engine asked for, or threads; one thread for cells of H3, which get their numbers as they are met."""
    if isinstance(areas.index, AreaIndex):
        return asked or Threads(N_THREADS)
    if asked is not None and not isinstance(asked, Threads):
        raise BadInput(
            Problem(
                "no_h3_by_engine",
                "cells of H3 are numbered by one process.",
                column="--engine",
                remedy="Leave --engine out, or bring the cells as a GeoJSON file.",
            )
        )
    return Threads(1)
