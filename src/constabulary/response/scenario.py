"""A scenario: what is tried, laid over a force folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from constabulary.core.force import Force
from constabulary.core.force.rooms.response import ControlRoomRow, ShiftRow
from constabulary.response.model import Rules

STRUCTURES = ("districts", "areas", "one")
"""Who shares units: each district its own, the force's areas, or the whole force."""
POOLS = ("separate", "one")
"""Who answers: agents for emergency calls apart from those for all else, or one pool for all."""
AGENTS = ("targets", "rostered")
"""Agents on duty: as few as answer the assumed share in time, or those that the control room's rows roster."""
DEMANDS = ("published", "records")
"""Where incidents come from: drawn from the published year, or replayed as the workspace's records have them."""
RULES = tuple(one.name for one in fields(Rules) if str(one.type) == "bool")


@dataclass(frozen=True)
class Posts:
    """Posts that a scenario adds to a duty; below 0 it takes some away."""

    role: str
    duty: str
    area_id: str | None
    posts_fte: float


@dataclass(frozen=True)
class ShiftShare:
    """Share of a district's people on a pattern who are rostered on a shift of it, in place of the pattern's own."""

    district_id: str
    pattern_id: str
    shift_id: str
    on_duty_share: float


@dataclass(frozen=True)
class NewStation:
    """A station that a scenario opens: in the middle of an LSOA, or where longitude and latitude (degrees) say."""

    station_id: str
    name: str
    lsoa_code: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    district_id: str | None = None


@dataclass(frozen=True)
class StationUnits:
    """How many of its district's units start at a station, against those at the district's other ones."""

    station_id: str
    n_units: int


@dataclass(frozen=True)
class Assumption:
    """What a scenario rests on: a sentence, the document that says it, and whether it is printed or assumed."""

    text: str
    status: str
    source_id: str | None = None
    where: str | None = None


@dataclass(frozen=True)
class Scenario:
    """What is tried.

    Parameters
    ----------
    name, about
        For people.
    areas
        One of `STRUCTURES`, or the districts of each area by the area's name.
    closed_stations, stations
        Stations that are closed, and those that are opened.
    station_units
        Units of stations against each other; a station that is not named counts as 1.
    posts
        Posts added or taken away.
    shift_patterns
        Shift pattern of each duty that works another than the force folder says; by area or district where it is so
        there alone.
    shifts
        Shifts of patterns of its own, beside those of the force folder.
    shift_shares
        Shares of districts' people on shifts.
    pools, agents
        One of `POOLS` and one of `AGENTS`.
    control_room
        Who answers contacts in place of those of the force folder; none: those.
    factor, demand
        What demand is multiplied by, and one of `DEMANDS`.
    matrix, roads
        Content hashes and paths of travel files; none: by middles of places.
    rules
        Rules of dispatch switched on or off, by name.
    values
        Values in place of the force's and the package's, by the name of the assumption.
    weeks, warm_up_days
        How long is simulated, and how much of its start does not count.
    yearly_gbp, once_gbp
        Costs beside those of posts (pounds).
    assumptions
        What it rests on.
    sha256
        Hash of the file; empty for a scenario made in code.
    """

    name: str
    about: str = ""
    areas: str | Mapping[str, tuple[str, ...]] = "districts"
    closed_stations: tuple[str, ...] = ()
    stations: tuple[NewStation, ...] = ()
    station_units: tuple[StationUnits, ...] = ()
    posts: tuple[Posts, ...] = ()
    shift_patterns: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    shifts: tuple[ShiftRow, ...] = ()
    shift_shares: tuple[ShiftShare, ...] = ()
    pools: str = "one"
    agents: str = "targets"
    control_room: tuple[ControlRoomRow, ...] = ()
    factor: float = 1.0
    demand: str = "published"
    matrix: Path | None = None
    roads: tuple[Path, Path] | None = None
    rules: Mapping[str, bool] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    weeks: int = 52
    warm_up_days: int = 7
    yearly_gbp: float = 0.0
    once_gbp: float = 0.0
    assumptions: tuple[Assumption, ...] = ()
    sha256: str = ""

    @property
    def patterns_by_place(self) -> dict[str, dict[str, str]]:
        """Shift pattern by duty by area or district, "" where it is so everywhere else."""
        found = {"": {duty: one for duty, one in self.shift_patterns.items() if isinstance(one, str)}}
        return found | {
            place: dict(one) for place, one in self.shift_patterns.items() if isinstance(one, Mapping)
        }


def as_it_stands(force: Force) -> Scenario:
    """Return the scenario of a force folder as it is: its areas where it has some, else each district its own."""
    return Scenario(
        name="As the force folder says",
        areas="areas" if force.areas else "districts",
        about="Nothing is changed.",
    )
