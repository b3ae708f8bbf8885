"""The contract of stop and search: one row a search of a person or a vehicle."""

from constabulary.tables.contract import TRACE, Column, Contract, Kind, Privacy
from constabulary.tables.crimes import LATITUDE, LONGITUDE, PLACE

STOPS = Contract(
    name="stops",
    description="Stop and search as published on data.police.uk, one row a search.",
    columns=(
        Column(
            "force",
            Kind.CODE,
            "Force that made the search, from the file's published name.",
            required=True,
            derived=True,
        ),
        Column(
            "month",
            Kind.MONTH,
            "Month of the file as published, or else the local month of the search.",
            required=True,
            derived=True,
        ),
        Column(
            "search_type",
            Kind.CODE,
            "What was searched.",
            required=True,
            allowed=("Person search", "Vehicle search", "Person and Vehicle search"),
        ),
        Column("searched_at", Kind.INSTANT, "When (UTC).", required=True),
        Column("is_operation", Kind.TRUTH, "Part of a policing operation."),
        Column("operation", Kind.CODE, "Name of the operation."),
        LATITUDE,
        LONGITUDE,
        Column("gender", Kind.CODE, "As recorded.", privacy=Privacy.INTERNAL),
        Column("age_range", Kind.CODE, "As recorded.", privacy=Privacy.INTERNAL),
        Column("self_defined_ethnicity", Kind.CODE, "As the person said.", privacy=Privacy.INTERNAL),
        Column("officer_defined_ethnicity", Kind.CODE, "As the officer saw.", privacy=Privacy.INTERNAL),
        Column("legislation", Kind.CODE, "Power used."),
        Column("object_of_search", Kind.CODE, "What was looked for."),
        Column("outcome", Kind.CODE, "What came of it."),
        Column("is_outcome_linked", Kind.TRUTH, "Outcome linked to the object of the search."),
        Column("is_more_than_outer_clothing", Kind.TRUTH, "More than outer clothing removed."),
        Column(
            "local_hour_of_week", Kind.WHOLE, "Local hour of the search; 0 is Monday 00:00.", derived=True
        ),
        Column("lsoa_code", Kind.CODE, "Area of the map point in the force's outlines.", derived=True),
        *PLACE,
        *TRACE,
    ),
    period="month",
    scope="force",
)
