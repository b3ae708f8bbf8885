"""Employer pension contributions and pension costs, which follow pay and the contribution rate."""

from constabulary.finance.plan.kind import AMOUNTS, MOVED, Kind, moved

KIND = Kind(
    "Pensions",
    "Employer contributions and injury or ill-health pensions: they follow pay, and step where the rate changes.",
    moved,
    MOVED,
    takes=("pay_award", "increment", "index", *AMOUNTS),
    cites="Police Pension Fund Regulations 2007 (SI 2007/1932): employer contributions as a share of pay.",
)
