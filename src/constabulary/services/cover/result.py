"""The time units spent in each area as a result: by area and part, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NotRequired, TypedDict, cast

from constabulary.core.amounts import several
from constabulary.core.answers import Days, StampedAnswer, words_of
from constabulary.core.provenance import Stamp
from constabulary.cover.fixes import US

SCHEMA = 1
MOSTLY = 0.5
"""Share of observed time outside the force's area above which it is told."""


@dataclass(frozen=True)
class Part:
    """Time of units in one area, or in one hour, role and status of it.

    Parameters
    ----------
    seconds
        Unit-time [s].
    units
        Different units with time here.
    officer_hours
        Time multiplied by crew size [h]; a unit of unknown crew counts one officer.
    local_hour_of_week, role, status, is_in_station, is_moving
        Which part; None where time is not parted by it, or where it is unknown.
    """

    seconds: float
    units: int
    officer_hours: float
    local_hour_of_week: int | None = None
    role: str | None = None
    status: str | None = None
    is_in_station: bool | None = None
    is_moving: bool | None = None


KEYS = {
    "hour": "local_hour_of_week",
    "role": "role",
    "status": "status",
    "station": "is_in_station",
    "moving": "is_moving",
}
"""What time is parted by, and the field of a part that tells which."""


@dataclass(frozen=True)
class AreaTime:
    """Time of units in one area.

    Parameters
    ----------
    area_id, name
        The area; no id for everything outside.
    whole
        All of it.
    parts
        The same by hour, role and status, as asked; those without time are left out.
    """

    area_id: str | None
    name: str
    whole: Part
    parts: tuple[Part, ...]

    def as_json(self, by: tuple[str, ...]) -> AreaAnswer:
        """Return the area as `--json` gives it."""
        plain = ("seconds", "units", "officer_hours")
        found: dict[str, Any] = {"area_id": self.area_id, "name": self.name}
        found |= {key: getattr(self.whole, key) for key in plain}
        if by:
            keys = (*(KEYS[one] for one in by), *plain)
            found["parts"] = [{key: getattr(part, key) for key in keys} for part in self.parts]
        return cast("AreaAnswer", found)


@words_of(Part)
class PartAnswer(TypedDict):
    """Time of units in one hour, role or status, as asked; what was not asked for is left out."""

    seconds: float
    units: int
    officer_hours: float
    local_hour_of_week: NotRequired[int | None]
    role: NotRequired[str | None]
    status: NotRequired[str | None]
    is_in_station: NotRequired[bool | None]
    is_moving: NotRequired[bool | None]


@words_of(Part, AreaTime)
class Times(TypedDict):
    """Time of units, and the same by part where parts were asked for."""

    seconds: float
    units: int
    officer_hours: float
    parts: NotRequired[list[PartAnswer]]


@words_of(Part, AreaTime)
class AreaAnswer(Times):
    """Time of units in one area."""

    area_id: str | None
    name: str


