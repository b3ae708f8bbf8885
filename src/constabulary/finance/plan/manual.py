"""Prints the reference page of the kinds of budget line and the types of driver from their declarations."""

from __future__ import annotations

from constabulary.core.force.rooms.finance import DELIVERY, DISTRIBUTIONS, DRIVER_TYPES
from constabulary.finance.plan.kind import kinds

_INTRODUCTION = """# Budget lines and drivers

This page is printed from the code (`src/constabulary/finance/plan/kinds`, one file a kind); edit that, not the page.
A line of a plan names its kind; the kind says by what rule a year follows from the last, which sign the line is
printed with and which drivers may move it. See [how a plan is calculated](../explanation/financial-plan.md)."""

_SIGNS = {1: "above zero", -1: "below zero", 0: "either"}


def manual() -> str:
    """Return the page as Markdown."""
    parts = [_INTRODUCTION, "## Kinds of line"]
    for name, kind in kinds().items():
        facts = [f"### `{name}`: {kind.title}", kind.about, f"Rule: {kind.said} Sign: {_SIGNS[kind.sign]}."]
        if kind.is_moved:
            facts.append("Drivers: " + ", ".join(f"`{one}`" for one in kind.takes) + ".")
        else:
            facts.append(
                f"Made of {kind.n_parts or 'other'} {'line' if kind.n_parts == 1 else 'lines'}, named in `parts`."
            )
        if kind.cites:
            facts.append(f"Law: {kind.cites}")
        parts.append("\n\n".join(facts))
    parts.append("## Types of driver\n\n" + _table(("type", "what"), DRIVER_TYPES))
    parts.append("## How sure a saving is\n\n" + _table(("delivery", "what"), DELIVERY))
    parts.append("## Distributions of spreads\n\n" + _table(("distribution", "what"), DISTRIBUTIONS))
    return "\n\n".join(parts) + "\n"


def _table(header: tuple[str, str], rows: dict[str, str]) -> str:
    lines = [
        f"| {header[0]} | {header[1]} |",
        "|---|---|",
        *(f"| `{name}` | {what} |" for name, what in rows.items()),
    ]
    return "\n".join(lines)
