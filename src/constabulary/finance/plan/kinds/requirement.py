"""The net budget requirement."""

from constabulary.finance.plan.kind import Kind, total

KIND = Kind(
    "Net budget requirement",
    "All spending less income, with reserves put in or drawn: what grants and council tax must finance.",
    total,
    "The sum of its parts.",
    sign=0,
    n_parts=None,
    role="requirement",
    cites="Local Government Finance Act 1992 s.42A; net budget requirement is the form that plans use.",
)
