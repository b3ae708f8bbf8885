"""The example: the shipped force with a year of synthetic records, a month of positions, and structures appraised."""

from __future__ import annotations

import shutil
from pathlib import Path

from filelock import FileLock, Timeout

from constabulary.core.errors import Problem, WorkspaceBusy
from constabulary.core.progress import Progress, silent
from constabulary.services.workspace.workspaces import new_workspace
from constabulary.store.whole import put_in_place
from constabulary.store.workspace import Workspace, see_free

FORCE = "cambridgeshire"
SEED = 1
SIMULATED = {"replications": 10, "weeks": 8}
"""How thoroughly structures are simulated: enough to tell them apart, in a few seconds."""
CALIBRATED_WEEKS = 26
PROPOSALS = {
    "response.sites": {
        "model": "pmedian",
        "n_sites": 6,
        "candidates": "stations",
        "standard_min": 15.0,
        "busy_share": 0.4,
        "hours": "all",
    },
    "response.rota": {"area": "", "n_teams": 5, "target_share": 0.9, "lengths_h": [8.0, 9.0, 10.0]},
    "response.allocate": {
        "goal": "equal",
        "posts_added": 0.0,
        "target_share": 0.8,
        "replications": 10,
        "weeks": 4,
    },
}
"""What the pages of sites, the rota and officers begin with: a quick answer each, in some ten seconds together."""


def build(path: Path, progress: Progress = silent) -> bool:
    """Build the example unless it is there.

    It is built beside its place and moved there when it is whole; what a killed build left is cleared and built anew.

    Parameters
    ----------
    path
        The workspace folder.
    progress
        Told how far it is.

    Returns
    -------
    bool
        True if it was built, false if a workspace was there already.

    Raises
    ------
    BadInput
        If something else is in the folder, or its name is unfit.
    WorkspaceBusy
        If another process is building it.
    """
    if (path / "workspace.json").exists():
        Workspace.open(path)
        return False
    see_free(path)
    yard = path.resolve().with_name(f"{path.resolve().name}.building")
    yard.mkdir(parents=True, exist_ok=True)
    lock = FileLock(yard / "building.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise WorkspaceBusy(
            Problem(
                "example_busy",
                "another process is building the example",
                file=str(path),
                remedy="Wait until it has finished.",
            )
        ) from None
    try:
        _build_in(yard / "workspace", progress)
        if path.exists():
            path.rmdir()
        put_in_place(yard / "workspace", path)
        _ask_for_simulations(Workspace.open(path))
    finally:
        lock.release()
    shutil.rmtree(yard, ignore_errors=True)
    return True


def _build_in(path: Path, progress: Progress) -> None:
    # Heavy, and a second `make run` does without it.
    from constabulary.services.cover.kept import kept
    from constabulary.services.records.synthesise import synthesise
    from constabulary.services.records.synthesise_positions import synthesise_positions

    if path.exists():
        shutil.rmtree(path)
    workspace = new_workspace(path, FORCE)
    synthesise(workspace, seed=SEED, progress=progress)
    synthesise_positions(workspace, seed=SEED, progress=progress)
    # What the map of cover is drawn from, so that its first page need not wait.
    for level in ("district", "lsoa"):
        kept(workspace, level, progress)


def _ask_for_simulations(workspace: Workspace) -> None:
    """Leave to the worker what response has to show: an appraisal, what posts buy, the model held to records.

    The first simulation on a machine compiles the engines, which takes longer than all the rest of the example.
    """
    from constabulary.services.response.setup import scenarios_of
    from constabulary.services.response.workforce import STEPS
    from constabulary.services.workspace import runs
    from constabulary.services.workspace.force import force_of

    scenarios = [scenario.name for scenario in scenarios_of(force_of(workspace))]
    by = runs.at_this_computer("the example")
    runs.start(workspace, "response.appraise", {"scenarios": scenarios, **SIMULATED}, by)
    runs.start(workspace, "workforce.effect", {"steps": list(STEPS), **SIMULATED}, by)
    for run, asked in PROPOSALS.items():
        runs.start(workspace, run, asked, by)
    runs.start(workspace, "response.calibrate", {"scenario": "", "weeks": CALIBRATED_WEEKS}, by)
