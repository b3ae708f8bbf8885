"""Files in the shape of data.police.uk, made from a seed, for the tests of imports."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path

import pytest

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
