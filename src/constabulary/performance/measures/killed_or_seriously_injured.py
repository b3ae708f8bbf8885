"""Killed or seriously injured."""

from constabulary.performance.measure import Measure

MEASURE = Measure(
    name="killed_or_seriously_injured",
    title="Killed or seriously injured",
    definition="People killed or seriously injured in road traffic collisions on the force's roads.",
    unit="count",
    direction="decrease",
    source="typed in or imported: the force's collision records, as in STATS19",
    lag_days=90,
    period="year",
    published="killed_or_seriously_injured",
)
