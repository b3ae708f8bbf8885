"""Length of an investigation."""

from constabulary.performance.measure import Measure

MEASURE = Measure(
    name="investigation_length",
    title="Length of an investigation",
    definition="Average time from the recording of a crime to the end of its investigation, over the investigations "
    "that ended in the period.",
    unit="days",
    direction="decrease",
    source="typed in or imported: no table of records holds investigations",
    lag_days=30,
    period="financial_year",
    published="investigation_length",
)
