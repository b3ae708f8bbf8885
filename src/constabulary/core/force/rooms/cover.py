"""Files for cover: what statuses mean, hot spots, planned patrol, ground of stations, and what may be published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from constabulary.core.errors import Problem
from constabulary.core.force.declared import EVIDENCE, ID, Column, Table
from constabulary.core.force.model import Typed
from constabulary.core.force.typed import Contents

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MEANINGS = {
    "free": "on duty, can be sent, may patrol",
    "to_job": "on the way to a job",
    "at_job": "at a job",
    "station": "at a station",
    "other": "on duty and not to be sent: court, training, a meal",
}
STATION_OUTLINES = "cover/stations.geojson"
HOT_SPOT_OUTLINES = "cover/hot_spots.geojson"
RULES = (
    "least_units",
    "least_hours",
    "top_two_share",
    "rounding_hours",
    "delay_days",
    "protection_hours",
    "protection_share",
)


@dataclass(frozen=True, kw_only=True)
class UnitStatus(Typed):
    """What a status of positions means; `meaning` is one of `MEANINGS`."""

    unit_status: str
    name: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class HotSpot(Typed):
    """A named place that patrols are sent to: a circle of `radius_m` [m] around a point [degrees], unless drawn."""

    hot_spot_id: str
    name: str
    longitude: Decimal
    latitude: Decimal
    radius_m: int


@dataclass(frozen=True, kw_only=True)
class StationReach(Typed):
    """How far from the point of a station a unit counts as in it [m], where that is not the usual."""

    station_id: str
    radius_m: int


@dataclass(frozen=True, kw_only=True)
class PlannedPatrol(Typed):
    """Visits planned to a hot spot, on each of some days of the week between two local clock times.

    Parameters
    ----------
    plan_id, hot_spot_id
        The plan and its place.
    from_on, to_on
        First and last day; None goes on.
    days
        Days it is planned for: "mon tue ..."; None for every day.
    starts_at, ends_at
        Local clock times, "14:00"; the end may be 24:00.
    n_visits, visit_min
        Visits on such a day, and how long each [min].
    """

    plan_id: str
    hot_spot_id: str
    from_on: date
    to_on: date | None
    days: str | None
    starts_at: str
    ends_at: str
    n_visits: int
    visit_min: int

    @property
    def weekdays(self) -> tuple[int, ...]:
        """Days it is planned for, Monday 0."""
        return tuple(DAYS.index(day) for day in (self.days or " ".join(DAYS)).split())

    @property
    def minutes(self) -> tuple[int, int]:
        """Minutes from local midnight at which it starts and ends."""
        return _minutes(self.starts_at), _minutes(self.ends_at)


@dataclass(frozen=True, kw_only=True)
class Sensitive(Typed):
    """A unit or role that no public figure counts; `kind` is unit or role, `name` as positions spell it."""

    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class DisclosureRule(Typed):
    """A value of the force's own for a rule of what may be published, of `RULES`."""

    rule: str
    value: Decimal


TABLES = (
    Table(
        "unit_statuses",
        "cover/statuses.csv",
        "What the statuses of positions mean. Without the file nobody knows who was free or at a job.",
        (
            Column("unit_status", "The status as positions carry it after the mapping.", "id"),
            Column("name", "Name shown to people."),
            Column(
                "meaning", "; ".join(f"{k}: {v}" for k, v in MEANINGS.items()), "text", True, tuple(MEANINGS)
            ),
            *EVIDENCE,
        ),
        ("unit_status",),
        required=False,
        record=UnitStatus,
    ),
    Table(
        "hot_spots",
        "cover/hot_spots.csv",
        "Named places that patrols are sent to, as circles; where they overlap, a unit is in both. A polygon of the "
        f"same hot_spot_id in {HOT_SPOT_OUTLINES} (WGS 84) stands in for the circle; one of any other id is a hot "
        "spot too.",
        (
            Column("hot_spot_id", ID, "id"),
            Column("name", "Name shown to people."),
            Column("longitude", "Degrees east of the middle (WGS 84).", "decimal"),
            Column("latitude", "Degrees north of the middle (WGS 84).", "decimal"),
            Column("radius_m", "Radius (metres).", "whole"),
            *EVIDENCE,
        ),
        ("hot_spot_id",),
        required=False,
        record=HotSpot,
    ),
    Table(
        "station_reach",
        "cover/stations.csv",
        "Stations that reach further from their point than 120 metres, or less far. A polygon of the same station_id "
        f"in {STATION_OUTLINES} (WGS 84) stands in for point and radius; a polygon of any other id is a station too.",
        (
            Column("station_id", "The station.", "id", True, (), ("stations",)),
            Column("radius_m", "How far from its point a unit counts as in it (metres).", "whole"),
            *EVIDENCE,
        ),
        ("station_id",),
        required=False,
        record=StationReach,
    ),
    Table(
        "planned_patrol",
        "cover/planned_patrol.csv",
        "Visits planned to hot spots.",
        (
            Column("plan_id", ID, "id"),
            Column("hot_spot_id", "The hot spot.", "id", True, (), ("hot_spots",)),
            Column("from_on", "First day.", "date"),
            Column("to_on", "Last day; empty where it goes on.", "date", False),
            Column("days", "Days of the week, such as `fri sat`; empty for every day.", required=False),
            Column("starts_at", "Local clock time, such as 14:00."),
            Column("ends_at", "Local clock time, up to 24:00."),
            Column("n_visits", "Visits on each such day.", "whole"),
            Column("visit_min", "How long each visit (minutes).", "whole"),
            *EVIDENCE,
        ),
        ("plan_id",),
        required=False,
        record=PlannedPatrol,
    ),
    Table(
        "sensitive",
        "cover/sensitive.csv",
        "Units and roles that no public figure may count: covert, protective, armed.",
        (
            Column("kind", "unit or role.", "text", True, ("unit", "role")),
            Column("name", "The unit or role as positions spell it."),
            *EVIDENCE,
        ),
        ("kind", "name"),
        required=False,
        record=Sensitive,
    ),
    Table(
        "disclosure",
        "cover/disclosure.csv",
        "Values of the force's own for what may be published about cover; the package's are stricter than most.",
        (
            Column(
                "rule", "The rule; docs/explanation/what-may-be-published.md says each.", "text", True, RULES
            ),
            Column("value", "Its value.", "decimal"),
            *EVIDENCE,
        ),
        ("rule",),
        required=False,
        record=DisclosureRule,
    ),
)


