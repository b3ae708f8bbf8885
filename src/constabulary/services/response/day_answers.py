"""What programs are answered about one simulated day: units, incidents, and what each hour brought."""

from __future__ import annotations

from typing import TypedDict

from constabulary.core.answers import StampedAnswer


class IncidentAnswer(TypedDict):
    """An incident of a simulated day.

    Parameters
    ----------
    atom, grade
        Places in the lists of small areas and of grades.
    ready_s, arrived_s, over_s
        When a unit was sought, the first arrived and it was over, in seconds from midnight; null where never.
    """

    atom: int
    grade: int
    ready_s: int | None
    arrived_s: int | None
    over_s: int | None


class UnitAnswer(TypedDict):
    """A unit on duty on a simulated day.

    Parameters
    ----------
    from_s, to_s
        When it begins and ends, in seconds from midnight.
    crew
        Officers in it.
    patrol
        Small areas it patrols, as places in their list.
    sent
        Where it was sent: when, when it arrived, when it left (seconds), from which small area and to which.
    """

    from_s: int | None
    to_s: int | None
    crew: int
    patrol: list[int]
    sent: list[list[int | None]]


class HourOfDay(TypedDict):
    """What an hour of a simulated day brought.

    Parameters
    ----------
    incidents
        Incidents that came in.
    waiting
        Incidents that wait for a unit at its end.
    units, uncommitted
        Units on duty, and those of them not at a job, on average.
    within_target_share
        Share reached in time of its incidents that have a target and were reached; null where there are none.
    """

    hour: int
    incidents: int
    waiting: int
    units: float
    uncommitted: float
    within_target_share: float | None


class DayAnswer(StampedAnswer):
    """One simulated day, to be watched; times are seconds from its midnight.

    Parameters
    ----------
    kind
        Always day.
    scenario
        Name of what was simulated.
    weekday
        Its name.
    length_s, patrol_s
        How long the day is, and how long a unit patrols one place.
    grades
        Names of the grades.
    atoms
        Longitude and latitude of each small area (degrees).
    units, incidents
        Units on duty, and incidents.
    hours
        What each hour brought.
    """

    kind: str
    simulated: bool
    scenario: str
    weekday: str
    length_s: float
    patrol_s: float
    grades: list[str]
    atoms: list[list[float]]
    units: list[UnitAnswer]
    incidents: list[IncidentAnswer]
    hours: list[HourOfDay]
    warnings: list[str]
