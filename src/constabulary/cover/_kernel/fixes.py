"""Codes of names: where each is first met."""

from constabulary.numeric.compiled import compiled


@compiled
def first_rows(codes, row, first):
    """Write to first, -1 before, the first row of each code; row is the number of the first of these."""
    for i in range(codes.size):
        if first[codes[i]] < 0:
            first[codes[i]] = row + i
