"""Turns what a person typed in a cell or key into a value, or says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from constabulary.core.amounts import MOST_DIGITS, is_workable
from constabulary.core.errors import Problem
from constabulary.core.force.declared import Column

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class BadCellError(ValueError):
    """Carries the rule, message, what was expected and the remedy for one cell."""

    def __init__(
        self, rule: str, message: str, expected: str | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(message)
        self.rule, self.message, self.expected, self.remedy = rule, message, expected, remedy


def read_cells(
    columns: tuple[Column, ...],
    cells: Mapping[str, Any],
    file: str,
    line_of: Callable[[str], int | None],
    problems: list[Problem],
) -> dict[str, Any] | None:
    """Return the values of a row by column (None where empty), or None when any of them was refused.

    The parameters are those of `readable_cells`.
    """
    values = readable_cells(columns, cells, file, line_of, problems)
    return values if len(values) == len(columns) else None


def readable_cells(
    columns: tuple[Column, ...],
    cells: Mapping[str, Any],
    file: str,
    line_of: Callable[[str], int | None],
    problems: list[Problem],
) -> dict[str, Any]:
    """Return the values of a row by column (None where empty), without those that were refused.

    Parameters
    ----------
    columns
        What the row may and must hold.
    cells
        Text by column for a CSV row, TOML values by key for an entry.
    file, line_of
        Where it was typed; `line_of` gives the line of a column or key.
    problems
        What is wrong is added here.
    """
    values: dict[str, Any] = {}
    for column in columns:
        name = column.name
        typed = cells.get(name)
        if typed is None and not column.required:  # half of all cells
            values[name] = None
            continue
        try:
            values[name] = read_cell(column, typed)
        except BadCellError as error:
            problems.append(
                Problem(
                    rule=error.rule,
                    message=error.message,
                    file=file,
                    row=line_of(name),
                    column=name,
                    value=None if typed is None else str(typed),
                    expected=error.expected,
                    remedy=error.remedy,
                )
            )
    return values


def read_cell(column: Column, typed: Any) -> Any:
    """Return one value; raises `BadCellError`."""
    if typed is None or typed == "":
        if column.required:
            raise BadCellError("missing_value", "nothing is given.", _expected(column), "Fill it in.")
        return None
    value = _KINDS[column.kind](typed)
    if column.choices and str(value) not in column.choices:
        near = get_close_matches(str(value), column.choices, n=1)
        remedy = f'Did you mean "{near[0]}"?' if near else "Use one of these."
        rule = "wrong_unit" if column.name == "unit" else "unknown_value"
        raise BadCellError(rule, f'"{value}" is not known here.', _listed(column.choices), remedy)
    return value


def _text(typed: Any) -> str:
    if not isinstance(typed, str):
        raise BadCellError("not_text", f"{typed} is not text.", "text", "Put it between double quotes.")
    return typed.strip()


def _texts(typed: Any) -> tuple[str, ...]:
    if not isinstance(typed, list) or not typed or not all(isinstance(item, str) for item in typed):
        raise BadCellError("not_a_list", f"{typed!r} is not a list of text.", 'a list such as ["one", "two"]')
    return tuple(item.strip() for item in typed)


def _id(typed: Any) -> str:
    text = _text(typed)
    if not _ID.fullmatch(text):
        raise BadCellError(
            "bad_id", f'"{text}" is not an id.', "letters, digits, hyphen, underscore and full stop only"
        )
    return text


def _date(typed: Any) -> date:
    if isinstance(typed, date):
        return typed
    text = _text(typed)
    if _ISO_DAY.fullmatch(text):  # nearly all of them, and quicker than a form
        with suppress(ValueError):
            return date.fromisoformat(text)
    # Excel set to British English rewrites 2017-04-01 as 01/04/2017 when a sheet is saved.
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, not an instant
        except ValueError:
            continue
    raise BadCellError("bad_date", f'"{text}" is not a day of the calendar.', "2018-03-31 or 31/03/2018")


def _decimal(typed: Any) -> Decimal:
    text = str(typed)
    try:
        value = Decimal(text)
        if not is_workable(value):
            raise InvalidOperation
    except InvalidOperation:
        raise BadCellError(
            "not_a_number",
            f'"{text}" is not a number.',
            f"at most {MOST_DIGITS} digits, with an optional decimal point",
            _number_remedy(text),
        ) from None
    return value


def _number_remedy(text: str) -> str | None:
    if text.endswith("%"):
        return "Write a share between 0 and 1: 19.1% is 0.191."
    if "," in text:
        return f"Write it without commas: {text.replace(',', '')}."
    return None


def _whole(typed: Any) -> int:
    value = _decimal(typed)
    if value != value.to_integral_value() or value < 0:
        raise BadCellError(
            "not_a_whole_number", f'"{typed}" is not a whole number.', "a whole number, 0 or more"
        )
    return int(value)


def _share(typed: Any) -> Decimal:
    value = _decimal(typed)
    if not 0 <= value <= 1:
        raise BadCellError("not_a_share", f'"{typed}" is not a share.', "0 to 1", "Write 90% as 0.9.")
    return value


def _flag(typed: Any) -> bool:
    if isinstance(typed, bool):
        return typed
    raise BadCellError(
        "not_a_flag", f'"{typed}" is neither true nor false.', "true or false", "Write it without quotes."
    )


_KINDS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "texts": _texts,
    "id": _id,
    "date": _date,
    "decimal": _decimal,
    "whole": _whole,
    "share": _share,
    "flag": _flag,
}


def _expected(column: Column) -> str | None:
    if column.choices:
        return _listed(column.choices)
    return {"date": "a day such as 2018-03-31", "decimal": "a number", "whole": "a whole number"}.get(
        column.kind
    )


def _listed(choices: tuple[str, ...]) -> str:
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"
