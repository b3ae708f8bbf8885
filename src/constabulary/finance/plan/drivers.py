"""What drivers come to in each year: the factor of a rate and the level of an amount, by the day each takes effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from constabulary.finance.periods import share_left, start_of, year_of
from constabulary.finance.plan.graph import Dated, Driver
from constabulary.finance.plan.kind import Number

Shifts = Mapping[str, Mapping[str, Number]]
"""By how much a driver's value is shifted, by driver and year."""


@dataclass(frozen=True)
class Moves:
    """What one driver does, year by year from the base year, whose own entry does nothing.

    Parameters
    ----------
    factors
        For a rate: mean level of the year over that of the year before.
    changes
        For an amount: its level less that of the year before.
    ends
        For an amount of one year alone: what of the year before falls away.
    """

    factors: tuple[Number, ...] = ()
    changes: tuple[Number, ...] = ()
    ends: tuple[Number, ...] = ()


def moves(
    driver: Driver,
    years: Sequence[str],
    shifts: Mapping[str, Number],
    number: Callable[[Decimal], Number],
    rounded: Callable[[Number], Number],
) -> Moves:
    """Return what a driver does in each year.

    A rate r that takes effect when a share s of the year is left lifts the mean level of that year by r s and that of
    later years by r: an award of 1% from 1 September counts for 7/12 in its year and for the other 5/12 in the next.
    An amount counts in the same way; a `one_off` counts in full in its year and falls away after it.

    Parameters
    ----------
    driver
        The driver.
    years
        The base year and those after it.
    shifts
        What is added to its value, by year; where it has no value in that year, one takes effect on the first day.
    number, rounded
        Turns a typed value into the numbers calculated with, and rounds an amount to the penny.
    """
    rows: dict[str, list[Dated]] = {year: [] for year in years}
    for row in driver.dated:
        year = year_of(row.from_on, years[0])
        if year in rows:
            rows[year].append(row)
    by_year = [_dated(rows[year], year, shifts.get(year), number) for year in years]
    if driver.is_rate:
        return Moves(factors=_factors(by_year, number(Decimal(1))))
    if driver.type == "saving":
        by_year = [[(share, -value) for share, value in found] for found in by_year]
    if driver.type == "one_off":
        values = [rounded(sum((value for _, value in found), number(Decimal(0)))) for found in by_year]
        return Moves(changes=(values[0] * 0, *values[1:]), ends=(values[0] * 0, *values[:-1]))
    return Moves(changes=_changes(by_year, number(Decimal(0)), rounded))


def _dated(
    rows: Sequence[Dated], year: str, shift: Number | None, number: Callable[[Decimal], Number]
) -> list[tuple[Number, Number]]:
    """Return the share left and the value of each row of a year, the shift added to the last of them."""
    found = [
        (
            number(share_left(year, row.from_on)),
            number(row.value if row.delivery != "withdrawn" else Decimal(0)),
        )
        for row in rows
    ]
    if shift is not None:
        if not found:
            found = [(number(share_left(year, start_of(year))), number(Decimal(0)))]
        found[-1] = (found[-1][0], found[-1][1] + shift)
    return found


def _factors(by_year: Sequence[Sequence[tuple[Number, Number]]], one: Number) -> tuple[Number, ...]:
    """Return mean level over mean level of the year before; `level` runs from 1 through every change."""
    level, before, factors = one, None, []
    for rows in by_year:
        mean = level
        for share, value in rows:
            mean = mean + level * value * share
            level = level * (1 + value)
        factors.append(mean / before if before is not None else one)
        before = mean
    return tuple(factors)


def _changes(
    by_year: Sequence[Sequence[tuple[Number, Number]]], zero: Number, rounded: Callable[[Number], Number]
) -> tuple[Number, ...]:
    whole, before, changes = zero, None, []
    for rows in by_year:
        level = rounded(whole + sum((value * share for share, value in rows), zero))
        whole = whole + sum((value for _, value in rows), zero)
        changes.append(level - before if before is not None else zero)
        before = level
    return tuple(changes)
