"""Prints the reference page of the force folder from the declared schema, so that it cannot fall behind."""

from __future__ import annotations

from constabulary.core.force.declared import STATUSES, Column
from constabulary.core.force.schema import (
    BASES,
    BOUNDS,
    CLOCK_STARTS,
    CLOCK_STOPS,
    FORCE_FILE,
    FORCE_KEYS,
    LSOA_FILE,
    PRINTED_UNITS,
    RULE_KEYS,
    SECTIONS,
    SOURCE_KEYS,
    SOURCES_FILE,
    STRUCTURE_FILE,
    TABLES,
    UNITS,
    UNITS_OF_BASIS,
)

_KINDS = {
    "text": "text",
    "texts": "list of text",
    "id": "id",
    "date": "day (2018-03-31 or 31/03/2018)",
    "decimal": "number",
    "whole": "whole number",
    "share": "share, 0 to 1",
    "flag": "true or false",
}

_INTRODUCTION = f"""# The force folder

This page is printed from the code (`constabulary.core.force.manual`); edit the schema, not the page.

A force folder is everything that is particular to one force: `{FORCE_FILE}`, `{SOURCES_FILE}` and
CSV tables that a spreadsheet can edit. Keys, columns, files and ids that are not declared here are
errors, and all errors are told at once with file and line. CSV files may be UTF-8 (with or without
a mark) or cp1252, with either kind of line end; columns may stand in any order; optional columns
may be left out, and empty rows are passed over. Files that end in .md or .py and hidden files are
passed over too.

Printed figures that contradict each other (parts and their total, an average and the total it
averages) are kept as printed and told as warnings.
"""


def manual() -> str:
    """Return the reference page of the force folder as Markdown."""
    parts = [_INTRODUCTION, f"## {FORCE_FILE}\n", _keys(FORCE_KEYS)]
    for section in SECTIONS:
        needed = "" if section.required else " May be left out."
        parts += [f"### [{section.name}.ID]\n", f"{section.about}{needed}\n", _keys(section.keys)]
    parts += [f"## {SOURCES_FILE}\n", "One heading `[ID]` for each document.\n", _keys(SOURCE_KEYS)]
    for table in TABLES:
        needed = "" if table.required else " May be left out."
        key = ", ".join(f"`{name}`" for name in table.key)
        repeats = f"No two rows may have the same {key}."
        parts += [f"## {table.pattern}\n", f"{table.about}{needed} {repeats}\n", _keys(table.columns)]
    parts += [
        f"## {STRUCTURE_FILE}\n",
        "How the printed tables are built: one heading `[[rule]]` for each path by which a line may be\n"
        "calculated (docs/how-to/reconcile-a-table.md). May be left out.\n",
        _keys(RULE_KEYS),
    ]
    parts += [
        f"## {LSOA_FILE}\n",
        "Outlines of the lower layer super output areas of 2011 as GeoJSON (longitude and\nlatitude), "
        "each feature with `lsoa11_code`, `lsoa11_name` and `district_id`, and a member\n"
        "`metadata` with the `attribution` that every map must carry. May be left out.\n",
    ]
    for title, words in (
        ("Units", UNITS),
        ("Bases", {k: f"{v} ({', '.join(sorted(UNITS_OF_BASIS[k]))})" for k, v in BASES.items()}),
        ("Units of printed tables", PRINTED_UNITS),
        ("Bounds", BOUNDS),
        ("Status", STATUSES),
        ("Clock starts", CLOCK_STARTS),
        ("Clock stops", CLOCK_STOPS),
    ):
        parts += [
            f"## {title}\n",
            "| word | meaning |\n|---|---|\n" + "".join(_row(k, v) for k, v in words.items()),
        ]
    return "\n".join(parts)


def _keys(columns: tuple[Column, ...]) -> str:
    lines = "".join(
        f"| `{c.name}` | {_KINDS[c.kind]} | {'yes' if c.required else 'no'} | {_about(c)} |\n"
        for c in columns
    )
    return f"| name | kind | needed | what it holds |\n|---|---|---|---|\n{lines}"


def _about(column: Column) -> str:
    words = {"unit": "See Units.", "basis": "See Bases.", "bound": "See Bounds.", "status": "See Status."}
    words |= {"clock_start": "See Clock starts.", "clock_stop": "See Clock stops."}
    text = words.get(column.name, column.about)
    if column.refers_to:
        text += " An id of " + " or ".join(f"`{name}`" for name in column.refers_to) + "."
    return text


def _row(word: str, meaning: str) -> str:
    return f"| `{word}` | {meaning} |\n"
