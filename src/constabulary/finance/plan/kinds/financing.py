"""All that finances the requirement."""

from constabulary.finance.plan.kind import Kind, total

KIND = Kind(
    "Financing",
    "Grants, precept and collection fund.",
    total,
    "The sum of its parts.",
    n_parts=None,
    role="financing",
)
