"""Finds the force folders that come with the package."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from constabulary.core.errors import BadForceFolder, Problem
from constabulary.core.force.schema import FORCE_FILE


def list_shipped() -> tuple[str, ...]:
    """Return the names of the force folders that come with the package, in alphabetical order."""
    return tuple(sorted(path.name for path in _home().iterdir() if (path / FORCE_FILE).is_file()))


def shipped_force(name: str) -> Path:
    """Return the folder of a force that comes with the package.

    Parameters
    ----------
    name
        For example "cambridgeshire".

    Raises
    ------
    BadForceFolder
        No force of that name comes with the package.
    """
    if name not in list_shipped():
        raise BadForceFolder(
            Problem(
                rule="unknown_force",
                message=f'no force named "{name}" comes with the package.',
                value=name,
                expected=" or ".join(list_shipped()) + ".",
                remedy="Or give the path of a force folder.",
            )
        )
    return _home() / name


def _home() -> Path:
    return Path(str(files("constabulary"))) / "forces"
