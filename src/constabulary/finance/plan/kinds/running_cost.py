"""Running costs that prices move: premises, transport, supplies and services, training."""

from constabulary.finance.plan.kind import AMOUNTS, MOVED, Kind, moved

KIND = Kind(
    "Running costs",
    "What is bought: premises, transport, supplies and services, training, third-party payments.",
    moved,
    MOVED,
    takes=("index", *AMOUNTS),
)
