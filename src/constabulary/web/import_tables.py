"""What an import did with every row, as tables: the same on the page of an import and on that of its run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from constabulary.services.records.notices import told
from constabulary.web import numbers
from constabulary.web.table import Column, Table
from constabulary.web.wording import own_name, words


def sentence(files: Sequence[Any], n_superseded: int = 0) -> str:
    """Return in one sentence what became of every row.

    Parameters
    ----------
    files
        The import's files (`FileRecord`).
    n_superseded
        Rows of earlier editions that these replace.
    """
    n_read, n_accepted, n_refused, n_duplicates = (
        sum(getattr(file, name) for file in files)
        for name in ("n_read", "n_accepted", "n_refused", "n_duplicates")
    )
    said = (
        f"{numbers.several(n_read, 'row')} {'was' if n_read == 1 else 'were'} read: "
        f"{numbers.number(n_accepted)} accepted, "
        f"{numbers.number(n_refused)} refused, {numbers.number(n_duplicates)} already there."
    )
    if n_superseded:
        said += f" {numbers.several(n_superseded, 'row')} of earlier editions replaced."
    return said


def files_table(files: Iterable[Any]) -> Table:
    """Return each file (`FileRecord`) with what became of its rows."""
    counted = ("Read", "Accepted", "Refused", "Already there")
    return Table(
        "Files",
        (Column("File"), *(Column(title, "rows", is_number=True) for title in counted)),
        [
            (
                own_name(file.name),
                *(
                    numbers.number(n)
                    for n in (file.n_read, file.n_accepted, file.n_refused, file.n_duplicates)
                ),
            )
            for file in files
        ],
        note="Read = accepted + refused + already there.",
    )


def notices_table(notices: Iterable[Any], mapping_name: str | None = None) -> Table:
    """Return what was noticed (`Notice`): where first, what is wrong, what was expected, what to do."""
    return Table(
        "What was noticed",
        (
            Column("Where"),
            Column("What is wrong", is_long=True),
            Column("Rows", is_number=True),
            Column("They were"),
        ),
        [
            (
                ", ".join(
                    filter(
                        None,
                        (
                            own_name(notice.file or ""),
                            f"row {numbers.number(notice.row)}" if notice.row else "",
                            words(notice.column or ""),
                        ),
                    )
                )
                or numbers.MISSING,
                wrong(notice, mapping_name=mapping_name),
                numbers.number(notice.count),
                "refused" if notice.is_refusal else "kept",
            )
            for notice in notices
        ],
        note="Where several rows break a rule, the first is shown.",
    )


def wrong(notice: Any, place: str | None = None, mapping_name: str | None = None) -> str:
    """Return what is wrong, what was expected and what to do, after the place if one is given."""
    return str(replace(told(notice, mapping_name), file=place, row=None, column=None, count=1))
