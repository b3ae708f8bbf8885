"""Which area a map point lies in: the smallest areas, and larger ones that have outlines of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from constabulary.numeric.grid import AreaIndex
    from constabulary.tables.outlines import Outlines


class Locator:
    """Finds the area of a point.

    Parameters
    ----------
    read
        Gives the areas, asked for when the first point is placed; where several hold a point, the one that comes
        first counts.
    """

    def __init__(self, read: Callable[[], Outlines]) -> None:
        self._read = read

    @cached_property
    def _outlines(self) -> Outlines:
        return self._read()

    @cached_property
    def _index(self) -> AreaIndex:
        # Here, because the compiler takes a second or two to load and most imports place no point.
        from constabulary.numeric.grid import AreaIndex
        from constabulary.tables.outlines import rings_of

        return AreaIndex.build(*rings_of(self._outlines))

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
        import numpy as np

        x, y = (
            series.cast(pl.Float64).fill_null(float("nan")).to_numpy() for series in (longitude, latitude)
        )
        numbers = self._index.locate(x, y).astype(np.int64)
        ids = pl.Series(self._outlines.area_ids, dtype=pl.String)
        found = ids.gather(pl.Series(np.maximum(numbers, 0)))
        return pl.select(pl.when(pl.Series(numbers >= 0)).then(found)).to_series()


@dataclass(frozen=True)
class Places:
    """The outlines that records are placed by.

    Parameters
    ----------
    lsoas
        The LSOAs that points are placed in; None without outlines.
    read_names
        Gives the name of each LSOA code of any vintage; asked for when a code stands without a name.
    districts, neighbourhoods
        Outlines imported for those levels; None where names alone tell them.
    """

    lsoas: Locator | None
    read_names: Callable[[], dict[str, str]]
    districts: Locator | None
    neighbourhoods: Locator | None

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each LSOA code of any vintage."""
        return self.read_names()
