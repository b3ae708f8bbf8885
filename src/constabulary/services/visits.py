"""Writes visits to a Parquet file as they are worked out, joined where one run of days ends and the next begins."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from constabulary.cover.fixes import IN_STATION, US, Int, crew_size_of, has_mark, role_of, status_of
from constabulary.services.cover_areas import Areas
from constabulary.services.pings import Names
from constabulary.tables.visits import VISITS


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
        self._folder = Path(tempfile.mkdtemp(prefix=".visits-", dir=path.resolve().parent))
        self._open = np.empty((0, 5), np.int64)
        self._n_parts = 0

    def add(self, visits: Int) -> None:
        """Add visits (unit, area, label, from, to) that begin at or after the end of those there."""
        rows = np.concatenate([self._open, visits])
        if not len(rows):
            return
        rows = rows[np.lexsort((rows[:, 4], rows[:, 3], rows[:, 0]))]
        goes_on = rows[1:, 3] == rows[:-1, 4]
        for column in range(3):
            goes_on &= rows[1:, column] == rows[:-1, column]
        begins = np.flatnonzero(np.append(True, ~goes_on))
        ends = np.append(begins[1:], len(rows)) - 1
        joined = rows[begins]
        joined[:, 4] = rows[ends, 4]
        is_last = np.append(joined[1:, 0] != joined[:-1, 0], True)
        self._write(joined[~is_last])
        self._open = joined[is_last]

    def finish(self) -> int:
        """Write what is left, put the file in its place and return the number of visits."""
        self._write(self._open)
        partial = self._folder / "whole"
        parts = [self._folder / f"{number}.parquet" for number in range(self._n_parts)]
        if parts:
            pl.scan_parquet(parts, glob=False).sink_parquet(partial, compression="zstd", compression_level=1)
        else:
            pl.DataFrame(schema=VISITS.schema).write_parquet(partial)
        partial.replace(self.path)
        self.discard()
        return int(pl.scan_parquet(self.path, glob=False).select(pl.len()).collect().item())

    def discard(self) -> None:
        """Remove what was begun."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write(self, visits: Int) -> None:
        if not len(visits):
            return
        if self._areas.members is not None:
            visits = _in_each(visits, self._areas.members)
        unit, area, label, begin, end = visits.T
        crew_size = pl.Series(crew_size_of(label))
        frame = pl.DataFrame(
            {
                "unit_id": _named(unit, self._names.units.names),
                "area_id": _named(area, self._areas.ids),
                "status": _named(status_of(label) - 1, self._names.statuses.names[1:]),
                "role": _named(role_of(label) - 1, self._names.roles.names[1:]),
                "crew_size": pl.select(pl.when(crew_size >= 0).then(crew_size)).to_series(),
                "is_in_station": pl.Series(has_mark(label, IN_STATION)) if self._has_stations else None,
                "arrived_at": pl.Series(np.ascontiguousarray(begin)).cast(pl.Datetime("us", "UTC")),
                "left_at": pl.Series(np.ascontiguousarray(end)).cast(pl.Datetime("us", "UTC")),
                "seconds": (end - begin) / US,
            },
            schema=VISITS.schema,
        )
        frame.write_parquet(self._folder / f"{self._n_parts}.parquet", compression="lz4")
        self._n_parts += 1


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
    """Return the name of each number, empty below 0; a name is made a category once, not once a visit."""
    found = pl.Series(np.ascontiguousarray(numbers))
    return pl.Series(names, dtype=pl.String).cast(pl.Categorical).gather(found.set(found < 0, None))
