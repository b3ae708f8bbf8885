"""Hands on what records a workspace holds: whose, of which days, how many, made up or not, how fresh."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import polars as pl

from constabulary.store.lake import PARTITION, Lake
from constabulary.store.lens import Lens, quoted
from constabulary.store.workspace import Workspace
from constabulary.tables.catalogue import CONTRACTS
from constabulary.tables.contract import Kind


@dataclass(frozen=True)
class Holding:
    """The records of one table about one force that count: accepted, neither superseded nor withdrawn.

    Parameters
    ----------
    table, about
        The table's name and what it holds.
    scope
        Whose records they are, as the supplier names the force.
    is_synthetic
        True where the records are made up.
    from_on, to_on
        Their first and last day; the first days of the first and last month where `is_by_month`.
    is_by_month
        True where the records tell their month and not their day.
    n_periods
        How many different days or months they have.
    n_rows
        How many records.
    """

    table: str
    about: str
    scope: str
    is_synthetic: bool
    from_on: date
    to_on: date
    is_by_month: bool
    n_periods: int
    n_rows: int


@dataclass(frozen=True)
class Holdings:
    """All records a workspace holds.

    Parameters
    ----------
    holdings
        By table and force.
    last_import_at
        When the latest import that counts was made (UTC); none before the first.
    n_imports
        How many imports count.
    n_refused
        How many rows they refused.
    """

    holdings: tuple[Holding, ...]
    last_import_at: datetime | None
    n_imports: int
    n_refused: int

    @property
    def n_rows(self) -> int:
        """How many records there are in all."""
        return sum(one.n_rows for one in self.holdings)

    @property
    def n_synthetic(self) -> int:
        """How many of them are made up."""
        return sum(one.n_rows for one in self.holdings if one.is_synthetic)


def holdings(workspace: Workspace) -> Holdings:
    """Return what records a workspace holds.

    Parameters
    ----------
    workspace
        The workspace.
    """
    return _holdings(workspace.lake_path, Lake(workspace.lake_path).version)


@lru_cache(maxsize=8)
def _holdings(lake_path: Path, version: int) -> Holdings:
    lake = Lake(lake_path)
    live = [record for record in lake.imports() if record.is_live]
    synthetic = ", ".join(quoted(record.import_id) for record in live if record.is_synthetic) or "''"
    lens = Lens(lake, tuple(CONTRACTS.values()))
    try:
        found = tuple(one for name in CONTRACTS for one in _of_table(lens, name, synthetic))
    finally:
        lens.close()
    return Holdings(
        found,
        max((record.at for record in live), default=None),
        len(live),
        sum(record.n_refused for record in live),
    )


def known_faults(held: Holdings) -> list[tuple[str, str, str]]:
    """Return table, column and what is known to be wrong with it in the field, for the records held."""
    tables = {one.table for one in held.holdings}
    return [
        (contract.name, column.name, column.known_faults)
        for contract in CONTRACTS.values()
        for column in contract.columns
        if contract.name in tables and column.known_faults is not None
    ]


def _of_table(lens: Lens, name: str, synthetic: str) -> list[Holding]:
    contract = CONTRACTS[name]
    rows: pl.DataFrame = lens.sql(
        f"SELECT CAST({contract.scope} AS VARCHAR) AS scope, {PARTITION} IN ({synthetic}) AS is_synthetic, "  # noqa: S608 (names and numbers are ours)
        f"min({contract.period}) AS from_on, max({contract.period}) AS to_on, "
        f'count(DISTINCT {contract.period}) AS n_periods, count(*) AS n_rows FROM "{name}" '
        "GROUP BY 1, 2 ORDER BY 1, 2"
    )
    is_by_month = contract.column(contract.period).kind is Kind.MONTH
    return [
        Holding(table=name, about=contract.description, is_by_month=is_by_month, **row)
        for row in rows.to_dicts()
    ]
