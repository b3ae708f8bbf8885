"""The map of cover: outlines of one level with the time spent in each, by hour of the week and by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.cover.visibility import VISIBLE, by_meaning
from constabulary.services.cover.areas import areas_by
from constabulary.services.cover.kept import kept
from constabulary.services.cover.measure import Measured, meanings_of
from constabulary.services.cover.measures import visibility
from constabulary.services.cover.patrol import dosage
from constabulary.services.demand.maps import MOST_CLASSES, MapClass, classified
from constabulary.services.workspace.geography import outlines
from constabulary.store.workspace import Workspace
from constabulary.tables.geojson_text import to_geojson
from constabulary.tables.outlines import Outlines

LEVELS = ("district", "area", "neighbourhood", "lsoa")
SHOWS = {
    "rate": ("per_1000", "officer-hours of visible time per 1,000 residents"),
    "visible": ("visible_officer_hours", "officer-hours of visible time"),
    "time": ("all_officer_hours", "officer-hours"),
}
"""What can be drawn: the column, and its words."""


@dataclass(frozen=True)
class CoverMap:
    """Time in areas, ready to be drawn.

    Parameters
    ----------
    measured
        The table behind it.
    level, show
        Of `LEVELS` and `SHOWS`.
    values
        The figure of each outline; None where there is none.
    class_of, classes
        The class of each outline, and the classes, the lowest first.
    outlines
        The shapes, with their attribution.
    is_a_day
        Whether its figures are means a day, as those of periods side by side are.
    """

    measured: Measured
    level: str
    show: str
    values: tuple[float | None, ...]
    class_of: tuple[int | None, ...]
    classes: tuple[MapClass, ...]
    outlines: Outlines = field(repr=False)
    is_a_day: bool = False

    @property
    def unit(self) -> str:
        """What its figures are."""
        return SHOWS[self.show][1] + (" a day" if self.is_a_day else "")

    @property
    def places(self) -> int:
        """Decimal places of its figures."""
        return (2 if self.is_a_day else 1) if self.show == "rate" else (1 if self.is_a_day else 0)

    def as_geojson(self) -> str:
        """Return the outlines as GeoJSON, each with its figure and class."""
        columns: dict[str, Sequence[Any]] = {
            "count": self.values,
            "rate_per_1000": self.values,
            "is_small": [False] * len(self.values),
            "class": self.class_of,
            "is_synthetic": [self.measured.is_synthetic] * len(self.values),
        }
        return to_geojson(self.outlines, columns)


def cover_map(
    workspace: Workspace,
    level: str = "district",
    show: str = "rate",
    *,
    from_on: date | None = None,
    to_on: date | None = None,
) -> CoverMap:
    """Return the map of some days.

    Parameters
    ----------
    workspace
        Whose positions.
    level, show
        Of `LEVELS` and `SHOWS`; the rate gives way to visible time where residents are not known.
    from_on, to_on
        First and last local day; all there are when None.

    Raises
    ------
    BadInput
        If level or show is none of those.
    NothingThere
        If there are no positions or outlines.
    """
    for word, value, allowed in (("level", level, LEVELS), ("show", show, tuple(SHOWS))):
        if value not in allowed:
            expected = f"one of {', '.join(allowed)}"
            raise BadInput(Problem("bad_map", f'"{value}" cannot be drawn', column=word, expected=expected))
    found = visibility(workspace, level, from_on=from_on, to_on=to_on)
    if show == "rate" and found.rows["per_1000"].null_count() == found.rows.height:
        show = "visible"
    # The table beside the map has its highest figure first.
    order = [SHOWS[show][0], "area_id"]
    found = _told(
        replace(found, rows=found.rows.sort(order, descending=[True, False], nulls_last=True)), show
    )
    shapes = outlines(workspace, level)
    figures = dict(found.rows.select("area_id", SHOWS[show][0]).iter_rows())
    values = tuple(_shown(figures.get(area)) for area in shapes.area_ids)
    class_of, classes = classified(list(values))
    return CoverMap(found, level, show, values, class_of, classes, shapes)


def _told(found: Measured, show: str) -> Measured:
    """Return the table of a map with the answer and the definition of what is drawn, its highest area first."""
    column, rows = SHOWS[show][0], found.rows
    total, whole = float(rows[column].sum()), float(rows["all_officer_hours"].sum())
    if show == "rate" or not whole:
        return found
    said = f"Officers were visible for {total:,.0f} hours, {total / whole:.0%} of their time"
    if show == "time":
        said = f"Officers were known to be in these areas for {total:,.0f} hours"
        found = replace(found, definition="Officer-hours in the area, whatever officers were doing.")
    if total and rows.height > 1:
        (most, least), (high, low) = ([rows[name][at] for at in (0, -1)] for name in ("name", column))
        said += f"; most in {most} ({high:,.0f}), least in {least} ({low:,.0f})"
    return replace(found, answer=f"{said}.")


def side_by_side(one: CoverMap, other: CoverMap) -> tuple[CoverMap, CoverMap]:
    """Return two maps of one level as means a day, with the classes of both together."""
    daily = []
    for each in (one, other):
        n_days = (each.measured.to_on - each.measured.from_on).days + 1
        daily.append([None if value is None else round(value / n_days, 6) for value in each.values])
    both, classes = classified([*daily[0], *daily[1]])
    cut = len(one.values)
    first = replace(one, values=tuple(daily[0]), class_of=both[:cut], classes=classes, is_a_day=True)
    return first, replace(other, values=tuple(daily[1]), class_of=both[cut:], classes=classes, is_a_day=True)


def hours_json(
    workspace: Workspace,
    level: str,
    show: str,
    *,
    from_on: date | None = None,
    to_on: date | None = None,
) -> dict[str, Any]:
    """Return the figure of each outline by hour of the week and by day, for a map with a slider.

    Returns
    -------
    dict
        area_ids; days; by_hour and by_day, a list of figures for each area (officer-hours per hour of the week or day,
        per 1,000 residents where the rate is shown); hour_ends, day_ends and hour_of_day_ends, the highest figure of
        each class by hour of the week, by day, and by hour of one day (see `day_json`).
    """
    asked = _Grid.of(workspace, level, show, from_on, to_on)
    dates, figures = asked.dates, asked.figures()
    by_day = figures.sum(axis=2)
    # The mean of an hour that came several times.
    weekday = np.array([day.weekday() for day in dates])
    n_times = np.maximum(np.bincount(weekday, minlength=7), 1)
    by_weekday = [figures[:, weekday == number].sum(axis=1) / n_times[number] for number in range(7)]
    by_hour = np.concatenate(by_weekday, axis=1)
    return {
        **asked.about(),
        "days": [day.isoformat() for day in dates],
        "by_hour": _listed(by_hour),
        "by_day": _listed(by_day),
        "hour_ends": class_ends(by_hour),
        "day_ends": class_ends(by_day),
        "hour_of_day_ends": class_ends(figures),
    }


def day_json(workspace: Workspace, level: str, show: str, on: date) -> dict[str, Any]:
    """Return the figure of each outline by hour of one day.

    Returns
    -------
    dict
        area_ids; day; by_hour, 24 figures for each area. The hour that comes twice in autumn holds both.
    """
    asked = _Grid.of(workspace, level, show, on, on)
    return {
        **asked.about(),
        "day": on.isoformat(),
        "by_hour": _listed(asked.figures()[:, 0]),
    }


def class_ends(figures: NDArray[np.float64]) -> list[float]:
    """Return the highest figure of each of at most five classes of figures above nought.

    As in `classified`, each figure has a class of its own where no more than five differ.

    Parameters
    ----------
    figures
        Figures of any shape and unit; they differ where they do to three decimal places.

    Examples
    --------
    >>> class_ends(np.array([0, 1, 2, 2, 2, 2, 2, 2, 2, 2, np.nan]))
    [1.0, 2.0]
    """
    rounded = np.round(figures, 3)
    some = rounded[np.isfinite(rounded) & (rounded > 0)]
    ends = np.unique(some)
    if ends.size > MOST_CLASSES:
        ends = np.quantile(some, np.arange(1, MOST_CLASSES + 1) / MOST_CLASSES)
    return sorted({round(float(end), 3) for end in ends})


@dataclass(frozen=True)
class _Grid:
    """Time of some days, to be laid out by outline and hour or day."""

    drawn: CoverMap
    time: pl.DataFrame = field(repr=False)

    @classmethod
    def of(
        cls, workspace: Workspace, level: str, show: str, from_on: date | None, to_on: date | None
    ) -> _Grid:
        drawn = cover_map(workspace, level, show, from_on=from_on, to_on=to_on)
        held = kept(workspace, level)
        days = drawn.measured.from_on, drawn.measured.to_on
        time = held.between(*days).filter(pl.col("area_id").is_not_null())
        if drawn.show != "time":
            told = by_meaning(time, meanings_of(held.force))
            time = told.filter(pl.col("meaning").is_in(VISIBLE))
        return cls(drawn, time)

    @property
    def dates(self) -> list[date]:
        """Every day."""
        first, last = self.drawn.measured.from_on, self.drawn.measured.to_on
        return [first + timedelta(days=no) for no in range((last - first).days + 1)]

    def about(self) -> dict[str, Any]:
        """Return what opens an answer."""
        return {
            "schema": 1,
            "synthetic": self.drawn.measured.is_synthetic,
            "unit": self.drawn.unit,
            "crediting": self.drawn.measured.crediting,
            "area_ids": list(self.drawn.outlines.area_ids),
        }

    def figures(self) -> NDArray[np.float64]:
        """Return officer-hours, per 1,000 residents where the rate is shown, by outline, day and hour of the day.

        Returns
        -------
        numpy.ndarray
            Shape (areas, days, 24). The hour that comes twice in autumn holds both.
        """
        areas = self.drawn.outlines.area_ids
        found = np.zeros((len(areas), len(self.dates), 24))
        numbered = pl.DataFrame(
            {"area_id": areas, "area": range(len(areas))}, schema_overrides={"area": pl.Int64}
        )
        summed = (
            self.time.group_by(
                pl.col("area_id").cast(pl.String),
                day=(pl.col("local_on") - pl.lit(self.dates[0])).dt.total_days(),
                hour=pl.col("local_hour_of_week").cast(pl.Int64) % 24,
                maintain_order=True,
            )
            .agg(hours=pl.col("officer_seconds").sum() / 3600)
            .join(numbered, on="area_id")
        )
        place = tuple(summed[name].to_numpy() for name in ("area", "day", "hour"))
        found[place] = summed["hours"].to_numpy()
        if self.drawn.show == "rate":
            people = dict(self.drawn.measured.rows.select("area_id", "residents").iter_rows())
            scale = [1000 / people[area] if people.get(area) else np.nan for area in areas]
            found *= np.array(scale)[:, None, None]
        return found


def hot_spots_json(workspace: Workspace, *, from_on: date | None = None, to_on: date | None = None) -> str:
    """Return the hot spots as GeoJSON, each with its visits and minutes a day; none where the force folder has none."""
    try:
        found = dosage(workspace, from_on=from_on, to_on=to_on)
    except NothingThere:
        return '{"type": "FeatureCollection", "features": []}'
    spots = areas_by(workspace, kept(workspace, "hot_spots").force, "hot_spots")
    rows = {row["area_id"]: row for row in found.rows.iter_rows(named=True)}
    columns = {name: [rows[area][name] for area in spots.ids] for name in ("n_visits", "minutes_a_day")}
    return to_geojson(spots.outlines, columns)  # type: ignore[attr-defined]


def _listed(figures: NDArray[np.float64]) -> list[list[float | None]]:
    rounded = np.round(figures, 3).astype(object)
    rounded[~np.isfinite(figures)] = None
    listed: list[list[float | None]] = rounded.tolist()
    return listed


def _shown(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
