"""Unknown time on duty and off: silences of units set beside their shifts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from constabulary.cover.fixes import Int


@dataclass(frozen=True)
class Duty:
    """When units were on duty.

    Parameters
    ----------
    by_unit
        Of each unit that has shifts, when its stretches of duty begin and end [microseconds since 1970, UTC], shape
        (n,) each: in order of time, none overlapping another.
    """

    by_unit: dict[str, tuple[Int, Int]]

    @classmethod
    def of(cls, shifts: pl.DataFrame) -> Duty:
        """Return the duty of units from their shifts: unit_id, starts_at and ends_at (UTC); they may overlap."""
        instants = pl.col("starts_at", "ends_at").cast(pl.Datetime("us", "UTC")).to_physical()
        rows = shifts.select(pl.col("unit_id").cast(pl.String), instants).sort("unit_id", "starts_at")
        found = {}
        for (unit,), own in rows.group_by("unit_id", maintain_order=True):
            begin, end = own["starts_at"].to_numpy(), np.maximum.accumulate(own["ends_at"].to_numpy())
            is_first = np.append(True, begin[1:] > end[:-1])
            found[str(unit)] = begin[is_first], end[np.append(np.flatnonzero(is_first)[1:], len(end)) - 1]
        return cls(found)


class Silence:
    """Adds up unknown time, on duty and off.

    A unit is off duty between two of its shifts. Silence before its first shift and after its last is not known to be
    off duty, nor is that of a unit without shifts: it counts as on duty.

    Parameters
    ----------
    duty
        When units were on duty; None where no shifts are held, so that all silence counts as on duty.

    Attributes
    ----------
    on_duty_us, off_duty_us
        Unknown time [microseconds].
    n_on_duty
        Silences that hold some of it on duty.
    n_without
        Units with silence and without shifts.
    """

    def __init__(self, duty: Duty | None) -> None:
        self._duty = duty.by_unit if duty else {}
        self._without: set[str] = set()
        self.on_duty_us = self.off_duty_us = self.n_on_duty = 0

    def add(self, gaps: Int, names: Sequence[str]) -> None:
        """Add silences: unit, from and to [microseconds], int64[k, 3]; names of units by their number."""
        gaps = gaps[np.argsort(gaps[:, 0], kind="stable")]
        for own in np.split(gaps, np.flatnonzero(np.diff(gaps[:, 0])) + 1):
            if not len(own):
                continue
            name, length = names[own[0, 0]], own[:, 2] - own[:, 1]
            if name in self._duty:
                off = _off_duty(own[:, 1], own[:, 2], *self._duty[name])
            else:
                self._without.add(name)
                off = np.zeros_like(length)
            self.on_duty_us += int((length - off).sum())
            self.off_duty_us += int(off.sum())
            self.n_on_duty += int((length > off).sum())

    @property
    def n_without(self) -> int:
        """Units with silence and without shifts."""
        return len(self._without)


def _off_duty(begin: Int, end: Int, starts: Int, ends: Int) -> Int:
    """Return how much of each silence lies between two stretches of duty [microseconds]."""
    free = np.append(0, np.cumsum(starts[1:] - ends[:-1]))

    def before(instant: Int) -> Int:
        """Return the time off duty from the first start to an instant."""
        last = np.searchsorted(starts, instant, side="right") - 1
        since = np.where(last + 1 < len(starts), instant - ends[np.maximum(last, 0)], 0)
        return np.where(last < 0, 0, free[np.maximum(last, 0)] + np.maximum(since, 0))

    return before(end) - before(begin)
