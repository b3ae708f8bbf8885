"""Charts of lines: several figures over the hours of a week, or one figure against another."""

from __future__ import annotations

from typing import Any

import polars as pl

from constabulary.render.charts import ACCENT, INK, NARROW_PX, SECOND, spec_of

STYLES = ((ACCENT, [1, 0]), (SECOND, [6, 3]), (INK, [2, 2]))
"""Colour and dashes of each line, so that colour is never alone."""


def week_lines(
    lines: dict[str, list[float]],
    *,
    value_title: str,
    width_px: int = 960,
    title: str = "",
) -> dict[str, Any]:
    """Return a chart of figures by half-hour of the week, a stepped line each.

    Parameters
    ----------
    lines
        Name and 336 figures of each line, three at most.
    value_title
        What the figures are, with their unit.
    width_px, title
        As in `charts.bars`.
    """
    frame = pl.DataFrame(
        [
            {"line": name, "hour": slot / 2.0, "value": value}
            for name, values in lines.items()
            for slot, value in enumerate([*values, values[-1]])
        ]
    )
    days = "['Mon','Tue','Wed','Thu','Fri','Sat','Sun',''][datum.value / 24]"
    x = {
        "field": "hour",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, 168], "nice": False},
        "axis": {"values": list(range(0, 169, 24)), "labelExpr": days, "labelAlign": "left"},
    }
    y = {"field": "value", "type": "quantitative", "title": value_title, "scale": {"zero": True}}
    mark = {"type": "line", "interpolate": "step-after", "strokeWidth": 2}
    encoding = {"x": x, "y": y, **_styles("line", list(lines), width_px)}
    return spec_of(frame, width_px, 340, [{"mark": mark, "encoding": encoding}], title)


def frontier(
    frame: pl.DataFrame,
    *,
    x: str,
    x_title: str,
    value: str,
    half_width: str,
    line: str,
    value_title: str,
    width_px: int = 960,
    title: str = "",
    subtitle: str = "",
) -> dict[str, Any]:
    """Return a chart of shares against what they take, a line each, with the interval each may lie in.

    Parameters
    ----------
    frame
        The rows.
    x, value, half_width, line
        Columns of what it takes, the share (0 to 1), half its interval and the name of its line.
    x_title, value_title
        What the two are, with their units.
    width_px, title, subtitle
        As in `charts.bars`.
    """
    half = pl.col(half_width).fill_null(0)
    rows = frame.with_columns((pl.col(value) - half).alias("_low"), (pl.col(value) + half).alias("_high"))
    names = rows[line].unique(maintain_order=True).to_list()
    across = {
        "field": x,
        "type": "quantitative",
        "title": x_title,
        "scale": {"zero": False, "padding": 14},
        "axis": {"tickCount": max(4, width_px // 100)},
    }
    up = {
        "type": "quantitative",
        "title": value_title,
        "axis": {"format": ".0%"},
        "scale": {"zero": False, "padding": 10},
    }
    styles = _styles(line, names, width_px)
    layer: list[dict[str, Any]] = [
        {
            "mark": {"type": "line", "strokeWidth": 2, "point": True},
            "encoding": {"x": across, "y": {**up, "field": value}, **styles},
        },
        {
            "mark": {"type": "rule", "strokeWidth": 2},
            "encoding": {
                "x": across,
                "y": {**up, "field": "_low"},
                "y2": {"field": "_high"},
                "color": styles["color"],
            },
        },
    ]
    return spec_of(rows, width_px, 340, layer, title, subtitle)


def hour_lines(
    frame: pl.DataFrame,
    *,
    hour: str,
    value: str,
    line: str,
    value_title: str,
    width_px: int = 960,
    title: str = "",
    subtitle: str = "",
) -> dict[str, Any]:
    """Return a chart of figures by hour of the day, a line each.

    Parameters
    ----------
    frame
        The rows.
    hour, value, line
        Columns of the hour (0 to 23), the figure and the name of its line, three lines at most.
    value_title
        What the figures are, with their unit.
    width_px, title, subtitle
        As in `charts.bars`.
    """
    names = frame[line].unique(maintain_order=True).to_list()
    across = {
        "field": hour,
        "type": "quantitative",
        "title": "Hour of the day, local time",
        "scale": {"domain": [0, 23], "nice": False},
        "axis": {"values": list(range(0, 24, 6 if width_px <= NARROW_PX else 2))},
    }
    up = {"field": value, "type": "quantitative", "title": value_title, "scale": {"zero": True}}
    mark = {"type": "line", "strokeWidth": 2, "point": {"size": 30}}
    encoding = {"x": across, "y": up, **_styles(line, names, width_px)}
    return spec_of(frame, width_px, 300, [{"mark": mark, "encoding": encoding}], title, subtitle)


def _styles(field: str, names: list[str], width_px: int) -> dict[str, Any]:
    legend = {
        "title": None,
        "orient": "top",
        "labelLimit": width_px,
        "columns": 1 if width_px <= NARROW_PX else 3,
    }
    styles = STYLES[: len(names)]
    return {
        "color": {
            "field": field,
            "type": "nominal",
            "sort": names,
            "scale": {"domain": names, "range": [colour for colour, _ in styles]},
            "legend": legend,
        },
        "strokeDash": {
            "field": field,
            "type": "nominal",
            "sort": names,
            "scale": {"domain": names, "range": [dashes for _, dashes in styles]},
            "legend": legend,
        },
    }
