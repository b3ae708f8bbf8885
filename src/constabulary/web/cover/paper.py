"""The paper on cover as sections that a page, a PDF and a spreadsheet show alike."""

from __future__ import annotations

from typing import Any

import polars as pl

from constabulary.render import maps
from constabulary.render.paper import Paper, PaperTable, Section
from constabulary.services.cover.map import cover_map
from constabulary.services.cover.measure import Measured
from constabulary.services.cover.paper import CoverPaper, cover_paper
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import numbers
from constabulary.web.cover import pictures
from constabulary.web.cover.tables import COLUMNS, PLACED

TITLE = "Distribution of police cover"


def paper_of(workspace: Workspace, span: dict[str, Any], *, has_picture: bool) -> tuple[CoverPaper, Paper]:
    """Return the paper of some days, and what it was made of.

    Parameters
    ----------
    workspace
        Whose.
    span
        from_on and to_on, either may be None.
    has_picture
        Whether the map is drawn into it.
    """
    found = cover_paper(workspace, **span)
    sections = [_layers(found), _posts(found)]
    if found.presence is not None and found.visible is not None:
        sections.append(_presence(workspace, found.presence, span, has_picture=has_picture))
        sections.append(
            Section(
                "Visible time per head",
                [found.visible.answer, f"{found.visible.definition} {found.visible.crediting}"],
                [_measure(found.visible)],
            )
        )
    sections.append(Section("What is not known", found.unknown))
    about = [found.force_name]
    if found.presence is not None:
        about.append(f"{numbers.day(found.presence.from_on)} to {numbers.day(found.presence.to_on)}")
    if found.is_synthetic:
        about.append("SYNTHETIC positions: made up from establishment and shifts, not real")
    foot = " ".join(filter(None, ("Synthetic positions." if found.is_synthetic else "", found.attribution)))
    title = f"{TITLE} (synthetic positions)" if found.is_synthetic else TITLE
    return found, Paper(title, ". ".join(about) + ".", found.answer, sections, foot)


def _layers(found: CoverPaper) -> Section:
    rows = found.layers.select("layer", "name", "part_of", "size")
    said = (
        "Units that the force can call upon, widest layer first, with their size where a document prints it."
        if found.layers.height
        else "The force folder lists no layers of resource."
    )
    tables = [
        PaperTable(
            "Layers of resource",
            ("Layer", "Unit", "Part of", "Size"),
            [list(row) for row in rows.iter_rows()],
            (False,) * 4,
            found.layers,
            "; ".join(dict.fromkeys(source.split(", ")[0] for source in found.layers["source"])) + ".",
        )
    ]
    return Section("Layers of resource", [said], tables if found.layers.height else [])


def _posts(found: CoverPaper) -> Section:
    rows = [
        [str(row[0]), *(numbers.number(value, 1) for value in row[1:])]
        for row in found.establishment.iter_rows()
    ]
    table = PaperTable(
        "Establishment by district",
        ("District", *found.roles, "Total"),
        rows,
        (False, *(True for _ in found.roles), True),
        found.establishment,
        f"Source: {found.posts_source}.",
    )
    return Section(
        "Establishment by district", ["Full-time equivalent posts."], [table] if found.roles else []
    )


def _presence(
    workspace: Workspace, presence: Measured, span: dict[str, Any], *, has_picture: bool
) -> Section:
    drawn = cover_map(workspace, "lsoa", "time", **span)
    return Section(
        "Time in each area",
        [presence.answer, f"{presence.definition} {presence.crediting}"],
        [_measure(presence)],
        maps.png(pictures.map_svg(drawn)) if has_picture else None,
        pictures.map_alt(drawn),
    )


def _measure(found: Measured) -> PaperTable:
    columns = COLUMNS[found.name]
    return PaperTable(
        found.title,
        [f"{title}, {unit}" if unit else title for _, title, unit, _ in columns],
        [
            [numbers.MISSING if row[name] is None else write(row[name]) for name, _, _, write in columns]
            for row in found.rows.iter_rows(named=True)
        ],
        [name not in PLACED for name, _, _, _ in columns],
        found.rows.select(pl.all()),
    )
