"""The first page: what is loaded, and how fresh it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from constabulary.registers.access import Permission
from constabulary.services.records.holdings import Holding, Holdings, holdings
from constabulary.services.workspace.force import force_overview
from constabulary.web import numbers
from constabulary.web.page import Context, Request, Room, page, pages
from constabulary.web.table import Cell, Column, Figure, Table
from constabulary.web.wording import counted, made_up

QUESTIONS = {
    Room.DEMAND: "what a typical day brings, when, where and of what kind",
    Room.COVER: "who was where, for how long, and where nobody was",
    Room.RESPONSE: "how soon calls are answered and units arrive, and what would change that",
    Room.MONEY: "whether the plan adds up, and what a pound on the council tax buys",
    Room.PERFORMANCE: "what has really changed, and which objective has no measure",
    Room.DATA: "what all of it rests on; bring records in, or take them back",
}
"""What each room answers; one without its words is shown by its name alone."""


@dataclass(frozen=True)
class Home(Context):
    """What the first page shows.

    Parameters
    ----------
    title
        The force's name.
    made_up
        Which records are made up, in a sentence; empty where none is.
    figures
        Records, imports, refused rows and printed figures.
    loaded
        The records by table and force; none before the first import.
    rooms_to_enter
        Title, address and question of the rooms that are built.
    """

    title: str
    made_up: str
    figures: tuple[Figure, ...]
    loaded: Table | None
    rooms_to_enter: tuple[tuple[str, str, str], ...]


@page("", name="home", title="Home", permission=Permission.SEE_RECORDS)
def home(request: Request) -> Home:
    """Say what is loaded, and how fresh it is."""
    force = force_overview(request.workspace)
    held = holdings(request.workspace)
    return Home(
        answer=answer(held),
        title=force.name,
        made_up=made_up(held),
        figures=(
            Figure(
                "Records",
                numbers.number(held.n_rows),
                basis=f"last import {numbers.instant(held.last_import_at)}",
            ),
            Figure("Imports", numbers.number(held.n_imports), working=reverse("imports")),
            Figure("Rows refused", numbers.number(held.n_refused), working=reverse("imports")),
            Figure(
                "Facts in the force folder",
                numbers.number(force.n_facts),
                basis=f"from {numbers.several(len(force.sources), 'document')}",
                working=reverse("force"),
            ),
        ),
        loaded=loaded(held, dict.fromkeys(force.known_as, force.name)),
        rooms_to_enter=tuple(
            (room.title, f"/{room.value}", QUESTIONS.get(room, ""))
            for room in Room
            if any(one.path == room.value for one in pages())
        ),
    )


def answer(held: Holdings) -> str:
    """Return in a sentence what is loaded."""
    if not held.holdings:
        return "No records are loaded yet: import some to see the demand on the force."
    latest = max(held.holdings, key=lambda one: one.to_on)
    return (
        f"{counted(held)} {'is' if held.n_rows == 1 else 'are'} loaded; the latest are of "
        f"{_period(latest, latest.to_on)}, and the last import was on {numbers.instant(held.last_import_at)}."
    )


def loaded(held: Holdings, names: Mapping[str, str]) -> Table | None:
    """Return the table of what is loaded, or nothing when nothing is.

    Parameters
    ----------
    held
        What is loaded.
    names
        The force's name by what its records call it.
    """
    if not held.holdings:
        return None
    return Table(
        "What is loaded",
        (
            Column("Table"),
            Column("Force"),
            Column("From"),
            Column("To"),
            Column("Days or months", is_number=True),
            Column("Records", is_number=True),
            Column("Kind"),
        ),
        [
            (
                Cell(one.table.replace("_", " ").capitalize()),
                names.get(one.scope, one.scope),
                _period(one, one.from_on),
                _period(one, one.to_on),
                numbers.several(one.n_periods, "month" if one.is_by_month else "day"),
                numbers.number(one.n_rows),
                "synthetic" if one.is_synthetic else "as supplied",
            )
            for one in held.holdings
        ],
        note="Records that count: accepted, and neither replaced by a later edition nor withdrawn.",
    )


def _period(one: Holding, on: date) -> str:
    return f"{on:%B %Y}" if one.is_by_month else numbers.day(on)
