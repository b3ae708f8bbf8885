"""The doctor: looks at everything a workspace needs and says what is wrong and what to do about it."""

from __future__ import annotations

import platform
import shutil
import sys
import zoneinfo
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from typing import Literal

from constabulary import registers
from constabulary.core.amounts import several
from constabulary.core.errors import ConstabularyError
from constabulary.core.force import load_force
from constabulary.core.progress import Progress, silent
from constabulary.registers import copying
from constabulary.services.workspace.boundaries import boundary_files
from constabulary.store import integrity, upgrades
from constabulary.store import workspace as layout
from constabulary.store.lake import Lake

LEAST_FREE_BYTES = 1 << 30
"""Below this much free disc the doctor warns (bytes)."""

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    check
        What was looked at.
    state
        ok, warn or fail.
    message
        What was found, and what to do about it.
    """

    check: str
    state: State
    message: str


def examine(path: Path, progress: Progress = silent) -> tuple[Finding, ...]:
    """Look at the installation and at a workspace.

    Parameters
    ----------
    path
        The workspace folder.
    progress
        Told how many checks are done.

    Returns
    -------
    tuple of Finding
        At least one for every check; one that cannot be made is itself a failure.
    """
    checks: dict[str, Callable[[Path], Iterable[Finding]]] = {
        "python": _python,
        "packages": _packages,
        "time zones": _time_zones,
        "front end": _front_end,
        "workspace": _workspace,
        "force folder": _force,
        "lake": _lake,
        "registers": _registers,
        "disc": _disc,
    }
    findings: list[Finding] = []
    for number, (name, check) in enumerate(checks.items()):
        progress(number, len(checks), f"Looking at: {name}")
        try:
            findings += check(path)
        except ConstabularyError as error:
            findings += [Finding(name, "fail", str(problem)) for problem in error.problems]
        except Exception as error:  # a check that breaks down is a finding too
            findings.append(Finding(name, "fail", f"The check broke down ({type(error).__name__}: {error})."))
    return tuple(findings)


def _python(path: Path) -> Iterable[Finding]:
    is_fit = sys.version_info >= (3, 11)
    text = f"Python {platform.python_version()} on {platform.system()}."
    yield Finding(
        "python", "ok" if is_fit else "fail", text if is_fit else f"{text} Install Python 3.11 or newer."
    )


def _packages(path: Path) -> Iterable[Finding]:
    there, missing = [f"constabulary {metadata.version('constabulary')}"], []
    for requirement in metadata.requires("constabulary") or []:
        if ";" in requirement:
            continue
        name = requirement.split(">")[0].split("<")[0].split("=")[0].split("[")[0].strip()
        try:
            there.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Finding("packages", "fail", f"Not installed: {', '.join(missing)}. Install constabulary again.")
    yield Finding("packages", "ok", f"{', '.join(there)}.")


def _time_zones(path: Path) -> Iterable[Finding]:
    try:
        zoneinfo.ZoneInfo("Europe/London")
    except zoneinfo.ZoneInfoNotFoundError:
        yield Finding("time zones", "fail", "There are no time-zone data. Install the package tzdata.")
    else:
        yield Finding("time zones", "ok", "Time-zone data are there.")


def _front_end(path: Path) -> Iterable[Finding]:
    vendor = resources.files("constabulary") / "web" / "static" / "vendor"
    wanted = ("govuk.css", "govuk-frontend.min.js", "maplibre-gl.mjs", "maplibre-gl.css")
    missing = [name for name in wanted if not (vendor / name).is_file()]
    if missing:
        yield Finding(
            "front end",
            "fail",
            f"Missing: {', '.join(missing)}. In a checkout run make install; otherwise install the package again.",
        )
    else:
        yield Finding("front end", "ok", "Style sheet and scripts are there.")


def _workspace(path: Path) -> Iterable[Finding]:
    version = upgrades.format_of(path)
    if version < layout.FORMAT:
        yield Finding(
            "workspace",
            "fail",
            f"Format {version} is of an earlier release. Make a backup and run constabulary upgrade.",
        )
    else:
        yield Finding("workspace", "ok", f"{path}, format {version}.")


def _force(path: Path) -> Iterable[Finding]:
    force = load_force(path / "force")
    notes = (
        f"; {len(force.warnings)} notes: constabulary force check {path / 'force'}" if force.warnings else ""
    )
    yield Finding("force folder", "ok", f"{force.name}: no rule is broken{notes}.")


def _lake(path: Path) -> Iterable[Finding]:
    lake = Lake(path / "lake")
    is_whole = True
    for problem in integrity.problems(lake):
        is_harmless = problem.rule == "orphan"
        is_whole &= is_harmless
        yield Finding("lake", "warn" if is_harmless else "fail", str(problem))
    for file in boundary_files(layout.Workspace(path)):
        if not file.is_whole:
            is_whole = False
            yield Finding(
                "lake",
                "fail",
                f"{file.path.name}: the outlines of import {file.import_id} are missing or damaged. Restore the "
                "workspace from a backup, or withdraw the import and make it again.",
            )
    if is_whole:
        n_imports = len(lake.imports())
        yield Finding(
            "lake", "ok", f"{several(n_imports, 'import')}; every file is there and holds the rows it should."
        )


def _registers(path: Path) -> Iterable[Finding]:
    upgrades.format_of(path)
    registers.open(path)
    from constabulary.registers import queries
    from constabulary.services.workspace.runs import has_worker

    waiting = [run for run in queries.unfinished_runs() if run.state == "waiting"]
    where = "in the workspace" if copying.are_in_workspace(path.resolve()) else "in PostgreSQL"
    yield Finding("registers", "ok", f"Reached, up to date, {where}.")
    if waiting and not has_worker(layout.Workspace(path)):
        yield Finding(
            "registers",
            "warn",
            f"{several(len(waiting), 'run waits', 'runs wait')} for a worker. Start one: constabulary worker, or serve "
            "--with-worker.",
        )


def _disc(path: Path) -> Iterable[Finding]:
    free = shutil.disk_usage(path if path.exists() else Path.cwd()).free
    text = f"{free / 2**30:,.1f} GiB free."
    if free < LEAST_FREE_BYTES:
        yield Finding("disc", "warn", f"{text} An import may not fit; free some room.")
    else:
        yield Finding("disc", "ok", text)
