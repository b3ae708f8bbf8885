"""Working out, once at import, what every row is asked for later: its place in the force and its local time."""

from __future__ import annotations

import polars as pl

from constabulary.core.force import Force
from constabulary.services.workspace.placing import Locator, Places
from constabulary.tables.check import by_distinct
from constabulary.tables.contract import Contract
from constabulary.tables.observations import named
from constabulary.tables.places import placed_by_name
from constabulary.tables.times import is_ambiguous_hour, local_hour_of_week, local_month, local_on

INSTANTS = {
    "calls": "received_at",
    "incidents": "received_at",
    "stops": "searched_at",
    "pings": "at",
    "shifts": "starts_at",
}
"""The instant that gives each table its local time."""


class Deriving:
    """Adds a contract's derived columns to accepted rows.

    Parameters
    ----------
    force
        Whose districts and clock count.
    places
        The outlines that rows without a recorded area are placed by.
    """

    def __init__(self, force: Force, places: Places) -> None:
        self._places = places
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
        if "series" in wanted:
            frame = frame.with_columns(named())
        return self._placed(frame.with_columns(columns), contract)

    def _placed(self, frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
        """Add district and neighbourhood: by the recorded area, or else by the map point."""
        if "district" not in contract.schema:
            return frame
        code, name = self._areas(frame)
        district, neighbourhood = placed_by_name(name, self._districts)
        longitude, latitude = frame["longitude"], frame["latitude"]
        if self._places.districts is not None:
            district = _filled(district, name.is_null(), self._places.districts, longitude, latitude)
        if self._places.neighbourhoods is not None:
            everywhere = pl.repeat(value=True, n=frame.height, eager=True)
            nowhere = pl.repeat(None, frame.height, dtype=pl.Categorical(), eager=True)
            neighbourhood = _filled(nowhere, everywhere, self._places.neighbourhoods, longitude, latitude)
        placed = {"lsoa_code": code, "lsoa_name": name, "district": district, "neighbourhood": neighbourhood}
        return frame.with_columns(
            series.alias(column) for column, series in placed.items() if column in contract.schema
        )

    def _areas(self, frame: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
        """Return the code and name of each row's area; what is recorded counts before the map point."""
        code, name = (
            frame[column]
            if column in frame.columns
            else pl.repeat(None, frame.height, dtype=pl.Categorical(), eager=True)
            for column in ("lsoa_code", "lsoa_name")
        )
        if self._places.lsoas is not None:
            wanting = code.is_null() & name.is_null()
            code = _filled(code, wanting, self._places.lsoas, frame["longitude"], frame["latitude"])
        unnamed = name.is_null() & code.is_not_null()
        if unnamed.any() and self._places.names:
            known = pl.col("value").replace_strict(self._places.names, default=None, return_dtype=pl.String)
            told = by_distinct(code.filter(unnamed), known, pl.Categorical())
            name = name.scatter(unnamed.arg_true(), told.cast(pl.String)) if told.len() else name
        return code, name


def _filled(
    column: pl.Series, wanting: pl.Series, locator: Locator, longitude: pl.Series, latitude: pl.Series
) -> pl.Series:
    """Return a column of area ids with the rows that want one placed by their map points."""
    wanting = wanting & longitude.is_not_null() & latitude.is_not_null()
    if not wanting.any():
        return column
    found = locator.locate(longitude.filter(wanting), latitude.filter(wanting)).cast(pl.Categorical())
    every = pl.repeat(None, column.len(), dtype=pl.Categorical(), eager=True).scatter(
        wanting.arg_true(), found
    )
    return pl.select(pl.coalesce([column, every])).to_series()
