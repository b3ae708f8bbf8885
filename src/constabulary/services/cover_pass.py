"""One pass over positions: read, clean, placed in areas and stations, summed up, their visits written.

Parts are read one after another, so that names get the same numbers each time, and worked on by several threads;
what they give is merged in the order of time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from constabulary.core.errors import NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.response import Station
from constabulary.core.progress import Progress, silent
from constabulary.cover.clean import REASONS, CleaningRules, clean
from constabulary.cover.clock import Clock
from constabulary.cover.fixes import IN_STATION, Fixes, marked
from constabulary.cover.presence import Rule, Setting, Summary, Timed, merge, summarise
from constabulary.numeric.grid import AreaIndex
from constabulary.parameters.load import Parameter
from constabulary.services.cover_areas import Areas
from constabulary.services.pings import Names, Positions, fixes_of
from constabulary.services.visits import VisitFile
from constabulary.tables.circles import circles
from constabulary.tables.outlines import Outlines, rings_of

N_THREADS = 2
"""Parts worked on at once; memory follows from it."""


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
    has_stations
        Whether stations are known.
    n_visits
        Visits written; None where none were asked for.
    """

    summary: Summary
    names: Names
    removed: Mapping[str, int]
    n_out_of_order: int
    is_crew_known: bool
    has_stations: bool
    n_visits: int | None


def stations_of(force: Force, radius_m: float) -> AreaIndex | None:
    """Return the circles around a force's stations as one index; None where it names none."""
    found = force.rows(Station)
    if not found:
        return None
    shapes = circles([(float(one.longitude), float(one.latitude), radius_m) for one in found])
    whole = shapely.union_all(shapes)
    return AreaIndex.build(*rings_of(Outlines(("stations",), ("Stations",), (whole,))))


def run(
    force: Force,
    held: Positions,
    areas: Areas,
    rule: Rule,
    values: Mapping[str, Parameter],
    *,
    parts: tuple[str, ...] = (),
    visits: Path | None = None,
    n_threads: int = N_THREADS,
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
    parts
        What to part time by, of `cover.presence.PARTS`.
    visits
        A Parquet file to write the visits to.
    n_threads
        Parts worked on at once; the result does not depend on it.
    progress
        Told the fixes done.

    Raises
    ------
    NothingThere
        If time is to be parted by station and none is known.
    """
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
        lambda low, high: Clock.between(low, high, force.time_zone),
        areas.index,
        float(values["moving_kmh"].value),
    )
    names = Names()
    rules = CleaningRules.of(values)

    def work(fixes: Fixes) -> tuple[Timed, dict[str, int], int]:
        cleaned = clean(fixes, rules)
        counts = cleaned.counts((fixes.t >= held.span[0]) & (fixes.t < held.span[1]))
        track = replace(cleaned.track, area=areas.locate(cleaned.track.x, cleaned.track.y))
        if stations is not None:
            is_in = stations.locate(track.x, track.y) >= 0
            track = replace(track, label=marked(track.label, IN_STATION, is_in))
        return summarise(track, setting), counts, cleaned.n_out_of_order

    file = VisitFile(visits, names, areas, has_stations=stations is not None) if visits else None
    removed = dict.fromkeys(REASONS, 0)
    n_moved, n_done, is_crew_known = 0, 0, True
    total: Summary | None = None
    try:
        # Cells of H3 get their numbers as they are met, one part after another.
        for n_rows, is_known, (made, counts, moved) in _worked(
            held, names, work, n_threads if areas.index is not None else 1
        ):
            for name, count in counts.items():
                removed[name] += count
            n_moved += moved
            is_crew_known = is_crew_known and is_known
            n_done += n_rows
            visited = made.visits
            if total is None:
                total = made.summary
            else:
                between = merge(total, made.summary, setting)
                total, visited = between.summary, np.concatenate([between.visits, visited])
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
    return Passed(total.tidy(setting), names, removed, n_moved, is_crew_known, stations is not None, n_visits)


def _worked(
    held: Positions, names: Names, work: Any, n_threads: int
) -> Iterator[tuple[int, bool, tuple[Timed, dict[str, int], int]]]:
    """Yield the rows, whether their crews are known and what comes of each part, in the order of time."""
    with ThreadPoolExecutor(n_threads) as pool:
        waiting: deque[tuple[int, bool, Future[Any]]] = deque()
        for rows in held.windows():
            is_known = rows["crew_size"].null_count() == 0
            fixes = fixes_of(rows, names)
            del rows
            waiting.append((len(fixes), is_known, pool.submit(work, fixes)))
            del fixes
            if len(waiting) >= n_threads:
                n_rows, known, future = waiting.popleft()
                yield n_rows, known, future.result()
        while waiting:
            n_rows, known, future = waiting.popleft()
            yield n_rows, known, future.result()
