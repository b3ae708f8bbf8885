"""The real files of data.police.uk: every row of 14 months accounted for, editions, vintages and 39 forces."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from constabulary.services.records.imports import import_police_uk, withdraw_import
from constabulary.services.workspace.workspaces import Workspace, new_workspace
from constabulary.store.lake import Lake
from constabulary.store.lens import Lens
from constabulary.tables.crimes import CRIMES
from constabulary.tables.outcomes import OUTCOMES
from constabulary.tables.stops import STOPS

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("police_uk_real")]
SQL = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def fourteen_months(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workspace, dict[str, Any]]:
    """Return a workspace that holds all 14 months, and the report of their import."""
    workspace = new_workspace(tmp_path_factory.mktemp("real") / "workspace", "cambridgeshire")
    folder = shared_data / "police_uk" / "cambridgeshire"
    return workspace, import_police_uk(workspace, [folder], by="tester").as_json()


@pytest.fixture
def sql(fourteen_months: tuple[Workspace, dict[str, Any]]) -> Iterator[SQL]:
    lenses = []

    def ask(query: str) -> list[tuple[Any, ...]]:
        lenses.append(Lens(Lake(fourteen_months[0].lake_path), [CRIMES, OUTCOMES, STOPS]))
        return lenses[-1].sql(query).rows()

    yield ask
    for lens in lenses:
        lens.close()


def rows_of(paths: list[Path]) -> Iterator[dict[str, str]]:
    """Read published files by Python's own csv module."""
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream)


def test_all_24_files_of_14_months_are_taken_and_every_row_is_accounted_for(
    fourteen_months: tuple[Workspace, dict[str, Any]], shared_data: Path, sql: SQL
) -> None:
    _, report = fourteen_months
    counted = {}
    for file in report["files"]:
        n_rows = sum(1 for _ in rows_of([Path(file["file"])]))
        assert (file["rows_read"], file["accepted"], file["refused"], file["duplicates"]) == (
            n_rows,
            n_rows,
            0,
            0,
        )
        counted[file["file"]] = n_rows
    assert len(counted) == 24
    assert report["rows_read"] == report["accepted"] == sum(counted.values()) == 130_141
    assert report["problems"] == []
    # As the data's own description counts them.
    for table, n_rows in (("crimes", 100_000), ("outcomes", 28_854), ("stops", 1_287)):
        assert sql(f"SELECT count(*) FROM {table}") == [(n_rows,)]


def test_anti_social_behaviour_without_a_key_is_kept_identical_rows_too(shared_data: Path, sql: SQL) -> None:
    streets = sorted((shared_data / "police_uk" / "cambridgeshire").rglob("*-street.csv.gz"))
    without_key = Counter(tuple(row.values()) for row in rows_of(streets) if not row["Crime ID"])
    assert sql("SELECT count(*) FROM crimes WHERE crime_id IS NULL") == [(without_key.total(),)]
    n_alike = without_key.total() - len(without_key)
    assert n_alike > 0
    found = sql(
        "SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM crimes WHERE crime_id IS NULL GROUP BY month, reported_by, "
        "falls_within, longitude, latitude, location, lsoa_code, lsoa_name, crime_type, last_outcome)"
    )
    assert found == [(n_alike,)]


def test_values_arrive_as_published(shared_data: Path, sql: SQL) -> None:
    path = shared_data / "police_uk" / "cambridgeshire" / "2024-05" / "2024-05-cambridgeshire-street.csv.gz"
    published = [
        (row["Crime ID"] or None, float(row["Longitude"]) if row["Longitude"] else None,
         float(row["Latitude"]) if row["Latitude"] else None, row["Location"] or None, row["LSOA code"] or None,
         row["LSOA name"] or None, row["Crime type"], row["Last outcome category"] or None)
        for row in rows_of([path])
    ]  # fmt: skip
    assert published == sql(
        "SELECT crime_id, longitude, latitude, location, lsoa_code, lsoa_name, crime_type, last_outcome "
        "FROM crimes WHERE month = DATE '2024-05-01' ORDER BY source_row"
    )
    assert any("Bournemouth, Christchurch" in (row[5] or "") for row in published)


def test_the_2018_and_19_files_carry_2011_codes_and_the_later_ones_2021_codes(
    shared_data: Path, sql: SQL
) -> None:
    lookup = pl.read_csv(shared_data / "geography" / "lookup_lsoa11_lsoa21_lad22.csv")
    codes_2011, codes_2021 = set(lookup["lsoa11_code"]), set(lookup["lsoa21_code"])
    codes = (
        "SELECT DISTINCT lsoa_code FROM crimes WHERE district IS NOT NULL AND lsoa_code IS NOT NULL AND month"
    )
    early = {code for (code,) in sql(f"{codes} < DATE '2020-01-01'")}
    late = {code for (code,) in sql(f"{codes} > DATE '2024-01-01'")}
    assert early <= codes_2011
    assert late <= codes_2021
    assert early - codes_2021 and late - codes_2011


