"""What an import noticed, told in full: what is wrong, where, what was expected, what to do."""

from __future__ import annotations

import re

from constabulary.core.errors import Problem
from constabulary.sources.mapping import as_toml
from constabulary.sources.own_records import SECTIONS
from constabulary.store.records import Notice

_WORDS = {
    "missing": "there is no value.",
    "unreadable": "cannot be read.",
    "malformed": "is written wrongly.",
    "out_of_range": "is out of range.",
    "not_finite": "is no number.",
    "never_existed": "is a time that never was.",
    "not_on_grid": "is no place on the British National Grid.",
    "wrong_number_of_fields": "the row has another number of fields than the header.",
    "duplicate_key": "is the key of a row that was read before; the row was left out.",
    "file_already_imported": "the file was imported before; it was left out.",
    "read_as_windows_1252": "the text is not UTF-8; it was read as Windows-1252.",
    "garbled_line": "the line cannot be told apart into fields.",
    "mends_another_import": "is another import than the file's first row mends.",
    "no_final_line_break": "the file ends within a line; it may be cut short.",
    "several_months": "some rows are of another month than most; they make the file an edition of that month too.",
    "hidden_by_later_edition": "rows do not show: a later edition of their period is here already.",
    "other_file": "is no header of data.police.uk; the file was left out.",
    "hour_that_came_twice": "came in the hour that clocks showed twice; where the file does not say which, it is the "
    "first, unless an answer would then come before its call.",
    "placed_by_point": "had no area recorded; its area was found from its map point.",
}
_OF_FILES = {"file_already_imported", "no_final_line_break", "other_file"}
"""Notices that count files; all others count rows."""
_GROUPED = re.compile(r"[+-]?(\d[\d. ']*,\d+|\d{1,3}([, ']\d{3})+\.\d+|\d{1,3}([,. ']\d{3})+)")
"""Numbers with signs between thousands or a comma for decimals."""
_SINGULAR = {"categories": "category", "incident_categories": "incident category"}


def told(notice: Notice, mapping: str | None = None) -> Problem:
    """Return a notice as a problem that tells itself.

    Parameters
    ----------
    notice
        What was noticed.
    mapping
        Name of the mapping file that the rows were read by; None where it is not known or there was none.

    Examples
    --------
    >>> notice = Notice("not_in_list", 3, True, "incidents.csv", 1204, "grade", "G1X", "prompt")
    >>> told(notice, "log.toml").remedy
    'In log.toml, under [values.grade], add the line "G1X" = "..." with the one it means; or add it to [grades] in \
force.toml; or mend the export.'
    """
    section = SECTIONS.get(notice.column or "")
    remedy = None
    if notice.rule == "not_in_list":
        words = f"is not {_one(section)} of this force." if section else "is not one of the values allowed."
        if mapping or section:
            remedy = _of_code(notice, mapping, section)
    else:
        words = _WORDS.get(notice.rule, f"breaks the rule {notice.rule}.")
        if notice.rule == "unreadable":
            remedy = _of_unreadable(notice, mapping)
    if notice.value is not None:
        words = f'"{notice.value}" {words}'
    return Problem(
        notice.rule,
        words,
        notice.file,
        notice.row,
        notice.column,
        notice.value,
        notice.expected,
        remedy,
        notice.count,
        "files" if notice.rule in _OF_FILES else "rows",
    )


def _of_unreadable(notice: Notice, mapping: str | None) -> str | None:
    """Return what to do about a value that cannot be read, where its look says it."""
    value = notice.value or ""
    if "24:00" in value:
        return "No day has a 24:00: write 00:00 of the day that is meant."
    if (notice.column or "").endswith("_at"):
        how = (
            f"Where more are written so, add how to formats of {notice.column} under [columns] in {mapping}."
        )
        return how if mapping else None
    if _GROUPED.fullmatch(value):
        return "Export numbers with a point for decimals and nothing between thousands."
    return None


def _of_code(notice: Notice, mapping: str | None, section: str | None) -> str:
    """Return what to do about a code that is not in a list, and the others like it."""
    line = f'{as_toml((notice.value or "").strip())} = "..."'
    each = " (a line for each, where it holds several)" if notice.column == "qualifiers" else ""
    ways = [
        f"In {mapping or 'the mapping file'}, under [values.{notice.column}], add the line {line} with the one it "
        f"means{each}",
        *([f"or add it to [{section}] in force.toml"] if section else []),
        "or mend the export.",
    ]
    remedy = "; ".join(ways)
    others = [f'"{value}" ({count:,})' for value, count in notice.values if value != notice.value]
    if others:
        more = f" and {len(others) - 10:,} more" if len(others) > 10 else ""
        remedy += f" So are {', '.join(others[:10])}{more}."
    return remedy


def _one(section: str) -> str:
    name = _SINGULAR.get(section, section.removesuffix("s"))
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
