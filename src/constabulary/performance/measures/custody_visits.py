"""Custody visits."""

from constabulary.performance.measure import Measure

MEASURE = Measure(
    name="custody_visits",
    title="Custody visits",
    definition="Visits to custody by independent custody visitors.",
    unit="count",
    direction="increase",
    source="typed in or imported: the register of the custody visiting scheme",
    lag_days=30,
    period="financial_year",
    published="custody_visits",
)
