"""Rows that an import refuses: every rule each broke, kept with the line as it stood, and told with an example."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from constabulary.sources.csv_parts import Part
from constabulary.store.lake import REFUSED, ImportWriter
from constabulary.store.records import Notice
from constabulary.tables.check import Failure
from constabulary.tables.contract import Contract

LONGEST_EXAMPLE = 120
"""Characters of a line shown as an example."""
MOST_VALUES = 100
"""How many different wrong codes an import record counts one by one."""


def failures_of(part: Part, of_contract: Sequence[Failure]) -> list[Failure]:
    """Return every rule broken: the row's shape before its values, the source's findings before the contract's."""
    own: dict[str, pl.Series] = {}
    for failure in part.failures:
        own[failure.column] = failure.is_broken | own.get(failure.column, failure.is_broken)
    told = [
        replace(failure, is_broken=failure.is_broken & ~own[failure.column])
        if failure.column in own
        else failure
        for failure in of_contract
    ]
    garbled = part.misshapen & part.garbled if part.garbled is not None else part.misshapen & False
    shapes = [
        Failure("garbled_line", "", garbled, "a line of text with every quotation mark closed"),
        Failure("wrong_number_of_fields", "", part.misshapen & ~garbled, "as many fields as the header has"),
    ]
    values = [
        replace(failure, is_broken=failure.is_broken & ~part.misshapen) for failure in [*part.failures, *told]
    ]
    return [failure for failure in [*shapes, *values] if failure.is_broken.any()]


def keep_refused(
    writer: ImportWriter,
    contract: Contract,
    file_no: int,
    part: Part,
    text: pl.DataFrame,
    failures: Sequence[Failure],
    is_refused: pl.Series,
) -> None:
    """Keep refused rows: the line as it stood in the file, and the reasons as JSON."""
    rows = is_refused.arg_true().to_list()
    reasons: dict[int, list[str]] = {row: [] for row in rows}
    for failure in failures:
        values = (
            text[failure.column][failure.rows].cast(pl.String).to_list()
            if failure.column in text.columns
            else [None] * failure.rows.len()
        )
        # All but the value is the same for each row, and is put into JSON once.
        before = json.dumps({"rule": failure.rule, "column": failure.column})[:-1] + ', "value": '
        after = ", " + json.dumps({"expected": failure.expected})[1:]
        for row, value in zip(failure.rows.to_list(), values, strict=True):
            reasons[row].append(before + json.dumps(value) + after)
    frame = pl.DataFrame(
        {
            "table": [contract.name] * len(rows),
            "file_no": [file_no] * len(rows),
            "source_row": part.line_no.gather(rows),
            "line": part.lines(rows),
            "reasons": [f"[{', '.join(reasons[row])}]" for row in rows],
        },
        schema=REFUSED,
    )
    writer.write("refused", frame)


def notice_of(failure: Failure, name: str, part: Part, text: pl.DataFrame) -> Notice:
    """Return the count of a broken rule, with the first row that broke it."""
    first = failure.rows[0]
    values: list[tuple[str, int]] = []
    if failure.rule == "not_in_list":
        counted = text[failure.column][failure.rows].cast(pl.String).value_counts(sort=True, name="n")
        values = [
            (value, count) for value, count in counted.head(MOST_VALUES).iter_rows() if value is not None
        ]
    return Notice(
        failure.rule,
        failure.rows.len(),
        True,
        name,
        part.line_no[first],
        failure.column or None,
        _value(text, failure.column, first) if failure.column else part.lines([first])[0][:LONGEST_EXAMPLE],
        failure.expected,
        tuple(values),
    )


def _value(text: pl.DataFrame, column: str, row: int) -> str | None:
    return None if column not in text.columns or text[column][row] is None else str(text[column][row])
