"""The command that serves the site, with a worker beside it if asked for."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from constabulary.cli.options import answer, as_json, in_workspace
from constabulary.core.provenance import code_version
from constabulary.services.workspace.workspaces import Workspace

_LEAVES_WITHIN_S = 15.0
_STARTS_AGAIN_AFTER_S = 2.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="This computer's own address.")
@click.option("--port", type=int, default=8000, show_default=True, help="0 takes a free one.")
@click.option("--with-worker", is_flag=True, help="Do the runs that wait, too.")
@as_json
@in_workspace
def serve(workspace: Workspace, host: str, port: int, with_worker: bool, is_json: bool) -> None:
    """Serve the site on this computer until Ctrl-C; with --json the address is told on stdout when it answers.

    Example: constabulary serve --port 8001 --with-worker
    """
    from constabulary.web import start

    code_version()  # of what is loaded now, whatever becomes of the source while the site is up
    with _workers(workspace.path) as begin:

        def ready(address: str) -> None:
            click.echo(f"The site is at {address} - Ctrl-C ends it.", err=True)
            if is_json:
                answer({"schema": 1, "address": address})
            if with_worker:
                begin()

        start.serve(workspace.path, host, port, ready)
    click.echo("Ended; a run in hand goes on when a worker starts again.", err=True)


class _Worker:
    """A worker in a process of its own, started again if it dies, ended with this process however that ends."""

    def __init__(self, workspace: Path) -> None:
        # -P: a file in the folder where someone works may have the name of a module.
        self._command = [
            *(sys.executable, "-P", "-m", "constabulary", "--workspace", str(workspace)),
            *("worker", "--leave-with-stdin"),
        ]
        self._leaving = threading.Event()
        self._starting = threading.Lock()
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def end(self) -> None:
        """Let the worker put its run back and leave; end it if it does not."""
        with self._starting:
            self._leaving.set()
        self._close()
        try:
            self._process.wait(_LEAVES_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._keeper.join()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdin=subprocess.PIPE)  # noqa: S603 - our own command

    def _keep(self) -> None:
        while True:
            self._process.wait()
            self._close()
            self._leaving.wait(_STARTS_AGAIN_AFTER_S)
            with self._starting:
                if self._leaving.is_set():
                    return
                self._process = self._start()

    def _close(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()


@contextmanager
def _workers(workspace: Path) -> Iterator[Callable[[], None]]:
    begun: list[_Worker] = []
    try:
        yield lambda: begun.append(_Worker(workspace))
    finally:
        for one in begun:
            one.end()
