"""The errors a person may meet: what is wrong, where, what was expected, what to do.

Every cause has an exit status of its own, so that scripts can tell them apart.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input.

    Parameters
    ----------
    rule
        Short snake_case name of the rule that was broken, stable across releases.
    message
        What is wrong, in the user's words, without the place.
    file, row, column, value
        Where: file name, row or line number (1 is the first line of the file), column or key, and the value found.
    expected
        What would have been right.
    remedy
        What to do about it.
    count, counted
        How often the same problem was met, and in what; the place is that of the first.
    """

    rule: str
    message: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    expected: str | None = None
    remedy: str | None = None
    count: int = 1
    counted: str = "rows"

    def __str__(self) -> str:
        place = [self.file] if self.file else []
        if self.row is not None:
            place.append(f"row {self.row:,}")
        if self.column:
            place.append(self.column)
        text = f"{', '.join(place)}: {self.message}" if place else self.message
        if (self.expected or self.remedy) and not text.endswith((".", "?", "!")):
            text += "."
        if self.expected:
            text += f" Expected {self.expected.removesuffix('.')}."
        if self.remedy:
            text += f" {self.remedy}"
        if self.count > 1:
            text += f" ({self.count:,} {self.counted})"
        return text


def out_of_range(column: str, value: float, expected: str) -> Problem:
    """Return the problem of a number that cannot be used.

    Parameters
    ----------
    column, value
        What it was given as, and the number.
    expected
        What would have been right.

    Examples
    --------
    >>> str(out_of_range("weeks", 0, "1 to 520"))
    'weeks: 0 cannot be used. Expected 1 to 520.'
    >>> str(out_of_range("replications", 1_000_001, "2 to 1,000,000"))
    'replications: 1,000,001 cannot be used. Expected 2 to 1,000,000.'
    """
    said = f"{value:,}".removesuffix(".0")
    return Problem("out_of_range", f"{said} cannot be used.", column=column, value=said, expected=expected)


class ConstabularyError(Exception):
    """The base of every error of ours; shown without a traceback.

    Parameters
    ----------
    problems
        One message, one problem, or all the problems found.
    """

    exit_status = 1

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = [Problem(rule=self.rule(), message=problems)]
        elif isinstance(problems, Problem):
            problems = [problems]
        self.problems: Sequence[Problem] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def rule(cls) -> str:
        """Return the name given to a problem that was only told as a sentence."""
        return "".join(
            f"_{letter.lower()}" if letter.isupper() else letter for letter in cls.__name__
        ).lstrip("_")


class BadInput(ConstabularyError):
    """A file or value handed in cannot be used."""

    exit_status = 3


class BadForceFolder(ConstabularyError):
    """The force folder breaks a rule of its own."""

    exit_status = 4


class WorkspaceMissing(ConstabularyError):
    """There is no workspace in the folder named, or it is damaged."""

    exit_status = 5


class WorkspaceBusy(ConstabularyError):
    """Another process is writing to the workspace."""

    exit_status = 6


class NotPermitted(ConstabularyError):
    """The person may not do this."""

    exit_status = 7


class DiscFull(ConstabularyError):
    """The disc filled up; nothing was changed."""

    exit_status = 8


_FULL = (errno.ENOSPC, errno.EDQUOT)
_SAYS_FULL = (
    *("No space left", "not enough space on the disk", "database or disk is full"),
    *("os error 28)", "os error 122)", "os error 112)"),
)


def is_disc_full(error: BaseException) -> bool:
    """Tell whether an error of the system, of a library or of a database says that the disc is full.

    Libraries that are not Python's say it in words, each system in its own.
    """
    return getattr(error, "errno", None) in _FULL or any(mark in str(error) for mark in _SAYS_FULL)


class NothingThere(ConstabularyError):
    """What was asked for does not exist in the workspace."""

    exit_status = 9


class Stopped(ConstabularyError):
    """The work was stopped by a person; nothing was lost."""

    exit_status = 130
