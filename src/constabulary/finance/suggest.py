"""Suggests the structure of a table: rows that are sums of rows, columns that are growth, shares or sums."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from constabulary.core.force.model import FinanceRule
from constabulary.finance.expand import AMOUNTS
from constabulary.finance.printed import Key, Printed

HINT = re.compile(
    r"\b(total|totals|totalling|totaling|sub-?total|gross|net|sum|overall|all)\b", re.IGNORECASE
)
"""Words by which a row says that it is made of others."""
ENOUGH = 0.6
"""Share of the columns (or lines) in which a path must hold to be suggested without such a word."""


@dataclass(frozen=True)
class Suggestion:
    """Rules that a table seems to follow, as declared ones, with why each was suggested."""

    rules: tuple[FinanceRule, ...]
    reasons: tuple[str, ...]

    def as_toml(self) -> str:
        """Return the rules as a structure file."""
        parts = []
        for rule, reason in zip(self.rules, self.reasons, strict=True):
            keys = ("line", "column", "periods", "sum", "growth_of", "change_of", "share_of", "part")
            lines = [f"{key} = {_toml(value)}" for key in keys if (value := getattr(rule, key)) is not None]
            parts.append("\n".join([f"# {reason}", "[[rule]]", *lines]))
        return "\n\n".join(parts) + "\n" if parts else "# No structure was found.\n"


def suggest(printed: Printed, table: str) -> Suggestion:
    """Return the structure a table seems to have.

    Parameters
    ----------
    printed, table
        The cells, and the table to look at.
    """
    found = _Search(printed, table)
    found.rows()
    found.columns()
    return Suggestion(tuple(found.rules), tuple(found.reasons))


class _Search:
    def __init__(self, printed: Printed, table: str) -> None:
        self.printed, self.table = printed, table
        self.lines, self.periods = printed.lines(table), printed.periods(table)
        self.rules: list[FinanceRule] = []
        self.reasons: list[str] = []
        self.parts: dict[str, list[str]] = {}
        self.units = {
            (cell.key.line, cell.key.period): cell.key.unit for cell in printed if cell.key.table == table
        }

    def rows(self) -> None:
        """Find rows that are sums, differences, changes or growth of rows above them."""
        leaders = self._leaders()
        children = {line for run in leaders.values() for line in run}
        is_open: list[str] = []
        since = 0
        for line in self.lines:
            if line in children:
                continue
            if line in leaders:
                is_open.append(line)
                continue
            start = self._sum_start(line, is_open, since)
            if start is not None:
                self._sum(line, is_open[start:], leaders)
                is_open = [*is_open[:start], line]
                since = len(is_open)
            elif not self._derived(line):
                is_open.append(line)

    def columns(self) -> None:
        """Find columns that are sums, growth or shares of columns before them."""
        total = next((line for line in reversed(self.lines) if line in self.parts), None)
        for no, column in enumerate(self.periods):
            before = self.periods[:no]
            units = {self.units.get((line, column)) for line in self.lines} - {None}
            if units <= set(AMOUNTS):
                alike = [
                    p for p in before if {self.units.get((line, p)) for line in self.lines} - {None} == units
                ]
                start = next((k for k in range(len(alike) - 1) if self._across(column, alike[k:])), None)
                if start is not None:
                    self._add(
                        f"{column} is the sum of {len(alike) - start} columns before it",
                        column=column,
                        sum=tuple(alike[start:]),
                    )
            elif not self._growth_column(column, before) and total:
                self._share_column(column, before, total)

    def _leaders(self) -> dict[str, list[str]]:
        """Return the rows that are the sum of the rows just below them, printed among their own parts."""
        leaders: dict[str, list[str]] = {}
        fewest = 2 if len(self.periods) > 1 else 3
        skip = 0
        for no, line in enumerate(self.lines):
            if no < skip or HINT.search(self.printed.label(self.table, line)):
                continue
            for end in range(no + 1 + fewest, len(self.lines)):
                run = self.lines[no + 1 : end]
                if self._is_exact_sum(line, run):
                    leaders[line], self.parts[line] = run, run
                    self._add(
                        f"{self.printed.label(self.table, line)} is the sum of the {len(run)} rows below it: "
                        "a subtotal among its parts",
                        line=line,
                        sum=(f"{run[0]}..{run[-1]}",),
                    )
                    skip = end
                    break
        return leaders

    def _sum_start(self, line: str, is_open: Sequence[str], since: int) -> int | None:
        starts = range(len(is_open) - 1)
        has_hint = bool(HINT.search(self.printed.label(self.table, line)))
        shares = [self._share_held(line, is_open[k:]) for k in starts]
        best = max(shares, default=0)
        wanted = 0.01 if has_hint else ENOUGH if len(self.periods) > 1 else 2.0
        if best >= wanted:
            return shares.index(best)
        if has_hint and len(is_open) >= 2 and not self._derived(line, is_trial=True):
            return since if since <= len(is_open) - 2 else None
        return None

    def _sum(self, line: str, terms: list[str], leaders: dict[str, list[str]]) -> None:
        self.parts[line] = terms
        label = self.printed.label(self.table, line)
        periods = [
            p for p in self.periods if self.units.get((line, p)) in AMOUNTS or self._held_in(line, terms, p)
        ]
        kept = None if len(periods) == len(self.periods) else tuple(periods)
        self._add(
            f"{label} is the sum of {len(terms)} rows above it", line=line, periods=kept, sum=tuple(terms)
        )
        leaves = [leaf for term in terms for leaf in self._leaves(term)]
        if leaves != terms:
            self._add(f"{label} by its {len(leaves)} single rows", line=line, periods=kept, sum=tuple(leaves))
        if set(terms) & set(leaders):
            self._add(f"{label} by every row above it, to show what is counted twice", line=line, sum=("*",))

    def _leaves(self, line: str) -> list[str]:
        return (
            [leaf for part in self.parts[line] for leaf in self._leaves(part)]
            if line in self.parts
            else [line]
        )

    def _derived(self, line: str, *, is_trial: bool = False) -> bool:
        """Whether a row is the difference of two sums, or the change or growth of a row above it."""
        label = self.printed.label(self.table, line)
        above = self.lines[: self.lines.index(line)]
        pair = self._pair(line, [one for one in above if one in self.parts])
        if pair:
            if not is_trial:
                self._add(f"{label} is {pair[0]} less {pair[1]}", line=line, sum=(pair[0], f"-{pair[1]}"))
            return True
        is_growth = any(self.units.get((line, period)) == "share" for period in self.periods)
        for other in reversed(above):
            for key, made in (("change_of", self._change), ("growth_of", self._growth)):
                if (key == "growth_of") != is_growth:
                    continue
                if self._count(line, lambda p, o=other, f=made: f(o, p)) >= 2:  # type: ignore[misc]
                    if not is_trial:
                        self._add(
                            f"{label} is the {key[:6]} of {other} on the column before",
                            line=line,
                            **{key: other},
                        )
                    return True
        return False

    def _pair(self, line: str, sums: Sequence[str]) -> tuple[str, str] | None:
        """Return the two sums whose difference gives the row in most columns, the latest where several do."""
        best, found = 2, None
        for left in sums:
            for right in sums:
                n = 0
                if left != right:
                    n = self._count(line, lambda p, a=left, b=right: self._less(a, b, p))  # type: ignore[misc]
                if n >= best:
                    best, found = n, (left, right)
        return found

    def _count(self, line: str, calculate: Callable[[str], Decimal | None]) -> int:
        """Return in how many columns a calculation gives the row; none if it fails in more than a third of them."""
        held = failed = 0
        for period in self.periods:
            value, calculated = self._value(line, period), calculate(period)
            if value is None or calculated is None:
                continue
            if not value and abs(calculated) <= Decimal("1.5") * self._step(line, period):
                continue
            is_held = abs(value - calculated) <= Decimal("1.5") * self._step(line, period)
            held, failed = held + is_held, failed + (not is_held)
        return held if failed <= held / 2 else 0

    def _less(self, left: str, right: str, period: str) -> Decimal | None:
        a, b = self._value(left, period), self._value(right, period)
        return None if a is None or b is None else a - b

    def _change(self, line: str, period: str) -> Decimal | None:
        no = self.periods.index(period)
        return self._less_of(line, period, self.periods[no - 1]) if no else None

    def _less_of(self, line: str, now: str, before: str) -> Decimal | None:
        a, b = self._value(line, now), self._value(line, before)
        return None if a is None or b is None else a - b

    def _growth(self, line: str, period: str) -> Decimal | None:
        no = self.periods.index(period)
        if not no or self.units.get((line, period)) not in AMOUNTS:
            return None
        a, b = self._value(line, period), self._value(line, self.periods[no - 1])
        return a / b - 1 if a is not None and b else None

    def _growth_column(self, column: str, before: Sequence[str]) -> bool:
        amounts = [p for p in before if self.units.get((self.lines[0], p), "number") in AMOUNTS]
        for no, first in enumerate(amounts):
            for last in amounts[no + 1 :]:

                def growth(line: str, a: str = first, b: str = last) -> Decimal | None:
                    old, new = self._value(line, a), self._value(line, b)
                    return new / old - 1 if new is not None and old else None

                if self._column_holds(column, growth):
                    self._add(
                        f"{column} is the growth from {first} to {last}",
                        column=column,
                        growth_of=f"{first}..{last}",
                    )
                    return True
        return False

    def _share_column(self, column: str, before: Sequence[str], total: str) -> None:
        for part in reversed(before):

            def share(line: str, p: str = part) -> Decimal | None:
                value, whole = self._value(line, p), self._value(total, p)
                return value / whole if value is not None and whole else None

            if self._column_holds(column, share):
                self._add(
                    f"{column} is the share of {part} in {total}", column=column, share_of=total, part=part
                )
                return

    def _column_holds(self, column: str, calculate: Callable[[str], Decimal | None]) -> bool:
        held = n = 0
        for line in self.lines:
            value, calculated = self._value(line, column), calculate(line)
            if value is None or calculated is None:
                continue
            n += 1
            held += abs(value - calculated) <= Decimal("0.51") * self._step(line, column)
        return n >= 2 and held >= ENOUGH * n

    def _across(self, column: str, others: Sequence[str]) -> bool:
        held = n = 0
        for line in self.lines:
            value = self._value(line, column)
            terms = [v for p in others if (v := self._value(line, p)) is not None]
            if value is None or len(terms) < 2:
                continue
            n += 1
            held += abs(value - sum(terms)) <= self._step(line, column) * (len(terms) + 1) / 2
        return n >= 3 and held >= ENOUGH * n

    def _is_exact_sum(self, line: str, terms: Sequence[str]) -> bool:
        """Whether a row is the sum of others to the last digit in every column, and not nothing."""
        sums = [
            (self._value(line, p), sum((self._value(term, p) or Decimal(0) for term in terms), Decimal(0)))
            for p in self.periods
            if self.units.get((line, p)) in AMOUNTS
        ]
        return any(value for value, _ in sums) and all(value == made for value, made in sums)

    def _share_held(self, line: str, terms: Sequence[str]) -> float:
        amounts = [p for p in self.periods if self.units.get((line, p)) in AMOUNTS]
        tried = [p for p in amounts if any(self._value(term, p) is not None for term in terms)]
        return sum(self._held_in(line, terms, p) for p in tried) / len(tried) if tried else 0

    def _held_in(self, line: str, terms: Sequence[str], period: str) -> bool:
        value = self._value(line, period)
        found = [v for term in terms if (v := self._value(term, period)) is not None]
        if (
            value is None
            or not found
            or {self.units.get((t, period)) for t in terms} - {None} != {self.units[line, period]}
        ):
            return False
        return abs(value - sum(found)) <= self._step(line, period) * (len(found) + 1) / 2

    def _value(self, line: str, period: str) -> Decimal | None:
        key = self._key(line, period)
        return self.printed[key].value if key in self.printed else None

    def _step(self, line: str, period: str) -> Decimal:
        return self.printed[self._key(line, period)].step

    def _key(self, line: str, period: str) -> Key:
        return Key(self.table, line, period, self.units.get((line, period), ""))

    def _add(self, reason: str, **keys: object) -> None:
        self.rules.append(FinanceRule(file="suggested", row=len(self.rules) + 1, **keys))  # type: ignore[arg-type]
        self.reasons.append(reason)


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
