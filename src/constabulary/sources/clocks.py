"""A supplier's clock times turned into instants, with the hour that comes twice and the one that never was."""

from __future__ import annotations

import polars as pl

from constabulary.sources.mapping import EPOCHS, EXCEL, SECONDS, From, Mapping
from constabulary.tables.check import Failure
from constabulary.tables.contract import Contract
from constabulary.tables.times import both_instants, read_clock

ISO = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")
"""Formats that can mean one thing only and are always understood."""
OFFSET = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$"
"""An instant that says its own offset from UTC."""
_SERIAL = r"^\d{1,6}(?:\.\d+)?$"


class Instants:
    """The instants of one part of a file, read column by column.

    Where a clock time came twice, the first of the two instants is taken, unless that would put an event before one
    that the table says comes earlier: then the second.

    Parameters
    ----------
    mapping
        Says where the clock stood.
    """

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._first: dict[str, pl.Series] = {}
        self._second: dict[str, pl.Series] = {}
        self._seconds: dict[str, tuple[str, pl.Series]] = {}
        self._failures: list[Failure] = []

    def read(self, name: str, source: From, text: pl.Series) -> None:
        """Read one column, its clock times as they were written, shape (rows,)."""
        if source.seconds_after is not None:
            seconds = number(text) * SECONDS[source.unit]
            self._seconds[name] = (source.seconds_after, seconds)
            is_wrong = text.is_not_null() & seconds.is_null()
            self._failures.append(
                Failure(
                    "unreadable", name, is_wrong, f"a number ({source.unit} after {source.seconds_after})"
                )
            )
            return
        zone = self._mapping.time_zone
        given = text.is_not_null()
        clock = _clock(text, source.formats)
        first, second = both_instants(clock, zone)
        exact = _exact(text, source.formats)
        self._first[name] = pl.select(pl.coalesce([exact, first])).to_series()
        self._second[name] = pl.select(pl.coalesce([exact, second])).to_series()
        never = clock.is_not_null() & self._first[name].is_null()
        written = " or ".join(source.formats) or "2024-10-31 23:59:00"
        self._failures += [
            Failure(
                "never_existed",
                name,
                never,
                f"a time that clocks in {zone} showed; they went forward past this one",
            ),
            Failure(
                "unreadable",
                name,
                given & clock.is_null() & exact.is_null(),
                f"a date and time written {written}",
            ),
        ]

    def worked_out(self, contract: Contract) -> dict[str, pl.Series]:
        """Return the instants (UTC) by column, shape (rows,) each."""
        chosen: dict[str, pl.Series] = {}
        for column in contract.supplied:
            name = column.name
            if name not in self._first:
                continue
            before = [
                chosen[order.earlier]
                for order in contract.orders
                if order.later == name and order.earlier in chosen
            ]
            taken = self._first[name]
            if before:
                is_too_early = pl.select(pl.max_horizontal(before) > taken).to_series().fill_null(value=False)
                taken = pl.select(pl.when(is_too_early).then(self._second[name]).otherwise(taken)).to_series()
            chosen[name] = taken
        for name, (base, seconds) in self._seconds.items():
            if base in chosen:
                length = (seconds * 1e6).round().cast(pl.Int64).cast(pl.Duration("us"))
                chosen[name] = (chosen[base] + length).cast(pl.Datetime("us", "UTC"))
        return chosen

    def failures(self) -> list[Failure]:
        """Return what could not be read, and why."""
        return self._failures


def number(text: pl.Series) -> pl.Series:
    """Read numbers, and durations written H:MM:SS as seconds; empty where neither, shape (rows,)."""
    plain = text.cast(pl.Float64, strict=False)
    if plain.null_count() == text.null_count():
        return plain
    parts = text.str.extract_groups(r"^(\d{1,4}):([0-5]\d):([0-5]\d)$").struct.unnest()
    hours, minutes, seconds = (parts.to_series(place).cast(pl.Float64, strict=False) for place in range(3))
    return pl.select(pl.coalesce([plain, hours * 3600 + minutes * 60 + seconds])).to_series()


def _clock(text: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    clock = read_clock(text, [*(form for form in formats if form not in {EXCEL, *EPOCHS}), *ISO])
    if EXCEL not in formats:
        return clock
    days = (
        pl.select(pl.when(text.str.contains(_SERIAL)).then(text)).to_series().cast(pl.Float64, strict=False)
    )
    # A day number holds a time to about a microsecond; a log is kept to the second.
    micros = ((days * 86_400).round() * 1_000_000).cast(pl.Int64).cast(pl.Duration("us"))
    origin = pl.lit("1899-12-30").str.to_datetime("%Y-%m-%d", time_unit="us")
    return pl.select(pl.coalesce([clock, origin + pl.lit(micros)])).to_series()


def _exact(text: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    """Read instants that say their own offset from UTC, and those counted from 1970."""
    counted = [EPOCHS[form] for form in formats if form in EPOCHS]
    if counted:
        micros = (text.cast(pl.Float64, strict=False) * counted[0]).round()
        return micros.cast(pl.Int64, strict=False).cast(pl.Datetime("us", "UTC"))
    told = pl.select(pl.when(text.str.contains(OFFSET)).then(text)).to_series()
    if told.null_count() == told.len():
        return pl.repeat(None, text.len(), dtype=pl.Datetime("us", "UTC"), eager=True)
    return told.str.replace(" ", "T").str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
