"""Options appraisal of the shipped force: four structures, one year each, contact and investigation with dispatch.

The aim is four structures by fifty year-replications in 40 s on two cores: 1.6 s of one core for a replication here.
"""

from __future__ import annotations

from typing import Any

import pytest

from constabulary.response.experiment import experiment
from constabulary.response.setup import Setup
from constabulary.services.force import force_of
from constabulary.services.response_setup import make_ready, scenario_of, scenarios_of
from constabulary.services.workspaces import new_workspace


@pytest.fixture(scope="module")
def structures(tmp_path_factory: pytest.TempPathFactory) -> list[Setup]:
    workspace = new_workspace(tmp_path_factory.mktemp("bench") / "workspace", "cambridgeshire")
    paths = scenarios_of(force_of(workspace))[:4]
    setups = [make_ready(workspace, scenario_of(workspace, path), 52).setup for path in paths]
    experiment(setups, 1, 0, n_jobs=1)  # compiled before the clock starts
    return setups


@pytest.mark.benchmark(group="appraisal: four structures, a year each")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_appraisal_of_four_structures(benchmark: Any, structures: list[Setup], jobs: int) -> None:
    made = benchmark.pedantic(experiment, (structures, 2 * jobs, 1), {"n_jobs": jobs}, rounds=3)
    assert len(made.results) == 4
