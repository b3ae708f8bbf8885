"""The contract of recorded crime and anti-social behaviour, one row a record, located to an anonymous map point."""

from constabulary.core.crime_types import CRIME_TYPES
from constabulary.tables import keys
from constabulary.tables.contract import TRACE, Column, Contract, Kind

MONTH = Column(
    "month",
    Kind.MONTH,
    "Month the record is counted in; data.police.uk publishes no finer date.",
    required=True,
    example="2024-10",
)
REPORTED_BY = Column("reported_by", Kind.CODE, "Force that supplied the record.", required=True)
FALLS_WITHIN = Column("falls_within", Kind.CODE, "Force whose area the record falls in, as published.")
LONGITUDE = Column(
    "longitude",
    Kind.NUMBER,
    "Longitude of the anonymous map point (degrees, WGS 84).",
    lowest=-180,
    highest=180,
    known_faults="Snapped to a map point near the place; empty where the place is withheld or unknown.",
)
LATITUDE = Column(
    "latitude", Kind.NUMBER, "Latitude of the map point (degrees, WGS 84).", lowest=-90, highest=90
)
LOCATION = Column("location", Kind.CODE, "Description of the map point, such as the street.")
LSOA_CODE = Column(
    "lsoa_code",
    Kind.CODE,
    "Code of the lower layer super output area of the map point, as recorded.",
    pattern=r"[A-Z0-9]{8,9}",
    example="E01017979",
    known_faults="Files to about 2023 carry 2011 codes, later ones 2021 codes; a code in both means the same area.",
)
LSOA_NAME = Column("lsoa_name", Kind.CODE, "Name of that area, as recorded.")
PLACE = (
    Column(
        "district", Kind.CODE, "District of the force by the area's name; empty outside it.", derived=True
    ),
    Column("neighbourhood", Kind.CODE, "Group of areas that share a three-digit name stem.", derived=True),
)

CRIMES = Contract(
    name="crimes",
    description="Crimes and anti-social behaviour as published on data.police.uk, one row a record.",
    columns=(
        Column(
            "crime_id",
            Kind.TEXT,
            "The supplier's key: 64 hexadecimal characters.",
            pattern=keys.PATTERN,
            known_faults="Empty for anti-social behaviour.",
        ),
        MONTH,
        REPORTED_BY,
        FALLS_WITHIN,
        LONGITUDE,
        LATITUDE,
        LOCATION,
        LSOA_CODE,
        LSOA_NAME,
        Column("crime_type", Kind.CODE, "One of the published types.", required=True, allowed=CRIME_TYPES),
        Column(
            "last_outcome",
            Kind.CODE,
            "Latest outcome when the file was made.",
            known_faults="Later editions of the same month carry later outcomes; empty for anti-social behaviour.",
        ),
        *PLACE,
        *TRACE,
    ),
    period="month",
    scope="reported_by",
    key="crime_id",
)
