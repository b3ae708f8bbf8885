"""Special constables' hours."""

from constabulary.performance.measure import Measure

MEASURE = Measure(
    name="special_constable_hours",
    title="Special constables' hours",
    definition="Hours that special constables were on duty.",
    unit="hours",
    direction="increase",
    source="typed in or imported: the duty system of the special constabulary",
    lag_days=30,
    period="financial_year",
    published="special_constable_hours",
)
