"""What the shape of a force folder is declared with: columns, tables, sections, and the evidence of a fact."""

from __future__ import annotations

from dataclasses import dataclass

STATUSES = {
    "printed": "a document prints it",
    "inferred": "worked back from printed figures; the note says how",
    "assumed": "no document prints it; the note says why it is so",
}


@dataclass(frozen=True)
class Column:
    """A column of a table or a key of a section.

    Parameters
    ----------
    name, about
        Its name in the file, and what it holds.
    kind
        text, id, date, decimal, whole, share, flag (true or false) or texts (a list of text).
    required
        A value must be there.
    choices
        The values allowed; empty allows any.
    refers_to
        Names of the lists and tables among whose ids the value must be.
    """

    name: str
    about: str
    kind: str = "text"
    required: bool = True
    choices: tuple[str, ...] = ()
    refers_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A CSV file (or all CSV files of a folder) and its columns.

    Parameters
    ----------
    name, pattern, about
        Its name, its path in the folder (`*` for any file name) and what it holds.
    columns, key
        Its columns, and those that no two rows may share.
    required
        The folder must have it.
    record
        The frozen dataclass of one row, its fields named as the columns, for `Force.rows`; None where
        `Force` has a field for the table.
    """

    name: str
    pattern: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = True
    record: type | None = None


@dataclass(frozen=True)
class Section:
    """A list in force.toml: each entry is a heading such as `[grades.prompt]` with these keys below it."""

    name: str
    about: str
    keys: tuple[Column, ...]
    required: bool = True


ID = "A short name without spaces: letters, digits, hyphen, underscore, full stop."

EVIDENCE = (
    Column(
        "source_id",
        "The document, by its id in sources.toml. Needed where printed.",
        "id",
        False,
        (),
        ("sources",),
    ),
    Column(
        "where", "Page, paragraph, section or table of the document. Needed where printed.", required=False
    ),
    Column("status", "; ".join(f"{k}: {v}" for k, v in STATUSES.items()), "text", True, tuple(STATUSES)),
    Column(
        "note",
        "What a reader should know. Needed where inferred or assumed, and where a value is negative.",
        required=False,
    ),
)
