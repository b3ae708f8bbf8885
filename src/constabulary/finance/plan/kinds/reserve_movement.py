"""What is put into reserves (above zero) or drawn from them (below zero)."""

from constabulary.finance.plan.kind import AMOUNTS, MOVED, Kind, moved

KIND = Kind(
    "Movement of reserves",
    "Contributions to reserves above zero, use of reserves below.",
    moved,
    MOVED,
    sign=0,
    takes=AMOUNTS,
    cites="Local Government Finance Act 1992 s.42A: reserves raised and used are in the council tax requirement.",
)
