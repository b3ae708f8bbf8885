"""Posts: who is meant to be there, doing which duty on which shifts, how many posts are filled and who is away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.response import AwayRow, DutyRow, ShiftRow

DEFAULT_PATTERN = "three_shifts"
DEFAULT_SHIFTS = (
    ("early", "Early", 7 * 60, 9 * 60),
    ("late", "Late", 15 * 60, 10 * 60),
    ("night", "Night", 22 * 60, 9 * 60),
)
"""The pattern of a force that says none: five teams in turn, each shift every day; id, name, start and length [min]."""


@dataclass(frozen=True)
class Shift:
    """One shift of a pattern.

    Parameters
    ----------
    pattern_id, shift_id, name
        The pattern, the shift in it, and its name for people.
    weekdays
        Days it starts on, Monday 0.
    start_min, length_min
        Minutes from local midnight, and how long it lasts [min]; it may run past midnight.
    on_duty_share, double_crewed_share
        Share of the pattern's people rostered on it on such a day, and of those the share who go out in pairs.
    """

    pattern_id: str
    shift_id: str
    name: str
    weekdays: tuple[int, ...]
    start_min: int
    length_min: int
    on_duty_share: float
    double_crewed_share: float

    @property
    def units_an_officer(self) -> float:
        """Units that one officer on this shift makes: 1 alone, a half in a pair."""
        return 1.0 - 0.5 * self.double_crewed_share


@dataclass(frozen=True)
class Post:
    """Posts of one role in one place that do one duty on one pattern.

    Parameters
    ----------
    area_id
        District or area; None is the whole force.
    role, duty, pattern_id
        Who, doing what, on which shifts.
    posts_fte
        Posts [fte].
    vacancy_share
        Share of them that are empty.
    away_share
        Share of rostered time for which those in post are away.
    """

    area_id: str | None
    role: str
    duty: str
    pattern_id: str
    posts_fte: float
    vacancy_share: float
    away_share: float

    @property
    def strength_fte(self) -> float:
        """Posts that are filled [fte]."""
        return self.posts_fte * (1.0 - self.vacancy_share)


@dataclass(frozen=True)
class AddedPosts:
    """Posts that a scenario adds to a duty or, below 0, takes away.

    Parameters
    ----------
    role, duty
        Who, doing what.
    area_id
        District or area; None spreads them over all places by the posts they have.
    posts_fte
        How many [fte].
    """

    role: str
    duty: str
    area_id: str | None
    posts_fte: float


def shifts_of(force: Force, double_crewed_share: float, added: Iterable[ShiftRow] = ()) -> tuple[Shift, ...]:
    """Return every shift of a force's patterns; those of five teams taking turns where it has none.

    Parameters
    ----------
    force
        Whose.
    double_crewed_share
        Share of officers in pairs where the force has no pattern [0 to 1].
    added
        Shifts beside those of the force.
    """
    rows = (*force.rows(ShiftRow), *added)
    typed = tuple(
        Shift(
            row.pattern_id,
            row.shift_id,
            row.name,
            row.weekdays,
            row.start_min,
            row.length_min,
            float(row.on_duty_share),
            float(row.double_crewed_share),
        )
        for row in rows
    )
    if force.rows(ShiftRow):
        return typed
    assumed = tuple(
        Shift(DEFAULT_PATTERN, one, name, tuple(range(7)), start, length, 0.2, double_crewed_share)
        for one, name, start, length in DEFAULT_SHIFTS
    )
    return (*assumed, *typed)


def posts_of(
    force: Force,
    values: Mapping[str, Any],
    added: Iterable[AddedPosts] = (),
    patterns: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Post, ...]:
    """Return a force's posts by place, role and duty.

    Where several days of establishment are typed, the latest of each place and role counts.

    Parameters
    ----------
    force
        Whose.
    values
        `vacancy_share`, `away_share` and `response_share_of_posts`, for a force that types none.
    added
        Posts to add.
    patterns
        Shift pattern to work instead of the force's, by district or area ("" for all others) and duty.

    Raises
    ------
    BadInput
        If there are no posts, or posts are added where there are none or more are taken away than there are.
    """
    latest = {}
    for row in sorted(force.establishment, key=lambda row: row.as_at_on):
        latest[(row.area_id, row.role)] = float(row.posts_fte)
    duties = _duties(force, float(values["response_share_of_posts"]))
    away = _away(force, values)
    found = []
    for (area_id, role), posts in latest.items():
        for duty, share, pattern in duties.get((area_id, role), duties.get((None, role), ())):
            vacant, gone = away.get(role, away[None])
            worked = next(
                (own[duty] for own in _patterns_of(force, area_id, patterns or {}) if duty in own), pattern
            )
            found.append(Post(area_id, role, duty, worked, posts * share, vacant, gone))
    for one in added:
        found = _with(found, one)
    if not found:
        raise BadInput(
            Problem(
                "no_posts",
                "no post of this force does a duty",
                file="establishment.csv",
                expected="posts of a role that response/duties.csv gives a duty",
                remedy="Type the establishment by district and role.",
            )
        )
    return tuple(found)


def _patterns_of(
    force: Force, area_id: str | None, patterns: Mapping[str, Mapping[str, str]]
) -> list[Mapping[str, str]]:
    """Return the patterns by duty that count in a place: its own, those of its area, those of all others."""
    areas = [area.id for area in force.areas if area_id in area.district_ids]
    return [patterns[place] for place in (area_id or "", *areas, "") if place in patterns]


def _duties(
    force: Force, response_share: float
) -> dict[tuple[str | None, str], list[tuple[str, float, str]]]:
    rows = force.rows(DutyRow)
    if not rows:
        first = (force.rows(ShiftRow) or (None,))[0]
        pattern = DEFAULT_PATTERN if first is None else first.pattern_id
        return {(None, force.roles[0].id): [("response", response_share, pattern)]} if force.roles else {}
    found: dict[tuple[str | None, str], list[tuple[str, float, str]]] = {}
    for row in rows:
        found.setdefault((row.area_id, row.role), []).append(
            (row.duty, float(row.share_of_posts), row.pattern_id)
        )
    return found


def _away(force: Force, values: Mapping[str, Any]) -> dict[str | None, tuple[float, float]]:
    """Return vacancy and absence by role, None for the others."""
    rows = force.rows(AwayRow)
    found: dict[str | None, tuple[float, float]] = {
        None: (float(values["vacancy_share"]), float(sum(values["away_share"].values())))
    }
    for role in dict.fromkeys(row.role for row in rows):
        own = [row for row in rows if row.role == role]
        vacant = sum((row.share for row in own if row.kind == "vacancy"), Decimal(0))
        gone = sum((row.share for row in own if row.kind != "vacancy"), Decimal(0))
        found[role] = (float(vacant), float(gone))
    return found


def _with(posts: list[Post], added: AddedPosts) -> list[Post]:
    touched = [
        post
        for post in posts
        if (post.role, post.duty) == (added.role, added.duty) and added.area_id in (None, post.area_id)
    ]
    there = sum(post.posts_fte for post in touched)
    if there <= 0.0 or there + added.posts_fte < 0.0:
        place = added.area_id or "the force"
        raise BadInput(
            Problem(
                "posts_out_of_range",
                f"{added.posts_fte:+g} {added.role} posts for {added.duty} in {place}, where there are {there:g}.",
                expected=f"a role and duty with posts there, and at least {-there:g}",
            )
        )
    factor = 1.0 + added.posts_fte / there
    return [
        Post(
            post.area_id,
            post.role,
            post.duty,
            post.pattern_id,
            post.posts_fte * (factor if post in touched else 1.0),
            post.vacancy_share,
            post.away_share,
        )
        for post in posts
    ]
