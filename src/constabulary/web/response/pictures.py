"""Charts of the response pages, drawn from kept results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from constabulary.core.amounts import low
from constabulary.render import charts
from constabulary.render.intervals import intervals
from constabulary.render.lines import frontier, hour_lines
from constabulary.web.pictures import Picture
from constabulary.web.response.figures import brief, find

Result = Mapping[str, Any]
OPTIONS = ("within_target_share", "median_s", "visible_officer_h")
"""Figures of which an appraisal has a chart; the first two of the most urgent grade."""
HOURLY = {
    "within_target_share": "Share reached in time, by hour of the week",
    "queue_mean": "Incidents waiting for a unit, by hour of the week",
    "uncommitted_h": "Unit-hours uncommitted in each hour of the week",
}
"""Figures of which a simulation has a chart by hour of the week."""
SURE = "Point: mean of the runs. Line: the interval that holds the model's true figure 19 times in 20"


def options_picture(result: Result, figure: str, grades: Mapping[str, str]) -> Picture:
    """Return one figure of every option with its interval."""
    urgent = next(iter(grades))
    of = "all" if figure == "visible_officer_h" else urgent
    found = [(option["name"], find(option["figures"], figure, of)) for option in result["options"]]
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
    title = brief(figure) if of == "all" else f"{grades[urgent]} incidents: {low(brief(figure))}"

    def spec(width_px: int) -> dict[str, Any]:
        return intervals(
            frame,
            label="option",
            value="value",
            half_width="half",
            value_title=brief(figure) + (" (minutes)" if unit == "seconds" else ""),
            is_share=unit == "share",
            width_px=width_px,
            title=title,
            subtitle=SURE,
        )

    return Picture(
        title,
        "A point for each option with a line for its interval; the figures stand in the table below.",
        spec,
    )


def week_picture(result: Result, figure: str, grades: Mapping[str, str]) -> Picture | None:
    """Return a figure of a simulation by hour of the week; None where it has none."""
    urgent = next(iter(grades))
    of = urgent if figure == "within_target_share" else "all"
    row = next(
        (
            one
            for one in result["by_hour_of_week"]
            if (one["figure"], one["of"], one["by"]) == (figure, of, "all")
        ),
        None,
    )
    if row is None:
        return None
    is_share = row["unit"] == "share"
    values = [None if value is None else 100 * value if is_share else value for value in row["mean"]]
    title = f"{HOURLY[figure]}: {grades[urgent].lower() if of == urgent else result['scenario']['name']}"
    return week_of(values, "percent" if is_share else row["unit"], title)


def week_of(values: list[float | None], unit: str, title: str) -> Picture:
    """Return a figure by hour of the week."""
    return Picture(
        title,
        "A field for each hour of the week, the darker the higher the figure in it.",
        lambda width_px: charts.hour_of_week(values, value_title=unit, width_px=width_px, title=title),
    )


def bought_picture(result: Result, grade: str) -> Picture:
    """Return what posts buy: the share of the most urgent grade in time against posts added."""
    frame = pl.DataFrame(
        [
            (row["posts_added_fte"], row["within_target_share"], row["within_target_share_half_width"], grade)
            for row in result["rows"]
        ],
        schema={"posts": pl.Float64, "share": pl.Float64, "half": pl.Float64, "line": pl.String},
        orient="row",
    )
    title = f"{grade} incidents reached in time, by posts added"
    return Picture(
        title,
        "The share reached in time against posts added, each with its interval; the figures stand in the table.",
        lambda width_px: frontier(
            frame,
            x="posts",
            x_title="Posts that respond, more or fewer",
            value="share",
            half_width="half",
            line="line",
            value_title="Reached in time",
            width_px=width_px,
            title=title,
            subtitle=SURE,
        ),
    )


def spread_picture(curves: Sequence[Result], place: str, grade: str) -> Picture:
    """Return how long incidents waited for the first unit: the share reached by each minute, records and model."""
    rows = [
        (row[side] / 60.0, row["share"], None, name)
        for side, name in (("observed_s", "Records"), ("simulated_s", "Model"))
        for row in curves
    ]
    frame = pl.DataFrame(
        rows,
        schema={"minutes": pl.Float64, "share": pl.Float64, "half": pl.Float64, "line": pl.String},
        orient="row",
    )
    title = f"{grade} incidents, {place}: share reached by minutes since the call"
    return Picture(
        title,
        "Two rising lines, the records' and the model's; where they lie apart the model is too fast or too slow.",
        lambda width_px: frontier(
            frame,
            x="minutes",
            x_title="Minutes to the first unit at the scene",
            value="share",
            half_width="half",
            line="line",
            value_title="Reached",
            width_px=width_px,
            title=title,
            subtitle="From the fastest 5 to the fastest 95 in 100",
        ),
    )


def hours_picture(rows: Sequence[Result], title: str, value_title: str) -> Picture:
    """Return a figure by hour of the day, in the records and in the model."""
    frame = pl.DataFrame(
        [
            (row["hour"], row[side], name)
            for side, name in (("observed", "Records"), ("simulated", "Model"))
            for row in rows
        ],
        schema={"hour": pl.Int64, "value": pl.Float64, "line": pl.String},
        orient="row",
    )
    return Picture(
        title,
        "Two lines over the hours of the day, the records' and the model's.",
        lambda width_px: hour_lines(
            frame,
            hour="hour",
            value="value",
            line="line",
            value_title=value_title,
            width_px=width_px,
            title=title,
        ),
    )


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale
