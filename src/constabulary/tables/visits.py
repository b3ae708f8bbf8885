"""The contract of visits: one row a stay of one unit in one area, from which time in each area is asked."""

from constabulary.tables.contract import Column, Contract, Kind, Privacy

VISITS = Contract(
    name="visits",
    description="Stays of units in areas, worked out from positions.",
    columns=(
        Column("unit_id", Kind.CODE, "The unit.", required=True, privacy=Privacy.PERSONAL),
        Column("area_id", Kind.CODE, "The area; empty outside all of them.", privacy=Privacy.INTERNAL),
        Column("status", Kind.CODE, "What the unit was doing; a change of it begins a new visit."),
        Column("role", Kind.CODE, "The unit's role."),
        Column("crew_size", Kind.WHOLE, "Officers in the unit."),
        Column(
            "is_in_station",
            Kind.TRUTH,
            "Whether it stood within reach of a station; empty where no station is known.",
        ),
        Column("arrived_at", Kind.INSTANT, "The first instant credited to the area (UTC).", required=True),
        Column("left_at", Kind.INSTANT, "The instant at which the credit ends (UTC).", required=True),
        Column("seconds", Kind.NUMBER, "From arrived_at to left_at (seconds).", required=True),
    ),
    period="arrived_at",
    scope="unit_id",
)
"""What `constabulary cover presence --visits FILE` writes; no table of the lake."""
