"""Options appraisal of the shipped force: four structures by fifty years each, contact and investigation with dispatch.

In a process set up as a command's is. Run with `pytest benchmarks/bench_response_appraisal.py -s` on a quiet machine.
"""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from constabulary.cli.main import settle
from constabulary.response.experiment import Experiment, experiment
from constabulary.response.setup import Setup
from constabulary.services.response.setup import make_ready, scenario_of, scenarios_of
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.workspaces import new_workspace

STRUCTURES, YEARS = 4, 50


@pytest.fixture(scope="module")
def structures(tmp_path_factory: pytest.TempPathFactory) -> list[Setup]:
    settle()
    workspace = new_workspace(tmp_path_factory.mktemp("bench") / "workspace", "cambridgeshire")
    paths = scenarios_of(force_of(workspace))[:STRUCTURES]
    setups = [make_ready(workspace, scenario_of(workspace, path), 52).setup for path in paths]
    experiment(setups, 1, 0, n_jobs=1)  # compiled before the clock starts
    return setups


@pytest.fixture(scope="module")
def appraised(structures: list[Setup]) -> dict[int, tuple[Experiment, float]]:
    """The appraisal by one job and by two: what it gave and how long it took (s), progress told on the way."""
    made = {}
    for jobs in (1, 2):
        told: list[tuple[int, int, str]] = []
        begin, begin_core = time.perf_counter(), time.process_time()
        found = experiment(
            structures, YEARS, 1, n_jobs=jobs, progress=lambda *now, told=told: told.append(now)
        )
        took_s, core_s = time.perf_counter() - begin, time.process_time() - begin_core
        assert len(told) > YEARS / (2 * jobs)
        print(
            f"\n{jobs} jobs: {took_s:.1f} s, {core_s:.1f} s of a core, "
            f"{core_s / STRUCTURES / YEARS:.3f} s of a core for a year of a structure; {os.cpu_count()} cores"
        )
        made[jobs] = found, took_s
    return made


def test_four_structures_by_fifty_years_take_under_forty_seconds(
    appraised: dict[int, tuple[Experiment, float]], record_property: Any
) -> None:
    made, took_s = appraised[2]
    record_property("took_s", took_s)
    assert (len(made.results), made.n_replications) == (STRUCTURES, YEARS)
    assert took_s < 40.0


def test_two_cores_take_five_eighths_of_the_time_of_one(
    appraised: dict[int, tuple[Experiment, float]], record_property: Any
) -> None:
    (one, one_s), (two, two_s) = appraised[1], appraised[2]
    record_property("ratio", one_s / two_s)
    assert [each.figures for each in one.results] == [each.figures for each in two.results]
    print(f"\none job took {one_s / two_s:.2f} times as long as two")
    assert one_s / two_s >= 1.6
