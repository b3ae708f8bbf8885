"""The engines of response compiled ahead, so that after an upgrade nobody waits for it at their first question."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numba

from constabulary.numeric.compiled import cache_folder
from constabulary.response.experiment import experiment
from constabulary.services.response.setup import make_ready, scenario_of
from constabulary.store.workspace import Workspace


@dataclass(frozen=True)
class Compiled:
    """What came of compiling.

    Parameters
    ----------
    took_s
        How long it took (s).
    kept_in
        Where the machine code is kept; None where no folder can be written, so that each process compiles anew.
    """

    took_s: float
    kept_in: Path | None


def is_compiled() -> bool:
    """Return whether this edition of the engines was compiled here whole, or can never be kept."""
    folder = cache_folder()
    return folder is None or _mark(folder).is_file()


def compile_engines(workspace: Workspace) -> Compiled:
    """Compile what simulations run on and keep the machine code, by simulating one week of the workspace's force.

    Parameters
    ----------
    workspace
        Whose force folder is simulated: what is compiled is the same for all that can be.

    Raises
    ------
    BadInput
        If the force folder cannot be simulated.
    """
    begin = time.perf_counter()
    ready = make_ready(workspace, scenario_of(workspace, None), weeks=1)
    experiment([ready.setup], 1, 0, n_jobs=1)
    folder = cache_folder()
    if folder is not None:
        _mark(folder).write_text("The engines of response are compiled.\n", encoding="utf-8")
    return Compiled(time.perf_counter() - begin, folder)


def _mark(folder: Path) -> Path:
    """Return the file that says all is compiled; numba compiles anew for each of its own versions."""
    return folder / f"response-by-numba-{numba.__version__}.txt"
