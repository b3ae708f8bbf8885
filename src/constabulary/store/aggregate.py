"""Turns a declared figure into the SQL that is both run and shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from constabulary.store.lens import named, quoted
from constabulary.tables.aggregate import VALUE, Aggregate, By, Condition, Dimension, Measure, Rule


def aggregate_sql(aggregate: Aggregate, conditions: Sequence[Condition] = ()) -> str:
    """Return the SQL of a figure, values written out, so that anyone can run it as it stands.

    Parameters
    ----------
    aggregate
        The figure.
    conditions
        Further conditions on the rows.
    """
    groups = [_dimension(dimension) for dimension in aggregate.dimensions]
    order = [named(dimension.name) for dimension in aggregate.dimensions]
    lines = [
        f"SELECT {', '.join([*groups, f'{_value(aggregate)} AS {VALUE}'])}",
        f"FROM {_source(aggregate)}",
    ]
    lines += _where([*aggregate.always, *conditions])
    if order:
        lines += ["GROUP BY ALL", f"ORDER BY {', '.join(order)}"]
    return "\n".join(lines)


def rows_sql(table: str, columns: Iterable[str], conditions: Sequence[Condition]) -> str:
    """Return the SQL of the rows behind a figure, in the order they were imported."""
    return "\n".join(
        [f"SELECT {', '.join(map(named, columns))}", f"FROM {named(table)}", *_where(conditions)]
    )


def files_sql(table: str, conditions: Sequence[Condition]) -> str:
    """Return the SQL that counts the rows behind a figure by the file they came from."""
    lines = [f"SELECT import_id, file_no, count(*) AS {VALUE}", f"FROM {named(table)}", *_where(conditions)]
    return "\n".join([*lines, "GROUP BY ALL", "ORDER BY ALL"])


def _source(aggregate: Aggregate) -> str:
    flags = [dimension for dimension in aggregate.dimensions if dimension.by is By.FLAGS]
    if not flags:
        return named(aggregate.table)
    unnested = ", ".join(
        f"unnest(list_distinct(string_split({named(dimension.column)}, ';'))) AS {named(dimension.name)}"
        for dimension in flags
    )
    return f"(SELECT *, {unnested} FROM {named(aggregate.table)})"


def _dimension(dimension: Dimension) -> str:
    if dimension.by is By.FLAGS or (dimension.by is By.VALUE and dimension.name == dimension.column):
        return named(dimension.name)
    column = named(dimension.column)
    value = f"CAST(date_trunc('month', {column}) AS DATE)" if dimension.by is By.MONTH else column
    return f"{value} AS {named(dimension.name)}"


def _value(aggregate: Aggregate) -> str:
    if aggregate.measure is Measure.ROWS:
        return "count(*)"
    column = named(aggregate.column or "")
    return f"coalesce(sum({column}), 0)" if aggregate.measure is Measure.SUM else f"count(DISTINCT {column})"


def _where(conditions: Sequence[Condition]) -> list[str]:
    held = [_holds(condition) for condition in conditions]
    return [f"WHERE {held[0]}", *[f"  AND {text}" for text in held[1:]]] if held else []


def _holds(condition: Condition) -> str:  # noqa: PLR0911
    column = named(condition.column)
    values = condition.values
    match condition.rule:
        case Rule.EMPTY:
            return f"{column} IS NULL"
        case Rule.FILLED:
            return f"{column} IS NOT NULL"
        case Rule.WITHIN:
            earlier, limit_s = values
            return f"{column} - {named(earlier)} <= INTERVAL {int(limit_s)} SECOND"
        case Rule.IN:
            if len(values) == 1:
                return f"{column} = {_literal(values[0])}"
            return f"{column} IN ({_listed(values)})" if values else "false"
        case Rule.NOT_IN:
            return f"({column} IS NULL OR {column} NOT IN ({_listed(values)}))" if values else "true"
        case Rule.BETWEEN:
            stretches = [
                f"{column} BETWEEN {_literal(first)} AND {_literal(last)}" for first, last in _joined(values)
            ]
            return f"({' OR '.join(stretches)})" if stretches else "false"
        case Rule.FLAG:
            return f"list_has_any(string_split({column}, ';'), [{_listed(values)}])" if values else "false"


def _joined(stretches: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Return stretches of days with those that overlap or adjoin made one, which engines answer far faster."""
    joined: list[tuple[date, date]] = []
    for first, last in sorted(stretches):
        if joined and first <= joined[-1][1] + timedelta(days=1):
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(map(_literal, values))


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return quoted(value) if isinstance(value, str) else repr(value)
