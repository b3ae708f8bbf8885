"""Reads runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.models import Run

UNFINISHED = (Run.State.WAITING, Run.State.RUNNING)


@dataclass(frozen=True)
class RunRecord:
    """One run as it stands.

    Parameters
    ----------
    run_id
        Its number.
    name, arguments
        Which work, with what.
    stamp
        The hash of all that decides the result, or empty where the work changes something.
    state
        waiting, running, done, failed or stopped.
    by
        Who asked for it.
    created_at, started_at, finished_at
        When (UTC).
    is_stop_wanted
        True where a person has asked it to stop.
    progress_done, progress_total, doing
        How far it is, in any unit, and what it is doing.
    result
        What came of it, or nothing.
    error
        Why it failed, or empty.
    """

    run_id: int
    name: str
    arguments: Mapping[str, Any]
    stamp: str
    state: str
    by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    is_stop_wanted: bool
    progress_done: float
    progress_total: float
    doing: str
    result: Mapping[str, Any] | None
    error: str

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in UNFINISHED

    @property
    def progress_share(self) -> float:
        """How much of it is done, from 0 to 1."""
        if self.state == Run.State.DONE:
            return 1.0
        return min(1.0, self.progress_done / self.progress_total) if self.progress_total else 0.0


def record(row: Any) -> RunRecord:
    """Return a row as a frozen result."""
    return RunRecord(
        run_id=row.pk,
        name=row.name,
        arguments=row.arguments,
        stamp=row.stamp,
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


def run_with_stamp(stamp: str) -> RunRecord | None:
    """Return a run with this stamp that is done, waiting or running, the earliest; none where there is none."""
    row = Run.objects.filter(stamp=stamp, state__in=(Run.State.DONE, *UNFINISHED)).order_by("id").first()
    return record(row) if row else None
