"""Reads a mapping file strictly: every problem in it at once, each with its line."""

from __future__ import annotations

import difflib
import zoneinfo
from collections.abc import Collection, Iterator
from collections.abc import Mapping as Table
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.files import Toml, read_toml
from constabulary.sources.mapping import EPOCHS, EXCEL, GRID, SECONDS, From, Mapping
from constabulary.tables.contract import Contract, Kind

KEYS = {"table", "force", "time_zone", "empty", "file", "columns", "constants", "values", "flags"}
FILE_KEYS = {"delimiter", "header_row", "sheet"}
FROM_KEYS = {"from", "format", "formats", "seconds_after", "unit", "split", "empty"}
CODED = {Kind.CODE, Kind.TEXT, Kind.TRUTH}
DELIMITERS = {",", ";", "\t", "|"}


def read_mapping(path: Path, contract: Contract, force_id: str, time_zone: str) -> Mapping:
    """Read a mapping file.

    Parameters
    ----------
    path
        The TOML file.
    contract
        The table it maps to, its code columns holding the force's lists in `allowed`.
    force_id
        The force whose records they must be.
    time_zone
        Of the force, where the file names none.

    Raises
    ------
    BadInput
        If the file is not there or breaks a rule; all problems at once, with their lines.
    """
    if not path.is_file():
        raise BadInput(Problem("no_such_file", "there is no such mapping file", file=str(path)))
    problems: list[Problem] = []
    toml = read_toml(path, path.name, problems)
    if problems:
        raise BadInput(problems)
    return mapping_of(toml, contract, force_id, time_zone)


def mapping_of(toml: Toml, contract: Contract, force_id: str, time_zone: str) -> Mapping:
    """Check the contents of a mapping file; see `read_mapping`."""
    reading = _Reading(toml, contract)
    content = toml.content
    reading.known((), content, KEYS)
    if content.get("table") != contract.name:
        reading.wrong(
            "wrong_table",
            ("table",),
            "the mapping is for another table",
            content.get("table"),
            f'"{contract.name}"',
        )
    if content.get("force", force_id) != force_id:
        reading.wrong(
            "wrong_force", ("force",), "the mapping is for another force", content["force"], f'"{force_id}"'
        )
    zone = reading.text(("time_zone",), content.get("time_zone", time_zone))
    if zone not in zoneinfo.available_timezones():
        reading.wrong(
            "no_such_time_zone",
            ("time_zone",),
            "there is no such time zone",
            zone,
            "an IANA name such as Europe/London",
        )
    file = reading.section("file")
    reading.known(("file",), file, FILE_KEYS)
    columns = reading.columns()
    mapping = Mapping(
        name=toml.file,
        columns=columns,
        time_zone=zone,
        constants=reading.constants(columns),
        values=reading.values(columns),
        flags=reading.flags(),
        empty=reading.texts(("empty",), content.get("empty", [])),
        delimiter=reading.delimiter(file),
        header_row=reading.header_row(file),
        sheet=reading.text(("file", "sheet"), file["sheet"]) if "sheet" in file else None,
        content=content,
        lines=toml.lines,
    )
    if reading.problems:
        raise BadInput(reading.problems)
    return mapping


