"""Says what of the force folder a simulation rests on as people would, with units and the force's own names."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import singledispatch
from typing import Any

from constabulary.core.amounts import duration, several
from constabulary.core.force import Force
from constabulary.core.force.model import Establishment, Target
from constabulary.core.force.rooms.response import AwayRow, ControlRoomRow, DutyRow, ShiftRow, Station

Names = Mapping[str, str]


def names_of(force: Force) -> Names:
    """Return what a force calls its places, roles, grades and channels, by their ids."""
    lists = (force.channels, force.grades, force.roles, force.areas, force.districts)
    return {one.id: one.name for entries in lists for one in entries}


@singledispatch
def said(row: Any, names: Names) -> str:
    """Return a row of a force folder in words.

    Parameters
    ----------
    row
        The row: of stations, shifts, duties, absence, call takers, targets or establishment.
    names
        See `names_of`.
    """
    raise TypeError(f"{type(row).__name__} has no words")


@said.register
def _(row: Station, names: Names) -> str:
    desks = "" if row.n_custody_desks is None else f"; {several(row.n_custody_desks, 'custody desk')}"
    north, east = _degrees(row.latitude, "NS"), _degrees(row.longitude, "EW")
    return f"Station: {row.name}, {_named(row.district_id, names)}, at {north} {east}{desks}"


@said.register
def _(row: ShiftRow, names: Names) -> str:
    days = "every day" if row.days is None else row.days.title()
    return (
        f"Shift: {row.name} of the pattern {_named(row.pattern_id, names)}, {days} from {row.starts_at} for "
        f"{duration(60 * row.length_min)}; {_percent(row.on_duty_share)} of people are on it, "
        f"{_percent(row.double_crewed_share)} of them in pairs"
    )


@said.register
def _(row: DutyRow, names: Names) -> str:
    where = "" if row.area_id is None else f" in {_named(row.area_id, names)}"
    return (
        f"Duty: {_named(row.role, names)}{where}, {_named(row.duty, names)} is done by "
        f"{_percent(row.share_of_posts)} of posts, on the pattern {_named(row.pattern_id, names)}"
    )


@said.register
def _(row: AwayRow, names: Names) -> str:
    of = "posts" if row.kind == "vacancy" else "rostered time"
    who = "" if row.role is None else f", {_named(row.role, names)}"
    return f"Away: {_named(row.kind, names)}{who}, {_percent(row.share)} of {of}"


@said.register
def _(row: ControlRoomRow, names: Names) -> str:
    pool = {"emergency": "emergency calls", "other": "all other contacts"}.get(
        row.pool or "", "every contact"
    )
    return (
        f"Call takers: {_number(row.people_fte)} full-time equivalents for {pool}, on the pattern "
        f"{_named(row.pattern_id, names)}, away for {_percent(row.away_share)} of rostered time"
    )


@said.register
def _(row: Target, names: Names) -> str:
    of = _named(row.grade or row.channel or "", names)
    share = "" if row.share is None else f"{_percent(row.share)} "
    setting = "" if row.setting is None else f", {row.setting}"
    clock = f"{_named(row.clock_start, names)} to {_named(row.clock_stop, names)}"
    return f"Target: {of}{setting}, {share}within {duration(row.seconds)}, from {clock}"


@said.register
def _(row: Establishment, names: Names) -> str:
    where = "the whole force" if row.area_id is None else _named(row.area_id, names)
    return (
        f"Establishment: {where}, {_named(row.role, names)}, {_number(row.posts_fte)} full-time equivalent posts, "
        f"as at {row.as_at_on}"
    )


def _named(name: str, names: Names) -> str:
    return names.get(name, name.replace("_", " "))


def _number(value: Decimal) -> str:
    return f"{value.normalize():,f}"


def _percent(share: Decimal) -> str:
    return f"{_number(100 * share)}%"


def _degrees(value: Decimal, sides: str) -> str:
    return f"{abs(value)}° {sides[value < 0]}"
