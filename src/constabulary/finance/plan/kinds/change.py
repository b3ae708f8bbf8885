"""A change on the year before, such as the gap year on year."""

from constabulary.finance.plan.kind import Kind, change

KIND = Kind(
    "Change on the year before",
    "By how much its parts differ from the year before.",
    change,
    "The parts less the parts of the year before.",
    sign=0,
    n_parts=None,
)
