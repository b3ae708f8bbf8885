"""Pay of officers, staff and PCSOs: moved by awards from their day, progression along the scale, and posts."""

from constabulary.finance.plan.kind import AMOUNTS, MOVED, Kind, moved

KIND = Kind(
    "Pay",
    "Salaries and allowances. An award counts from its day: one from 1 September for 7 months of the year, and for the "
    "other 5 in the next.",
    moved,
    MOVED,
    takes=("pay_award", "increment", *AMOUNTS),
    cites="Police Regulations 2003 reg. 24 (officers); the determination of pay takes effect on 1 September.",
)
