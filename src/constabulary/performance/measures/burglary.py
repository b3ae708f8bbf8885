"""Burglary."""

from constabulary.performance.counting import crimes_of
from constabulary.performance.measure import Measure

_COUNTED = "Burglaries recorded, of dwellings and of other buildings."

MEASURE = Measure(
    name="burglary",
    title="Burglary",
    definition=_COUNTED,
    unit="count",
    direction="decrease",
    source="crimes, as published on data.police.uk",
    lag_days=60,
    numerator=crimes_of("burglary", _COUNTED, "Burglary"),
)
