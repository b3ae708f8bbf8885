"""Violence and sexual offences."""

from constabulary.performance.counting import crimes_of
from constabulary.performance.measure import Measure

_COUNTED = "Violent and sexual offences recorded."

MEASURE = Measure(
    name="violence",
    title="Violence and sexual offences",
    definition=_COUNTED,
    unit="count",
    direction="neutral",
    source="crimes, as published on data.police.uk",
    lag_days=60,
    numerator=crimes_of("violence", _COUNTED, "Violence and sexual offences", "Violent crime"),
)
