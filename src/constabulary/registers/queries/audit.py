"""Reads the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from constabulary.registers.models import AuditRow


@dataclass(frozen=True)
class AuditEntry:
    """Who did what to what, and when (UTC)."""

    at: datetime
    by: str
    action: str
    about: str


def audit_trail(limit: int = 1000) -> tuple[AuditEntry, ...]:
    """Return the latest entries, oldest first.

    Parameters
    ----------
    limit
        How many at most.
    """
    latest = AuditRow.objects.order_by("-id")[:limit]
    return tuple(AuditEntry(row.at, row.by, row.action, row.about) for row in reversed(latest))
