"""Officers by district and shift of the shipped force's six districts, chosen with confidence, the frontier drawn.

Run with `pytest benchmarks/bench_allocate.py -s`. No peer answers this question; time of the processor is told, which
two cores share.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constabulary.services.staffing.allocation import allocate
from constabulary.services.staffing.allocation_judging import AllocationQuestion
from constabulary.services.workspace.workspaces import new_workspace

WARM = AllocationQuestion(weeks=2, replications=4, difference=0.5, seed=9)


@pytest.mark.parametrize("goal", ["best", "equal", "targets"])
def test_officers_of_six_districts_are_given_out_in_two_minutes_of_two_cores(
    goal: str, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    workspace = new_workspace(tmp_path / "workspace", "cambridgeshire")
    allocate(workspace, WARM)  # kernels compiled and read in
    cpu, wall = time.process_time(), time.perf_counter()
    found = allocate(workspace, replace(AllocationQuestion(), goal=goal, target_share=0.8))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    assert len(found["allocation"]) == 6 and len(found["frontier"]) == 5
    worst = {one["name"]: one["worst_share"] for one in found["options"]}
    record_property("cpu_s", cpu)
    print(
        f"\n{goal}: {cpu:.0f} s of processor, {wall:.0f} s by the clock; {found['chosen']}, worst district "
        f"{worst[found['chosen']]:.3f}, {'confident' if found['is_confident'] else 'not confident'}"
    )
    assert cpu <= 120.0
