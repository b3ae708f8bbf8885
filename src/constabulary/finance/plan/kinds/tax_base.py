"""The council tax base: band D equivalent dwellings after discounts and local council tax support."""

from constabulary.finance.plan.kind import AMOUNTS, MOVED, Kind, moved

KIND = Kind(
    "Council tax base",
    "Band D equivalent dwellings of all billing authorities together, after local council tax support.",
    moved,
    MOVED,
    takes=("index", *AMOUNTS),
    role="tax_base",
    unit="dwellings",
    cites="Local Government Finance Act 1992 s.42B (T); SI 2012/2914 (local council tax support lessens the base).",
)
