"""Anti-social behaviour."""

from constabulary.performance.counting import crimes_of
from constabulary.performance.measure import Measure

_COUNTED = "Reports of anti-social behaviour, by the month the force gave them."

MEASURE = Measure(
    name="anti_social_behaviour",
    title="Anti-social behaviour",
    definition=_COUNTED,
    unit="count",
    direction="decrease",
    source="crimes, as published on data.police.uk",
    lag_days=60,
    numerator=crimes_of("anti_social_behaviour", _COUNTED, "Anti-social behaviour"),
)
