"""The one task: do a run, telling how far it is, and write what came of it."""

from __future__ import annotations

import logging
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from django_tasks import task

from constabulary.core.errors import ConstabularyError, Stopped, WorkspaceBusy
from constabulary.core.progress import Progress
from constabulary.registers.actions import working
from constabulary.registers.work import named

logger = logging.getLogger(__name__)

TELL_EVERY_S = 0.5
"""How often progress is written and a wish to stop is looked for (seconds)."""


@dataclass(frozen=True)
class Desk:
    """Where a worker sits: its name, the workspace it works on, and the sign that it is to leave."""

    worker: str
    workspace: Path
    leaving: Event


class Leaving(Stopped):
    """The worker is leaving; the run waits for the next one."""


_desk: Desk | None = None


def sit_down(desk: Desk | None) -> None:
    """Say which worker this process is."""
    global _desk  # noqa: PLW0603 - django-tasks calls the task with its arguments alone
    _desk = desk


@task()
def perform(run_id: int) -> None:
    """Do a run."""
    desk = _desk
    if desk is None:
        raise RuntimeError("Runs are done by `constabulary worker`.")
    run = None if desk.leaving.is_set() else working.begin(run_id, desk.worker)
    if run is None:
        return
    try:
        function = named(run.name).function
        result = dict(function(desk.workspace, run.arguments, run.by, _progress(run_id, desk)))
        working.finish(run_id, "done", result=result)
    except Leaving:
        working.put_back(run_id)
    except WorkspaceBusy:
        working.put_back(run_id, "Waiting for another process to finish writing")
    except Stopped:
        working.finish(run_id, "stopped")
    except ConstabularyError as error:
        working.finish(run_id, "failed", error=str(error))
    except Exception as error:
        # The message may hold a value of a record, so neither the log nor the run repeats it.
        places = "\n".join(
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        )
        logger.error("run %s failed: %s\n%s", run_id, type(error).__name__, places)
        working.finish(
            run_id, "failed", error=f"A fault in the program ({type(error).__name__}), not in your files."
        )
    except BaseException:
        working.put_back(run_id)


def _progress(run_id: int, desk: Desk) -> Progress:
    told_at = float("-inf")

    def progress(done: float, total: float, doing: str) -> None:
        nonlocal told_at
        if desk.leaving.is_set():
            raise Leaving("the worker is leaving; the work goes on when the next one starts")
        now: Any = time.monotonic()
        if now - told_at < TELL_EVERY_S:
            return
        told_at = now
        if working.tell(run_id, done, total, doing):
            raise Stopped(f"run {run_id} was stopped; nothing was changed")

    return progress
