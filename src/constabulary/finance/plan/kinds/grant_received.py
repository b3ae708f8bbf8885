"""Government grants that finance the requirement: formula grant, freeze and support grants."""

from constabulary.finance.plan.kind import AMOUNTS, MOVED, Kind, moved

KIND = Kind(
    "Grants received",
    "Police and formula grant, council tax freeze and support grants.",
    moved,
    MOVED,
    takes=("index", *AMOUNTS),
    cites="Police Act 1996 s.46 (police grant); Local Government Finance Act 1988 s.78 (revenue support grant).",
)
