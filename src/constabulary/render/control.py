"""The XmR chart and the line of rolling figures, as pictures for pages and papers.

Signals are told by shape and words first, colour last: up or down for the way they point, with a legend in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from constabulary.render.charts import ACCENT, INK, NARROW_PX, QUIET, SECOND, spec_of

COMMON = "Common cause"
BARE = "Figure"
FINDINGS = (
    (BARE, "circle", "#6b6b6b"),
    (COMMON, "circle", "#6b6b6b"),
    ("Improving, higher", "triangle-up", "#0072b2"),
    ("Improving, lower", "triangle-down", "#0072b2"),
    ("Of concern, higher", "triangle-up", "#c34a00"),
    ("Of concern, lower", "triangle-down", "#c34a00"),
    ("Higher", "triangle-up", "#490092"),
    ("Lower", "triangle-down", "#490092"),
)
"""What a point may be, in words, with its shape and colour."""


def finding(signal: str | None, side: str | None, direction: str | None) -> str:
    """Return what a point is, in words.

    Parameters
    ----------
    signal, side, direction
        As in `performance.Point`.

    Examples
    --------
    >>> finding("shift", "low", "good"), finding(None, None, None)
    ('Improving, lower', 'Common cause')
    """
    if signal is None:
        return COMMON
    way = "higher" if side == "high" else "lower"
    return {"good": f"Improving, {way}", "bad": f"Of concern, {way}"}.get(direction or "", way.capitalize())


def xmr(
    rows: Sequence[dict[str, Any]],
    *,
    value_title: str,
    target: float | None = None,
    is_share: bool = False,
    width_px: int = 960,
    title: str = "",
    subtitle: str = "",
) -> dict[str, Any]:
    """Return an XmR chart: figures with their signals, mean and limits, the target, the same month last year.

    Parameters
    ----------
    rows
        One a period: period, value, mean, lower, upper, signal, side, direction, last_year; a missing figure breaks
        the line.
    value_title
        What the figure is, with its unit.
    target
        What should be reached [unit of the figures].
    is_share
        True where figures are shares, to be shown as percentages.
    width_px, title, subtitle
        As in `charts.bars`.
    """
    is_narrow = width_px <= NARROW_PX
    steps = [no for no, row in enumerate(rows) if no and row["mean"] != rows[no - 1]["mean"]]
    frame = pl.DataFrame(
        {
            "period": [row["period"] for row in rows],
            **{
                name: pl.Series([row[name] for row in rows], dtype=pl.Float64)
                for name in ("value", "mean", "lower", "upper", "last_year")
            },
            "finding": [
                None
                if row["value"] is None
                else BARE
                if row["mean"] is None
                else finding(row["signal"], row["side"], row["direction"])
                for row in rows
            ],
            "stretch": [sum(step <= no for step in steps) for no in range(len(rows))],
            "target": pl.Series([target] * len(rows), dtype=pl.Float64),
        }
    )
    x = _periods(frame, is_narrow=is_narrow)
    y = {
        "type": "quantitative",
        "title": value_title,
        "axis": {"format": ".1%" if is_share else ",~f", "tickCount": 5},
        "scale": {"zero": False, "nice": True},
    }
    line = {"type": "line", "invalid": "break-paths-show-domains"}
    shown = [one for one in FINDINGS if one[0] in frame["finding"].drop_nulls().unique().to_list()]
    legend = {"columns": 2 if is_narrow else 4}
    by_finding = {"field": "finding", "type": "nominal", "title": None, "legend": legend}
    names, shapes, colours = (list(part) for part in zip(*shown, strict=True)) if shown else ([], [], [])
    layer: list[dict[str, Any]] = [
        _line({**line, "color": QUIET, "strokeDash": [6, 4]}, x, y, "upper"),
        _line({**line, "color": QUIET, "strokeDash": [6, 4]}, x, y, "lower"),
        _line({**line, "color": INK, "strokeWidth": 1.2}, x, y, "mean"),
        {
            "mark": {**line, "color": QUIET, "strokeDash": [1, 3], "strokeWidth": 1.5},
            "encoding": {"x": x, "y": {**y, "field": "last_year"}},
        },
        {"mark": {**line, "color": ACCENT}, "encoding": {"x": x, "y": {**y, "field": "value"}}},
    ]
    if target is not None:
        mark = {"type": "line", "color": SECOND, "strokeDash": [10, 3, 2, 3]}
        layer.insert(3, {"mark": mark, "encoding": {"x": x, "y": {**y, "field": "target"}}})
    layer.append(
        {
            "transform": [{"filter": "datum.value != null"}],
            "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
            "encoding": {
                "x": x,
                "y": {**y, "field": "value"},
                "shape": {**by_finding, "scale": {"domain": names, "range": shapes}},
                "color": {**by_finding, "scale": {"domain": names, "range": colours}},
            },
        }
    )
    return spec_of(frame, width_px, 320 if is_narrow else 380, layer, title, subtitle)


def rolling(
    rows: Sequence[dict[str, Any]],
    *,
    value_title: str,
    is_share: bool = False,
    width_px: int = 960,
    title: str = "",
    subtitle: str = "",
) -> dict[str, Any]:
    """Return the line of rolling twelve-month figures, without limits: none can be drawn for them.

    Parameters
    ----------
    rows
        One a period: period and rolling_12.
    value_title, is_share, width_px, title, subtitle
        As in `xmr`.
    """
    is_narrow = width_px <= NARROW_PX
    frame = pl.DataFrame(
        {
            "period": [row["period"] for row in rows],
            "rolling_12": pl.Series([row["rolling_12"] for row in rows], dtype=pl.Float64),
        }
    )
    encoding = {
        "x": _periods(frame, is_narrow=is_narrow),
        "y": {
            "field": "rolling_12",
            "type": "quantitative",
            "title": value_title,
            "axis": {"format": ".1%" if is_share else ",~f", "tickCount": 4},
            "scale": {"zero": False, "nice": True},
        },
    }
    mark = {
        "type": "line",
        "color": ACCENT,
        "point": {"size": 30, "filled": True},
        "invalid": "break-paths-show-domains",
    }
    layer = [{"mark": mark, "encoding": encoding}]
    return spec_of(frame, width_px, 240 if is_narrow else 220, layer, title, subtitle)


def _periods(frame: pl.DataFrame, *, is_narrow: bool) -> dict[str, Any]:
    axis = {"labelAngle": -40, "labelOverlap": "greedy" if is_narrow else True, "labelSeparation": 4}
    return {
        "field": "period",
        "type": "ordinal",
        "sort": frame["period"].to_list(),
        "title": None,
        "axis": axis,
    }


def _line(mark: dict[str, Any], x: dict[str, Any], y: dict[str, Any], field: str) -> dict[str, Any]:
    """Return a line that breaks where a new stretch of limits begins."""
    return {
        "mark": mark,
        "encoding": {"x": x, "y": {**y, "field": field}, "detail": {"field": "stretch", "type": "nominal"}},
    }
