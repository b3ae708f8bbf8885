"""Taking up again the runs that a dead worker left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from constabulary.registers.actions.working import WORKER, finish
from constabulary.registers.models import AuditRow, Run
from constabulary.registers.records import UNFINISHED
from constabulary.registers.tasks import perform

MOST_ATTEMPTS = 3
"""How often a run is taken up that its worker does not survive."""


def take_up_again(is_alive: Callable[[str], bool]) -> None:
    """See that every unfinished run has a task row that some live worker will come to, and clear finished task rows.

    Parameters
    ----------
    is_alive
        Whether the worker of a name is alive.
    """
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