def test_a_later_vintage_replaces_three_months_can_be_told_apart_and_be_withdrawn(
    fourteen_months: tuple[Workspace, dict[str, Any]], shared_data: Path, sql: SQL
) -> None:
    workspace, first = fourteen_months
    by_outcome = "SELECT month, last_outcome, count(*) FROM crimes GROUP BY ALL ORDER BY ALL"
    before = sql(by_outcome)
    folder = shared_data / "police_uk" / "cambridgeshire_later_vintage"
    later = import_police_uk(workspace, [folder], by="tester").as_json()
    assert (later["accepted"], later["superseded"], later["refused"]) == (20_108, 20_108, 0)
    assert sql("SELECT count(*) FROM crimes") == [(100_000,)]
    changed = {}
    for path in sorted(folder.rglob("*.gz")):
        old_path = shared_data / "police_uk" / "cambridgeshire" / path.relative_to(folder)
        old, new = (
            {row["Crime ID"]: row["Last outcome category"] for row in rows_of([one]) if row["Crime ID"]}
            for one in (old_path, path)
        )
        changed[path.name[:7]] = sum(new[key] != old[key] for key in new)
    assert list(changed.values()) == [44, 66, 57]
    editions = [
        pl.concat([pl.read_parquet(file, columns=["crime_id", "month", "last_outcome"], hive_partitioning=False)
                   .cast({"last_outcome": pl.String})
                   for file in Lake(workspace.lake_path).files_of("crimes", report["imports"])]).drop_nulls("crime_id")
        for report in (first, later)
    ]  # fmt: skip
    both = editions[0].join(editions[1], on=["crime_id", "month"], suffix="_later")
    differing = both.filter(pl.col("last_outcome").ne_missing(pl.col("last_outcome_later")))
    assert dict(differing.group_by(pl.col("month").dt.strftime("%Y-%m")).len().iter_rows()) == changed
    withdraw_import(workspace, later["imports"][0], by="tester", reason="test")
    assert sql(by_outcome) == before


def test_importing_all_months_again_adds_nothing(
    fourteen_months: tuple[Workspace, dict[str, Any]], shared_data: Path, tmp_path: Path, sql: SQL
) -> None:
    packed = shared_data / "police_uk" / "cambridgeshire" / "2024-10" / "2024-10-cambridgeshire-street.csv.gz"
    plain = tmp_path / "another name.csv"
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    folder = shared_data / "police_uk" / "cambridgeshire"
    again = import_police_uk(fourteen_months[0], [folder, plain], by="tester").as_json()
    assert (again["accepted"], again["imports"]) == (0, [])
    assert again["duplicates"] == 130_141 + 6_970
    assert sql("SELECT count(*) FROM crimes") == [(100_000,)]


def test_a_stop_dated_the_last_evening_of_march_in_utc_belongs_to_april(sql: SQL) -> None:
    months = "SELECT DISTINCT strftime(month, '%Y-%m') FROM stops ORDER BY 1"
    assert [month for (month,) in sql(months)] == ["2024-03", "2024-05", "2024-09", "2024-10", "2024-11"]
    assert sql("SELECT DISTINCT force FROM stops") == [("cambridgeshire",)]


def test_a_month_of_39_forces_keeps_each_force_apart(shared_data: Path, tmp_path: Path) -> None:
    frame = pl.read_parquet(shared_data / "police_uk" / "2018-10-all-forces-street.parquet")
    frame = frame.with_columns(pl.col("Crime ID").bin.encode("hex"), Context=pl.lit(None, dtype=pl.String))
    month = tmp_path / "2018-10"
    month.mkdir()
    forces = dict(frame.group_by("Reported by").len().iter_rows())
    for (force,), rows in frame.partition_by("Reported by", as_dict=True).items():
        slug = str(force).lower().replace(" ", "-")
        rows.write_csv(month / f"2018-10-{slug}-street.csv")
    workspace = new_workspace(tmp_path / "workspace", "cambridgeshire")
    report = import_police_uk(workspace, [month], by="tester").as_json()
    keyed = frame.drop_nulls("Crime ID").group_by("Reported by", "Crime ID").len()
    repeats = keyed.group_by("Reported by").agg(n=pl.col("len").sum() - pl.len())
    assert (report["rows_read"], report["refused"], report["duplicates"]) == (358_382, 0, repeats["n"].sum())
    # Cambridgeshire's file repeats no key; those of some other forces do.
    n_repeated = dict(repeats.iter_rows())
    assert n_repeated["Cambridgeshire Constabulary"] == 0 < n_repeated["Avon and Somerset Constabulary"]
    coverage = Lake(workspace.lake_path).imports()[0].coverage
    assert {part.scope: part.n_rows + n_repeated.get(part.scope, 0) for part in coverage} == forces
    assert len(forces) == 39
    own = tmp_path / "own"
    own.mkdir()
    frame.filter(pl.col("Reported by") == "Cambridgeshire Constabulary").head(100).write_csv(own / "new.csv")
    later = import_police_uk(workspace, [own], by="tester").as_json()
    assert later["superseded"] == forces["Cambridgeshire Constabulary"]
