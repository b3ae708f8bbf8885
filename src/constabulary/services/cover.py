"""Cover: time of units in each area, and the positions that cleaning removed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.progress import Progress, silent
from constabulary.core.provenance import Stamp
from constabulary.cover.clean import REASONS, CleaningRules, clean
from constabulary.cover.clock import Clock
from constabulary.cover.fixes import US, Fixes
from constabulary.cover.presence import CREDITS, PARTS, Rule, Setting, Summary, merge, summarise, units_of
from constabulary.parameters.load import load_parameters
from constabulary.services.cover_areas import Areas, areas_by
from constabulary.services.pings import Names, Positions, fixes_of, positions
from constabulary.services.visits import VisitFile
from constabulary.services.workspaces import open_force
from constabulary.store.workspace import Workspace

__all__ = ["CREDITS", "REASONS", "SCHEMA", "AreaTime", "Part", "Presence", "presence", "removed", "seconds"]

SCHEMA = 1
TRACE = ("file_no", "source_row")


@dataclass(frozen=True)
class Part:
    """Time of units in one area, or in one hour, role and status of it.

    Parameters
    ----------
    seconds
        Unit-time [s].
    units
        Different units with time here.
    officer_hours
        Time multiplied by crew size [h]; a unit of unknown crew counts one officer.
    local_hour_of_week, role, status
        Which part; None where time is not parted by it, or where it is unknown.
    """

    seconds: float
    units: int
    officer_hours: float
    local_hour_of_week: int | None = None
    role: str | None = None
    status: str | None = None


@dataclass(frozen=True)
class AreaTime:
    """Time of units in one area.

    Parameters
    ----------
    area_id, name
        The area; no id for everything outside.
    whole
        All of it.
    parts
        The same by hour, role and status, as asked; those without time are left out.
    """

    area_id: str | None
    name: str
    whole: Part
    parts: tuple[Part, ...]

    def as_json(self, by: tuple[str, ...]) -> dict[str, Any]:
        """Return the area as `--json` gives it."""
        names = {"hour": "local_hour_of_week", "role": "role", "status": "status"}
        plain = ("seconds", "units", "officer_hours")
        found: dict[str, Any] = {"area_id": self.area_id, "name": self.name}
        found |= {key: getattr(self.whole, key) for key in plain}
        if by:
            keys = (*(names[one] for one in by), *plain)
            found["parts"] = [{key: getattr(part, key) for key in keys} for part in self.parts]
        return found


@dataclass(frozen=True)
class Presence:
    """Time of units in each area of a level.

    Parameters
    ----------
    by
        The level, file or H3 resolution.
    from_on, to_on
        First and last local day.
    credit, cap_s
        How time is credited, and the longest interval that is known time [s].
    median_interval_s
        The median time between two fixes of a unit [s].
    observed_s, unknown_s, n_gaps
        Time credited; time longer than the cap between two fixes, and how often [s].
    areas
        Every area, the most time first.
    outside
        What is in none of them.
    units, n_fixes
        Different units, and fixes that count.
    removed
        Fixes that cleaning removed, by rule.
    n_out_of_order
        Fixes put in order.
    parts
        What time is parted by.
    warnings
        What a reader must know.
    attribution
        What must be said where areas are shown.
    is_synthetic
        Whether the positions are made up.
    stamp
        What the result rests on.
    n_visits
        Visits written; None where none were asked for.
    """

    by: str
    from_on: date
    to_on: date
    credit: str
    cap_s: float
    median_interval_s: float | None
    observed_s: float
    unknown_s: float
    n_gaps: int
    areas: tuple[AreaTime, ...]
    outside: AreaTime
    units: int
    n_fixes: int
    removed: dict[str, int]
    n_out_of_order: int
    parts: tuple[str, ...]
    warnings: tuple[str, ...]
    attribution: str
    is_synthetic: bool
    stamp: Stamp
    n_visits: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the result as `constabulary cover presence --json` prints it."""
        outside = self.outside.as_json(self.parts)
        return {
            "schema": SCHEMA,
            "synthetic": self.is_synthetic,
            "answer": self.sentence(),
            "by": self.by,
            "from": self.from_on.isoformat(),
            "to": self.to_on.isoformat(),
            "credit": self.credit,
            "cap_s": _plain(self.cap_s),
            "median_interval_s": self.median_interval_s,
            "observed_s": self.observed_s,
            "outside_s": self.outside.whole.seconds,
            "unknown_s": self.unknown_s,
            "gaps": self.n_gaps,
            "units": self.units,
            "fixes": self.n_fixes,
            "areas": [area.as_json(self.parts) for area in self.areas],
            "outside": {key: value for key, value in outside.items() if key not in ("area_id", "name")},
            "removed": self.removed,
            "put_in_order": self.n_out_of_order,
            "visits": self.n_visits,
            "warnings": list(self.warnings),
            "attribution": self.attribution,
            "stamp": self.stamp.as_json(),
        }

    def sentence(self) -> str:
        """Return the answer in one sentence."""
        said = f"{self.units:,} units were observed for {self.observed_s / 3600:,.1f} unit-hours"
        if self.areas and self.areas[0].whole.seconds and len(self.areas) > 1:
            first = self.areas[0]
            said += f", {first.whole.seconds / self.observed_s:.0%} of them in {first.name}"
        if self.observed_s:
            said += f" and {self.outside.whole.seconds / self.observed_s:.0%} outside"
        return said + f"; {self.unknown_s / 3600:,.1f} unit-hours between fixes are unknown."


