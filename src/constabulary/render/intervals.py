"""A chart of figures with the interval that each may lie in."""

from __future__ import annotations

import textwrap
from typing import Any

import polars as pl

from constabulary.render.charts import ACCENT, NARROW_PX, rows_of, spec_of


def intervals(
    frame: pl.DataFrame,
    *,
    label: str,
    value: str,
    half_width: str,
    value_title: str,
    is_share: bool = False,
    width_px: int = 960,
    title: str = "",
    subtitle: str = "",
) -> dict[str, Any]:
    """Return a chart of figures as points with the interval that each may lie in.

    Parameters
    ----------
    frame
        The rows, in order; a row without a figure is left empty.
    label, value, half_width
        Columns of the names, the figures and half the width of their intervals.
    value_title
        What the figure is, with its unit.
    is_share
        True where the figures are shares (0 to 1), to be shown as percentages.
    width_px, title, subtitle
        As in `charts.bars`.
    """
    is_narrow = width_px <= NARROW_PX
    names, y, height_px = rows_of(frame[label].cast(pl.String).to_list(), label, width_px, room_px=14)
    half = pl.col(half_width).fill_null(0)
    rows = frame.with_columns(
        pl.Series(label, names, dtype=pl.String),
        (pl.col(value) - half).alias("_low"),
        (pl.col(value) + half).alias("_high"),
    )
    x = {
        "type": "quantitative",
        "title": textwrap.wrap(value_title, width_px // 12),
        "axis": {"format": ".1%" if is_share else ",~f", "tickCount": 3 if is_narrow else 6},
        "scale": {"zero": False, "nice": True, "padding": 12},
    }
    rule = {"type": "rule", "color": ACCENT, "strokeWidth": 3}
    point = {"type": "point", "filled": True, "size": 90, "color": ACCENT, "opacity": 1}
    layer: list[dict[str, Any]] = [
        {"mark": rule, "encoding": {"x": {**x, "field": "_low"}, "x2": {"field": "_high"}, "y": y}},
        {"mark": point, "encoding": {"x": {**x, "field": value}, "y": y}},
    ]
    return spec_of(rows, width_px, height_px, layer, title, subtitle)
