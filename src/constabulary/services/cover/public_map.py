"""The map of the public edition of cover: what was published of every month, hidden areas without a figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from constabulary.services.cover.edition import PublicArea, PublicCover
from constabulary.services.cover.public import published_cover
from constabulary.services.demand.maps import MapClass, classified
from constabulary.services.workspace.geography import outlines
from constabulary.store.workspace import Workspace
from constabulary.tables.geojson_text import to_geojson
from constabulary.tables.outlines import Outlines


@dataclass(frozen=True)
class Shown:
    """What a public map can show: its title, its unit, the decimal places of its figures, and that of an area."""

    title: str
    unit: str
    places: int
    of: Callable[[PublicArea], float | None]


SHOWS: Mapping[str, Shown] = {
    "time": Shown("Hours that units were seen", "hours", 0, lambda one: one.hours),
    "rate": Shown(
        "Visible hours per 1,000 residents",
        "visible hours per 1,000 residents",
        1,
        lambda one: one.visible_per_1000,
    ),
    "visible": Shown("Visible hours", "visible hours", 0, lambda one: one.visible_hours),
}
"""What can be drawn."""


@dataclass(frozen=True)
class PublicMap:
    """The public edition of one level, ready to be drawn.

    Parameters
    ----------
    found
        The edition.
    show
        What it shows, of `SHOWS`; visible hours in place of their rate where residents are not known.
    values
        The figure of each outline over all months; None where hidden.
    class_of, classes
        The class of each outline, and the classes, the lowest first.
    outlines
        The shapes.
    """

    found: PublicCover
    show: str
    values: tuple[float | None, ...]
    class_of: tuple[int | None, ...]
    classes: tuple[MapClass, ...]
    outlines: Outlines = field(repr=False)

    @property
    def shown(self) -> Shown:
        """What it shows, in words."""
        return SHOWS[self.show]

    @property
    def answer(self) -> str:
        """What it says, in a sentence."""
        return self.found.rate_sentence() if self.show == "rate" else self.found.sentence()

    @property
    def ranked(self) -> list[PublicArea]:
        """Its areas, the highest figure first, those without one last."""

        def place(one: PublicArea) -> tuple[bool, float, str]:
            figure = self.shown.of(one)
            return figure is None, -(figure or 0.0), one.area_id

        return sorted(self.found.areas, key=place)

    def as_geojson(self) -> str:
        """Return the outlines as GeoJSON, each with its figure and class."""
        n_areas, is_rate = len(self.values), bool(self.shown.places)
        return to_geojson(
            self.outlines,
            {
                "count": [None] * n_areas if is_rate else self.values,
                "rate_per_1000": self.values if is_rate else [None] * n_areas,
                "is_small": [False] * n_areas,
                "class": self.class_of,
                "is_synthetic": [self.found.is_synthetic] * n_areas,
            },
        )

    def rows(self) -> pl.DataFrame:
        """Return area_id, name and residents, hours and visible hours of each month and of all, empty where hidden."""
        months = self.found.months
        hours, visible = (
            (*months, "all_months"),
            tuple(f"visible_{month}" for month in (*months, "all_months")),
        )
        return pl.DataFrame(
            [
                {"area_id": one.area_id, "name": one.name, "residents": one.residents}
                | dict(zip(hours, (*one.by_month, one.hours), strict=True))
                | dict(zip(visible, (*one.visible_by_month, one.visible_hours), strict=True))
                | {"visible_per_1000": one.visible_per_1000}
                for one in self.found.areas
            ],
            schema={"area_id": pl.String, "name": pl.String, "residents": pl.Int64}
            | dict.fromkeys((*hours, *visible, "visible_per_1000"), pl.Float64()),
        )


def public_map(workspace: Workspace, by: str, show: str = "time") -> PublicMap | None:
    """Return the map of what was published at a level, publishing nothing; None where nothing was.

    Parameters
    ----------
    workspace, by
        As for `cover_public.published_cover`.
    show
        Of `SHOWS`.

    Raises
    ------
    NothingThere
        If there are no positions, or no outlines of the level.
    """
    found = published_cover(workspace, by)
    if found is None:
        return None
    if show == "rate" and not any(one.residents for one in found.areas):
        show = "visible"
    outlined = outlines(workspace, by)
    figures = {one.area_id: SHOWS[show].of(one) for one in found.areas}
    values = tuple(figures.get(area) for area in outlined.area_ids)
    return PublicMap(found, show, values, *classified(list(values)), outlined)
