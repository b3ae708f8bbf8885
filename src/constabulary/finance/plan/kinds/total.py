"""A total of other lines."""

from constabulary.finance.plan.kind import Kind, total

KIND = Kind(
    "Total",
    "The sum of its parts, for reading; it may be a part itself.",
    total,
    "The sum of its parts.",
    sign=0,
    n_parts=None,
)
