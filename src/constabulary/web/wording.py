"""Words that several pages use: for names of programs and files, and for how many records are made up."""

from __future__ import annotations

from pathlib import PurePath

from constabulary.services.records.holdings import Holdings
from constabulary.web import numbers


def words(name: str) -> str:
    """Return a short name as words: `latitude_out_of_range` is "latitude out of range"."""
    return name.replace("_", " ")


def own_name(name: str) -> str:
    """Return a file's own name, and its place in its archive, without the folders above."""
    path, mark, member = name.partition("!")
    return f"{PurePath(path).name}{mark}{member}"


def counted(held: Holdings) -> str:
    """Return how many records there are and how many of them are made up: "12 records, 4 of them synthetic,"."""
    if held.n_synthetic in {0, held.n_rows}:
        return numbers.several(held.n_rows, "synthetic record" if held.n_synthetic else "record")
    return f"{numbers.several(held.n_rows, 'record')}, {numbers.number(held.n_synthetic)} of them synthetic,"


def made_up(held: Holdings) -> str:
    """Return which records are made up, in a sentence; empty where none is."""
    if not held.n_synthetic:
        return ""
    which = "These" if held.n_synthetic == held.n_rows else f"{numbers.number(held.n_synthetic)} of these"
    return (
        f"{which} records are made up by a program to match published totals. "
        "They describe no real call, incident or person."
    )
