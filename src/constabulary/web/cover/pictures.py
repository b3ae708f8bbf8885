"""The pictures of cover: charts of its measures and its map, with what one sees in them in words."""

from __future__ import annotations

from typing import Any

import polars as pl

from constabulary.render import charts, maps
from constabulary.render.shares import banded
from constabulary.services.cover.edition import VISIBLE
from constabulary.services.cover.map import CoverMap
from constabulary.services.cover.measure import Measured
from constabulary.services.cover.patrol import LENGTHS
from constabulary.services.cover.public_map import PublicMap
from constabulary.web import numbers
from constabulary.web.pictures import legend_of

WIDE_PX, NARROW_PX = 1100, 300
MOST_BARS = 20
BARS = {
    "visibility": ("per_1000", "Visible officer-hours per 1,000 residents", "visible_officer_hours"),
    "gaps": ("gap_hours", "Hours without a unit", "gap_hours"),
    "planned": ("met_share", "Share of planned days on which the plan was met", "met_share"),
}
"""What the bars of a measure show, in words, and what stands in where that is not known."""
BY_HOUR = {
    "reach": ("residents_share", "percent of residents", 100),
    "gaps_by_hour": ("n_areas", "areas without a unit, mean", 1),
}
"""What the hours of a measure show, in words, and what its figures are multiplied by."""


def spec(found: Measured, width_px: int) -> dict[str, Any] | None:
    """Return the chart (Vega-Lite) of a measure for a width (pixels); None where it has none."""
    subtitle = f"{numbers.day(found.from_on)} to {numbers.day(found.to_on)}" + (
        ". Synthetic positions" if found.is_synthetic else ""
    )
    if found.name in BY_HOUR:
        column, words, factor = BY_HOUR[found.name]
        by_hour = dict(found.rows.select("local_hour_of_week", column).iter_rows())
        return charts.hour_of_week(
            [None if by_hour.get(hour) is None else factor * by_hour[hour] for hour in range(168)],
            value_title=words,
            width_px=width_px,
            title=_title(found),
            subtitle=subtitle,
        )
    if found.rows.is_empty():
        return None
    if found.name == "dosage":
        return banded(
            found.rows.sort("n_visits", "name", descending=[True, False]).head(MOST_BARS),
            LENGTHS,
            label="name",
            value_title="Visits",
            width_px=width_px,
            title=_title(found),
            subtitle=f"{subtitle}. At the end of each bar: visits of {LENGTHS[1][1]}, of all",
        )
    if found.name not in BARS:
        return None
    column, words, otherwise = BARS[found.name]
    if found.rows[column].null_count() == found.rows.height:
        column, words = otherwise, "Visible officer-hours"
    # In the order of the measure, which is that of the table beside it.
    rows = found.rows.select(label=_label(found), value=column).drop_nulls()
    if found.name == "gaps":
        rows = rows.filter(pl.col("value") > 0)
    if rows.is_empty():
        return None
    return charts.bars(
        rows.head(MOST_BARS),
        label="label",
        value="value",
        value_title=words,
        is_share=column.endswith("_share"),
        width_px=width_px,
        title=_title(found) + (f": the first {MOST_BARS}" if rows.height > MOST_BARS else ""),
        subtitle=subtitle,
    )


def _label(found: Measured) -> pl.Expr:
    """Return what tells the rows of a measure apart: the name, with the plan where one place has several."""
    if found.name != "planned" or found.rows["name"].is_unique().all():
        return pl.col("name")
    plan = pl.col("plan_id").str.replace_all("_", " ")
    return pl.concat_str("name", pl.lit(" ("), plan, pl.lit(")")).alias("name")


def _title(found: Measured) -> str:
    return {
        "visibility": "Visible time by area",
        "reach": "Residents within reach of a free unit, by hour of the week",
        "gaps": "Hours without a unit",
        "gaps_by_hour": "Areas without a unit, by hour of the week",
        "dosage": "Visits to hot spots by their length",
        "planned": "Planned patrol delivered",
    }[found.name]


