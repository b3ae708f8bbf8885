"""Recalculates printed tables by every declared path and explains each difference; nothing printed is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from constabulary.core.force.model import FinanceRule, PrintedTable
from constabulary.finance.blame import Court
from constabulary.finance.classes import as_printed, class_of, double_counted
from constabulary.finance.expand import expand
from constabulary.finance.implausible import negative_counts, odd_prices
from constabulary.finance.paths import Path
from constabulary.finance.printed import Key, Printed
from constabulary.finance.result import Check, Reconciliation
from constabulary.finance.words import amount, compare, describe, fault, slip, unit_slip

WITNESSES = {"sum_of_parts", "change", "growth", "cumulative", "share", "product", "same_figure", "band"}
"""Paths that may speak for or against a figure; sums of every row and lists of some parts do not."""


def reconcile(
    printed: Printed,
    rules: Iterable[FinanceRule],
    band_ratios: Mapping[str, int],
    inventory: Sequence[PrintedTable] = (),
) -> Reconciliation:
    """Recalculate every figure that the rules allow, by each path, and class the differences.

    Parameters
    ----------
    printed
        The printed tables.
    rules
        Their declared structure.
    band_ratios
        Council tax bands and the numbers they stand in proportion to (Local Government Finance Act 1992 s.5(1)).
    inventory
        The tables there should be; those a document names and does not hold are told as missing.

    Returns
    -------
    Reconciliation
        The checks, in the order of the tables and rules.

    Raises
    ------
    BadInput
        If a rule names a line that is not there.
    """
    rules = tuple(rules)
    expanded = expand(rules, printed, band_ratios)
    values = printed.values()
    sums = [path for path in expanded.paths if path.rule == "sum_of_parts"]
    doubled = {
        id(path): within
        for path in expanded.paths
        if not path.is_product and _fails(path, printed, values)
        if (within := double_counted(path, sums, printed, values))
    }
    court = Court([p for p in expanded.paths if p.rule in WITNESSES and id(p) not in doubled], printed)
    checks = [
        _double(path, doubled[id(path)], printed) if id(path) in doubled else _check(path, court)
        for path in expanded.paths
        if path.calculate(values) is not None
    ]
    checks += filter(None, (_unprinted(path, printed) for path in expanded.unprinted))
    checks += odd_prices(rules, printed)
    checks += negative_counts(printed)
    checks += [_absent(table) for table in inventory if table.presence == "named_only"]
    order = {table: no for no, table in enumerate(dict.fromkeys(cell.key.table for cell in printed))}
    return Reconciliation(tuple(sorted(checks, key=lambda check: order.get(check.table, len(order)))))


def _fails(path: Path, printed: Printed, values: Mapping[Key, Decimal]) -> bool:
    return class_of(path, printed, values) not in {"exact", "rounding"}


def _check(path: Path, court: Court) -> Check:
    printed, values = court.printed, court.values
    calculated = path.calculate(values) or Decimal(0)
    kind = class_of(path, printed, values)
    told = [compare(path, calculated, printed)]
    suspects: tuple[Key, ...] = ()
    if kind == "rounding":
        told.append("Rounding of the printed figures can make that much.")
    elif kind == "missing":
        gap = amount(abs(printed[path.target].value - calculated), path.target.unit)
        told.append(f"{gap} of it is not printed anywhere by parts.")
    elif kind != "exact" and unit_slip(printed[path.target].value, calculated):
        told.append(slip(printed[path.target].value, calculated, printed[path.target].step))
    elif kind != "exact":
        blame = court.blame(path)
        suspects = blame.suspects if len(blame.suspects) == 1 else ()
        told.append(fault(path, blame, printed))
    told.append(path.note)
    return _told(path, printed, calculated, kind, told, suspects)


def _double(path: Path, within: Path, printed: Printed) -> Check:
    calculated = path.calculate(printed.values()) or Decimal(0)
    row = printed[within.target]
    told = [
        compare(path, calculated, printed),
        f"“{row.label}” ({amount(row.value, row.key.unit)}) is itself {describe(within, printed).rstrip(',')}: adding "
        "it and its parts counts them twice. The printed figure is not at fault.",
        path.note,
    ]
    return _told(path, printed, calculated, "double_count", told, ())


def _told(
    path: Path, printed: Printed, calculated: Decimal, kind: str, told: list[str], suspects: tuple[Key, ...]
) -> Check:
    cell = printed[path.target]
    return Check(
        key=path.target,
        label=cell.label,
        rule=path.rule,
        printed=cell.value,
        printed_text=cell.printed,
        calculated=calculated if path.rule == "of_which" else as_printed(calculated, cell.step),
        kind=kind,
        explanation=" ".join(filter(None, told)),
        source=cell.source,
        at_fault=suspects,
    )


def _unprinted(path: Path, printed: Printed) -> Check | None:
    calculated = path.calculate(printed.values())
    steps = [printed[term].step for term in path.terms if term.unit == path.target.unit]
    is_told = path.rule not in {"every_row", "of_which", "same_figure"}
    if not calculated or not is_told or abs(calculated) <= max(steps, default=Decimal(0)):
        return None
    like = next((cell for cell in printed if cell.key[:2] == path.target[:2]), None)
    calculated = as_printed(calculated, like.step if like else Decimal(0))
    label = printed.label(path.target.table, path.target.line)
    told = (
        f"{label}, {path.target.period}: nothing is printed; {describe(path, printed)} makes "
        f"{amount(calculated, path.target.unit)}."
    )
    return Check(
        path.target, label, path.rule, None, "", calculated, "missing", told, like.source if like else "", ()
    )


def _absent(table: PrintedTable) -> Check:
    told = f"{table.title}: the document names this table ({table.where}) and does not hold it. {table.note or ''}"
    key = Key(table.id, "", "", "")
    return Check(
        key, table.title, "table_present", None, "", None, "missing", told.strip(), f"{table.where}", ()
    )
