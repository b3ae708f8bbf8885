"""What a checked force folder holds: one frozen record for each row or entry a person typed.

Every record knows the file and line it came from and, where it states a fact, the document that printed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from constabulary.core.errors import Problem

Record = TypeVar("Record")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """Where a record was typed, and what it rests on.

    Parameters
    ----------
    file, line
        File of the folder (relative, with forward slashes) and line in it, 1 being the first.
    source_id, where
        The document that printed the fact and the page, paragraph or table in it; may be None where assumed.
    status
        "printed", "inferred" or "assumed".
    note
        What a reader should know before using it; always there unless `status` is "printed".
    """

    file: str
    line: int
    source_id: str | None = None
    where: str | None = None
    status: str = "printed"
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """A document that figures were typed from; `published` is as much of the date as is known."""

    file: str
    line: int
    id: str
    title: str
    publisher: str
    published: str
    url: str | None = None
    licence: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Entry(Typed):
    """One entry of a list in force.toml (a rank, a role, a qualifier, a layer); `order` counts from 1."""

    id: str
    name: str
    order: int


@dataclass(frozen=True, kw_only=True)
class Grade(Entry):
    """How urgent an incident is; order 1 is the most urgent. `is_attended`: somebody is sent."""

    is_attended: bool = True


@dataclass(frozen=True, kw_only=True)
class Channel(Entry):
    """A way the public reaches the force. `is_emergency`: answered first; `is_call`: a voice call."""

    is_emergency: bool = False
    is_call: bool = True


@dataclass(frozen=True, kw_only=True)
class IncidentCategory(Entry):
    """The group an incident is closed under."""

    is_crime: bool


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Something that is counted or measured in the published volumes."""

    file: str
    line: int
    id: str
    name: str
    definition: str


@dataclass(frozen=True, kw_only=True)
class District(Typed):
    """A district; `population` (people) is that of `population_on`, and so is the source."""

    id: str
    name: str
    area_id: str | None
    population: int
    population_on: date


@dataclass(frozen=True, kw_only=True)
class Area(Typed):
    """A policing area: some districts under one command; the source is that of its list of districts."""

    id: str
    name: str
    district_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PublishedVolume(Typed):
    """One published figure.

    Parameters
    ----------
    measure, breakdown, part
        What is counted (`incidents`), how it is split (`qualifier`) and which part this is (`mental_health`);
        the last two are None for the figure as a whole.
    area_id
        District or area; None is the whole force.
    period_start_on, period_end_on
        First and last day, both counted in.
    value, unit, basis
        The figure; count, share (0 to 1), hours ...; how it relates to the period (total, mean_per_day ...).
    bound
        None where printed as exact, otherwise about, over or under.
    printed
        The figure as the document spells it.
    """

    measure: str
    breakdown: str | None
    part: str | None
    area_id: str | None
    period_start_on: date
    period_end_on: date
    value: Decimal
    unit: str
    basis: str
    bound: str | None = None
    printed: str | None = None

    @property
    def n_days(self) -> int:
        """Return how many days the period has."""
        return (self.period_end_on - self.period_start_on).days + 1


@dataclass(frozen=True, kw_only=True)
class Establishment(Typed):
    """Posts (full-time equivalents) of one role in a district, an area or, with `area_id` None, the force."""

    area_id: str | None
    role: str
    posts_fte: Decimal
    as_at_on: date


@dataclass(frozen=True, kw_only=True)
class ResourceUnit(Typed):
    """A unit the force can call upon; `size` is None where none is printed."""

    id: str
    layer: str
    name: str
    part_of: str | None
    size: Decimal | None
    size_unit: str | None
    bound: str | None


@dataclass(frozen=True, kw_only=True)
class Target(Typed):
    """A service standard: `share` (0 to 1) of a channel's contacts or a grade's incidents within `seconds`.

    `share` is None where a standard time is printed without one; `setting` is urban, rural or None for both.
    """

    id: str
    channel: str | None
    grade: str | None
    setting: str | None
    clock_start: str
    clock_stop: str
    seconds: int
    share: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Residents(Typed):
    """Residents (people) of one LSOA on a day."""

    lsoa_code: str
    residents: int
    residents_on: date


@dataclass(frozen=True, kw_only=True)
class HarmWeight(Typed):
    """How heavily one crime of a data.police.uk crime type weighs (days)."""

    crime_type: str
    weight_days: Decimal


@dataclass(frozen=True, kw_only=True)
class PrintedTable(Typed):
    """One entry of the inventory: a printed table, or one a document names and does not hold (`named_only`)."""

    id: str
    title: str
    presence: str
    n_lines: int
    n_cells: int


@dataclass(frozen=True, kw_only=True)
class PrintedCell(Typed):
    """One printed figure of a table: `printed` as it stands, `value` in `unit` (gbp, fte, count, share, change)."""

    table_id: str
    line_id: str
    ref: str | None
    label: str
    period: str
    printed: str
    value: Decimal
    unit: str
    bound: str | None = None


