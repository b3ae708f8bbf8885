"""The contract of positions: one row a fix of one unit, as radios and vehicles report them."""

from constabulary.tables.calls import FORCE
from constabulary.tables.contract import TRACE, Column, Contract, Kind, Privacy

PINGS = Contract(
    name="pings",
    description="Positions of units: where a radio, vehicle or officer was at an instant.",
    columns=(
        Column(
            "unit_id",
            Kind.CODE,
            "The unit whose position it is: call sign, collar number or vehicle.",
            required=True,
            privacy=Privacy.PERSONAL,
        ),
        FORCE,
        Column(
            "at",
            Kind.INSTANT,
            "When the position was taken (UTC).",
            required=True,
            earliest="2000-01-01",
            known_faults="Receivers that have lost their clock report 1970 or 1980; such rows are refused.",
        ),
        Column(
            "longitude",
            Kind.NUMBER,
            "Longitude of the unit (degrees, WGS 84).",
            required=True,
            lowest=-180,
            highest=180,
            privacy=Privacy.INTERNAL,
        ),
        Column(
            "latitude",
            Kind.NUMBER,
            "Latitude of the unit (degrees, WGS 84).",
            required=True,
            lowest=-90,
            highest=90,
            privacy=Privacy.INTERNAL,
        ),
        Column("status", Kind.CODE, "What the unit was doing, in the supplier's or the mapping's words."),
        Column("role", Kind.CODE, "The unit's role, such as response or neighbourhood."),
        Column("crew_size", Kind.WHOLE, "Officers in the unit.", lowest=0, highest=255),
        Column(
            "speed_kmh",
            Kind.NUMBER,
            "Speed as the receiver reported it (kilometres an hour).",
            lowest=0,
            highest=1000,
        ),
        Column("local_on", Kind.DATE, "Local date of the position.", derived=True),
        Column(
            "local_hour_of_week", Kind.WHOLE, "Local hour of the position; 0 is Monday 00:00.", derived=True
        ),
        *TRACE,
    ),
    period="local_on",
    scope="force",
    is_feed=True,
)
