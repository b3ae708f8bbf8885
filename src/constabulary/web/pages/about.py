"""The front page of Data: what the figures rest on, under which licences, and what is not built yet."""

from __future__ import annotations

from dataclasses import dataclass

from constabulary.registers.access import Permission
from constabulary.services.records.holdings import holdings, known_faults
from constabulary.services.workspace.force import force_overview
from constabulary.web import numbers
from constabulary.web.page import Context, Request, Room, page, pages
from constabulary.web.table import Column, Table
from constabulary.web.wording import counted, made_up


@dataclass(frozen=True)
class About(Context):
    """What the page about the data shows.

    Parameters
    ----------
    made_up
        Which records are made up, in a sentence; empty where none is.
    licences
        What each kind of data is, and under which licence or attribution it is used.
    faults
        What is known to be wrong with such records in the field, for the tables that hold any; None where nothing is.
    not_built
        The rooms of the site that are planned and not built.
    """

    made_up: str
    licences: Table
    faults: Table | None
    not_built: tuple[str, ...]


@page("data/", name="about", title="About the data", permission=Permission.SEE_PUBLIC, nav=Room.DATA)
def about(request: Request) -> About:
    """Say what the figures rest on."""
    force = force_overview(request.workspace)
    held = holdings(request.workspace)
    records = f"{counted(held)} from {numbers.several(held.n_imports, 'import')}"
    built = {one.path for one in pages()}
    faults = known_faults(held)
    return About(
        answer=(
            f"The figures of this site rest on {records}, and on {numbers.several(force.n_facts, 'fact')} "
            f"typed from {numbers.several(len(force.sources), 'document')} of {force.name} and others."
        ),
        made_up=made_up(held),
        licences=Table(
            "Licences and attributions",
            (Column("Data"), Column("Attribution")),
            [
                *([("Outlines of small areas (LSOA 2011)", force.attribution)] if force.attribution else []),
                (
                    "Street crime, outcomes, stop and search",
                    "Where imported from data.police.uk: contains public sector information licensed "
                    "under the Open Government Licence v3.0.",
                ),
                *(
                    (f"{one.title} ({numbers.readable(one.published)})", one.licence or one.publisher)
                    for one in force.sources
                ),
            ],
        ),
        faults=Table(
            "Known faults of the records", (Column("Records"), Column("Column"), Column("Fault")), faults
        )
        if faults
        else None,
        not_built=tuple(room.title for room in Room if room.value not in built),
    )
