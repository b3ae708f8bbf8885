"""Charts as SVG or PNG, drawn by Vega-Lite without a browser or a network.

Each function takes a frame and the words of its axes, so a chart says nothing its data table does not. One accent
colour; a second series is told apart by its dash, shape and label, never by colour alone. Widths and heights are those
of the whole picture, so that a page can keep its place before it arrives.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
import vl_convert

ACCENT = "#12436d"
SECOND = "#a34f00"
INK = "#0b0c0c"
QUIET = "#484949"
GRID = "#dddddd"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NARROW_PX = 400
"""Pictures up to this width are laid out for a telephone."""
_PALETTE = (ACCENT, SECOND, "#28a197", "#3d3d3d", "#801650", "#5694ca")

_TEXTS = {
    "labelFontSize": 13,
    "titleFontSize": 13,
    "titleFontWeight": "normal",
    "labelColor": INK,
    "titleColor": INK,
}
CONFIG: dict[str, Any] = {
    "background": "white",
    "font": "Arial, Liberation Sans, sans-serif",
    "axis": {**_TEXTS, "gridColor": GRID, "domainColor": INK, "tickColor": INK, "labelLimit": 340},
    "legend": {**_TEXTS, "orient": "top", "symbolSize": 90, "symbolStrokeWidth": 2, "labelLimit": 280},
    "title": {
        "anchor": "start",
        "frame": "bounds",
        "fontSize": 16,
        "fontWeight": "bold",
        "color": INK,
        "subtitleFontSize": 13,
        "subtitleColor": QUIET,
        "subtitlePadding": 4,
        "offset": 10,
        "lineHeight": 20,
        "subtitleLineHeight": 17,
    },
    "view": {"stroke": None},
}


def bars(
    frame: pl.DataFrame,
    *,
    label: str,
    value: str,
    value_title: str,
    mark: str | None = None,
    is_share: bool = False,
    width_px: int = 960,
    title: str = "",
    subtitle: str = "",
) -> dict[str, Any]:
    """Return a chart of horizontal bars in the order of the rows, each with its value.

    Parameters
    ----------
    frame
        The rows.
    label, value
        Columns of the bars' names and lengths.
    value_title
        What the length is, with its unit.
    mark
        Column of a second figure, drawn as an upright line across the bar; None for none.
    is_share
        True where the figures are shares (0 to 1), to be shown as percentages.
    width_px
        Width of the picture (pixels).
    title, subtitle
        What stands above it.
    """
    is_narrow = width_px <= NARROW_PX
    names, y, height_px = rows_of(frame[label].cast(pl.String).to_list(), label, width_px)
    rows = frame.with_columns(pl.Series(label, names, dtype=pl.String))
    largest = max(
        [0.0, *(float(cell) for column in (value, mark) if column for cell in frame[column] if cell)]
    )
    x = {
        "field": value,
        "type": "quantitative",
        "title": textwrap.wrap(value_title, width_px // 12),
        "axis": {"format": ".0%" if is_share else ",~f", "tickCount": 3 if is_narrow else 5},
        # Room on the right for the value written at the end of the longest bar.
        "scale": {"domain": [0, largest * (1.35 if is_narrow else 1.1) or 1], "nice": False},
    }
    exact = ",d" if frame[value].dtype.is_integer() else ",.1f"
    text = {"field": value, "type": "quantitative", "format": ".1%" if is_share else exact}
    end = {"type": "text", "align": "left", "dx": 5, "color": INK, "fontSize": 13}
    layer: list[dict[str, Any]] = [
        {"mark": {"type": "bar", "color": ACCENT, "height": 15}, "encoding": {"x": x, "y": y}},
        {"mark": end, "encoding": {"x": x, "y": y, "text": text}},
    ]
    if mark:
        upright = {
            "type": "tick",
            "color": SECOND,
            "opacity": 1,
            "stroke": "white",
            "thickness": 5,
            "size": 22,
        }
        layer.insert(1, {"mark": upright, "encoding": {"x": {**x, "field": mark}, "y": y}})
        # The value moves past the upright line where that is the longer of the two.
        furthest = pl.max_horizontal(pl.col(value), pl.col(mark).fill_null(0))
        rows = rows.with_columns(furthest.alias("_end"))
        layer[2]["encoding"] = {"x": {**x, "field": "_end"}, "y": y, "text": text}
    return spec_of(rows, width_px, height_px, layer, title, subtitle)


def months(
    frame: pl.DataFrame,
    *,
    month: str,
    value: str,
    value_title: str,
    series: str | None = None,
    width_px: int = 960,
    title: str = "",
    subtitle: str = "",
) -> dict[str, Any]:
    """Return a chart of monthly figures as points joined by lines; a missing month breaks the line.

    Parameters
    ----------
    frame
        One row a month and series; an empty value is a missing month.
    month, value
        Columns of the month (date) and the figure.
    value_title
        What the figure is, with its unit.
    series
        Column that tells the lines apart, or None for one line.
    width_px, title, subtitle
        As in `bars`.
    """
    is_narrow = width_px <= NARROW_PX
    n_months = frame[month].n_unique()
    axis: dict[str, Any] = {"format": "%b %Y", "labelAngle": -40, "labelOverlap": True, "labelFlush": False}
    if n_months <= 18 and not is_narrow:
        axis["tickCount"] = "month"
    encoding: dict[str, Any] = {
        "x": {"field": month, "type": "temporal", "timeUnit": "utcyearmonth", "title": None, "axis": axis},
        "y": {
            "field": value,
            "type": "quantitative",
            "title": value_title,
            "axis": {"format": ",~f", "tickCount": 5},
            "scale": {"zero": True},
        },
    }
    mark: dict[str, Any] = {
        "type": "line",
        "point": {"size": 45, "filled": True},
        "invalid": "break-paths-show-domains",
        "color": ACCENT,
    }
    if series is not None:
        names = frame[series].cast(pl.String).unique(maintain_order=True).to_list()
        legend = {"columns": 2 if is_narrow else 4}
        same = {"field": series, "type": "nominal", "title": None, "sort": names, "legend": legend}
        colours = [_PALETTE[no % len(_PALETTE)] for no in range(len(names))]
        encoding["color"] = {**same, "scale": {"domain": names, "range": colours}}
        encoding["strokeDash"] = {**same, "scale": {"domain": names}}
        encoding["shape"] = {**same, "scale": {"domain": names}}
        del mark["color"]
    height = 300 if is_narrow else 360
    return spec_of(frame, width_px, height, [{"mark": mark, "encoding": encoding}], title, subtitle)


def hour_of_week(
    values: Sequence[float | None],
    *,
    value_title: str,
    width_px: int = 960,
    title: str = "",
    subtitle: str = "",
) -> dict[str, Any]:
    """Return a heat map of the hours of the week with the figure in each field.

    Days go down and hours across; on a narrow picture hours go down and days across.

    Parameters
    ----------
    values
        168 means per hour, from Monday 00:00; None where no such hour was covered.
    value_title
        What the figure is, with its unit; it stands at the hours' axis.
    width_px, title, subtitle
        As in `bars`.

    Raises
    ------
    ValueError
        If there are not 168 values.
    """
    if len(values) != 168:
        raise ValueError(f"A week has 168 hours; {len(values)} values were given.")
    is_narrow = width_px <= NARROW_PX
    frame = pl.DataFrame(
        {
            "day": [DAYS[no // 24] for no in range(168)],
            "hour": [no % 24 for no in range(168)],
            "value": list(values),
        },
        schema_overrides={"value": pl.Float64},
    )
    largest = max((value for value in values if value is not None), default=1.0) or 1.0
    across, down = ("x", "y") if not is_narrow else ("y", "x")
    in_fields = f"In each field: {value_title}"
    hour_title = f"Hour of the day, local time. {in_fields}"
    place = {
        across: {
            "field": "hour",
            "type": "ordinal",
            "title": "Hour" if is_narrow else hour_title,
            "axis": {"labelAngle": 0},
        },
        down: {
            "field": "day",
            "type": "ordinal",
            "sort": list(DAYS),
            "title": textwrap.wrap(in_fields, 40) if is_narrow else None,
            "axis": {"labelAngle": 0},
        },
    }
    shade = {
        "field": "value",
        "type": "quantitative",
        "legend": None,
        "scale": {"range": ["#f3f6f9", ACCENT], "domain": [0, largest]},
    }
    ink = {"condition": {"test": f"datum.value > {largest * 0.68}", "value": "white"}, "value": INK}
    number = {"field": "value", "type": "quantitative", "format": ",.0f" if largest >= 100 else ",.1f"}
    layer: list[dict[str, Any]] = [
        {"mark": {"type": "rect", "stroke": "white"}, "encoding": {**place, "color": shade}},
        {"mark": {"type": "text", "fontSize": 12}, "encoding": {**place, "text": number, "color": ink}},
    ]
    return spec_of(frame, width_px, 620 if is_narrow else 300, layer, title, subtitle)


def draw(spec: dict[str, Any], form: str) -> bytes:
    """Return a chart as the bytes of a file, `form` being svg or png."""
    return png(spec) if form == "png" else svg(spec).encode()


def svg(spec: dict[str, Any]) -> str:
    """Return a chart as SVG text, the same for the same data."""
    return vl_convert.vegalite_to_svg(spec)


def png(spec: dict[str, Any]) -> bytes:
    """Return a chart as a PNG picture, two pixels to a point."""
    return vl_convert.vegalite_to_png(spec, scale=2.0)


def rows_of(
    names: Sequence[str], field: str, width_px: int, room_px: int = 8
) -> tuple[list[str], dict[str, Any], int]:
    """Return what a chart of named rows needs: the names broken into lines, its upright axis, its height (pixels).

    Parameters
    ----------
    names
        The rows from the top.
    field
        The field of the chart that holds the broken names.
    width_px
        Width of the picture (pixels).
    room_px
        Room between two rows (pixels).
    """
    broken = ["\n".join(textwrap.wrap(name, 18 if width_px <= NARROW_PX else 46)) for name in names]
    most_lines = max((name.count("\n") + 1 for name in broken), default=1)
    axis = {"labelExpr": "split(datum.label, '\\n')"}
    y = {"field": field, "type": "nominal", "sort": broken, "title": None, "axis": axis}
    return broken, y, (room_px + 16 * most_lines) * max(len(names), 1) + 62


def spec_of(
    rows: pl.DataFrame | Sequence[Mapping[str, Any]],
    width_px: int,
    height_px: int,
    layer: list[dict[str, Any]],
    title: str,
    subtitle: str = "",
) -> dict[str, Any]:
    """Return a chart of layers over rows.

    Parameters
    ----------
    rows
        The rows.
    width_px, height_px
        Size of the picture without the lines of title and subtitle, which are added to its height (pixels).
    layer
        Its layers (Vega-Lite).
    title, subtitle
        What stands above it.
    """
    values = rows.iter_rows(named=True) if isinstance(rows, pl.DataFrame) else rows
    lines = textwrap.wrap(title, max(20, int(width_px / 8.6)))
    below = textwrap.wrap(subtitle, max(20, int(width_px / 6.9)))
    above = {"title": {"text": lines, "subtitle": below}} if lines or below else {}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        **above,
        "width": width_px,
        "height": height_px + 20 * len(lines) + 17 * len(below) + (14 if above else 0),
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 2,
        "config": CONFIG,
        "data": {"values": [{key: _plain(cell) for key, cell in row.items()} for row in values]},
        "layer": layer,
    }


def _plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, (date, datetime)) else cell
