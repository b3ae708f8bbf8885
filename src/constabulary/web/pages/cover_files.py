"""Cover to take away: areas for maps, pictures, and tables as files, each with what must be said of them."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.render import charts, maps, tables
from constabulary.services.cover.figures import measure
from constabulary.services.cover.map import (
    CoverMap,
    cover_map,
    day_json,
    hot_spots_json,
    hours_json,
    side_by_side,
)
from constabulary.services.cover.measure import Measured
from constabulary.services.demand.choices import fingerprint
from constabulary.web import files, pictures
from constabulary.web.cover import pictures as drawings
from constabulary.web.cover.asked import DAYS, TWO_PERIODS, Asked, asking
from constabulary.web.filters import Options
from constabulary.web.page import Request, page
from constabulary.web.pages.cover import OPTIONS
from constabulary.web.pages.cover_measures import HOURS, MINUTES
from constabulary.web.pages.cover_trial import teams


def everything(request: Request) -> Options:
    """Return every list that a page of one measure has."""
    return {**OPTIONS, **HOURS, **MINUTES, **teams(request)}


@page(
    "cover/map/areas.geojson",
    name="cover_areas",
    title="Areas with their time as GeoJSON",
    permission=Permission.SEE_RECORDS,
)
@asking(OPTIONS, TWO_PERIODS, is_file=True)
def areas(request: Request, asked: Asked) -> HttpResponse:
    """Hand out the outlines of a level with their figure and class."""
    return HttpResponse(_map(asked).as_geojson(), content_type="application/geo+json")


@page(
    "cover/map/hours.json",
    name="cover_hours",
    title="Time by hour and day",
    permission=Permission.SEE_RECORDS,
)
@asking(OPTIONS, {**DAYS, "on": "Day"}, is_file=True)
def hours(request: Request, asked: Asked) -> HttpResponse:
    """Hand out the figure of each area by hour of the week and by day, or by hour of one day."""
    level, show, on = asked.of("level"), asked.of("show"), asked.day("on")
    if on is None:
        found = hours_json(request.workspace, level, show, **asked.span)
    else:
        found = day_json(request.workspace, level, show, on)
    return HttpResponse(json.dumps(found, separators=(",", ":")), content_type="application/json")


@page(
    "cover/map/spots.geojson",
    name="cover_spots",
    title="Hot spots as GeoJSON",
    permission=Permission.SEE_RECORDS,
)
@asking(OPTIONS, is_file=True)
def spots(request: Request, asked: Asked) -> HttpResponse:
    """Hand out the hot spots with their visits."""
    return HttpResponse(hot_spots_json(request.workspace, **asked.span), content_type="application/geo+json")


@page(
    "cover/map/picture.<slug:form>",
    name="cover_picture",
    title="Map of cover as a picture",
    permission=Permission.SEE_RECORDS,
)
@asking(OPTIONS, TWO_PERIODS, is_file=True)
def picture(request: Request, asked: Asked, form: str) -> HttpResponse:
    """Hand out the map as a picture."""
    files.known("picture", form, pictures.TYPES)
    mark = fingerprint(request.workspace, "cover map", form, repr(sorted(asked.words.items())))

    def draw() -> bytes:
        svg = drawings.map_svg(_map(asked))
        return svg.encode() if form == "svg" else maps.png(svg)

    return pictures.hand_out(request, form, mark, draw)


@page(
    "cover/chart/<slug:name>.<slug:form>",
    name="cover_chart",
    title="Chart of a measure of cover",
    permission=Permission.SEE_RECORDS,
)
@asking(everything, TWO_PERIODS, is_file=True)
def chart(request: Request, asked: Asked, name: str, form: str) -> HttpResponse:
    """Hand out a chart as a picture."""
    files.known("picture", form, pictures.TYPES)
    width = pictures.width_px(request)
    mark = fingerprint(request.workspace, "cover", name, form, str(width), repr(sorted(asked.words.items())))

    def draw() -> bytes:
        spec = drawings.spec(_measure(asked, name), width)
        if spec is None:
            raise NothingThere(Problem("no_chart", f'"{name}" has no chart.'))
        return charts.draw(spec, form)

    return pictures.hand_out(request, form, mark, draw)


@page(
    "cover/download/<slug:name>.<slug:form>",
    name="cover_download",
    title="Table of a measure of cover as a file",
    permission=Permission.EXPORT_RECORDS,
)
@asking(everything, TWO_PERIODS, is_file=True)
def download(request: Request, asked: Asked, name: str, form: str) -> HttpResponse:
    """Hand out the table of a measure as CSV, Parquet or Excel."""
    files.known("file", form, files.TYPES)
    found = _measure(asked, name)
    said = f"{name}-synthetic" if found.is_synthetic else name
    rows = tables.marked(found.rows, is_synthetic=found.is_synthetic)
    return files.attached(tables.write(rows, form, notes(found)), said, form)


def notes(found: Measured) -> tuple[str, ...]:
    """Return what goes with a measure wherever it is taken."""
    return (
        f"{found.title}. {found.definition}",
        found.answer,
        f"{found.from_on} to {found.to_on}. {found.crediting}",
        *found.warnings,
        found.attribution,
        f"Stamp {found.stamp.id}, constabulary {found.stamp.code}.",
    )


def _measure(asked: Asked, name: str) -> Measured:
    more: dict[str, Any] = {
        "level": asked.words.get("level"),
        "minutes": float(asked.of("minutes")),
        "least_hours": float(asked.of("hours")),
        "team": asked.of("team") or None,
    }
    if name == "trial":
        more["before"], more["after"] = asked.spans()
    return measure(asked.request.workspace, name, **asked.span, **more)


def _map(asked: Asked) -> CoverMap:
    """Return the map asked for, with the classes of another period too where it stands beside one."""
    workspace, level, show = asked.request.workspace, asked.of("level"), asked.of("show")
    drawn = cover_map(workspace, level, show, **asked.span)
    other = asked.request.GET.get("from2"), asked.request.GET.get("to2")
    if not (asked.request.GET.get("beside") and all(other)):
        return drawn
    first, last = asked.day("from2"), asked.day("to2")
    return side_by_side(drawn, cover_map(workspace, level, show, from_on=first, to_on=last))[0]
