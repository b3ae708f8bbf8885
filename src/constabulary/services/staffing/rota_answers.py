"""What programs are answered about rotas: the cover of a need, the cycle proposed, and the pattern worked now."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from constabulary.core.answers import StampedAnswer, Written
from constabulary.response.rota.rules import Rules
from constabulary.services.staffing.rota_need import Check


class StartOfDay(TypedDict):
    """People who begin a shift on a day of the week."""

    day: str
    starts_at: str
    length_min: int
    people: int


class IdealAnswer(TypedDict):
    """The cheapest cover there could be, were people free to come for any single shift.

    Parameters
    ----------
    paid_h, cost_h, bound_h
        Hours paid, the same with what unsocial hours cost more, and the least that could be.
    covered
        Whether it covers the need.
    starts
        Who begins when.
    """

    paid_h: float
    cost_h: float
    bound_h: float
    proven: bool
    covered: bool
    starts: list[StartOfDay]


class CycleShift(TypedDict):
    """A shift of a rota.

    Parameters
    ----------
    start_min
        Minutes from midnight at which it begins.
    is_night
        Whether it counts as a night.
    """

    name: str
    starts_at: str
    start_min: int
    length_min: int
    is_night: bool


class WorkedAnswer(TypedDict):
    """What a team works over the whole cycle.

    Parameters
    ----------
    who
        The team.
    week_h
        Hours a week on average.
    shifts, nights, weekends_off
        Shifts, nights among them, and weekends off.
    """

    who: str
    week_h: float
    shifts: int
    nights: int
    weekends_off: int


class BreachAnswer(TypedDict):
    """A rule that a rota breaks.

    Parameters
    ----------
    rule
        Its name.
    who
        The person or team.
    message
        What is wrong.
    week, day
        The week, from 1, and the day of the week.
    on
        The date, where the rota is of dates.
    """

    rule: str
    who: str
    message: str
    week: NotRequired[int]
    day: NotRequired[str]
    on: NotRequired[str]


class RotaCycle(TypedDict):
    """A team cycle.

    Parameters
    ----------
    teams, team_size
        Teams, which are also weeks of the cycle, and people in each.
    week_h, paid_h
        Hours a week of each person, and of all.
    short_h, surplus_h
        Hours a week short of the need, and beyond it.
    shifts
        Its shifts.
    weeks
        The shift worked on each day of each week, as a place in the list of shifts; null is a day off.
    on_duty
        People on each shift on each day.
    cover
        People there in each half-hour of the week.
    fair
        What each team works.
    breaches
        Rules that it breaks.
    """

    teams: int
    team_size: int
    people: int
    week_h: float
    paid_h: float
    short_h: float
    surplus_h: float
    proven: bool
    shifts: list[CycleShift]
    weeks: list[list[int | None]]
    on_duty: list[list[int]]
    cover: list[float]
    fair: list[WorkedAnswer]
    breaches: list[BreachAnswer]


class CycleTried(TypedDict):
    """A number of teams that was tried.

    Parameters
    ----------
    teams, week_h, short_h
        Teams, hours a week of each person, and hours short of the need.
    """

    teams: int
    people: int
    week_h: float
    short_h: float
    proven: bool


class PresentAnswer(TypedDict):
    """How the pattern worked now would cover the need.

    Parameters
    ----------
    pattern_id
        Id of the pattern, or of several.
    week_h
        Hours a week of each person.
    people_to_cover, people_now
        People it takes to cover the need so, null where it never does; and those in post.
    judged
        What a simulation says of it; null where none was run.
    short_h_with_as_many, surplus_h_with_as_many, cover_with_as_many
        Hours short and beyond, and people there in each half-hour, with as many people as proposed.
    short_h_now, surplus_h_now, cover_now
        The same with those in post.
    """

    pattern_id: str
    week_h: float
    people_to_cover: int | None
    people_now: float
    judged: Written[Check] | None
    short_h_with_as_many: float
    surplus_h_with_as_many: float
    cover_with_as_many: list[float]
    short_h_now: float
    surplus_h_now: float
    cover_now: list[float]


_For = TypedDict("_For", {"for": Annotated[str, "Whom it is for: officers or call-takers."]})


class RotaAsked(_For):
    """What a rota was asked for.

    Parameters
    ----------
    away_share
        Share of rostered time that people are away.
    need_sha256
        Hash of the need.
    lengths_h, every_min, starts, kinds
        Lengths of shifts, how often they may begin and between which times, and how many kinds there may be.
    teams
        Teams; null for whichever is best.
    rules
        What the cycle keeps to.
    briefing_min, break_share
        Briefing, and breaks as a share of a shift.
    unsocial_rate
        What an unsocial hour costs more, as a share of an hour.
    """

    area: str | None
    away_share: float | None
    need_sha256: str
    lengths_h: list[float]
    every_min: int
    starts: list[str]
    kinds: int
    teams: int | None
    people: int | None
    rules: Written[Rules]
    briefing_min: float
    break_share: float
    unsocial_rate: float


class RotaAnswer(StampedAnswer):
    """A rota proposed to cover a need.

    Parameters
    ----------
    kind
        Always rota.
    area
        Id of the area; null for the whole force.
    slot_min
        How long a slot of the need is.
    need
        People needed in each slot of the week, from Monday 00:00.
    checks
        What a simulation says of the need.
    need_h, need_h_by_area
        People-hours needed a week, in all and by area.
    ideal
        The cheapest cover there could be.
    rota
        The cycle proposed.
    tried
        Every number of teams that was tried.
    judged
        What a simulation says of the rota; null where none was run.
    present
        How the pattern worked now would do; null where none is known.
    asked
        What was asked.
    """

    kind: str
    area: str | None
    slot_min: int
    need: list[float]
    checks: list[Written[Check]]
    need_h: float
    need_h_by_area: dict[str, float]
    ideal: IdealAnswer
    rota: RotaCycle
    tried: list[CycleTried]
    judged: Written[Check] | None
    present: PresentAnswer | None
    asked: RotaAsked
