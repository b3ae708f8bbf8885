"""Replications of a simulation on a Dask cluster: whoever runs them, the figures are the same."""

from __future__ import annotations

from pathlib import Path

import joblib
import pytest

from constabulary.response.experiment import experiment
from constabulary.services.response.setup import make_ready, scenario_of, scenarios_of
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.workspaces import new_workspace

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"


def test_replications_on_a_dask_cluster_give_the_figures_of_this_process(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="dask is not installed (make test-engines)")
    workspace = new_workspace(tmp_path / "workspace", str(WESTMARCH))
    paths = scenarios_of(force_of(workspace))[:2]
    setups = [make_ready(workspace, scenario_of(workspace, path), 2).setup for path in paths]
    here = experiment(setups, 4, 11, n_jobs=1)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        told: list[int] = []
        there = experiment(setups, 4, 11, progress=lambda done, *_: told.append(done))
        worked_on = " ".join(cluster.scheduler.task_prefixes)
    assert "replicate" in worked_on
    assert told[-1] == 4
    for one, other in zip(here.results, there.results, strict=True):
        assert repr(one.figures) == repr(other.figures)
