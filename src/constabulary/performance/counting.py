"""What measures are counted with: rows of one table by month, and the standards of a force as conditions."""

from __future__ import annotations

from constabulary.core.force import Force
from constabulary.core.force.model import Grade, Target
from constabulary.performance.measure import Terms
from constabulary.tables.aggregate import Aggregate, By, Condition, Dimension, Rule

ANTI_SOCIAL_BEHAVIOUR = "Anti-social behaviour"
"""The one type in data.police.uk files that is no crime."""
VICTIM_BASED = (
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Other theft",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
    "Violent crime",
)
"""Published types of crime with a victim: violence, sexual offences, robbery, theft, criminal damage and arson.

References
----------
Office for National Statistics, Crime in England and Wales, user guide: victim-based crime against other crimes
against society (drugs, weapons, public order and miscellaneous).
"""
POSITIVE_OUTCOMES = (
    "Suspect charged",
    "Suspect charged as part of another case",
    "Suspect charged and ordered to pay fine",
    "Offender given a caution",
    "Offender given penalty notice",
    "Offender given a drugs possession warning",
    "Local resolution",
)
"""Published outcomes in which somebody was charged, cautioned or otherwise dealt with."""
BY_RECEIPT = Dimension("month", "local_on", By.MONTH)
BY_MONTH = Dimension("month", "month")


def rows(name: str, table: str, definition: str, unit: str, *always: Condition) -> Aggregate:
    """Return a declared count of the rows of a table by month.

    Parameters
    ----------
    name
        Stable snake_case name of the count.
    table
        calls, incidents, crimes or outcomes.
    definition
        What is counted, in a sentence.
    unit
        What one of it is.
    always
        Conditions that are part of the definition.
    """
    month = BY_RECEIPT if table in ("calls", "incidents") else BY_MONTH
    title = name.replace("_", " ").capitalize()
    return Aggregate(name, title, definition, table, (month,), unit, always=always)


def positive_outcomes() -> Aggregate:
    """Return the count of positive outcomes by the month of the outcome."""
    definition = "Outcomes in which somebody was charged, cautioned or dealt with in the community."
    return rows(
        "positive_outcomes",
        "outcomes",
        definition,
        "outcomes",
        Condition("outcome_type", Rule.IN, POSITIVE_OUTCOMES),
    )


def crimes_of(name: str, definition: str, *types: str) -> Aggregate:
    """Return the count of recorded crimes of some published types by month.

    Parameters
    ----------
    name, definition
        As in `rows`.
    types
        Published crime types; none for all crime, anti-social behaviour left out.
    """
    rule = Rule.IN if types else Rule.NOT_IN
    return rows(
        name,
        "crimes",
        definition,
        "crimes",
        Condition("crime_type", rule, types or (ANTI_SOCIAL_BEHAVIOUR,)),
    )


def answering(force: Force, *, is_emergency: bool) -> Terms | None:
    """Return the terms of calls answered within the force's standard; None where it has none.

    Where several standards are written down for a channel, the shortest counts.

    Parameters
    ----------
    force
        The force folder.
    is_emergency
        True for channels that are answered before the others.
    """
    channels = [one.id for one in force.channels if one.is_call and one.is_emergency == is_emergency]
    standards = [one for one in force.targets if one.channel in channels and one.clock_stop == "answered"]
    if not standards:
        return None
    best = min(standards, key=lambda one: one.seconds)
    channel = Condition("channel", Rule.IN, (best.channel,))
    return Terms(
        counted=(channel, Condition("answered_at", Rule.WITHIN, ("received_at", best.seconds))),
        out_of=(channel,),
        published=f"contacts_answered_within_{best.seconds}_s.channel.{best.channel}",
        target=_share(best),
        basis=f"Calls on {best.channel} answered within {best.seconds} seconds of being offered; calls given up count "
        "as not answered.",
    )


def arriving(force: Force, place: int) -> Terms | None:
    """Return the terms of incidents of a grade reached within the force's standard; None where it has none.

    Records do not say whether a place is urban or rural: where the standard differs, the longer one counts for all.

    Parameters
    ----------
    force
        The force folder.
    place
        Which of the grades to which somebody is sent, 0 the most urgent.
    """
    grade = _grade(force, place)
    standards = [
        one for one in force.targets if grade and one.grade == grade.id and one.clock_stop == "arrived"
    ]
    if grade is None or not standards:
        return None
    longest = max(standards, key=lambda one: one.seconds)
    of_grade = Condition("grade", Rule.IN, (grade.id,))
    minutes = f"{longest.seconds / 60:g}"
    is_assumed = " The standard is an assumption of the force folder." if longest.status == "assumed" else ""
    several = (
        " Urban and rural standards differ; the longer one counts for all." if len(standards) > 1 else ""
    )
    return Terms(
        counted=(of_grade, Condition("arrived_at", Rule.WITHIN, ("received_at", longest.seconds))),
        out_of=(of_grade, Condition("arrived_at", Rule.FILLED)),
        target=_share(longest),
        basis=f"{grade.name} incidents reached within {minutes} minutes of being opened, of those that were "
        f"reached.{several}{is_assumed}",
    )


def _grade(force: Force, place: int) -> Grade | None:
    attended = sorted((one for one in force.grades if one.is_attended), key=lambda one: one.order)
    return attended[place] if place < len(attended) else None


def _share(standard: Target) -> float | None:
    return None if standard.share is None else float(standard.share)
