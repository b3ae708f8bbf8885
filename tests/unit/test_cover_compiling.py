"""The loops over positions are compiled apart once, and never in the way of the question."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from constabulary.cover.presence import CREDITS
from constabulary.numeric import compiled
from constabulary.services.cover import compiling as cover_compiling
from constabulary.services.cover.compiling import compile_apart, compile_here


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """Keep the mark of what is compiled in a folder of its own, and note which processes are started."""
    commands: list[list[str]] = []

    def note(command: list[str], **_: Any) -> None:
        commands.append(command)

    monkeypatch.setattr(cover_compiling, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(compiled.config, "DISABLE_JIT", 0)
    monkeypatch.setattr(subprocess, "run", note)
    return commands


@pytest.mark.parametrize("credit", CREDITS)
def test_what_was_compiled_here_is_not_compiled_apart_again(started: list[list[str]], credit: str) -> None:
    compile_apart(credit)
    assert started == [[sys.executable, "-P", "-m", cover_compiling.__name__, credit]]
    compile_here(credit)
    compile_apart(credit)
    assert len(started) == 1


def test_nothing_is_compiled_apart_where_it_cannot_be_kept(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cover_compiling, "cache_folder", lambda: None)
    compile_apart("earlier")
    assert started == []


@pytest.mark.parametrize("error", [FileNotFoundError(), subprocess.TimeoutExpired("python", 600)])
def test_a_process_that_cannot_be_started_or_does_not_end_stops_nothing(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_: Any, **asked: Any) -> None:
        assert asked["timeout"] > 0
        raise error

    monkeypatch.setattr(subprocess, "run", refuse)
    compile_apart("earlier")
    assert started == []
