"""What capital spending costs the year: interest, minimum revenue provision, leases, contributions."""

from constabulary.finance.plan.kind import AMOUNTS, MOVED, Kind, moved

KIND = Kind(
    "Capital financing",
    "Interest, minimum revenue provision, leases and revenue contributions to capital.",
    moved,
    MOVED,
    takes=("index", *AMOUNTS),
    cites="Local Government Act 2003 s.21; SI 2003/3146 reg. 27 and 28 (minimum revenue provision).",
)
