"""The rules that look at more than one cell: references, repeats, evidence, units, periods and signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from difflib import get_close_matches
from pathlib import PurePath
from zoneinfo import ZoneInfo

from constabulary.core.errors import Problem
from constabulary.core.force import rooms
from constabulary.core.force.declared import EVIDENCE, Column
from constabulary.core.force.files import belongs
from constabulary.core.force.printed import check_printed
from constabulary.core.force.schema import (
    FORCE_FILE,
    PARTS_OF_BREAKDOWN,
    SECTIONS,
    TABLES,
    UNITS_OF_BASIS,
)
from constabulary.core.force.typed import Contents, Values


def check(contents: Contents, problems: list[Problem]) -> None:
    """Add to `problems` every rule that the contents of a force folder break."""
    ids = contents.ids
    for section in SECTIONS:
        entries = contents.lists[section.name] + contents.refused[section.name]
        problems += _references_and_evidence(section.keys, entries, ids)
    for table in TABLES:
        rows = contents.tables[table.name] + contents.refused[table.name]
        problems += _repeats(rows, table.key)
        problems += _references_and_evidence(table.columns, rows, ids)
    for name, broken in (
        ("volumes", lambda row: _volume(row, ids)),
        ("establishment", lambda row: _not_negative(row, "posts_fte")),
        ("harm_weights", lambda row: _not_negative(row, "weight_days")),
        ("resource_layers", _resource),
        ("targets", _target),
    ):
        for row in contents.tables[name] + contents.refused[name]:
            problems += broken(row)
    if "printed_tables" in ids:
        problems += check_printed(
            contents.tables["printed_tables"], contents.tables["printed_cells"], contents.finance_rules
        )
    problems += _geography(contents)
    problems += _other(contents, ids)
    files = {PurePath(problem.file) for problem in problems if problem.file}
    bad = {table.name for table in TABLES if any(belongs(file, table.pattern) for file in files)}
    problems += rooms.check(contents, bad)


def _problem(
    row: Values, column: str, rule: str, message: str, expected: str | None = None, remedy: str | None = None
) -> Problem:
    value = row.get(column)
    return Problem(
        rule=rule,
        message=message,
        file=row["file"],
        row=row["line"],
        column=column,
        value=None if value is None else str(value),
        expected=expected,
        remedy=remedy,
    )


def _has(row: Values, *columns: str) -> bool:
    """Whether all these cells could be read; of a refused row some could not."""
    return all(column in row for column in columns)


def _references_and_evidence(
    columns: tuple[Column, ...], rows: list[Values], ids: dict[str, list[str]]
) -> Iterator[Problem]:
    referring = [
        (column, dict.fromkeys(one for name in column.refers_to for one in ids[name]))
        for column in columns
        if column.refers_to and all(name in ids for name in column.refers_to)
    ]
    has_evidence = EVIDENCE[0] in columns
    for row in rows:
        for column, known in referring:
            value = row.get(column.name)
            if value is not None and value not in known:
                yield _dangling(row, column.name, value, list(known), " or ".join(column.refers_to))
        if has_evidence and "status" in row:
            yield from _evidence(row)


def _dangling(row: Values, column: str, value: str, known: list[str], home: str) -> Problem:
    near = get_close_matches(value, known, n=1)
    few = f"{', '.join(known)}." if 0 < len(known) <= 12 else None
    remedy = f'Did you mean "{near[0]}"?' if near else f"Add it to {home} or mend it here."
    return _problem(row, column, "dangling_reference", f'"{value}" is not among the {home}.', few, remedy)


def _repeats(rows: list[Values], key: tuple[str, ...]) -> Iterator[Problem]:
    first: dict[tuple[object, ...], Values] = {}
    for row in rows:
        try:
            value = tuple([row[name] for name in key])
        except KeyError:  # a cell of a refused row could not be read
            continue
        if value in first:
            before = first[value]
            yield _problem(
                row,
                key[0],
                "repeated_id",
                f"the same as {before['file']} row {before['line']} "
                f"({', '.join(str(v) for v in value if v is not None)}).",
                None,
                "Keep one of the two.",
            )
        else:
            first[value] = row


def _evidence(row: Values) -> Iterator[Problem]:
    if row["status"] == "printed":
        for name in ("source_id", "where"):
            if row.get(name, "") is None:
                yield _problem(
                    row,
                    name,
                    "missing_source",
                    "a printed figure names no source here.",
                    "the document's id and the page, paragraph or table in it.",
                    'Fill it in, or set status to "assumed" and say why in note.',
                )
    elif row.get("note", "") is None:
        yield _problem(
            row,
            "note",
            "missing_source",
            f"a value that is {row['status']} says nothing of why.",
            None,
            "Say in note what it rests on.",
        )


def _volume(row: Values, ids: dict[str, list[str]]) -> Iterator[Problem]:
    value: Decimal | None = row.get("value")
    unit, basis = row.get("unit"), row.get("basis")
    if _has(row, "period_end_on", "period_start_on") and row["period_end_on"] < row["period_start_on"]:
        yield _problem(row, "period_end_on", "bad_period", "the period ends before it begins.")
    if not _has(row, "breakdown", "part"):
        pass
    elif (row["breakdown"] is None) != (row["part"] is None):
        yield _problem(
            row, "part", "half_a_breakdown", "breakdown and part are filled together or not at all."
        )
    elif row["breakdown"] in PARTS_OF_BREAKDOWN:
        home = PARTS_OF_BREAKDOWN[row["breakdown"]]
        if row["part"] not in ids.get(home, [row["part"]]):
            yield _dangling(row, "part", row["part"], ids[home], f"[{home}] of {FORCE_FILE}")
    if unit is not None and basis is not None and unit not in UNITS_OF_BASIS[basis]:
        allowed = " or ".join(sorted(UNITS_OF_BASIS[basis]))
        yield _problem(
            row, "unit", "wrong_unit", f'"{unit}" does not go with the basis {basis}.', f"{allowed}."
        )
    if value is None:
        return
    if unit == "share" and not 0 <= value <= 1:
        yield _problem(
            row, "value", "not_a_share", f"{value} is not a share.", "0 to 1.", "Write 19.1% as 0.191."
        )
    if unit == "count" and basis in {"total", "as_at"} and value != value.to_integral_value():
        yield _problem(
            row, "value", "not_a_whole_number", f"{value} things cannot be counted.", "a whole number."
        )
    if unit not in {"change", None}:
        yield from _not_negative(row, "value")
    spelt = _number(row.get("printed"))
    if spelt is not None and value not in (spelt, -spelt):
        yield _problem(
            row,
            "value",
            "not_as_printed",
            f'{value} is not the printed "{row["printed"]}".',
            None,
            "Mend whichever was mistyped.",
        )


def _number(printed: str | None) -> Decimal | None:
    """Return a printed figure such as 126,649 or 19.1% as a number; None where it is words."""
    found = re.fullmatch(r"([+-]?\d[\d,]*(?:\.\d+)?)\s*(%|per cent)?", printed or "")
    if not found:
        return None
    return Decimal(found.group(1).replace(",", "")) / (100 if found.group(2) else 1)


def _not_negative(row: Values, column: str) -> Iterator[Problem]:
    if _has(row, column, "note") and row[column] < 0 and row["note"] is None:
        yield _problem(
            row,
            column,
            "negative",
            f"{row[column]} is below zero.",
            "0 or more.",
            "If it is printed so, keep it and say so in note.",
        )


def _resource(row: Values) -> Iterator[Problem]:
    if _has(row, "size", "size_unit") and (row["size"] is None) != (row["size_unit"] is None):
        yield _problem(
            row, "size_unit", "wrong_unit", "size and size_unit are filled together or not at all."
        )
    if row.get("size") is not None:
        yield from _not_negative(row, "size")
    if _has(row, "part_of", "unit_id") and row["part_of"] == row["unit_id"]:
        yield _problem(row, "part_of", "dangling_reference", "a unit cannot be part of itself.")


def _target(row: Values) -> Iterator[Problem]:
    if _has(row, "channel", "grade") and (row["channel"] is None) == (row["grade"] is None):
        yield _problem(
            row, "channel", "half_a_target", "a target is for a channel or for a grade: fill one of the two."
        )
    if row.get("seconds") == 0:
        yield _problem(row, "seconds", "wrong_unit", "0 seconds cannot be kept.", "a whole number above 0.")


def _geography(contents: Contents) -> Iterator[Problem]:
    rows = contents.tables["area_districts"]
    with_area = {row["district_id"] for row in rows}
    with_district = {row["area_id"] for row in rows}
    fill = "Add it to geography/area_districts.csv."
    for row in contents.tables["districts"] if contents.tables["areas"] else ():
        if row["district_id"] not in with_area:
            yield _problem(
                row, "district_id", "dangling_reference", f"{row['name']} belongs to no area.", None, fill
            )
    for row in contents.tables["areas"]:
        if row["area_id"] not in with_district:
            yield _problem(
                row, "area_id", "dangling_reference", f"{row['name']} has no district.", None, fill
            )
        if row["area_id"] in contents.ids.get("districts", ()):
            yield _problem(row, "area_id", "repeated_id", f'"{row["area_id"]}" is also the id of a district.')


def _other(contents: Contents, ids: dict[str, list[str]]) -> Iterator[Problem]:
    zone = contents.keys.get("time_zone")
    lines = {"file": FORCE_FILE, "line": contents.time_zone_line, "time_zone": zone}
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            yield _problem(
                lines,
                "time_zone",
                "unknown_value",
                f'"{zone}" is not a time zone.',
                "an IANA name such as Europe/London.",
            )
    for entry in contents.lists["adds_up"]:
        if entry["id"] not in ids.get("measures", [entry["id"]]):
            yield _dangling(entry, "id", entry["id"], ids["measures"], "measures")
    for source in contents.sources + [one for one in contents.refused["sources"] if _has(one, "published")]:
        if not re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", source["published"]):
            yield _problem(
                source,
                "published",
                "bad_date",
                f'"{source["published"]}" is not a date.',
                "2018, 2018-05 or 2018-05-31.",
            )
