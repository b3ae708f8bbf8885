"""What a column's values tell of it: how full, how various, numbers, codes, dates and clock times."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from constabulary.sources.clocks import ISO, OFFSET, number
from constabulary.sources.mapping import EPOCHS, EXCEL
from constabulary.tables.contract import Column, Kind
from constabulary.tables.times import read_clock

_DATES = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %B %Y",
    "%Y%m%d",
)
_CLOCKS = ("%H:%M:%S", "%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H%M")
YES = frozenset({"y", "yes", "true", "t", "1", "x"})
"""What a column that says yes or no has where it says yes, in small letters."""
NO = frozenset({"n", "no", "false", "f", "0"})
_CENTURY_S = 946_684_800, 4_102_444_800
"""2000 to 2100, in seconds since 1970."""
_MIDNIGHT = " 00:00:00"
_ENOUGH = 0.95
"""Share of filled values that a format must read, or that must be numbers."""
_LIMITS = {
    "longitude": (-180.0, 180.0),
    "latitude": (-90.0, 90.0),
    "easting_m": (0.0, 700_000.0),
    "northing_m": (0.0, 1_300_000.0),
}


@dataclass(frozen=True)
class EitherWay:
    """Dates of which few or none say whether the day or the month stands first.

    Parameters
    ----------
    first
        Which the proposed format has first: day or month.
    n_both
        Values that can be read either way.
    n_only_day_first, n_only_month_first
        Values that can be read in one way only.
    """

    first: str
    n_both: int
    n_only_day_first: int
    n_only_month_first: int


@dataclass(frozen=True)
class MixedDates:
    """Dates of which some are written as text and others as a spreadsheet's own.

    Parameters
    ----------
    more
        Formats needed beside the first one.
    n_text, n_dates
        How many are text, and how many a spreadsheet's own dates or day numbers.
    is_swapped
        Whether every text has a day past 12 and no date has: a spreadsheet set to another country took what it could
        for dates with the month first, and left the rest.
    """

    more: tuple[str, ...]
    n_text: int
    n_dates: int
    is_swapped: bool


@dataclass(frozen=True)
class Evidence:
    """What the values of one column tell.

    Parameters
    ----------
    filled
        Share of rows with a value, 0 to 1.
    n_distinct
        How many different values.
    distinct
        The same as a share of the filled rows, 0 to 1.
    low, high
        Least and greatest, where the values are numbers.
    codes
        The different values, where they are few.
    form, has_date, has_time
        Format of dates or clock times, where they are such; empty for those that need none.
    either_way
        Set where day and month could stand the other way round.
    mixed
        Set where some dates are text and others a spreadsheet's own.
    doubt
        What else to check about the format; empty if nothing.
    """

    filled: float
    n_distinct: int
    distinct: float
    low: float | None = None
    high: float | None = None
    codes: frozenset[str] = field(default=frozenset())
    form: str | None = None
    has_date: bool = False
    has_time: bool = False
    either_way: EitherWay | None = None
    mixed: MixedDates | None = None
    doubt: str = ""

    @classmethod
    def of(cls, text: pl.Series) -> Evidence:
        """Look at a column's values, as text with empty ones null."""
        given = text.drop_nulls()
        given = given.filter(given != "")
        if given.is_empty():
            return cls(0.0, 0, 0.0)
        numbers = number(given)
        is_number = 1 - numbers.null_count() / given.len() >= _ENOUGH
        n_distinct = given.n_unique()
        # Times of day read as seconds too, but are written as no number is.
        plain = given.cast(pl.Float64, strict=False)
        told = _told_form(given, None if plain.null_count() else plain)
        return cls(
            filled=given.len() / text.len(),
            n_distinct=n_distinct,
            distinct=n_distinct / given.len(),
            low=float(numbers.min()) if is_number else None,  # type: ignore[arg-type]
            high=float(numbers.max()) if is_number else None,  # type: ignore[arg-type]
            codes=frozenset(given.unique()) if n_distinct <= 200 else frozenset(),
            form=told.form,
            has_date=told.has_date,
            has_time=told.has_time,
            either_way=_either_way(given, told.readings),
            mixed=told.mixed,
            doubt=told.doubt,
        )

    @property
    def epoch(self) -> str | None:
        """Format of instants of this century counted from 1970 that its numbers may be, None where they are none."""
        if self.low is None or self.high is None:
            return None
        since, until = _CENTURY_S
        for form, micros in EPOCHS.items():
            if since <= self.low * micros / 1e6 and self.high * micros / 1e6 < until:
                return form
        return None

    def fits(self, column: Column) -> bool:
        """Whether the values could be those of a column of ours."""
        if column.kind in {Kind.NUMBER, Kind.WHOLE}:
            return self.low is not None
        if column.kind is Kind.TRUTH:
            return 0 < self.n_distinct <= 3
        if column.kind is Kind.CODE:
            return 0 < self.n_distinct <= 500 and not (self.has_date or self.has_time)
        return not (self.has_date and self.has_time)

    @property
    def is_truth(self) -> bool:
        """Whether its values say yes and no, and at least one says yes."""
        said = {code.casefold() for code in self.codes}
        return bool(said & YES) and said <= YES | NO

    def is_within(self, name: str) -> bool:
        """Whether the values are numbers that could be such coordinates."""
        lowest, highest = _LIMITS[name]
        return self.low is not None and self.high is not None and lowest <= self.low and self.high <= highest

    def share_in(self, allowed: Collection[str]) -> float:
        """Return the share of the different values that are ours already, 0 to 1."""
        if not self.codes:
            return 0.0
        known = {one.casefold() for one in allowed}
        return sum(code.casefold() in known for code in self.codes) / len(self.codes)


