"""Shoplifting."""

from constabulary.performance.counting import crimes_of
from constabulary.performance.measure import Measure

_COUNTED = "Shoplifting recorded; much of it is never reported."

MEASURE = Measure(
    name="shoplifting",
    title="Shoplifting",
    definition=_COUNTED,
    unit="count",
    direction="decrease",
    source="crimes, as published on data.police.uk",
    lag_days=60,
    numerator=crimes_of("shoplifting", _COUNTED, "Shoplifting"),
)
