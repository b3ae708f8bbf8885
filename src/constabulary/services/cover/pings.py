"""Positions read back from the lake: whole local days at a time, in order, as arrays that cleaning and time take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.cover.fixes import US, Codes, Fixes, Int, first_rows, lent
from constabulary.store.lake import Lake
from constabulary.store.records import ImportRecord
from constabulary.store.workspace import Workspace
from constabulary.tables.pings import PINGS

MOST_ROWS = 250_000
"""Rows read at once, up to twice as many where one day has them; memory follows from it."""
COLUMNS = ("unit_id", "at", "longitude", "latitude", "status", "role", "crew_size", "speed_kmh", "local_on")
EVER = (-(2**62), 2**62)
DAY = timedelta(days=1)


class Numbers:
    """Names numbered as they are met, from 0; the empty name comes first where one is allowed."""

    def __init__(self, *first: str) -> None:
        self._numbers = {name: number for number, name in enumerate(first)}

    @property
    def names(self) -> list[str]:
        """The names in order of their numbers."""
        return list(self._numbers)

    def coded(self, series: pl.Series) -> tuple[list[Codes], Int]:
        """Return a code for each name, in the parts in which they lie in memory, and the number of each code.

        Where the name is empty it has the number of the first.
        """
        names = series.cast(pl.Categorical)
        physical = names.to_physical()
        if physical.null_count() == physical.len():
            return [np.zeros(n, np.uint32) for n in physical.chunk_lengths()], np.zeros(1, np.int64)
        # Empty is looked up in the last place, which no code has.
        empty = int(physical.max()) + 1  # type: ignore[arg-type]
        parts = _parts(_filled(physical, empty))
        # Numbered by first row: codes are Polars' own and differ from one process to the next.
        first_row = first_rows(parts, empty + 1)[:-1]
        met = np.flatnonzero(first_row >= 0)
        met = met[np.argsort(first_row[met])]
        table = np.zeros(empty + 1, np.int64)
        for code, name in zip(met, names.gather(first_row[met]).cast(pl.String).to_list(), strict=True):
            table[code] = self._numbers.setdefault(name, len(self._numbers))
        return parts, table

    def also(self, others: Numbers) -> Int:
        """Return the number of each name of others, in the order of their numbers there."""
        return np.array(
            [self._numbers.setdefault(name, len(self._numbers)) for name in others.names], np.int64
        )


@dataclass
class Names:
    """The numbers of units, roles and statuses in one reading."""

    units: Numbers = field(default_factory=Numbers)
    roles: Numbers = field(default_factory=lambda: Numbers(""))
    statuses: Numbers = field(default_factory=lambda: Numbers(""))

    def also(self, others: Names) -> tuple[Int, Int, Int]:
        """Return the numbers of the units, roles and statuses of another reading, in the order of theirs."""
        return (
            self.units.also(others.units),
            self.roles.also(others.roles),
            self.statuses.also(others.statuses),
        )


@dataclass(frozen=True)
class Window:
    """Positions to be read together.

    Parameters
    ----------
    sources
        The number of each import, the files of it that are read, and the days of these that count: none where all do.
    share, n_shares
        Which share of the units, where the positions of one day are too many.
    """

    sources: tuple[tuple[int, tuple[str, ...], tuple[date, ...]], ...]
    share: int
    n_shares: int

    def read(self, extra: Sequence[str] = ()) -> pl.DataFrame:
        """Return the rows in the order they came, `source` numbering their files, with some more columns."""
        frames = []
        for number, files, days in self.sources:
            rows = pl.scan_parquet(list(files), glob=False, hive_partitioning=False)
            if days:
                rows = rows.filter(_on(days))
            if self.n_shares > 1:
                share = pl.col("unit_id").cast(pl.String).hash(7) % self.n_shares
                rows = rows.filter(share == self.share)
            # Nothing is added to the numbers of the first: they are not copied then.
            file_no = pl.col("file_no") + number * 2**20 if number else pl.col("file_no")
            frames.append(rows.select(*COLUMNS, *extra, file_no.alias("source")).collect())
        return pl.concat(frames, how="vertical_relaxed") if len(frames) > 1 else frames[0]


@dataclass(frozen=True)
class Positions:
    """The positions of a workspace that count.

    Parameters
    ----------
    lake
        Where they are.
    days
        By import, the days that count and their number of rows.
    is_synthetic
        Whether they are made up; made-up ones count only where there are no real ones.
    span
        First and last instant asked for [microseconds since 1970, UTC], the last not included.
    shown
        First and last local day asked for.
    """

    lake: Lake
    days: Mapping[ImportRecord, Mapping[date, int]]
    is_synthetic: bool
    span: tuple[int, int]
    shown: tuple[date, date]

    @property
    def n_rows(self) -> int:
        """How many there are, the day before and the day after included."""
        return sum(sum(days.values()) for days in self.days.values())

    def windows(self, extra: Sequence[str] = ()) -> Iterator[pl.DataFrame]:
        """Yield the rows of some days after another, in the order they came, `source` numbering their files."""
        for window in self.plan():
            # Nothing of a window is held here once it is handed over.
            yield window.read(extra)

    def plan(self) -> list[Window]:
        """Return what is to be read, in the order of time."""
        files = {record: self._files(record) for record in self.days}
        windows = []
        for days, share, n_shares in self._plan():
            sources = []
            for number, (record, held) in enumerate(self.days.items()):
                wanted = [day for day in days if day in held]
                # Only files that can have them are opened, and rows are asked one by one only where others can be.
                read = tuple(file for file, one in files[record].items() if not one.isdisjoint(wanted))
                if read:
                    is_all = all(files[record][file] <= set(wanted) for file in read)
                    sources.append((number, read, () if is_all else tuple(wanted)))
            windows.append(Window(tuple(sources), share, n_shares))
        return windows

    def _files(self, record: ImportRecord) -> dict[str, set[date]]:
        """Return the files of an import and the days from the first to the last of each."""
        days = {}
        for file in self.lake.files_of(PINGS.name, [record.import_id]):
            rows = pl.scan_parquet(file, glob=False, hive_partitioning=False)
            day = pl.col("local_on")
            first, last = rows.select(day.min().alias("first"), day.max().alias("last")).collect().row(0)
            days[file] = {first + DAY * n for n in range((last - first).days + 1)}
        return days

    def _plan(self) -> Iterator[tuple[list[date], int, int]]:
        """Yield the days to read together, or the share of the units to read of one large day."""
        counts: dict[date, int] = {}
        for held in self.days.values():
            for day, n_rows in held.items():
                counts[day] = counts.get(day, 0) + n_rows
        days: list[date] = []
        n_rows = 0
        for day in sorted(counts):
            if days and n_rows + counts[day] > MOST_ROWS:
                yield from _shares(days, n_rows)
                days, n_rows = [], 0
            days.append(day)
            n_rows += counts[day]
        if days:
            yield from _shares(days, n_rows)


def positions(workspace: Workspace, time_zone: str, from_on: date | None, to_on: date | None) -> Positions:
    """Return the positions that count on some local days, and on the day before and after, for intervals that go on.

    Raises
    ------
    BadInput
        If the first day lies after the last.
    NothingThere
        If there are none.
    """
    if from_on and to_on and from_on > to_on:
        raise BadInput(
            Problem(
                "days_reversed",
                f"{from_on} is after {to_on}.",
                expected="a first day on or before the last",
                column="--from",
            )
        )
    lake = Lake(workspace.lake_path)
    live = [record for record in lake.imports() if record.is_live]
    superseded = lake.files(PINGS.name).superseded
    held: dict[bool, dict[ImportRecord, dict[date, int]]] = {True: {}, False: {}}
    for record in live:
        replaced = {part.from_on for part in superseded.get(record.import_id, ())}
        days = {
            part.from_on: part.n_rows
            for part in record.coverage
            if part.table == PINGS.name and part.from_on not in replaced
        }
        if days:
            held[record.is_synthetic][record] = days
    is_synthetic = not held[False] and bool(held[True])
    every = {day for days in held[is_synthetic].values() for day in days}
    within = {day for day in every if (from_on or day) <= day <= (to_on or day)}
    if not within:
        asked = f" from {from_on or 'the first'} to {to_on or 'the last'}" if every else ""
        raise NothingThere(
            Problem(
                "no_positions",
                f"there are no positions{asked}.",
                expected=f"a day from {min(every)} to {max(every)}" if every else None,
                remedy=None if every else "Import some: constabulary import pings FILE --mapping FILE.",
            )
        )
    low = from_on - DAY if from_on else min(every)
    high = to_on + DAY if to_on else max(every)
    chosen = {
        record: {day: n for day, n in days.items() if low <= day <= high}
        for record, days in held[is_synthetic].items()
    }
    return Positions(
        lake,
        {record: days for record, days in chosen.items() if days},
        is_synthetic,
        (
            _midnight(from_on, time_zone) if from_on else EVER[0],
            _midnight(to_on + DAY, time_zone) if to_on else EVER[1],
        ),
        (from_on or min(within), to_on or max(within)),
    )


def fixes_of(rows: pl.DataFrame, names: Names) -> list[Fixes]:
    """Return rows as arrays, in the parts in which they lie in memory: what need not be copied is not."""
    units, roles, statuses = (
        numbers.coded(rows[name])
        for name, numbers in (("unit_id", names.units), ("role", names.roles), ("status", names.statuses))
    )
    columns = [
        *(codes for codes, _ in (units, roles, statuses)),
        _parts(rows["local_on"].cast(pl.Int32)),
        _parts(instants_of(rows)),
        _parts(rows["longitude"]),
        _parts(rows["latitude"]),
        _parts(_filled(rows["crew_size"].cast(pl.Int64), -1)),
        _parts(_filled(rows["speed_kmh"], float("nan"))),
        _parts(rows["source"]),
    ]
    if len({tuple(len(part) for part in column) for column in columns}) > 1:
        return fixes_of(rows.rechunk(), names)
    return [
        Fixes((unit, units[1]), (role, roles[1]), (status, statuses[1]), *others)
        for unit, role, status, *others in zip(*columns, strict=True)
    ]


def instants_of(rows: pl.DataFrame) -> pl.Series:
    """Return when each position was taken [microseconds since 1970, UTC]."""
    return rows["at"].cast(pl.Datetime("us", "UTC")).cast(pl.Int64)


def _filled(series: pl.Series, value: float) -> pl.Series:
    return series.fill_null(value) if series.null_count() else series


def _parts(series: pl.Series) -> list[NDArray[Any]]:
    return [lent(part.to_numpy()) for part in series.get_chunks()]


def _on(days: Sequence[date]) -> pl.Expr:
    column = pl.col("local_on")
    if (days[-1] - days[0]).days == len(days) - 1:
        return column.is_between(days[0], days[-1])
    return column.is_between(days[0], days[-1]) & column.is_in(list(days))


def _shares(days: list[date], n_rows: int) -> Iterator[tuple[list[date], int, int]]:
    n_shares = -(-n_rows // MOST_ROWS) if n_rows > 2 * MOST_ROWS else 1
    for share in range(n_shares):
        yield days, share, n_shares


def _midnight(day: date, time_zone: str) -> int:
    """Return when a local day begins [microseconds since 1970, UTC]."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone)).timestamp()) * US
