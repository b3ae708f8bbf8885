"""Files about what the public says: surveys as counted, people's priorities, and the forces to be compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from constabulary.core.errors import Problem
from constabulary.core.force.declared import EVIDENCE, ID, Column, Table
from constabulary.core.force.model import Typed
from constabulary.core.force.typed import Contents

PRIORITY_STATES = {
    "open": "being worked on",
    "met": "done, and the panel agreed",
    "closed": "ended otherwise",
}


@dataclass(frozen=True, kw_only=True)
class SurveyResult(Typed):
    """What a survey found: `share` (0 to 1) of `n_answered` people asked, in a period; `area_id` None is the force.

    `measure` names the measure of the published volumes that holds the same share, if one does.
    """

    survey_id: str
    question: str
    measure: str | None
    area_id: str | None
    period: str
    share: Decimal
    n_answered: Decimal
    bound: str | None


@dataclass(frozen=True, kw_only=True)
class Priority(Typed):
    """A priority that people set at a panel meeting, and what came of it."""

    priority_id: str
    neighbourhood: str
    set_on: date
    title: str
    state: str
    action: str | None
    closed_on: date | None


@dataclass(frozen=True, kw_only=True)
class Peer(Typed):
    """A force's membership of a group of peers, both days counted in; `to_on` None is still a member."""

    group: str
    force: str
    from_on: date
    to_on: date | None


TABLES = (
    Table(
        "survey_results",
        "performance/surveys.csv",
        "What surveys found, with the number of people who answered.",
        (
            Column("survey_id", "Which survey. " + ID, "id"),
            Column("question", "What the share said yes to."),
            Column(
                "measure",
                "The measure of volumes that prints the same share; the two must agree.",
                "id",
                False,
                (),
                ("measures",),
            ),
            Column(
                "area_id",
                "District or area; empty for the whole force.",
                "id",
                False,
                (),
                ("districts", "areas"),
            ),
            Column("period", "The period it covers, such as 2012, 2012/13 or 2012-Q1."),
            Column("share", "Share that said yes.", "share"),
            Column("n_answered", "People who answered.", "decimal"),
            Column(
                "bound",
                "about where the number of people is printed as roughly this.",
                "text",
                False,
                ("about",),
            ),
            *EVIDENCE,
        ),
        ("survey_id", "question", "area_id", "period"),
        required=False,
        record=SurveyResult,
    ),
    Table(
        "priorities",
        "performance/priorities.csv",
        "People's priorities, as set at panel meetings, by neighbourhood.",
        (
            Column("priority_id", ID, "id"),
            Column("neighbourhood", "Name of the neighbourhood."),
            Column("set_on", "Day of the panel meeting that set it.", "date"),
            Column("title", "The priority, in a few words."),
            Column(
                "state",
                "; ".join(f"{k}: {v}" for k, v in PRIORITY_STATES.items()),
                "text",
                True,
                tuple(PRIORITY_STATES),
            ),
            Column("action", "What was done.", required=False),
            Column("closed_on", "Day it was met or closed; empty while open.", "date", False),
            *EVIDENCE,
        ),
        ("priority_id",),
        required=False,
        record=Priority,
    ),
    Table(
        "peers",
        "performance/peers.csv",
        "Groups of forces to be compared with, such as the most similar group, with the days of membership.",
        (
            Column("group", "Name of the group. " + ID, "id"),
            Column("force", "Name of the force, as files to be compared spell it."),
            Column("from_on", "First day of membership.", "date"),
            Column("to_on", "Last day of membership; empty while it lasts.", "date", False),
            *EVIDENCE,
        ),
        ("group", "force", "from_on"),
        required=False,
        record=Peer,
    ),
)


def check(contents: Contents) -> Iterator[Problem]:
    """Tell survey results without people, priorities closed before they were set, and the like."""
    for row in contents.tables["survey_results"]:
        if row["n_answered"] <= 0:
            yield Problem(
                "impossible_count",
                "nobody answered.",
                row["file"],
                row["line"],
                "n_answered",
                expected="above 0",
            )
        printed = {one["value"] for one in contents.tables["volumes"] if one["measure"] == row["measure"]}
        if row["measure"] is not None and row["share"] not in printed:
            yield Problem(
                "not_as_printed",
                f"no row of volumes has the share {row['share']} for {row['measure']}.",
                row["file"],
                row["line"],
                "share",
                remedy="Mend whichever was mistyped.",
            )
    for row in contents.tables["priorities"]:
        if (row["state"] == "open") != (row["closed_on"] is None):
            yield Problem(
                "half_closed",
                "a priority has a closing day exactly when it is met or closed.",
                row["file"],
                row["line"],
                "closed_on",
            )
        elif row["closed_on"] is not None and row["closed_on"] < row["set_on"]:
            yield Problem("bad_period", "it ends before it was set.", row["file"], row["line"], "closed_on")
    for row in contents.tables["peers"]:
        if row["to_on"] is not None and row["to_on"] < row["from_on"]:
            yield Problem("bad_period", "it ends before it begins.", row["file"], row["line"], "to_on")
