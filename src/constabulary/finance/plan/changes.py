"""What changed between two versions of a plan: lines come, gone and moved, drivers retyped, the gap of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from constabulary.finance.plan.calculated import CalculatedPlan
from constabulary.finance.plan.graph import ROUNDING, Plan


@dataclass(frozen=True)
class VersionLine:
    """A line of a version: its title, its values by year, and whether it is made of other lines."""

    title: str
    values: Mapping[str, Decimal]
    is_made: bool


@dataclass(frozen=True)
class Version:
    """A version of a plan: its lines by id, its gap by year, and its drivers where they are known."""

    title: str
    lines: Mapping[str, VersionLine]
    gap_gbp: Mapping[str, Decimal]
    plan: Plan | None = None


@dataclass(frozen=True)
class LineChange:
    """A line that differs: `kind` is new, gone or moved; values are None where a version has none."""

    line_id: str
    title: str
    kind: str
    is_made: bool
    before: tuple[Decimal | None, ...]
    after: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class DriverChange:
    """A dated value of a driver that differs: None where a version has none."""

    driver_id: str
    title: str
    from_on: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True)
class Changes:
    """What changed from one version to the next.

    Parameters
    ----------
    years
        The years that both have.
    lines
        Lines that differ in one of them.
    drivers
        Dated values that differ; None where the earlier version tells no drivers.
    gap_before_gbp, gap_after_gbp
        The gap of both versions in these years (pounds).
    """

    years: tuple[str, ...]
    lines: tuple[LineChange, ...]
    drivers: tuple[DriverChange, ...] | None
    gap_before_gbp: tuple[Decimal, ...]
    gap_after_gbp: tuple[Decimal, ...]


def version_of(found: CalculatedPlan) -> Version:
    """Return a calculated plan as a version."""
    lines = {
        line.id: VersionLine(line.title, dict(zip(found.years, line.values, strict=True)), line.is_made)
        for line in found.lines
    }
    return Version(found.plan.title, lines, dict(zip(found.years, found.gap_gbp, strict=True)), found.plan)


def changes_between(before: Version, after: Version) -> Changes:
    """Return what changed from one version of a plan to the next, in the years that both have.

    Parameters
    ----------
    before, after
        The two versions.
    """
    years = tuple(year for year in after.gap_gbp if year in before.gap_gbp)
    lines = []
    for line_id in dict.fromkeys([*after.lines, *before.lines]):
        old, new = before.lines.get(line_id), after.lines.get(line_id)
        told = new or old
        was = tuple(old.values.get(year) if old else None for year in years)
        now = tuple(new.values.get(year) if new else None for year in years)
        if was != now and told is not None:
            kind = "new" if old is None else "gone" if new is None else "moved"
            lines.append(LineChange(line_id, told.title, kind, told.is_made, was, now))
    return Changes(
        years,
        tuple(lines),
        _drivers(before.plan, after.plan) if before.plan and after.plan else None,
        tuple(before.gap_gbp[year] for year in years),
        tuple(after.gap_gbp[year] for year in years),
    )


def _drivers(before: Plan, after: Plan) -> tuple[DriverChange, ...]:
    old, new = _rows(before), _rows(after)
    return tuple(
        DriverChange(
            key[0],
            (new.get(key) or old[key])[0],
            key[1],
            old[key][1] if key in old else None,
            new[key][1] if key in new else None,
        )
        for key in sorted({*old, *new})
        if old.get(key, (None, None))[1] != new.get(key, (None, None))[1]
    )


def _rows(plan: Plan) -> dict[tuple[str, str], tuple[str, Decimal]]:
    return {
        (driver.id, row.from_on.isoformat()): (row.title, row.value)
        for driver in plan.drivers.values()
        if driver.type != ROUNDING
        for row in driver.dated
    }
