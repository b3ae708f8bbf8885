"""Answers what people say: surveys with their intervals, priorities by neighbourhood, and a force among its peers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypedDict

from constabulary.core.answers import Answer, StampedAnswer, Written, words_of, written
from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force.rooms.voice import PRIORITY_STATES, Peer, Priority, SurveyResult
from constabulary.core.provenance import Stamp
from constabulary.performance.columns import read_rows
from constabulary.performance.comparison import Average, Compared, Comparison, Counted, compare
from constabulary.performance.shares import DEFAULT_LEVEL
from constabulary.performance.surveys import (
    ALL,
    DEFAULT_MINIMUM,
    SurveyCell,
    read_survey,
    survey_cells,
    tally_counts,
)
from constabulary.services.workspace.files import read_text
from constabulary.services.workspace.force import force_of
from constabulary.store.workspace import Workspace

__all__ = [
    "DEFAULT_LEVEL",
    "DEFAULT_MINIMUM",
    "PRIORITY_STATES",
    "ComparisonReport",
    "Priority",
    "SurveyReport",
    "compare_file",
    "compare_text",
    "kept_surveys",
    "peer_groups",
    "priorities",
    "priorities_json",
    "survey_file",
    "survey_text",
    "surveys_json",
]


@dataclass(frozen=True)
class SurveyReport:
    """What a survey says.

    Parameters
    ----------
    name, question
        The survey's name or file, and what the share said yes to (empty for a file).
    cells
        By group (everybody first) and period.
    results
        The rows of the force folder it rests on; empty for a file.
    stamp
        What it was made from.
    """

    name: str
    question: str
    cells: tuple[SurveyCell, ...]
    results: tuple[SurveyResult, ...]
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        shown = [cell for cell in self.cells if cell.group == ALL and cell.share is not None]
        if not shown or shown[-1].share is None or shown[-1].interval is None:
            return "Too few people answered for a figure to be shown."
        last = shown[-1]
        text = (
            f"{last.period}: {last.share:.1%} ({shown[-1].interval.lower:.1%} to {shown[-1].interval.upper:.1%}) "
            f"of {last.n_answered:,.0f} people"
        )
        if last.change is None:
            return f"{text}."
        points = f"{100 * last.change.value:+.1f} percentage points on {shown[-2].period}"
        verdict = "a real change" if last.change.is_real else "no more than chance would bring"
        return f"{text}; {points}, {verdict}."

    def as_json(self) -> SurveyAnswer:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "name": self.name,
            "question": self.question,
            "cells": [written(cell) for cell in self.cells],
            "sentence": self.sentence(),
            "stamp": self.stamp.as_json(),
        }


@words_of(SurveyReport)
class SurveyAnswer(StampedAnswer):
    """What a survey says."""

    name: str
    question: str
    cells: list[Written[SurveyCell]]
    sentence: str


class SurveysAnswer(Answer):
    """What the surveys of the force folder say.

    Parameters
    ----------
    surveys
        One a question.
    """

    surveys: list[SurveyAnswer]


class PriorityAnswer(TypedDict):
    """What people of a neighbourhood asked for, and what became of it.

    Parameters
    ----------
    priority_id
        Its id.
    neighbourhood
        Whose.
    state
        open, met or closed.
    action
        What was done; null where nothing is told.
    set_on, closed_on
        The day it was set, and the day it was closed; null where it is not.
    """

    priority_id: str
    neighbourhood: str
    title: str
    state: str
    action: str | None
    set_on: str
    closed_on: str | None


class PrioritiesAnswer(Answer):
    """People's priorities, the latest meeting first.

    Parameters
    ----------
    priorities
        Each priority.
    """

    priorities: list[PriorityAnswer]


@dataclass(frozen=True)
class ComparisonReport:
    """A force among its peers.

    Parameters
    ----------
    force
        The force asked about, with its value, interval and rank.
    comparison
        All forces.
    others, group_others
        Weighted averages without the force: of all, and of its group (None without one).
    stamp
        What it was made from.
    """

    force: Compared
    comparison: Comparison
    others: Average
    group_others: Average | None
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        one, made = self.force, self.comparison
        n = len(made.forces)
        first, last = one.rank_interval
        reach = f"chance allows {first} to {last}" if first != last else "chance allows no other"
        order = {"increase": "best (highest)", "decrease": "best (lowest)"}.get(made.direction, "highest")
        than = _than(one, self.others.value)
        text = (
            f"{one.force}: {one.value:,.4g} ({one.interval.lower:,.4g} to {one.interval.upper:,.4g}), rank {one.rank} "
            f"of {n} counted from the {order} ({reach}); {than} the others' average of {self.others.value:,.4g}"
        )
        if self.group_others:
            text += f", {_than(one, self.group_others.value)} its group's of {self.group_others.value:,.4g}"
        return f"{text}."

    def as_json(self) -> ComparisonAnswer:
        """Return the report as commands and the API answer it."""
        made = self.comparison
        return {
            "schema": 1,
            "force": written(self.force),
            "forces": [written(one) for one in made.forces],
            "kind": made.kind,
            "per": made.per,
            "direction": made.direction,
            "level": made.level,
            "average": written(made.all_forces),
            "average_of_others": written(self.others),
            "group_average": written(made.group) if made.group else None,
            "group_average_of_others": written(self.group_others) if self.group_others else None,
            "sentence": self.sentence(),
            "stamp": self.stamp.as_json(),
        }


@words_of(Comparison)
class ComparisonAnswer(StampedAnswer):
    """A force among its peers.

    Parameters
    ----------
    force
        The force asked about.
    average, average_of_others
        Weighted averages of all forces, and of all but this one.
    group_average, group_average_of_others
        The same of its group; null without one.
    """

    force: Written[Compared]
    forces: list[Written[Compared]]
    kind: str
    per: float
    direction: str
    level: float
    average: Written[Average]
    average_of_others: Written[Average]
    group_average: Written[Average] | None
    group_average_of_others: Written[Average] | None
    sentence: str


def survey_file(
    path: Path,
    *,
    satisfied: Sequence[str] = (),
    level: float = DEFAULT_LEVEL,
    minimum: int | None = None,
) -> SurveyReport:
    """Work out what a survey's file says.

    Parameters
    ----------
    path
        A CSV file; see `constabulary.performance.surveys.read_survey` for its columns.
    satisfied, level, minimum
        See there.

    Raises
    ------
    BadInput
        If the file cannot be read or breaks a rule; all problems at once.
    """
    text = read_text(path)
    return survey_text(text, path.name, satisfied=satisfied, level=level, minimum=minimum)


def survey_text(
    text: str,
    name: str,
    *,
    satisfied: Sequence[str] = (),
    level: float = DEFAULT_LEVEL,
    minimum: int | None = None,
) -> SurveyReport:
    """Work out what a survey's table says.

    Parameters
    ----------
    text, name
        The table, with commas or tabs between its columns, and what to call it.
    satisfied, level, minimum
        See `constabulary.performance.surveys.read_survey`.

    Raises
    ------
    BadInput
        If the table breaks a rule; all problems at once.
    """
    cells = read_survey(text, name, satisfied=satisfied, level=level, minimum=minimum)
    asked = {"satisfied": list(satisfied), "level": level, "minimum": minimum}
    stamp = Stamp({name: hashlib.sha256(text.encode()).hexdigest()}, asked)
    return SurveyReport(name, "", cells, (), stamp)


def kept_surveys(workspace: Workspace, *, level: float = DEFAULT_LEVEL) -> tuple[SurveyReport, ...]:
    """Return the surveys that the force folder holds, one report a question, for the whole force.

    Parameters
    ----------
    workspace
        Whose force folder.
    level
        Confidence level of the intervals.
    """
    force = force_of(workspace)
    found: dict[tuple[str, str], list[SurveyResult]] = {}
    for row in force.rows(SurveyResult):
        found.setdefault((row.survey_id, row.question), []).append(row)
    names = {one.id: one.name for one in force.areas} | {one.id: one.name for one in force.districts}
    return tuple(
        SurveyReport(
            survey_id,
            question,
            survey_cells(
                tally_counts(
                    (
                        row.period,
                        ALL if row.area_id is None else names[row.area_id],
                        float(row.share * row.n_answered),
                        float(row.n_answered),
                    )
                    for row in rows
                ),
                level=level,
            ),
            tuple(rows),
            Stamp({"force folder": force.files_sha256}, {"level": level}),
        )
        for (survey_id, question), rows in found.items()
    )


def surveys_json(found: Sequence[SurveyReport]) -> SurveysAnswer:
    """Return surveys as commands and the API give them."""
    return {"schema": 1, "surveys": [report.as_json() for report in found]}


def priorities(workspace: Workspace, *, state: str | None = None) -> tuple[Priority, ...]:
    """Return people's priorities, latest meeting first.

    Parameters
    ----------
    workspace
        Whose force folder.
    state
        Kept to this state; any where None.
    """
    rows = [row for row in force_of(workspace).rows(Priority) if state in (None, row.state)]
    return tuple(sorted(rows, key=lambda row: (-row.set_on.toordinal(), row.neighbourhood, row.priority_id)))


def priorities_json(rows: Sequence[Priority]) -> PrioritiesAnswer:
    """Return people's priorities as commands and the API give them."""
    return {
        "schema": 1,
        "priorities": [
            {
                "priority_id": row.priority_id,
                "neighbourhood": row.neighbourhood,
                "title": row.title,
                "state": row.state,
                "action": row.action,
                "set_on": row.set_on.isoformat(),
                "closed_on": row.closed_on.isoformat() if row.closed_on else None,
            }
            for row in rows
        ],
    }


