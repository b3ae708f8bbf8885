"""Reads the numbers out of a printed cell: signs, brackets, pounds, per cent, pence, and how exact they are."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_FACTORS = {
    "%": Decimal("0.01"),
    "per cent": Decimal("0.01"),
    "percent": Decimal("0.01"),
    "p": Decimal("0.01"),
    "pence": Decimal("0.01"),
    "k": Decimal(1_000),
    "m": Decimal(1_000_000),
    "million": Decimal(1_000_000),
}
_NUMBER = re.compile(
    rf"(?P<sign>[-+−–])?\s*£?\s*(?P<inner>[-−])?(?P<digits>(?:\d[\d,]*|(?<=£)\.?\d)(?:\.\d+)?|\b(?:{'|'.join(_WORDS)})\b)"
    r"(?:\s?(?P<unit>%|per cent|percent|pence|million|p|k|m)(?![a-z]))?",
    re.IGNORECASE,
)
_SPACED = re.compile(r"[-+−£\s]*\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:\.\d+)?")
_HEADING_FACTORS = (Decimal(1), Decimal(1_000), Decimal(1_000_000))


class PrintedNumber(NamedTuple):
    """One number as it stands in a printed cell.

    Parameters
    ----------
    value
        The number, with what is printed at it (£, k, million, %, p) taken into account.
    step
        One of its last printed digit: 0.1 for "1,352.4", 1,000 for "£255k".
    has_unit
        A multiplier was printed at the number itself, so that none of the heading applies.
    """

    value: Decimal
    step: Decimal
    has_unit: bool


def numbers_in(text: str) -> tuple[PrintedNumber, ...]:
    """Return the numbers of a printed cell, in order; none where it holds words only.

    Parameters
    ----------
    text
        The cell as printed. A whole cell in brackets is negative; brackets after another number are not.

    Examples
    --------
    >>> [str(one.value) for one in numbers_in("213,000 (378,000)")]
    ['213000', '378000']
    >>> str(numbers_in("(928)")[0].value)
    '-928'
    """
    text = text.strip().rstrip("*†")
    whole = re.fullmatch(r"£?\((.*)\)", text)
    inner = whole.group(1) if whole and "(" not in whole.group(1) else text
    if _SPACED.fullmatch(inner):
        inner = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3})", "", inner)
    found = tuple(_number(match) for match in _NUMBER.finditer(inner))
    if whole and inner is not text and len(found) == 1:
        return (PrintedNumber(-found[0].value, found[0].step, found[0].has_unit),)
    return found


def reading(printed: str, value: Decimal, unit: str) -> PrintedNumber | None:
    """Return the printed number that a typed value stands for, its step in the value's unit; None if none does.

    Parameters
    ----------
    printed, value, unit
        The cell as printed, the value typed for it, and the value's unit. Money may be printed in thousands or millions
        by the heading of its column.
    """
    for one in numbers_in(printed):
        factors = (Decimal(1),) if one.has_unit or unit != "gbp" else _HEADING_FACTORS
        for factor in factors:
            if one.value * factor == value:
                return PrintedNumber(value, one.step * factor, one.has_unit)
    return None


def _number(match: re.Match[str]) -> PrintedNumber:
    digits = match["digits"].lower()
    unit = (match["unit"] or "").lower()
    factor = _FACTORS.get(unit, Decimal(1))
    number = (
        Decimal(_WORDS.index(digits) + 1)
        if digits in _WORDS
        else Decimal(digits.replace(",", "").rstrip("."))
    )
    exponent = number.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) * factor
    # A dash between two numbers joins a range; only one at the start of the cell or after a space is a sign.
    before = match.string[: match.start()].rstrip(" ")
    is_range = bool(before) and before[-1].isdigit() and match["sign"] is not None and match["sign"] != "-"
    is_negative = (match["sign"] in {"-", "−", "–"} and not is_range) or match["inner"] is not None
    return PrintedNumber(-number * factor if is_negative else number * factor, step, bool(unit))