@dataclass(frozen=True)
class Presence:
    """Time of units in each area of a level.

    Parameters
    ----------
    by
        The level, file or H3 resolution.
    from_on, to_on
        First and last local day.
    credit, cap_s
        How time is credited, and the longest interval that is known time [s].
    median_interval_s
        The median time between two fixes of a unit [s].
    observed_s, unknown_s, n_gaps
        Time credited; unknown time on duty, between two fixes further apart than the cap, and in how many gaps [s].
    off_duty_s
        The same off duty [s]; None where no shifts are held, so that unknown time holds off-duty time too.
    areas
        Every area, the most time first.
    outside
        What is in none of them.
    overlap_s
        Time that is counted more than once because areas overlap [s]: areas and outside add up to so much more than
        what was observed.
    units, n_fixes
        Different units, and fixes that count.
    removed
        Fixes that cleaning removed, by rule.
    n_out_of_order
        Fixes put in order.
    parts
        What time is parted by.
    warnings
        What a reader must know.
    attribution
        What must be said where areas are shown.
    is_synthetic
        Whether the positions are made up.
    stamp
        What the result rests on.
    n_visits
        Visits written; None where none were asked for.
    """

    by: str
    from_on: date
    to_on: date
    credit: str
    cap_s: float
    median_interval_s: float | None
    observed_s: float
    unknown_s: float
    off_duty_s: float | None
    n_gaps: int
    areas: tuple[AreaTime, ...]
    outside: AreaTime
    overlap_s: float
    units: int
    n_fixes: int
    removed: dict[str, int]
    n_out_of_order: int
    parts: tuple[str, ...]
    warnings: tuple[str, ...]
    attribution: str
    is_synthetic: bool
    stamp: Stamp
    n_visits: int | None = None

    def as_json(self) -> PresenceAnswer:
        """Return the result as `constabulary cover presence --json` prints it."""
        outside: dict[str, Any] = {**self.outside.as_json(self.parts)}
        del outside["area_id"], outside["name"]
        return {
            "schema": SCHEMA,
            "synthetic": self.is_synthetic,
            "answer": self.sentence(),
            "by": self.by,
            "from": self.from_on.isoformat(),
            "to": self.to_on.isoformat(),
            "credit": self.credit,
            "cap_s": plain_number(self.cap_s),
            "median_interval_s": self.median_interval_s,
            "observed_s": self.observed_s,
            "outside_s": self.outside.whole.seconds,
            "overlap_s": self.overlap_s,
            "unknown_s": self.unknown_s,
            "off_duty_s": self.off_duty_s,
            "gaps": self.n_gaps,
            "units": self.units,
            "fixes": self.n_fixes,
            "areas": [area.as_json(self.parts) for area in self.areas],
            "outside": cast("Times", outside),
            "removed": self.removed,
            "put_in_order": self.n_out_of_order,
            "visits": self.n_visits,
            "warnings": list(self.warnings),
            "attribution": self.attribution,
            "stamp": self.stamp.as_json(),
        }

    def sentence(self) -> str:
        """Return the answer in one sentence."""
        who = several(self.units, "unit was", "units were")
        said = f"{who} observed for {self.observed_s / 3600:,.1f} unit-hours"
        if self.areas and self.areas[0].whole.seconds and len(self.areas) > 1:
            first = self.areas[0]
            said += f", {_percent(first.whole.seconds / self.observed_s)} of them in {first.name}"
        if self.observed_s:
            said += f" and {_percent(self.outside.whole.seconds / self.observed_s)} outside"
        said += f"; {self.unknown_s / 3600:,.1f} unit-hours between fixes are unknown"
        return said + (", off-duty time included." if self.off_duty_s is None else ".")


@words_of(Presence)
class PresenceAnswer(StampedAnswer, Days):
    """The time units spent in each area of a level.

    Parameters
    ----------
    outside_s
        Time in none of the areas.
    gaps
        How many gaps unknown time is in.
    fixes
        Fixes that count.
    put_in_order
        Fixes that did not come in order.
    visits
        Visits written; null where none were asked for.
    """

    synthetic: bool
    answer: str
    by: str
    credit: str
    cap_s: float
    median_interval_s: float | None
    observed_s: float
    outside_s: float
    overlap_s: float
    unknown_s: float
    off_duty_s: float | None
    gaps: int
    units: int
    fixes: int
    areas: list[AreaAnswer]
    outside: Times
    removed: dict[str, int]
    put_in_order: int
    visits: int | None
    warnings: list[str]
    attribution: str


def far_outside(outside_s: float, observed_s: float) -> list[str]:
    """Return what must be said where most time lies outside the force's area: it is seldom meant so."""
    if outside_s <= MOSTLY * observed_s:
        return []
    return [
        f"{_percent(outside_s / observed_s)} of observed time is outside the force's area, and in no figure of its "
        "areas. Are these its units, in degrees of longitude and latitude, and its outlines?"
    ]


def _percent(share: float) -> str:
    """Return a share in whole percent: what is not nothing is not called 0%, nor what is not all 100%."""
    if 0 < share < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 <= share < 1 else f"{share:.0%}"


def seconds(us: int) -> float:
    """Return microseconds as seconds, a whole number where it is one."""
    return plain_number(us / US)


def plain_number(value: float) -> float:
    """Return a number, a whole one where it is one."""
    return int(value) if float(value).is_integer() else value