def compare_file(workspace: Workspace, path: Path, **asked: Any) -> ComparisonReport:
    """Compare a force with the others of a file; see `compare_text`, whose options it takes."""
    return compare_text(workspace, read_text(path), path.name, **asked)


def compare_text(
    workspace: Workspace,
    text: str,
    name: str,
    *,
    force: str,
    kind: str = "rate",
    per: float = 1000.0,
    direction: str = "neutral",
    group: str | None = None,
    on: date | None = None,
    level: float = DEFAULT_LEVEL,
    seed: int = 1,
) -> ComparisonReport:
    """Compare a force with the others of a table.

    Parameters
    ----------
    workspace
        Whose force folder names the groups of peers.
    text, name
        A table with the columns force, count and base, commas or tabs between them, and what to call it.
    force
        The force asked about, as the table spells it.
    kind, per, direction, level, seed
        See `constabulary.performance.comparison.compare`.
    group, on
        A group of the force folder's peers, and the day its membership is taken of; the latest where None.

    Raises
    ------
    BadInput
        If the table breaks a rule, or the force is not in it; all problems at once.
    NothingThere
        If the force folder has no such group, or nobody was in it on that day.
    """
    _, rows = read_rows(text, name, needed=("force", "count", "base"))
    problems: list[Problem] = []
    counted = []
    for row in rows:
        count, base = row.number("count", name, problems), row.number("base", name, problems)
        if count is not None and base is not None:
            counted.append(Counted(row["force"], count, base))
    if problems:
        raise BadInput(problems)
    members = _members(workspace, group, on) if group else ()
    made = compare(counted, kind=kind, per=per, direction=direction, group=members, level=level, seed=seed)
    asked = {
        "force": force,
        "kind": kind,
        "per": per,
        "direction": direction,
        "group": list(members),
        "level": level,
    }
    return ComparisonReport(
        made.of(force),
        made,
        made.without(force),
        made.without(force, in_group=True) if members else None,
        Stamp({name: hashlib.sha256(text.encode()).hexdigest()}, asked, seed=seed),
    )


def peer_groups(workspace: Workspace) -> tuple[str, ...]:
    """Return the names of the groups of peers in the force folder."""
    return tuple(dict.fromkeys(row.group for row in force_of(workspace).rows(Peer)))


def _members(workspace: Workspace, group: str, on: date | None) -> tuple[str, ...]:
    rows = [row for row in force_of(workspace).rows(Peer) if row.group == group]
    if on is None:
        on = max((row.to_on or date.max for row in rows), default=date.max)
    members = tuple(row.force for row in rows if row.from_on <= on <= (row.to_on or date.max))
    if not members:
        known = sorted({row.group for row in force_of(workspace).rows(Peer)})
        raise NothingThere(
            Problem(
                "no_group",
                f'nobody is in the group "{group}" then.' if rows else f'there is no group "{group}".',
                file="performance/peers.csv",
                expected=", ".join(known) or None,
                remedy="Add its members to performance/peers.csv of the force folder.",
            )
        )
    return members


def _than(one: Compared, average: float) -> str:
    if average in one.interval:
        return "not to be told from"
    return "higher than" if one.value > average else "lower than"
