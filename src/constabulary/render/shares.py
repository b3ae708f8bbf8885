"""A chart of bars in parts: how many of each row fall short of a band, within it and beyond it."""

from __future__ import annotations

from typing import Any

import polars as pl

from constabulary.render.charts import ACCENT, INK, NARROW_PX, QUIET, rows_of, spec_of

PALE = "#b9c8d6"
"""Least dark of the three parts, the darkest in the middle, so that they differ without colour too."""


def banded(
    frame: pl.DataFrame,
    parts: tuple[tuple[str, str], tuple[str, str], tuple[str, str]],
    *,
    label: str,
    value_title: str,
    width_px: int = 960,
    title: str = "",
    subtitle: str = "",
) -> dict[str, Any]:
    """Return a chart of horizontal bars, each below, in and above a band from left to right, and the number in it.

    Parameters
    ----------
    frame
        The rows, the topmost first.
    parts
        Column and name of what is below, in and above the band; columns hold counts.
    label
        Column of the bars' names.
    value_title
        What the counts are.
    width_px, title, subtitle
        As in `charts.bars`.
    """
    is_narrow = width_px <= NARROW_PX
    names, y, height_px = rows_of(frame[label].cast(pl.String).to_list(), "label", width_px)
    columns, words = zip(*parts, strict=True)
    totals = frame.select(pl.sum_horizontal(columns)).to_series().to_list()
    rows = [
        {"label": name, "part": word, "order": order, "count": row[column], "total": total, "said": said}
        for name, row, total in zip(names, frame.iter_rows(named=True), totals, strict=True)
        for order, (column, word) in enumerate(parts)
        for said in [f"{row[columns[1]]:,} of {total:,}" if order == 1 else ""]
    ]
    scale = {"domain": [0, max([*totals, 0]) * (1.6 if is_narrow else 1.15) or 1], "nice": False}
    axis = {"format": ",d", "tickCount": 3 if is_narrow else 5}
    x = {"type": "quantitative", "title": value_title, "axis": axis, "scale": scale}
    colour = {
        "field": "part",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(words), "range": [PALE, ACCENT, QUIET]},
        "legend": {"columns": 1 if is_narrow else 3},
    }
    bar = {
        "mark": {"type": "bar", "height": 15, "stroke": "white", "strokeWidth": 1},
        "encoding": {"x": {**x, "field": "count"}, "y": y, "color": colour, "order": {"field": "order"}},
    }
    text = {
        "mark": {"type": "text", "align": "left", "dx": 5, "color": INK, "fontSize": 13},
        "encoding": {"x": {**x, "field": "total"}, "y": y, "text": {"field": "said"}},
    }
    return spec_of(rows, width_px, height_px + (66 if is_narrow else 26), [bar, text], title, subtitle)
