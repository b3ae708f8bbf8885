"""The rows of the capital sheet that provide for each asset by equal instalments over its life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from constabulary.finance.capital import CapitalYear
from constabulary.finance.workbook.cells import Sheet, address

PENNY, NOUGHT = Decimal("0.01"), Decimal(0)


@dataclass(frozen=True)
class _Part:
    """One thing to provide for: the column its instalments begin in, its yearly amount, what is to be provided."""

    name: str
    first_column: int
    yearly: tuple[Decimal, str]
    to_provide: tuple[Decimal, str]


def instalment_rows(
    sheet: Sheet,
    row: int,
    years: Sequence[CapitalYear],
    first_year: int,
    share: tuple[str, Decimal],
    unfinanced: Sequence[str],
) -> list[str]:
    """Write the instalments below the account, and return for each year the formula of its provision.

    A scheme takes its share of what the year leaves to borrowing, by its spending; its instalments begin in the year
    after, as `constabulary.finance.capital.plan_capital` has them.

    Parameters
    ----------
    sheet, row
        The capital sheet, and the first row to write to.
    years, first_year
        The account, and the column of its first year.
    share
        The address and the value of the share a year that provides for the requirement at the beginning.
    unfinanced
        The address of what each year leaves to borrowing.
    """
    opening = years[0].requirement_opening_gbp
    sheet.put(row, 0, "Requirement at the beginning, to provide for")
    sheet.put(row, 1, opening, "gbp")
    begun = address(row, 1)
    parts = [
        _Part(
            "Requirement at the beginning",
            first_year,
            ((opening * share[1]).quantize(PENNY, ROUND_HALF_UP), f"ROUND({begun}*{share[0]},2)"),
            (opening, begun),
        )
    ]
    row += 1
    for no, year in enumerate(years):
        if year.unfinanced_gbp:
            parts += _schemes(sheet, row, year, first_year + no, unfinanced[no])
            row += 2 * len(year.schemes)
    provided: list[list[str]] = [[] for _ in years]
    for part in parts:
        _run(sheet, row, part, first_year, provided)
        row += 2
    return ["+".join(cells) or "0" for cells in provided]


def _schemes(sheet: Sheet, row: int, year: CapitalYear, column: int, unfinanced: str) -> list[_Part]:
    """Write what each scheme of a year spends, its life and its share of what is left to borrowing."""
    parts: list[_Part] = []
    spends = [address(row + 2 * no, column) for no in range(len(year.schemes))]
    shares = [address(row + 2 * no + 1, column) for no in range(len(year.schemes))]
    left = year.unfinanced_gbp
    for no, scheme in enumerate(year.schemes):
        is_last = no == len(year.schemes) - 1
        sheet.put(row + 2 * no, 0, f"{scheme.name}: life in years, spending")
        life = Decimal(scheme.life_years or 1)
        sheet.put(row + 2 * no, 1, life, "number")
        sheet.put(row + 2 * no, column, scheme.spend_gbp, "gbp")
        amount = (
            left
            if is_last
            else (year.unfinanced_gbp * scheme.spend_gbp / year.spend_gbp).quantize(PENNY, ROUND_HALF_UP)
        )
        left -= amount
        formula = (
            unfinanced + "".join(f"-{one}" for one in shares[:-1])
            if is_last
            else f"ROUND({unfinanced}*{spends[no]}/({'+'.join(spends)}),2)"
        )
        sheet.put(row + 2 * no + 1, 0, f"{scheme.name}: left to borrowing")
        sheet.put(row + 2 * no + 1, column, amount, "gbp", formula=formula)
        # Rounded first where no true fraction lies: a spreadsheet's division may end a hair above a whole penny.
        yearly = f"ROUNDUP(ROUND({shares[no]}/{address(row + 2 * no, 1)},6),2)"
        parts.append(
            _Part(
                f"{scheme.name}, of {year.period}",
                column + 1,
                ((amount / life).quantize(PENNY, ROUND_CEILING), yearly),
                (amount, shares[no]),
            )
        )
    return parts


def _run(sheet: Sheet, row: int, part: _Part, first_year: int, provided: Sequence[list[str]]) -> None:
    """Write the instalments of one part, a year after the other until nothing is left."""
    sheet.put(row, 0, f"{part.name}: left to provide for")
    sheet.put(row + 1, 0, f"{part.name}: instalment")
    sheet.put(row + 1, 1, part.yearly[0], "gbp", formula=part.yearly[1])
    left, formula = part.to_provide
    for column in range(part.first_column, first_year + len(provided)):
        paid = min(part.yearly[0], left)
        sheet.put(row, column, left, "gbp", formula=formula)
        where = sheet.put(
            row + 1, column, paid, "gbp", formula=f"MIN({address(row + 1, 1)},{address(row, column)})"
        )
        provided[column - first_year].append(where.rpartition("!")[2])
        left, formula = left - paid, f"{address(row, column)}-{address(row + 1, column)}"