@dataclass(frozen=True, kw_only=True)
class FinanceRule:
    """One declared path by which printed figures may be calculated; see `RULE_KEYS` of the schema for each key.

    `file` and `row` are where it was typed.
    """

    file: str
    row: int
    table: str | None = None
    line: str | None = None
    column: str | None = None
    unit: str | None = None
    periods: tuple[str, ...] | None = None
    sum: tuple[str, ...] | None = None
    of_which: tuple[str, ...] | None = None
    change_of: str | None = None
    growth_of: str | None = None
    cumulative_of: str | None = None
    share_of: str | None = None
    part: str | None = None
    product: tuple[str, ...] | None = None
    over: tuple[str, ...] | None = None
    per: str | None = None
    same_as: str | None = None
    plausible_per: str | None = None
    against: str | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    bands_of: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Force:
    """A force folder that kept every rule; see docs/reference/force-folder.md for each field.

    `lsoa_path` is the GeoJSON of the outlines (None without one), `lsoa_attribution` what every map of it must say, and
    `lsoa_names` the name of each of its LSOAs by code. `records` holds the tables of single rooms: see `rows`.
    `files_sha256` is the hash of all facts in the folder: of every file but scenarios, which whatever rests on one
    names beside it. `warnings` are printed figures that disagree with each other.
    """

    folder: Path
    id: str
    name: str
    police_uk_names: tuple[str, ...]
    time_zone: str
    district_label: str
    area_label: str
    districts: tuple[District, ...]
    areas: tuple[Area, ...]
    grades: tuple[Grade, ...]
    ranks: tuple[Entry, ...]
    roles: tuple[Entry, ...]
    channels: tuple[Channel, ...]
    incident_categories: tuple[IncidentCategory, ...]
    qualifiers: tuple[Entry, ...]
    layers: tuple[Entry, ...]
    measures: tuple[Measure, ...]
    volumes: tuple[PublishedVolume, ...]
    establishment: tuple[Establishment, ...]
    resource_layers: tuple[ResourceUnit, ...]
    targets: tuple[Target, ...]
    residents: tuple[Residents, ...]
    harm_weights: tuple[HarmWeight, ...]
    sources: tuple[Source, ...]
    lsoa_path: Path | None
    lsoa_attribution: str | None
    lsoa_names: Mapping[str, str]
    files_sha256: str
    warnings: tuple[Problem, ...] = field(default=())
    printed_tables: tuple[PrintedTable, ...] = field(default=())
    printed_cells: tuple[PrintedCell, ...] = field(default=())
    finance_rules: tuple[FinanceRule, ...] = field(default=())
    records: Mapping[type, tuple[Any, ...]] = field(default_factory=dict)

    def rows(self, record: type[Record]) -> tuple[Record, ...]:
        """Return the rows of the table that a room declares with this record, in the order typed.

        Parameters
        ----------
        record
            The dataclass named in a table of `constabulary.core.force.rooms`.
        """
        return self.records[record]

    def find_volumes(
        self,
        measure: str,
        *,
        breakdown: str | None = None,
        part: str | None = None,
        basis: str | None = None,
        area_id: str | None = None,
    ) -> tuple[PublishedVolume, ...]:
        """Return the figures of a measure, oldest period first.

        Parameters
        ----------
        measure
            For example "incidents".
        breakdown, part, basis
            Kept to where given, otherwise any.
        area_id
            District or area; None is the whole force.
        """
        found = [
            volume
            for volume in self.volumes
            if volume.measure == measure
            and volume.area_id == area_id
            and breakdown in (None, volume.breakdown)
            and part in (None, volume.part)
            and basis in (None, volume.basis)
        ]
        return tuple(sorted(found, key=lambda volume: (volume.period_end_on, volume.period_start_on)))

    def volume(
        self,
        measure: str,
        part: str | None = None,
        *,
        breakdown: str | None = None,
        basis: str = "total",
        area_id: str | None = None,
        period_end_on: date | None = None,
    ) -> PublishedVolume | None:
        """Return the one figure asked for, of the latest period unless one is named; None if there is none.

        Parameters
        ----------
        measure, part
            For example "contacts" and "999"; without a part, the figure as a whole.
        breakdown
            Which split the part belongs to, where its name alone is not enough.
        basis
            total, mean_per_day, typical_day, share ...
        area_id
            District or area; None is the whole force.
        period_end_on
            The last day of the period wanted.

        Raises
        ------
        LookupError
            It is printed more than once for the same period, and differently; use `find_volumes` and choose.
        """
        found = [
            v
            for v in self.find_volumes(measure, breakdown=breakdown, part=part, basis=basis, area_id=area_id)
            if v.part == part
        ]
        if period_end_on is not None:
            found = [v for v in found if v.period_end_on == period_end_on]
        if not found:
            return None
        last = [v for v in found if v.period_end_on == found[-1].period_end_on]
        if len({v.value for v in last}) > 1:
            lines = " and ".join(f"{v.file} line {v.line}" for v in last)
            raise LookupError(f"{measure} {part or ''} ({basis}) is printed differently in {lines}")
        return last[0]

    def source(self, source_id: str) -> Source:
        """Return the source document of that id; `KeyError` if there is none."""
        return {source.id: source for source in self.sources}[source_id]

    def cited(self, source_id: str | None, where: str | None) -> str:
        """Return document and place of a fact, as people are told them; empty where neither is named.

        Parameters
        ----------
        source_id, where
            Id of the source document, and the page, paragraph or table in it.
        """
        title = next((one.title for one in self.sources if one.id == source_id), source_id)
        return ", ".join(filter(None, (title, where)))
