"""What a worker does with runs: take one, tell how far it is, finish it, take up again what a dead one left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from constabulary.registers.models import AuditRow, Run
from constabulary.registers.queries.runs import UNFINISHED, RunRecord, record

WORKER = "worker"
"""How a worker is named in the audit trail."""

MOST_ATTEMPTS = 3
"""How often a run is taken up that its worker does not survive."""


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
    return rows.filter(is_stop_wanted=True).exists()


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


def take_up_again(is_alive: Callable[[str], bool]) -> None:
    """See that every unfinished run has a task row that some live worker will come to, and clear finished task rows.

    Parameters
    ----------
    is_alive
        Whether the worker of a name is alive.
    """
    from constabulary.registers.tasks import perform

    rows = DBTaskResult.objects.filter(task_path=perform.module_path)
    if not (rows.running().exists() or rows.finished().exists() or _unfinished().exists()):
        return
    with transaction.atomic():
        for row in rows.running():
            if not (row.worker_ids and is_alive(row.worker_ids[-1])):
                row.delete()
        rows.finished().delete()
        cared_for = {row.args_kwargs["args"][0] for row in rows.all()}
        for run in _unfinished().select_for_update().exclude(pk__in=cared_for):
            if run.state == Run.State.RUNNING:
                if is_alive(run.worker):
                    continue
                if run.n_attempts >= MOST_ATTEMPTS:
                    finish(
                        run.pk,
                        Run.State.FAILED,
                        error=f"The worker died {run.n_attempts} times while doing this.",
                    )
                    continue
                AuditRow.objects.create(
                    by=WORKER, action="take run up again", about=f"run {run.pk} {run.name}"
                )
            state = Run.State.STOPPED if run.is_stop_wanted else Run.State.WAITING
            run.state, run.worker = state, ""
            run.finished_at = timezone.now() if run.is_stop_wanted else None
            run.save(update_fields=["state", "worker", "finished_at"])
            if state == Run.State.WAITING:
                perform.enqueue(run.pk)


def _unfinished() -> Any:
    return Run.objects.filter(state__in=UNFINISHED)
