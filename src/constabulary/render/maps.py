"""Maps as SVG or PNG: areas shaded by class, with a legend in numbers, the names of a few, and the attribution."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from html import escape
from typing import Any

import shapely
import vl_convert

SHADES = ("#e4edf5", "#a9c6df", "#6c9bc6", "#346a9f", "#12436d")
"""Fill by class, the lowest first; the interactive map uses the same."""
NONE = "#ffffff"
MARK = "#801650"
INK = "#0b0c0c"
FONT = "Arial, Liberation Sans, sans-serif"
MOST_NAMED = 12
"""Names are written on the map where there are no more areas than this."""


def choropleth(
    shapes: Sequence[Any],
    names: Sequence[str],
    class_of: Sequence[int | None],
    values: Sequence[str],
    legend: Sequence[tuple[int, str]],
    *,
    title: str = "",
    subtitle: str = "",
    attribution: str = "",
    width_px: int = 640,
    marks: Sequence[tuple[float, float, str]] = (),
) -> str:
    """Return a map as SVG text, the same for the same areas.

    Parameters
    ----------
    shapes
        Polygons or multi-polygons, longitude and latitude [degrees].
    names, class_of, values
        Of each area: name, class (0 the lowest, None where there is no figure), figure as text.
    legend
        Class and words of each class, the lowest first.
    title, subtitle, attribution
        What stands above and below it.
    width_px
        Width of the picture (pixels).
    marks
        Points to be marked and named: longitude, latitude (degrees) and name.
    """
    west, south, east, north = shapely.total_bounds(list(shapes))
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (width_px - 20) / ((east - west) * squeeze)
    head = [("bold 16px", line) for line in textwrap.wrap(title, int(width_px / 8.6))]
    head += [("13px", line) for line in textwrap.wrap(subtitle, int(width_px / 6.9))]
    top = 20 * len(head) + 12
    bottom = top + (north - south) * scale
    foot = textwrap.wrap(attribution, int(width_px / 5.6))
    height = math.ceil(bottom + 22 + 20 * len(legend) + 15 * len(foot) + 8)

    def point(corner: Any) -> str:
        return f"{10 + (corner[0] - west) * squeeze * scale:.1f},{top + (north - corner[1]) * scale:.1f}"

    drawn = [
        _area(shape, name, number, value, point)
        for shape, name, number, value in zip(shapes, names, class_of, values, strict=True)
    ]
    if len(names) <= MOST_NAMED:
        drawn += [
            _label(shape, name, value, point)
            for shape, name, value in zip(shapes, names, values, strict=True)
        ]
    at = [tuple(float(part) for part in point(mark[:2]).split(",")) for mark in marks]
    drawn += [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{MARK}" stroke="white" stroke-width="2"/>'
        for x, y in at
    ]
    halo = 'text-anchor="start" paint-order="stroke" stroke="white" stroke-width="3"'
    named = [mark[2] for mark in marks]
    drawn += [
        _text(x, y, name, "12px", halo)
        for (x, y), name in zip(_beside(at, named, width_px), named, strict=True)
    ]
    texts = [_text(10, 18 + 20 * no, line, style) for no, (style, line) in enumerate(head)]
    y = bottom + 24
    for number, words in legend:
        texts.append(
            f'<rect x="10" y="{y - 12:.1f}" width="24" height="14" fill="{SHADES[number]}" stroke="{INK}"/>'
        )
        texts.append(_text(42, y, words, "13px"))
        y += 20
    texts += [_text(10, y + 6 + 15 * no, line, "11px") for no, line in enumerate(foot)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_px}" height="{height}" '
        f'viewBox="0 0 {width_px} {height}"><rect width="{width_px}" height="{height}" fill="white"/>'
        + "".join([*drawn, *texts])
        + "</svg>"
    )


def png(svg: str) -> bytes:
    """Return a map as a PNG picture, two pixels to a point."""
    return vl_convert.svg_to_png(svg, scale=2.0)


def _area(shape: Any, name: str, number: int | None, value: str, point: Any) -> str:
    path = "".join(
        "M" + "L".join(point(corner) for corner in ring.coords[:-1]) + "Z"
        for polygon in shapely.get_parts(shape)
        for ring in (polygon.exterior, *polygon.interiors)
    )
    fill = NONE if number is None else SHADES[number]
    return (
        f'<path d="{path}" fill="{fill}" fill-rule="evenodd" stroke="{INK}" stroke-width="0.4">'
        f"<title>{escape(name)}: {escape(value)}</title></path>"
    )


def _label(shape: Any, name: str, value: str, point: Any) -> str:
    x, y = (float(part) for part in point(shape.representative_point().coords[0]).split(","))
    halo = 'text-anchor="middle" stroke="white" stroke-width="4" paint-order="stroke"'
    return _text(x, y - 3, name, "bold 12px", halo) + _text(x, y + 12, value, "12px", halo)


def _beside(at: Sequence[Sequence[float]], names: Sequence[str], width_px: int) -> list[tuple[float, float]]:
    """Return where each mark's name begins: beside it, below or above, clear of marks and other names."""
    boxes = [shapely.box(x - 7, y - 7, x + 7, y + 7) for x, y in at]
    paper = shapely.box(0, 0, width_px, 1e6)
    found = []
    for (x, y), name in zip(at, names, strict=True):
        wide = 6.6 * len(name)
        ways = [(x + 9, y + 4), (x - 9 - wide, y + 4)]
        ways += [(left, base) for base in (y + 18, y - 10) for left in (x - wide / 2, x, x - wide)]
        written = [shapely.box(left, base - 10, left + wide, base + 3) for left, base in ways]
        covered = [
            shapely.area(shapely.intersection(one, boxes)).sum() + shapely.difference(one, paper).area
            for one in written
        ]
        best = min(range(len(ways)), key=covered.__getitem__)
        boxes.append(written[best])
        found.append(ways[best])
    return found


def _text(x: float, y: float, words: str, style: str, more: str = 'text-anchor="start"') -> str:
    weight, _, size = style.rpartition(" ")
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size}" '
        f'font-weight="{weight or "normal"}" fill="{INK}" {more}>{escape(words)}</text>'
    )
