"""Crime with a victim."""

from constabulary.performance.counting import VICTIM_BASED, crimes_of
from constabulary.performance.measure import Measure

_COUNTED = (
    "Crimes recorded of the published types that have a victim: violence, sexual offences, robbery, theft, criminal "
    "damage and arson."
)

MEASURE = Measure(
    name="victim_based_crime",
    title="Victim-based crime",
    definition=_COUNTED,
    unit="count",
    direction="decrease",
    source="crimes, as published on data.police.uk",
    lag_days=60,
    numerator=crimes_of("victim_based_crime", _COUNTED, *VICTIM_BASED),
    published="crimes.crime_type.victim_based",
)