def presence(
    workspace: Workspace,
    by: str = "district",
    *,
    from_on: date | None = None,
    to_on: date | None = None,
    credit: str = "earlier",
    cap_s: float | None = None,
    parts: tuple[str, ...] = (),
    visits: Path | None = None,
    progress: Progress = silent,
) -> Presence:
    """Return the time of units in each area.

    Parameters
    ----------
    workspace
        Whose positions.
    by
        force, area, district, neighbourhood, lsoa, the path of a GeoJSON file, or h3:N.
    from_on, to_on
        First and last local day; all there are when None. What crosses midnight counts as far as it lies within;
        a silence does where it begins and ends at most a day outside.
    credit
        One of `cover.presence.CREDITS`.
    cap_s
        Longest interval that is known time [s]; the parameter's value when None.
    parts
        What to part time by, of `cover.presence.PARTS`.
    visits
        A Parquet file to write the visits to.
    progress
        Told the fixes done.

    Raises
    ------
    BadInput
        If the question cannot be put so.
    NothingThere
        If there are no positions, or no outlines of the level.
    """
    values = load_parameters("cover")
    cap_s = float(values["cap_s"].value) if cap_s is None else cap_s
    rule = Rule(credit, cap_s, float(values["line_s"].value), float(values["ping_s"].value))
    _check(rule, by, parts, visits)
    force = open_force(workspace)
    held = positions(workspace, force.time_zone, from_on, to_on)
    areas = areas_by(workspace, force, by)
    names = Names()
    rules = CleaningRules.of(values)
    parts = tuple(part for part in PARTS if part in parts)
    setting = Setting(
        rule, held.span, parts, lambda low, high: Clock.between(low, high, force.time_zone), areas.index
    )
    file = VisitFile(visits, names, areas) if visits else None
    removed = dict.fromkeys(REASONS, 0)
    n_out_of_order = 0
    n_done = 0
    total: Summary | None = None
    is_crew_known = True
    try:
        for rows in held.windows():
            fixes = fixes_of(rows, names)
            is_crew_known = is_crew_known and rows["crew_size"].null_count() == 0
            n_done += len(fixes)
            del rows
            cleaned = clean(fixes, rules)
            shown = _is_shown(fixes, held)
            for name, count in cleaned.counts(shown).items():
                removed[name] += count
            n_out_of_order += cleaned.n_out_of_order
            track = cleaned.track
            made = summarise(replace(track, area=areas.locate(track.x, track.y)), setting)
            if total is None:
                total = made.summary
            else:
                between = merge(total, made.summary, setting)
                total = between.summary
                made = replace(made, visits=np.concatenate([between.visits, made.visits]))
            if file is not None:
                file.add(made.visits)
            progress(n_done, held.n_rows, "Adding up")
        n_visits = file.finish() if file is not None else None
    except BaseException:
        if file is not None:
            with suppress(OSError):
                file.discard()
        raise
    if total is None:
        raise AssertionError("positions() raises where there are none")
    total = total.tidy(setting)
    *found, outside = _by_area(total, areas, names, parts, by)
    level = by if areas.sha256 is None or not Path(by).is_file() else Path(by).name
    limits = {**{name: parameter.value for name, parameter in values.items()}, "cap_s": cap_s}
    return Presence(
        by=level,
        from_on=held.shown[0],
        to_on=held.shown[1],
        credit=credit,
        cap_s=cap_s,
        median_interval_s=total.median_interval_s,
        observed_s=seconds(total.observed_us),
        unknown_s=seconds(total.unknown_us),
        n_gaps=total.n_gaps,
        areas=tuple(found),
        outside=outside,
        units=total.stays["unit"].n_unique(),
        n_fixes=total.n_fixes,
        removed=removed,
        n_out_of_order=n_out_of_order,
        parts=parts,
        warnings=tuple(_warnings(total, rule, held, is_crew_known=is_crew_known)),
        attribution=areas.attribution,
        is_synthetic=held.is_synthetic,
        stamp=_stamp(force, held, areas, {"by": level, "credit": credit, "parts": list(parts), **limits}),
        n_visits=n_visits,
    )


