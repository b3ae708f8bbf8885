"""The contract of incidents: one row an incident recorded, from its first contact to its closing."""

from dataclasses import replace

from constabulary.tables.calls import FORCE, LOCAL_TIME
from constabulary.tables.contract import TRACE, Column, Contract, Kind, Order, Privacy
from constabulary.tables.crimes import LATITUDE, LONGITUDE, LSOA_CODE, LSOA_NAME, PLACE

INCIDENTS = Contract(
    name="incidents",
    description="Incidents recorded by the force, crime and non-crime.",
    columns=(
        Column("incident_id", Kind.TEXT, "The supplier's key.", required=True, privacy=Privacy.INTERNAL),
        FORCE,
        Column("received_at", Kind.INSTANT, "When the incident was opened (UTC).", required=True),
        Column("opening_category", Kind.CODE, "Category it was opened in: one of the force's."),
        Column(
            "category",
            Kind.CODE,
            "Category it was closed in: one of the force's; says crime or non-crime.",
            required=True,
        ),
        Column("grade", Kind.CODE, "Response grade: one of the force's."),
        Column("channel", Kind.CODE, "How it came in: one of the force's channels."),
        Column(
            "qualifiers",
            Kind.CODE,
            "Flags such as mental health, by the force's ids, parted by semicolons.",
            is_list=True,
        ),
        Column("dispatched_at", Kind.INSTANT, "When the first unit was sent (UTC)."),
        Column("arrived_at", Kind.INSTANT, "When the first unit arrived (UTC)."),
        Column("closed_at", Kind.INSTANT, "When it was closed (UTC)."),
        Column("n_units", Kind.WHOLE, "Units sent.", lowest=0, highest=1000),
        Column(
            "on_scene_s",
            Kind.NUMBER,
            "Unit time at the scene (seconds, all units).",
            lowest=0,
            highest=2_000_000,
        ),
        # Where an incident really was, unlike a published map point, may lead to a person.
        replace(LONGITUDE, privacy=Privacy.INTERNAL, known_faults=None),
        replace(LATITUDE, privacy=Privacy.INTERNAL),
        LSOA_CODE,
        LSOA_NAME,
        *LOCAL_TIME,
        *PLACE,
        *TRACE,
    ),
    period="local_on",
    scope="force",
    key="incident_id",
    orders=(
        Order("received_at", "dispatched_at"),
        Order("dispatched_at", "arrived_at"),
        Order("arrived_at", "closed_at"),
        Order("received_at", "closed_at"),
    ),
)
