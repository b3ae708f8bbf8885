"""Recorded crime."""

from constabulary.performance.counting import crimes_of
from constabulary.performance.measure import Measure

_COUNTED = "Crimes recorded, by the month the force gave them; anti-social behaviour is no crime."

MEASURE = Measure(
    name="crimes",
    title="Recorded crime",
    definition=_COUNTED,
    unit="count",
    direction="neutral",
    source="crimes, as published on data.police.uk",
    lag_days=60,
    numerator=crimes_of("crimes", _COUNTED),
    published="crimes",
)
