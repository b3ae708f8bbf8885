"""What the registers hand out: runs, remarks and entries of the trail as frozen records, which need no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

UNFINISHED = ("waiting", "running")
"""States of a run of which more will come."""


@dataclass(frozen=True)
class RunRecord:
    """One run as it stands.

    Parameters
    ----------
    run_id
        Its number.
    name, arguments
        Which work, with what.
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
        if self.state == "done":
            return 1.0
        return min(1.0, self.progress_done / self.progress_total) if self.progress_total else 0.0


@dataclass(frozen=True)
class Remark:
    """A commentary, or a step change confirmed.

    Parameters
    ----------
    remark_id
        Its number.
    measure, period
        Of which measure and period; limits of a step begin at the period.
    text
        What was said, or the reason of the step.
    by, at
        By whom, and when (UTC).
    value
        Of a commentary: the figure it was written on [unit of the measure], None where there was none.
    """

    remark_id: int
    measure: str
    period: str
    text: str
    by: str
    at: datetime
    value: float | None = None


@dataclass(frozen=True)
class AuditEntry:
    """Who did what to what, and when (UTC)."""

    at: datetime
    by: str
    action: str
    about: str
