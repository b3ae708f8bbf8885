"""Tables of the response pages, made from kept results of simulation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from constabulary.core.amounts import low
from constabulary.core.force.model import Channel
from constabulary.services.response.simulation import about
from constabulary.web import numbers
from constabulary.web.response.figures import (
    VERDICTS,
    brief,
    change,
    find,
    unit_of_change,
    with_interval,
)
from constabulary.web.table import Cell, Column, Table
from constabulary.web.wording import words

Result = Mapping[str, Any]
BY_GRADE = (
    *("within_target_share", "median_s", "p90_s", "full_median_s"),
    *("full_p90_s", "travel_mean_s", "cross_border_share", "preempted_share", "queue_mean", "queue_most"),
)
WHOLE = (
    *("uncommitted_share", "uncommitted_h", "visible_officer_h", "on_duty_units", "travel_h"),
    *("late_share", "late_h", "custody_wait_median_s", "custody_wait_p90_s", "resolved_share", "incidents"),
)
MOST_LISTED, LONGEST_PART = 8, 60
"""Figures of a list that are all shown, and characters of a part that is."""
COMPARED = ("within_target_share", "median_s", "p90_s", "queue_mean")
COMPARED_WHOLE = ("uncommitted_share", "visible_officer_h", "cross_border_share", "late_share")


def by_grade(rows: Sequence[Result], grades: Mapping[str, str]) -> Table:
    """Return the figures of each grade side by side."""
    return Table(
        "By grade, over the whole force",
        (Column("Figure", is_long=True), *(Column(name, is_number=True) for name in grades.values())),
        [
            (about(figure), *(with_interval(find(rows, figure, grade)) for grade in grades))
            for figure in BY_GRADE
        ],
        note="± is half the width of the interval that holds the model's true figure 19 times in 20.",
    )


def whole(rows: Sequence[Result]) -> Table:
    """Return the figures that are not of one grade."""
    return Table(
        "Units, officers and custody",
        (Column("Figure", is_long=True), Column("Figure of the model", is_number=True)),
        [(about(figure), with_interval(find(rows, figure))) for figure in WHOLE],
    )


def contact(rows: Sequence[Result], channels: Mapping[str, str]) -> Table | None:
    """Return how contacts are answered, by channel; None where none are simulated."""
    asked = (
        *("answered_10_s_share", "answered_30_s_share", "abandoned_share", "answer_mean_s"),
        *("called_back_share", "beside_another_share"),
    )
    known = [one for one in channels if find(rows, "answered_share", one)["mean"] is not None]
    if not known:
        return None
    return Table(
        "Contacts answered",
        (Column("Figure", is_long=True), *(Column(channels[one], is_number=True) for one in known)),
        [(about(figure), *(_brief_time(find(rows, figure, one)) for one in known)) for figure in asked],
        note=f"Agents are busy {with_interval(find(rows, 'handler_busy_share'))} of their time.",
    )


def _brief_time(row: Result) -> str:
    if row["mean"] is None or row["half_width"] is None or row["unit"] != "seconds":
        return with_interval(row)
    return f"{row['mean']:.1f} ± {row['half_width']:.1f} s"


def investigation(rows: Sequence[Result]) -> Table:
    """Return investigators' load, by team."""
    asked = (
        *("crimes_open", "investigation_median_days", "investigation_mean_days"),
        *("investigator_load", "investigator_busy_share"),
    )
    teams = {"all": "All", "volume": "Volume crime", "complex": "Complex crime"}
    return Table(
        "Investigation",
        (Column("Figure", is_long=True), *(Column(name, is_number=True) for name in teams.values())),
        [(about(figure), *(with_interval(find(rows, figure, team)) for team in teams)) for figure in asked],
    )


def by_district(rows: Sequence[Result], grades: Mapping[str, str], districts: Mapping[str, str]) -> Table:
    """Return the most urgent grade by district, the worst first."""
    return _by_place(rows, grades, "district", districts)


def by_area(
    rows: Sequence[Result], grades: Mapping[str, str], areas: Mapping[str, Sequence[str]]
) -> Table | None:
    """Return the most urgent grade by policing area, the worst first; None where there is one, or one a district."""
    urgent = next(iter(grades))
    is_known = all(find(rows, "incidents", urgent, "area", area)["mean"] is not None for area in areas)
    n_districts = sum(len(districts) for districts in areas.values())
    if not is_known or not 1 < len(areas) < n_districts:
        return None
    return _by_place(rows, grades, "area", {area: area[:1].upper() + area[1:] for area in areas})