def removed(
    workspace: Workspace,
    *,
    from_on: date | None = None,
    to_on: date | None = None,
    rule: str | None = None,
    progress: Progress = silent,
) -> pl.DataFrame:
    """Return the fixes that cleaning removes, each with its reason and the line of the file it came from.

    Parameters
    ----------
    workspace, from_on, to_on, progress
        As for `presence`.
    rule
        Only those of this rule, of `cover.clean.REASONS`.

    Returns
    -------
    polars.DataFrame
        Columns unit_id, at, longitude, latitude, reason, import_id, file_no and source_row, by unit and instant.

    Raises
    ------
    BadInput
        If there is no such rule.
    NothingThere
        If there are no positions.
    """
    if rule is not None and rule not in REASONS:
        raise BadInput(
            Problem(
                "no_such_rule", f'"{rule}" is no rule of cleaning.', value=rule, expected=" or ".join(REASONS)
            )
        )
    held = positions(workspace, open_force(workspace).time_zone, from_on, to_on)
    rules = CleaningRules.of(load_parameters("cover"))
    imports = [record.import_id for record in held.days]
    words = {number: name for name, number in REASONS.items()}
    names = Names()
    found = []
    n_done = 0
    for rows in held.windows(TRACE):
        fixes = fixes_of(rows, names)
        reason = clean(fixes, rules).reason
        wanted = (reason > 0 if rule is None else reason == REASONS[rule]) & _is_shown(fixes, held)
        n_done += len(fixes)
        progress(n_done, held.n_rows, "Cleaning")
        some = rows.with_columns(
            unit_id=pl.col("unit_id").cast(pl.String),
            reason=pl.Series(reason).replace_strict(words, default="", return_dtype=pl.String),
            import_id=(pl.col("source") // 2**20).replace_strict(
                dict(enumerate(imports)), return_dtype=pl.String
            ),
        ).filter(pl.Series(wanted))
        found.append(some.select("unit_id", "at", "longitude", "latitude", "reason", "import_id", *TRACE))
    return pl.concat(found).sort("unit_id", "at", "import_id", *TRACE)


def seconds(us: int) -> float:
    """Return microseconds as seconds, a whole number where it is one."""
    return _plain(us / US)


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else value


