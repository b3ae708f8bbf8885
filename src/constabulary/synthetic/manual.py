"""Prints the page that lists every assumption of the generator, so that it cannot fall behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from constabulary.parameters import Parameter, load_parameters

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STRUCTURE = (
    "A figure published as the total of a year, or of a single month, is met exactly. Where a total and another "
    "figure of the same thing disagree (such as 448 incidents on a typical day and 171,534 in the year), the total "
    "wins, and the report says so.",
    "Where no total is published, the year's count follows from a share, a mean per month or day or a typical day, in "
    "that order; shares and counts of categories and qualifiers then come out but for chance.",
    "A year without figures of its own takes those of the latest year that has some, changed only by the growth asked "
    'for. Bounds such as "about" or "over" are taken as the figure itself.',
    "Figures of quarters, half-years and of sub-categories are not used: the records hold no sub-category.",
    "Where a month is published as the highest or lowest of its year, the other months stay below or above it.",
    "The weight of an hour is that of its local hour of the week times that of its month times that of its day. "
    "Bank holidays are days like any other; every category, district and grade has the same pattern.",
    "Within an hour every second is alike.",
    "Whether a contact is given up, how long it waits and how long it is handled depend on nothing but its channel: "
    "not on the hour, nor on how many others wait. Waiting times say nothing of how many call takers are needed.",
    "An incident that a contact led to came in when the contact did. One contact leads to one incident at most, and "
    "no two contacts to the same one. Calls given up lead to none. Where an hour has too few contacts, more of its "
    "incidents come without one.",
    "Category, qualifiers, grade, channel, place and times of an incident do not depend on each other, but that units "
    "are sent for attended grades only, and later the less urgent the grade.",
    "All units of an incident arrive together and stay equally long. Nobody breaks off, nothing is sent again.",
    "A district has incidents in proportion to its residents, unless its own total is published; each LSOA of a "
    "district as many as any other (LSOAs are drawn to hold about as many residents); each point of an outline is "
    "alike.",
    "Waits end after an hour, handling after four, time at the scene after a day; a unit is sent, arrives and the "
    "incident is closed within 14 days each. At most 20 units go to one incident.",
)
"""What is assumed without being a number."""

_INTRODUCTION = """# Synthetic records and what they assume

This page is printed from the code (`constabulary.synthetic.manual`) and the parameter files in
`src/constabulary/parameters/values/synthetic`; edit those, not the page.

`constabulary synthesise` makes up a year, or several, of contacts and incidents from a seed, so that every part of the
software can be tried before a force has loaded records of its own. They are called synthetic on every page, chart and
export, and never join or hide real records: where real calls or incidents of the same days are there, the command
refuses. The same seed, force folder and parameters make the same records, byte for byte; a year of a seed is the same
whatever other years are made with it.

The report lists every figure of the records beside what it was held to, and says what kind of agreement that is:

| kind | what it means |
|---|---|
| exact | equal to a published figure |
| sampling | equal to a published figure but for chance |
| assumed | hands back an assumption listed here; it is evidence of nothing |

Whatever the report does not list follows from the assumptions below and from nothing else. Do not draw conclusions
about a force from it.
"""


def manual() -> str:
    """Return the page as Markdown."""
    parameters = load_parameters("synthetic")
    parts = [_INTRODUCTION, "## How records are made\n", *(f"- {line}" for line in STRUCTURE), ""]
    parts += ["## Assumed values\n", *(line for each in parameters.values() for line in _parameter(each))]
    return "\n".join(parts)


def _parameter(parameter: Parameter) -> Iterator[str]:
    yield f"### `{parameter.name}`\n"
    yield f"{parameter.title}. Unit: {parameter.unit.replace('_', ' ')}. Status: {parameter.status}.\n"
    yield f"{parameter.why.strip()}\n"
    yield from _value(parameter.value)
    yield ""


def _value(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and all(_is_table(part) for part in value.values()):
        for name, rows in value.items():
            hours = [f"{hour:02d}" for hour in range(24)]
            yield f"| {name} | {' | '.join(hours)} |"
            yield f"|---|{'---|' * 24}"
            yield from (f"| {day} | {_list(row, ' | ')} |" for day, row in zip(DAYS, rows, strict=True))
            yield ""
    elif isinstance(value, Mapping):
        yield "| for | value |\n|---|---|"
        yield from (f"| {name} | {_list(part)} |" for name, part in value.items())
    else:
        yield f"Value: {_list(value)}"


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and isinstance(value[0], list)


def _list(value: Any, between: str = ", ") -> str:
    return between.join(f"{number:g}" for number in value) if isinstance(value, list) else f"{value:g}"
