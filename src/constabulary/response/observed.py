"""Attended incidents in the form of records, so that the model can be laid beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from constabulary.response.clock import HOUR_S, Clock
from constabulary.response.draws import Floats, Integers
from constabulary.response.rows import Truths
from constabulary.response.setup import Replication, Setup

WEEK_S = 7 * 24 * HOUR_S


@dataclass(frozen=True)
class Observed:
    """Attended incidents as they were recorded, shape (incidents,); times not a number where they are not known.

    Parameters
    ----------
    received_s
        When each came in, from the start of the run (s).
    grade, district
        By number.
    waited_s
        From being received to the first unit being sent (s).
    travel_s
        From being sent to arriving (s).
    scene_s
        Mean time of a unit at the scene (s).
    n_units
        Units sent.
    """

    received_s: Floats
    grade: Integers
    district: Integers
    waited_s: Floats
    travel_s: Floats
    scene_s: Floats
    n_units: Floats

    def rows(self, keep: Truths) -> Observed:
        """Return some of them."""
        return Observed(**{name: getattr(self, name)[keep] for name in self.__dataclass_fields__})

    @property
    def response_s(self) -> Floats:
        """Time from being received to the first unit arriving (s)."""
        return self.waited_s + self.travel_s


def observed_of(
    frame: pl.DataFrame, district_of: Mapping[str, int], grade_ids: list[str], clock: Clock
) -> Observed:
    """Return the attended incidents of a lake.

    Parameters
    ----------
    frame
        Columns of the contract of incidents: instants, grade, place, units and time at the scene.
    district_of
        District by LSOA code.
    grade_ids
        Attended grades, most urgent first.
    clock
        The run; incidents outside it are left out.
    """
    grades = {one: number for number, one in enumerate(grade_ids)}

    def between(later: str, earlier: str) -> pl.Expr:
        return (pl.col(later) - pl.col(earlier)).dt.total_milliseconds() / 1000.0

    units = pl.col("n_units").cast(pl.Float64)
    rows = (
        frame.select(
            received_s=pl.col("received_at").dt.epoch("us") / 1e6 - clock.zero_s,
            grade=pl.col("grade").cast(pl.String).replace_strict(grades, default=None, return_dtype=pl.Int64),
            district=pl.col("lsoa_code")
            .cast(pl.String)
            .replace_strict(dict(district_of), default=None, return_dtype=pl.Int64),
            waited_s=between("dispatched_at", "received_at"),
            travel_s=between("arrived_at", "dispatched_at"),
            scene_s=pl.col("on_scene_s") / units.replace(0.0, None),
            n_units=units,
        )
        .filter(
            pl.col("grade").is_not_null(),
            pl.col("district").is_not_null(),
            pl.col("travel_s").is_not_null(),
            pl.col("received_s").is_between(0.0, clock.end_s, closed="left"),
        )
        .sort("received_s", maintain_order=True)
    )
    return Observed(
        **{
            name: rows[name].cast(rows[name].dtype).fill_null(np.nan).to_numpy()
            if rows[name].dtype.is_float()
            else rows[name].to_numpy()
            for name in rows.columns
        }
    )


def halves(observed: Observed) -> tuple[Observed, Observed]:
    """Return the records of every other week: one part to fit to, one to judge by, alike in season and weekday."""
    is_first = (observed.received_s // WEEK_S).astype(np.int64) % 2 == 0
    return observed.rows(is_first), observed.rows(~is_first)


def simulated_of(setup: Setup, run: Replication) -> Observed:
    """Return what the model did in the form of records: attended incidents after the warm-up."""
    incidents, found = run.arrivals.incidents, run.result.incidents
    rows = ~np.isnan(found.arrived_s) & (incidents.at_s >= setup.warm_up_s)
    received = np.where(np.isnan(incidents.received_s), incidents.at_s, incidents.received_s)
    return Observed(
        received[rows],
        incidents.grade[rows],
        setup.places.district[incidents.atom[rows]],
        (found.assigned_s - received)[rows],
        (found.arrived_s - found.assigned_s)[rows],
        incidents.scene_s[rows],
        found.n_sent[rows].astype(np.float64),
    )
