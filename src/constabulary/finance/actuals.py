"""Reads actual spending from a table as a ledger hands it out: a row a month, or a column a month."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from constabulary.core.amounts import is_workable

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMES = {
    "line": ("line_id", "line", "budget line", "account", "code"),
    "month": ("calendar_month", "month", "period", "date"),
    "amount": ("amount_gbp", "amount", "actual", "value", "net"),
}
"""Headings that are understood, lower case."""


@dataclass(frozen=True)
class Refused:
    """A row or cell that was not read: its row of the table, what stands there, why, what is expected."""

    row: int
    value: str
    reason: str


@dataclass(frozen=True)
class Actuals:
    """What was read: pounds by line and calendar month, and what was refused."""

    amounts_gbp: Mapping[tuple[str, str], Decimal]
    refused: tuple[Refused, ...]


def read_actuals(grid: Sequence[Sequence[str]], lines: Mapping[str, str]) -> Actuals:
    """Return actual spending from the cells of a table.

    Parameters
    ----------
    grid
        Its rows, the heading first: a line, a month and an amount; or a line and a column for each month. Amounts of
        the same line and month are added up.
    lines
        The lines of the budget: their names by id. A row may name either.
    """
    known = {**{name.lower(): key for key, name in lines.items()}, **{key.lower(): key for key in lines}}
    rows = [
        (no, [cell.strip() for cell in row])
        for no, row in enumerate(grid, start=1)
        if any(cell.strip() for cell in row)
    ]
    if not rows:
        return Actuals({}, (Refused(1, "", "the table is empty"),))
    heading = [cell.lower() for cell in rows[0][1]]
    months = {no: month for no, cell in enumerate(rows[0][1]) if (month := month_of(cell)) is not None}
    at = {
        what: next((heading.index(name) for name in names if name in heading), None)
        for what, names in NAMES.items()
    }
    if at["line"] is None or (not months and (at["month"] is None or at["amount"] is None)):
        expected = (
            "the headings line_id, calendar_month and amount_gbp, or line_id and a column for each month"
        )
        return Actuals(
            {},
            (
                Refused(
                    rows[0][0], ", ".join(rows[0][1]), f"the heading is not understood; expected {expected}"
                ),
            ),
        )
    amounts: dict[tuple[str, str], Decimal] = {}
    refused: list[Refused] = []
    for no, row in rows[1:]:
        cells = row + [""] * (len(heading) - len(row))
        line = known.get(cells[at["line"]].lower(), cells[at["line"]])
        if months:
            found = [(month, cells[column]) for column, month in months.items() if cells[column]]
        else:
            found = [(month_of(cells[at["month"] or 0]) or "", cells[at["amount"] or 0])]
        for month, text in found:
            amount = amount_of(text)
            if not line:
                refused.append(Refused(no, text, "the row names no line"))
            elif not month:
                refused.append(Refused(no, cells[at["month"] or 0], "this is no month, such as 2019-04"))
            elif amount is None:
                refused.append(Refused(no, text, "this is no amount"))
            else:
                amounts[(line, month)] = amounts.get((line, month), Decimal(0)) + amount
    return Actuals(amounts, tuple(refused))


def month_of(text: str) -> str | None:
    """Return a calendar month as 2019-04 from 2019-04, 2019-04-30, 04/2019, 30/04/2019 or Apr 2019; None if it is none.

    Examples
    --------
    >>> [month_of(text) for text in ("2019-04-30", "30/04/2019", "April 2019", "Apr-19", "13/2019")]
    ['2019-04', '2019-04', '2019-04', '2019-04', None]
    """
    bare = text.strip().lower()
    found = re.fullmatch(r"(\d{4})-(\d{1,2})(?:-\d{1,2}(?:[ t].*)?)?", bare)
    if found:
        return _month(int(found[1]), int(found[2]))
    found = re.fullmatch(r"(?:\d{1,2}/)?(\d{1,2})/(\d{4})", bare)
    if found:
        return _month(int(found[2]), int(found[1]))
    found = re.fullmatch(r"([a-z]{3})[a-z]*[ \-](\d{2}|\d{4})", bare)
    if found and found[1] in MONTHS:
        year = int(found[2])
        return _month(year if year > 99 else 2000 + year, MONTHS.index(found[1]) + 1)
    return None


def amount_of(text: str) -> Decimal | None:
    """Return an amount from £1,234.50, -12, (12) or 12-; None if it is none, and never what a formula might come to."""
    bare = text.replace("£", "").replace(",", "").replace(" ", "")
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    elif bare.endswith("-"):
        bare = f"-{bare[:-1]}"
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        return None
    return amount if is_workable(amount) else None


def _month(year: int, month: int) -> str | None:
    return f"{year}-{month:02d}" if 1 <= month <= 12 and 1900 <= year <= 2200 else None
