"""The classes of difference between what is printed and what is calculated, and how one is told from another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from constabulary.finance.paths import Path
from constabulary.finance.printed import Key, Printed

CLASSES = {
    "exact": "the same to the last digit printed",
    "rounding": "no further apart than rounding can carry them: half a unit for each part and half for the total",
    "exceeds_rounding": "further apart than rounding can carry them",
    "missing": "a figure, a part or a whole table that should be printed is not",
    "double_count": "a row that is the sum of other rows is added to them",
    "implausible": "a figure that cannot be right though it adds up, such as a negative count",
    "contradicts_another_source": "the same quantity is printed differently elsewhere",
}
"""Every class, in the order of the counts."""


def as_printed(value: Decimal, step: Decimal) -> Decimal:
    """Return a figure rounded half up to the digits of a printed one.

    Parameters
    ----------
    value
        The figure.
    step
        One of the last printed digit; 0 leaves the figure as it is.
    """
    return value if not step else (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def class_of(path: Path, printed: Printed, values: Mapping[Key, Decimal]) -> str:
    """Return the class of the difference on one path (double counts apart, see `double_counted`).

    Parameters
    ----------
    path
        How the figure follows from others.
    printed, values
        The cells, and the figures by key.
    """
    calculated = path.calculate(values)
    if calculated is None:
        return "exact"
    cell = printed[path.target]
    difference = cell.value - calculated
    if as_printed(calculated, cell.step) == cell.value:
        return "exact"
    if abs(difference) <= path.tolerance(printed, values):
        return "rounding"
    if path.rule == "of_which":
        return "missing" if abs(cell.value) > abs(calculated) else "exceeds_rounding"
    if path.rule == "same_figure" or any(term.table != path.target.table for term in path.terms):
        return "contradicts_another_source"
    return "exceeds_rounding"


def double_counted(
    path: Path, sums: Sequence[Path], printed: Printed, values: Mapping[Key, Decimal]
) -> Path | None:
    """Return the sum of a row that a failing sum adds together with its own parts; None if that is not the cause.

    Parameters
    ----------
    path
        A sum that does not come to what is printed.
    sums
        The other declared sums of the table.
    printed, values
        The cells, and the figures by key.
    """
    residual = path.residual(values)
    if residual is None or path.is_product:
        return None
    terms = dict(zip(path.terms, path.factors, strict=True))
    for other in sums:
        if other is path or other.target not in terms or not set(other.terms) < set(terms):
            continue
        within = other.residual(values)
        if within is None or abs(within) > other.tolerance(printed, values):
            continue
        if abs(residual + terms[other.target] * values[other.target]) <= path.tolerance(printed, values):
            return other
    return None
