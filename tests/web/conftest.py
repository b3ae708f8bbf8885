"""A small workspace, its site and a plain client for the tests of the pages."""

from __future__ import annotations

import importlib.util
import io
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

import pytest
from tests.web.browsing import axe_script, browser, faults, open_tab, read_beside_maps, see  # noqa: F401
from tests.web.described import hold

from constabulary.services.records import imports
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace, new_workspace, open_workspace
from constabulary.web import start

HERE = Path(__file__).parent

# The browser's driver keeps an event loop in this thread, beside which Django would refuse its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Django wants its settings before modules of pages are imported, as tests do at their head.
_SETTINGS = tempfile.mkdtemp(prefix="constabulary-settings-")
start.set_up(Path(_SETTINGS))


def pytest_sessionfinish() -> None:
    """Remove the folder that the settings began with."""
    from django.db import connections

    connections.close_all()
    shutil.rmtree(_SETTINGS, ignore_errors=True)


def _declare_example() -> None:
    spec = importlib.util.spec_from_file_location("tests_web_example", HERE / "example" / "page.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)


_declare_example()

_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
_PLACE = "On or near High Street,E01000001,Northam 001A"
_ROWS = (
    ("a", "2024-01", "52.5", "Burglary"),
    ("b", "2024-01", "52.5", "Robbery"),
    ("c", "January", "52.5", "Robbery"),
    ("d", "2024-01", "95", "Spitting"),
)
_FORCES = "Westmarch Police,Westmarch Police"
STREET = "".join(
    f"{line}\n"
    for line in (
        _HEADER,
        *(
            f"{key * 64},{month},{_FORCES},-1.5,{latitude},{_PLACE},{crime},Under investigation,"
            for key, month, latitude, crime in _ROWS
        ),
    )
)
"""Two good rows, and two that break a rule: a month in words; a latitude and a crime type that do not exist."""


@pytest.fixture(scope="session")
def street_csv() -> bytes:
    """A file of data.police.uk with two good rows and two bad ones."""
    return STREET.encode()


@pytest.fixture(scope="session")
def make_workspace(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Make a workspace around the invented force, with one import of two good rows and two refused."""

    def make() -> Path:
        folder = tmp_path_factory.mktemp("site")
        workspace = new_workspace(folder / "workspace", str(HERE.parent / "forces" / "westmarch"))
        file = folder / "2024-01-westmarch-street.csv"
        file.write_text(STREET, encoding="utf-8")
        imports.import_police_uk(workspace, [file], by="the test")
        return workspace.path

    return make


@pytest.fixture(scope="session")
def workspace_path(make_workspace: Callable[[], Path]) -> Path:
    """A workspace that tests only read, with a run that only checked, one that failed and one that waits."""
    path = make_workspace()
    opened, by = open_workspace(path), runs.at_this_computer("the test")
    [kept] = runs.save_uploads(
        opened, [("2024-02-westmarch-street.csv", io.BytesIO(STREET.encode() + b"\n"))]
    )
    for arguments in ({"paths": [kept], "is_trial": True}, {"paths": ["absent.csv"]}):
        runs.start(opened, "import-police-uk", arguments, by)
        runs.work(opened, once=True)
    runs.start(opened, "import-police-uk", {"paths": ["absent.csv"]}, by)
    return path


@pytest.fixture(scope="session")
def workspace(workspace_path: Path) -> Workspace:
    """The workspace that tests only read, opened."""
    return open_workspace(workspace_path)


@dataclass
class Answer:
    """What the site answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Client:
    """Asks a WSGI application directly, as somebody at this computer unless told otherwise."""

    def __init__(self, application: start.Application) -> None:
        self.application = application
        self.cookies: SimpleCookie = SimpleCookie()

    def get(self, path: str, **environ: Any) -> Answer:
        """Ask for a page; what a route of the API answers is held to what its description says of it."""
        answer = self._ask("GET", path, b"", environ)
        if path.startswith("/api/") and answer.headers.get("Content-Type", "").startswith("application/json"):
            hold(path, answer.status, answer.text)
        return answer

    def post(
        self, path: str, data: dict[str, str] | None = None, *, form_at: str = "", **environ: Any
    ) -> Answer:
        """Send a form, with the token that the form carries on its page (`form_at` where that is another)."""
        token = (
            self.get(form_at or path)
            .text.partition('name="csrfmiddlewaretoken" value="')[2]
            .partition('"')[0]
        )
        body = urlencode({"csrfmiddlewaretoken": token, **(data or {})}).encode()
        return self._ask("POST", path, body, {"CONTENT_TYPE": "application/x-www-form-urlencoded", **environ})

    def upload(
        self, path: str, files: dict[str, tuple[str, bytes]], data: dict[str, str] | None = None
    ) -> Answer:
        """Send a form with files."""
        token = self.get(path).text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        parts = [
            f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
            for name, value in {"csrfmiddlewaretoken": token, **(data or {})}.items()
        ]
        for field, (name, content) in files.items():
            head = f'--edge\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
            parts.append(head.encode() + content)
        body = b"\r\n".join([*parts, b"--edge--\r\n"])
        return self._ask("POST", path, body, {"CONTENT_TYPE": "multipart/form-data; boundary=edge"})

    def _ask(self, method: str, path: str, body: bytes, more: dict[str, Any]) -> Answer:
        environ: dict[str, Any] = {}
        setup_testing_defaults(environ)
        address, _, query = path.partition("?")
        environ |= {"PATH_INFO": address, "QUERY_STRING": query, "REQUEST_METHOD": method}
        environ |= {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8000"}
        environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
        if self.cookies:
            environ["HTTP_COOKIE"] = "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())
        environ |= more
        told: dict[str, Any] = {}
        chunks = self.application(
            environ, lambda status, headers, error=None: told.update(status=status, headers=headers)
        )
        content = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        for name, value in told["headers"]:
            if name.lower() == "set-cookie":
                self.cookies.load(value)
        return Answer(int(told["status"].split()[0]), dict(told["headers"]), content)


def site_of(path: Path) -> start.Application:
    """Return the site of a workspace, the example page's template included."""
    application = start.application(path)
    from django.template import engines

    folder = HERE / "example" / "templates"
    if folder not in engines["django"].engine.dirs:
        engines["django"].engine.dirs.append(folder)
    return application


@pytest.fixture(scope="session")
def client(workspace_path: Path) -> Client:
    """A client of the workspace that tests only read."""
    return Client(site_of(workspace_path))


@pytest.fixture
def changing_client(changing_workspace: Workspace) -> Client:
    """A client of the `changing_workspace`."""
    return Client(site_of(changing_workspace.path))


@pytest.fixture(scope="session")
def site(workspace_path: Path) -> Iterator[str]:
    """The address of a served workspace, without the closing slash."""
    with served(workspace_path) as address:
        yield address


@pytest.fixture
def changing_workspace(make_workspace: Callable[[], Path]) -> Workspace:
    """A workspace of a test's own, opened."""
    return open_workspace(make_workspace())


@pytest.fixture
def changing_site(changing_workspace: Workspace) -> Iterator[str]:
    """The address of the served `changing_workspace`."""
    with served(changing_workspace.path) as address:
        yield address


@contextmanager
def served(path: Path) -> Iterator[str]:
    """Serve a workspace; give its address without the closing slash."""
    from waitress.server import create_server
    from waitress.wasyncore import close_all

    sockets: dict[int, Any] = {}
    server = create_server(site_of(path), map=sockets, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # In the server's own thread, which ends when it has no socket left.
        server.trigger.pull_trigger(lambda: close_all(sockets, ignore_all=True))
        thread.join(timeout=60)
        server.task_dispatcher.shutdown()


CRIME_MONTHS = ("2022-01", "2022-02", "2022-03", "2022-04", "2022-12", "2023-01", "2023-02", "2023-04")
"""Months of invented crimes: some are missing, some stand beside the year before."""
_CRIMES = ("Burglary", "Robbery", "Shoplifting", "Violence and sexual offences", "Anti-social behaviour")
_SQUARES = tuple(
    (f"W990000{no:02}", f"{name} 001{letter}")
    for no, (name, letter) in enumerate(
        ((name, letter) for name in ("Highmoor", "Saltreach", "Vale of Arrow") for letter in "AB"), start=1
    )
)


def crime_files(folder: Path) -> list[Path]:
    """Write invented street and outcome files; each month, type and square has its own number of rows."""
    paths = []
    for no, month in enumerate(CRIME_MONTHS):
        lines, outcomes, key = [_HEADER], [_OUTCOMES_HEADER], 0
        for kind, crime in enumerate(_CRIMES):
            for square, (code, name) in enumerate(_SQUARES):
                for _ in range(1 + (3 * no + 5 * kind + 7 * square) % 11):
                    key += 1
                    crime_id = f"{no:02}{key:06}".ljust(64, "f") if crime != "Anti-social behaviour" else ""
                    place = f"-3.5,52.25,On or near High Street,{code},{name}"
                    last = "Under investigation" if crime_id else ""
                    lines.append(f"{crime_id},{month},{_FORCES},{place},{crime},{last},")
                    if crime_id and key % 3 == 0:
                        outcomes.append(f"{crime_id},{month},{_FORCES},{place},Local resolution")
        lines.append(f"{'e' * 60}{no:04},{month},{_FORCES},,,No Location,,,Robbery,Under investigation,")
        for kind, written in (("street", lines), ("outcomes", outcomes)):
            paths.append(folder / f"{month}-westmarch-{kind}.csv")
            paths[-1].write_text("\n".join([*written, ""]), encoding="utf-8")
    return paths


_OUTCOMES_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type"
)


@pytest.fixture(scope="session")
def crime_paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files of invented crimes and outcomes."""
    return crime_files(tmp_path_factory.mktemp("crimes"))


@pytest.fixture(scope="session")
def full_path(tmp_path_factory: pytest.TempPathFactory, crime_paths: list[Path]) -> Path:
    """A workspace of the invented force with crimes, outcomes, and a synthetic year of contacts and incidents."""
    from constabulary.services.records.synthesise import synthesise

    folder = tmp_path_factory.mktemp("full") / "workspace"
    made = new_workspace(folder, str(HERE.parent / "forces" / "westmarch"))
    imports.import_police_uk(made, crime_paths, by="the test")
    synthesise(made, seed=1, by="the test")
    return made.path


@pytest.fixture(scope="session")
def full(full_path: Path) -> Workspace:
    """The full workspace, opened."""
    return open_workspace(full_path)


@pytest.fixture(scope="session")
def full_client(full_path: Path) -> Client:
    """A client of the full workspace."""
    return Client(site_of(full_path))


@pytest.fixture(scope="session")
def full_site(full_path: Path) -> Iterator[str]:
    """The address of the served full workspace."""
    with served(full_path) as address:
        yield address


@pytest.fixture(scope="session")
def empty_client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """A client of a workspace without records."""
    folder = tmp_path_factory.mktemp("empty") / "workspace"
    return Client(site_of(new_workspace(folder, str(HERE.parent / "forces" / "westmarch")).path))


@pytest.fixture(scope="session")
def cover_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the invented force with four days of synthetic positions."""
    from datetime import date

    from constabulary.services.records.synthesise_positions import synthesise_positions

    folder = tmp_path_factory.mktemp("cover") / "workspace"
    made = new_workspace(folder, str(HERE.parent / "forces" / "westmarch"))
    synthesise_positions(made, first_on=date(2022, 6, 1), n_days=4, by="the test")
    return made.path


@pytest.fixture(scope="session")
def client_of() -> Callable[[Path], Client]:
    """Give the client of a workspace that a test made for itself."""
    return lambda path: Client(site_of(path))


@pytest.fixture(scope="session")
def serving() -> Any:
    """Serve a workspace that a test made for itself: `with serving(path) as address`."""
    return served


@pytest.fixture(scope="session")
def cover_client(cover_path: Path) -> Client:
    """A client of the workspace with positions."""
    return Client(site_of(cover_path))


@pytest.fixture(scope="session")
def cover_site(cover_path: Path) -> Iterator[str]:
    """The address of the served workspace with positions, without the closing slash."""
    with served(cover_path) as address:
        yield address


@pytest.fixture(scope="session")
def bare_client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """A client of a workspace whose force folder holds nothing about money."""
    folder = tmp_path_factory.mktemp("bare")
    shutil.copytree(HERE.parent / "forces" / "westmarch", folder / "force")
    shutil.rmtree(folder / "force" / "finance")
    return Client(site_of(new_workspace(folder / "workspace", str(folder / "force")).path))
