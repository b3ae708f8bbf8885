"""What programs are answered about the workforce: who is on duty, and what posts, or a sum, buy."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from constabulary.core.answers import StampedAnswer, with_other_fields, words_of
from constabulary.services.response.answers import Head


@with_other_fields(float | None)
class EffectRow(TypedDict):
    """What a number of posts buys.

    Further fields are the figures of response, by name: the figure; with `_half_width` half its interval; with
    `_change` how it differs from that with no posts added; with `_change_half_width` half the interval of that.

    Parameters
    ----------
    posts_added_fte, cost_gbp
        Posts more or, below 0, fewer, and what they cost a year.
    posts_fte, strength_fte
        Posts that respond, and people in them.
    """

    posts_added_fte: float
    cost_gbp: float
    posts_fte: float
    strength_fte: float
    grade: str
    reason: NotRequired[str]


@words_of(Head)
class EffectAnswer(StampedAnswer, Head):
    """What posts buy: cost, officers, units on duty, minutes and uncommitted hours.

    Parameters
    ----------
    kind
        Always effect.
    scenario
        Name of the scenario that posts are added to.
    role
        Role of the posts.
    cost_gbp_a_post
        What a post costs a year.
    rows
        One a number of posts, the fewest first.
    """

    kind: str
    scenario: str
    role: str
    cost_gbp_a_post: float
    rows: list[EffectRow]


@with_other_fields(float | None)
class BoughtAnswer(TypedDict):
    """What a yearly amount buys, read between the rows; further fields are the figures of response, by name.

    Parameters
    ----------
    amount_gbp, posts_added_fte
        The amount, and the posts it pays for.
    change
        How each figure differs from that with no posts added.
    """

    amount_gbp: float
    posts_added_fte: float
    grade: str
    change: dict[str, float | None]


@words_of(Head, EffectAnswer)
class EffectAsked(EffectAnswer):
    """What posts buy, and what a sum does.

    Parameters
    ----------
    bought
        What the sum asked about buys; null where none is asked about.
    """

    bought: BoughtAnswer | None


class PostAnswer(TypedDict):
    """Posts of one role and duty in one place.

    Parameters
    ----------
    area_id, area
        Id and name of the place.
    role, duty, pattern
        Ids of what they are, what they do and the shifts they work.
    posts_fte, strength_fte
        Posts, and people in them.
    away_share
        Share of rostered time that people are away.
    mean_rostered, mean_deployable, mean_units
        People rostered and there, and units they make, on average over the week.
    """

    area_id: str | None
    area: str
    role: str
    duty: str
    pattern: str
    posts_fte: float
    strength_fte: float
    away_share: float
    mean_rostered: float
    mean_deployable: float
    mean_units: float


class HoursAnswer(TypedDict):
    """Who is on duty in each of the 168 hours of the week, from Monday 00:00.

    Parameters
    ----------
    area_id
        Id of the place.
    role, duty
        Ids of what they are and what they do.
    rostered, deployable, units
        People rostered and there, and units they make.
    """

    area_id: str | None
    role: str
    duty: str
    rostered: list[float]
    deployable: list[float]
    units: list[float]


class OnDutyAnswer(StampedAnswer):
    """Posts, strength and absence, and who is on duty in each hour of the week.

    Parameters
    ----------
    scenario
        Name of what was asked about.
    posts
        Posts by place, role and duty.
    hours
        The same by hour of the week.
    """

    scenario: str
    posts: list[PostAnswer]
    hours: list[HoursAnswer]
