"""Starts the site: the WSGI application of one workspace, and a server for it on this computer."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from constabulary.core.errors import BadInput, ConstabularyError, Problem
from constabulary.services.workspace.workspaces import open_workspace

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_THREADS = 4

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class PortInUse(ConstabularyError):
    """Another program answers at the port."""

    exit_status = 11


def set_up(workspace: Path) -> None:
    """Set Django up for pages and open the registers.

    Parameters
    ----------
    workspace
        The workspace folder.
    """
    from constabulary import registers
    from constabulary.registers.settings import INSTALLED_APPS
    from constabulary.web.settings import pages

    registers.open(workspace, extend=pages(INSTALLED_APPS))


def application(workspace: Path) -> Application:
    """Return the site of one workspace as a WSGI application.

    Parameters
    ----------
    workspace
        The workspace folder.

    Raises
    ------
    WorkspaceMissing
        If the folder is no workspace.
    """
    opened = open_workspace(workspace)
    set_up(workspace)
    from django.core.wsgi import get_wsgi_application

    from constabulary.web.gate import WORKSPACE

    django_application = get_wsgi_application()

    def with_workspace(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer: Iterable[bytes] = django_application({**environ, WORKSPACE: opened}, start_response)
        return answer

    return with_workspace


def serve(
    workspace: Path, host: str = "127.0.0.1", port: int = 8000, ready: Callable[[str], object] | None = None
) -> None:
    """Serve a workspace's site until it is interrupted (Ctrl-C), which is no error.

    Parameters
    ----------
    workspace
        The workspace folder.
    host
        The address to listen at; in single-user mode this computer's own (127.0.0.1, ::1 or localhost).
    port
        The port to listen at; 0 takes a free one.
    ready
        Called with the site's address once it answers.

    Raises
    ------
    BadInput
        If the host is another than this computer's own, or no such port can exist.
    PortInUse
        If another program answers at the port.
    """
    from waitress.server import create_server
    from waitress.wasyncore import close_all

    listening = _listen(host, port)
    try:
        from constabulary.web.settings import UPLOAD_LIMIT_BYTES

        sockets: dict[int, Any] = {}
        server = create_server(
            application(workspace),
            map=sockets,
            sockets=[listening],
            threads=_THREADS,
            max_request_body_size=UPLOAD_LIMIT_BYTES,
            # The gate must see that a proxy passed a request on.
            clear_untrusted_proxy_headers=False,
            ident="constabulary",
        )
        _warm_up(workspace)
        try:
            if ready is not None:
                ready(f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/")
            server.run()
        except KeyboardInterrupt:
            pass
        finally:
            close_all(sockets, ignore_all=True)
    finally:
        listening.close()


def _warm_up(workspace: Path) -> None:
    """Read the pages and open the records before anyone asks, so that the first page comes as fast as the next."""
    from django.urls import get_resolver

    from constabulary.services.demand.picture import by_area, typical_day

    _ = get_resolver().url_patterns
    opened = open_workspace(workspace)
    # What is wrong with the records or the force folder is told on the pages.
    with suppress(ConstabularyError):
        typical_day(opened)
        by_area(opened)


def _listen(host: str, port: int) -> socket.socket:
    if host not in _LOOPBACK:
        raise BadInput(
            Problem(
                "not_loopback",
                "the site runs in single-user mode, so it listens to this computer alone",
                column="--host",
                value=host,
                expected="127.0.0.1, ::1 or localhost",
                remedy="Leave --host out.",
            )
        )
    if not 0 <= port <= 65_535:
        raise BadInput(
            Problem("no_such_port", f"{port} is not a port", column="--port", expected="0 to 65535")
        )
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "nt":
        listening.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_EXCLUSIVEADDRUSE", -5), 1)
    else:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise PortInUse(
                Problem(
                    "port_in_use",
                    f"port {port} is in use by another program, or may not be used",
                    column="--port",
                    expected="a free port",
                    remedy="Stop the other program (perhaps another `constabulary serve`), or choose "
                    f"another port: constabulary serve --port {port + 1 if port < 65_535 else 8000}",
                )
            ) from None
        raise
    return listening
