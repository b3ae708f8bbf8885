"""The demand picture: each figure by itself, so that a page asks only for what it shows, and them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypedDict, cast

from constabulary.core.answers import StampedAnswer, Written, with_other_fields
from constabulary.demand.categories import PartAnswer
from constabulary.demand.filters import Filters
from constabulary.demand.harm import Weights, read_weights
from constabulary.demand.places import PlaceAnswer
from constabulary.demand.typical import TypicalDay
from constabulary.services.demand.crimes import (
    crime_types,
    crimes_by_month,
    harm,
    latest_outcomes,
    outcomes_by_month,
)
from constabulary.services.demand.figure import ANY, SCHEMA, About, Figure, FigureHead, Row
from constabulary.services.demand.incidents import (
    by_area,
    by_category,
    channels_by_month,
    hour_of_week,
    qualifiers,
    season,
)
from constabulary.services.demand.typical_day import typical_day
from constabulary.services.workspace.lens import holding
from constabulary.store.workspace import Workspace

__all__ = [
    "FIGURES",
    "About",
    "Figure",
    "Filters",
    "Profile",
    "Weights",
    "by_area",
    "by_category",
    "channels_by_month",
    "crime_types",
    "crimes_by_month",
    "harm",
    "hour_of_week",
    "latest_outcomes",
    "outcomes_by_month",
    "profile",
    "qualifiers",
    "read_weights",
    "season",
    "typical_day",
]


_TOLD_APART = ("typical_day", "categories")
"""Figures that the profile gives under the names its contract has for them."""


@dataclass(frozen=True)
class Profile:
    """The whole demand picture.

    Parameters
    ----------
    figures
        Each figure by name.
    """

    figures: Mapping[str, Figure]

    def _held(self, *names: str) -> Figure:
        """Return the first of some figures that has records, the last where none has."""
        return next(
            (self.figures[name] for name in names if self.figures[name].about.n_days), self.figures[names[-1]]
        )

    def as_json(self) -> ProfileAnswer:
        """Return the profile as `constabulary demand profile --json` gives it."""
        timed = self._held("hours_incidents", "hours_calls")
        area = self._held("areas_incidents", "areas_crimes")
        main = self._held("categories", "crime_types").about
        whole = [figure.as_json() for figure in self.figures.values()]
        written = {
            "schema": SCHEMA,
            "synthetic": any(
                figure.about.is_synthetic and figure.about.n_days for figure in self.figures.values()
            ),
            "period": {"from": main.from_on, "to": main.to_on},
            "typical_day": self.figures["typical_day"].table,
            "by_category": self.figures["categories"].table,
            "by_area": area.table,
            "by_area_of": area.about.name.removeprefix("areas_"),
            "hour_of_week": [row.mean for row in timed.rows] or [None] * 168,
            "hour_of_week_of": timed.about.name.removeprefix("hours_"),
            **{
                name: one.table
                for name, one in self.figures.items()
                if name not in (*_TOLD_APART, area.about.name)
            },
            "figures": {
                one["figure"]: {key: value for key, value in one.items() if key not in ("rows", "schema")}
                for one in whole
            },
            "warnings": list(
                dict.fromkeys(text for figure in self.figures.values() for text in figure.about.warnings)
            ),
            "stamp": self.figures["typical_day"].about.stamp.as_json(),
        }
        return cast("ProfileAnswer", written)


Period = TypedDict("Period", {"from": str | None, "to": str | None})


@with_other_fields(list[Row])
class ProfileAnswer(StampedAnswer):
    """The whole demand picture; further fields are the tables of its other figures, by their names.

    Parameters
    ----------
    period
        First and last day of the records counted.
    typical_day
        What a typical day brings, published beside calculated.
    by_category
        Incidents by category.
    by_area, by_area_of
        Counts and rates by area, and what is counted there: incidents or crimes.
    hour_of_week, hour_of_week_of
        Mean of each of the 168 hours of the week from Monday 00:00, and what is counted: incidents or calls.
    figures
        What must be known of each figure, by its name.
    """

    synthetic: bool
    period: Period
    typical_day: list[Written[TypicalDay]]
    by_category: list[PartAnswer]
    by_area: list[PlaceAnswer]
    by_area_of: str
    hour_of_week: list[float | None]
    hour_of_week_of: str
    figures: dict[str, FigureHead]
    warnings: list[str]


def profile(workspace: Workspace, filters: Filters = ANY, weights: Weights | None = None) -> Profile:
    """Return every figure of the demand picture.

    Parameters
    ----------
    workspace
        Whose records.
    filters
        What to narrow it to.
    weights
        Days of harm by crime type; the force folder's, or else the default, when None.

    Raises
    ------
    BadInput
        If a filter names something the force does not know.
    """
    with holding(workspace):
        named = {name: figure(workspace, filters) for name, figure in FIGURES.items() if name != "harm"}
        return Profile({**named, "harm": harm(workspace, filters, weights)})


FIGURES: Mapping[str, Callable[[Workspace, Filters], Figure]] = {
    "typical_day": typical_day,
    "categories": by_category,
    "qualifiers": qualifiers,
    "channels_by_month": channels_by_month,
    "hours_incidents": hour_of_week,
    "hours_calls": lambda workspace, filters: hour_of_week(workspace, filters, "calls"),
    "season": season,
    "season_calls": lambda workspace, filters: season(workspace, filters, "calls"),
    "season_crimes": lambda workspace, filters: season(workspace, filters, "crimes"),
    "areas_incidents": by_area,
    "areas_crimes": lambda workspace, filters: by_area(workspace, filters, "crimes"),
    "crime_types": crime_types,
    "crimes_by_month": crimes_by_month,
    "latest_outcomes": latest_outcomes,
    "outcomes_by_month": outcomes_by_month,
    "harm": harm,
}
"""Every figure by the name that addresses, commands and the working use."""
