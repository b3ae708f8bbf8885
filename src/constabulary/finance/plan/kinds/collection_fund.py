"""The share of a collection fund surplus (above zero) or deficit (below)."""

from constabulary.finance.plan.kind import AMOUNTS, MOVED, Kind, moved

KIND = Kind(
    "Collection fund",
    "The share of the surplus or deficit that billing authorities estimate for their collection funds.",
    moved,
    MOVED,
    sign=0,
    takes=AMOUNTS,
    cites="Local Government Finance Act 1988 s.99; SI 1992/2428 (estimates of surplus and deficit).",
)
