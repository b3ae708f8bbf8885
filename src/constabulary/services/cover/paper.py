"""The paper "Distribution of police cover": what a panel is told of who is available, where, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from constabulary.core.amounts import duration
from constabulary.core.errors import NothingThere
from constabulary.core.force import Force
from constabulary.services.cover.figures import measure
from constabulary.services.cover.kept import kept
from constabulary.services.cover.measure import Measured, meanings_of
from constabulary.services.workspace.force import force_of
from constabulary.store.workspace import Workspace


@dataclass(frozen=True)
class CoverPaper:
    """What the paper is made of.

    Parameters
    ----------
    force_name
        Whose.
    layers
        layer, name, part_of, size (as printed, with bound and unit) and source of each unit the force can call upon.
    establishment
        Posts by district and role with the day they held, and the whole force: name, one column a role, total.
    roles
        Names of those columns.
    posts_source
        Where the posts were printed.
    presence
        Time in each district beside its posts; None where no positions are held.
    visible
        Visible time per head; None where no positions are held.
    unknown
        What is not known, a sentence each.
    is_synthetic
        Whether the positions are made up.
    attribution
        What must be said where areas are shown.
    """

    force_name: str
    layers: pl.DataFrame
    establishment: pl.DataFrame
    roles: tuple[str, ...]
    posts_source: str
    presence: Measured | None
    visible: Measured | None
    unknown: tuple[str, ...]
    is_synthetic: bool
    attribution: str

    @property
    def answer(self) -> str:
        """What the paper says, in a sentence."""
        posts = float(self.establishment["total"][-1]) if self.establishment.height else 0.0
        said = f"{self.force_name} has {posts:,.1f} posts in its districts".replace(".0 posts", " posts")
        if self.presence is None or self.visible is None:
            return f"{said}; where its officers spend their time is not known, for no positions are held."
        whole = self.visible.totals["all_officer_hours"]
        seen = self.visible.totals["visible_officer_hours"]
        return (
            f"{said}; from {self.presence.from_on} to {self.presence.to_on} its officers were known to be in a "
            f"district for {whole:,.0f} hours, {seen / whole if whole else 0:.0%} of them visible."
        )


def cover_paper(
    workspace: Workspace, *, from_on: date | None = None, to_on: date | None = None
) -> CoverPaper:
    """Return what the paper is made of; without positions, what the force folder tells alone.

    Parameters
    ----------
    workspace
        Whose.
    from_on, to_on
        First and last local day of the positions; all there are when None.
    """
    force = force_of(workspace)
    presence = visible = None
    unknown: list[str] = []
    try:
        presence = measure(workspace, "establishment", from_on=from_on, to_on=to_on)
        visible = measure(workspace, "visibility", level="district", from_on=from_on, to_on=to_on)
        unknown += _of_positions(workspace, force)
    except NothingThere as error:
        said = " ".join(str(problem) for problem in error.problems)
        unknown.append(said[:1].upper() + said[1:])
    roles = tuple(role for role in force.roles if any(row.role == role.id for row in force.establishment))
    unknown += _of_folder(force)
    sources = {
        f"{force.source(row.source_id).title}, {row.where}" if row.source_id else "assumed"
        for row in force.establishment
        if row.area_id is not None
    }
    return CoverPaper(
        force.name,
        _layers(force),
        _posts(force, [role.id for role in roles]),
        tuple(role.name for role in roles),
        "; ".join(sorted(sources)),
        presence,
        visible,
        tuple(unknown),
        presence is not None and presence.is_synthetic,
        (presence.attribution if presence else force.lsoa_attribution) or "",
    )


def _layers(force: Force) -> pl.DataFrame:
    names = {layer.id: layer.name for layer in force.layers}
    units = {unit.id: unit.name for unit in force.resource_layers}
    order = {layer.id: layer.order for layer in force.layers}
    rows = [
        {
            "layer": names.get(unit.layer, unit.layer),
            "name": unit.name,
            "part_of": units.get(unit.part_of or "", ""),
            "size": ""
            if unit.size is None
            else " ".join(filter(None, (unit.bound, f"{unit.size:,}", unit.size_unit))),
            "source": ", ".join(
                filter(
                    None, (force.source(unit.source_id).title if unit.source_id else "assumed", unit.where)
                )
            ),
        }
        for unit in sorted(force.resource_layers, key=lambda one: order.get(one.layer, 0))
    ]
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("layer", "name", "part_of", "size", "source"), pl.String())
    )


def _posts(force: Force, roles: Sequence[str]) -> pl.DataFrame:
    latest: dict[tuple[str | None, str], float] = {}
    for row in sorted(force.establishment, key=lambda one: one.as_at_on):
        latest[row.area_id, row.role] = float(row.posts_fte)
    rows: list[dict[str, Any]] = []
    for district in force.districts:
        own = {role: latest.get((district.id, role)) for role in roles}
        rows.append({"name": district.name, **own, "total": sum(filter(None, own.values()))})
    if rows:
        whole = {role: sum(row[role] or 0.0 for row in rows) for role in roles}
        rows.append({"name": "All districts", **whole, "total": sum(whole.values())})
    schema = {"name": pl.String} | dict.fromkeys((*roles, "total"), pl.Float64)
    return pl.DataFrame(rows, schema=schema)


def _of_positions(workspace: Workspace, force: Force) -> list[str]:
    about = kept(workspace, "district").about
    removed = ", ".join(
        f"{count:,} {name.replace('_', ' ')}" for name, count in about["removed"].items() if count
    )
    found = [
        f"Between positions more than {duration(about['cap_s'])} apart nobody knows where a unit was: "
        f"{about['unknown_s'] / 3600:,.0f} unit-hours"
        + (", off-duty time included." if about["off_duty_s"] is None else " on duty."),
        f"Half of all positions are {duration(about['median_interval_s'] or 0)} apart or more; time in small places is "
        "known no better than that.",
        f"Cleaning removed {removed or 'no'} positions of {about['fixes']:,}.",
    ]
    if about["outside_s"]:
        found.append(f"{about['outside_s'] / 3600:,.0f} unit-hours were outside the force's area.")
    if not meanings_of(force):
        found.append(
            "What units were doing is not known, for the force folder does not say what statuses mean."
        )
    return found


def _of_folder(force: Force) -> list[str]:
    without = sum(unit.size is None for unit in force.resource_layers)
    found = []
    if without:
        found.append(f"The size of {without} of {len(force.resource_layers)} units listed is not printed.")
    if force.resource_layers:
        found.append(
            "How much of what is shared with others is in the force's area at any time is not printed."
        )
    found.append("Units without a radio or vehicle that reports its position are not seen at all.")
    return found
