"""Positive outcomes beside the crimes recorded in the same month."""

from constabulary.performance.counting import crimes_of, positive_outcomes
from constabulary.performance.measure import Measure

MEASURE = Measure(
    name="positive_outcomes_per_crime",
    title="Positive outcomes per crime recorded",
    definition="Outcomes in which somebody was charged, cautioned or dealt with in the community, divided by the "
    "crimes recorded in the same month. Counted in the month of the outcome: most of its crimes were recorded earlier.",
    unit="share",
    direction="increase",
    source="outcomes and crimes, as published on data.police.uk",
    lag_days=60,
    numerator=positive_outcomes(),
    denominator=crimes_of("crimes_recorded", "Crimes recorded in the month."),
)
