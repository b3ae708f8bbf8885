"""The map of the public edition of cover: hours of every month that was published, hidden areas without a figure."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from constabulary.services.cover_public import PublicCover, published_cover
from constabulary.services.geography import outlines
from constabulary.services.maps import MapClass, classified
from constabulary.store.workspace import Workspace
from constabulary.tables.geojson_text import to_geojson
from constabulary.tables.outlines import Outlines


@dataclass(frozen=True)
class PublicMap:
    """The public edition of one level, ready to be drawn.

    Parameters
    ----------
    found
        The edition.
    values
        Hours of each outline over all months; None where hidden.
    class_of, classes
        The class of each outline, and the classes, the lowest first.
    outlines
        The shapes.
    """

    found: PublicCover
    values: tuple[float | None, ...]
    class_of: tuple[int | None, ...]
    classes: tuple[MapClass, ...]
    outlines: Outlines = field(repr=False)

    def as_geojson(self) -> str:
        """Return the outlines as GeoJSON, each with its figure and class."""
        n_areas = len(self.values)
        return to_geojson(
            self.outlines,
            {
                "count": self.values,
                "rate_per_1000": [None] * n_areas,
                "is_small": [False] * n_areas,
                "class": self.class_of,
                "is_synthetic": [self.found.is_synthetic] * n_areas,
            },
        )

    def rows(self) -> pl.DataFrame:
        """Return area_id, name, hours of each month and of all, empty where hidden."""
        months = self.found.months
        return pl.DataFrame(
            [
                {"area_id": one.area_id, "name": one.name}
                | dict(zip(months, one.by_month, strict=True))
                | {"all_months": one.hours}
                for one in self.found.areas
            ],
            schema={"area_id": pl.String, "name": pl.String}
            | dict.fromkeys((*months, "all_months"), pl.Float64()),
        )


def public_map(workspace: Workspace, by: str) -> PublicMap | None:
    """Return the map of what was published at a level, publishing nothing; None where nothing was.

    Parameters
    ----------
    workspace, by
        As for `cover_public.published_cover`.

    Raises
    ------
    NothingThere
        If there are no positions, or no outlines of the level.
    """
    found = published_cover(workspace, by)
    if found is None:
        return None
    shapes = outlines(workspace, by)
    hours = {one.area_id: one.hours for one in found.areas}
    values = tuple(hours.get(area) for area in shapes.area_ids)
    return PublicMap(found, values, *classified(list(values)), shapes)
