"""Working out, once at import, what every row is asked for later: its place in the force and its local time."""

from __future__ import annotations

import polars as pl

from constabulary.core.force import Force
from constabulary.tables.contract import Contract
from constabulary.tables.places import district_by_name, neighbourhood_by_name
from constabulary.tables.times import is_ambiguous_hour, local_hour_of_week, local_month, local_on

INSTANTS = {"calls": "received_at", "incidents": "received_at", "stops": "searched_at"}
"""The instant that gives each table its local time."""


class Deriving:
    """Adds a contract's derived columns to accepted rows.

    Parameters
    ----------
    force
        Whose districts and clock count.
    """

    def __init__(self, force: Force) -> None:
        self._force_id = force.id
        self._time_zone = force.time_zone
        self._districts = {district.name: district.id for district in force.districts}

    def __call__(self, frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
        """Return the frame with every derived column of the contract but the trace."""
        wanted = {column.name for column in contract.columns if column.derived}
        columns: list[pl.Series] = []
        if contract.name in INSTANTS:
            instant = frame[INSTANTS[contract.name]]
            local = {
                "month": local_month,
                "local_on": local_on,
                "local_hour_of_week": local_hour_of_week,
                "is_ambiguous_hour": is_ambiguous_hour,
            }
            columns += [
                work_out(instant, self._time_zone).alias(name)
                for name, work_out in local.items()
                if name in wanted
            ]
        if "force" in wanted:
            columns.append(
                pl.repeat(self._force_id, frame.height, dtype=pl.Categorical(), eager=True).alias("force")
            )
        columns = [
            frame[column.name].fill_null(column) if column.name in frame.columns else column
            for column in columns
        ]
        return self._placed(frame.with_columns(columns), contract)

    def _placed(self, frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
        if "lsoa_name" not in frame.columns:
            empty = [
                pl.lit(None, dtype=pl.Categorical()).alias(name)
                for name in ("lsoa_code", "district", "neighbourhood")
                if name in contract.schema
            ]
            return frame.with_columns(empty)
        name = frame["lsoa_name"]
        return frame.with_columns(
            district_by_name(name, self._districts).alias("district"),
            neighbourhood_by_name(name, self._districts).alias("neighbourhood"),
        )
