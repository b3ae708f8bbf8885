"""The most urgent incidents, reached in time."""

from functools import partial

from constabulary.performance.counting import arriving, rows
from constabulary.performance.measure import Measure

MEASURE = Measure(
    name="immediate_response_in_time",
    title="Most urgent incidents reached in time",
    definition="Share of incidents of the most urgent grade that the first unit reached within the force's standard, "
    "by the month they were opened.",
    unit="share",
    direction="increase",
    source="incidents",
    lag_days=7,
    numerator=rows("incidents_in_time", "incidents", "Incidents reached within the standard.", "incidents"),
    denominator=rows("incidents_reached", "incidents", "Incidents reached.", "incidents"),
    terms=partial(arriving, place=0),
)
