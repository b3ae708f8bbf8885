"""Visible patrol."""

from constabulary.performance.measure import Measure

MEASURE = Measure(
    name="visible_patrol",
    title="Visible patrol",
    definition="Officer-hours in the force's area, out of station and not at a job, from the positions of units: free, "
    "on the way to a job, or of unknown status.",
    unit="hours",
    direction="increase",
    source="positions of units, added up by area as on the pages about cover",
    lag_days=1,
    added_up="visible_officer_hours",
)
