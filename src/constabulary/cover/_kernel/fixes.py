"""Codes of names turned into numbers and labels, each column read once."""

from constabulary.numeric.compiled import compiled


@compiled
def first_rows(codes, first):  # type: ignore[no-untyped-def]
    """Write to first, -1 before, the first row of each code."""
    for i in range(codes.size):
        if first[codes[i]] < 0:
            first[codes[i]] = i


@compiled
def numbered(codes, number, out):  # type: ignore[no-untyped-def]
    """Write the number of each code."""
    for i in range(codes.size):
        out[i] = number[codes[i]]


@compiled
def labelled(roles, role, statuses, status, crew_size, out):  # type: ignore[no-untyped-def]
    """Write labels: role[code] and status[code], which lie where a label has them, and the crew size after unknown."""
    for i in range(out.size):
        out[i] = role[roles[i]] | status[statuses[i]] | (crew_size[i] + 1)
