"""The sheets of drivers: each dated value, open to change, and by formula what each driver comes to in each year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from constabulary.finance.periods import share_left, start_of, year_of
from constabulary.finance.plan.arithmetic import EXACT
from constabulary.finance.plan.graph import ROUNDING, Dated, Driver, Plan
from constabulary.finance.workbook.cells import Sheet, address

DRIVERS, BY_YEAR = "Drivers", "Drivers by year"
HEADER_ROW = 3
VALUE, FROM, DELIVERY, SHARE = 4, 3, 5, 7
FIRST_YEAR = 3
COLUMNS = (
    "Driver", "Title", "Type", "From", "Value", "Delivery", "Year", "Share of year left", "Status", "Source", "Note",
)  # fmt: skip
MOST_CHARACTERS = 30_000
"""A cell of a workbook holds 32,767 characters."""
ONE, NOUGHT = Decimal(1), Decimal(0)


@dataclass(frozen=True)
class Row:
    """Where a dated value stands: its driver, what is dated, its year, row of the sheet (from 0), open or locked."""

    driver: Driver
    dated: Dated
    year: str
    row: int
    is_open: bool


@dataclass(frozen=True)
class YearCells:
    """Where what a driver does stands: addresses by year of its factor, its change and what falls away, if any."""

    factors: Mapping[str, str]
    changes: Mapping[str, str]
    ends: Mapping[str, str]


def driver_rows(plan: Plan, locked_to: str) -> tuple[Row, ...]:
    """Return the dated values that the plan counts, in the order of the sheet; those after `locked_to` are open."""
    forecast = plan.years[plan.n_typed - 1 :]
    used = dict.fromkeys(name for line in plan.lines for name in line.drivers)
    found: list[Row] = []
    for driver in (plan.drivers[name] for name in used):
        for dated in driver.dated:
            year = year_of(dated.from_on, plan.base)
            if year in forecast:
                is_open = year > locked_to and driver.type != ROUNDING
                found.append(Row(driver, dated, year, HEADER_ROW + 1 + len(found), is_open))
    return tuple(found)


def drivers_sheet(rows: Sequence[Row], locked_to: str) -> Sheet:
    """Return the sheet of dated values."""
    sheet = Sheet(DRIVERS, (30, 44, 14, 12, 14, 12, 10, 12, 12, 44, 60), (HEADER_ROW + 1, 2))
    sheet.put(0, 0, "Drivers: what moves the lines, and from which day", "title")
    sheet.put(
        1, 0, f"Shaded values, those of years after {locked_to}, may be changed; the rest is locked.", "note"
    )
    for column, name in enumerate(COLUMNS):
        sheet.put(HEADER_ROW, column, name, "heading")
    for one in rows:
        dated, start, on = one.dated, start_of(one.year), address(one.row, FROM)
        sheet.put(one.row, 0, one.driver.id)
        sheet.put(one.row, 1, dated.title)
        sheet.put(one.row, 2, one.driver.type)
        sheet.put(one.row, FROM, dated.from_on, "date")
        style = "rate" if one.driver.is_rate else "gbp"
        sheet.put(one.row, VALUE, dated.value, style, is_input=one.is_open)
        sheet.put(one.row, DELIVERY, dated.delivery or "")
        sheet.put(one.row, 6, one.year)
        months = f"(12*(YEAR({on})-{start.year})+MONTH({on})-{start.month})"
        sheet.put(
            one.row, SHARE, share_left(one.year, dated.from_on), "number",
            formula=f"(12-{months}-(DAY({on})-1)/DAY(EOMONTH({on},0)))/12",
        )  # fmt: skip
        sheet.put(one.row, 8, dated.status)
        sheet.put(one.row, 9, dated.source[:MOST_CHARACTERS])
        sheet.put(one.row, 10, dated.note[:MOST_CHARACTERS])
    return sheet


def by_year_sheet(plan: Plan, rows: Sequence[Row], drivers: Sheet) -> tuple[Sheet, dict[str, YearCells]]:
    """Return the sheet of what each driver comes to in each year, and where that stands.

    Parameters
    ----------
    plan
        The plan.
    rows, drivers
        The dated values and their sheet.
    """
    years = plan.years[plan.n_typed - 1 :]
    sheet = Sheet(BY_YEAR, (30, 34, 14, *[16] * len(years)), (HEADER_ROW + 1, 2))
    sheet.put(0, 0, "What each driver comes to in each year", "title")
    sheet.put(
        1, 0,
        "A rate lifts the mean level of its year by the share of the year that is left, and later years in full; "
        "the factor is one year's mean level over the last. An amount counts in the same way.", "note",
    )  # fmt: skip
    for column, name in enumerate(("Driver", "What", "Type", *years)):
        sheet.put(HEADER_ROW, column, name, "heading")
    cells: dict[str, YearCells] = {}
    for name in dict.fromkeys(one.driver.id for one in rows):
        driver = plan.drivers[name]
        of_driver = [one for one in rows if one.driver.id == name]
        by_year = [[one for one in of_driver if one.year == year] for year in years]
        write = _rates if driver.is_rate else _one_offs if driver.type == "one_off" else _amounts
        cells[name] = write(sheet, drivers, driver, years, by_year)
    return sheet, cells


def _below(sheet: Sheet) -> int:
    return max(row for row, _ in sheet.cells) + 1


def _label(sheet: Sheet, row: int, driver: Driver, what: str) -> None:
    for column, text in enumerate((driver.id, what, driver.type)):
        sheet.put(row, column, text)


def _rates(
    sheet: Sheet, drivers: Sheet, driver: Driver, years: Sequence[str], by_year: Sequence[Sequence[Row]]
) -> YearCells:
    mean_row = _below(sheet)
    level_row, factor_row = mean_row + 1, mean_row + 2
    for row, what in (
        (mean_row, "Mean level of the year"),
        (level_row, "Level at its end"),
        (factor_row, "Factor"),
    ):
        _label(sheet, row, driver, what)
    level, before, factors = ONE, ONE, {}
    for no, found in enumerate(by_year):
        column = FIRST_YEAR + no
        start = address(level_row, column - 1) if no else "1"
        mean, end, mean_terms, end_terms = level, level, [start], [start]
        for one in found:
            value, share = drivers.at(one.row, VALUE), drivers.at(one.row, SHARE)
            mean += end * one.dated.value * share_left(one.year, one.dated.from_on)
            end *= 1 + one.dated.value
            mean_terms.append(f"{'*'.join(end_terms)}*{value}*{share}")
            end_terms.append(f"(1+{value})")
        sheet.put(mean_row, column, mean, "number", formula="+".join(mean_terms))
        sheet.put(level_row, column, end, "number", formula="*".join(end_terms))
        if no:
            formula = f"{address(mean_row, column)}/{address(mean_row, column - 1)}"
            sheet.put(factor_row, column, mean / before, "number", formula=formula)
            factors[years[no]] = sheet.at(factor_row, column)
        level, before = end, mean
    return YearCells(factors, {}, {})


def _amounts(
    sheet: Sheet, drivers: Sheet, driver: Driver, years: Sequence[str], by_year: Sequence[Sequence[Row]]
) -> YearCells:
    whole_row = _below(sheet)
    level_row, change_row = whole_row + 1, whole_row + 2
    for row, what in (
        (whole_row, "Level at the year's end"),
        (level_row, "Level in the year"),
        (change_row, "Change"),
    ):
        _label(sheet, row, driver, what)
    whole, before, changes = NOUGHT, NOUGHT, {}
    for no, found in enumerate(by_year):
        column = FIRST_YEAR + no
        start = address(whole_row, column - 1) if no else "0"
        level, level_terms, whole_terms = whole, [start], [start]
        for one in found:
            term, value = _counted(drivers, one)
            level += value * share_left(one.year, one.dated.from_on)
            whole += value
            level_terms.append(f"{term}*{drivers.at(one.row, SHARE)}")
            whole_terms.append(term)
        level = EXACT.rounded(level, 2)
        sheet.put(whole_row, column, whole, "gbp", formula="+".join(whole_terms))
        sheet.put(level_row, column, level, "gbp", formula=f"ROUND({'+'.join(level_terms)},2)")
        if no:
            formula = f"{address(level_row, column)}-{address(level_row, column - 1)}"
            sheet.put(change_row, column, level - before, "gbp", formula=formula)
            changes[years[no]] = sheet.at(change_row, column)
        before = level
    return YearCells({}, changes, {})


def _one_offs(
    sheet: Sheet, drivers: Sheet, driver: Driver, years: Sequence[str], by_year: Sequence[Sequence[Row]]
) -> YearCells:
    row = _below(sheet)
    _label(sheet, row, driver, "In the year alone")
    changes, ends = {}, {}
    for no, found in enumerate(by_year):
        column = FIRST_YEAR + no
        terms = [_counted(drivers, one) for one in found]
        # What is dated in the base year is in its typed figures already.
        total = EXACT.rounded(sum((value for _, value in terms), NOUGHT), 2) if no else NOUGHT
        formula = f"ROUND({'+'.join(term for term, _ in terms) or '0'},2)" if no else "0"
        sheet.put(row, column, total, "gbp", formula=formula)
        if no:
            changes[years[no]] = sheet.at(row, column)
            ends[years[no]] = sheet.at(row, column - 1)
    return YearCells({}, changes, ends)


def _counted(drivers: Sheet, one: Row) -> tuple[str, Decimal]:
    """Return a row's amount as the plan counts it, as formula and number: savings take away, withdrawn ones nothing."""
    value, delivery = drivers.at(one.row, VALUE), drivers.at(one.row, DELIVERY)
    amount = one.dated.value
    if one.driver.type == "saving":
        is_withdrawn = one.dated.delivery == "withdrawn"
        return f'IF({delivery}="withdrawn",0,-{value})', NOUGHT if is_withdrawn else -amount
    return value, amount
