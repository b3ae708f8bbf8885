"""The demand picture on real files of data.police.uk, against counts made with the csv module alone."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest

from constabulary.services.demand import picture as demand
from constabulary.services.demand.picture import Filters
from constabulary.services.records.imports import import_police_uk
from constabulary.services.workspace.workspaces import Workspace

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[dict[str, str]]:
    found = []
    for path in sorted((shared_data / "police_uk" / "cambridgeshire").glob("*/*-street.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            found += list(csv.DictReader(file))
    return found


@pytest.fixture
def real(workspace: Workspace, shared_data: Path) -> Workspace:
    import_police_uk(workspace, [shared_data / "police_uk" / "cambridgeshire"], by="tester")
    return workspace


def test_every_figure_of_crime_agrees_with_the_files(real: Workspace, rows: list[dict[str, str]]) -> None:
    whole = Filters.parse("from=2018-10&to=2025-08")
    is_crime = [row for row in rows if row["Crime type"] != "Anti-social behaviour"]
    types = {row.id: row.count.count for row in demand.crime_types(real, whole).rows}
    assert types == Counter(row["Crime type"] for row in rows)
    outcomes = {row.id: row.count.count for row in demand.latest_outcomes(real, whole).rows}
    assert outcomes == Counter(row["Last outcome category"] or None for row in is_crime)
    months = {row.month: row.count for row in demand.crimes_by_month(real, whole).rows if row.id == "crimes"}
    assert {month: n for month, n in months.items() if n is not None} == Counter(
        row["Month"] for row in is_crime
    )
    assert len(months) == 83 and sum(n is None for n in months.values()) == 83 - 14


def test_districts_and_remainders_agree_with_the_names_in_the_files(
    real: Workspace, rows: list[dict[str, str]]
) -> None:
    figure = demand.by_area(real, Filters.parse("from=2018-10&to=2025-08"), "crimes")
    by_name = Counter(row["LSOA name"][:-5] for row in rows if row["Crime type"] != "Anti-social behaviour")
    found = {row.name: row.count.count for row in figure.rows if row.level == "district"}
    assert found == {name: by_name[name] for name in found}
    assert len(found) == 6
    left = {row.id: row.count.count for row in figure.rows if row.level == "remainder"}
    assert left["no_location"] == by_name[""]
    assert left["outside_force"] == sum(by_name.values()) - sum(found.values()) - by_name[""]
    lsoas = Counter(row["LSOA code"] for row in rows if row["Crime type"] != "Anti-social behaviour")
    shown = {row.id: row for row in figure.rows if row.level == "lsoa"}
    assert all(row.count.count == lsoas[code] for code, row in shown.items())
    assert any((row.note or "").startswith("2021 code, no outline") for row in shown.values())


def test_real_weights_of_another_layout_are_taken(real: Workspace, shared_data: Path) -> None:
    path = shared_data / "harm_weights" / "cchi2026_cambridgeshire_by_policeuk_category.csv"
    figure = demand.harm(real, weights=demand.read_weights(path.read_bytes(), path.name))
    assert figure.totals["unweighted"] == ["Anti-social behaviour"]
    assert figure.totals["weights"].days["Robbery"] == 365
