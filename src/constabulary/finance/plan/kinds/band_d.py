"""Band D, the basic amount of council tax."""

from constabulary.finance.plan.kind import AMOUNTS, MOVED, Kind, moved

KIND = Kind(
    "Band D",
    "The basic amount of council tax, which a band D dwelling pays, to the penny.",
    moved,
    MOVED,
    takes=("index", *AMOUNTS),
    role="band_d",
    cites="Local Government Finance Act 1992 s.42B (basic amount); s.52ZB and s.52ZC (referendum limit).",
)
