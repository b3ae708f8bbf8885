"""Files for response and the workforce: bases, shifts, who does which duty, how many are away, values of one's own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from constabulary.core.errors import Problem
from constabulary.core.force.declared import EVIDENCE, ID, Column, Table
from constabulary.core.force.model import Typed
from constabulary.core.force.typed import Contents

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DUTIES = ("response", "neighbourhood", "investigation", "other")
AWAY = ("vacancy", "annual_leave", "sickness", "training", "court", "restricted", "other")
SETTINGS = ("urban", "rural")
POOLS = ("emergency", "other")
WEEK_MIN = 7 * 24 * 60
LONGEST_SHIFT_MIN = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Station(Typed):
    """A base that units start from; `n_custody_desks` is how many detainees it books in at once, if any."""

    station_id: str
    name: str
    district_id: str
    longitude: Decimal
    latitude: Decimal
    n_custody_desks: int | None


@dataclass(frozen=True, kw_only=True)
class ShiftRow(Typed):
    """One shift of a pattern.

    Parameters
    ----------
    pattern_id, shift_id, name
        The pattern, the shift in it, and its name for people.
    days
        Days it starts on: "mon tue ..."; None for every day.
    starts_at
        Local clock time, "22:00".
    length_min
        How long it lasts [min]; it may run past midnight.
    on_duty_share
        Share of the pattern's people rostered on it on such a day [0 to 1].
    double_crewed_share
        Share of those people who go out two to a unit [0 to 1].
    """

    pattern_id: str
    shift_id: str
    name: str
    days: str | None
    starts_at: str
    length_min: int
    on_duty_share: Decimal
    double_crewed_share: Decimal

    @property
    def start_min(self) -> int:
        """Minutes from local midnight at which it starts."""
        hours, minutes = self.starts_at.split(":")
        return 60 * int(hours) + int(minutes)

    @property
    def weekdays(self) -> tuple[int, ...]:
        """Days it starts on, Monday 0."""
        named = (self.days or " ".join(DAYS)).split()
        return tuple(DAYS.index(day) for day in named)


@dataclass(frozen=True, kw_only=True)
class DutyRow(Typed):
    """The share of a role's posts that does a duty on a shift pattern, in one area or, with None, wherever not said."""

    area_id: str | None
    role: str
    duty: str
    share_of_posts: Decimal
    pattern_id: str


@dataclass(frozen=True, kw_only=True)
class AwayRow(Typed):
    """A share of posts (vacancy) or of rostered time (all else) that is not there; role None is every other role."""

    role: str | None
    kind: str
    share: Decimal


@dataclass(frozen=True, kw_only=True)
class ControlRoomRow(Typed):
    """People who answer contacts on a shift pattern; pool None answers every channel, and comes alone.

    Parameters
    ----------
    pool
        One of `POOLS`, those who answer emergency calls or all else; None for all.
    pattern_id
        The shift pattern they work.
    people_fte
        People in post [fte].
    away_share
        Share of rostered time for which they are away [0 to 1].
    """

    pool: str | None
    pattern_id: str
    people_fte: Decimal
    away_share: Decimal


@dataclass(frozen=True, kw_only=True)
class ResponseValue(Typed):
    """A value of the force's own in place of a parameter of the package, or of one part of it."""

    name: str
    part: str | None
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class LsoaSetting(Typed):
    """Whether an LSOA is urban or rural, in place of what its size says."""

    lsoa_code: str
    setting: str


