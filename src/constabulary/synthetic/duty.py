"""Who is on duty when, for made-up positions: units a shift in each district, from establishment and shifts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from constabulary.core.force import Force
from constabulary.core.force.rooms.response import AwayRow, DutyRow, ShiftRow
from constabulary.parameters import Parameter

PATROLS = ("response", "neighbourhood")
"""Duties that are out; investigation and other are not made up."""
EVERY_DAY = tuple(range(7))
USUAL_STARTS_MIN = (7 * 60, 15 * 60, 23 * 60)
USUAL_LENGTH_MIN = 8 * 60


@dataclass(frozen=True)
class Roster:
    """One shift of one duty in one district.

    Parameters
    ----------
    duty
        What its units do, of `PATROLS`.
    role, district_no, shift
        Whose posts, place of the district in the force's list, name of the shift.
    start_min, length_min
        Minutes from local midnight at which it starts, and how long it lasts.
    weekdays
        Days it starts on, Monday 0.
    people
        People on duty on such a day, on average.
    double_crewed_share
        Share of them who go out two to a unit.
    """

    duty: str
    role: str
    district_no: int
    shift: str
    start_min: int
    length_min: int
    weekdays: tuple[int, ...]
    people: float
    double_crewed_share: float


def rosters(force: Force, given: Mapping[str, Parameter]) -> tuple[Roster, ...]:
    """Return every shift that a force's units work.

    Duties, shift patterns and absence are those of the force folder; without duties, a share of all posts works three
    shifts of eight hours as response.

    Parameters
    ----------
    force
        Whose establishment counts.
    given
        The assumed values for made-up positions.
    """
    found = _of_folder(force) if force.rows(DutyRow) else _usual(force, given)
    return tuple(one for one in found if one.people > 0)


def posts_by_district(force: Force) -> dict[tuple[int, str], float]:
    """Return posts (full-time equivalents) by district and role, those of larger areas shared out by residents."""
    residents = [district.population for district in force.districts]
    ids = [district.id for district in force.districts]
    latest = {}
    for row in sorted(force.establishment, key=lambda one: one.as_at_on):
        latest[row.area_id, row.role] = float(row.posts_fte)
    found: dict[tuple[int, str], float] = {}
    for (area_id, role), posts in latest.items():
        members = next((list(area.district_ids) for area in force.areas if area.id == area_id), ids)
        members = [area_id] if area_id in ids else members
        total = sum(residents[ids.index(one)] for one in members) or 1
        for one in members:
            number = ids.index(one)
            found[number, role] = found.get((number, role), 0.0) + posts * residents[number] / total
    return found


def _of_folder(force: Force) -> Iterator[Roster]:
    duties, shifts = force.rows(DutyRow), force.rows(ShiftRow)
    for (district_no, role), posts in posts_by_district(force).items():
        district = force.districts[district_no]
        own = [row for row in duties if row.role == role and row.area_id in (district.id, district.area_id)]
        there = [row for row in own if row.area_id == district.id] or own
        there = there or [row for row in duties if row.role == role and row.area_id is None]
        present = _present(force, role)
        for duty in there:
            if duty.duty not in PATROLS:
                continue
            for shift in (one for one in shifts if one.pattern_id == duty.pattern_id):
                yield Roster(
                    duty.duty,
                    role,
                    district_no,
                    f"{shift.pattern_id} {shift.shift_id}",
                    shift.start_min,
                    shift.length_min,
                    shift.weekdays,
                    posts * float(duty.share_of_posts) * present * float(shift.on_duty_share),
                    float(shift.double_crewed_share),
                )


def _present(force: Force, role: str) -> float:
    """Return the share of a role's rostered time that is worked: posts filled, less absence."""
    rows = force.rows(AwayRow)
    own = [row for row in rows if row.role == role] or [row for row in rows if row.role is None]
    filled = 1 - sum(float(row.share) for row in own if row.kind == "vacancy")
    return filled * (1 - sum(float(row.share) for row in own if row.kind != "vacancy"))


def _usual(force: Force, given: Mapping[str, Parameter]) -> Iterator[Roster]:
    on_duty = given["on_patrol_share"].value * given["on_duty_share"].value
    for (district_no, role), posts in posts_by_district(force).items():
        for start_min in USUAL_STARTS_MIN:
            yield Roster(
                "response",
                role,
                district_no,
                f"{start_min // 60:02}:00",
                start_min,
                USUAL_LENGTH_MIN,
                EVERY_DAY,
                posts * on_duty,
                given["double_crewed_share"].value,
            )
