"""Finds figures that cannot be right though they add up: negative counts, and prices far from the table's own."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from constabulary.core.force.model import FinanceRule
from constabulary.finance.classes import as_printed
from constabulary.finance.printed import Cell, Printed
from constabulary.finance.result import Check
from constabulary.finance.words import amount

FEWEST = 4
"""Figures that a line must have for its only negative one to stand out."""
LOWEST, HIGHEST = Decimal("0.5"), Decimal(2)
"""How far from the table's own price a line's may be, as shares of it, where the rule says nothing."""


def negative_counts(printed: Printed) -> list[Check]:
    """Return a check for every count of things or posts that is below zero.

    Parameters
    ----------
    printed
        The tables.
    """
    return [
        _check(
            cell,
            "not_negative",
            None,
            f"{cell.label}, {cell.key.period}: {cell.printed} is printed, and nothing can be counted below zero. It is "
            "kept as printed; it may be a correction of an earlier period.",
        )
        for cell in printed
        if cell.value < 0 and (cell.key.unit in {"count", "fte"} or _is_lone_negative(cell, printed))
    ]


def _is_lone_negative(cell: Cell, printed: Printed) -> bool:
    """Whether a plain whole number is the only one below zero in a line of several: the look of a count gone wrong."""
    if cell.key.unit != "number" or cell.value != cell.value.to_integral_value():
        return False
    keys = [cell.key._replace(period=period) for period in printed.periods(cell.key.table)]
    line = [printed[key].value for key in keys if key in printed]
    return len(line) >= FEWEST and sum(value < 0 for value in line) == 1


def odd_prices(rules: Iterable[FinanceRule], printed: Printed) -> list[Check]:
    """Return a check for each line whose price per post (or other unit) is far from that of the table.

    Parameters
    ----------
    rules
        The declared structure; those with `plausible_per` count.
    printed
        The tables.
    """
    checks = []
    for rule in rules:
        if rule.plausible_per is None:
            continue
        table = rule.table or next((cell.key.table for cell in printed), "")
        for cell in printed:
            if cell.key.table == table and cell.key.unit == "gbp" and rule.line in ("*", cell.key.line):
                found = _odd_price(cell, rule, printed)
                if found is not None:
                    checks.append(found)
    return checks


def _odd_price(cell: Cell, rule: FinanceRule, printed: Printed) -> Check | None:
    unit = rule.plausible_per or ""
    n = cell.key._replace(unit=unit)
    whole = cell.key._replace(line=rule.against or "")
    n_whole = whole._replace(unit=unit)
    if any(key not in printed or not printed[key].value for key in (n, whole, n_whole)):
        return None
    own, usual = cell.value / printed[n].value, printed[whole].value / printed[n_whole].value
    if (rule.lowest or LOWEST) <= own / usual <= (rule.highest or HIGHEST):
        return None
    return _check(
        cell,
        f"price_per_{unit}",
        as_printed(usual * printed[n].value, cell.step),
        f"{cell.label}, {cell.key.period}: {amount(cell.value, 'gbp')} for {amount(printed[n].value, unit)} {unit} is "
        f"{_pounds(own)} each, while “{printed.label(whole.table, whole.line)}” costs {_pounds(usual)} each. The "
        f"figures add up, so the money may stand in another line, or be net of income. {rule.note or ''}".strip(),
    )


def _pounds(price: Decimal) -> str:
    return amount(as_printed(price, Decimal(1)), "gbp")


def _check(cell: Cell, rule: str, calculated: Decimal | None, told: str) -> Check:
    return Check(
        cell.key, cell.label, rule, cell.value, cell.printed, calculated, "implausible", told, cell.source, ()
    )
