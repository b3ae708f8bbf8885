"""What programs are answered about staffing: sites, officers by district and shift, and rotas proposed."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from constabulary.core.answers import StampedAnswer, Written, words_of
from constabulary.services.staffing.allocation_judging import AllocationQuestion


class ChosenSites(TypedDict):
    """Sites chosen.

    Parameters
    ----------
    sites
        Names of the sites: stations, or codes of places.
    objective
        What they are worth, in the terms of `objective_is`.
    units
        Units at each site, where units are placed.
    """

    sites: list[str]
    objective: float
    units: NotRequired[dict[str, int]]


class ClosedSite(TypedDict):
    """What closing a site costs while the others stay.

    Parameters
    ----------
    site
        Its name.
    objective, change
        What the others are worth, and how that differs; null where they cannot serve all demand.
    """

    site: str
    objective: float | None
    change: float | None


class PlaceReached(TypedDict):
    """How soon a place is reached.

    Parameters
    ----------
    code
        Code of the place.
    incidents_per_day
        Incidents expected there.
    minutes, minutes_now
        From the nearest site chosen, and from the nearest there is now.
    """

    code: str
    incidents_per_day: float
    minutes: float
    minutes_now: float


@words_of(ChosenSites)
class SitesAnswer(StampedAnswer, ChosenSites):
    """Sites proposed for a force's units.

    Parameters
    ----------
    kind
        Always sites.
    model, objective_is
        pmedian, pcentre, mclp or mexclp, and what it makes the best of.
    bound
        What the best could be at most, or at least; null where none is known.
    alternatives
        Other choices, the best first.
    demand
        Incidents a day that are to be served.
    covered_share, mean_min
        Share of them within the standard, or minutes to them on average; null where the model does not say.
    closing
        What closing each site costs, where that was asked.
    asked
        What was asked.
    candidates, hours
        Which sites there were to choose from, and which part of the day is looked at.
    travel
        How journeys are timed.
    names, district_of
        Name and district of each site.
    opened, closed
        Sites that are not there now, and stations that are not chosen.
    places
        How soon each place is reached.
    """

    kind: str
    model: str
    objective_is: str
    bound: float | None
    proven: bool
    alternatives: list[ChosenSites]
    demand: float
    covered_share: float | None
    mean_min: float | None
    closing: NotRequired[list[ClosedSite]]
    asked: dict[str, Any]
    force: str
    candidates: str
    hours: str
    travel: str
    names: dict[str, str]
    district_of: dict[str, str | None]
    opened: list[str]
    closed: list[str]
    places: list[PlaceReached]
    warnings: list[str]


class OptionTried(TypedDict):
    """A way to give officers out, as simulated.

    Parameters
    ----------
    posts_share
        Its hours as a share of those there are.
    within_share, worst_share
        Share of the most urgent incidents reached in time, in all and in the worst-served district.
    other_grades
        Share in time of other grades that have a target, by grade.
    surely_at_least
        What the worst share surely is at least, where the target is asked about.
    still_in, verdict
        Whether it may be the best, and what is said of it.
    """

    name: str
    posts_share: float
    within_share: float
    worst_share: float
    other_grades: dict[str, float]
    surely_at_least: NotRequired[float]
    n: int
    still_in: bool
    verdict: str


class ShiftKind(TypedDict):
    """A shift that officers are given to.

    Parameters
    ----------
    days
        Days of the week it is worked on.
    """

    starts_at: str
    length_min: int
    days: str


class DistrictOfficers(TypedDict):
    """Officers of a district.

    Parameters
    ----------
    district
        Id of the district.
    now, proposed
        Officers on each shift, now and as proposed.
    posts_now, posts_proposed, posts_by_shift
        The posts that takes, and those of each shift as proposed.
    guide_share_now, guide_share
        Share in time that the formulas expect, now and as proposed.
    """

    district: str
    name: str
    now: list[float]
    proposed: list[float]
    posts_now: float
    posts_proposed: float
    posts_by_shift: list[float]
    guide_share_now: float
    guide_share: float


class ShareChange(TypedDict):
    """How a share in time changes.

    Parameters
    ----------
    within_share_now, within_share
        The share now and as proposed.
    change, change_half_width
        The change, and half its interval.
    """

    within_share_now: float | None
    within_share: float | None
    change: float | None
    change_half_width: float | None


@words_of(ShareChange)
class DistrictChange(ShareChange):
    """How a district's share in time changes.

    Parameters
    ----------
    district
        Id of the district.
    """

    district: str
    name: str


@words_of(ShareChange)
class GradeChange(ShareChange):
    """How a grade's share in time changes."""

    grade: str


class FrontierPoint(TypedDict):
    """The best response found for a number of posts.

    Parameters
    ----------
    posts, cost_gbp_a_year
        The posts, and what they cost more a year than those there are.
    given
        How they were given out.
    within_share, half_width, worst_share, worst_half_width
        Share in time, in all and in the worst-served district, and half their intervals.
    guide_share
        Share in time that the formulas expect.
    """

    posts: float
    cost_gbp_a_year: float
    given: str
    within_share: float | None
    half_width: float | None
    worst_share: float | None
    worst_half_width: float | None
    guide_share: float


class SecondOpinion(TypedDict):
    """What the hypercube model says of a district beside what simulation says.

    Parameters
    ----------
    district
        Id of the district.
    units
        Its units.
    exact
        Whether the model was solved exactly.
    hypercube_busy_share, simulated_busy_share
        Share of time its units are busy.
    hypercube_travel_min, simulated_travel_min
        Mean journey to its incidents.
    hypercube_cross_border_share, simulated_cross_border_share
        Share of its incidents that units of other districts go to.
    """

    district: str
    name: str
    units: float
    exact: bool
    hypercube_busy_share: float
    simulated_busy_share: float | None
    hypercube_travel_min: float | None
    simulated_travel_min: float | None
    hypercube_cross_border_share: float | None
    simulated_cross_border_share: float | None


_From = TypedDict("_From", {"from": str})


class AllocationTable(TypedDict):
    """Officers by district and shift.

    Parameters
    ----------
    shifts
        Shifts that officers are given to.
    allocation
        Officers of each district.
    """

    shifts: list[ShiftKind]
    allocation: list[DistrictOfficers]


@words_of(AllocationTable)
class AllocationAnswer(StampedAnswer, AllocationTable, _From):
    """Officers proposed by district and shift.

    Parameters
    ----------
    kind
        Always allocation.
    begins_from
        File name of the scenario it begins from; null for the folder as it stands.
    goal
        best, equal or targets.
    asked
        What was asked.
    chosen, confidence, is_confident, difference
        The option chosen, how sure that was to be and whether it is, and the smallest difference that matters.
    options
        How each option fared.
    changes_by_district, changes_by_grade
        How shares in time change.
    posts_now, posts_proposed, cost_gbp_a_year
        Posts, and what the difference costs a year.
    frontier
        The best response found for other numbers of posts.
    hypercube
        What the hypercube model says; empty where districts are overloaded.
    travel
        How journeys are timed.
    """

    kind: str
    force: str
    begins_from: str | None
    simulated: bool
    synthetic: bool
    goal: str
    asked: Written[AllocationQuestion]
    grade: str
    chosen: str
    confidence: float
    is_confident: bool
    difference: float
    options: list[OptionTried]
    changes_by_district: list[DistrictChange]
    changes_by_grade: list[GradeChange]
    posts_now: float
    posts_proposed: float
    cost_gbp_a_year: float
    frontier: list[FrontierPoint]
    hypercube: list[SecondOpinion]
    weeks: int
    travel: str
    warnings: list[str]
