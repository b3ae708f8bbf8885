"""Every countable figure of the demand picture, declared once."""

from __future__ import annotations

from collections.abc import Mapping

from constabulary.tables.aggregate import Aggregate, By, Condition, Dimension, Rule

ANTI_SOCIAL_BEHAVIOUR = "Anti-social behaviour"
"""The one type in data.police.uk files that is no crime."""
CRIME_ONLY = Condition("crime_type", Rule.NOT_IN, (ANTI_SOCIAL_BEHAVIOUR,))

LOCAL_MONTH = Dimension("month", "local_on", By.MONTH)
MONTH = Dimension("month", "month")
DAY = Dimension("day", "local_on")
HOUR = Dimension("hour_of_week", "local_hour_of_week")
CHANNEL = Dimension("channel", "channel")
CATEGORY = Dimension("category", "category")
QUALIFIER = Dimension("qualifier", "qualifiers", By.FLAGS)
CRIME_TYPE = Dimension("crime_type", "crime_type")
PLACE = (
    Dimension("district", "district"),
    Dimension("neighbourhood", "neighbourhood"),
    Dimension("lsoa_code", "lsoa_code"),
)

CALLS = (
    "Contacts received by telephone and online, each counted once by the local date it reached the queue, answered or "
    "not."
)
INCIDENTS = (
    "Incidents opened, each counted once by the local date it was received, in the category it was closed in."
)
CRIMES = (
    "Crimes published on data.police.uk, each counted once in the month the force gave it; anti-social behaviour is no "
    "crime and is counted apart."
)

DECLARED = (
    Aggregate(
        "calls_by_channel",
        "Contacts by channel and month",
        CALLS,
        "calls",
        (LOCAL_MONTH, CHANNEL),
        "contacts",
    ),
    Aggregate("calls_by_day", "Contacts by channel and day", CALLS, "calls", (DAY, CHANNEL), "contacts"),
    Aggregate("calls_by_hour", "Contacts by local hour of the week", CALLS, "calls", (HOUR,), "contacts"),
    Aggregate(
        "incidents_by_category",
        "Incidents by category and month",
        INCIDENTS,
        "incidents",
        (LOCAL_MONTH, CATEGORY),
        "incidents",
    ),
    Aggregate(
        "incidents_by_day",
        "Incidents by category and day",
        INCIDENTS,
        "incidents",
        (DAY, CATEGORY),
        "incidents",
    ),
    Aggregate(
        "incidents_by_hour",
        "Incidents by local hour of the week",
        INCIDENTS,
        "incidents",
        (HOUR,),
        "incidents",
    ),
    Aggregate(
        "incidents_by_place",
        "Incidents by place and month",
        INCIDENTS,
        "incidents",
        (LOCAL_MONTH, *PLACE),
        "incidents",
    ),
    Aggregate(
        "incidents_by_qualifier",
        "Incidents by qualifier and month",
        "Incidents that carry a qualifier such as mental health; one with several counts once under each.",
        "incidents",
        (LOCAL_MONTH, QUALIFIER),
        "incidents",
    ),
    Aggregate(
        "qualifiers_by_day",
        "Incidents by qualifier and day",
        "Incidents that carry a qualifier such as mental health; one with several counts once under each.",
        "incidents",
        (DAY, QUALIFIER),
        "incidents",
    ),
    Aggregate("crimes_by_type", "Crimes by type and month", CRIMES, "crimes", (MONTH, CRIME_TYPE), "records"),
    Aggregate("crimes_by_place", "Crimes by place and month", CRIMES, "crimes", (MONTH, *PLACE), "crimes"),
    Aggregate(
        "crimes_by_outcome",
        "Crimes by latest outcome and month",
        "Crimes by the latest outcome their file carried; anti-social behaviour has none and is left out.",
        "crimes",
        (MONTH, Dimension("outcome", "last_outcome")),
        "crimes",
        always=(CRIME_ONLY,),
    ),
    Aggregate(
        "outcomes_by_type",
        "Outcomes by type and month",
        "Outcomes published on data.police.uk, counted in the month of the outcome; one crime may have several.",
        "outcomes",
        (MONTH, Dimension("outcome", "outcome_type")),
        "outcomes",
    ),
)

AGGREGATES: Mapping[str, Aggregate] = {aggregate.name: aggregate for aggregate in DECLARED}
"""Every declared figure by name."""
