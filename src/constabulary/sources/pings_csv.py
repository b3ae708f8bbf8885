"""Positions of units, from CSV, Excel or Parquet through a mapping file."""

from constabulary.sources.own_records import OwnRecords
from constabulary.tables.pings import PINGS

PINGS_CSV = OwnRecords(
    contract=PINGS,
    hints={
        "unit_id": (
            "unit id",
            "unit",
            "call sign",
            "callsign",
            "issi",
            "radio id",
            "vehicle id",
            "cab id",
            "fleet number",
            "collar number",
            "device id",
            "resource id",
        ),
        "at": ("timestamp", "gps time", "fix time", "position time", "recorded", "datetime", "time"),
        "longitude": ("longitude", "long", "lon", "lng"),
        "latitude": ("latitude", "lat"),
        "easting_m": ("easting", "eastings", "easting m", "x"),
        "northing_m": ("northing", "northings", "northing m", "y"),
        "status": ("status", "unit status", "state", "resource status"),
        "role": ("role", "unit role", "unit type", "resource type", "team"),
        "crew_size": ("crew size", "crew", "officers", "number of officers"),
        "speed_kmh": ("speed kmh", "speed", "speed kph"),
    },
)
