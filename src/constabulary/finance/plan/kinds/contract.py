"""Contracts and shares of units run with other forces, moved by their terms."""

from constabulary.finance.plan.kind import AMOUNTS, MOVED, Kind, moved

KIND = Kind(
    "Contracts and collaboration",
    "A contract, or the share of a unit run with other forces: moved by its index, or by the pay of its people.",
    moved,
    MOVED,
    takes=("pay_award", "increment", "index", *AMOUNTS),
    cites="Police Act 1996 s.22A (collaboration agreements).",
)
