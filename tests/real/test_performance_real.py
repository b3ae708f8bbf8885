"""Measures on real files of data.police.uk, against counts made with the csv module alone."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constabulary.services.records.imports import import_police_uk
from constabulary.services.workspace.workspaces import Workspace

pytestmark = pytest.mark.real
Json = Callable[..., dict[str, Any]]


def by_month(folder: Path, kind: str, column: str, values: set[str]) -> Counter[str]:
    """Count rows of files by their own month with the standard library alone."""
    found: Counter[str] = Counter()
    for path in folder.glob(f"*/*-{kind}.csv.gz"):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            found.update(row["Month"] for row in csv.DictReader(file) if row[column] in values)
    return found


def test_real_crime_series_are_those_of_the_files_with_their_gaps_told(
    workspace: Workspace, shared_data: Path, run_json: Json, tmp_path: Path
) -> None:
    folder = shared_data / "police_uk" / "cambridgeshire"
    import_police_uk(workspace, [folder], by="tester")
    counted = by_month(folder, "street", "Crime type", {"Burglary"})
    found = run_json("performance", "chart", "burglary", workspace=workspace)
    assert {row["period"]: row["value"] for row in found["points"] if row["value"] is not None} == counted
    # No month from March 2019 to February 2024 is there: what lies before is listed and not charted.
    assert found["points"][0]["value"] == counted["2018-10"] and found["points"][0]["mean"] is None
    assert found["n_points"] == 11 and found["trial"] is True
    assert any("2024-04" in text for text in found["warnings"])
    file = tmp_path / "burglary.csv"
    rows = [f"{month},{n}" for month, n in sorted(counted.items()) if month >= "2024-03"]
    file.write_text("\n".join(["period,value", *rows, ""]), encoding="utf-8")
    own = run_json("performance", "xmr", file, "--direction", "decrease", "--kind", "single")
    assert (found["mean"], found["upper"], found["variation"]) == (
        own["mean"],
        own["upper"],
        own["variation"],
    )

    positive = by_month(
        folder,
        "outcomes",
        "Outcome type",
        {
            "Suspect charged",
            "Suspect charged as part of another case",
            "Local resolution",
            "Offender given a caution",
        },
    )
    shares = run_json("performance", "chart", "positive_outcomes_per_crime", workspace=workspace)["points"]
    assert {row["period"]: row["numerator"] for row in shares if row["value"] is not None} == positive
    summed = run_json("performance", "summary", workspace=workspace)
    assert summed["synthetic"] is False and summed["n_charted"] >= 8
