"""Emergency calls answered in time."""

from functools import partial

from constabulary.performance.counting import answering, rows
from constabulary.performance.measure import Measure

MEASURE = Measure(
    name="emergency_calls_in_time",
    title="Emergency calls answered in time",
    definition="Share of emergency calls answered within the force's standard, by the month they were received.",
    unit="share",
    direction="increase",
    source="calls",
    lag_days=1,
    numerator=rows("calls_in_time", "calls", "Calls answered within the standard.", "calls"),
    denominator=rows("calls_offered", "calls", "Calls offered, answered or not.", "calls"),
    terms=partial(answering, is_emergency=True),
)
