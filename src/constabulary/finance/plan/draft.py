"""Drafts a plan from a printed table: its lines by the structure of the table, its drivers from its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.model import FinanceRule
from constabulary.finance.expand import expand
from constabulary.finance.periods import start_of, years_between
from constabulary.finance.plan.calibration import Explanation, Series, explain_series
from constabulary.finance.printed import Key, Printed, slug

INFERRED = "Worked back from the printed columns by calibration; the document prints no drivers."
Row = dict[str, str]
Parts = Mapping[str, Sequence[tuple[int, str]]]


@dataclass(frozen=True)
class Draft:
    """A plan in rows as a force folder holds them.

    Parameters
    ----------
    plan, lines, drivers
        Rows of plan.csv, lines.csv and drivers.csv.
    left_out
        Names of printed lines that the structure ties to nothing.
    n_unexplained
        Steps whose cause is not published.
    """

    plan: tuple[Row, ...]
    lines: tuple[Row, ...]
    drivers: tuple[Row, ...]
    left_out: tuple[str, ...]
    n_unexplained: int


def draft(
    printed: Printed,
    rules: Sequence[FinanceRule],
    table: str,
    base: str,
    last: str,
    ratios: Mapping[str, int],
) -> Draft:
    """Return a plan drafted from a printed table.

    The structure says which lines are totals; the line that is one total less another is the gap, and these two are the
    financing and the requirement. What is left moves; a person then gives each line its kind.

    Parameters
    ----------
    printed, rules, ratios
        The printed tables, their declared structure, and the proportions of the council tax bands.
    table
        The table.
    base, last
        The budget year and the last forecast year, columns of the table.

    Raises
    ------
    BadInput
        If the table or a year is not there, or its structure names no gap.
    """
    years = years_between(base, last)
    _check(printed, table, years)
    paths = expand([rule for rule in rules if rule.table == table], printed, ratios).paths
    here = [path for path in paths if path.target.table == table and path.target.period == last]
    parts: dict[str, list[tuple[int, str]]] = {}
    changes: dict[str, tuple[str, str]] = {}
    for path in here:
        if path.rule == "sum_of_parts" and all(term.table == table for term in path.terms):
            named = [(sign, term.line) for sign, term in zip(path.factors, path.terms, strict=True)]
            parts.setdefault(path.target.line, named)
        elif path.rule in {"change", "growth"}:
            changes[path.target.line] = (path.rule, path.terms[0].line)
    gap = _gap(parts, table)
    (_, financing), (_, requirement) = parts[gap]
    kinds = dict.fromkeys(parts, "total") | {
        gap: "gap",
        financing: "financing",
        requirement: "requirement",
    }
    found = _Drafting(
        printed, table, years, parts, set(_leaves(parts, financing)), set(_leaves(parts, requirement))
    )
    for line in printed.lines(table):
        found.add(line, kinds.get(line), changes.get(line))
    plan = {
        "plan_id": table,
        "title": table,
        "base_period": base,
        "last_period": last,
        "is_as_printed": "yes",
    }
    assumed = {"status": "assumed", "note": f"Drafted from the printed table {table}"}
    return Draft(
        (plan | assumed,),
        tuple({**row, **assumed} for row in found.lines),
        tuple(found.drivers),
        tuple(found.left_out),
        sum(row["type"] == "not_published" for row in found.drivers),
    )


def driver_rows(
    line_id: str,
    title: str,
    found: Explanation,
    series: Series,
    years: Sequence[str],
    *,
    shared: Sequence[Decimal] | None = None,
    rate_type: str = "index",
) -> Iterator[Row]:
    """Yield the rows of drivers.csv that an explanation of a line comes to, shared rates left out.

    Parameters
    ----------
    line_id, title
        The line.
    found, series
        What returns it, and its printed figures.
    years
        The base year and those after it.
    shared
        The shared rates, where the explanation uses them.
    rate_type
        The type of a rate of its own.
    """
    is_free = [not (found.is_shared and shared and shared[k]) for k in range(len(years) - 1)]
    for value, name, kind, what in (
        (found.rate, "rate", rate_type, "yearly change, worked back"),
        (found.amount, "amount", "step", "yearly amount, worked back"),
    ):
        for k, year in enumerate(years[1:]):
            if value is not None and is_free[k]:
                yield driver_row(f"{line_id}.{name}", f"{title}: {what}", kind, year, value)
    for at, step in sorted(found.steps.items()):
        if series.values[at] == 0:
            note = "The print falls to nothing. "
            yield driver_row(f"{line_id}.end", f"{title} ends", "step", years[at], step, note)
        else:
            note = "What the drivers leave of the printed change. "
            yield driver_row(
                f"{line_id}.not_published", "Cause not published", "not_published", years[at], step, note
            )


def driver_row(name: str, title: str, kind: str, year: str, value: Decimal, note: str = "") -> Row:
    """Return one row of drivers.csv, inferred, from the first day of a year."""
    return {
        "driver_id": name,
        "title": title,
        "type": kind,
        "from_on": start_of(year).isoformat(),
        "value": f"{value.normalize():f}",
        "delivery": "",
        "source_id": "",
        "where": "",
        "status": "inferred",
        "note": note + INFERRED,
    }


class _Drafting:
    """The lines and drivers drafted so far."""

    def __init__(
        self,
        printed: Printed,
        table: str,
        years: tuple[str, ...],
        parts: Parts,
        financing: set[str],
        requirement: set[str],
    ) -> None:
        self.printed, self.table, self.years, self.parts = printed, table, years, parts
        self.financing, self.requirement = financing, requirement
        self.lines: list[Row] = []
        self.drivers: list[Row] = []
        self.left_out: list[str] = []
        names = {line: slug(printed.label(table, line)) for line in printed.lines(table)}
        self.band_d = next((line for line, name in names.items() if "band_d" in name), None)
        self.precept = next((line for line in financing if names[line].startswith("precept")), None)

    def add(self, line: str, made: str | None, change: tuple[str, str] | None) -> None:
        if made is not None:
            parts = " ".join(("-" if sign < 0 else "") + part for sign, part in self.parts[line])
            self._row(line, made, parts=parts)
        elif change is not None:
            self._row(line, change[0], parts=change[1])
        elif line == self.precept and self.band_d is not None:
            self._row(line, "precept", parts=f"{self.band_d} tax_base")
        elif line == self.band_d:
            self._moved(line, "band_d", self._series(line))
            if self.precept is not None:
                self._moved("tax_base", "tax_base", self._tax_base(), "Council tax base")
        elif line in self.financing | self.requirement:
            self._moved(line, self._kind(line), self._series(line))
        else:
            self.left_out.append(self._title(line))

    def _title(self, line: str) -> str:
        """Return a line's name without the printed number that stands behind it."""
        return self.printed.label(self.table, line).removesuffix(f" ({line})")

    def _kind(self, line: str) -> str:
        first = self._series(line).values[0]
        if line in self.financing:
            return "grant_received" if first > 0 else "collection_fund"
        return "income" if first < 0 else "running_cost"

    def _moved(self, line: str, kind: str, series: Series, title: str | None = None) -> None:
        named = title or self._title(line)
        may_grow, may_add = kind != "collection_fund", kind not in {"tax_base", "band_d"}
        found = explain_series(series, may_add=may_add, may_grow=may_grow)
        rows = list(driver_rows(line, named, found, series, self.years))
        self.drivers += rows
        base = "" if title or self._has(line, self.years[0]) else "0"
        self._row(
            line,
            kind,
            drivers=" ".join(dict.fromkeys(row["driver_id"] for row in rows)),
            title=title,
            base=base,
        )

    def _row(self, line: str, kind: str, *, title: str | None = None, **cells: str) -> None:
        row = {
            "line_id": line,
            "title": title or self._title(line),
            "kind": kind,
            "base": "",
            "printed_line": "" if title else f"{self.table}:{line}",
            "drivers": "",
            "parts": "",
        }
        self.lines.append(row | cells)

    def _has(self, line: str, year: str) -> bool:
        return Key(self.table, line, year, "gbp") in self.printed

    def _series(self, line: str) -> Series:
        cells = [
            self.printed[Key(self.table, line, year, "gbp")] if self._has(line, year) else None
            for year in self.years
        ]
        half = next((cell.step / 2 for cell in cells if cell), Decimal("0.5"))
        return Series(tuple(cell.value if cell else Decimal(0) for cell in cells), (half,) * len(cells))

    def _tax_base(self) -> Series:
        """Return the bases that printed precepts and band D leave, and how far they may be from them."""
        precept, band_d = self._series(self.precept or ""), self._series(self.band_d or "")
        pairs = list(zip(precept.values, band_d.values, strict=True))
        return Series(
            tuple((amount / one).quantize(Decimal("0.01")) for amount, one in pairs),
            tuple(
                (slack / one).quantize(Decimal("0.01"))
                for slack, (_, one) in zip(precept.slack, pairs, strict=True)
            ),
        )


def _check(printed: Printed, table: str, years: Sequence[str]) -> None:
    known = printed.periods(table)
    if not known:
        raise BadInput(
            Problem(
                "no_such_table", f'there is no printed table "{table}".', "finance/tables.csv", value=table
            )
        )
    missing = [year for year in years if year not in known]
    if missing:
        raise BadInput(
            Problem(
                "no_such_year",
                f'the table has no column "{missing[0]}".',
                expected=", ".join(known),
                value=missing[0],
            )
        )


def _gap(parts: Parts, table: str) -> str:
    """Return the line that is one total less another."""
    for line, found in parts.items():
        if [sign for sign, _ in found] == [1, -1] and all(part in parts for _, part in found):
            return line
    raise BadInput(
        Problem(
            "no_gap",
            f'the structure of "{table}" names no gap.',
            "finance/structure.toml",
            expected='a rule whose sum is one total less another: sum = ["financing", "-requirement"]',
        )
    )


def _leaves(parts: Parts, line: str) -> Iterator[str]:
    for _, part in parts[line]:
        if part in parts:
            yield from _leaves(parts, part)
        else:
            yield part
