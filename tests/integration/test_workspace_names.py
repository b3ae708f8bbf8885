"""A workspace may lie in a folder of any name the lake can bear; any other is turned away in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from constabulary.services.records.imports import import_police_uk
from constabulary.services.workspace.workspaces import new_workspace
from constabulary.store.lake import Lake


@pytest.mark.parametrize("name", ["work (1) 50%", "wörk späce #2 *", "a'b%2-c?"])
def test_a_workspace_may_have_any_name(tmp_path: Path, police: Any, name: str) -> None:
    workspace = new_workspace(tmp_path / name, "cambridgeshire")
    import_police_uk(workspace, [police.street(10)], by="tester")
    later = import_police_uk(workspace, [police.street(12, seed=2), police.stops(3)], by="tester")
    assert later.n_superseded == 10
    Lake(workspace.lake_path).compact()
    frames = [pl.read_parquet(file, glob=False, hive_partitioning=False)
              for file in Lake(workspace.lake_path).files_of("crimes", ["000001", "000002"])]  # fmt: skip
    assert sum(frame.height for frame in frames) == 22


@pytest.mark.parametrize("name", ["work [1]", "a%20b", "a|b", "a^b"])
def test_a_workspace_whose_name_the_lake_cannot_bear_is_turned_away_in_words(
    tmp_path: Path, run: Callable[..., Any], name: str
) -> None:
    answer = run("new", tmp_path / name, "--force", "cambridgeshire")
    assert answer.exit_code == 3
    assert "the name of the folder" in answer.output
    assert not (tmp_path / name).exists()
