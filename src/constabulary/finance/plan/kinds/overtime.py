"""Overtime, which stands still unless something moves it."""

from constabulary.finance.plan.kind import AMOUNTS, MOVED, Kind, moved

KIND = Kind(
    "Overtime",
    "Overtime of officers and staff; awards apply where the plan says so.",
    moved,
    MOVED,
    takes=("pay_award", "index", *AMOUNTS),
)
