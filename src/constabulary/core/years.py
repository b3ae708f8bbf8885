"""Days that can be, and years as people write them: financial (2013/14, from 1 April) or calendar (2013)."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

DAYS = (date(1900, 1, 1), date(2099, 12, 31))
"""First and last day a record or a question may be of; what lies beyond is a slip of the pen, and no calendar or chart
holds it."""


@lru_cache(maxsize=1024)
def first_day(text: str) -> date | None:
    """Return the first day of a year; None where a text is no year.

    Examples
    --------
    >>> first_day("2013/14"), first_day("2013"), first_day("2013/15")
    (datetime.date(2013, 4, 1), datetime.date(2013, 1, 1), None)
    """
    found = re.fullmatch(r"(\d{4})(?:/(\d\d))?", text)
    if found is None or found[1] == "0000":
        return None
    year, end = int(found[1]), found[2]
    if end is None:
        return date(year, 1, 1)
    return date(year, 4, 1) if int(end) == (year + 1) % 100 else None
