"""How long work tells how far it is, and learns that it should stop."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What a long function calls now and then.

    A caller that wants the work stopped raises `constabulary.core.errors.Stopped` from it.
    """

    def __call__(self, done: float, total: float, doing: str) -> None:
        """Say that `done` of `total` (any unit) is finished and what is being done now."""


def silent(done: float, total: float, doing: str) -> None:
    """Tell nobody."""
