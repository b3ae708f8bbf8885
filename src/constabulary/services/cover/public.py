"""The public edition of cover: hours by area and month that show no person, each month kept as it was published."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.cover import DisclosureRule, Sensitive
from constabulary.core.progress import Progress, silent
from constabulary.cover.disclosure import Cell, Part, Question, Rules, decide, decide_part
from constabulary.cover.visibility import VISIBLE, by_meaning
from constabulary.parameters.load import load_parameters
from constabulary.services.cover.edition import SCHEMA, PublicArea, PublicCover
from constabulary.services.cover.kept import Kept, kept
from constabulary.services.cover.measure import crediting_of, meanings_of
from constabulary.services.cover.measures import residents_of
from constabulary.services.workspace.geography import area_table
from constabulary.store.whole import write_whole
from constabulary.store.workspace import Workspace

LEVELS = ("force", "area", "district", "neighbourhood", "lsoa")
KINDS = ("hours", "visible", "rest")
"""Hours of a unit in an area: all, visible, and the rest of them."""


def public_cover(
    workspace: Workspace,
    by: str = "district",
    *,
    from_on: date | None = None,
    to_on: date | None = None,
    on: date | None = None,
    progress: Progress = silent,
) -> PublicCover:
    """Return the public edition of some whole months, each month made and kept as published once.

    Parameters
    ----------
    workspace
        Whose positions.
    by
        force, area, district, neighbourhood or lsoa.
    from_on, to_on
        First day of the first month and last day of the last; every whole month that is due when None.
    on
        The day it is published; today when None.
    progress
        Told how far the work is.

    Raises
    ------
    BadInput
        If the days are no whole months, or the months are not due yet.
    NothingThere
        If there are no positions, or those of no whole month are due.
    """
    held = kept(workspace, "lsoa", progress)
    force = held.force
    rules = rules_of(force)
    on = on or datetime.now(UTC).date()
    tree = _tree(workspace, held)
    if by not in tree:
        raise BadInput(
            Problem(
                "no_public_level",
                f'"{by}" is not published.',
                value=by,
                column="--by",
                expected=f"{', '.join(tree)}; areas of one's own cut across these and would tell hidden figures",
            )
        )
    months = _months(held, from_on, to_on, on, rules)
    path = _book_of(workspace)
    with workspace.writing(wait_s=60):
        book = _read(path)
        for number, month in enumerate(months):
            there = book["months"].get(month)
            # What was published of made-up positions tells nothing of real ones.
            if there is None or (there["is_synthetic"] and not held.is_synthetic):
                progress(number, len(months), "Auditing")
                figures, visible = _decided(held, force, tree, month, rules)
                book["months"][month] = {
                    "published_on": on.isoformat(),
                    "rules": vars(rules),
                    "is_synthetic": held.is_synthetic,
                    "crediting": crediting_of(held.about),
                    "figures": _listed(figures),
                    "visible": _listed(visible),
                }
                _write(path, book)
        progress(1, 1, "Audited")
    return _view(workspace, book, held, tree, by, months)


def published_cover(workspace: Workspace, by: str = "district") -> PublicCover | None:
    """Return every month that was published, without publishing any; None where none was.

    Parameters
    ----------
    workspace, by
        As for `public_cover`.

    Raises
    ------
    NothingThere
        If there are no positions.
    """
    held = kept(workspace, "lsoa")
    book = _read(_book_of(workspace))
    tree = _tree(workspace, held)
    if not book["months"] or by not in tree:
        return None
    return _view(workspace, book, held, tree, by, tuple(sorted(book["months"])))


def rules_of(force: Force) -> Rules:
    """Return what must hold of public figures: the package's values, the force's own in their place."""
    values = {name: float(one.value) for name, one in load_parameters("disclosure").items()}
    return Rules.of(values | {row.rule: float(row.value) for row in force.rows(DisclosureRule)})


def _book_of(workspace: Workspace) -> Path:
    """Return the file that keeps each month as it was published."""
    return workspace.results_path / "public" / "cover.json"


def _read(path: Path) -> dict[str, Any]:
    return (
        json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"schema": SCHEMA, "months": {}}
    )


def _write(path: Path, book: dict[str, Any]) -> None:
    write_whole(path, json.dumps(book))


def _months(held: Kept, from_on: date | None, to_on: date | None, on: date, rules: Rules) -> tuple[str, ...]:
    first, last = held.span
    whole = [
        begin
        for begin in _month_starts(first, last)
        if begin >= first and _next(begin) - timedelta(days=1) <= last
    ]
    due = [begin for begin in whole if _next(begin) + timedelta(days=rules.delay_days) <= on]
    if not due:
        raise NothingThere(
            Problem(
                "no_month_due",
                f"no whole month of positions is {rules.delay_days} days past.",
                expected=f"a whole month between {first} and {last}",
                remedy="Wait, or import the rest of the month.",
            )
        )
    begin, end = from_on or due[0], to_on or _next(due[-1]) - timedelta(days=1)
    asked = _month_starts(begin, end)
    is_whole = begin.day == 1 and (end + timedelta(days=1)).day == 1 and begin <= end
    if not is_whole or any(month not in due for month in asked):
        raise BadInput(
            Problem(
                "not_public_months",
                f"{begin} to {end} cannot be published.",
                column="--from",
                expected=f"whole months from {due[0]} to {_next(due[-1]) - timedelta(days=1)}",
                remedy="Figures are published by whole months, some time after their end.",
            )
        )
    return tuple(f"{month:%Y-%m}" for month in asked)


def _month_starts(first: date, last: date) -> list[date]:
    found, month = [], first.replace(day=1)
    while month <= last:
        found.append(month)
        month = _next(month)
    return found


def _next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _tree(workspace: Workspace, held: Kept) -> dict[str, dict[str, str]]:
    """Return, for each level that every LSOA lies in, the area of that level of each LSOA."""
    rows = area_table(workspace)
    level_of = {(row["level"], row["area_id"]): row["parent_id"] for row in rows.iter_rows(named=True)}
    found: dict[str, dict[str, str]] = {level: {} for level in LEVELS}
    for leaf in held.names:
        area, here = leaf, "lsoa"
        while True:
            found[here][leaf] = area
            parent = level_of.get((here, area))
            above = [level for level in LEVELS[: LEVELS.index(here)] if (level, parent) in level_of]
            if not above or parent is None:
                break
            area, here = parent, above[-1]
    return {level: of for level, of in found.items() if len(of) == len(held.names)}


def _decided(
    held: Kept, force: Force, tree: dict[str, dict[str, str]], month: str, rules: Rules
) -> tuple[dict[Cell, float | None], dict[Cell, float | None]]:
    """Return the figures of all time and of visible time of one month; of visible time none where it is not known."""
    leaves = sorted(held.names)
    time = _unit_hours(held, force, month)
    members: dict[Cell, list[int]] = {}
    unit_hours: dict[Cell, list[tuple[float, float, float]]] = {}
    for level, area_of in tree.items():
        for number, leaf in enumerate(leaves):
            members.setdefault((level, area_of[leaf]), []).append(number)
        placed = time.with_columns(area_id=pl.col("area_id").replace_strict(area_of, return_dtype=pl.String))
        by_unit = placed.group_by("area_id", "unit_id").agg(pl.col(KINDS).sum()).sort("area_id", "unit_id")
        for area, *own in by_unit.select("area_id", *KINDS).iter_rows():
            unit_hours.setdefault((level, area), []).append((own[0], own[1], own[2]))

    def shown(cell: Cell, kind: int) -> bool:
        some = [one[kind] for one in unit_hours.get(cell, ()) if one[kind] > 0]
        return rules.shows(sum(some), some)

    by_leaf = {row[0]: row[1:] for row in time.group_by("area_id").agg(pl.col(KINDS).sum()).iter_rows()}
    hours, visible = (np.array([by_leaf.get(leaf, (0.0, 0.0))[kind] for leaf in leaves]) for kind in (0, 1))
    question = Question(
        {cell: np.array(own) for cell, own in members.items()},
        hours,
        tuple(_sums(tree)),
        {cell: shown(cell, 0) for cell in members},
    )
    figures = decide(question, rules)
    if not meanings_of(force):
        return figures, {}
    part = Part(visible, {cell: (shown(cell, 1), shown(cell, 2)) for cell in members})
    return figures, decide_part(question, figures, part, rules)


def _unit_hours(held: Kept, force: Force, month: str) -> pl.DataFrame:
    """Return the hours of each unit in each LSOA in a month (`KINDS`), sensitive units and roles left out."""
    sensitive = {
        kind: [row.name for row in force.rows(Sensitive) if row.kind == kind] for kind in ("unit", "role")
    }
    begin = date.fromisoformat(f"{month}-01")
    some = (
        held.between(begin, _next(begin) - timedelta(days=1))
        .with_columns(pl.col("area_id", "unit_id", "role").cast(pl.String))
        .filter(
            pl.col("area_id").is_not_null(),
            ~pl.col("unit_id").is_in(sensitive["unit"]),
            pl.col("role").is_null() | ~pl.col("role").is_in(sensitive["role"]),
        )
    )
    hours, is_visible = pl.col("seconds") / 3600, pl.col("meaning").is_in(VISIBLE)
    return (
        by_meaning(some, meanings_of(force))
        .group_by("area_id", "unit_id")
        .agg(hours=hours.sum(), visible=hours.filter(is_visible).sum(), rest=hours.filter(~is_visible).sum())
        .sort("area_id", "unit_id")
    )


def _sums(tree: dict[str, dict[str, str]]) -> Iterator[tuple[Cell, tuple[Cell, ...]]]:
    for above, below in itertools.pairwise(tree):
        parts: dict[str, set[str]] = {}
        for leaf, area in tree[above].items():
            parts.setdefault(area, set()).add(tree[below][leaf])
        for area, inner in sorted(parts.items()):
            yield (above, area), tuple((below, one) for one in sorted(inner))


def _listed(figures: dict[Cell, float | None]) -> list[list[Any]]:
    return [[level, area, hours] for (level, area), hours in sorted(figures.items())]


def _view(
    workspace: Workspace,
    book: dict[str, Any],
    held: Kept,
    tree: dict[str, dict[str, str]],
    by: str,
    months: tuple[str, ...],
) -> PublicCover:
    force = held.force
    editions = [book["months"][month] for month in months]
    time, visible = (
        # A month published before visible time was has none.
        [{(level, area): hours for level, area, hours in one.get(kind, ())} for one in editions]
        for kind in ("figures", "visible")
    )

    def of(
        figures: list[dict[Cell, float | None]], cell: Cell
    ) -> tuple[tuple[float | None, ...], float | None]:
        by_month = tuple(one.get(cell) for one in figures)
        known = [hours for hours in by_month if hours is not None]
        return by_month, sum(known) if len(known) == len(by_month) else None

    names = _names(held, force)
    people = dict(residents_of(workspace, by).iter_rows())
    areas = []
    for area in sorted(set(tree[by].values())):
        by_month, hours = of(time, (by, area))
        visible_by_month, visible_hours = of(visible, (by, area))
        areas.append(
            PublicArea(
                area,
                names.get((by, area), area),
                hours,
                by_month,
                visible_hours,
                visible_by_month,
                people.get(area),
            )
        )
    areas.sort(key=lambda one: (-(one.hours if one.hours is not None else -1.0), one.area_id))
    also = ", and units and roles that the force folder calls sensitive" if force.rows(Sensitive) else ""
    return PublicCover(
        by=by,
        months=months,
        published_on=date.fromisoformat(max(one["published_on"] for one in editions)),
        rules=Rules.of(editions[-1]["rules"]),
        areas=tuple(areas),
        observed_hours=of(time, ("force", force.id))[1],
        visible_hours=of(visible, ("force", force.id))[1],
        n_hidden=sum(one.hours is None for one in areas),
        left_out=f"Units outside the force's area{also}, are in no figure.",
        crediting=editions[-1].get("crediting", ""),
        attribution=held.about["attribution"],
        is_synthetic=any(one["is_synthetic"] for one in editions),
    )


def _names(held: Kept, force: Force) -> dict[Cell, str]:
    return (
        {("lsoa", area): name for area, name in held.names.items()}
        | {("district", one.id): one.name for one in force.districts}
        | {("area", one.id): one.name for one in force.areas}
        | {("force", force.id): force.name}
    )