class _Reading:
    """A mapping file being checked; what is wrong gathers in `problems`."""

    def __init__(self, toml: Toml, contract: Contract) -> None:
        self.toml = toml
        self.contract = contract
        self.problems: list[Problem] = []
        self.supplied = {column.name: column for column in contract.supplied}

    def wrong(
        self,
        rule: str,
        path: tuple[str, ...],
        message: str,
        value: object = None,
        expected: str | None = None,
        remedy: str | None = None,
    ) -> None:
        shown = f'"{value}": {message}.' if value is not None else f"{message}."
        self.problems.append(
            Problem(
                rule,
                shown,
                file=self.toml.file,
                row=self.toml.line(*path),
                column=".".join(path),
                value=None if value is None else str(value),
                expected=expected,
                remedy=remedy,
            )
        )

    def known(self, path: tuple[str, ...], found: Table[str, Any], keys: Collection[str]) -> None:
        for key in found:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                self.wrong(
                    "unknown_key",
                    (*path, key),
                    "there is no such key here",
                    key,
                    f"one of {', '.join(sorted(keys))}",
                    f'Did you mean "{near[0]}"?' if near else None,
                )

    def section(self, name: str) -> dict[str, Any]:
        found = self.toml.content.get(name, {})
        if isinstance(found, dict):
            return found
        self.wrong("wrong_type", (name,), "is not a section", found, f"a heading [{name}]")
        return {}

    def text(self, path: tuple[str, ...], value: object) -> str:
        if not isinstance(value, str):
            self.wrong("wrong_type", path, "is not a text", value, "a text between double quotes")
            return ""
        return value

    def texts(self, path: tuple[str, ...], value: object) -> tuple[str, ...]:
        found = value if isinstance(value, list) else [value]
        return tuple(self.text(path, one) for one in found)

    def columns(self) -> dict[str, From]:
        found = self.section("columns")
        grid = set(GRID) if "longitude" in self.supplied else set()
        self.known(("columns",), found, {*self.supplied, *grid})
        columns = {
            name: self._from(name, value) for name, value in found.items() if name in {*self.supplied, *grid}
        }
        given = [name for name in GRID if name in columns]
        if len(given) == 1 or (given and {"longitude", "latitude"} & set(columns)):
            expected = "both easting_m and northing_m, or both longitude and latitude"
            self.wrong(
                "half_a_place", ("columns", given[0]), "a place is given by halves or twice", None, expected
            )
        return columns

    def _from(self, name: str, value: object) -> From:
        path = ("columns", name)
        if isinstance(value, str):
            return From((value,))
        if not isinstance(value, dict):
            self.wrong(
                "wrong_type",
                path,
                "is no column",
                value,
                'a column name, or { from = ["Date", "Time"], format = "..." }',
            )
            return From(())
        self.known(path, value, FROM_KEYS)
        names = self.texts(path, value.get("from", []))
        if not names:
            self.wrong("no_column", path, "names no column of the file", None, 'from = "their column"')
        kind = self.supplied[name].kind if name in self.supplied else Kind.NUMBER
        formats = self.texts(path, value.get("formats", value.get("format", [])))
        after = value.get("seconds_after")
        for form in formats:
            if kind is not Kind.INSTANT:
                self.wrong("format_of_no_time", path, "a format belongs to instants only", form)
            elif form not in {EXCEL, *EPOCHS} and not _reads_times(form):
                self.wrong(
                    "bad_format", path, "does not read a date and time", form, 'such as "%d/%m/%Y %H:%M:%S"'
                )
        if after is not None and (kind is not Kind.INSTANT or after == name or self._is_no_instant(after)):
            self.wrong(
                "bad_seconds_after",
                path,
                "is no instant to count from",
                after,
                "another instant of this table",
            )
        unit = value.get("unit", "s")
        if unit not in SECONDS or (unit != "s" and not name.endswith("_s") and after is None):
            self.wrong("bad_unit", path, "is no unit of this column", unit, "s, min or h, of a duration")
        split = value.get("split")
        if split is not None and not (
            isinstance(split, str) and split and name in self.supplied and self.supplied[name].is_list
        ):
            self.wrong("bad_split", path, "only qualifiers hold several codes", split)
        return From(names, formats, after, unit, split, self.texts(path, value.get("empty", [])))

    def _is_no_instant(self, name: object) -> bool:
        return name not in self.supplied or self.supplied[str(name)].kind is not Kind.INSTANT

    def constants(self, columns: Table[str, From]) -> dict[str, str]:
        found = self.section("constants")
        coded = {name for name, column in self.supplied.items() if column.kind in CODED}
        self.known(("constants",), found, coded)
        for name, value in found.items():
            if name in columns:
                self.wrong("given_twice", ("constants", name), "the column is mapped as well")
            elif name in coded:
                self._meaning(("constants", name), name, self.text(("constants", name), value))
        return {name: str(value) for name, value in found.items() if name in coded}

    def values(self, columns: Table[str, From]) -> dict[str, tuple[tuple[str, str], ...]]:
        found = self.section("values")
        coded = {name for name in columns if name in self.supplied and self.supplied[name].kind in CODED}
        self.known(("values",), found, coded)
        read: dict[str, tuple[tuple[str, str], ...]] = {}
        for name, codes in found.items():
            if name not in coded:
                continue
            if not isinstance(codes, dict):
                self.wrong(
                    "wrong_type", ("values", name), "is no list of codes", codes, f"a heading [values.{name}]"
                )
                continue
            for code, meaning in codes.items():
                self._meaning(("values", name, code), name, self.text(("values", name, code), meaning))
            read[name] = tuple((code, str(meaning)) for code, meaning in codes.items())
        return read

    def _meaning(self, path: tuple[str, ...], name: str, value: str) -> None:
        column = self.supplied[name]
        parts = value.split(";") if column.is_list else [value]
        if column.kind is Kind.TRUTH and value.lower() not in {"", "true", "false"}:
            self.wrong("not_in_list", path, "is neither true nor false", value, '"true" or "false"')
        for part in parts:
            if column.allowed is not None and part and part not in column.allowed:
                self.wrong("not_in_list", path, "is not in this force's list", part, column.expected)

    def flags(self) -> dict[str, str]:
        found = self.section("flags")
        known = self.supplied["qualifiers"].allowed if "qualifiers" in self.supplied else ()
        self.known(("flags",), found, known or ())
        return {name: self.text(("flags", name), value) for name, value in found.items()}

    def delimiter(self, file: Table[str, Any]) -> str | None:
        found = file.get("delimiter")
        if found is not None and found not in DELIMITERS:
            self.wrong(
                "bad_delimiter",
                ("file", "delimiter"),
                "is no delimiter we read",
                found,
                r'",", ";", "|" or "\t"',
            )
        return found

    def header_row(self, file: Table[str, Any]) -> int | None:
        found = file.get("header_row")
        if found is not None and not (type(found) is int and found >= 1):
            self.wrong(
                "bad_header_row",
                ("file", "header_row"),
                "is no row",
                found,
                "a whole number, 1 for the first row",
            )
            return None
        return found


