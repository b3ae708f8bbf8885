"""Positive outcomes among all outcomes of a month."""

from constabulary.performance.counting import positive_outcomes, rows
from constabulary.performance.measure import Measure

MEASURE = Measure(
    name="positive_outcomes_share",
    title="Positive outcomes among all outcomes",
    definition="Share of the outcomes given in a month in which somebody was charged, cautioned or dealt with in the "
    "community. Counted in the month of the outcome; crimes without an outcome are not in it.",
    unit="share",
    direction="increase",
    source="outcomes, as published on data.police.uk",
    lag_days=60,
    numerator=positive_outcomes(),
    denominator=rows("outcomes_given", "outcomes", "All outcomes.", "outcomes"),
)
