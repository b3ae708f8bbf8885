"""Income that lessens the requirement: fees, charges, specific grants; printed below zero."""

from constabulary.finance.plan.kind import AMOUNTS, MOVED, Kind, moved

KIND = Kind(
    "Income",
    "Fees, charges and specific grants. Printed below zero, so more income is an amount below zero.",
    moved,
    MOVED,
    sign=-1,
    takes=("index", *AMOUNTS),
    cites="Police Act 1996 s.25 (charges for special services).",
)
