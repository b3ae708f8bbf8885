"""The budget gap: financing less requirement, so that a gap is below zero."""

from constabulary.finance.plan.kind import Kind, total

KIND = Kind(
    "Budget gap, cumulative",
    "Financing less the requirement; below zero is a gap. Parts: the financing, and `-` the requirement.",
    total,
    "Financing less the net budget requirement.",
    sign=0,
    n_parts=2,
    role="gap",
    cites="Local Government Finance Act 1992 s.42A: a budget must balance, so a gap is of a plan, never of a budget.",
)