def _by_place(rows: Sequence[Result], grades: Mapping[str, str], by: str, places: Mapping[str, str]) -> Table:
    urgent = next(iter(grades))

    def share(place: str) -> float:
        found = find(rows, "within_target_share", urgent, by, place)["mean"]
        return 2.0 if found is None else float(found)

    name = "policing area" if by == "area" else by
    return Table(
        f"{grades[urgent]} incidents by {name}, the worst served first",
        (
            Column(name.capitalize()),
            Column("In time", is_number=True),
            Column("Half reached within", is_number=True),
            Column("Nine in ten within", is_number=True),
            Column("Unit-hours uncommitted", "a week", is_number=True),
        ),
        [
            (
                places[place],
                with_interval(find(rows, "within_target_share", urgent, by, place)),
                with_interval(find(rows, "median_s", urgent, by, place)),
                with_interval(find(rows, "p90_s", urgent, by, place)),
                with_interval(find(rows, "uncommitted_h", "all", by, place)),
            )
            for place in sorted(places, key=share)
        ],
    )


def by_setting(rows: Sequence[Result], grades: Mapping[str, str]) -> Table:
    """Return each grade in towns and in the country."""
    settings = {"urban": "Urban", "rural": "Rural"}
    figures = ("within_target_share", "median_s", "p90_s")
    return Table(
        "Urban and rural",
        (Column("Grade"), Column("Place"), *(Column(brief(figure), is_number=True) for figure in figures)),
        [
            (
                name,
                settings[setting],
                *(with_interval(find(rows, figure, grade, "setting", setting)) for figure in figures),
            )
            for grade, name in grades.items()
            for setting in settings
        ],
    )


def compared(result: Result, grades: Mapping[str, str], channels: Sequence[Channel]) -> Table:
    """Return every option's figures and how they differ from the first's."""
    options = result["options"]
    names = {**grades, **{one.id: one.name for one in channels}}
    changes: dict[str, list[Result]] = {option["name"]: [] for option in options}
    for row in result["differences"]:
        changes[row["option"]].append(row)
    rows: list[tuple[Cell | str, ...]] = []
    asked = [
        *((figure, grade) for figure in COMPARED for grade in grades),
        *((figure, "all") for figure in COMPARED_WHOLE),
        *((f"answered_{10 if one.is_emergency else 30}_s_share", one.id) for one in channels),
    ]
    for figure, of in asked:
        base = find(options[0]["figures"], figure, of)
        if base["mean"] is None:
            continue
        name = names.get(of, "")
        cells = [with_interval(base)]
        for option in options[1:]:
            one = find(changes[option["name"]], figure, of)
            verdict = VERDICTS.get(str(one.get("verdict", "")), "")
            cells.append(f"{change(one)}, {verdict}" if verdict != numbers.MISSING else change(one))
        rows.append(
            (f"{brief(figure)}{f', {low(name)}' if name else ''}{unit_of_change(base['unit'])}", *cells)
        )
    return Table(
        f"Against {options[0]['name']}",
        (
            Column("Figure", is_long=True),
            Column(options[0]["name"], is_number=True),
            *(Column(option["name"], is_number=True) for option in options[1:]),
        ),
        rows,
        note="The first option's own figure, then what each other changes. “Not clear”: the interval has nought in it.",
    )


def costs(result: Result, grades: Mapping[str, str]) -> Table:
    """Return what each option costs beside what it brings."""
    urgent = next(iter(grades))
    name = low(grades[urgent])
    rows = []
    for option in result["options"][1:]:
        mine = [row for row in result["differences"] if row["option"] == option["name"]]
        in_time = find(mine, "within_target_share", urgent)
        rows.append(
            (
                option["name"],
                numbers.money(option["cost_gbp"]),
                numbers.money(once_gbp(option)),
                change(in_time),
                change(find(mine, "median_s", urgent)),
                change(find(mine, "visible_officer_h")),
                each_point(option["cost_gbp"], in_time),
            )
        )
    return Table(
        "Cost beside benefit",
        (
            Column("Option"),
            Column("Cost", "a year", is_number=True),
            Column("Cost once", is_number=True),
            Column(f"{grades[urgent]} reached in time", "percentage points", is_number=True),
            Column(f"Half of {name} reached within", "minutes", is_number=True),
            Column("Free for visible patrol", "officer-hours a week", is_number=True),
            Column(f"A point of {name} in time", "a year", is_number=True),
        ),
        rows,
        note=f"All against {result['options'][0]['name']}. Cost is that of added posts at what an officer costs "
        "(the folder's figure, else assumed), and what a scenario names besides; what a structure saves is in it only "
        "where a scenario says so.",
    )


