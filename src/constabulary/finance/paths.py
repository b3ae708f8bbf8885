"""A path: one way a printed figure follows from others, and how far rounding may carry it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from constabulary.finance.printed import Key, Printed

HALF = Decimal("0.5")


@dataclass(frozen=True)
class Path:
    """One way to calculate one printed figure.

    Parameters
    ----------
    rule
        sum_of_parts, change, growth, cumulative, share, product, same_figure, of_which, band or every_row.
    target
        The figure that is calculated.
    terms
        The figures it follows from.
    factors
        One for each term: for a sum what it is multiplied by (1 or -1); for a product its power (1 or -1).
    is_product
        The terms are multiplied; otherwise added.
    times, less
        The result is multiplied by `times` and `less` is taken off (growth is a ratio less 1).
    note
        What was declared with the rule, for the reader.
    """

    rule: str
    target: Key
    terms: tuple[Key, ...]
    factors: tuple[int, ...]
    is_product: bool = False
    times: Decimal = Decimal(1)
    less: Decimal = Decimal(0)
    note: str = ""

    @property
    def cells(self) -> tuple[Key, ...]:
        """The target and the terms."""
        return (self.target, *self.terms)

    def calculate(self, values: Mapping[Key, Decimal]) -> Decimal | None:
        """Return the calculated figure, or None where it would be a division by zero.

        Parameters
        ----------
        values
            The figures by key; every term must be there.
        """
        with localcontext() as context:
            context.prec = 40
            if not self.is_product:
                total = sum(
                    (factor * values[term] for term, factor in zip(self.terms, self.factors, strict=True)),
                    Decimal(0),
                )
                return total * self.times - self.less
            result = self.times
            for term, factor in zip(self.terms, self.factors, strict=True):
                if factor > 0:
                    result *= values[term]
                elif values[term] == 0:
                    return None
                else:
                    result /= values[term]
            return result - self.less

    def residual(self, values: Mapping[Key, Decimal]) -> Decimal | None:
        """Return the target's figure less the calculated one."""
        calculated = self.calculate(values)
        return None if calculated is None else values[self.target] - calculated

    def tolerance(self, printed: Printed, values: Mapping[Key, Decimal]) -> Decimal:
        """Return how far apart rounding alone may carry the two, at worst.

        Half of the last digit of the target, and for every term what half of its last digit does to the result: for a
        sum of n terms printed alike, half a unit times n + 1.

        Parameters
        ----------
        printed, values
            The cells, and the figures by key.
        """
        tolerance = HALF * printed[self.target].step
        if not self.is_product:
            return tolerance + HALF * sum(printed[term].step for term in self.terms) * abs(self.times)
        base = self.calculate(values)
        for term in dict.fromkeys(self.terms):
            moved = self.calculate({**values, term: values[term] + HALF * printed[term].step})
            if base is not None and moved is not None:
                tolerance += abs(moved - base)
        return tolerance

    def solved_for(self, key: Key, values: Mapping[Key, Decimal]) -> Decimal | None:
        """Return what one figure would have to be for the path to hold with all the others, or None.

        Parameters
        ----------
        key
            The target or a term.
        values
            The figures by key.
        """
        if key == self.target:
            return self.calculate(values)
        factors = {factor for term, factor in zip(self.terms, self.factors, strict=True) if term == key}
        if len(factors) != 1 or self.terms.count(key) != 1 or not self.times:
            return None
        (factor,) = factors
        if not self.is_product:
            residual = self.residual(values)
            return None if residual is None else values[key] + residual / self.times / factor
        calculated = self.calculate(values)
        if calculated is None or calculated + self.less == 0 or values[self.target] + self.less == 0:
            return None
        ratio = (values[self.target] + self.less) / (calculated + self.less)
        return values[key] * ratio if factor > 0 else values[key] / ratio
