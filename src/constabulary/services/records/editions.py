"""Which stretches of time an import is an edition of, and how many rows of earlier editions it replaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from constabulary.store.records import Coverage, ImportRecord, edition_order
from constabulary.tables.catalogue import CONTRACTS
from constabulary.tables.contract import Kind


def covered(table: str, scope: str, counts: Counter[tuple[str, str, date]]) -> Iterator[Coverage]:
    """Yield the periods an import is an edition of: its months; a feed's own days; else all days from first to last."""
    contract = CONTRACTS[table]
    periods = sorted(period for name, of, period in counts if (name, of) == (table, scope))
    if contract.is_feed:
        yield from (Coverage(table, scope, day, day, counts[table, scope, day]) for day in periods)
    elif contract.column(contract.period).kind is Kind.MONTH:
        for month in periods:
            next_month = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
            yield Coverage(table, scope, month, next_month - timedelta(days=1), counts[table, scope, month])
    else:
        for n_days in range((periods[-1] - periods[0]).days + 1):
            day = periods[0] + timedelta(days=n_days)
            yield Coverage(table, scope, day, day, counts[table, scope, day])


def n_replaced(record: ImportRecord, earlier: Sequence[ImportRecord]) -> tuple[int, int]:
    """Count the rows that showed before and do not after, and the rows of this import that never show."""
    rank = edition_order([*earlier, record])
    mine = rank[record.import_id]
    newest: dict[tuple[str, str, date], tuple[date, str]] = {}
    # Made-up records never replace real ones, nor real ones made-up: they are shown apart.
    live = [other for other in earlier if other.is_live and other.is_synthetic == record.is_synthetic]
    for other in live:
        for part in other.coverage:
            stretch = (part.table, part.scope, part.from_on)
            newest[stretch] = max(newest.get(stretch, rank[other.import_id]), rank[other.import_id])
    covered = {(part.table, part.scope, part.from_on): part.n_rows for part in record.coverage}
    n_superseded = sum(
        part.n_rows
        for other in live
        for part in other.coverage
        if (stretch := (part.table, part.scope, part.from_on)) in covered
        and rank[other.import_id] == newest[stretch] < mine
    )
    n_hidden = sum(n_rows for stretch, n_rows in covered.items() if newest.get(stretch, mine) > mine)
    return n_superseded, n_hidden
