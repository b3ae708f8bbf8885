"""Charts on pages: shown in two widths beside their figures, handed out as SVG or PNG, each drawn once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified

from constabulary.core.amounts import several
from constabulary.render import charts
from constabulary.services.demand.maps import MapClass
from constabulary.web.page import Request
from constabulary.web.table import Chart, Table

TYPES = {"svg": "image/svg+xml", "png": "image/png"}
"""The media type of each kind of picture."""
WIDE_PX, NARROW_PX = 1100, 300
"""Widths of a chart: for a page, for a telephone."""
MOST_KEPT = 256
"""Pictures held in memory; one takes some 10 to 100 kB."""


@dataclass(frozen=True)
class Picture:
    """A chart before it is drawn.

    Parameters
    ----------
    title
        What it shows.
    alt
        What one sees in it.
    spec
        Makes the chart (Vega-Lite) for a width (pixels).
    """

    title: str
    alt: str
    spec: Callable[[int], dict[str, Any]]


def legend_of(
    classes: Iterable[MapClass], told: Callable[[float], str], unit: str = ""
) -> list[tuple[int, str]]:
    """Return each class of a map and its words, the lowest first.

    Parameters
    ----------
    classes
        The classes.
    told
        Writes a figure of the map.
    unit
        What follows the highest figure of each.
    """
    return [
        (
            one.number,
            (f"{told(one.least)} to " if one.least != one.most else "")
            + f"{told(one.most)}{unit} ({several(one.n_areas, 'area')})",
        )
        for one in classes
    ]


def chart(drawn: Picture, address: Callable[..., str], table: Table | None = None) -> Chart:
    """Return a chart as a page shows it, laid out for a page and for a telephone.

    Parameters
    ----------
    drawn
        The chart.
    address
        Gives the address that hands it out as SVG; called with ``width="narrow"`` for a telephone's.
    table
        The figures behind it, opened on demand.
    """
    return Chart(
        title=drawn.title,
        src=address(),
        alt=drawn.alt,
        table=table,
        width_px=WIDE_PX,
        height_px=drawn.spec(WIDE_PX)["height"],
        narrow_src=address(width="narrow"),
        narrow_width_px=NARROW_PX,
        narrow_height_px=drawn.spec(NARROW_PX)["height"],
        is_titled=True,
    )


def width_px(request: Request) -> int:
    """Return the width of picture that an address asks for (pixels)."""
    return NARROW_PX if request.GET.get("width") == "narrow" else WIDE_PX


def hand_out(request: Request, form: str, mark: str, draw: Callable[[], bytes]) -> HttpResponse:
    """Return a picture; a browser that holds it is told so, and each is drawn once.

    Parameters
    ----------
    request
        The request.
    form
        Its kind, one of `TYPES`.
    mark
        What the picture depends on besides its address, in a word: another mark, another picture.
    draw
        Draws it.
    """
    tag = f'"{mark}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(_kept.get(f"{request.path} {mark}", draw), content_type=TYPES[form])
    response.headers["ETag"] = tag
    # The browser keeps the picture and asks each time whether it still holds.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def draw(request: Request, drawn: Picture, mark: str) -> HttpResponse:
    """Return a chart as SVG in the width that is asked for.

    Parameters
    ----------
    request
        The request.
    drawn
        The chart.
    mark
        What it depends on besides its address.
    """
    size_px = width_px(request)
    return hand_out(request, "svg", f"{mark} {size_px}", lambda: charts.svg(drawn.spec(size_px)).encode())


class _Kept:
    """Bytes by name; beyond `most`, those longest unused are dropped."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, name: str, make: Callable[[], bytes]) -> bytes:
        with self._lock:
            if name in self._held:
                self._held.move_to_end(name)
                return self._held[name]
        made = make()
        with self._lock:
            self._held[name] = made
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return made


_kept = _Kept(MOST_KEPT)
