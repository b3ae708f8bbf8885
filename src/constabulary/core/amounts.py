"""Writes pounds, counts, times, lists and names as people do, on pages, in papers and in sentences alike."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

MOST_DIGITS = 15
"""Digits before the point of a number that people type; 1e99999999 would be a hundred million, and never worked out."""


def is_workable(number: Decimal) -> bool:
    """Return whether a number that someone gave can be worked with: finite, `MOST_DIGITS` before the point at most."""
    return number.is_finite() and number.adjusted() < MOST_DIGITS


def money(amount_gbp: Decimal | float, places: int = 2) -> str:
    """Return an amount of pounds as people write it: half a unit rounds up, the minus sign before the pound sign.

    Parameters
    ----------
    amount_gbp, places
        The amount and how many decimal places of it are said.

    Examples
    --------
    >>> money(-1250), money(-0.001)
    ('−£1,250.00', '£0.00')
    """
    exact = amount_gbp if isinstance(amount_gbp, Decimal) else Decimal(repr(float(amount_gbp)))
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    sign = "\N{MINUS SIGN}" if rounded < 0 else ""
    return f"{sign}£{abs(rounded):,}"


def several(n: int, one: str, more: str = "") -> str:
    """Return a count with its noun.

    Parameters
    ----------
    n
        The count.
    one, more
        The noun for one, and for several when that is not `one` with an s.

    Examples
    --------
    >>> several(1, "file"), several(1204, "file"), several(2, "call taker waits", "call takers wait")
    ('1 file', '1,204 files', '2 call takers wait')
    """
    return f"{n:,} {one if n == 1 else more or one + 's'}"


def listed(words: Iterable[str]) -> str:
    """Return several words as a list in a sentence; nothing for none.

    Examples
    --------
    >>> listed(["calls"]), listed(["calls", "incidents", "crimes"])
    ('calls', 'calls, incidents and crimes')
    """
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def low(name: str) -> str:
    """Return a name within a sentence: its first letter small, unless it is a name in capitals.

    Examples
    --------
    >>> low("Immediate"), low("PCSOs"), low("999")
    ('immediate', 'PCSOs', '999')
    """
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def duration(seconds: float | Decimal) -> str:
    """Return a time in seconds, minutes or hours, whichever says it shortest.

    Parameters
    ----------
    seconds
        How long [s].

    Examples
    --------
    >>> duration(90), duration(600), duration(3600)
    ('90 seconds', '10 minutes', '1 hour')
    """
    exact = seconds if isinstance(seconds, Decimal) else Decimal(repr(seconds))
    size, name = next(
        (
            (size, name)
            for size, name in ((3600, "hour"), (60, "minute"))
            if exact >= 2 * size or exact == size
        ),
        (1, "second"),
    )
    shown = round(exact / size, 1).normalize()
    return f"{shown:,f} {name}{'' if exact == size else 's'}"
