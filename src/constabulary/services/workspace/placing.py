"""Which area a map point lies in: the smallest areas, and larger ones that have outlines of their own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from constabulary.tables.outlines import Outlines, rings_of

if TYPE_CHECKING:
    from constabulary.numeric.grid import AreaIndex


class Locator:
    """Finds the area of a point.

    Parameters
    ----------
    outlines
        The areas; where several hold a point, the one that comes first counts.
    """

    def __init__(self, outlines: Outlines) -> None:
        self.outlines = outlines

    @cached_property
    def _index(self) -> AreaIndex:
        # Here, because the compiler takes a second or two to load and most imports place no point.
        from constabulary.numeric.grid import AreaIndex

        return AreaIndex.build(*rings_of(self.outlines))

    def locate(self, longitude: pl.Series, latitude: pl.Series) -> pl.Series:
        """Return the id of the area each point lies in.

        Parameters
        ----------
        longitude, latitude
            The points (degrees, WGS 84), shape (rows,); empty where unknown.

        Returns
        -------
        polars.Series
            Area ids as text, shape (rows,); empty where a point is unknown or in none.
        """
        x, y = (
            series.cast(pl.Float64).fill_null(float("nan")).to_numpy() for series in (longitude, latitude)
        )
        numbers = self._index.locate(x, y).astype(np.int64)
        ids = pl.Series(self.outlines.area_ids, dtype=pl.String)
        found = ids.gather(pl.Series(np.maximum(numbers, 0)))
        return pl.select(pl.when(pl.Series(numbers >= 0)).then(found)).to_series()


@dataclass(frozen=True)
class Places:
    """The outlines that records are placed by.

    Parameters
    ----------
    lsoas
        The LSOAs that points are placed in; None without outlines.
    names
        The name of each LSOA code of any vintage.
    districts, neighbourhoods
        Outlines imported for those levels; None where names alone tell them.
    """

    lsoas: Locator | None = None
    names: dict[str, str] | None = None
    districts: Locator | None = None
    neighbourhoods: Locator | None = None
