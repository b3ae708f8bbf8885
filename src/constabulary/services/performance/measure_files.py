"""Charts and tables of measures to be taken into papers: SVG, PNG, CSV, Parquet, Excel."""

from __future__ import annotations

import re
from calendar import month_abbr
from typing import Any

import polars as pl

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.performance.measure import UNITS
from constabulary.render import charts, control, tables
from constabulary.services.performance.measure_reports import MeasureReport
from constabulary.services.performance.measure_summary import Summary

PICTURES = ("svg", "png")
FORMATS = (*PICTURES, *tables.FORMATS)
"""What a measure can be written as."""
SHOWS = ("xmr", "rolling_12")
"""The two pictures of a measure."""
_MONTH = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])\b(?!-)")
_KINDS = {
    "period": pl.String,
    "signal": pl.String,
    "side": pl.String,
    "direction": pl.String,
}


def file_of(found: MeasureReport, form: str, show: str = "xmr", width_px: int = 960) -> bytes:
    """Return the chart or table of a measure as the bytes of a file.

    Parameters
    ----------
    found
        The measure.
    form
        One of `FORMATS`.
    show
        Of a picture: one of `SHOWS`.
    width_px
        Of a picture: its width (pixels).

    Raises
    ------
    BadInput
        If the format is none of ours.
    NothingThere
        If there is nothing to draw.
    """
    if form in PICTURES:
        spec = picture(found, show, width_px)
        return charts.draw(spec, form)
    if form not in FORMATS:
        raise BadInput(
            Problem(
                "no_such_format", f'"{form}" is no format of ours.', value=form, expected=", ".join(FORMATS)
            )
        )
    return tables.write(frame_of(found), form, notes(found))


def picture(found: MeasureReport, show: str = "xmr", width_px: int = 960) -> dict[str, Any]:
    """Return a picture of a measure (Vega-Lite); see `file_of`."""
    rows = [
        row
        | {"period": _worded(found, row["period"])}
        | {name: None if row[name] is None else found.within(row[name]) for name in ("lower", "upper")}
        for row in found.rows()[found.first :]
    ]
    if not rows:
        raise NothingThere(
            Problem("nothing_to_draw", f"{found.name} has no figures to draw.", value=found.name)
        )
    made_up = "Synthetic records: made up, not real. " if found.is_synthetic else ""
    title = found.known.measure.title
    unit = UNITS[found.unit]
    is_share = found.unit in ("share", "change")
    if show == "rolling_12":
        subtitle = f"{made_up}Twelve months to each month; a line without limits.{_said(found)}"
        return control.rolling(
            rows,
            value_title="per cent" if is_share else unit,
            is_share=is_share,
            width_px=width_px,
            title=f"{title}: rolling twelve months",
            subtitle=subtitle,
        )
    return control.xmr(
        rows,
        value_title="per cent" if is_share else unit,
        target=found.target if found.chart and found.chart.target is not None else None,
        is_share=is_share,
        width_px=width_px,
        title=title,
        subtitle=made_up + _key(found) + _said(found),
    )


def frame_of(found: MeasureReport) -> pl.DataFrame:
    """Return what a chart shows as a table, one row a period, with a column that says whether records are made up."""
    rows = found.rows()
    names = (
        "period", "value", "numerator", "denominator", "mean", "lower", "upper", "signal", "side", "direction",
        "rolling_12", "last_year",
    )  # fmt: skip
    columns = {
        name: pl.Series([row[name] for row in rows], dtype=_KINDS.get(name, pl.Float64)) for name in names
    }
    said: dict[str, list[str]] = {}
    for one in found.said.commentary:
        said.setdefault(one.period, []).append(one.text)
    commentary = [" ".join(said.get(row["period"], ())) or None for row in rows]
    return pl.DataFrame(columns).with_columns(
        commentary=pl.Series(commentary, dtype=pl.String), is_synthetic=pl.lit(value=found.is_synthetic)
    )


def summary_frame(found: Summary) -> pl.DataFrame:
    """Return the summary as a table, one row a measure."""
    rows = []
    for one in found.reports:
        brief: dict[str, Any] = {**one.brief()}
        latest = brief.pop("latest") or {}
        said = " ".join(f"{each['period']}: {each['text']}" for each in brief.pop("commentary"))
        rows.append(
            {
                **brief,
                "latest_period": latest.get("period"),
                "latest_value": latest.get("value"),
                "commentary": said,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def notes(found: MeasureReport) -> tuple[str, ...]:
    """Return what goes with a measure wherever it is taken."""
    measure = found.known.measure
    rules = (f"Rules: {found.chart.rules}.",) if found.chart else ()
    return (
        f"{measure.title}. {measure.definition}",
        found.sentence(),
        f"Source: {measure.source}.",
        *found.warnings,
        *(f"Step confirmed at {one.period}: {one.text}" for one in found.said.steps),
        *(f"Commentary on {one.period}: {one.text}" for one in found.said.commentary),
        *rules,
        f"Stamp {found.stamp.id}, constabulary {found.stamp.code}.",
    )


def _said(found: MeasureReport) -> str:
    return "".join(f" {_worded(found, one.period)}: {one.text}" for one in found.said.commentary)


def _worded(found: MeasureReport, text: str) -> str:
    """Return a text with its months as charts name them, "Aug 2025"; 2010-11 among financial years is none."""
    if found.values is None or found.values.kind != "month":
        return text
    return _MONTH.sub(lambda month: f"{month_abbr[int(month[2])]} {month[1]}", text)


def _key(found: MeasureReport) -> str:
    if not found.is_charted:
        return _worded(found, f"No limits: {found.refused}") if found.refused else ""
    parts = ["line: mean", "dashes: limits"]
    if any(row["last_year"] is not None for row in found.rows()[found.first :]):
        parts.append("dots: same month last year")
    if found.target is not None:
        parts.append(f"dash-dot: target {found.worded(found.target)}")
    rules = found.chart.rules if found.chart else ""
    return f"{'; '.join(parts).capitalize()}. Rules: {rules}."
