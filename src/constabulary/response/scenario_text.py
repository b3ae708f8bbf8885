"""Writes a scenario as the TOML file that `scenario_file` reads, so that a proposal can be kept and changed by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from constabulary.response import scenario_staffing
from constabulary.response.scenario import Scenario


def scenario_text(scenario: Scenario, comment: str = "") -> str:
    """Return a scenario as TOML; what is as it would be without saying so is left out.

    Parameters
    ----------
    scenario
        The scenario. Files it names are taken to lie beside the one written.
    comment
        What stands above it.
    """
    plain = Scenario(scenario.name)
    top = {"schema": 1, "name": scenario.name, "about": scenario.about or None}
    areas = scenario.areas if isinstance(scenario.areas, str) else None
    roads = scenario.roads or (None, None)
    sections: dict[str, Mapping[str, Any]] = {
        "structure": {"areas": areas, "closed_stations": scenario.closed_stations or None},
        "structure.areas": {} if isinstance(scenario.areas, str) else scenario.areas,
        "contact": _changed(scenario, plain, pools="pools", agents="agents"),
        "shift_patterns": scenario.shift_patterns,
        "demand": _changed(scenario, plain, factor="factor", of="demand"),
        "travel": {
            "matrix": scenario.matrix and scenario.matrix.name,
            "road_nodes": roads[0] and roads[0].name,
            "road_edges": roads[1] and roads[1].name,
        },
        "rules": scenario.rules,
        "values": scenario.values,
        "run": _changed(scenario, plain, weeks="weeks", warm_up_days="warm_up_days"),
        "cost": _changed(scenario, plain, yearly_gbp="yearly_gbp", once_gbp="once_gbp"),
    }
    parts = [f"# {comment}\n" if comment else "", _keys(top)]
    parts += [f"\n[{name}]\n{_keys(keys)}" for name, keys in sections.items() if _keys(keys)]
    lists: dict[str, Iterable[Any]] = {"posts": scenario.posts}
    lists |= {name: getattr(scenario, name) for name in scenario_staffing.LISTS}
    lists["assumptions"] = scenario.assumptions
    for name, rows in lists.items():
        columns = scenario_staffing.LISTS.get(name)
        for row in rows:
            keys = vars(row) if columns is None else {one.name: getattr(row, one.name) for one in columns}
            parts.append(f"\n[[{name}]]\n{_keys(keys)}")
    return "".join(parts)


def _changed(scenario: Scenario, plain: Scenario, **names: str) -> dict[str, Any]:
    return {
        key: value
        for key, name in names.items()
        if (value := getattr(scenario, name)) != getattr(plain, name)
    }


def _keys(keys: Mapping[str, Any]) -> str:
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in keys.items() if value is not None)


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if is_bare else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    # A TOML string is written as a JSON one is.
    return json.dumps(str(value), ensure_ascii=False)
