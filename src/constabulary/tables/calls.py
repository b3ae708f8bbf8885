"""The contract of contacts by telephone and online: one row a call, chat session or report."""

from constabulary.tables.contract import TRACE, Column, Contract, Kind, Order, Privacy

LOCAL_TIME = (
    Column("local_on", Kind.DATE, "Local date it was received.", derived=True),
    Column("local_hour_of_week", Kind.WHOLE, "Local hour it was received; 0 is Monday 00:00.", derived=True),
    Column(
        "is_ambiguous_hour",
        Kind.TRUTH,
        "Received in the hour that came twice when the clocks went back.",
        derived=True,
    ),
)
FORCE = Column("force", Kind.CODE, "Force whose record it is.", required=True, derived=True)

CALLS = Contract(
    name="calls",
    description="Contacts received: 999 and 101 calls, webchat sessions, online reports.",
    columns=(
        Column("call_id", Kind.TEXT, "The supplier's key.", required=True, privacy=Privacy.INTERNAL),
        FORCE,
        Column("channel", Kind.CODE, "How it came in: one of the force's channels.", required=True),
        Column("received_at", Kind.INSTANT, "When it reached the queue (UTC).", required=True),
        Column("answered_at", Kind.INSTANT, "When a call handler answered (UTC); empty if never."),
        Column("ended_at", Kind.INSTANT, "When the contact ended (UTC)."),
        Column(
            "handling_s",
            Kind.NUMBER,
            "Time a handler spent on it, wrap-up included (seconds).",
            lowest=0,
            highest=86_400,
        ),
        Column("is_abandoned", Kind.TRUTH, "The caller gave up before an answer."),
        Column("incident_id", Kind.TEXT, "The incident it led to, if any.", privacy=Privacy.INTERNAL),
        *LOCAL_TIME,
        *TRACE,
    ),
    period="local_on",
    scope="force",
    key="call_id",
    orders=(
        Order("received_at", "answered_at"),
        Order("answered_at", "ended_at"),
        Order("received_at", "ended_at"),
    ),
)
