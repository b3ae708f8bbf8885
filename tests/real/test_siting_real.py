"""Location models against published optima: the OR-Library's forty graphs and San Francisco's tracts and stores."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from constabulary.response.siting import coverage
from constabulary.response.siting.pcentre import pcentre
from constabulary.response.siting.pmedian import pmedian
from constabulary.response.siting.problem import Siting
from constabulary.services.staffing.siting_files import read_siting

pytestmark = pytest.mark.real

MEDIANS = (*range(1, 16), 20)  # all forty: benchmarks/bench_siting.py
CENTRES = (2, 3, 4, 5, 7, 9, 10, 14, 15, 20)


def graph(folder: Path, number: int) -> tuple[Siting, int]:
    name = f"pmed{number}.txt"
    given = read_siting((folder / name).read_text(encoding="utf-8"), name)
    assert given.n_sites is not None
    return given.problem, given.n_sites


@pytest.fixture
def or_library(shared_data: Path) -> Path:
    return shared_data / "location_benchmarks" / "or_library_pmed"


def test_the_or_librarys_medians_are_found_and_proven(or_library: Path) -> None:
    with (or_library / "pmed_opt.csv").open(encoding="utf-8") as lines:
        best = {row["instance"]: int(row["optimal_pmedian_cost"]) for row in csv.DictReader(lines)}
    for number in MEDIANS:
        answer = pmedian(*graph(or_library, number))
        assert (answer.best.objective, answer.is_proven) == (best[f"pmed{number}"], True), number


def test_the_or_librarys_centres_are_found_and_proven(or_library: Path) -> None:
    best = dict(
        line.split() for line in (or_library / "kcenter_opt.txt").read_text(encoding="utf-8").splitlines()
    )
    for number in CENTRES:
        answer = pcentre(*graph(or_library, number))
        assert (answer.best.objective, answer.is_proven) == (int(best[f"pmed{number}"]), True), number


def test_san_francisco_is_as_published(shared_data: Path) -> None:
    folder = shared_data / "location_benchmarks" / "spopt_sf"
    tracts: dict[str, float] = {}
    stores: dict[str, int] = {}
    metres: dict[tuple[str, str], float] = {}
    with (folder / "SF_demand_205_centroid_uniform_weight.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            tracts[row["NAME"]] = float(row["POP2000"])
    with (folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv").open(
        encoding="utf-8"
    ) as lines:
        for row in csv.DictReader(lines):
            stores.setdefault(row["name"], len(stores))
            metres[row["DestinationName"], row["name"]] = float(row["distance"])
    table = np.array([[metres[tract, store] for store in stores] for tract in tracts])
    city = Siting(np.array(list(tracts.values())), table, tuple(tracts), tuple(stores))
    # facloc-real-world.ipynb of spopt, four stores
    assert pmedian(city, 4).best.objective == pytest.approx(2_848_268_129.7145)
    assert coverage.mclp(city, 4, 5000.0).best.objective == pytest.approx(875_247)
    assert pcentre(city, 4).best.objective == pytest.approx(7403.06, abs=0.01)
