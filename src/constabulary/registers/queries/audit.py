"""Reads the audit trail."""

from __future__ import annotations

from constabulary.registers.models import AuditRow
from constabulary.registers.records import AuditEntry


def n_audited() -> int:
    """Return how many entries the trail has."""
    return int(AuditRow.objects.count())


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
