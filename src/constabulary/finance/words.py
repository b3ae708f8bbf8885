"""Says in plain sentences how a figure was calculated, how far the printed one is from it, and where the fault is."""

from __future__ import annotations

from decimal import Decimal

from constabulary.core.amounts import money
from constabulary.finance.blame import Blame
from constabulary.finance.classes import as_printed
from constabulary.finance.paths import Path
from constabulary.finance.printed import Key, Printed


def amount(value: Decimal, unit: str) -> str:
    """Return a figure as people write it.

    Parameters
    ----------
    value, unit
        The figure and its unit (gbp, fte, count, share, change or number).
    """
    if unit in {"share", "change"}:
        return f"{_plain(value * 100)}%"
    if unit == "gbp":
        return money(
            value, next(places for places in (0, 2, 4) if places == 4 or round(value, places) == value)
        )
    return _plain(value)


def describe(path: Path, printed: Printed) -> str:
    """Return how a path calculates its target, as the subject of a sentence.

    Parameters
    ----------
    path
        The path.
    printed
        The cells, for their names.
    """
    names = [_name(term, path.target, printed) for term in path.terms]
    n, first, last = len(names), names[0], names[-1]
    text = {
        "every_row": f"all {n} rows above it",
        "cumulative": f"{printed.label(path.terms[0].table, path.terms[0].line)}, added up over {n} periods,",
        "growth": f"the growth of {first} on {path.terms[-1].period}",
        "share": f"{first} as a share of {last}",
        "band": f"{first} by the statutory ratio of the bands",
        "same_figure": f"{'minus ' if path.factors == (-1,) else ''}{first}",
    }.get(path.rule)
    if text is None and n > 4 and set(path.factors) == {1} and not path.is_product:
        text = f"its {n} parts, {first} to {last},"
    return text or _spelt_out(path, names)


def _spelt_out(path: Path, names: list[str]) -> str:
    if path.is_product:
        text = " times ".join(n for n, f in zip(names, path.factors, strict=True) if f > 0)
        over = [n for n, f in zip(names, path.factors, strict=True) if f < 0]
        text += f", divided by {' and by '.join(over)}" if over else ""
    else:
        text = names[0] if path.factors[0] > 0 else f"minus {names[0]}"
        for name, factor in zip(names[1:], path.factors[1:], strict=True):
            text += f" {'plus' if factor > 0 else 'less'} {name}"
    if path.times != 1:
        text += f", for a {_PER.get(round(1 / path.times), 'part')},"
    return text


_PER = {365: "day (365 to the year)", 52: "week (52 to the year)", 12: "month"}


def compare(path: Path, calculated: Decimal, printed: Printed) -> str:
    """Return the sentence that sets the calculated figure against the printed one.

    Parameters
    ----------
    path
        How it was calculated.
    calculated
        The figure, unrounded.
    printed
        The cells.
    """
    cell, unit = printed[path.target], path.target.unit
    shown = calculated if path.rule == "of_which" else as_printed(calculated, cell.step)
    made = amount(shown, unit)
    if round(shown - calculated, 12):
        made += f" ({amount(round(calculated, 4 if unit == 'gbp' else 6), unit)} before rounding)"
    where = f"{cell.label}, {path.target.period}"
    verb = (
        "make" if path.rule in {"every_row", "sum_of_parts", "of_which"} and len(path.terms) > 1 else "makes"
    )
    if shown == cell.value:
        return f"{where}: {describe(path, printed)} {verb} {made}, as printed."
    gap = cell.value - shown
    side = "more" if gap > 0 else "less"
    return (
        f"{where}: {describe(path, printed)} {verb} {made}; printed is {amount(cell.value, unit)}, "
        f"{amount(abs(gap), unit)} {side}."
    )


def fault(path: Path, blame: Blame, printed: Printed) -> str:
    """Return where the fault may lie, in a sentence or two.

    Parameters
    ----------
    path
        The failing path.
    blame
        What the other paths say.
    printed
        The cells.
    """
    unit = path.target.unit
    if len(blame.suspects) == 1 and blame.right is not None:
        (key,) = blame.suspects
        cell = printed[key]
        right = as_printed(blame.right, cell.step)
        names = list(
            dict.fromkeys(_name(other.target, key, printed) for other in blame.mended if other.target != key)
        )
        others = f", and {' and '.join(names[:3])} would agree too" if names else ""
        witness = ""
        if key != path.target and blame.held:
            witness = f"; {_name(path.target, key, printed)} agrees with {_held(path, blame, printed)}"
        place = "The printed figure" if key == path.target else f"{cell.label}, {key.period},"
        return (
            f"{place} is the likely fault: {amount(right, key.unit)} in place of {amount(cell.value, key.unit)} "
            f"would agree{others}{witness}. {slip(cell.value, right, cell.step)}".strip()
        )
    if path.target not in blame.suspects and blame.held:
        gap = abs(path.residual(printed.values()) or Decimal(0))
        return (
            f"The printed figure agrees with {_held(path, blame, printed)}, so one of the figures it is made from is "
            f"misprinted, or one of {amount(as_printed(gap, printed[path.target].step), unit)} is not printed."
        )
    calculated = path.calculate(printed.values())
    cell = printed[path.target]
    hint = slip(cell.value, as_printed(calculated, cell.step), cell.step) if calculated is not None else ""
    return f"{hint} Nothing else that is printed settles which side is at fault.".strip()


def slip(wrong: Decimal, right: Decimal, step: Decimal) -> str:
    """Return what kind of slip turns one figure into another, or nothing.

    Parameters
    ----------
    wrong, right
        The printed figure, and what would agree.
    step
        One of the last printed digit.
    """
    if not step or not wrong or not right or wrong == right:
        return ""
    factor = unit_slip(wrong, right)
    before, after = str(int(abs(wrong) / step)), str(int(abs(right) / step))
    places = [no for no, (a, b) in enumerate(zip(before, after, strict=False)) if a != b]
    is_as_long = len(before) == len(after)
    told = ""
    if wrong == -right:
        told = "The sign is the other way round."
    elif factor:
        way = "too large" if abs(wrong) > abs(right) else "too small"
        told = f"It is exactly {factor:,} times {way}: a matter of the unit it is printed in."
    elif is_as_long and len(places) == 1:
        told = "One digit differs."
    elif is_as_long and len(places) == 2 and places[1] == places[0] + 1 and sorted(before) == sorted(after):
        told = "Two digits have changed places."
    return told


def unit_slip(wrong: Decimal, right: Decimal) -> int | None:
    """Return by which power of ten, if any, one figure is exactly too large or too small."""
    return next((f for f in (1_000_000, 1_000, 100, 10) if wrong in (right * f, right / f)), None)


def _held(path: Path, blame: Blame, printed: Printed) -> str:
    told = []
    for other in blame.held:
        if other.target == path.target:
            told.append(describe(other, printed).rstrip(","))
        else:
            cell = printed[other.target]
            told.append(f"{_name(other.target, path.target, printed)} ({amount(cell.value, cell.key.unit)})")
    return " and with ".join(dict.fromkeys(told[:2]))


def _name(key: Key, target: Key, printed: Printed) -> str:
    label = f"“{printed.label(key.table, key.line)}”"
    elsewhere = " elsewhere" if key.table != target.table else ""
    return f"{label}{elsewhere} in {key.period}" if key.period != target.period else f"{label}{elsewhere}"


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
