"""What a worker does with a run: take it, tell how far it is, finish it, put it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from constabulary.registers.models import AuditRow, Run
from constabulary.registers.queries.runs import record
from constabulary.registers.records import RunRecord

WORKER = "worker"
"""How a worker is named in the audit trail."""


def begin(run_id: int, worker: str) -> RunRecord | None:
    """Take a waiting run; nothing if it does not wait any more."""
    with transaction.atomic():
        row = Run.objects.select_for_update().filter(pk=run_id, state=Run.State.WAITING).first()
        if row is None:
            return None
        row.state = Run.State.RUNNING
        row.worker = worker
        row.n_attempts += 1
        row.started_at = row.started_at or timezone.now()
        row.save(update_fields=["state", "worker", "n_attempts", "started_at"])
        return record(row)


def tell(run_id: int, done: float, total: float, doing: str) -> bool:
    """Write how far a run is; return whether a person wants it stopped."""
    rows = Run.objects.filter(pk=run_id)
    rows.update(progress_done=done, progress_total=total, doing=doing[:300])
    return bool(rows.filter(is_stop_wanted=True).exists())


def finish(run_id: int, state: str, *, result: Mapping[str, Any] | None = None, error: str = "") -> None:
    """Write what came of a run."""
    with transaction.atomic():
        row = Run.objects.select_for_update().get(pk=run_id)
        row.state, row.result, row.error = state, result, error
        row.doing, row.worker, row.finished_at = "", "", timezone.now()
        row.save(update_fields=["state", "result", "error", "doing", "worker", "finished_at"])
        AuditRow.objects.create(by=WORKER, action=f"run {state}", about=f"run {run_id} {row.name}")


def put_back(run_id: int, doing: str = "") -> None:
    """Let a run wait again, to be taken up from its start; this counts as no attempt."""
    with transaction.atomic():
        row = Run.objects.select_for_update().get(pk=run_id)
        row.state, row.worker, row.doing = Run.State.WAITING, "", doing
        row.n_attempts = max(0, row.n_attempts - 1)
        row.save(update_fields=["state", "worker", "doing", "n_attempts"])
