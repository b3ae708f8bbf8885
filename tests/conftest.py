"""What every test may lean on: workspaces of the shipped and the invented force, and the command line."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, settings

from constabulary.cli import main
from constabulary.services.workspace.workspaces import Workspace, new_workspace

# A shell has what it starts in the background ignore Ctrl-C, which some tests send.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says what else the machine is doing, not whether the property holds.
# `make test` tries the same examples each time, so that red means a change; to look for new ones:
# `--hypothesis-profile=explore`.
settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", settings.get_profile("house"), derandomize=False)
settings.load_profile("house")

WESTMARCH = Path(__file__).parent / "forces" / "westmarch"
"""The invented force folder."""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an empty workspace of the shipped force."""
    return new_workspace(tmp_path / "workspace", "cambridgeshire")


@pytest.fixture
def invented_workspace(tmp_path: Path) -> Workspace:
    """Return an empty workspace of the invented force."""
    return new_workspace(tmp_path / "invented", str(WESTMARCH))


@pytest.fixture
def run() -> Callable[..., Result]:
    """Return a function that runs a command in this process: run("import", "list", workspace=...)."""

    def call(*arguments: object, workspace: Workspace | None = None) -> Result:
        where = ["--workspace", str(workspace.path)] if workspace else []
        return CliRunner().invoke(main, [*where, *map(str, arguments)])

    return call


@pytest.fixture
def run_json(run: Callable[..., Result]) -> Callable[..., dict[str, Any]]:
    """Return a function that runs a command with --json and gives its answer."""

    def call(*arguments: object, workspace: Workspace | None = None) -> dict[str, Any]:
        result = run(*arguments, "--json", workspace=workspace)
        assert result.exit_code == 0, result.output
        # JSON knows neither NaN nor infinity; Python would write and read both without a word.
        answer: dict[str, Any] = json.loads(result.stdout, parse_constant=pytest.fail)
        return answer

    return call


@pytest.fixture
def bare_force(tmp_path: Path) -> str:
    """Return a force folder of one's own without any table of money: what somebody starts from scratch with."""
    folder = tmp_path / "bare"
    shutil.copytree(WESTMARCH, folder)
    shutil.rmtree(folder / "finance")
    return str(folder)
