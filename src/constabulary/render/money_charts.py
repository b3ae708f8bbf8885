"""Charts of money: figures by year, steps from one amount to another, swings about a gap, a fan of many draws.

Amounts come in pounds and are drawn in millions or thousands, as `divisor` says.
Each chart says nothing that its data table does not.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from constabulary.render.charts import ACCENT, INK, NARROW_PX, SECOND, rows_of, spec_of

Rows = Sequence[Mapping[str, Any]]
MOST_CHARACTERS = 10
"""Longest label of a bar on a telephone."""


def by_year(rows: Rows, *, value_title: str, width_px: int, title: str, divisor: int) -> dict[str, Any]:
    """Return a chart of lines by year, told apart by dash, shape and label.

    Parameters
    ----------
    rows
        ``year``, ``name`` and ``value`` (pounds) of each point.
    value_title
        What the figure is, with its unit.
    width_px
        Width of the picture (pixels).
    title
        What stands above it.
    divisor
        What the figures are divided by: 1,000,000 draws millions, 1 draws them as they are.
    """
    is_narrow = width_px <= NARROW_PX
    names = list(dict.fromkeys(row["name"] for row in rows))
    scaled = [{**row, "value": row["value"] / divisor} for row in rows]
    values = [row["value"] for row in scaled]
    # Lines far above nought would lie flat; a chart of them says that its scale begins elsewhere.
    is_cut = bool(values) and min(values) > max(values) / 2
    same = {
        "field": "name", "type": "nominal", "title": None, "sort": names,
        "legend": {"columns": 1 if is_narrow else 4} if len(names) > 1 else None,
    }  # fmt: skip
    encoding = {
        "x": {"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": -40 if is_narrow else 0}},
        "y": {
            "field": "value", "type": "quantitative", "title": _lines(value_title, 40),
            "scale": {"zero": not is_cut, "nice": True}, "axis": {"format": ",~f", "tickCount": 5},
        },
        "color": {**same, "scale": {"domain": names, "range": [ACCENT, SECOND, "#28a197", "#3d3d3d"]}},
        "strokeDash": {**same, "scale": {"domain": names}},
        "shape": {**same, "scale": {"domain": names}},
    }  # fmt: skip
    mark = {"type": "line", "point": {"size": 60, "filled": True}}
    layer = [{"mark": mark, "encoding": encoding}]
    subtitle = "The scale does not begin at nought." if is_cut else ""
    return spec_of(scaled, width_px, 280 if is_narrow else 320, layer, title, subtitle)


def steps(
    rows: Rows, *, value_title: str, width_px: int, title: str, divisor: int, about: float | None = None
) -> dict[str, Any]:
    """Return bars from one amount to another, one below the other: a bridge, or swings about a gap.

    Parameters
    ----------
    rows
        ``name``, ``start`` and ``end`` (pounds), ``kind`` ("whole", "better", "worse" or "swing") and ``label`` of
        each bar.
    value_title
        What the amounts are, with their unit.
    width_px
        Width of the picture (pixels).
    title
        What stands above it.
    divisor
        See `by_year`.
    about
        An amount (pounds) that the bars lie about, drawn as an upright line; without one they start from nought.
    """
    is_narrow = width_px <= NARROW_PX
    names, y, height_px = rows_of([str(row["name"]) for row in rows], "name", width_px)
    values = [
        {
            **row, "name": name, "start": row["start"] / divisor, "end": row["end"] / divisor,
            # A telephone has no room for long labels; the figures stand in the data table.
            "label": "" if is_narrow and len(str(row["label"])) > MOST_CHARACTERS else row["label"],
            "right": max(row["start"], row["end"]) / divisor,
        }
        for row, name in zip(rows, names, strict=True)
    ]  # fmt: skip
    ends = [value for row in values for value in (row["start"], row["end"])]
    centre = 0.0 if about is None else about / divisor
    low, high = min([centre, *ends]), max([centre, *ends])
    low -= 0 if about is None else (high - low) * 0.04
    room = (high - low or 1) * (0.42 if is_narrow else 0.18)
    x = {
        "field": "start", "type": "quantitative", "title": _lines(value_title, width_px // 12),
        "axis": {"format": ",~f", "tickCount": 3 if is_narrow else 6},
        "scale": {"domain": [low, high + room], "nice": False},
    }  # fmt: skip
    colour = {
        "field": "kind", "type": "nominal", "legend": None,
        "scale": {"domain": ["whole", "better", "worse", "swing"], "range": ["#3d3d3d", ACCENT, SECOND, ACCENT]},
    }  # fmt: skip
    layer: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "height": 16},
            "encoding": {"x": x, "x2": {"field": "end"}, "y": y, "color": colour},
        },
        {
            "mark": {"type": "text", "align": "left", "dx": 5, "color": INK, "fontSize": 13},
            "encoding": {"x": {**x, "field": "right"}, "y": y, "text": {"field": "label", "type": "nominal"}},
        },
    ]
    if about is not None:
        rule = {
            "mark": {"type": "rule", "color": SECOND, "strokeDash": [5, 3]},
            "encoding": {"x": {"datum": centre}},
        }
        layer.append(rule)
    return spec_of(values, width_px, height_px, layer, title)


def fan(rows: Rows, *, value_title: str, width_px: int, title: str, divisor: int) -> dict[str, Any]:
    """Return bands about a middle line by year.

    Parameters
    ----------
    rows
        ``year``, ``low``, ``lower``, ``middle``, ``upper``, ``high`` and ``planned`` (pounds) of each year.
    value_title, width_px, title, divisor
        See `by_year`.
    """
    is_narrow = width_px <= NARROW_PX
    numbers = ("low", "lower", "middle", "upper", "high", "planned")
    values = [{**row, **{name: row[name] / divisor for name in numbers}} for row in rows]
    x = {"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": -40 if is_narrow else 0}}
    axis = {"format": ",~f", "tickCount": 5}
    titled = {"type": "quantitative", "title": _lines(value_title, 40), "axis": axis, "scale": {"zero": True}}

    def band(low: str, high: str, opacity: float) -> dict[str, Any]:
        mark = {"type": "area", "color": ACCENT, "opacity": opacity, "interpolate": "linear"}
        return {"mark": mark, "encoding": {"x": x, "y": {**titled, "field": low}, "y2": {"field": high}}}

    def line(field: str, dash: list[int], colour: str) -> dict[str, Any]:
        mark = {"type": "line", "color": colour, "strokeDash": dash, "point": {"size": 50, "color": colour}}
        return {"mark": mark, "encoding": {"x": x, "y": {**titled, "field": field}}}

    layer = [
        band("low", "high", 0.18),
        band("lower", "upper", 0.32),
        line("middle", [1, 0], ACCENT),
        line("planned", [6, 4], SECOND),
    ]
    return spec_of(values, width_px, 280 if is_narrow else 340, layer, title)


def _lines(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, 12))
