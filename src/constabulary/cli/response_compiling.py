"""The command that compiles the engines of response, and the worker's way of having it done beside its work."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from constabulary.cli.options import answer, as_json, in_workspace
from constabulary.core.errors import BadInput
from constabulary.services.response import compiling as response_compiling
from constabulary.services.workspace.workspaces import Workspace


@click.command("compile")
@as_json
@in_workspace
def compile_engines(workspace: Workspace, is_json: bool) -> None:
    """Compile what simulations run on, once after an installation or upgrade, so that no first question waits.

    A worker does this by itself when it starts.

    Example: constabulary response compile
    """
    if not response_compiling.is_compiled():
        click.echo("Compiling what simulations run on; the site answers meanwhile.", err=True)
    try:
        found = response_compiling.compile_engines(workspace)
    except BadInput as error:
        reason = "; ".join(str(problem) for problem in error.problems)
        click.echo(f"Nothing is compiled ahead, as this force folder cannot be simulated: {reason}", err=True)
        if is_json:
            answer({"schema": 1, "is_compiled": False, "took_s": None, "reason": reason})
        return
    kept = "" if found.kept_in else " No folder can be written to keep it: each process compiles anew."
    click.echo(f"Simulations are compiled: {found.took_s:.0f} s.{kept}", err=True)
    if is_json:
        answer({"schema": 1, "is_compiled": True, "took_s": found.took_s, "reason": None})


@contextmanager
def compiling_beside(workspace: Workspace) -> Iterator[None]:
    """Have the engines compiled by a process beside this one, unless they are already; it ends with the block."""
    if response_compiling.is_compiled():
        yield
        return
    # -P: a file in the folder where someone works may have the name of a module.
    command = [
        sys.executable,
        "-P",
        "-m",
        "constabulary",
        "--workspace",
        str(workspace.path),
        "response",
        "compile",
    ]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own command
    try:
        yield
    finally:
        process.terminate()
        process.wait()
