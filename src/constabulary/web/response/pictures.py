"""Charts of the response pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from constabulary.render import charts
from constabulary.render.intervals import intervals
from constabulary.web.response.figures import brief, find

WIDE_PX, NARROW_PX = 1100, 300
Result = Mapping[str, Any]


def options_chart(result: Result, figure: str, grade: str, title: str, width_px: int) -> dict[str, Any]:
    """Return one figure of every option with its interval."""
    found = [(option["name"], find(option["figures"], figure, grade)) for option in result["options"]]
    unit = found[0][1]["unit"]
    scale = 1.0 / 60.0 if unit == "seconds" else 1.0
    frame = pl.DataFrame(
        {
            "option": [name for name, _ in found],
            "value": [_scaled(row["mean"], scale) for _, row in found],
            "half": [_scaled(row["half_width"], scale) for _, row in found],
        },
        schema={"option": pl.String, "value": pl.Float64, "half": pl.Float64},
    )
    return intervals(
        frame,
        label="option",
        value="value",
        half_width="half",
        value_title=brief(figure) + (" (minutes)" if unit == "seconds" else ""),
        is_share=unit == "share",
        width_px=width_px,
        title=title,
        subtitle="Point: mean of the runs. Line: the interval that holds the model's true figure 19 times in 20",
    )


def week_chart(values: list[float | None], value_title: str, title: str, width_px: int) -> dict[str, Any]:
    """Return a figure by hour of the week."""
    return charts.hour_of_week(values, value_title=value_title, width_px=width_px, title=title)


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale
