"""Reads runs."""

from __future__ import annotations

from typing import Any

from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.models import Run
from constabulary.registers.records import UNFINISHED, RunRecord


def record(row: Any) -> RunRecord:
    """Return a row as a frozen result."""
    return RunRecord(
        run_id=row.pk,
        name=row.name,
        arguments=row.arguments,
        state=str(row.state),
        by=row.by,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        is_stop_wanted=row.is_stop_wanted,
        progress_done=row.progress_done,
        progress_total=row.progress_total,
        doing=row.doing,
        result=row.result,
        error=row.error,
    )


def runs(limit: int = 200) -> tuple[RunRecord, ...]:
    """Return the latest runs, the latest first."""
    return tuple(record(row) for row in Run.objects.all()[:limit])


def unfinished_runs() -> tuple[RunRecord, ...]:
    """Return the runs that wait or run, in the order they were asked for."""
    return tuple(record(row) for row in Run.objects.filter(state__in=UNFINISHED).order_by("id"))


def run(run_id: int) -> RunRecord:
    """Return one run.

    Raises
    ------
    NothingThere
        If there is none of that number.
    """
    row = Run.objects.filter(pk=run_id).first()
    if row is None:
        raise NothingThere(
            Problem(
                "no_such_run", f"there is no run {run_id}", expected="one that `constabulary runs list` shows"
            )
        )
    return record(row)
