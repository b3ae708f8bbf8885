"""A force's own calls and contacts, from CSV or Excel through a mapping file."""

from constabulary.sources.own_records import OwnRecords
from constabulary.tables.calls import CALLS

CALLS_CSV = OwnRecords(
    contract=CALLS,
    hints={
        "call_id": (
            "call id",
            "call number",
            "call no",
            "call ref",
            "contact id",
            "contact ref",
            "segment id",
            "id",
        ),
        "channel": (
            "channel",
            "contact method",
            "method of contact",
            "call type",
            "line",
            "queue",
            "skill",
            "source",
        ),
        "received_at": (
            "received",
            "call received",
            "offered",
            "queued",
            "start",
            "call start",
            "call time",
            "date time",
            "timestamp",
            "call",
        ),
        "answered_at": ("answered", "answer", "answer time", "connected", "agent start"),
        "ended_at": ("ended", "end", "call end", "disconnected", "released", "finish"),
        "handling_s": (
            "handling",
            "handle time",
            "aht",
            "handling time",
            "talk and wrap",
            "duration",
            "talk time",
        ),
        "is_abandoned": ("abandoned", "is abandoned", "lost", "aband"),
        "incident_id": (
            "incident id",
            "incident number",
            "incident no",
            "incident ref",
            "log number",
            "urn",
            "cad",
        ),
    },
)
