"""A scenario of a plan: other values of its drivers, lines set, amounts added; and the bridge from plan to scenario.

The bridge is exact: what each change does alone, and what they do together beyond that, add up to the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from constabulary.core.amounts import is_workable
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.rooms.finance import DRIVER_TYPES, RATES
from constabulary.finance.periods import start_of, year_of
from constabulary.finance.plan import CalculatedPlan, Dated, Driver, Plan, calculate, check_plan

KEYS = ("title", "note", "drivers", "lines", "add")
ALL = "all"
"""In place of a year: every forecast year that is not named."""
KEYS_OF_ADD = ("line", "title", "type", "from_on", "value")
Place = Callable[..., int | None]


@dataclass(frozen=True)
class Change:
    """One change of a scenario.

    Parameters
    ----------
    title
        What it is, in a few words.
    driver
        A driver and its values by year, in place of the plan's.
    line
        A line and its values by year, set whatever its rule gives.
    added
        A line and a dated amount that is added to it, as a driver of its own.
    """

    title: str
    driver: tuple[str, Mapping[str, Decimal]] | None = None
    line: tuple[str, Mapping[str, Decimal]] | None = None
    added: tuple[str, Driver] | None = None


@dataclass(frozen=True)
class Scenario:
    """Some changes of a plan under one title."""

    title: str
    changes: tuple[Change, ...]
    note: str = ""


@dataclass(frozen=True)
class BridgeStep:
    """What one change does to the gap of each year by itself (pounds); above zero betters it."""

    title: str
    effect_gbp: tuple[Decimal, ...]


@dataclass(frozen=True)
class Compared:
    """A scenario beside the plan.

    Parameters
    ----------
    scenario
        What is changed.
    result
        The plan with the changes.
    bridge
        What each change does alone, then what they do together beyond that; the steps of a year add up to
        `difference_gbp`.
    difference_gbp
        Gap of the scenario less gap of the plan, by year (pounds).
    """

    scenario: Scenario
    result: CalculatedPlan
    bridge: tuple[BridgeStep, ...]
    difference_gbp: tuple[Decimal, ...]


def apply(plan: Plan, changes: Sequence[Change]) -> tuple[Plan, Mapping[str, Mapping[str, Decimal]]]:
    """Return the plan with some changes, and the values that they set.

    Raises
    ------
    BadInput
        If a change names no driver, line or forecast year of the plan, or moves a line that cannot take it.
    """
    fixed: dict[str, dict[str, Decimal]] = {}
    for change in changes:
        if change.driver is not None:
            plan = _with_values(plan, *change.driver)
        if change.line is not None:
            name, values = change.line
            plan.line(name)
            fixed.setdefault(name, {}).update(_by_year(plan, values))
        if change.added is not None:
            _within(plan, change.added[1])
            plan = add_driver(plan, *change.added)
    check_plan(plan)
    return plan, fixed


def with_scenario(plan: Plan, scenario: Scenario) -> Plan:
    """Return the plan with a scenario in it, the figures it sets on their lines; see `apply` for what it raises."""
    changed, fixed = apply(plan, scenario.changes)
    lines = tuple(replace(line, fixed={**line.fixed, **fixed.get(line.id, {})}) for line in changed.lines)
    return replace(changed, lines=lines)


def calculate_scenario(plan: Plan, scenario: Scenario) -> CalculatedPlan:
    """Return the plan worked out with a scenario; see `apply` for what it raises."""
    return calculate(with_scenario(plan, scenario))


def compare(plan: Plan, scenario: Scenario) -> Compared:
    """Return a scenario beside the plan, with the bridge between their gaps.

    Parameters
    ----------
    plan, scenario
        The plan, and what is changed.

    Raises
    ------
    BadInput
        If the scenario does not fit the plan; see `apply`.
    """
    base = calculate(plan, is_explained=False).gap_gbp
    result = calculate_scenario(plan, scenario)
    difference = tuple(b - a for a, b in zip(base, result.gap_gbp, strict=True))
    bridge = []
    for change in scenario.changes:
        changed, fixed = apply(plan, (change,))
        gap = calculate(changed, fixed=fixed, is_explained=False).gap_gbp
        bridge.append(BridgeStep(change.title, tuple(b - a for a, b in zip(base, gap, strict=True))))
    alone = [sum((step.effect_gbp[k] for step in bridge), Decimal(0)) for k in range(len(base))]
    together = tuple(whole - part for whole, part in zip(difference, alone, strict=True))
    if any(together):
        bridge.append(BridgeStep("Together, beyond each alone", together))
    return Compared(scenario, result, tuple(bridge), difference)


def add_driver(plan: Plan, line_id: str, driver: Driver) -> Plan:
    """Return the plan with one driver more on a line, under an id that no driver has yet."""
    plan.line(line_id)
    name, n = driver.id, 1
    while name in plan.drivers:
        n += 1
        name = f"{driver.id}.{n}"
    lines = tuple(
        replace(line, drivers=(*line.drivers, name)) if line.id == line_id else line for line in plan.lines
    )
    return replace(plan.with_drivers([replace(driver, id=name)]), lines=lines)


def _within(plan: Plan, driver: Driver) -> None:
    years = plan.years[plan.n_typed - 1 :]
    for row in driver.dated:
        if year_of(row.from_on, plan.base) not in years:
            told = f'"{row.title}" takes effect on {row.from_on}, outside the years of the plan.'
            raise BadInput(Problem("scenario", told, expected=f"a day from {years[0]} to {years[-1]}"))


def _with_values(plan: Plan, name: str, values: Mapping[str, Decimal]) -> Plan:
    driver = plan.drivers.get(name)
    if driver is None:
        raise BadInput(
            Problem("scenario", f'the plan has no driver "{name}".', expected=", ".join(sorted(plan.drivers)))
        )
    values = _by_year(plan, values)
    wild = next((value for value in values.values() if driver.is_rate and not -1 < value < 1), None)
    if wild is not None:
        told = f'{wild} is no yearly change of "{name}".'
        raise BadInput(Problem("scenario", told, value=str(wild), expected="a share: 1% is 0.01"))
    kept = [row for row in driver.dated if year_of(row.from_on, plan.base) not in values]
    for year, value in values.items():
        before = [row for row in driver.dated if year_of(row.from_on, plan.base) == year]
        from_on = before[0].from_on if before else start_of(year)
        kept.append(Dated(from_on, value, f"{driver.title}, as the scenario has it"))
    return plan.with_drivers([replace(driver, dated=tuple(sorted(kept, key=lambda row: row.from_on)))])


def _by_year(plan: Plan, values: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return values by forecast year; `ALL` stands for every year that is not named."""
    forecast = plan.years[plan.n_typed :]
    unknown = [year for year in values if year not in (*forecast, ALL)]
    if unknown:
        raise BadInput(
            Problem(
                "scenario", f'"{unknown[0]}" is no forecast year of the plan.', expected=", ".join(forecast)
            )
        )
    everywhere = dict.fromkeys(forecast, values[ALL]) if ALL in values else {}
    return everywhere | {year: value for year, value in values.items() if year != ALL}