def missing_columns(
    mapping: Mapping, contract: Contract, header: Collection[str], file: str
) -> Iterator[Problem]:
    """Yield what keeps a mapping from reading a file: columns the file lacks, columns the table needs."""

    def line(path: tuple[str, ...]) -> int | None:
        return Toml(mapping.name, {}, dict(mapping.lines)).line(*path)

    for name, path in mapping.names.items():
        if name not in header:
            near = difflib.get_close_matches(name, header, n=1)
            yield Problem(
                "no_such_column",
                f'{file} has no column "{name}".',
                file=mapping.name,
                row=line(path),
                column=".".join(path),
                value=name,
                expected=f"one of {', '.join(header)}",
                remedy=f'Did you mean "{near[0]}"?' if near else None,
            )
    for column in contract.supplied:
        if column.required and column.name not in {*mapping.columns, *mapping.constants}:
            yield Problem(
                "column_not_mapped",
                f"the table {contract.name} needs {column.name}, which the mapping does not give.",
                file=mapping.name,
                row=line(("columns",)),
                column=column.name,
                expected=column.description,
                remedy="Name its column under [columns].",
            )


def _reads_times(form: str) -> bool:
    """Whether a format reads back what it writes, to the minute."""
    moment = datetime(2024, 11, 28, 21, 47, 59)  # noqa: DTZ001 (a clock reading)
    try:
        read = pl.Series([moment.strftime(form)]).str.to_datetime(form, time_unit="us", strict=False)[0]
    except (ValueError, pl.exceptions.PolarsError):
        return False
    return read is not None and read.replace(second=0) == moment.replace(second=0)
