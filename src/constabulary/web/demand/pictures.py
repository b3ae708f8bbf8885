"""The charts of demand figures: how each is drawn, and what one sees in it, in words made from its rows."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from constabulary.render import charts
from constabulary.services.demand.picture import Figure
from constabulary.services.demand.reading import days_of_week, highest_and_lowest
from constabulary.web import numbers
from constabulary.web.demand.tables import tells_harm
from constabulary.web.demand.words import NOUNS, TABLES, period
from constabulary.web.pictures import Picture


def picture(name: str, figure: Figure) -> Picture | None:
    """Return the chart of a figure; None where it has none or there is nothing to draw."""
    return PICTURES[name](name, figure) if name in PICTURES and figure.rows else None


def subtitle(figure: Figure, more: str = "") -> str:
    """Return what stands below the title of every picture: the period, the kind of records, how to read it."""
    said = period(figure.about)
    return ". ".join(filter(None, (said[:1].upper() + said[1:], more)))


def _bars(
    figure: Figure,
    pairs: Sequence[tuple[str, float, float | None]],
    value_title: str,
    *,
    is_share: bool = False,
    places: int = 0,
    more: str = "",
    title: str = "",
) -> Picture:
    has_mark = any(mark is not None for _, _, mark in pairs)
    values: list[Any] = [value for _, value, _ in pairs]
    frame = pl.DataFrame({"name": [one for one, _, _ in pairs], "value": values}, strict=False)
    if has_mark:
        frame = frame.with_columns(pl.Series("mark", [mark for _, _, mark in pairs], dtype=pl.Float64))
    title = title or figure.about.title

    def spec(width_px: int) -> dict[str, Any]:
        return charts.bars(
            frame,
            label="name",
            value="value",
            value_title=value_title,
            mark="mark" if has_mark else None,
            is_share=is_share,
            width_px=width_px,
            title=title,
            subtitle=subtitle(figure, more),
        )

    said = [
        f"{one} {numbers.percent(value) if is_share else numbers.number(value, places)}"
        for one, value, _ in pairs
    ]
    seen = "; ".join(said if len(said) <= 8 else [*said[:5], f"and {len(said) - 5} shorter ones"])
    return Picture(title, f"Bars of {value_title}: {seen}.", spec)


def _categories(name: str, figure: Figure) -> Picture:
    rows = sorted(figure.table, key=lambda row: -(row["share"] or 0))
    pairs = [(row["name"], row["share"] or 0.0, row["published_share"]) for row in rows]
    return _bars(figure, pairs, "share of incidents", is_share=True, more="Upright line: share as published.")


def _types(name: str, figure: Figure) -> Picture:
    pairs = [(row["name"], row["count"], None) for row in figure.table if row["count"]]
    return _bars(figure, pairs, NOUNS[TABLES[name][0]])


def _harm(name: str, figure: Figure) -> Picture | None:
    if not tells_harm(figure):
        return None
    rows = [row for row in figure.table if row["share_of_harm"] is not None]
    pairs = [(row["crime_type"], row["share_of_harm"], row["share_of_count"]) for row in rows]
    more = "Bars: share of the days of harm. Upright lines: share of the crimes counted."
    return _bars(figure, pairs, "share of harm", is_share=True, more=more)


def _season(name: str, figure: Figure) -> Picture:
    rows = [row for row in figure.table if row["per_day"] is not None]
    pairs = [(month_name[row["month_of_year"]], row["per_day"], None) for row in rows]
    noun = NOUNS[TABLES[name][0]]
    title = f"{noun.capitalize()} a day by month of the year"
    return _bars(figure, pairs, f"{noun} a day", places=1, title=title)


def _hours(name: str, figure: Figure) -> Picture:
    noun = NOUNS[TABLES[name][0]]
    title = f"{noun.capitalize()} by hour of the week"
    means = [row.mean for row in figure.rows]

    def spec(width_px: int) -> dict[str, Any]:
        return charts.hour_of_week(
            means,
            value_title=f"mean {noun} an hour",
            width_px=width_px,
            title=title,
            subtitle=subtitle(figure, f"Mean {noun} an hour; darker is more."),
        )

    days = "; ".join(
        f"{one.day} {one.busiest_hour:02}:00 ({numbers.number(one.busiest_mean, 1)})"
        for one in days_of_week(figure)
    )
    return Picture(
        title, f"Heat map of the week. {figure.answer} The busiest hour of each day: {days}.", spec
    )


def _channels(name: str, figure: Figure) -> Picture:
    rows = [(row.month, row.name, row.count) for row in figure.rows]
    return _lines(figure, figure.about.title, rows, "contacts a month")


def _crimes(name: str, figure: Figure) -> Picture:
    first = figure.rows[0].id
    whole = [row for row in figure.rows if row.id == first]
    rows = [(row.month, row.name, row.count) for row in whole]
    if any(row.last_year is not None for row in whole):
        rows += [(row.month, "Same month a year before", row.last_year) for row in whole]
    return _lines(figure, f"{whole[0].name} by month", rows, "crimes a month")


def _outcomes(name: str, figure: Figure) -> Picture:
    totals = {one.month: 0 if one.count is not None else None for one in figure.rows}
    for row in figure.rows:
        if row.count is not None:
            totals[row.month] = (totals[row.month] or 0) + row.count
    rows = [(one, "All outcomes", n) for one, n in totals.items()]
    return _lines(figure, "Outcomes by month", rows, "outcomes a month")


def _lines(
    figure: Figure, title: str, rows: Sequence[tuple[str, str, int | None]], value_title: str
) -> Picture:
    frame = pl.DataFrame(
        {
            "month": [date(int(one[:4]), int(one[5:]), 1) for one, _, _ in rows],
            "series": [name for _, name, _ in rows],
            "value": [value for _, _, value in rows],
        },
        schema_overrides={"value": pl.Int64},
    )
    series = list(dict.fromkeys(name for _, name, _ in rows))

    def spec(width_px: int) -> dict[str, Any]:
        return charts.months(
            frame,
            month="month",
            value="value",
            value_title=value_title,
            series="series" if len(series) > 1 else None,
            width_px=width_px,
            title=title,
            subtitle=subtitle(figure),
        )

    seen = [_line(name, [(one, n) for one, other, n in rows if other == name]) for name in series]
    missing = figure.about.missing_months
    broken = (
        f" The lines break at {numbers.several(len(missing), 'month')} without records." if missing else ""
    )
    return Picture(title, f"Lines of {value_title}. {' '.join(filter(None, seen))}{broken}", spec)


@dataclass(frozen=True)
class _Point:
    month: str
    value: int | None


def _line(name: str, points: Sequence[tuple[str, int | None]]) -> str:
    found = highest_and_lowest([_Point(one, n) for one, n in points], "value")
    if found is None:
        return f"{name}: no month is covered."
    high, low = found
    if high.value == low.value:
        return f"{name}: {numbers.number(high.value)} in {numbers.month(high.month)}."
    return (
        f"{name}: highest {numbers.number(high.value)} in {numbers.month(high.month)}, "
        f"lowest {numbers.number(low.value)} in {numbers.month(low.month)}."
    )


PICTURES: Mapping[str, Callable[[str, Figure], Picture | None]] = {
    "categories": _categories,
    "channels_by_month": _channels,
    "hours_incidents": _hours,
    "hours_calls": _hours,
    "season": _season,
    "season_calls": _season,
    "crime_types": _types,
    "crimes_by_month": _crimes,
    "latest_outcomes": _types,
    "outcomes_by_month": _outcomes,
    "harm": _harm,
}
"""How each figure that has a chart is drawn; maps are in `constabulary.web.demand.mapped`."""
