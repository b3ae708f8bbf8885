"""Files in the shape of data.police.uk made from a seed, kinds of long work, and registers on both databases."""

from __future__ import annotations

import csv
import os
import random
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from constabulary.registers import settings as registers_settings
from constabulary.registers import work as register_of_work
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace
from constabulary.store.lake import Lake
from constabulary.store.lens import Lens
from constabulary.tables.crimes import CRIMES
from constabulary.tables.outcomes import OUTCOMES as OUTCOMES_TABLE
from constabulary.tables.stops import STOPS as STOPS_TABLE

PLACED = "Crime ID|Month|Reported by|Falls within|Longitude|Latitude|Location|LSOA code|LSOA name"
STREET = f"{PLACED}|Crime type|Last outcome category|Context".split("|")
OUTCOMES = f"{PLACED}|Outcome type".split("|")
STOPS_LINE = (
    "Type|Date|Part of a policing operation|Policing operation|Latitude|Longitude|Gender|Age range|"
    "Self-defined ethnicity|Officer-defined ethnicity|Legislation|Object of search|Outcome|"
    "Outcome linked to object of search|Removal of more than just outer clothing"
)
STOPS = STOPS_LINE.split("|")
FORCE = "Cambridgeshire Constabulary"


class PoliceFiles:
    """Writes made-up files of data.police.uk into a folder.

    Every fifth row of a street file is anti-social behaviour and has no key; every tenth has no place.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, kind: str, month: str, slug: str = "cambridgeshire") -> Path:
        path = self.folder / month / f"{month}-{slug}-{kind}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def street_rows(
        self, n: int, month: str = "2024-10", seed: int = 1, force: str = FORCE
    ) -> list[list[str]]:
        draw = random.Random(f"{seed} {month} {force}")
        rows = []
        for number in range(n):
            is_asb = number % 5 == 4
            place = self._place(draw, number)
            key = "" if is_asb else f"{draw.getrandbits(256):064x}"
            what = "Anti-social behaviour" if is_asb else draw.choice(["Burglary", "Drugs", "Shoplifting"])
            outcome = "" if is_asb else draw.choice(["Under investigation", "Local resolution"])
            rows.append([key, month, force, force, *place, what, outcome, ""])
        return rows

    def street(self, n: int, month: str = "2024-10", seed: int = 1) -> Path:
        return self.write(self.path("street", month), STREET, self.street_rows(n, month, seed))

    def outcomes(self, n: int, month: str = "2024-10", seed: int = 2) -> Path:
        draw = random.Random(f"{seed} {month}")
        rows = [
            [
                f"{draw.getrandbits(256):064x}",
                month,
                FORCE,
                FORCE,
                *self._place(draw, number),
                "Local resolution",
            ]
            for number in range(n)
        ]
        return self.write(self.path("outcomes", month), OUTCOMES, rows)

    def stops(self, n: int, month: str = "2024-10", slug: str = "cambridgeshire") -> Path:
        rows = [
            ["Person search", f"{month}-{1 + number % 28:02d}T{number % 24:02d}:15:00+00:00", "False", "",
             "52.2", "0.12", "Male", "18-24", "", "White", "Misuse of Drugs Act 1971 (section 23)",
             "Controlled drugs", "Arrest", "True", "False"]
            for number in range(n)
        ]  # fmt: skip
        return self.write(self.path("stop-and-search", month, slug), STOPS, rows)

    @staticmethod
    def write(path: Path, header: list[str], rows: list[list[str]]) -> Path:
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([header, *rows])
        return path

    @staticmethod
    def _place(draw: random.Random, number: int) -> list[str]:
        if number % 10 == 9:
            return ["", "", "No location", "", ""]
        lon, lat = f"{draw.uniform(-0.4, 0.5):.6f}", f"{draw.uniform(52.0, 52.7):.6f}"
        return [lon, lat, "On or near Mill Road", "E01017979", "Cambridge 007B"]


@pytest.fixture
def police(tmp_path: Path) -> PoliceFiles:
    """Return a maker of police.uk files in a folder of the test's own."""
    return PoliceFiles(tmp_path / "files")


def contents_of(workspace: Workspace) -> dict[str, tuple[int, str]]:
    """Return, by table, how many rows show and the sum of their hashes, whatever import they came by."""
    lens = Lens(Lake(workspace.lake_path), [CRIMES, OUTCOMES_TABLE, STOPS_TABLE])
    try:
        found = {}
        for contract in (CRIMES, OUTCOMES_TABLE, STOPS_TABLE):
            name = contract.name
            columns = ", ".join(f'"{column}"' for column in contract.schema)
            query = f"SELECT count(*), CAST(sum(CAST(hash({columns}) AS HUGEINT)) AS VARCHAR) FROM {name}"
            found[name] = lens.sql(query).row(0)
        return found
    finally:
        lens.close()


@pytest.fixture
def contents() -> Callable[[Workspace], dict[str, tuple[int, str]]]:
    """Return the function that sums up what shows in a workspace."""
    return contents_of


@pytest.fixture
def declared() -> Iterator[Any]:
    """Return `runnable` under which what a test declares is forgotten afterwards."""
    names = []

    def declare(name: str, *args: Any, **kwargs: Any) -> Any:
        names.append(name)
        return runs.runnable(name, *args, **kwargs)

    yield declare
    for name in names:
        register_of_work._work.pop(name, None)
        runs._signatures.pop(name, None)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a database cluster of our own on loopback and return its address up to the database's name."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or not shutil.which("runuser"):
        message = "PostgreSQL is not installed (Debian package postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    programs = found[-1].parent
    # Not under pytest's own folder: the server's user may not enter that.
    folder = Path(tempfile.mkdtemp(prefix="constabulary-postgresql-"))
    as_user: list[str] = []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # The server refuses to run as root.
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    data = folder / "data"
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run(
        [*as_user, programs / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-N", "-E", "UTF8"], **quiet
    )
    control = [*as_user, programs / "pg_ctl", "-D", data, "-w", "-t", "600"]
    with socket.socket() as held:
        # Nobody else is given a port that is bound; the server may have it too, since neither minds and one listens.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c fsync=off"
        subprocess.run([*control, "-o", options, "-l", folder / "log", "start"], **quiet)
    try:
        yield f"postgresql://tests@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def on_both(
    request: pytest.FixtureRequest, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    """Return an empty workspace, its registers on SQLite, then on PostgreSQL."""
    if request.param == "sqlite":
        yield workspace
        return
    import psycopg

    address = request.getfixturevalue("postgresql")
    name = f"registers_{secrets.token_hex(4)}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    monkeypatch.setenv("DATABASE_URL", f"{address}/{name}")
    _turn_to(workspace.path)
    yield workspace
    monkeypatch.delenv("DATABASE_URL")
    _turn_to(workspace.path)


def _turn_to(path: Path) -> None:
    """Let this process change its kind of database, which a process of the package never does."""
    from django.conf import settings
    from django.db import connections

    if not settings.configured:
        return
    connections["default"].close()
    connections.settings["default"].clear()
    connections.settings["default"].update(
        connections.configure_settings({"default": registers_settings.database(path)})["default"]
    )
    del connections["default"]
