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


def n_audited() -> int:
    """Return how many entries the trail has."""
    return AuditRow.objects.count()


def audited_lately(start: int, limit: int) -> tuple[AuditEntry, ...]:
    """Return a stretch of the trail, the latest first.

    Parameters
    ----------
    start
        How many of the latest to leave out.
    limit
        How many at most.
    """
    rows = AuditRow.objects.order_by("-id")[start : start + limit]
    return tuple(AuditEntry(row.at, row.by, row.action, row.about) for row in rows)
