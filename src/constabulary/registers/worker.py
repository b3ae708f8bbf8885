"""The worker: takes runs one after the other until it is told to leave."""

from __future__ import annotations

import logging
import secrets
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from constabulary.registers import opening

LOOK_EVERY_S = 1.0
"""How often a worker without work looks for some (seconds)."""


def work(
    workspace: Path,
    *,
    once: bool = False,
    leaving: threading.Event | None = None,
    between: Callable[[], object] = lambda: None,
) -> None:
    """Do the runs of a workspace.

    A worker holds a lock file while it lives, so that another can tell when it has died, however it died, and take
    its run up again.

    Parameters
    ----------
    workspace
        The workspace folder.
    once
        Leave when no run waits.
    leaving
        Set by the caller when the worker is to leave: the run in hand is put back. Ctrl-C sets it too.
    between
        Called before runs are taken, and when none is left.
    """
    opening.open(workspace)
    from django_tasks_db.management.commands.db_worker import Worker

    from constabulary.registers import tasks
    from constabulary.registers.actions import taking_up

    leaving = leaving or threading.Event()
    name = secrets.token_hex(8)
    folder = workspace / "workers"
    folder.mkdir(exist_ok=True)
    lock = FileLock(folder / f"{name}.lock")
    # Its own warnings would repeat what the run says.
    logging.getLogger("django_tasks_db").setLevel(logging.ERROR)
    with lock, _signals(leaving):
        tasks.sit_down(tasks.Desk(name, workspace, leaving))
        try:
            while not leaving.is_set():
                taking_up.take_up_again(lambda other: other == name or _is_alive(folder, other))
                between()
                loop: Any = Worker(
                    queue_names=["default"],
                    interval=0,
                    batch=True,
                    backend_name="default",
                    startup_delay=False,
                    max_tasks=None,
                    worker_id=name,
                    excluded_queue_names=[],
                )
                loop.run()
                if once:
                    break
                leaving.wait(LOOK_EVERY_S)
            between()
        finally:
            tasks.sit_down(None)
    _remove(Path(lock.lock_file))


def is_any_alive(workspace: Path) -> bool:
    """Tell whether a worker of this workspace lives on this computer.

    Parameters
    ----------
    workspace
        The workspace folder.
    """
    return any(_is_held(file) for file in (workspace / "workers").glob("*.lock"))


def _is_alive(folder: Path, worker: str) -> bool:
    file = folder / f"{worker}.lock"
    if not worker or not file.exists():
        return False
    if _is_held(file):
        return True
    _remove(file)
    return False


def _is_held(file: Path) -> bool:
    probe = FileLock(file)
    try:
        probe.acquire(timeout=0)
    except Timeout:
        return True
    probe.release()
    return False


def _remove(file: Path) -> None:
    # On Windows it stays while another process looks whether it is held; the next that looks removes it.
    with suppress(PermissionError):
        file.unlink(missing_ok=True)


@contextmanager
def _signals(leaving: threading.Event) -> Iterator[None]:
    """Turn Ctrl-C and a request to end into the wish to leave; a second one ends at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [signal.SIGINT, signal.SIGTERM]
    before = {number: signal.getsignal(number) for number in numbers}

    def leave(number: int, frame: object) -> None:
        leaving.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in numbers:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