def once_gbp(option: Result) -> float:
    """Return what an option costs once more than the base; results kept by an earlier release hold its own cost."""
    return float(option.get("cost_gbp_once_more", option["cost_gbp_once"]))


def each_point(cost_gbp: float, in_time: Result) -> str:
    """Return what a percentage point in time costs, where an option costs something and is clearly better."""
    if cost_gbp <= 0 or in_time.get("verdict") != "better" or not in_time["mean"]:
        return numbers.MISSING
    return numbers.money(round(cost_gbp / (100 * in_time["mean"]), -3))


def equity(result: Result) -> Table:
    """Return the worst-served district and policing area of each option, and which districts lose."""
    rows = []
    for option in result["options"]:
        found = option["equity"]
        there = {"mean": found["worst_share"], "half_width": found.get("half_width"), "unit": "share"}
        changed = {"mean": found.get("change"), "half_width": found.get("change_half_width"), "unit": "share"}
        rows.append(
            (
                option["name"],
                found["worst_area"] or numbers.MISSING,
                with_interval(there),
                change(changed),
                numbers.percent(found["gap"]),
                ", ".join(found.get("served_worse", ())) or numbers.MISSING,
                *_worst_area(option.get("equity_by_area") or {}),
            )
        )
    return Table(
        "Who is served worst",
        (
            Column("Option"),
            Column("Worst-served district"),
            Column("In time there", is_number=True),
            Column("Change there", "percentage points", is_number=True),
            Column("Behind the best", is_number=True),
            Column("Districts that lose"),
            Column("Worst-served policing area"),
            Column("In time in it", is_number=True),
        ),
        rows,
        note="Of the most urgent grade: reached within its target. A district loses where the change is clear and more "
        "than half a point. Policing areas are the option's own; none is told where each district is one, or all are.",
    )


def _worst_area(found: Result) -> tuple[str, str]:
    if found.get("worst_area") is None:
        return numbers.MISSING, numbers.MISSING
    share = {"mean": found["worst_share"], "half_width": found["half_width"], "unit": "share"}
    return found["worst_area"], with_interval(share)


def rests(rows: Iterable[Result]) -> Table:
    """Return what a result rests on."""
    return Table(
        "What it rests on",
        (
            Column("Assumption or fact", is_long=True),
            Column("Value"),
            Column("Standing"),
            Column("From"),
            Column("Source and why", is_long=True),
        ),
        [
            (
                numbers.readable(row["title"]),
                valued(row["value"], row["unit"], row["title"]),
                row["status"],
                row["where"],
                ". ".join(filter(None, (row["source"], row["why"]))),
            )
            for row in rows
        ],
        is_caption_hidden=True,
    )


_MARKS = {"kilometres": " km", "square_kilometres": " km²", "kilometres_an_hour": " km/h"}


def valued(value: Any, unit: str, title: str = "") -> str:
    """Return a value with its unit: a time in the unit that suits it, a share in per cent, long lists by their ends.

    Parameters
    ----------
    value
        A number, a list of some, or several by name; None is no text.
    unit
        The unit of the parameter it is of.
    title
        What it is; one that asks whether is numbered 1 and 0.
    """
    if isinstance(value, dict):
        parts = [valued(part, unit, title) for part in value.values()]
        if any(len(part) > LONGEST_PART for part in parts):
            return "by hour or month, for each kind"
        return "; ".join(f"{words(key)} {part}" for key, part in zip(value, parts, strict=True))
    if isinstance(value, list):
        if len(value) > MOST_LISTED and not any(isinstance(part, list) for part in value):
            return f"{valued(min(value), unit, title)} to {valued(max(value), unit, title)}"
        return ", ".join(valued(part, unit, title) for part in value)
    # Those that ask whether are numbered 1 and 0, as their titles say.
    return "" if value is None else _single(value, "" if title.startswith("Whether") else unit)


def _single(value: float, unit: str) -> str:
    match unit:
        case "seconds":
            return numbers.duration(value)
        case "share":
            return numbers.percent(value, 0 if round(value, 2) == value else 1)
        case "gbp":
            return numbers.money(value)
    return f"{numbers.text(Decimal(repr(value)))}{_MARKS.get(unit, '')}"
