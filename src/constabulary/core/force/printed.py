"""The rules of printed tables: values are what their cells print, the inventory counts, rules name real lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from constabulary.core.errors import Problem
from constabulary.core.force.figures import numbers_in, reading
from constabulary.core.force.schema import STRUCTURE_FILE
from constabulary.core.force.structure import parse_reference
from constabulary.core.force.typed import Values


def check_printed(tables: list[Values], cells: list[Values], rules: list[Values]) -> Iterator[Problem]:
    """Yield what is wrong with the printed tables of a force folder.

    Parameters
    ----------
    tables, cells, rules
        The inventory, the cells and the declared structure, as typed.
    """
    for cell in cells:
        yield from _cell(cell)
    lines: dict[str, set[str]] = defaultdict(set)
    n_cells: dict[str, int] = defaultdict(int)
    for cell in cells:
        lines[cell["table_id"]].add(cell["line_id"])
        n_cells[cell["table_id"]] += 1
    for table in tables:
        for column, found in (
            ("n_lines", len(lines[table["table_id"]])),
            ("n_cells", n_cells[table["table_id"]]),
        ):
            if table[column] != found:
                yield Problem(
                    "inventory_count",
                    f"the inventory says {table[column]} and the folder holds {found}.",
                    table["file"],
                    table["line"],
                    column,
                    str(table[column]),
                    remedy="Count the printed table again and mend whichever is wrong.",
                )
        if table["presence"] == "named_only" and n_cells[table["table_id"]]:
            yield Problem(
                "inventory_count",
                "a table that is only named has cells.",
                table["file"],
                table["line"],
                "presence",
            )
    for rule in rules:
        yield from _rule(rule, lines)


def _cell(cell: Values) -> Iterator[Problem]:
    place = (cell["file"], cell["line"])
    if reading(cell["printed"], cell["value"], cell["unit"]) is not None:
        return
    if not numbers_in(cell["printed"]):
        yield Problem(
            "not_a_number", f'"{cell["printed"]}" holds no number.', *place, "printed", cell["printed"]
        )
    else:
        yield Problem(
            "not_as_printed",
            f'{cell["value"]} is not the printed "{cell["printed"]}".',
            *place,
            "value",
            str(cell["value"]),
            remedy="Multiply thousands and per cent out (£'000 by 1,000; 19% is 0.19) and keep the printed sign.",
        )


def _rule(rule: Values, lines: dict[str, set[str]]) -> Iterator[Problem]:
    for text in references(rule):
        reference = parse_reference(text)
        table = reference.table or rule["table"]
        if table == "parameter" or reference.line == "*":
            continue
        names = reference.line.split("..") if ".." in reference.line else [reference.line]
        for name in names:
            if name not in lines.get(table, ()):
                yield Problem(
                    "dangling_reference",
                    f'the table "{table}" has no line "{name}".',
                    STRUCTURE_FILE,
                    rule["row"],
                    None,
                    text,
                    remedy="Mend the name, or add the line.",
                )


def references(rule: Values) -> list[str]:
    """Return every line that a rule names."""
    listed = [one for key in ("sum", "of_which", "product", "over") for one in rule[key] or ()]
    named = (
        "change_of",
        "growth_of",
        "cumulative_of",
        "share_of",
        "part",
        "same_as",
        "against",
        "bands_of",
        "line",
    )
    return [*listed, *(rule[key] for key in named if rule[key])]