FILES = (STATION_OUTLINES, HOT_SPOT_OUTLINES)


def check(contents: Contents) -> list[Problem]:
    """Return what is wrong in rows of hot spots, stations, planned patrol and rules of disclosure."""
    return [*_hot_spots(contents), *_stations(contents), *_planned(contents), *_rules(contents)]


def _hot_spots(contents: Contents) -> Iterator[Problem]:
    for row in contents.tables["hot_spots"]:
        if not (abs(row["longitude"]) <= 180 and abs(row["latitude"]) <= 90):
            yield _problem(row, "latitude", "bad_place", "is no place on earth.", "degrees, WGS 84")
        elif not 10 <= row["radius_m"] <= 5000:
            yield _problem(row, "radius_m", "bad_radius", "is no radius of a hot spot.", "10 to 5000")


def _stations(contents: Contents) -> Iterator[Problem]:
    for row in contents.tables["station_reach"]:
        if not 10 <= row["radius_m"] <= 5000:
            yield _problem(row, "radius_m", "bad_radius", "is no radius of a station.", "10 to 5000")


def _planned(contents: Contents) -> Iterator[Problem]:
    for row in contents.tables["planned_patrol"]:
        times = [_minutes(row[name]) for name in ("starts_at", "ends_at")]
        for name, minutes in zip(("starts_at", "ends_at"), times, strict=True):
            if not 0 <= minutes <= 24 * 60:
                yield _problem(row, name, "bad_clock_time", "is no clock time.", "a time such as 07:00")
        if min(times) >= 0 and times[0] >= times[1]:
            yield _problem(
                row,
                "ends_at",
                "ends_before_start",
                "is not after the start.",
                "a later time",
            )
        days = (row["days"] or " ".join(DAYS)).split()
        if any(day not in DAYS for day in days) or len(set(days)) != len(days):
            yield _problem(row, "days", "bad_days", "are not days of the week.", " ".join(DAYS))
        if row["to_on"] is not None and row["to_on"] < row["from_on"]:
            yield _problem(row, "to_on", "days_reversed", "is before the first day.", "a later day")
        for name in ("n_visits", "visit_min"):
            if row[name] < 1:
                yield _problem(row, name, "nothing_planned", "plans nothing.", "1 or more")


def _rules(contents: Contents) -> Iterator[Problem]:
    for row in contents.tables["disclosure"]:
        is_share = row["rule"].endswith("_share")
        least = 3 if row["rule"] == "least_units" else 1 if row["rule"] == "rounding_hours" else 0
        if row["value"] < least or (is_share and row["value"] > 1):
            yield _problem(
                row,
                "value",
                "bad_disclosure_rule",
                f'is no value of "{row["rule"]}".',
                "0 to 1" if is_share else f"{least} or more",
            )


def _minutes(text: str) -> int:
    """Return minutes from midnight, -1 where it is no clock time."""
    found = re.fullmatch(r"(\d{1,2}):([0-5]\d)", text)
    return 60 * int(found[1]) + int(found[2]) if found else -1


def _problem(row: dict[str, Any], column: str, rule: str, message: str, expected: str) -> Problem:
    said = f'"{row[column]}" {message}'
    return Problem(rule, said, row["file"], row["line"], column, str(row[column]), expected)
