"""The smallest places of a force, as dispatch sees them: where their middles are, how large, town or country."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from constabulary.core.force import Force
from constabulary.core.force.rooms.response import LsoaSetting
from constabulary.tables.outlines import Outlines
from constabulary.tables.places import district_of

KM_PER_DEGREE = 111.32
_PARTS = 5


@dataclass(frozen=True)
class Places:
    """The atoms of the dispatch model; arrays have the shape (atoms,).

    Parameters
    ----------
    codes, names
        Code and name of each.
    longitude, latitude
        Its middle (degrees, WGS 84).
    km2
        Its size (km2).
    district
        Place of its district among `district_ids`.
    is_rural
        Whether it is in the country, for travel and targets.
    district_ids
        The force's districts that have an atom.
    warnings
        What a reader must know.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    km2: NDArray[np.float64]
    district: NDArray[np.int64]
    is_rural: NDArray[np.bool_]
    district_ids: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.codes)

    def km(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return kilometres east and north of the force's middle, on a plane that is true at its latitude."""
        middle = np.radians(self.latitude.mean())
        east = (self.longitude - self.longitude.mean()) * KM_PER_DEGREE * np.cos(middle)
        return east, (self.latitude - self.latitude.mean()) * KM_PER_DEGREE

    def nearest(self, longitude: float, latitude: float) -> int:
        """Return the atom whose middle is nearest to a point; of two alike the one of the lower number."""
        east = (self.longitude - longitude) * np.cos(np.radians(latitude))
        return int(np.argmin(east**2 + (self.latitude - latitude) ** 2))


def places_of(force: Force, outlines: Outlines | None, urban_lsoa_km2: float, district_km2: float) -> Places:
    """Return the places of a force, from outlines of its LSOAs.

    Without outlines each district is taken to be a square of one size, side by side in the order of the folder, which a
    warning says: good enough to see the chain work, not to decide.

    Parameters
    ----------
    force
        Whose.
    outlines
        LSOAs; None where there are none.
    urban_lsoa_km2
        Largest LSOA that is urban where the folder does not say (km2).
    district_km2
        Size of each district where there are no outlines (km2).
    """
    if outlines is None or not len(outlines):
        return _squares(force, district_km2, urban_lsoa_km2)
    names = {district.name: district.id for district in force.districts}
    found = [names.get(district_of(name, names) or "") for name in outlines.names]
    keep = [number for number, district in enumerate(found) if district is not None]
    if not keep:
        return _squares(force, district_km2, urban_lsoa_km2)
    shapes = np.array([outlines.geometries[number] for number in keep])
    middles = shapely.centroid(shapes)
    longitude, latitude = shapely.get_x(middles), shapely.get_y(middles)
    km2 = shapely.area(shapes) * KM_PER_DEGREE**2 * np.cos(np.radians(latitude))
    codes = tuple(outlines.area_ids[number] for number in keep)
    ids = tuple(district.id for district in force.districts if district.id in found)
    missing = [district.name for district in force.districts if district.id not in found]
    warnings = (f"No outline and so no incidents in {', '.join(missing)}.",) if missing else ()
    own = {row.lsoa_code: row.setting == "rural" for row in force.rows(LsoaSetting)}
    return Places(
        codes,
        tuple(outlines.names[number] for number in keep),
        longitude,
        latitude,
        km2,
        np.array([ids.index(str(found[number])) for number in keep], dtype=np.int64),
        _rural(codes, km2, own, urban_lsoa_km2),
        ids,
        warnings,
    )


def _rural(
    codes: tuple[str, ...], km2: NDArray[np.float64], own: Mapping[str, bool], urban_lsoa_km2: float
) -> NDArray[np.bool_]:
    return np.array([own.get(code, size > urban_lsoa_km2) for code, size in zip(codes, km2, strict=True)])


def _squares(force: Force, district_km2: float, urban_lsoa_km2: float) -> Places:
    side = np.sqrt(district_km2) / KM_PER_DEGREE
    n, parts = len(force.districts), _PARTS * _PARTS
    row, column = np.divmod(np.arange(n * parts) % parts, _PARTS)
    district = np.repeat(np.arange(n), parts)
    codes = tuple(f"{one.id}-{number + 1}" for one in force.districts for number in range(parts))
    km2 = np.full(n * parts, district_km2 / parts)
    return Places(
        codes,
        tuple(f"{one.name} square {number + 1}" for one in force.districts for number in range(parts)),
        (district + (column + 0.5) / _PARTS) * side,
        (row + 0.5) / _PARTS * side,
        km2,
        district.astype(np.int64),
        _rural(codes, km2, {}, urban_lsoa_km2),
        tuple(one.id for one in force.districts),
        (
            f"There are no outlines: each district is taken to be a square of {district_km2:,.0f} square kilometres, "
            "side by side. Import outlines (constabulary import boundaries FILE) before a decision rests on this.",
        ),
    )