def alt(found: Measured) -> str:
    """Return what one sees in the chart of a measure."""
    if found.name in BY_HOUR:
        column, words, factor = BY_HOUR[found.name]
        high = factor * float(found.rows[column].max() or 0)  # type: ignore[arg-type]
        return f"{_title(found)}. {found.answer} Highest: {numbers.number(high, 1)} ({words.lower()})."
    if found.name == "dosage":
        top = found.rows.sort("n_visits", "name", descending=[True, False]).head(5)
        said = "; ".join(
            f"{name} {n_in_band:,} of {n_visits:,}"
            for name, n_in_band, n_visits in top.select("name", "n_in_band", "n_visits").iter_rows()
        )
        lengths = ", ".join(words.lower() for _, words in LENGTHS)
        return f"Bars: visits by length ({lengths}). Of {LENGTHS[1][1]}, of all: {said}."
    column, words, otherwise = BARS[found.name]
    if found.rows[column].null_count() == found.rows.height:
        column = otherwise
    top = found.rows.select(_label(found), column).drop_nulls().sort(column, descending=True).head(5)
    said = "; ".join(
        f"{name} {numbers.percent(value, 0) if column.endswith('_share') else numbers.number(value, 1)}"
        for name, value in top.iter_rows()
    )
    return f"Bars: {words.lower()}. From the highest: {said}."


def map_title(drawn: CoverMap) -> str:
    """Return the title of a map."""
    return f"{drawn.unit[:1].upper()}{drawn.unit[1:]}"


def figure(drawn: CoverMap, value: float | None) -> str:
    """Return a figure of a map as text."""
    return numbers.number(value, drawn.places)


def legend(drawn: CoverMap) -> list[tuple[int, str]]:
    """Return each class and its words, the lowest first."""
    return legend_of(drawn.classes, lambda value: figure(drawn, value))


def public_legend(drawn: PublicMap) -> list[tuple[int, str]]:
    """Return each class of the public map and its words, the lowest first."""
    unit = "" if drawn.show == "rate" else " hours"
    return legend_of(drawn.classes, lambda value: numbers.number(value, drawn.shown.places), unit)


def public_alt(drawn: PublicMap) -> str:
    """Return what one sees in the public map."""
    known = [
        (name, value)
        for name, value in zip(drawn.outlines.names, drawn.values, strict=True)
        if value is not None
    ]
    known.sort(key=lambda one: (-one[1], one[0]))
    said = "; ".join(f"{name} {numbers.number(value, drawn.shown.places)}" for name, value in known[:6])
    more = f"; {numbers.several(len(known) - 6, 'area')} lower" if len(known) > 6 else ""
    n_hidden = len(drawn.values) - len(known)
    hidden = f"; {numbers.several(n_hidden, 'area')} white, not shown" if n_hidden else ""
    title = f"{drawn.shown.title[:1].lower()}{drawn.shown.title[1:]}"
    return f"Map of {title}, from the highest: {said}{more}{hidden}."


def public_svg(drawn: PublicMap) -> str:
    """Return the public map as SVG."""
    found = drawn.found
    months = " to ".join(numbers.month(one) for one in sorted({found.months[0], found.months[-1]}))
    hidden = "; white: not shown" if None in drawn.values else ""
    return maps.choropleth(
        drawn.outlines.geometries,
        drawn.outlines.names,
        drawn.class_of,
        [
            "not shown" if value is None else numbers.number(value, drawn.shown.places)
            for value in drawn.values
        ],
        public_legend(drawn),
        title=drawn.shown.title,
        subtitle=f"{months}{hidden}" + (". Synthetic positions, made up" if found.is_synthetic else ""),
        attribution=" ".join(
            [*([] if drawn.show == "time" else [VISIBLE]), found.left_out, found.crediting, found.attribution]
        ),
    )


def map_svg(drawn: CoverMap) -> str:
    """Return a map as SVG."""
    found = drawn.measured
    said = f"{numbers.day(found.from_on)} to {numbers.day(found.to_on)}"
    return maps.choropleth(
        drawn.outlines.geometries,
        drawn.outlines.names,
        drawn.class_of,
        [figure(drawn, value) for value in drawn.values],
        legend(drawn),
        title=map_title(drawn),
        subtitle=f"{said}. Synthetic positions, made up" if found.is_synthetic else said,
        attribution=f"{found.crediting} {drawn.outlines.attribution}",
    )


def map_alt(drawn: CoverMap) -> str:
    """Return what one sees in a map."""
    ranked = (
        pl.DataFrame(
            {"name": drawn.outlines.names, "value": drawn.values}, schema_overrides={"value": pl.Float64}
        )
        .drop_nulls()
        .sort("value", "name", descending=[True, False])
    )
    said = "; ".join(f"{name} {figure(drawn, value)}" for name, value in ranked.head(6).iter_rows())
    more = f"; {numbers.several(ranked.height - 6, 'area')} lower" if ranked.height > 6 else ""
    return f"Map of {drawn.unit}, from the highest: {said}{more}."
