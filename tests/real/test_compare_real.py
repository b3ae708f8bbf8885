"""One force among all of a real month, against SciPy's own intervals."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from scipy import stats

from constabulary.services.performance.voice import compare_file
from constabulary.services.workspace.workspaces import Workspace

FORCE = "Cambridgeshire Constabulary"


@pytest.fixture
def crimes(shared_data: Path) -> pl.DataFrame:
    """Return, by force, all crimes of the month and those that are burglary."""
    month = pl.read_parquet(shared_data / "police_uk" / "2018-10-all-forces-street.parquet")
    burglary = pl.col("Crime type") == "Burglary"
    return month.group_by(force="Reported by").agg(count=burglary.sum(), base=pl.len()).sort("force")


def test_the_share_of_burglary_is_ranked_among_all_forces_of_the_month(
    workspace: Workspace, crimes: pl.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "burglary.csv"
    crimes.write_csv(path)
    report = compare_file(workspace, path, force=FORCE, kind="share", direction="decrease")
    shares = dict(zip(crimes["force"], crimes["count"] / crimes["base"], strict=True))
    row = crimes.row(by_predicate=pl.col("force") == FORCE, named=True)
    scipy = stats.binomtest(row["count"], row["base"]).proportion_ci(0.95, method="wilson")
    assert len(report.comparison.forces) == crimes.height == 39
    assert report.force.value == pytest.approx(shares[FORCE])
    assert report.force.rank == 1 + sum(share < shares[FORCE] for share in shares.values())
    assert (report.force.interval.lower, report.force.interval.upper) == pytest.approx(tuple(scipy))
    assert report.others.value == pytest.approx(
        (crimes["count"].sum() - row["count"]) / (crimes["base"].sum() - row["base"])
    )
    first, last = report.force.rank_interval
    assert first <= report.force.rank <= last
    assert last - first < 20


def test_the_grant_for_each_officer_ranks_all_43_forces(
    workspace: Workspace, shared_data: Path, tmp_path: Path
) -> None:
    forces = pl.read_csv(
        shared_data / "workforce_finance" / "police_force_grant_2025_26_and_officer_fte_2025.csv"
    )
    table = forces.select(
        "force",
        count=pl.col("police_officer_fte_31_march_2025"),
        base=pl.col("central_grant_2025_26_gbp") / 1e6,
    )
    path = tmp_path / "officers.csv"
    table.write_csv(path)
    report = compare_file(workspace, path, force="Cambridgeshire", per=1.0)
    ranked = (
        table.with_columns(value=pl.col("count") / pl.col("base"))
        .sort("value", descending=True)["force"]
        .to_list()
    )
    assert [one.force for one in report.comparison.forces] == ranked
    assert len(ranked) == 43
    assert report.force.rank == 1 + ranked.index("Cambridgeshire")
    assert report.comparison.all_forces.value == pytest.approx(table["count"].sum() / table["base"].sum())
