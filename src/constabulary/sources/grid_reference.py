"""British National Grid references turned into longitude and latitude.

PROJ works out the seven-parameter shift between OSGB36 and WGS 84 (EPSG transformation 1314). It is right to about 5
metres anywhere in Great Britain and needs no grid file, so every machine gives the same answer.

References
----------
Ordnance Survey, A Guide to Coordinate Systems in Great Britain, section 6.6 (the Helmert parameters).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from pyproj import Transformer

WIDTH_M, HEIGHT_M = 700_000, 1_300_000
"""The extent of the grid (metres)."""
_PIPELINE = (
    "+proj=pipeline "
    "+step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy "
    "+step +proj=push +v_3 +step +proj=cart +ellps=airy "
    "+step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 "
    "+convention=position_vector "
    "+step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


def longitude_latitude(easting_m: pl.Series, northing_m: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the longitude and latitude (degrees, WGS 84) of grid references.

    Parameters
    ----------
    easting_m, northing_m
        British National Grid (EPSG:27700) (metres), shape (rows,).

    Returns
    -------
    longitude, latitude : polars.Series
        Shape (rows,); empty where either is missing or outside the grid.

    Examples
    --------
    The Ordnance Survey's worked example, Caister water tower:

    >>> longitude, latitude = longitude_latitude(pl.Series([651409.903]), pl.Series([313177.270]))
    >>> round(longitude[0], 4), round(latitude[0], 4)
    (1.7161, 52.658)
    """
    is_inside = easting_m.is_between(0, WIDTH_M) & northing_m.is_between(0, HEIGHT_M)
    is_inside = is_inside.fill_null(value=False)
    x, y = easting_m.filter(is_inside).to_numpy(), northing_m.filter(is_inside).to_numpy()
    longitude, latitude = _transformer().transform(x, y, errcheck=True)
    rows = is_inside.arg_true()
    empty = pl.repeat(None, easting_m.len(), dtype=pl.Float64(), eager=True)
    return empty.clone().scatter(rows, longitude), empty.clone().scatter(rows, latitude)


@lru_cache(maxsize=1)
def _transformer() -> Transformer:
    from pyproj import Transformer  # PROJ takes a while to load and few imports need it.

    return Transformer.from_pipeline(_PIPELINE)
