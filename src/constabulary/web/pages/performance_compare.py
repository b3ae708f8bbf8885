"""A force among its peers: paste a table, see the rank with the ranks that chance allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from constabulary.core.errors import ConstabularyError
from constabulary.registers.access import Permission
from constabulary.services.performance.voice import (
    ComparisonAnswer,
    ComparisonReport,
    compare_text,
    peer_groups,
)
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import api, form, numbers
from constabulary.web.api_words import Word
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.performance import shown
from constabulary.web.table import Column, Table, Way

KINDS = (("rate", "A rate: events for each 1,000 of the base"), ("share", "A share: a part of the base"))
DIRECTIONS = (
    ("neutral", "Neither; rank 1 is the highest"),
    ("decrease", "Less is better"),
    ("increase", "More is better"),
)

MOST_LETTERS = 10_000
"""Some hundreds of forces; the ranks that chance allows are drawn for all of them at once."""


@dataclass(frozen=True)
class Compare(Context):
    """What the page that compares forces shows.

    Parameters
    ----------
    ways
        The pages of the room.
    form
        The form, with what is wrong with it.
    table
        The forces in order of rank; None before there is an answer.
    """

    ways: tuple[Way, ...]
    form: form.Form
    table: Table | None


class CompareForm(form.Form):
    """A pasted table, and how it is to be read."""

    table = form.LongText(
        "Counts of each force",
        hint="Copied from a spreadsheet, or with commas: a first line with force, count and base, then a row a force.",
        required="Paste the counts of the forces",
        rows=8,
    )
    force = form.Text(
        "Force to look at", hint="As the table spells it.", required="Say which force to look at", width=30
    )
    kind = form.Radios("What the count is", KINDS, required="Say what the count is", initial="rate")
    direction = form.Radios(
        "Which way improvement lies", DIRECTIONS, required="Say which way improvement lies", initial="neutral"
    )


@page(
    "performance/compare/",
    name="performance_compare",
    title="Compare a force with its peers",
    permission=Permission.SEE_RECORDS,
    nav=Room.PERFORMANCE,
    parent="performance",
    methods=("GET", "HEAD", "POST"),
)
def compare(request: Request) -> Compare:
    """Rank the forces of a pasted table; nothing of it is kept."""
    sent = _form(request)
    if sent.is_bound and sent.is_valid():
        found = _report(request.workspace, sent)
        if found is not None:
            return Compare(found.sentence(), shown.ways("performance_compare"), sent, _table(found))
    return Compare(
        "Paste a count for each force to see where one stands among them, and which other ranks chance alone "
        "would allow. What is pasted here is not kept.",
        shown.ways("performance_compare"),
        sent,
        None,
    )


@api.route(
    "performance/compare",
    name="performance_compare",
    title="A force among its peers",
    permission=Permission.SEE_RECORDS,
)
def compare_answer(
    request: Request,
    table: Annotated[
        str,
        Word("Rows of force, count and base below these names, with commas or tabs.", longest=MOST_LETTERS),
    ],
    force: Annotated[str, Word("The force asked about, as the table spells it.")],
    kind: Annotated[
        str, Word("Events for a base, or a part of it.", one_of=tuple(one for one, _ in KINDS))
    ] = "rate",
    per: Annotated[
        float, Word("Of a rate: for how many of the base.", unit="of the base", least=0.001, most=1e9)
    ] = 1000.0,
    direction: Annotated[
        str, Word("Which way is better.", one_of=tuple(one for one, _ in DIRECTIONS))
    ] = "neutral",
    group: Annotated[str, Word("A group of peers of the force folder, to compare within.")] | None = None,
    on: Annotated[date, Word("The day its members are taken of; the latest when left out.")] | None = None,
) -> ComparisonAnswer:
    """Answer with the ranks of a pasted table (force, count, base), those that chance allows, and weighted averages."""
    return compare_text(
        request.workspace,
        table,
        "the table",
        force=force,
        kind=kind,
        per=per,
        direction=direction,
        group=group,
        on=on,
    ).as_json()


def _form(request: Request) -> CompareForm:
    sent = CompareForm(request.POST) if request.method == "POST" else CompareForm()
    groups = peer_groups(request.workspace)
    if groups:
        sent.fields["group"] = form.Select(
            "Group of peers", (("", "none"), *((one, one) for one in groups)), required=""
        )
    return sent


def _report(workspace: Workspace, sent: CompareForm) -> ComparisonReport | None:
    asked = sent.cleaned_data
    try:
        return compare_text(
            workspace,
            asked["table"],
            "the table",
            force=asked["force"],
            kind=asked["kind"],
            direction=asked["direction"],
            group=asked.get("group") or None,
        )
    except ConstabularyError as error:
        for problem in error.problems:
            said = str(problem)
            sent.add_error(
                "force" if problem.rule == "unknown_force" else "table",
                said if problem.file else said[:1].upper() + said[1:],
            )
        return None


def _table(report: ComparisonReport) -> Table:
    made = report.comparison
    places = 1 if made.kind == "rate" else 3
    has_group = made.group is not None
    columns = (
        Column("Force"),
        Column("Rank", is_number=True),
        Column("Ranks chance allows", is_number=True),
        Column("Value", f"for each {made.per:,.0f}" if made.kind == "rate" else "share", is_number=True),
        Column("Lower", is_number=True),
        Column("Upper", is_number=True),
        *((Column("In the group"),) if has_group else ()),
    )
    rows = [
        (
            one.force,
            str(one.rank),
            f"{one.rank_interval[0]} to {one.rank_interval[1]}",
            numbers.number(one.value, places),
            numbers.number(one.interval.lower, places),
            numbers.number(one.interval.upper, places),
            *(("yes" if one.in_group else "no",) if has_group else ()),
        )
        for one in made.forces
    ]
    average = numbers.number(made.all_forces.value, places)
    note = f"All {numbers.several(made.all_forces.n_forces, 'force')} together: {average}."
    if made.group is not None:
        note += f" The group of {made.group.n_forces}: {numbers.number(made.group.value, places)}."
    return Table("Forces in order of rank", columns, rows, note)
