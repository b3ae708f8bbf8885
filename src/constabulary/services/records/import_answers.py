"""What programs are answered about imports: each with its files, what was noticed, and its refused rows."""

from __future__ import annotations

from typing import Annotated, TypedDict

from constabulary.core.answers import Answer, words_of

__all__ = [
    "FileAnswer",
    "ImportAnswer",
    "ImportLine",
    "ImportsAnswer",
    "NoticeAnswer",
    "RefusedAnswer",
    "RowCounts",
]


class RowCounts(TypedDict):
    """What became of rows.

    Parameters
    ----------
    rows_read, accepted, refused, duplicates
        Rows read; of them those kept, those that broke a rule, and those that were there already.
    """

    rows_read: int
    accepted: int
    refused: int
    duplicates: int


@words_of(RowCounts)
class FileAnswer(RowCounts):
    """What became of the rows of one file.

    Parameters
    ----------
    file, sha256
        The file.
    """

    file: str
    sha256: str


class Example(TypedDict):
    """One case of what was noticed.

    Parameters
    ----------
    file, row
        Where it is; null where it is of no one row.
    """

    file: str | None
    row: int | None
    value: str | None


class ValueCount(TypedDict):
    """A value and how often it was met.

    Parameters
    ----------
    count
        How often.
    """

    value: str | None
    count: int


class NoticeAnswer(TypedDict):
    """What was noticed, told once for all rows it holds of.

    Parameters
    ----------
    rule
        Its stable name.
    column
        The column it is about; null where it is about the row.
    count
        How many rows.
    refused
        Whether the rows were refused for it.
    expected
        What a right value looks like.
    example
        One case of it.
    values
        The values met most often.
    message
        All of it in words.
    """

    rule: str
    column: str | None
    count: int
    refused: bool
    expected: str | None
    example: Example
    values: list[ValueCount]
    message: str


_Import = TypedDict("_Import", {"import": Annotated[str, "The import."]})


class ImportFacts(_Import, RowCounts):
    """What an import is.

    Parameters
    ----------
    kind
        What was imported.
    at, by
        When (UTC) and by whom.
    edition, mends
        The day of the edition, and the import whose refused rows it mends; null where it is none.
    state
        waiting, checking, accepted, accepted_with_refusals, refused or withdrawn.
    file_names
        Names of its files.
    superseded
        Rows that a later edition replaced.
    """

    kind: str
    at: str
    by: str
    edition: str | None
    mends: str | None
    synthetic: bool
    state: str
    file_names: list[str]
    superseded: int


@words_of(ImportFacts, RowCounts)
class ImportLine(ImportFacts):
    """An import as a line of a list.

    Parameters
    ----------
    files
        How many files it has.
    """

    files: int


class Withdrawn(TypedDict):
    """That an import was taken back.

    Parameters
    ----------
    at, by, reason
        When (UTC), by whom and why.
    """

    at: str
    by: str
    reason: str


@words_of(ImportFacts, RowCounts)
class ImportAnswer(Answer, ImportFacts):
    """An import with its files and what was noticed.

    Parameters
    ----------
    files
        What became of the rows of each.
    problems
        What was noticed.
    withdrawn
        Null where it stands.
    """

    files: list[FileAnswer]
    problems: list[NoticeAnswer]
    withdrawn: Withdrawn | None


class ImportsAnswer(Answer):
    """Every import, in the order of import.

    Parameters
    ----------
    imports
        The imports.
    """

    imports: list[ImportLine]


class ReasonAnswer(TypedDict):
    """A rule that a row broke.

    Parameters
    ----------
    rule
        Its stable name.
    column, value
        The column and what stood there; null where it is about the row.
    expected
        What a right value looks like.
    """

    rule: str
    column: str | None
    value: str | None
    expected: str | None


class RefusedRow(TypedDict):
    """A row that broke a rule, as it stood.

    Parameters
    ----------
    table
        The table it was meant for.
    file, row
        Where it stood; null where the file is not known.
    line
        The line itself.
    reasons
        Every rule it broke.
    """

    table: str
    file: str | None
    row: int
    line: str
    reasons: list[ReasonAnswer]


class RefusedAnswer(Answer, _Import):
    """Refused rows of an import, with every reason."""

    rows: list[RefusedRow]
