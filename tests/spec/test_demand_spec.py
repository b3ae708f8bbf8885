"""Runs the cases of demand_counts.md on both engines: DuckDB through the lens, and Polars."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from constabulary.core.force import Force, load_force
from constabulary.demand.declared import AGGREGATES
from constabulary.demand.filters import Filters
from constabulary.store.aggregate import aggregate_sql
from constabulary.store.lake import Lake
from constabulary.store.lens import Lens
from constabulary.tables.aggregate import Aggregate, Condition, evaluate
from constabulary.tables.catalogue import CONTRACTS
from constabulary.tables.contract import Kind

HERE = Path(__file__).parent
WHOLE = {"n", "hour_of_week"}


@dataclass(frozen=True)
class Case:
    title: str
    figure: str
    filters: str
    given: list[dict[str, str]]
    expected: list[dict[str, str]]


def cases() -> list[Case]:
    found = []
    for section in (HERE / "demand_counts.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        before, after = text.split("\ngives\n")
        figure = re.search(r"^Figure: (.+)$", before, re.MULTILINE)
        filters = re.search(r"^Filters: (.+)$", before, re.MULTILINE)
        assert figure
        found.append(Case(title, figure[1], filters[1] if filters else "", table(before), table(after)))
    return found


def table(text: str) -> list[dict[str, str]]:
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    return [dict(zip(lines[0], cells, strict=True)) for cells in lines[2:]]


def typed(column: str, text: str, kind: Kind | None) -> object:
    if text == "":
        return None
    if column in WHOLE or kind is Kind.WHOLE:
        return int(text)
    return date.fromisoformat(text) if kind in (Kind.DATE, Kind.MONTH) else text


def frame_of(case: Case, aggregate: Aggregate) -> pl.DataFrame:
    contract = CONTRACTS[aggregate.table]
    kinds = {column.name: column.kind for column in contract.columns}
    rows = [{name: typed(name, text, kinds[name]) for name, text in row.items()} for row in case.given]
    held = pl.DataFrame(rows, schema={name: schema(kinds[name]) for name in case.given[0]})
    absent = [
        pl.lit(None, dtype=schema(kind)).alias(name)
        for name, kind in kinds.items()
        if name not in held.columns
    ]
    return held.with_columns(absent)


def schema(kind: Kind) -> pl.DataType:
    return {
        Kind.DATE: pl.Date(),
        Kind.MONTH: pl.Date(),
        Kind.WHOLE: pl.Int64(),
        Kind.NUMBER: pl.Float64(),
        Kind.TRUTH: pl.Boolean(),
    }.get(kind, pl.String())


def with_duckdb(
    aggregate: Aggregate, frame: pl.DataFrame, conditions: tuple[Condition, ...], folder: Path
) -> pl.DataFrame:
    lens = Lens(Lake(folder), (), {aggregate.table: frame})
    try:
        return lens.sql(aggregate_sql(aggregate, conditions))
    finally:
        lens.close()


def with_polars(
    aggregate: Aggregate, frame: pl.DataFrame, conditions: tuple[Condition, ...], folder: Path
) -> pl.DataFrame:
    return evaluate(aggregate, frame, conditions)


@pytest.fixture(scope="module")
def westmarch() -> Force:
    return load_force(HERE.parent / "forces" / "westmarch")


@pytest.mark.parametrize("engine", [with_duckdb, with_polars], ids=["duckdb", "polars"])
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.title)
def test_a_tiny_table_gives_the_figures_written_beside_it(
    case: Case, engine, westmarch: Force, tmp_path: Path
) -> None:
    aggregate = AGGREGATES[case.figure]
    filters = Filters.parse(case.filters)
    filters.check(westmarch, lambda level, area_id: True)
    conditions = filters.conditions(aggregate.table, westmarch)
    found = engine(aggregate, frame_of(case, aggregate), conditions, tmp_path)
    expected = [
        tuple(typed(name, text, Kind.MONTH if name == "month" else None) for name, text in row.items())
        for row in case.expected
    ]
    assert found.columns == [*(dimension.name for dimension in aggregate.dimensions), "n"]
    assert sorted(found.rows(), key=repr) == sorted(expected, key=repr)
    assert found.rows()[:1] == expected[:1]


def test_every_figure_declares_a_table_and_columns_of_the_catalogue() -> None:
    for aggregate in AGGREGATES.values():
        names = {column.name for column in CONTRACTS[aggregate.table].columns}
        assert {dimension.column for dimension in aggregate.dimensions} <= names
        assert {condition.column for condition in aggregate.always} <= names
        assert aggregate.definition.endswith(".")
