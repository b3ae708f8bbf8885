"""Compiling the engines of response ahead: by command, and by a worker beside its work."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from constabulary.cli.response_compiling import compiling_beside
from constabulary.core.errors import BadInput, Problem
from constabulary.services.response import compiling as response_compiling
from constabulary.services.workspace.workspaces import Workspace


@pytest.fixture
def kept_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for machine code in which nothing is compiled yet."""
    folder = tmp_path / "compiled"
    folder.mkdir()
    monkeypatch.setattr(response_compiling, "cache_folder", lambda: folder)
    return folder


def test_the_command_says_that_it_compiles_once_and_how_long_it_took(
    invented_workspace: Workspace, run: Callable[..., Result], kept_in: Path
) -> None:
    assert not response_compiling.is_compiled()
    first = run("response", "compile", workspace=invented_workspace)
    assert first.exit_code == 0
    assert "Compiling what simulations run on" in first.stderr
    assert "Simulations are compiled: " in first.stderr
    assert response_compiling.is_compiled()
    assert "Compiling" not in run("response", "compile", workspace=invented_workspace).stderr


def test_where_nothing_can_be_kept_the_command_says_so(
    invented_workspace: Workspace, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response_compiling, "cache_folder", lambda: None)
    assert "each process compiles anew" in run("response", "compile", workspace=invented_workspace).stderr


def test_a_force_folder_that_cannot_be_simulated_is_no_error_and_is_told(
    invented_workspace: Workspace,
    run_json: Callable[..., dict[str, Any]],
    kept_in: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BadInput(Problem("no_roster", "nobody is on duty to respond"))

    monkeypatch.setattr(response_compiling, "make_ready", refuse)
    told = run_json("response", "compile", workspace=invented_workspace)
    assert not told["is_compiled"]
    assert "nobody is on duty" in told["reason"]
    assert not response_compiling.is_compiled()


def test_a_worker_has_it_compiled_beside_it_and_leaves_nothing_running(
    invented_workspace: Workspace, kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def remembered(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        begun.append(start(*arguments, **options))
        return begun[-1]

    monkeypatch.setattr(subprocess, "Popen", remembered)
    with compiling_beside(invented_workspace):
        assert len(begun) == 1
    assert begun[0].poll() is not None
    (kept_in / f"response-by-numba-{response_compiling.numba.__version__}.txt").touch()
    with compiling_beside(invented_workspace):
        assert len(begun) == 1
