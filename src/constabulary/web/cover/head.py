"""What opens every page of cover, and a measure as a page shows it: chart, table, ways to take it away."""

from __future__ import annotations

from dataclasses import dataclass

from constabulary.services.cover.map import CoverMap
from constabulary.services.cover.measure import SYNTHETIC, Measured
from constabulary.services.demand.maps import MOST_CLASSES
from constabulary.web import numbers
from constabulary.web.cover import pictures, tables
from constabulary.web.cover.asked import Asked
from constabulary.web.filters import FilterForm
from constabulary.web.table import Cell, Chart, Table, Way

FORMATS = (("csv", "CSV"), ("parquet", "Parquet"), ("xlsx", "Excel"))


@dataclass(frozen=True)
class Head:
    """What opens a page of cover.

    Parameters
    ----------
    ways
        The way between the pages.
    filters
        The form.
    is_synthetic
        Whether the positions are made up.
    notes
        What a reader must know.
    """

    ways: tuple[Way, ...]
    filters: FilterForm
    is_synthetic: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """One measure as a page shows it.

    Parameters
    ----------
    name, title
        The measure and its heading.
    period, definition
        Which days, what is measured, and what it rests on.
    chart
        Its picture, if it has one.
    table
        Its table.
    is_folded
        Whether the table is opened on demand, as the picture says the same.
    links
        Ways to take it away.
    """

    name: str
    title: str
    period: str
    definition: str
    chart: Chart | None
    table: Table
    is_folded: bool
    links: tuple[Cell, ...]


@dataclass(frozen=True)
class Map:
    """A map as a page shows it.

    Parameters
    ----------
    key
        Tells it from another map of the page.
    title, unit, places
        What it shows, the unit of its figures, and their decimal places.
    src, picture
        Addresses of the areas with their figures (GeoJSON) and of the same as a picture.
    hours, spots
        Addresses of the figures by hour and day, and of the hot spots; empty where it has none.
    alt
        What one sees in it.
    legend
        Class and words of each shade, the lowest first; without words where only the sliders use it.
    """

    key: str
    title: str
    unit: str
    places: int
    src: str
    picture: str
    hours: str
    spots: str
    alt: str
    legend: tuple[tuple[int, str], ...]


def head(asked: Asked, page: str, *measures: Measured) -> Head:
    """Return what opens a page that shows some measures."""
    notes = dict.fromkeys(text for one in measures for text in one.warnings if text != SYNTHETIC)
    return Head(asked.ways(page), asked.form, any(one.is_synthetic for one in measures), tuple(notes))


def period(found: Measured) -> str:
    """Return the days of a measure in words."""
    return f"{numbers.day(found.from_on)} to {numbers.day(found.to_on)}."


def said(found: Measured) -> str:
    """Return what a measure measures and what it rests on."""
    return numbers.readable(f"{found.definition} {found.crediting}")


def block(asked: Asked, found: Measured, title: str = "") -> Block:
    """Return a measure as a page shows it."""
    heading = title or found.title
    drawn, narrow = (pictures.spec(found, width) for width in (pictures.WIDE_PX, pictures.NARROW_PX))
    picture = None
    if drawn is not None and narrow is not None:
        picture = Chart(
            title=heading,
            src=asked.address("cover_chart", found.name, "svg"),
            alt=pictures.alt(found),
            table=None,
            width_px=pictures.WIDE_PX,
            height_px=drawn["height"],
            narrow_src=asked.address("cover_chart", found.name, "svg", width="narrow"),
            narrow_width_px=pictures.NARROW_PX,
            narrow_height_px=narrow["height"],
            is_titled=True,
        )
    links = [
        Cell(text, asked.address("cover_download", found.name, form), f"file of {heading}")
        for form, text in FORMATS
    ]
    if picture is not None:
        links += [
            Cell(form.upper(), asked.address("cover_chart", found.name, form), f"picture of {heading}")
            for form in ("svg", "png")
        ]
    return Block(
        found.name,
        heading,
        period(found),
        said(found),
        picture,
        tables.table_of(found, heading),
        picture is not None and found.name in tables.BY_HOUR,
        tuple(links),
    )


def map_of(asked: Asked, drawn: CoverMap, key: str = "", *, has_slider: bool = True, **more: str) -> Map:
    """Return a map as a page shows it; `more` are words of its addresses in place of the page's own."""
    legend = pictures.legend(drawn)
    if has_slider:
        legend += [(number, "") for number in range(len(legend), MOST_CLASSES)]
    return Map(
        key=key,
        title=f"{pictures.map_title(drawn)}, {period(drawn.measured)}",
        unit=drawn.unit,
        places=drawn.places,
        src=asked.address("cover_areas", **more),
        picture=asked.address("cover_picture", "svg", **more),
        hours=asked.address("cover_hours", **more) if has_slider else "",
        spots=asked.address("cover_spots", **more) if has_slider else "",
        alt=pictures.map_alt(drawn),
        legend=tuple(legend),
    )
