"""The site and its worker as a person starts and ends them."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace

HERE = runs.at_this_computer("the keeper")
POSIX = pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a signal")


@contextmanager
def serving(workspace: Workspace, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [
        sys.executable,
        "-m",
        "constabulary",
        "--workspace",
        str(workspace.path),
        "serve",
        "--port",
        "0",
        *options,
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stderr
    try:
        found = re.search(r"http://\S+/", line := process.stderr.readline())
        assert found, line
        yield process, found.group()
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()


LONGEST_S = 600
"""How long a process may take on a machine busy with other things [s]; what has happened sooner is not waited for."""


def wait_until(is_so: Any) -> None:
    deadline = time.monotonic() + LONGEST_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def locks(workspace: Workspace) -> list[Path]:
    return list((workspace.path / "workers").glob("*.lock"))


@POSIX
@pytest.mark.slow
def test_the_site_answers_its_worker_works_and_ctrl_c_ends_both(workspace: Workspace) -> None:
    run = runs.start(workspace, "import-police-uk", {"paths": ["absent"]}, HERE)
    with serving(workspace, "--with-worker") as (process, address):
        with urllib.request.urlopen(address, timeout=LONGEST_S) as page:
            assert page.status == 200
        wait_until(lambda: runs.get_run(workspace, run.run_id).state == "failed")
        assert len(locks(workspace)) == 1
        # A terminal sends Ctrl-C to every process of the group.
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=LONGEST_S) == 0
        assert "Ended" in process.stderr.read()
        assert locks(workspace) == []


@POSIX
@pytest.mark.slow
def test_a_worker_does_not_outlive_a_site_that_was_killed(workspace: Workspace) -> None:
    with serving(workspace, "--with-worker") as (process, _):
        wait_until(lambda: len(locks(workspace)) == 1)
        process.kill()
        process.wait()
        wait_until(lambda: locks(workspace) == [])


@POSIX
@pytest.mark.slow
def test_a_worker_that_dies_is_started_again_while_the_site_is_up(workspace: Workspace) -> None:
    with serving(workspace, "--with-worker") as (process, _):
        wait_until(lambda: len(locks(workspace)) == 1)
        [first] = locks(workspace)
        [child] = children(process.pid)
        os.kill(child, signal.SIGKILL)
        wait_until(lambda: [lock for lock in locks(workspace) if lock != first])


def children(parent: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True
    ).stdout
    return [int(number) for number in listed.split()]


def test_a_port_in_use_is_told_with_the_remedy(workspace: Workspace, run: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("serve", "--port", port, workspace=workspace)
    assert result.exit_code == 11
    assert f"port {port} is in use" in result.output
    assert f"constabulary serve --port {port + 1}" in result.output


def test_the_site_listens_to_this_computer_alone(workspace: Workspace, run: Any) -> None:
    result = run("serve", "--host", "0.0.0.0", workspace=workspace)
    assert result.exit_code == 3
    assert "single-user mode" in result.output
