"""Cover: time of units in each area, and the positions that cleaning removed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from constabulary.core.amounts import duration, several
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.progress import Progress, silent
from constabulary.core.provenance import Stamp
from constabulary.cover.clean import REASONS
from constabulary.cover.fixes import US
from constabulary.cover.presence import CREDITS, PARTS, Rule, Summary, units_of
from constabulary.cover.silence import Duty, Silence
from constabulary.parameters.load import load_parameters
from constabulary.services.cover.areas import LEVELS, Areas, areas_by
from constabulary.services.cover.compiling import compile_apart
from constabulary.services.cover.duty import shifts_held
from constabulary.services.cover.engines import engine_of
from constabulary.services.cover.one_pass import N_THREADS, run
from constabulary.services.cover.pings import Names, Positions, positions
from constabulary.services.cover.removed import removed
from constabulary.services.cover.result import KEYS, SCHEMA, AreaTime, Part, Presence, far_outside, seconds
from constabulary.services.workspace.workspaces import open_force
from constabulary.store.workspace import Workspace

DAY = timedelta(days=1)

__all__ = [
    "CREDITS",
    "KEYS",
    "LEVELS",
    "PARTS",
    "REASONS",
    "SCHEMA",
    "AreaTime",
    "Part",
    "Presence",
    "presence",
    "removed",
    "seconds",
]


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
    engine: str | None = None,
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
    engine
        Address of a Dask or Apache Spark cluster (see `services.cover.engines.engine_of`); threads here when None.
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
    _check(rule, parts, visits)
    force = open_force(workspace)
    held = positions(workspace, force.time_zone, from_on, to_on)
    areas = areas_by(workspace, force, by)
    parts = tuple(part for part in PARTS if part in parts)
    # A silence that counts begins a day before the days asked for at the earliest, and its shift perhaps a day before.
    first, last = held.shown
    shifts = shifts_held(workspace, held.is_synthetic, (first - 2 * DAY, last + DAY))
    duty = None if shifts is None or shifts.is_empty() else Duty.of(shifts)
    if engine is None:
        compile_apart(credit)
    passed = run(
        force,
        held,
        areas,
        rule,
        values,
        duty,
        parts=parts,
        visits=visits,
        engine=engine_of(engine, N_THREADS),
        progress=progress,
    )
    total = passed.summary
    *found, outside = _by_area(_in_each(total, areas), areas, passed.names, parts, by)
    overlap_us = sum(round(area.whole.seconds * US) for area in (*found, outside)) - total.observed_us
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
        unknown_s=seconds(passed.silence.on_duty_us),
        off_duty_s=None if duty is None else seconds(passed.silence.off_duty_us),
        n_gaps=passed.silence.n_on_duty,
        areas=tuple(found),
        outside=outside,
        overlap_s=seconds(overlap_us),
        units=total.stays["unit"].n_unique(),
        n_fixes=total.n_fixes,
        removed=dict(passed.removed),
        n_out_of_order=passed.n_out_of_order,
        parts=parts,
        warnings=(
            *_warnings(total, rule, held, areas, overlap_us, is_crew_known=passed.is_crew_known),
            *(far_outside(outside.whole.seconds, seconds(total.observed_us)) if by in LEVELS else ()),
            *_about_duty(passed.silence, shifts, held.shown),
        ),
        attribution=areas.attribution,
        is_synthetic=held.is_synthetic,
        stamp=_stamp(force, held, areas, {"by": level, "credit": credit, "parts": list(parts), **limits}),
        n_visits=passed.n_visits,
    )


def _check(rule: Rule, parts: tuple[str, ...], visits: Path | None) -> None:
    problems = []
    if rule.credit not in CREDITS:
        problems.append(
            Problem("no_such_credit", f'"{rule.credit}" is no rule of credit.', expected=" or ".join(CREDITS))
        )
    if not 0 < rule.cap_s <= 86_400:
        expected = "more than 0 and at most 86,400 seconds"
        problems.append(Problem("bad_cap", f"{rule.cap_s:g} is no cap.", column="--cap-s", expected=expected))
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
    if visits is not None and visits.suffix.lower() != ".parquet":
        expected = "a name that ends in .parquet"
        problems.append(
            Problem("no_such_format", "visits are written as Parquet.", file=visits.name, expected=expected)
        )
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


def _in_each(total: Summary, areas: Areas) -> Summary:
    """Return a summary in which time that areas share is time of each of them."""
    if areas.members is None:
        return total
    rows = [(face, area) for face, own in enumerate(areas.members) for area in own]
    of = pl.DataFrame([*rows, (-1, -1)], schema={"area": pl.Int32, "own": pl.Int32}, orient="row")

    def spread(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.join(of, on="area").with_columns(area="own").drop("own")

    keys = [
        "area",
        *(name for name in total.cells.columns if name not in ("area", "length_us", "officer_us")),
    ]
    cells = spread(total.cells).group_by(keys).agg(pl.col("length_us", "officer_us").sum())
    return replace(total, cells=cells, stays=spread(total.stays).unique())


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
                    bool(place["station"]) if "station" in place else None,
                    bool(place["moving"]) if "moving" in place else None,
                )
            )
    ids, called = areas.ids, areas.names
    numbers = range(len(ids)) if not by.startswith("h3:") else [n for n in wholes if n >= 0]
    for number in [*sorted(numbers, key=lambda one: (-wholes.get(one, (0, 0))[0], ids[one])), -1]:
        length, officer = wholes.get(number, (0, 0))
        whole = Part(seconds(length), units.get((number,), 0), officer / 3600 / US)
        area_id, name = (ids[number], called[number]) if number >= 0 else (None, "outside")
        yield AreaTime(area_id, name, whole, tuple(by_area.get(number, ())))


def _warnings(
    total: Summary, rule: Rule, held: Positions, areas: Areas, overlap_us: int, *, is_crew_known: bool
) -> Iterator[str]:
    if held.is_synthetic:
        yield "These positions are synthetic: made up, not real."
    yield from map(str, areas.notices)
    if overlap_us:
        yield (
            f"Areas overlap: {overlap_us / US / 3600:,.1f} unit-hours are counted more than once, so areas add up to "
            "that much more than was observed."
        )
    if not is_crew_known:
        yield "Where crew size is unknown, a unit counts as one officer."
    median = total.median_interval_s
    if median is not None and rule.credit == "line" and median > rule.line_s:
        yield (
            f"Half of all intervals are longer than {duration(median)}. Those over {duration(rule.line_s)} are "
            "credited to the earlier fix, not along a line."
        )
    if rule.credit == "pings":
        yield (
            f"Each fix counts {duration(rule.ping_s)}, whatever follows it; with a fix every {duration(median or 0)} "
            "this is no measure of time unless the two agree."
        )


def _about_duty(silence: Silence, shifts: pl.DataFrame | None, days: tuple[date, date]) -> Iterator[str]:
    """Yield what off-duty time does not rest on."""
    if shifts is None or shifts.is_empty():
        return
    if silence.n_without:
        yield f"No shifts are held of {several(silence.n_without, 'unit')}: all their silence counts as on duty."
    within = shifts["local_on"].filter(shifts["local_on"].is_between(*days))
    n_without = (days[1] - days[0]).days + 1 - within.n_unique()
    if n_without:
        yield f"No shifts are held of {n_without:,} of these days: units that have others count as off duty then."
