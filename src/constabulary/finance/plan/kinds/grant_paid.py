"""Grants that the commissioner pays to others."""

from constabulary.finance.plan.kind import AMOUNTS, MOVED, Kind, moved

KIND = Kind(
    "Grants paid",
    "Crime and disorder reduction grants and commissioned services.",
    moved,
    MOVED,
    takes=("index", *AMOUNTS),
    cites="Police Reform and Social Responsibility Act 2011 s.9 (crime and disorder reduction grants).",
)
