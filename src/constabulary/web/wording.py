"""Turns names that programs use into words that people read."""

from __future__ import annotations

from pathlib import PurePath


def words(name: str) -> str:
    """Return a short name as words: `latitude_out_of_range` is "latitude out of range"."""
    return name.replace("_", " ")


def own_name(name: str) -> str:
    """Return a file's own name, and its place in its archive, without the folders above."""
    path, mark, member = name.partition("!")
    return f"{PurePath(path).name}{mark}{member}"
