"""Runs the cases of performance_measures.md on both engines: DuckDB through the lens, and Polars."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from constabulary.core.force import Force, load_force, shipped_force
from constabulary.performance.measures import MEASURES
from constabulary.services.performance.measure_values import ADDED_UP
from constabulary.store.aggregate import aggregate_sql
from constabulary.store.lake import Lake
from constabulary.store.lens import Lens
from constabulary.tables.aggregate import Aggregate, Condition, evaluate
from constabulary.tables.catalogue import CONTRACTS
from constabulary.tables.contract import Kind

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    title: str
    measure: str
    force: str
    given: dict[str, list[dict[str, str]]]
    expected: list[dict[str, str]]


def cases() -> list[Case]:
    found = []
    for section in (HERE / "performance_measures.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        before, after = text.split("\ngives\n")
        measure = re.search(r"^Measure: (.+)$", before, re.MULTILINE)
        force = re.search(r"^Force: (.+)$", before, re.MULTILINE)
        assert measure, title
        given = {
            name: rows(body) for name, body in re.findall(r"^([a-z]+)\n((?:\|.*\n?)+)", before, re.MULTILINE)
        }
        found.append(Case(title, measure[1], force[1] if force else "westmarch", given, rows(after)))
    return found


def rows(text: str) -> list[dict[str, str]]:
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    return [dict(zip(lines[0], cells, strict=True)) for cells in lines[2:]]


@cache
def force_of(name: str) -> Force:
    folder = HERE.parent / "forces" / name
    return load_force(folder if folder.is_dir() else shipped_force(name))


def typed(text: str, kind: Kind) -> Any:
    if not text:
        return None
    if kind is Kind.INSTANT:
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if kind in (Kind.DATE, Kind.MONTH) else text


def frame_of(table: str, given: list[dict[str, str]]) -> pl.DataFrame:
    columns = [column for column in CONTRACTS[table].columns if column.name in given[0]]
    schema = {column.name: pl.String() if column.kind is Kind.CODE else column.dtype for column in columns}
    return pl.DataFrame(
        [{column.name: typed(row[column.name], column.kind) for column in columns} for row in given],
        schema=schema,
    )


CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_measure_counts_what_its_case_says_on_both_engines(case: Case, tmp_path: Path) -> None:
    measure = MEASURES[case.measure]
    terms = measure.terms(force_of(case.force))
    assert terms is not None and measure.numerator is not None
    frames = {table: frame_of(table, given) for table, given in case.given.items()}
    lens = Lens(Lake(tmp_path), (), frames)
    parts: list[tuple[str, Aggregate, tuple[Condition, ...]]] = [
        ("counted", measure.numerator, terms.counted)
    ]
    if measure.denominator is not None:
        parts.append(("out of", measure.denominator, terms.out_of))
    for name, part, further in parts:
        expected = [(date.fromisoformat(row["month"]), int(row[name])) for row in case.expected]
        assert evaluate(part, frames[part.table], further).rows() == expected
        assert lens.sql(aggregate_sql(part, further)).rows() == expected
    lens.close()


def test_every_counted_measure_has_a_case_and_every_measure_says_what_it_is() -> None:
    counted = {name for name, measure in MEASURES.items() if measure.numerator}
    assert counted - {case.measure for case in CASES} == set()
    for name, measure in MEASURES.items():
        assert measure.name == name and measure.definition.endswith(".") and measure.source
        has_figures = measure.numerator or measure.published or measure.added_up in ADDED_UP
        assert has_figures, f"{name} has figures from nowhere"
        assert measure.direction in ("increase", "decrease", "neutral")
