"""A growth rate on the year before."""

from constabulary.finance.plan.kind import Kind, growth

KIND = Kind(
    "Growth on the year before",
    "By what share its part differs from the year before.",
    growth,
    "The part over the part of the year before, less 1.",
    sign=0,
    n_parts=1,
    unit="change",
    places=6,
)
