"""Turns declared rules into paths: a rule for a line holds in every period the line is printed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.model import FinanceRule
from constabulary.core.force.structure import Reference, parse_reference
from constabulary.finance.paths import Path
from constabulary.finance.precept import share_of_band_d
from constabulary.finance.printed import Key, Printed

IN_A_YEAR = {"day": 365, "week": 52, "month": 12}
AMOUNTS = ("gbp", "fte", "count", "number")


@dataclass
class Expanded:
    """What the rules come to.

    Parameters
    ----------
    paths
        One for each figure that can be calculated.
    unprinted
        Paths whose target is not printed though its line is, in a period where the terms are.
    """

    paths: list[Path] = field(default_factory=list)
    unprinted: list[Path] = field(default_factory=list)


def expand(rules: Iterable[FinanceRule], printed: Printed, band_ratios: Mapping[str, int]) -> Expanded:
    """Return the paths that rules declare over printed tables.

    Parameters
    ----------
    rules
        The declared structure; `plausible_per` is no path and is passed over.
    printed
        The tables.
    band_ratios
        Council tax bands and the numbers they stand in proportion to, such as A: 6.

    Raises
    ------
    BadInput
        If a rule names a table or line that is not there.
    """
    problems: list[Problem] = []
    expanded = Expanded()
    for rule in rules:
        if rule.plausible_per is None:
            _Expansion(rule, printed, band_ratios, problems).into(expanded)
    if problems:
        raise BadInput(problems)
    return expanded


class _Expansion:
    """One rule at work."""

    def __init__(
        self, rule: FinanceRule, printed: Printed, ratios: Mapping[str, int], problems: list[Problem]
    ) -> None:
        self.rule, self.printed, self.ratios, self.problems = rule, printed, ratios, problems
        self.table = rule.table or next((cell.key.table for cell in printed), "")

    def into(self, expanded: Expanded) -> None:
        if self.rule.column is not None:
            self._columns(expanded)
            return
        for line in self._targets():
            for period in self.rule.periods or self.printed.periods(self.table):
                for unit in self._target_units(line, period):
                    self._one(Key(self.table, line, period, unit), expanded)

    def _targets(self) -> list[str]:
        if self.rule.bands_of is not None:
            return [line for line in self.printed.lines(self.table) if self._band(line) is not None]
        if self.rule.line == "*":
            return self.printed.lines(self.table)
        line = self._found(self.table, self.rule.line or "")
        return [line] if line else []

    def _one(self, target: Key, expanded: Expanded) -> None:
        path = self._path(target)
        is_itself = path is not None and (target in path.terms or len(set(path.terms)) < len(path.terms))
        if path is None or not path.terms or is_itself:
            return
        if target in self.printed:
            expanded.paths.append(path)
        else:
            expanded.unprinted.append(path)

    def _target_units(self, line: str, period: str) -> list[str]:
        if self.rule.unit or self.rule.share_of:
            return [self.rule.unit or "share"]
        units = self.printed.units(self.table, line)
        return [u for u in units if Key(self.table, line, period, u) in self.printed] or units[:1]

    def _path(self, target: Key) -> Path | None:
        rule = self.rule
        per = Decimal(1) / IN_A_YEAR[rule.per] if rule.per else Decimal(1)
        note = rule.note or ""
        if rule.sum is not None or rule.of_which is not None:
            is_every = rule.sum == ("*",)
            name = "every_row" if is_every else "sum_of_parts" if rule.sum else "of_which"
            references = [(r, r.sign) for r in self._references(rule.sum or rule.of_which or (), target)]
            return self._added(name, target, references, per, note)
        if rule.same_as is not None:
            reference = parse_reference(rule.same_as)
            return self._added("same_figure", target, [(reference, reference.sign)], per, note)
        if rule.change_of is not None or rule.growth_of is not None:
            return self._moved(target, per, note)
        if rule.cumulative_of is not None:
            periods = self.printed.periods(self.table)
            so_far = periods[: periods.index(target.period) + 1] if target.period in periods else []
            line = parse_reference(rule.cumulative_of)
            return self._added(
                "cumulative", target, [(line._replace(period=p), 1) for p in so_far], per, note
            )
        return self._ratio(target, per, note)

    def _ratio(self, target: Key, per: Decimal, note: str) -> Path | None:
        rule = self.rule
        if rule.share_of is not None:
            part = parse_reference(rule.part or self._amount_of(target))
            return self._multiplied(
                "share", target, [part], [parse_reference(rule.share_of)], Decimal(1), note
            )
        band = self._band(target.line)
        if rule.bands_of is not None and band is not None:
            share = share_of_band_d(band, self.ratios)
            times = Decimal(share.numerator) / share.denominator
            return self._multiplied("band", target, [parse_reference(rule.bands_of)], [], times, note)
        over = [parse_reference(text) for text in rule.over or ()]
        terms = [parse_reference(text) for text in rule.product or ()]
        return self._multiplied("product", target, terms, over, per, note)

    def _moved(self, target: Key, per: Decimal, note: str) -> Path | None:
        reference = parse_reference(self.rule.change_of or self.rule.growth_of or "")
        table = reference.table or self.table
        periods = self.printed.periods(table)
        now = reference.period or target.period
        if now not in periods or periods.index(now) == 0:
            return None
        before = reference._replace(period=periods[periods.index(now) - 1])
        here = reference._replace(period=now)
        if self.rule.change_of is not None:
            if any(
                (key := self._key(one, target)) is None or key not in self.printed for one in (before, here)
            ):
                return None
            return self._added("change", target, [(here, 1), (before, -1)], per, note)
        return self._multiplied("growth", target, [here], [before], Decimal(1), note, less=Decimal(1))

    def _added(
        self, name: str, target: Key, references: list[tuple[Reference, int]], times: Decimal, note: str
    ) -> Path | None:
        terms, signs = [], []
        for reference, sign in references:
            key = self._key(reference, target)
            if key is not None and key in self.printed:
                terms.append(key)
                signs.append(sign)
        return Path(name, target, tuple(terms), tuple(signs), times=times, note=note)

    def _multiplied(
        self,
        name: str,
        target: Key,
        terms: list[Reference],
        over: list[Reference],
        times: Decimal,
        note: str,
        less: Decimal = Decimal(0),
    ) -> Path | None:
        keys = [self._key(reference, target) for reference in (*terms, *over)]
        found = [key for key in keys if key is not None and key in self.printed]
        if len(found) != len(keys):
            return None
        factors = (1,) * len(terms) + (-1,) * len(over)
        return Path(name, target, tuple(found), factors, is_product=True, times=times, less=less, note=note)

    def _references(self, texts: Iterable[str], target: Key) -> list[Reference]:
        found = []
        for text in texts:
            reference = parse_reference(text)
            table = reference.table or self.table
            lines = self.printed.lines(table)
            if reference.line == "*":
                wanted = [line for line in lines if (table, line) != (target.table, target.line)]
                end = lines.index(target.line) if table == self.table and target.line in lines else len(lines)
                found += [reference._replace(line=line) for line in wanted if lines.index(line) < end]
            elif ".." in reference.line:
                first, _, last = reference.line.partition("..")
                begin, end_line = self._found(table, first), self._found(table, last)
                if begin and end_line:
                    run = lines[lines.index(begin) : lines.index(end_line) + 1]
                    found += [reference._replace(line=line) for line in run]
            else:
                found.append(reference)
        return found

    def _key(self, reference: Reference, target: Key) -> Key | None:
        table = reference.table or self.table
        line = self._found(table, reference.line)
        if line is None:
            return None
        units = self.printed.units(table, line)
        is_ratio = self.rule.growth_of is not None or self.rule.share_of is not None
        alike = (
            [unit for unit in units if unit in AMOUNTS]
            if is_ratio
            else [u for u in units if u == target.unit]
        )
        period = reference.period or target.period
        if reference.period is None and table != self.table and period not in self.printed.periods(table):
            period = self.printed.periods(table)[0]
        return Key(table, line, period, reference.unit or (alike or units)[0])

    def _amount_of(self, target: Key) -> str:
        units = [unit for unit in self.printed.units(target.table, target.line) if unit in AMOUNTS]
        return f"{target.line}#{units[0]}" if units else target.line

    def _found(self, table: str, name: str) -> str | None:
        line = self.printed.find(table, name)
        if line is None:
            told = Problem(
                "dangling_reference",
                f'there is no line "{name}" in "{table}".' if table else "there is no table.",
                self.rule.file,
                self.rule.row,
                expected=", ".join(self.printed.lines(table)[:12]) + ".",
                remedy="Mend the name in the structure.",
            )
            if told not in self.problems:
                self.problems.append(told)
        return line

    def _band(self, line: str) -> str | None:
        band = line.rpartition("_")[2].upper() if line.lower().startswith("band_") else None
        return band if band in self.ratios else None

    def _columns(self, expanded: Expanded) -> None:
        """Add the paths of a rule for a column: the terms are other columns of the same line."""
        rule, column = self.rule, self.rule.column or ""
        if column not in self.printed.periods(self.table):
            self.problems.append(
                Problem(
                    "dangling_reference",
                    f'there is no column "{column}".',
                    rule.file,
                    rule.row,
                    expected=", ".join(self.printed.periods(self.table)) + ".",
                )
            )
            return
        for line in self.printed.lines(self.table):
            units = [
                u
                for u in self.printed.units(self.table, line)
                if Key(self.table, line, column, u) in self.printed
            ]
            for unit in units:
                path = self._across(Key(self.table, line, column, unit))
                if path is not None and path.terms and len(set(path.terms)) == len(path.terms):
                    expanded.paths.append(path)

    def _across(self, target: Key) -> Path | None:
        rule = self.rule
        note = rule.note or ""
        here = Reference(1, None, target.line, None, None)

        def at(text: str) -> Reference:
            return here._replace(period=text.removeprefix("-").strip())

        if rule.sum is not None:
            names: Iterable[str] = rule.sum
            if rule.sum == ("*",):
                periods = self.printed.periods(self.table)
                names = periods[: periods.index(target.period)]
            return self._added(
                "sum_of_parts",
                target,
                [(at(n), -1 if n.startswith("-") else 1) for n in names],
                Decimal(1),
                note,
            )
        if rule.growth_of is not None or rule.change_of is not None:
            before, _, now = (rule.growth_of or rule.change_of or "").partition("..")
            if rule.change_of is not None:
                return self._added("change", target, [(at(now), 1), (at(before), -1)], Decimal(1), note)
            return self._multiplied(
                "growth", target, [at(now)], [at(before)], Decimal(1), note, less=Decimal(1)
            )
        if rule.share_of is not None and rule.part is not None:
            whole = parse_reference(rule.share_of)._replace(period=rule.part)
            return self._multiplied("share", target, [at(rule.part)], [whole], Decimal(1), note)
        return None
