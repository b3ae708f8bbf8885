"""Files of data.police.uk: street-level crime, outcomes, and stop and search, of any force and month.

Source: data.police.uk, "About the data" and the column lists of the bulk downloads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.sources.csv_parts import MENDED, CsvFile, Part, mended_import, read_header
from constabulary.sources.files import SourceFile
from constabulary.tables.check import typed
from constabulary.tables.contract import Contract, Kind
from constabulary.tables.crimes import CRIMES
from constabulary.tables.outcomes import OUTCOMES
from constabulary.tables.stops import STOPS

_PLACED = {
    "Crime ID": "crime_id",
    "Month": "month",
    "Reported by": "reported_by",
    "Falls within": "falls_within",
    "Longitude": "longitude",
    "Latitude": "latitude",
    "Location": "location",
    "LSOA code": "lsoa_code",
    "LSOA name": "lsoa_name",
}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "crimes": _PLACED | {"Crime type": "crime_type", "Last outcome category": "last_outcome"},
    "outcomes": _PLACED | {"Outcome type": "outcome_type"},
    "stops": {
        "Type": "search_type",
        "Date": "searched_at",
        "Part of a policing operation": "is_operation",
        "Policing operation": "operation",
        "Latitude": "latitude",
        "Longitude": "longitude",
        "Gender": "gender",
        "Age range": "age_range",
        "Self-defined ethnicity": "self_defined_ethnicity",
        "Officer-defined ethnicity": "officer_defined_ethnicity",
        "Legislation": "legislation",
        "Object of search": "object_of_search",
        "Outcome": "outcome",
        "Outcome linked to object of search": "is_outcome_linked",
        "Removal of more than just outer clothing": "is_more_than_outer_clothing",
    },
}
"""The published column names and ours, by table."""
IGNORED = frozenset({"Context"})
"""Published columns that are always empty."""
CONTRACTS: Mapping[str, Contract] = {contract.name: contract for contract in (CRIMES, OUTCOMES, STOPS)}


@dataclass(frozen=True)
class PoliceFile:
    """One file, and which of the three kinds it is.

    Parameters
    ----------
    file
        Where it is.
    contract
        The table it feeds.
    header
        Its column names.
    mends
        The import whose refused rows these are, mended; None for a file as published.
    delimiter
        What stands between two fields.
    """

    file: SourceFile
    contract: Contract
    header: tuple[str, ...]
    mends: str | None = None
    delimiter: str = ","

    @property
    def published(self) -> tuple[date | None, str | None]:
        """The month and the force in the file's published name; None where it has another name."""
        match = re.fullmatch(
            r"(\d{4})-(\d{2})-(.+)-(?:street|outcomes|stop-and-search)\.csv", self.file.published_name
        )
        return (date(int(match[1]), int(match[2]), 1), match[3]) if match else (None, None)

    def parts(self) -> Iterator[tuple[Part, pl.DataFrame, pl.DataFrame]]:
        """Yield each part, its text under our column names, and the same typed."""
        names = COLUMNS[self.contract.name]
        codes = {
            column.name
            for column in self.contract.columns
            if column.kind in {Kind.CODE, Kind.MONTH, Kind.TRUTH}
        }
        reader = CsvFile(self.file, [theirs for theirs, ours in names.items() if ours in codes])
        for part in reader.parts():
            text = part.text.select(pl.col(theirs).alias(ours) for theirs, ours in names.items())
            frame = typed(text, self.contract)
            if self.contract is STOPS:
                month, force = self.published
                frame = frame.with_columns(
                    pl.lit(month, dtype=pl.Date()).alias("month"),
                    pl.lit(force, dtype=pl.Categorical()).alias("force"),
                )
            yield part, text, frame


def recognise(files: Sequence[SourceFile]) -> list[PoliceFile]:
    """Tell from each file's header which kind it is.

    Raises
    ------
    BadInput
        For every file that is none of the three, all at once.
    """
    known = []
    problems: list[Problem] = []
    for file in files:
        try:
            header = read_header(file)
        except BadInput as error:
            problems += error.problems
            continue
        kind = _kind(header)
        if kind is None:
            problems.append(_unknown(file, header))
        else:
            known.append(PoliceFile(file, CONTRACTS[kind], tuple(header), mended_import(file)))
    if problems:
        raise BadInput(problems)
    return known


def _kind(header: Sequence[str]) -> str | None:
    for kind, names in COLUMNS.items():
        if set(names) <= set(header) <= set(names) | IGNORED | set(MENDED) and len(set(header)) == len(
            header
        ):
            return kind
    return None


def _unknown(file: SourceFile, header: Sequence[str]) -> Problem:
    nearest, names = max(COLUMNS.items(), key=lambda item: len(set(item[1]) & set(header)))
    missing = [name for name in names if name not in header]
    surplus = [name for name in header if name not in {*names, *IGNORED}]
    words = []
    if missing:
        words.append(f"lacks {', '.join(missing)}")
    if surplus:
        words.append(f"has {', '.join(surplus[:5])} besides")
    return Problem(
        "not_police_uk",
        f"the header is none of data.police.uk's three; as {nearest} it "
        f"{' and '.join(words) or 'repeats a column'}",
        file=file.name,
        row=1,
        value=",".join(header)[:120],
        expected="the street, outcomes or stop-and-search header as published",
        remedy="Fetch the file again, or import your own records with a mapping: constabulary import incidents --suggest.",
    )