def read_scenario(content: Mapping[str, Any], file: str, place: Place = lambda *_: None) -> Scenario:
    """Return a scenario from its TOML content.

    Parameters
    ----------
    content
        ``title``; ``[drivers.ID]`` and ``[lines.ID]`` with a value a year, or ``all``; ``[[add]]`` with line, title,
        type (growth when left out), from_on and value. Nothing at all is a scenario that changes nothing.
    file, place
        Its name, and what gives the line of a key.

    Raises
    ------
    BadInput
        With everything that is wrong in it.
    """
    problems: list[Problem] = []
    problems += [
        Problem(
            "unknown_key",
            f'"{key}" is no key of a scenario.',
            file,
            place(key),
            key,
            expected=", ".join(KEYS),
        )
        for key in content
        if key not in KEYS
    ]
    shapes: dict[str, tuple[type, str]] = {
        "drivers": (dict, "headings [drivers.ID] with a value a year"),
        "lines": (dict, "headings [lines.ID] with a value a year"),
        "add": (list, "headings [[add]], in two brackets"),
    }
    problems += [
        Problem("scenario", f'"{key}" does not fit.', file, place(key), key, expected=expected)
        for key, (shape, expected) in shapes.items()
        if key in content and not isinstance(content[key], shape)
    ]
    changes = [*_set_in(content, file, place, problems), *_added_in(content, file, place, problems)]
    if problems:
        raise BadInput(problems)
    return Scenario(str(content.get("title") or file), tuple(changes), str(content.get("note") or ""))


def _set_in(content: Mapping[str, Any], file: str, place: Place, problems: list[Problem]) -> Iterator[Change]:
    for what in ("drivers", "lines"):
        found = content.get(what, {})
        for name, values in found.items() if isinstance(found, Mapping) else ():
            typed: dict[str, Decimal] = {}
            if not isinstance(values, Mapping):
                problems.append(
                    Problem(
                        "not_by_year",
                        f'"{name}" has no years.',
                        file,
                        place(what, name),
                        expected='"2014/15" = 0.01',
                    )
                )
                continue
            for year, value in values.items():
                number = _number(value)
                if number is None:
                    problems.append(
                        Problem(
                            "not_a_number", f"{value!r} is not a number.", file, place(what, name, year), year
                        )
                    )
                else:
                    typed[year] = number
            told = ", ".join(f"{year} {value:,}" for year, value in typed.items())
            if what == "drivers":
                yield Change(f"{name}: {told}", driver=(name, typed))
            else:
                yield Change(f"{name} set: {told}", line=(name, typed))


def _added_in(
    content: Mapping[str, Any], file: str, place: Place, problems: list[Problem]
) -> Iterator[Change]:
    rows = content.get("add", [])
    for no, typed in enumerate(rows if isinstance(rows, list) else (), start=1):
        where, row = f"add {no}", typed if isinstance(typed, Mapping) else {}
        type_of, value, from_on = row.get("type", "growth"), _number(row.get("value")), row.get("from_on")
        amounts = [name for name in DRIVER_TYPES if name not in RATES]
        for good, column, expected in (
            (isinstance(row.get("line"), str), "line", "the id of a line"),
            (type_of in amounts, "type", ", ".join(amounts)),
            (value is not None, "value", "a number: pounds a year"),
            (isinstance(from_on, date), "from_on", "a day without quotes, such as 2014-09-01"),
            (not set(row) - set(KEYS_OF_ADD), where, ", ".join(KEYS_OF_ADD)),
        ):
            if not good:
                problems.append(
                    Problem(
                        "scenario",
                        f"{where}: this does not fit.",
                        file,
                        place("add"),
                        column,
                        expected=expected,
                    )
                )
        if value is not None and isinstance(from_on, date) and isinstance(row.get("line"), str):
            title = str(row.get("title") or f"{type_of} on {row['line']}")
            driver = Driver(f"scenario.{no}", type_of, (Dated(from_on, value, title),))
            yield Change(title, added=(row["line"], driver))


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if is_workable(number) else None
