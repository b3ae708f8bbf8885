"""Long work: asked for by name, done by a worker, looked at and stopped by people.

A service function becomes long work with `@runnable`; `start` asks for it and `work` is the worker. The function may
be killed at any moment and is then called again with the same arguments, so it must end the same either way.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, BinaryIO, TypedDict, TypeVar

from constabulary import registers
from constabulary.core.answers import Answer, words_of
from constabulary.core.errors import BadInput, Problem
from constabulary.core.file_names import file_name
from constabulary.core.progress import Progress
from constabulary.core.provenance import code_version
from constabulary.registers import work as register_of_work
from constabulary.registers.access import Permission, Person
from constabulary.registers.records import RunRecord
from constabulary.store.workspace import Workspace

__all__ = [
    "as_json",
    "at_this_computer",
    "drop_uploads",
    "get_run",
    "has_worker",
    "kept_uploads",
    "list_runs",
    "name_of",
    "runnable",
    "save_uploads",
    "start",
    "stop",
    "title_of",
    "token_of",
    "work",
]

F = TypeVar("F", bound=Callable[..., Mapping[str, Any]])

UPLOADS = "uploads"
MOST_SWEPT = 10_000
"""Finished runs looked at for uploads to remove; of older ones, files go once they are a day old."""
_ABANDONED_AFTER_S = 24 * 3600.0
_TOKEN = re.compile(rf"{UPLOADS}/([0-9a-f]{{32}})/")

TITLES: Mapping[str, str] = {
    "import-police-uk": "Import of files of data.police.uk",
    "import-own-records": "Import of own records",
    "import-boundaries": "Import of boundaries",
    "response.simulate": "Simulation of response",
    "response.appraise": "Appraisal of options for response",
    "response.calibrate": "Calibration of the model of response",
    "response.sites": "Search for places where units wait",
    "response.rota": "Search for a rota that covers the need",
    "response.allocate": "Search for officers by district and shift",
    "workforce.effect": "What posts buy",
}
"""What people call each kind of long work; kept here so that a list of runs need not load all that can be run."""

_signatures: dict[str, inspect.Signature] = {}


def runnable(name: str, permission: Permission = Permission.RUN_WORK) -> Callable[[F], F]:
    """Declare a function as long work.

    It takes the `Workspace`, keyword arguments that JSON can hold, `by` (a name) and `progress`, and returns a mapping
    that JSON can hold. It calls `progress` now and then, from its own thread.

    Parameters
    ----------
    name
        Its name.
    permission
        What a person needs to start or stop it.
    """

    def declare(function: F) -> F:
        def call(path: Path, arguments: Mapping[str, Any], by: str, progress: Progress) -> Mapping[str, Any]:
            return function(Workspace.open(path), **arguments, by=by, progress=progress)

        register_of_work.register(register_of_work.Work(name, permission, call))
        _signatures[name] = inspect.signature(function)
        return function

    return declare


def at_this_computer(name: str) -> Person:
    """Return the person who runs a command on the computer that holds the workspace."""
    return Person(name, is_at_this_computer=True)


def start(workspace: Workspace, name: str, arguments: Mapping[str, Any], by: Person) -> RunRecord:
    """Ask for long work; a worker takes it up.

    Parameters
    ----------
    workspace
        Where.
    name
        Which work.
    arguments
        With what, as JSON can hold it.
    by
        Who asks.

    Raises
    ------
    NotPermitted
        If the person may not.
    NothingThere
        If there is no such work.
    BadInput
        If the work takes no such arguments.
    """
    _collect()
    register_of_work.named(name)
    try:
        _signatures[name].bind(workspace, **arguments, by=by.name, progress=None)
    except TypeError as error:
        raise BadInput(Problem("wrong_arguments", f"{name} cannot be asked for like this: {error}")) from None
    registers.open(workspace.path)
    from constabulary.registers import actions

    return actions.start_run(by, name, arguments)


def stop(workspace: Workspace, run_id: int, by: Person) -> RunRecord:
    """Stop a run: one that waits at once, one that runs at its next step.

    Raises
    ------
    NotPermitted
        If the person may not.
    NothingThere
        If there is no such run, or it is finished.
    """
    _collect()
    registers.open(workspace.path)
    from constabulary.registers import actions

    return actions.stop_run(by, run_id)


def list_runs(workspace: Workspace) -> tuple[RunRecord, ...]:
    """Return the latest runs, the latest first."""
    registers.open(workspace.path)
    from constabulary.registers import queries

    return queries.runs()


def get_run(workspace: Workspace, run_id: int) -> RunRecord:
    """Return one run; `NothingThere` if there is none of that number."""
    registers.open(workspace.path)
    from constabulary.registers import queries

    return queries.run(run_id)


def has_worker(workspace: Workspace) -> bool:
    """Tell whether a worker lives that will take up what waits."""
    from constabulary.registers import worker

    return worker.is_any_alive(workspace.path)


def title_of(run: RunRecord) -> str:
    """Return what people call a run: its kind of work, and what came of it where that has a name."""
    title = TITLES.get(run.name, run.name)
    name = (run.result or {}).get("name")
    return f"{title}: {name}" if name else title


class RunLine(TypedDict):
    """Long work as a line of a list.

    Parameters
    ----------
    run
        Its number.
    work
        The work's registered name.
    state
        waiting, running, done, failed or stopped.
    by
        Who asked for it.
    created_at, started_at, finished_at
        When (UTC); null where not yet.
    stop_wanted
        Whether somebody asked it to stop.
    progress_share
        How much of it is done.
    doing
        What it does now.
    """

    run: int
    work: str
    title: str
    state: str
    by: str
    created_at: str | None
    started_at: str | None
    finished_at: str | None
    stop_wanted: bool
    progress_share: float
    doing: str


class RunsAnswer(Answer):
    """Long work, the latest first.

    Parameters
    ----------
    runs
        The runs.
    """

    runs: list[RunLine]


@words_of(RunLine)
class RunAnswer(Answer, RunLine):
    """Long work with its result.

    Parameters
    ----------
    arguments
        What it was asked with.
    result
        What came of it; null until it is done.
    error
        Why it failed; empty where it did not.
    """

    arguments: dict[str, Any]
    result: Mapping[str, Any] | None
    error: str


def as_json(run: RunRecord) -> RunLine:
    """Return a run as the command line and the API list it."""

    def instant(at: datetime | None) -> str | None:
        return at.isoformat() if at else None

    return {
        "run": run.run_id,
        "work": run.name,
        "title": title_of(run),
        "state": run.state,
        "by": run.by,
        "created_at": instant(run.created_at),
        "started_at": instant(run.started_at),
        "finished_at": instant(run.finished_at),
        "stop_wanted": run.is_stop_wanted,
        "progress_share": round(run.progress_share, 4),
        "doing": run.doing,
    }


def whole_json(run: RunRecord) -> RunAnswer:
    """Return a run with what it was asked with and what came of it."""
    return {
        "schema": 1,
        **as_json(run),
        "arguments": dict(run.arguments),
        "result": run.result,
        "error": run.error,
    }


def work(workspace: Workspace, *, once: bool = False, leaving: threading.Event | None = None) -> None:
    """Do the runs of a workspace until told to leave (Ctrl-C or the event), or only those that wait (`once`)."""
    code_version()  # of what is loaded now, whatever becomes of the source while this process goes on
    _collect()
    from constabulary.registers import worker

    worker.work(workspace.path, once=once, leaving=leaving, between=lambda: sweep_uploads(workspace))


def save_uploads(workspace: Workspace, files: Iterable[tuple[str, BinaryIO]]) -> list[str]:
    """Keep uploaded files until the run that is to read them is finished.

    Parameters
    ----------
    workspace
        Where.
    files
        Name and content of each.

    Returns
    -------
    list of str
        Their paths, relative to the workspace, to be given to `start` among the arguments.
    """
    token = secrets.token_hex(16)
    kept = []
    for number, (name, content) in enumerate(files):
        # A folder each: two folders of months may hold files of one name.
        place = PurePath(UPLOADS, token, str(number), file_name(PurePath(name.replace("\\", "/")).name))
        path = workspace.path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as opened:
            shutil.copyfileobj(content, opened)
        kept.append(place.as_posix())
    return kept


def kept_uploads(workspace: Workspace, token: str) -> list[str]:
    """Return the files that `save_uploads` kept together, by the token in their paths; none if there are none."""
    if not re.fullmatch("[0-9a-f]{32}", token):
        return []
    found = (workspace.path / UPLOADS / token).glob("*/*")
    in_order = sorted(found, key=lambda path: int(path.parent.name))
    return [path.relative_to(workspace.path).as_posix() for path in in_order]


def token_of(uploads: Iterable[str]) -> str:
    """Return the token under which files are kept together."""
    return next((match[1] for path in uploads if (match := _TOKEN.match(path))), "")


def drop_uploads(workspace: Workspace, uploads: Iterable[str]) -> None:
    """Remove uploaded files that no run will read."""
    for match in filter(None, map(_TOKEN.match, uploads)):
        shutil.rmtree(workspace.path / UPLOADS / match[1], ignore_errors=True)


def name_of(path: str) -> str:
    """Return what people call a file that a run reads: an upload by its own name, any other by its path."""
    return PurePath(path).name if _TOKEN.match(path) else path


def sweep_uploads(workspace: Workspace) -> None:
    """Remove uploaded files that no unfinished run will read: they may hold personal data."""
    folder = workspace.path / UPLOADS
    if not folder.is_dir():
        return
    from constabulary.registers import queries

    tokens = {part.name: part for part in folder.iterdir()}
    wanted = {token for run in queries.unfinished_runs() for token in _tokens(run.arguments)}
    read = {token for run in queries.runs(MOST_SWEPT) if run.is_finished for token in _tokens(run.arguments)}
    for token, part in tokens.items():
        if token not in wanted and (token in read or _is_abandoned(part)):
            shutil.rmtree(part, ignore_errors=True)


def _is_abandoned(upload: Path) -> bool:
    try:
        return time.time() - upload.stat().st_mtime > _ABANDONED_AFTER_S
    except FileNotFoundError:  # another worker has just removed it
        return False


def _tokens(arguments: Mapping[str, Any]) -> list[str]:
    return _TOKEN.findall(json.dumps(arguments))


def _collect() -> None:
    """Import every service, so that what they declare is known."""
    package = importlib.import_module("constabulary.services")
    for module in pkgutil.walk_packages(package.__path__, "constabulary.services."):
        importlib.import_module(module.name)
