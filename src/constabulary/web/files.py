"""Hands out tables and papers as files: their kinds, their names, and what is said where there is none."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpResponse

from constabulary.core.errors import NothingThere, Problem

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The media type of each kind of file."""


def attached(content: bytes, name: str, form: str) -> HttpResponse:
    """Return a file as an answer that is saved, not shown.

    Parameters
    ----------
    content
        The file.
    name
        Its name without the ending.
    form
        Its kind, one of `TYPES`.
    """
    response = HttpResponse(content, content_type=TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def known(kind: str, value: str, allowed: Iterable[str]) -> None:
    """Refuse what is not among those there are.

    Parameters
    ----------
    kind
        What is asked for, in a word: "file", "picture".
    value
        What the address says.
    allowed
        What there is.

    Raises
    ------
    NothingThere
        If the value is none of them.
    """
    if value not in (those := tuple(allowed)):
        expected = f"one of {', '.join(those)}"
        raise NothingThere(Problem(f"no_such_{kind}", f'there is no {kind} "{value}"', expected=expected))
