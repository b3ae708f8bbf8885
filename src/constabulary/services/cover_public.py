"""The public edition of cover: hours by area and month that show no person, each month kept as it was published."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.cover import DisclosureRule, Sensitive
from constabulary.core.progress import Progress, silent
from constabulary.cover.disclosure import Cell, Question, Rules, decide
from constabulary.parameters.load import load_parameters
from constabulary.services.cover_kept import Kept, kept
from constabulary.services.cover_measure import crediting_of
from constabulary.services.geography import area_table
from constabulary.store.workspace import Workspace

SCHEMA = 1
LEVELS = ("force", "area", "district", "neighbourhood", "lsoa")


@dataclass(frozen=True)
class PublicArea:
    """Hours of units in one area over some months, and in each; None where hidden, or where a month is [h]."""

    area_id: str
    name: str
    hours: float | None
    by_month: tuple[float | None, ...]


@dataclass(frozen=True)
class PublicCover:
    """What the public sees at one level.

    Parameters
    ----------
    by
        The level.
    months
        The months of the edition, such as "2018-03".
    published_on
        When the edition was made.
    rules
        What held of its figures.
    areas
        Every area of the level, most hours first, those without a figure last.
    observed_hours
        Hours in the whole force; None where hidden [h].
    n_hidden
        Areas without a figure: one of their months is hidden.
    left_out
        What no figure counts or tells apart, in words.
    crediting
        How time is credited, what is unknown, and the median interval between fixes; of the latest month.
    attribution
        What must be said where areas are shown.
    is_synthetic
        Whether the positions are made up.
    """

    by: str
    months: tuple[str, ...]
    published_on: date
    rules: Rules
    areas: tuple[PublicArea, ...]
    observed_hours: float | None
    n_hidden: int
    left_out: str
    crediting: str
    attribution: str
    is_synthetic: bool

    def sentence(self) -> str:
        """Return the answer in one sentence."""
        shown = [one for one in self.areas if one.hours is not None]
        said = (
            f"From {self.months[0]} to {self.months[-1]}" if len(self.months) > 1 else f"In {self.months[0]}"
        )
        if self.observed_hours is None:
            return f"{said} too few units were seen for any figure."
        said += f" units were seen for about {self.observed_hours:,.0f} hours"
        if shown and len(self.areas) > 1:
            said += f", the most of any area in {shown[0].name} ({shown[0].hours:,.0f})"
        hidden = (
            f"{self.n_hidden} of {len(self.areas)} areas are not shown"
            if self.n_hidden
            else "every area is shown"
        )
        return f"{said}; {hidden}."

    def as_json(self) -> dict[str, Any]:
        """Return the edition as `constabulary cover presence --public --json` prints it."""

        def seconds(hours: float | None) -> int | None:
            return None if hours is None else round(hours * 3600)

        observed = seconds(self.observed_hours)
        shown = sum(seconds(one.hours) or 0 for one in self.areas)
        return {
            "schema": SCHEMA,
            "synthetic": self.is_synthetic,
            "public": True,
            "answer": self.sentence(),
            "by": self.by,
            "from": self.months[0],
            "to": self.months[-1],
            "months": list(self.months),
            "published_on": self.published_on.isoformat(),
            "rules": vars(self.rules),
            "observed_s": observed,
            "outside_s": None,
            "unknown_s": None,
            "hidden_s": None if observed is None else observed - shown,
            "hidden_areas": self.n_hidden,
            "areas": [
                {
                    "area_id": one.area_id,
                    "name": one.name,
                    "seconds": seconds(one.hours),
                    "units": None,
                    "officer_hours": None,
                    "months": {
                        month: seconds(hours) for month, hours in zip(self.months, one.by_month, strict=True)
                    },
                }
                for one in self.areas
            ],
            "removed": {},
            "left_out": self.left_out,
            "crediting": self.crediting,
            "attribution": self.attribution,
        }


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
                figures = decide(_question(held, force, tree, month, rules), rules)
                book["months"][month] = {
                    "published_on": on.isoformat(),
                    "rules": vars(rules),
                    "is_synthetic": held.is_synthetic,
                    "crediting": crediting_of(held.about),
                    "figures": [[level, area, hours] for (level, area), hours in sorted(figures.items())],
                }
                _write(path, book)
        progress(1, 1, "Audited")
    return _view(book, held, tree, by, months, force)


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
    return _view(book, held, tree, by, tuple(sorted(book["months"])), held.force)


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
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(book), encoding="utf-8")
    partial.replace(path)


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


def _question(
    held: Kept, force: Force, tree: dict[str, dict[str, str]], month: str, rules: Rules
) -> Question:
    """Return the figures of one month, how they are tied, and which may be shown by themselves."""
    leaves = sorted(held.names)
    time = _unit_hours(held, force, month)
    by_leaf = dict(time.group_by("area_id").agg(pl.col("hours").sum()).iter_rows())
    members: dict[Cell, list[int]] = {}
    shown: dict[Cell, bool] = {}
    for level, area_of in tree.items():
        for number, leaf in enumerate(leaves):
            members.setdefault((level, area_of[leaf]), []).append(number)
        placed = time.with_columns(area_id=pl.col("area_id").replace_strict(area_of, return_dtype=pl.String))
        by_unit = placed.group_by("area_id", "unit_id").agg(pl.col("hours").sum())
        found = dict(by_unit.group_by("area_id").agg(pl.col("hours")).iter_rows())
        for area in sorted(set(area_of.values())):
            unit_hours = found.get(area, [])
            shown[level, area] = rules.shows(sum(unit_hours), unit_hours)
    hours = np.array([by_leaf.get(leaf, 0.0) for leaf in leaves])
    return Question({cell: np.array(own) for cell, own in members.items()}, hours, tuple(_sums(tree)), shown)


def _unit_hours(held: Kept, force: Force, month: str) -> pl.DataFrame:
    """Return the hours of each unit in each LSOA in a month, sensitive units and roles left out."""
    sensitive = {
        kind: [row.name for row in force.rows(Sensitive) if row.kind == kind] for kind in ("unit", "role")
    }
    begin = date.fromisoformat(f"{month}-01")
    return (
        held.between(begin, _next(begin) - timedelta(days=1))
        .with_columns(pl.col("area_id", "unit_id", "role").cast(pl.String))
        .filter(
            pl.col("area_id").is_not_null(),
            ~pl.col("unit_id").is_in(sensitive["unit"]),
            pl.col("role").is_null() | ~pl.col("role").is_in(sensitive["role"]),
        )
        .group_by("area_id", "unit_id")
        .agg(hours=pl.col("seconds").sum() / 3600)
        .sort("area_id", "unit_id")
    )


def _sums(tree: dict[str, dict[str, str]]) -> Iterator[tuple[Cell, tuple[Cell, ...]]]:
    for above, below in itertools.pairwise(tree):
        parts: dict[str, set[str]] = {}
        for leaf, area in tree[above].items():
            parts.setdefault(area, set()).add(tree[below][leaf])
        for area, inner in sorted(parts.items()):
            yield (above, area), tuple((below, one) for one in sorted(inner))


def _view(
    book: dict[str, Any],
    held: Kept,
    tree: dict[str, dict[str, str]],
    by: str,
    months: tuple[str, ...],
    force: Force,
) -> PublicCover:
    editions = [book["months"][month] for month in months]
    figures = [{(level, area): hours for level, area, hours in one["figures"]} for one in editions]

    def of(level: str, area: str) -> tuple[tuple[float | None, ...], float | None]:
        by_month = tuple(one.get((level, area)) for one in figures)
        known = [hours for hours in by_month if hours is not None]
        return by_month, sum(known) if len(known) == len(by_month) else None

    names = _names(held, force)
    areas = []
    for area in sorted(set(tree[by].values())):
        by_month, hours = of(by, area)
        areas.append(PublicArea(area, names.get((by, area), area), hours, by_month))
    areas.sort(key=lambda one: (-(one.hours if one.hours is not None else -1.0), one.area_id))
    also = ", and units and roles that the force folder calls sensitive" if force.rows(Sensitive) else ""
    return PublicCover(
        by=by,
        months=months,
        published_on=date.fromisoformat(max(one["published_on"] for one in editions)),
        rules=Rules.of(editions[-1]["rules"]),
        areas=tuple(areas),
        observed_hours=of("force", force.id)[1],
        n_hidden=sum(one.hours is None for one in areas),
        left_out=f"Units outside the force's area{also}, are in no figure. Visible time is not told apart.",
        crediting=editions[-1].get("crediting", ""),
        attribution=held.about["attribution"],
        is_synthetic=any(one["is_synthetic"] for one in editions),
    )


def _names(held: Kept, force: Force) -> dict[tuple[str, str], str]:
    return (
        {("lsoa", area): name for area, name in held.names.items()}
        | {("district", one.id): one.name for one in force.districts}
        | {("area", one.id): one.name for one in force.areas}
        | {("force", force.id): force.name}
    )