TABLES = (
    Table(
        "stations",
        "response/stations.csv",
        "Bases that units start from, and where detainees are booked in. Without the file each district has one "
        "base, in the middle of its residents.",
        (
            Column("station_id", ID, "id"),
            Column("name", "Name shown to people."),
            Column("district_id", "The district it stands in.", "id", True, (), ("districts",)),
            Column("longitude", "Degrees east (WGS 84).", "decimal"),
            Column("latitude", "Degrees north (WGS 84).", "decimal"),
            Column(
                "n_custody_desks",
                "Detainees booked in at once; empty where it takes none.",
                "whole",
                False,
            ),
            *EVIDENCE,
        ),
        ("station_id",),
        required=False,
        record=Station,
    ),
    Table(
        "shift_patterns",
        "response/shift_patterns.csv",
        "Shift patterns: when each shift starts, how long it lasts, which share of people is on it.",
        (
            Column("pattern_id", "The pattern; its shifts share it.", "id"),
            Column("shift_id", "The shift, once in its pattern.", "id"),
            Column("name", "Name shown to people."),
            Column("days", "Days it starts on, such as `fri sat`; empty for every day.", required=False),
            Column("starts_at", "Local clock time, such as 22:00."),
            Column("length_min", "How long it lasts (minutes); it may run past midnight.", "whole"),
            Column(
                "on_duty_share",
                "Share of the pattern's people rostered on it on such a day: 0.2 where five teams take turns.",
                "share",
            ),
            Column("double_crewed_share", "Share of those people who go out two to a unit.", "share"),
            *EVIDENCE,
        ),
        ("pattern_id", "shift_id"),
        required=False,
        record=ShiftRow,
    ),
    Table(
        "duties",
        "response/duties.csv",
        "Which share of each role's posts does which duty, on which shift pattern. Only response is sent to "
        "incidents first; neighbourhood units patrol.",
        (
            Column(
                "area_id",
                "District or area; empty for all that have no row of their own.",
                "id",
                False,
                (),
                ("districts", "areas"),
            ),
            Column("role", "The role.", "id", True, (), ("roles",)),
            Column("duty", "What they do.", "text", True, DUTIES),
            Column("share_of_posts", "Share of the role's posts there.", "share"),
            Column("pattern_id", "The shift pattern they work.", "id", True, (), ("shift_patterns",)),
            *EVIDENCE,
        ),
        ("area_id", "role", "duty"),
        required=False,
        record=DutyRow,
    ),
    Table(
        "abstractions",
        "response/abstractions.csv",
        "How many of the posts are empty and how much of rostered time people are away.",
        (
            Column(
                "role", "The role; empty for every role without rows of its own.", "id", False, (), ("roles",)
            ),
            Column("kind", "vacancy is of posts, all else of rostered time.", "text", True, AWAY),
            Column("share", "The share.", "share"),
            *EVIDENCE,
        ),
        ("role", "kind"),
        required=False,
        record=AwayRow,
    ),
    Table(
        "control_room",
        "response/control_room.csv",
        "Who answers contacts: people in post on a shift pattern, for emergency calls, for all else or for both. "
        "A rota of call takers is compared with it.",
        (
            Column("pool", "Whom they answer; empty: every channel.", "text", False, POOLS),
            Column("pattern_id", "The shift pattern they work.", "id", True, (), ("shift_patterns",)),
            Column("people_fte", "People in post (full-time equivalents).", "decimal"),
            Column("away_share", "Share of rostered time for which they are away.", "share"),
            *EVIDENCE,
        ),
        ("pool", "pattern_id"),
        required=False,
        record=ControlRoomRow,
    ),
    Table(
        "response_values",
        "response/values.csv",
        "Values of the force's own for named assumptions on travel, dispatch and contact; "
        "`constabulary response assumptions` lists the names.",
        (
            Column("name", "The assumption.", "id"),
            Column("part", "The part of it, where it has several: a grade, urban, 999 ...", required=False),
            Column("value", "The value, in the assumption's unit.", "decimal"),
            *EVIDENCE,
        ),
        ("name", "part"),
        required=False,
        record=ResponseValue,
    ),
    Table(
        "lsoa_settings",
        "response/lsoa_settings.csv",
        "Whether LSOAs are urban or rural, for travel and targets. Without a row the size of the LSOA tells.",
        (
            Column("lsoa_code", "ONS code of the LSOA.", "id"),
            Column("setting", "Urban or rural.", "text", True, SETTINGS),
            *EVIDENCE,
        ),
        ("lsoa_code",),
        required=False,
        record=LsoaSetting,
    ),
)

QUESTIONS = ("response/scenarios/*.toml",)
FILES = QUESTIONS


def check(contents: Contents) -> list[Problem]:
    """Return what is wrong across rows of shifts, duties and abstractions."""
    return [
        *shift_problems(contents.tables["shift_patterns"]),
        *_duties(contents),
        *_away(contents),
        *control_room_problems(contents.tables["control_room"]),
    ]


def shift_problems(rows: Iterable[dict[str, Any]]) -> Iterator[Problem]:
    """Tell what is wrong with rows of shifts, each cell of which could be read."""
    hours: dict[str, Decimal] = defaultdict(Decimal)
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", row["starts_at"]):
            yield _problem(row, "starts_at", "bad_clock_time", "is no clock time.", "a time such as 07:00")
        if not 0 < row["length_min"] <= LONGEST_SHIFT_MIN:
            yield _problem(row, "length_min", "bad_shift_length", "is no length of a shift.", "1 to 1440")
        days = (row["days"] or " ".join(DAYS)).split()
        if any(day not in DAYS for day in days) or len(set(days)) != len(days):
            yield _problem(row, "days", "bad_days", "are not days of the week.", " ".join(DAYS))
            continue
        first.setdefault(row["pattern_id"], row)
        hours[row["pattern_id"]] += len(days) * row["length_min"] * row["on_duty_share"]
    for pattern, minutes in hours.items():
        if minutes > WEEK_MIN / 2:
            yield _problem(
                first[pattern],
                "on_duty_share",
                "too_many_hours",
                f"pattern {pattern} has each person on duty {minutes / 60:.0f} hours a week.",
                "84 or fewer; people on duty at once share the pattern between them",
            )


def control_room_problems(rows: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    """Tell what is wrong with rows of who answers contacts, each cell of which could be read."""
    pools = {row["pool"] for row in rows}
    for row in rows:
        if row["people_fte"] < 0:
            yield _problem(row, "people_fte", "out_of_range", "is fewer than none.", "0 or more")
        if row["away_share"] >= 1:
            yield _problem(row, "away_share", "nobody_left", "leaves nobody on duty.", "below 1")
        if row["pool"] is None and len(pools) > 1:
            yield _problem(
                row,
                "pool",
                "two_ways",
                "some answer every channel and some do not.",
                "a pool in every row or in none",
            )


def _duties(contents: Contents) -> Iterator[Problem]:
    total: dict[tuple[str | None, str], Decimal] = defaultdict(Decimal)
    for row in contents.tables["duties"]:
        key = (row["area_id"], row["role"])
        total[key] += row["share_of_posts"]
        if total[key] > 1:
            yield _problem(
                row, "share_of_posts", "more_than_all", "the shares make more than 1.", "1 or less in all"
            )


def _away(contents: Contents) -> Iterator[Problem]:
    total: dict[str | None, Decimal] = defaultdict(Decimal)
    for row in contents.tables["abstractions"]:
        if row["kind"] == "vacancy":
            continue
        total[row["role"]] += row["share"]
        if total[row["role"]] >= 1:
            yield _problem(row, "share", "nobody_left", "the shares leave nobody on duty.", "below 1 in all")


def _problem(row: dict[str, Any], column: str, rule: str, message: str, expected: str) -> Problem:
    return Problem(rule, message, row["file"], row["line"], column, str(row[column]), expected)
