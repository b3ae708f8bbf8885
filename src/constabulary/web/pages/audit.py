"""The audit trail: who did what to what, and when; rows are added and never changed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.urls import reverse

from constabulary.registers.access import Permission
from constabulary.services.workspace import audit as service
from constabulary.web import numbers
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Cell, Column, Leaf, Table, leaf_of

ROWS_A_PAGE = 50
_LED_TO = (
    (re.compile(r"run (\d+)\b.*"), "run"),
    (re.compile(r"import (\d+)"), "import"),
)
"""What an entry may be about, and the page that shows it."""


@dataclass(frozen=True)
class Audit(Context):
    """What the page of the audit trail shows.

    Parameters
    ----------
    trail
        The entries, the latest first; none before the first.
    leaf
        Which part of them is shown.
    """

    trail: Table | None
    leaf: Leaf


@page(
    "data/audit/",
    name="audit",
    title="Audit trail",
    permission=Permission.SEE_AUDIT,
    nav=Room.DATA,
    parent="about",
)
def audit(request: Request) -> Audit:
    """Show who did what and when, the latest first."""
    n_entries = service.n_entries(request.workspace)
    leaf = leaf_of(request.GET, n_entries, ROWS_A_PAGE)
    shown = service.entries(request.workspace, leaf.start, ROWS_A_PAGE)
    return Audit(
        f"{numbers.several(n_entries, 'entry', 'entries')}, the latest of {numbers.instant(shown[0].at)}."
        if shown and leaf.number == 1
        else f"{numbers.several(n_entries, 'entry', 'entries')}.",
        trail=Table(
            "Who did what and when, the latest first",
            (Column("When"), Column("Who"), Column("What"), Column("To what")),
            [(numbers.instant(one.at), one.by, one.action, _target(one.about)) for one in shown],
            is_caption_hidden=True,
        )
        if shown
        else None,
        leaf=leaf,
    )


def _target(about: str) -> Cell:
    """Return what an entry is about, leading to its page where it has one."""
    for pattern, name in _LED_TO:
        if found := pattern.fullmatch(about):
            return Cell(about, reverse(name, args=[found[1]]))
    return Cell(about)
