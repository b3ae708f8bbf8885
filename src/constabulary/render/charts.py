"""Charts as SVG or PNG, drawn by Vega-Lite without a browser or a network.

Each function takes a frame and the words of its axes, so a chart says nothing its data table does not. One accent
colour; a second series is told apart by its dash and its label, never by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
import vl_convert

ACCENT = "#12436d"
SECOND = "#a34f00"
PALE = "#cfdbe6"
INK = "#0b0c0c"
GRID = "#dddddd"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

CONFIG: dict[str, Any] = {
    "background": "white",
    "font": "Arial, Liberation Sans, sans-serif",
    "axis": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": GRID,
        "domainColor": INK,
        "tickColor": INK,
        "labelLimit": 260,
    },
    "legend": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": INK,
    },
    "view": {"stroke": None},
}


def bars(
    frame: pl.DataFrame, *, label: str, value: str, value_title: str, width_px: int = 640
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
    width_px
        Width of the plot (pixels).
    """
    names = frame[label].cast(pl.String).to_list()
    x = {
        "field": value,
        "type": "quantitative",
        "title": value_title,
        "axis": {"format": ",~f", "tickCount": 5},
    }
    y = {"field": label, "type": "nominal", "sort": names, "title": None}
    return _spec(
        frame,
        width_px,
        24 * max(len(names), 1),
        layer=[
            {"mark": {"type": "bar", "color": ACCENT, "height": 16}, "encoding": {"x": x, "y": y}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "color": INK, "fontSize": 13},
                "encoding": {
                    "x": x,
                    "y": y,
                    "text": {
                        "field": value,
                        "type": "quantitative",
                        "format": ",d" if frame[value].dtype.is_integer() else ",.1~f",
                    },
                },
            },
        ],
    )


def months(
    frame: pl.DataFrame,
    *,
    month: str,
    value: str,
    value_title: str,
    series: str | None = None,
    width_px: int = 640,
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
    width_px
        Width of the plot (pixels).
    """
    encoding: dict[str, Any] = {
        "x": {
            "field": month,
            "type": "temporal",
            "timeUnit": "utcyearmonth",
            "title": None,
            "axis": {"format": "%b %Y", "labelAngle": -40},
        },
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
        palette = (ACCENT, SECOND, "#28a197", "#3d3d3d", "#801650", "#5694ca")
        same = {"field": series, "type": "nominal", "title": None, "sort": names}
        colours = [palette[no % len(palette)] for no in range(len(names))]
        encoding["color"] = {**same, "scale": {"domain": names, "range": colours}}
        encoding["strokeDash"] = {**same, "scale": {"domain": names}}
        encoding["shape"] = {**same, "scale": {"domain": names}}
        del mark["color"]
    return _spec(frame, width_px, 260, layer=[{"mark": mark, "encoding": encoding}])


def hour_of_week(values: Sequence[float | None], *, value_title: str, width_px: int = 640) -> dict[str, Any]:
    """Return a heat map of the hours of the week, days down, hours across.

    Parameters
    ----------
    values
        168 means per hour, from Monday 00:00; None where no such hour was covered.
    value_title
        What the figure is, with its unit.
    width_px
        Width of the plot (pixels).

    Raises
    ------
    ValueError
        If there are not 168 values.
    """
    if len(values) != 168:
        raise ValueError(f"A week has 168 hours; {len(values)} values were given.")
    frame = pl.DataFrame(
        {
            "day": [DAYS[no // 24] for no in range(168)],
            "hour": [no % 24 for no in range(168)],
            "value": list(values),
        },
        schema_overrides={"value": pl.Float64},
    )
    encoding = {
        "x": {
            "field": "hour",
            "type": "ordinal",
            "title": "Hour of the day, local time",
            "axis": {"labelAngle": 0},
        },
        "y": {"field": "day", "type": "ordinal", "sort": list(DAYS), "title": None},
        "color": {
            "field": "value",
            "type": "quantitative",
            "title": value_title,
            "scale": {"range": ["#f3f6f9", ACCENT], "zero": True},
        },
    }
    return _spec(
        frame, width_px, 190, layer=[{"mark": {"type": "rect", "stroke": "white"}, "encoding": encoding}]
    )


def svg(spec: dict[str, Any]) -> str:
    """Return a chart as SVG text, the same for the same data."""
    return vl_convert.vegalite_to_svg(spec)


def png(spec: dict[str, Any], scale: float = 2.0) -> bytes:
    """Return a chart as a PNG picture, `scale` pixels to a point."""
    return vl_convert.vegalite_to_png(spec, scale=scale)


def _spec(frame: pl.DataFrame, width_px: int, height_px: int, layer: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width_px,
        "height": height_px,
        "config": CONFIG,
        "data": {
            "values": [
                {key: _plain(cell) for key, cell in row.items()} for row in frame.iter_rows(named=True)
            ]
        },
        "layer": layer,
    }


def _plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, (date, datetime)) else cell
