"""What people do with runs: start one, stop one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from constabulary.core.errors import NothingThere, Problem
from constabulary.registers import queries
from constabulary.registers.access import Person
from constabulary.registers.actions.audited import audited
from constabulary.registers.models import Run
from constabulary.registers.queries.runs import record
from constabulary.registers.records import RunRecord
from constabulary.registers.work import named


def start_run(person: Person, name: str, arguments: Mapping[str, Any]) -> RunRecord:
    """Ask for long work; a worker takes it up.

    Parameters
    ----------
    person
        Who asks.
    name
        Which work.
    arguments
        With what, as JSON can hold it.

    Raises
    ------
    NotPermitted
        If the person may not.
    NothingThere
        If there is no such work.
    """
    from constabulary.registers.tasks import perform

    work = named(name)
    with audited(person, work.permission, "start run") as subject:
        row = Run.objects.create(name=name, arguments=dict(arguments), by=person.name)
        perform.enqueue(row.pk)
        subject.about = f"run {row.pk} {name}"
    return record(row)


def stop_run(person: Person, run_id: int) -> RunRecord:
    """Stop a run: one that waits at once, one that runs at its next step.

    Raises
    ------
    NotPermitted
        If the person may not.
    NothingThere
        If there is no such run, or it is finished.
    """
    found = queries.run(run_id)
    with audited(person, named(found.name).permission, "stop run", f"run {run_id} {found.name}"):
        row = Run.objects.select_for_update().get(pk=run_id)
        if row.state == Run.State.WAITING:
            row.state = Run.State.STOPPED
            row.finished_at = timezone.now()
        elif row.state != Run.State.RUNNING:
            raise NothingThere(Problem("run_is_finished", f"run {run_id} is {row.state} already"))
        row.is_stop_wanted = True
        row.save(update_fields=["state", "finished_at", "is_stop_wanted"])
    return record(row)
