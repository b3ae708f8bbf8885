"""Robbery."""

from constabulary.performance.counting import crimes_of
from constabulary.performance.measure import Measure

_COUNTED = "Robberies recorded."

MEASURE = Measure(
    name="robbery",
    title="Robbery",
    definition=_COUNTED,
    unit="count",
    direction="decrease",
    source="crimes, as published on data.police.uk",
    lag_days=60,
    numerator=crimes_of("robbery", _COUNTED, "Robbery"),
)