def _check(rule: Rule, by: str, parts: tuple[str, ...], visits: Path | None) -> None:
    problems = []
    if rule.credit not in CREDITS:
        problems.append(
            Problem("no_such_credit", f'"{rule.credit}" is no rule of credit.', expected=" or ".join(CREDITS))
        )
    if not 0 < rule.cap_s <= 86_400:
        expected = "more than 0 and at most 86,400 seconds"
        problems.append(Problem("bad_cap", f"{rule.cap_s:g} is no cap.", column="--cap-s", expected=expected))
    if rule.credit == "line" and by.startswith("h3:"):
        problems.append(
            Problem(
                "no_line_by_h3",
                "lines cannot be cut at the borders of H3 cells.",
                remedy="Use --credit earlier, or bring the cells as a GeoJSON file.",
            )
        )
    if rule.credit == "pings" and visits is not None:
        problems.append(
            Problem(
                "no_visits_by_pings",
                "a count of pings has no visits.",
                remedy="Use --credit earlier for them.",
            )
        )
    if unknown := [part for part in parts if part not in PARTS]:
        problems.append(Problem("no_such_part", f'"{unknown[0]}" is no part.', expected=" or ".join(PARTS)))
    if visits is not None and not visits.resolve().parent.is_dir():
        problems.append(Problem("no_such_folder", "there is no such folder.", file=str(visits)))
    if problems:
        raise BadInput(problems)


def _stamp(force: Force, held: Positions, areas: Areas, asked: dict[str, Any]) -> Stamp:
    inputs = {"force folder": force.files_sha256}
    for record in held.days:
        hashes = "".join(sorted(one.sha256 for one in record.files))
        inputs[f"import {record.import_id}"] = hashlib.sha256(hashes.encode()).hexdigest()
    if areas.sha256:
        inputs["outlines"] = areas.sha256
    first, last = (day.isoformat() for day in held.shown)
    return Stamp(inputs, {"figure": "presence", "from": first, "to": last, **asked})


def _is_shown(fixes: Fixes, held: Positions) -> Any:
    """Tell of each fix whether its day was asked for; the days around are read for what crosses midnight."""
    return (fixes.t >= held.span[0]) & (fixes.t < held.span[1])


def _by_area(
    total: Summary, areas: Areas, names: Names, parts: tuple[str, ...], by: str
) -> Iterator[AreaTime]:
    """Yield every area, the most time first, and what is outside."""
    lengths = pl.col("length_us", "officer_us").sum()
    wholes = {row[0]: row[1:] for row in total.cells.group_by("area").agg(lengths).iter_rows()}
    units = units_of(total.stays, ["area"])
    by_area: dict[int, list[Part]] = {}
    if parts:
        keys = ["area", *parts]
        part_units = units_of(total.stays, keys)
        for row in total.cells.select(*keys, "length_us", "officer_us").sort(keys).iter_rows():
            place = dict(zip(parts, row[1:-2], strict=True))
            by_area.setdefault(row[0], []).append(
                Part(
                    seconds(row[-2]),
                    part_units[tuple(row[:-2])],
                    row[-1] / 3600 / US,
                    place.get("hour"),
                    names.roles.names[place["role"]] or None if "role" in place else None,
                    names.statuses.names[place["status"]] or None if "status" in place else None,
                )
            )
    numbers = range(len(areas.ids)) if not by.startswith("h3:") else [n for n in wholes if n >= 0]
    for number in [*sorted(numbers, key=lambda one: (-wholes.get(one, (0, 0))[0], areas.ids[one])), -1]:
        length, officer = wholes.get(number, (0, 0))
        whole = Part(seconds(length), units.get((number,), 0), officer / 3600 / US)
        area_id, name = (areas.ids[number], areas.names[number]) if number >= 0 else (None, "outside")
        yield AreaTime(area_id, name, whole, tuple(by_area.get(number, ())))


def _warnings(total: Summary, rule: Rule, held: Positions, *, is_crew_known: bool) -> Iterator[str]:
    if held.is_synthetic:
        yield "These positions are synthetic: made up, not real."
    if not is_crew_known:
        yield "Where crew size is unknown, a unit counts as one officer."
    median = total.median_interval_s
    if median is not None and rule.credit == "line" and median > rule.line_s:
        yield (
            f"Half of all intervals are longer than {median:g} s. Those over {rule.line_s:g} s are credited to the "
            "earlier fix, not along a line."
        )
    if rule.credit == "pings":
        yield (
            f"Each fix counts {rule.ping_s:g} s, whatever follows it; with a fix every {median or 0:g} s this is "
            "no measure of time unless the two agree."
        )
