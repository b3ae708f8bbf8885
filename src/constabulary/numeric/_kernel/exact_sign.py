"""On which side of a line a point lies, decided exactly.

References
----------
J. R. Shewchuk, Adaptive precision floating-point arithmetic and fast robust geometric predicates, Discrete &
Computational Geometry 18 (1997): the error bound of the quick test and the sums that lose nothing.
"""

import numpy as np

from constabulary.numeric.compiled import compiled

# Beyond these sizes a product of two differences could leave the range in which doubles are exact.
SMALLEST = 1e-120
LARGEST = 1e120

_ULP = 2.0**-53
_QUICK_TEST_ERROR = (3.0 + 16.0 * _ULP) * _ULP
_SPLITTER = 2.0**27 + 1.0


@compiled
def side_of_line(ax, ay, bx, by, px, py):
    """Return 1, 0 or -1: point p is left of, on or right of the line from a to b.

    Exact for coordinates that are 0 or between SMALLEST and LARGEST in size.
    """
    one = (ax - px) * (by - py)
    other = (ay - py) * (bx - px)
    difference = one - other
    doubt = _QUICK_TEST_ERROR * (abs(one) + abs(other))
    if difference > doubt:
        return 1
    if difference < -doubt:
        return -1
    if doubt == 0.0:
        return 0
    terms = np.empty(16)
    _product_of_differences(ax, px, by, py, 1.0, terms, 0)
    _product_of_differences(ay, py, bx, px, -1.0, terms, 8)
    return _sign_of_sum(terms)


@compiled
def _product_of_differences(a, b, c, d, factor, terms, start):
    """Write factor * (a - b) * (c - d) as eight doubles whose sum is exact; factor is 1 or -1."""
    left, left_rest = _sum_and_rest(a, -b)
    right, right_rest = _sum_and_rest(c, -d)
    k = start
    for u in (left, left_rest):
        for v in (right, right_rest):
            product, rest = _product_and_rest(u, v)
            terms[k] = factor * product
            terms[k + 1] = factor * rest
            k += 2


@compiled
def _sign_of_sum(terms):
    """Return the sign of the exact sum: terms are added one by one to doubles that do not overlap."""
    parts = np.empty(terms.size)
    n_parts = 0
    for term in terms:
        carried = term
        kept = 0
        for i in range(n_parts):
            carried, rest = _sum_and_rest(carried, parts[i])
            if rest != 0.0:
                parts[kept] = rest
                kept += 1
        if carried != 0.0:
            parts[kept] = carried
            kept += 1
        n_parts = kept
    if n_parts == 0:
        return 0
    return 1 if parts[n_parts - 1] > 0.0 else -1


@compiled
def _sum_and_rest(a, b):
    """Return a + b rounded, and what the rounding left over."""
    total = a + b
    b_seen = total - a
    return total, (a - (total - b_seen)) + (b - b_seen)


@compiled
def _product_and_rest(a, b):
    """Return a * b rounded, and what the rounding left over."""
    product = a * b
    c = _SPLITTER * a
    a_high = c - (c - a)
    a_low = a - a_high
    c = _SPLITTER * b
    b_high = c - (c - b)
    b_low = b - b_high
    return product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)
