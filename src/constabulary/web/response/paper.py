"""The paper of an options appraisal: what was compared, what came of it, for whom, at what cost, on what it rests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from constabulary.core.amounts import low
from constabulary.render import charts
from constabulary.render.paper import Paper, PaperTable, Section
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import numbers
from constabulary.web.paper import paper_table
from constabulary.web.response import tables
from constabulary.web.response.pictures import OPTIONS, options_picture
from constabulary.web.response.tables import Result

PICTURE_PX, PICTURE_MM = 900, 174.0
IN_TIME, SOONER, SEEN = "How often in time", "How soon", "Time to be seen"
DRAWN = dict(zip((IN_TIME, SOONER, SEEN), OPTIONS, strict=True))
"""Sections with a chart, and the figure it shows."""


def paper_of(workspace: Workspace, found: Result, *, has_pictures: bool) -> Paper:
    """Return the paper of a kept appraisal.

    Parameters
    ----------
    workspace
        Whose.
    found
        The appraisal as it is kept.
    has_pictures
        Whether charts are drawn into it.
    """
    force = force_of(workspace)
    grades = {grade.id: grade.name for grade in force.grades if grade.is_attended}
    base = found["base"]
    made_up = " Made-up records were replayed." if found["synthetic"] else ""
    compared = paper_table(tables.compared(found, grades, force.channels), figures_frame(found))
    return Paper(
        f"Options for response: {numbers.several(len(found['options']) - 1, 'option')} against {base}",
        f"{force.name}. Simulated, not observed.{made_up} Stamp {found['stamp']['id']}.",
        found["summary"][0],
        [
            Section("What it comes to", [*found["summary"][1:-1], *found["warnings"]]),
            Section(
                "What was compared",
                [f"{option['name']}: {option['about']}" for option in found["options"]],
            ),
            Section(
                "Cost beside benefit",
                tables=[paper_table(tables.costs(found, grades), costs_frame(found, grades))],
            ),
            *(_drawn(found, heading, grades, has_pictures=has_pictures) for heading in DRAWN),
            Section("Who is served worst", tables=[paper_table(tables.equity(found), equity_frame(found))]),
            *(Section(option["name"], option["in_words"]) for option in found["options"][1:]),
            Section("Figures", tables=[compared]),
            Section("How sure this is, and how it was made", [found["summary"][-1], *made(found, grades)]),
            *(
                Section(f"What “{option['name']}” rests on", statements(option))
                for option in found["options"]
                if statements(option)
            ),
            Section("What all rest on", tables=[_rests(found)]),
        ],
        f"{force.name}, stamp {found['stamp']['id']}, constabulary {found['stamp']['code']}.",
    )


def statements(option: Result) -> list[str]:
    """Return what an option itself rests on, each sentence with its standing and source."""
    return [
        f"{one['title']} ({', '.join(filter(None, (one['status'], one['source'])))})"
        for one in option["rests_on"]
        if not one["name"]
    ]


def made(found: Result, grades: Mapping[str, str]) -> list[str]:
    """Return how a result was made, in sentences."""
    runs = numbers.several(found["replications"], "run")
    weeks = numbers.several(found["weeks"], "week")
    return [
        f"{runs} of {weeks} from {found['from']}, every structure with the same incidents and the same luck; "
        f"seed {found['seed']}.",
        *targets(found, grades),
        f"Travel is {found['travel']}.",
    ]


def targets(found: Result, grades: Mapping[str, str]) -> list[str]:
    """Return what "in time" means, in a sentence; nothing where a result does not say."""
    said: dict[str, list[str]] = {}
    for one in found.get("targets", ()):
        place = f" in {one['setting']} places" if one["setting"] else ""
        minutes = f"{one['seconds'] / 60:g} minutes{place}"
        said.setdefault(grades.get(one["grade"], one["grade"]), []).append(minutes)
    if not said:
        return []
    told = "; ".join(f"{low(grade)} within {', '.join(times)}" for grade, times in said.items())
    clocks = " or ".join(sorted({one["from"] for one in found["targets"]}))
    return [f"In time means the first unit at the scene, counted from when the incident is {clocks}: {told}."]


def figures_frame(found: Result) -> pl.DataFrame:
    """Return every figure of every option with its difference from the first, unrounded."""
    changes = {
        (row["option"], row["figure"], row["of"], row["by"], row["part"]): row for row in found["differences"]
    }
    keys = ("figure", "of", "by", "part")
    rows = []
    for option in found["options"]:
        for one in option["figures"]:
            change = changes.get((option["name"], *(one[key] for key in keys)), {})
            rows.append(
                {
                    "option": option["name"],
                    **{key: one[key] for key in (*keys, "unit", "mean", "half_width")},
                    "difference": change.get("mean"),
                    "difference_half_width": change.get("half_width"),
                    "verdict": change.get("verdict"),
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def costs_frame(found: Result, grades: Mapping[str, str]) -> pl.DataFrame:
    """Return cost beside benefit, unrounded."""
    urgent = next(iter(grades))
    rows: list[dict[str, Any]] = []
    for option in found["options"][1:]:
        row = {
            "option": option["name"],
            "cost_gbp": option["cost_gbp"],
            "cost_gbp_once": tables.once_gbp(option),
        }
        for figure, of in (
            ("within_target_share", urgent),
            ("median_s", urgent),
            ("visible_officer_h", "all"),
        ):
            for one in found["differences"]:
                if (one["option"], one["figure"], one["of"], one["by"]) == (
                    option["name"],
                    figure,
                    of,
                    "all",
                ):
                    row |= {f"{figure}_difference": one["mean"], f"{figure}_half_width": one["half_width"]}
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def equity_frame(found: Result) -> pl.DataFrame:
    """Return who is served worst under each option, unrounded."""
    names = ("worst_area", "worst_share", "half_width", "change", "change_half_width", "gap")
    of_area = ("worst_area", "worst_share", "half_width", "gap")
    return pl.DataFrame(
        [
            {
                "option": option["name"],
                **{name: option["equity"].get(name) for name in names},
                **{f"policing_{name}": (option.get("equity_by_area") or {}).get(name) for name in of_area},
            }
            for option in found["options"]
        ],
        infer_schema_length=None,
    )


def _drawn(found: Result, heading: str, grades: Mapping[str, str], *, has_pictures: bool) -> Section:
    picture = options_picture(found, DRAWN[heading], grades)
    drawn = charts.png(picture.spec(PICTURE_PX)) if has_pictures else None
    return Section(heading, (), (), drawn, picture.alt, PICTURE_MM)


def _rests(found: Result) -> PaperTable:
    rows: Sequence[Result] = found["rests_on"]
    frame = pl.DataFrame(
        [
            {
                **{key: row[key] for key in ("name", "title", "unit", "status", "where", "source", "why")},
                "value": None if row["value"] is None else str(row["value"]),
            }
            for row in rows
        ],
        infer_schema_length=None,
    )
    return paper_table(tables.rests(rows), frame)
