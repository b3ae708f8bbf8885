"""The site starts on this computer alone, says when its port is taken, and stops when interrupted."""

from __future__ import annotations

import _thread
import os
import socket
import stat
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from constabulary.core.errors import BadInput, WorkspaceMissing
from constabulary.registers import settings
from constabulary.web import start

SERVE = """
import sys
from pathlib import Path
from constabulary.web import start
start.serve(Path(sys.argv[1]), port=0, ready=lambda address: print(address, flush=True))
print("stopped", flush=True)
"""

PASSED_ON = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via"]
"""What a proxy adds; over a real socket, for the server has views of its own on such headers."""


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "example.org"])
def test_the_site_is_not_served_to_other_computers(workspace_path: Path, host: str) -> None:
    with pytest.raises(BadInput, match="single-user mode"):
        start.serve(workspace_path, host=host, port=0)


def test_a_port_that_another_program_uses_is_named_with_what_to_do(workspace_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(start.PortInUse, match=f"port {port} is in use .* --port {port + 1}"):
            start.serve(workspace_path, port=port)


def test_a_port_that_cannot_exist_is_refused(workspace_path: Path) -> None:
    with pytest.raises(BadInput, match="70000 is not a port"):
        start.serve(workspace_path, port=70_000)


def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceMissing):
        start.application(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_site_answers_only_this_computer_once_it_is_ready_and_stops_cleanly_when_interrupted(
    workspace_path: Path,
) -> None:
    answers = []

    def ready(address: str) -> None:
        def ask() -> None:
            try:
                with urllib.request.urlopen(f"{address}accessibility/", timeout=600) as answer:
                    answers.append((answer.status, answer.headers["Server"]))
                for header in PASSED_ON:
                    passed_on = urllib.request.Request(
                        f"{address}accessibility/", headers={header: "192.0.2.7"}
                    )
                    with pytest.raises(urllib.error.HTTPError) as refused:
                        urllib.request.urlopen(passed_on, timeout=600)
                    answers.append((refused.value.code, header))
                    refused.value.close()
            finally:
                _thread.interrupt_main()

        threading.Thread(target=ask).start()

    start.serve(workspace_path, port=0, ready=ready)
    assert answers == [(200, "constabulary"), *((403, header) for header in PASSED_ON)]


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C another way")
def test_ctrl_c_ends_the_program_without_an_error(workspace_path: Path) -> None:
    import signal

    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(workspace_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        address = program.stdout.readline().strip()
        with urllib.request.urlopen(f"{address}static/site.css", timeout=600) as answer:
            assert answer.status == 200
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=600)
    assert (program.returncode, out.strip(), err) == (0, "stopped", "")


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    key = settings.secret_key(tmp_path)
    assert len(key) >= 50
    assert settings.secret_key(tmp_path) == key
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_database_url_names_a_postgresql_database_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:p%40ss@db.example:5433/registers")
    assert settings.database(tmp_path) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "registers",
        "USER": "someone",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
    }
    monkeypatch.setenv("DATABASE_URL", "mysql://someone:p%40ss@db.example/registers")
    with pytest.raises(BadInput) as caught:
        settings.database(tmp_path)
    assert "p%40ss" not in str(caught.value)
