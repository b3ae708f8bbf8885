"""Writes visits to a Parquet file as they are worked out, joined where one run of days ends and the next begins."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Full, Queue
from typing import Any

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from constabulary.cover.fixes import IN_STATION, US, Int, crew_size_of, has_mark, role_of, status_of
from constabulary.cover.joining import Joining
from constabulary.services.cover.areas import Areas
from constabulary.services.cover.pings import Names
from constabulary.store.whole import put_in_place
from constabulary.tables.visits import VISITS

ROW_GROUP = 65_536
"""Rows written together: more of them are slower to write, as their different instants no longer fit the cache."""


class VisitFile:
    """A file of visits being written, by days, then units, then arrival; memory does not grow with it.

    Parameters
    ----------
    path
        Where to.
    names, areas
        What the numbers in the visits stand for.
    has_stations
        Whether labels tell who is in a station.
    """

    def __init__(self, path: Path, names: Names, areas: Areas, *, has_stations: bool) -> None:
        self.path = path
        self._names = names
        self._areas = areas
        self._has_stations = has_stations
        self._joining = Joining()
        self._ended: list[Int] = []
        self._n_visits = 0
        self._sink = _Sink(path)

    def add(self, visits: Int) -> None:
        """Add visits (unit, area, label, from, to), those of each unit in order, and none before one there."""
        self._ended.append(self._joining.add(visits, len(self._names.units.names)))
        if sum(len(ended) for ended in self._ended) >= 2 * ROW_GROUP:
            self._write()

    def finish(self) -> int:
        """Write what is left, put the file in its place and return the number of visits."""
        self._ended.append(self._joining.rest())
        self._write()
        self._sink.finish()
        return self._n_visits

    def discard(self) -> None:
        """Remove what was begun."""
        self._sink.discard()

    def _write(self) -> None:
        visits = np.concatenate(self._ended)
        self._ended = []
        if self._areas.members is not None:
            visits = _in_each(visits, self._areas.members)
        self._n_visits += len(visits)
        unit, area, label, begin, end = np.ascontiguousarray(visits.T)
        crew_size = pl.Series(crew_size_of(label))
        self._sink.write(
            pl.DataFrame(
                {
                    "unit_id": _named(unit + 1, self._names.units.names),
                    "area_id": _named(area + 1, self._areas.ids),
                    "status": _named(status_of(label), self._names.statuses.names[1:]),
                    "role": _named(role_of(label), self._names.roles.names[1:]),
                    "crew_size": crew_size.set(crew_size < 0, None),
                    "is_in_station": pl.Series(has_mark(label, IN_STATION)) if self._has_stations else None,
                    "arrived_at": pl.Series(begin).cast(pl.Datetime("us", "UTC")),
                    "left_at": pl.Series(end).cast(pl.Datetime("us", "UTC")),
                    "seconds": (end - begin) / US,
                },
                schema=VISITS.schema,
            )
        )


class _Sink:
    """One Parquet file of frames that are handed over one by one; in its place once it is whole.

    Polars asks for the frames it writes, so it does so in a thread of its own.
    """

    def __init__(self, path: Path) -> None:
        # What a link leads to: a file can be put in its place only from the same disc.
        self._path = path.resolve()
        self._folder = Path(tempfile.mkdtemp(prefix=".visits-", dir=self._path.parent))
        self._frames: Queue[pl.DataFrame | None] = Queue(maxsize=1)
        pool = ThreadPoolExecutor(1)
        self._writing = pool.submit(self._write_all)
        pool.shutdown(wait=False)

    def write(self, frame: pl.DataFrame | None) -> None:
        """Hand a frame over, None after the last; raise what stopped the writing of those before."""
        while not self._writing.done():
            with suppress(Full):
                self._frames.put(frame, timeout=0.1)
                return
        self._writing.result()

    def finish(self) -> None:
        """Wait until all is written and put the file in its place."""
        self.write(None)
        self._writing.result()
        put_in_place(self._partial, self._path)
        self.discard()

    def discard(self) -> None:
        """Stop, and remove what is not in its place."""
        with suppress(Exception):
            self.write(None)
            self._writing.result()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _partial(self) -> Path:
        return self._folder / "visits.parquet"

    def _write_all(self) -> None:
        frames = register_io_source(self._handed, schema=VISITS.schema)
        frames.sink_parquet(self._partial, compression="lz4", row_group_size=ROW_GROUP)

    def _handed(self, *_: Any) -> Iterator[pl.DataFrame]:
        while (frame := self._frames.get()) is not None:
            yield frame


def _in_each(visits: Int, members: tuple[tuple[int, ...], ...]) -> Int:
    """Return a visit of each area for one of what several areas share."""
    n_areas = np.array([*(len(own) for own in members), 1])
    # Outside, -1, is the last.
    numbers = np.array([*(area for own in members for area in own), -1])
    first = np.cumsum(n_areas) - n_areas
    face = visits[:, 1]
    found = np.repeat(visits, n_areas[face], axis=0)
    place = np.arange(len(found)) - np.repeat(np.cumsum(n_areas[face]) - n_areas[face], n_areas[face])
    found[:, 1] = numbers[first[found[:, 1]] + place]
    return found


def _named(numbers: Int, names: list[str]) -> pl.Series:
    """Return the name of each number from 1, empty for 0; a name is made a category once, not once a visit."""
    kinds = pl.Series([None, *names], dtype=pl.String).cast(pl.Categorical)
    return kinds.gather(pl.Series(numbers.astype(np.uint32)))
