"""Keeps a proposal in the force folder as a scenario, so that simulation can judge it."""

from __future__ import annotations

import re

from constabulary.core.errors import ConstabularyError
from constabulary.core.file_names import file_name
from constabulary.services.response.setup import SCENARIOS, scenario_of
from constabulary.store.workspace import Workspace


def keep_scenario(workspace: Workspace, name: str, text: str) -> str:
    """Write a scenario into the force folder, beside any of that name that says something else; return its file name.

    Parameters
    ----------
    workspace
        Whose force folder.
    name
        What to call the file; letters and digits of it are kept.
    text
        The scenario.

    Raises
    ------
    BadInput
        If the force folder does not allow it; nothing is left behind then.
    """
    folder = workspace.force_path / SCENARIOS
    folder.mkdir(parents=True, exist_ok=True)
    stem = file_name(re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_"), "scenario")
    path, number = folder / f"{stem}.toml", 1
    while path.is_file():
        if path.read_text(encoding="utf-8") == text:
            return path.name
        # Somebody changed it by hand: theirs stays.
        number += 1
        path = folder / f"{stem}_{number}.toml"
    path.write_text(text, encoding="utf-8", newline="")
    try:
        scenario_of(workspace, path)
    except ConstabularyError:
        path.unlink()
        raise
    return path.name