def time_format(forms: Sequence[str]) -> str:
    """Return the format of columns joined by a space."""
    return " ".join(forms)


@dataclass(frozen=True)
class _Told:
    """The format of dates and clock times, whether it has either, every format that reads enough, what to check."""

    form: str | None
    has_date: bool = False
    has_time: bool = False
    readings: Sequence[str] = ()
    mixed: MixedDates | None = None
    doubt: str = ""


def _told_form(given: pl.Series, numbers: pl.Series | None) -> _Told:
    sample = given.head(5_000)
    if sample.str.ends_with(_MIDNIGHT).mean() >= _ENOUGH:  # type: ignore[operator]
        sample = sample.str.strip_suffix(_MIDNIGHT)
    if numbers is not None and sample.str.len_chars().min() != 8:
        return _told_number(sample, numbers)
    for clock in _CLOCKS if numbers is None else ():
        if _share(sample, f"2000-01-01 {clock}", "2000-01-01 ") >= _ENOUGH:
            return _Told(clock, False, True)
    if reading := _reading({date: _share(sample, f"{date} %H:%M", "", " 00:00") for date in _DATES}):
        return _Told(reading[0], True, False, reading)
    if numbers is not None:
        return _Told(None)
    whole = [f"{date}{between}{clock}" for date in _DATES for between in (" ", "T") for clock in _CLOCKS]
    if reading := _reading({form: _share(sample, form) for form in whole}):
        return _Told(reading[0], True, True, reading)
    return _Told("", True, True) if _share_told(sample) >= _ENOUGH else _mixed(sample, whole)


def _told_number(sample: pl.Series, numbers: pl.Series) -> _Told:
    low, high = float(numbers.min()), float(numbers.max())  # type: ignore[arg-type]
    if low > 36_000 and high < 60_000 and sample.str.contains(".", literal=True).mean() > 0.5:  # type: ignore[operator]
        return _Told(EXCEL, True, True, doubt="; check: Excel's day numbers, it seems")
    return _Told(None)


def _mixed(sample: pl.Series, forms: Sequence[str]) -> _Told:
    """Tell dates of which some are text in one of some formats and others a spreadsheet's own, as far as they are."""
    serial = sample.cast(pl.Float64, strict=False).is_between(36_000, 60_000).fill_null(value=False)
    dated = read_clock(sample, ISO)
    text = sample.filter(~serial & dated.is_null())
    form = max(forms, key=lambda one: _share(text, one)) if text.len() < sample.len() else ""
    read = read_clock(text, [form]).drop_nulls() if form else text.clear()
    n_serial, n_dated = int(serial.sum()), dated.len() - dated.null_count()
    are_mixed = (read.len() > 0 and n_serial + n_dated > 0) or (n_serial > 0 and n_dated > 0)
    if not are_mixed or (n_serial + n_dated + read.len()) / sample.len() < _ENOUGH:
        return _Told(None)
    if read.is_empty():
        return _Told(EXCEL, True, True, mixed=MixedDates((), 0, n_serial + n_dated, is_swapped=False))
    is_swapped = bool(
        (read.dt.day() > 12).all() and (dated.drop_nulls().dt.day() <= 12).all() and not n_serial
    )
    more = (EXCEL,) if n_serial else ()
    return _Told(form, True, True, mixed=MixedDates(more, read.len(), n_serial + n_dated, is_swapped))


def _reading(shares: Mapping[str, float]) -> list[str]:
    """Return the formats that read enough, the one that reads most first."""
    return sorted(
        (form for form, share in shares.items() if share >= _ENOUGH), key=lambda form: -shares[form]
    )


def _share(sample: pl.Series, form: str, before: str = "", after: str = "") -> float:
    if sample.len() > 100 and _share(sample.head(100), form, before, after) < _ENOUGH - 0.1:
        return 0.0
    text = pl.select(pl.concat_str([pl.lit(before), pl.lit(sample), pl.lit(after)])).to_series()
    try:
        return 1 - read_clock(text, [form]).null_count() / max(sample.len(), 1)
    except pl.exceptions.PolarsError:
        return 0.0


def _share_told(sample: pl.Series) -> float:
    """Return the share of values that say their offset from UTC, or can be read in one way only."""
    told = sample.str.contains(OFFSET) | read_clock(sample, ISO).is_not_null()
    return float(told.mean())  # type: ignore[arg-type]


def _either_way(given: pl.Series, readings: Sequence[str]) -> EitherWay | None:
    """Return how many values tell day from month, where the other order than the likeliest reads nearly all too."""
    if not readings or swapped(readings[0]) not in readings:
        return None
    form, other = readings[0], swapped(readings[0])
    text, form, other = (
        (given, form, other)
        if "%H" in form or "%I" in form
        else (given.str.strip_suffix(_MIDNIGHT) + " 00:00", f"{form} %H:%M", f"{other} %H:%M")
    )
    by_form, by_other = (read_clock(text, [one]).is_not_null() for one in (form, other))
    n_both = int((by_form & by_other).sum())
    only = {_first(form): int(by_form.sum()) - n_both, _first(other): int(by_other.sum()) - n_both}
    return EitherWay(_first(form), n_both, only["day"], only["month"])


def swapped(form: str) -> str:
    """Return a format with day and month the other way round.

    Examples
    --------
    >>> swapped("%d/%m/%Y %H:%M")
    '%m/%d/%Y %H:%M'
    """
    return re.sub(r"%[dm]", lambda found: {"%d": "%m", "%m": "%d"}[found[0]], form)


def _first(form: str) -> str:
    return "day" if form.index("%d") < form.index("%m") else "month"
