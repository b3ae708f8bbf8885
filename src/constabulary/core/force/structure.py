"""Reads the declared structure of printed tables: which lines are sums, shares or growth of which others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.cells import read_cells
from constabulary.core.force.files import read_text, read_toml
from constabulary.core.force.model import FinanceRule
from constabulary.core.force.schema import RULE_KEYS, RULE_KINDS
from constabulary.core.force.typed import Values


class Reference(NamedTuple):
    """A cell, or a line in the period at hand, as a structure names it; see `parse_reference`."""

    sign: int
    table: str | None
    line: str
    period: str | None
    unit: str | None


def parse_reference(text: str) -> Reference:
    """Return what ``-table:line@period#unit`` names; all but the line may be left out.

    Parameters
    ----------
    text
        For example ``total``, ``-income`` or ``plan_text:officers@2013/14#fte``.
    """
    found = re.fullmatch(
        r"(?P<sign>-)?(?:(?P<table>[A-Za-z0-9_.-]+):)?(?P<line>[^@#]+)(?:@(?P<period>[^#]+))?(?:#(?P<unit>\w+))?",
        text.strip(),
    )
    if not found:
        return Reference(1, None, text.strip(), None, None)
    return Reference(
        -1 if found["sign"] else 1, found["table"], found["line"].strip(), found["period"], found["unit"]
    )


def read_rules(path: Path, file: str, problems: list[Problem]) -> list[Values]:
    """Return the rules of a structure file as typed; refused ones are left out and added to `problems`."""
    toml = read_toml(path, file, problems)
    lines = [
        n for n, text in enumerate(read_text(path).split("\n"), 1) if re.match(r"\s*\[\[\s*rule\s*\]\]", text)
    ]
    problems += [_unknown(key, "rule", file, toml.line(key)) for key in toml.content if key != "rule"]
    typed = toml.content.get("rule", [])
    if not isinstance(typed, list) or not all(isinstance(one, dict) for one in typed):
        problems.append(
            Problem("not_a_rule", "rules are not a list.", file, expected="a heading [[rule]] for each rule.")
        )
        return []
    known = [column.name for column in RULE_KEYS]
    rules = []
    for number, cells in enumerate(typed):
        line = lines[number] if number < len(lines) else 1
        unknown = [key for key in cells if key not in known]
        problems += [_unknown(key, ", ".join(known), file, line) for key in unknown]
        values = read_cells(RULE_KEYS, cells, file, lambda _, at=line: at, problems)  # type: ignore[misc]
        if values is None or unknown:
            continue
        kinds = [kind for kind in RULE_KINDS if values[kind] is not None]
        if len(kinds) != 1:
            told = f"it has {len(kinds)} ({', '.join(kinds)})." if kinds else "it has none."
            expected = f"exactly one of {', '.join(RULE_KINDS)}."
            problems.append(
                Problem("not_one_path", f"a rule is one path: {told}", file, line, None, None, expected)
            )
        elif (values["line"] is None) == (values["column"] is None) and values["bands_of"] is None:
            problems.append(
                Problem("no_target", "a rule is for a line or for a column: give one.", file, line)
            )
        else:
            rules.append({"file": file, "row": line, **values})
    return rules


def load_structure(path: Path) -> tuple[FinanceRule, ...]:
    """Return the rules of a structure file of one's own.

    Parameters
    ----------
    path
        A TOML file of ``[[rule]]`` entries.

    Raises
    ------
    BadInput
        If it breaks a rule; all the problems are told at once.
    """
    problems: list[Problem] = []
    if not path.is_file():
        raise BadInput(
            Problem("no_file", "there is no such file.", path.name, remedy="Check its name and place.")
        )
    rules = read_rules(path, path.name, problems)
    if problems:
        raise BadInput(problems)
    return tuple(FinanceRule(**rule) for rule in rules)


def _unknown(key: str, known: str, file: str, line: int | None) -> Problem:
    return Problem(
        "unknown_key",
        f'"{key}" is not a key here.',
        file,
        line,
        key,
        None,
        known,
        "Mend the name or take it out.",
    )
