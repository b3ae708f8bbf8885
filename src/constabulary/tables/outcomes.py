"""The contract of crime outcomes: one row an outcome, several of which one crime may have."""

from constabulary.tables import keys
from constabulary.tables.contract import TRACE, Column, Contract, Kind
from constabulary.tables.crimes import (
    FALLS_WITHIN,
    LATITUDE,
    LOCATION,
    LONGITUDE,
    LSOA_CODE,
    LSOA_NAME,
    MONTH,
    PLACE,
    REPORTED_BY,
)

OUTCOMES = Contract(
    name="outcomes",
    description="Outcomes of crimes as published on data.police.uk, by the month of the outcome.",
    columns=(
        Column(
            "crime_id",
            Kind.TEXT,
            "Key of the crime in the crimes table; not a key of this table, for a crime may have several outcomes.",
            required=True,
            pattern=keys.PATTERN,
        ),
        MONTH,
        REPORTED_BY,
        FALLS_WITHIN,
        LONGITUDE,
        LATITUDE,
        LOCATION,
        LSOA_CODE,
        LSOA_NAME,
        Column("outcome_type", Kind.CODE, "The outcome, as published.", required=True),
        *PLACE,
        *TRACE,
    ),
    period="month",
    scope="reported_by",
)
