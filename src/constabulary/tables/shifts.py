"""The contract of shifts: one row a stretch of duty of one unit, as rosters and duty systems give them."""

from constabulary.tables.calls import FORCE
from constabulary.tables.contract import TRACE, Column, Contract, Kind, Order, Privacy

SHIFTS = Contract(
    name="shifts",
    description="Duty of units: when each began and ended its shift.",
    columns=(
        Column(
            "unit_id",
            Kind.CODE,
            "The unit, as its positions name it.",
            required=True,
            privacy=Privacy.PERSONAL,
        ),
        FORCE,
        Column("role", Kind.CODE, "The unit's role on that shift."),
        Column("team", Kind.CODE, "The team it worked with.", privacy=Privacy.INTERNAL),
        Column("starts_at", Kind.INSTANT, "When duty began (UTC).", required=True, earliest="2000-01-01"),
        Column("ends_at", Kind.INSTANT, "When duty ended (UTC).", required=True, earliest="2000-01-01"),
        Column("local_on", Kind.DATE, "Local date on which duty began.", derived=True),
        *TRACE,
    ),
    period="local_on",
    scope="force",
    orders=(Order("starts_at", "ends_at"),),
    is_feed=True,
)
