"""Reads the text of a file that a person names, or says why it cannot be read."""

from __future__ import annotations

from pathlib import Path

from constabulary.core.errors import BadInput, Problem


def read_content(path: Path) -> bytes:
    """Return what a file holds.

    Raises
    ------
    BadInput
        If it cannot be opened.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise BadInput(
            Problem(
                "unreadable",
                f"cannot be read ({reason}).",
                file=path.name,
                remedy="Check the name and the place.",
            )
        ) from None


def read_text(path: Path) -> str:
    """Return the text of a file, whatever it ends its lines with.

    Raises
    ------
    BadInput
        If it cannot be opened, or is no text in UTF-8.
    """
    return text_of(read_content(path), path.name)


def text_of(content: bytes, name: str) -> str:
    """Return what a file of that name holds as text; `BadInput` where it is none in UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(
            Problem(
                "not_utf_8",
                "is not text in UTF-8.",
                file=name,
                remedy='Save it as UTF-8; a spreadsheet calls it "CSV UTF-8".',
            )
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
