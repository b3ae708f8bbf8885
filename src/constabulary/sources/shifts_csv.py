"""Duty of units, from CSV, Excel or Parquet through a mapping file."""

from constabulary.sources.own_records import OwnRecords
from constabulary.tables.shifts import SHIFTS

SHIFTS_CSV = OwnRecords(
    contract=SHIFTS,
    hints={
        "unit_id": ("unit id", "unit", "call sign", "callsign", "collar number", "resource id", "vehicle id"),
        "role": ("role", "unit role", "duty", "duty type", "post"),
        "team": ("team", "relief", "shift team", "rota team", "section"),
        "starts_at": ("starts at", "start", "shift start", "duty start", "on duty", "from", "begin"),
        "ends_at": ("ends at", "end", "shift end", "duty end", "off duty", "to", "finish"),
    },
)
