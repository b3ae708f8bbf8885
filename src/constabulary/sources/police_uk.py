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
from constabulary.sources.csv_parts import CsvFile, Part, read_header
from constabulary.sources.files import SourceFile
from constabulary.sources.mended import MENDED, as_it_was, mended_import
from constabulary.tables.check import parsed, typed
from constabulary.tables.contract import Contract, Kind
from constabulary.tables.crimes import CRIMES
from constabulary.tables.outcomes import OUTCOMES
from constabulary.tables.stops import STOPS
from constabulary.tables.together import Together

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
PLACE = ("longitude", "latitude", "location", "lsoa_code", "lsoa_name")
"""Our columns of a place: every row on one map point has the same."""
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

    def parts(self) -> Iterator[tuple[Part, pl.DataFrame, pl.DataFrame]]:
        """Yield each part, its text under our column names, and the same typed."""
        names = COLUMNS[self.contract.name]
        codes = {
            column.name
            for column in self.contract.columns
            if column.kind in {Kind.CODE, Kind.MONTH, Kind.TRUTH} and column.name not in PLACE
        }
        reader = CsvFile(self.file, [theirs for theirs, ours in names.items() if ours in codes])
        for part in reader.parts():
            yield self._typed(part if self.mends is None else as_it_was(part, self.mends))

    def _typed(self, part: Part) -> tuple[Part, pl.DataFrame, pl.DataFrame]:
        names = COLUMNS[self.contract.name]
        text = part.text.select(pl.col(theirs).alias(ours) for theirs, ours in names.items())
        if self.contract is STOPS:
            frame = typed(text, self.contract).with_columns(self._published(part))
        else:
            places = Together(text.select(PLACE))
            of_place = [column for column in self.contract.supplied if column.name in PLACE]
            others = [column for column in self.contract.supplied if column.name not in PLACE]
            frame = parsed(text, others).with_columns(places.spread(parsed(places.some, of_place)))
        return part, text, frame

    def _published(self, part: Part) -> tuple[pl.Series, pl.Series]:
        """Return the month and the force of each row, from the published name of the file it comes from."""
        if MENDED[1] in self.header:
            file_name = part.text[MENDED[1]].fill_null("")
        else:
            file_name = pl.repeat(self.file.published_name, part.text.height, dtype=pl.String(), eager=True)
        known = {name: published_in(name) for name in file_name.unique()}
        months = {name: month for name, (month, _) in known.items()}
        forces = {name: force for name, (_, force) in known.items()}
        return (
            file_name.replace_strict(months, return_dtype=pl.Date()).alias("month"),
            file_name.replace_strict(forces, return_dtype=pl.Categorical()).alias("force"),
        )


def published_in(file_name: str) -> tuple[date | None, str | None]:
    """Return the month and the force in a file's published name; None where it has another name.

    >>> published_in("2024-10-cambridgeshire-stop-and-search.csv")
    (datetime.date(2024, 10, 1), 'cambridgeshire')
    """
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])-(.+)-(?:street|outcomes|stop-and-search)\.csv", file_name)
    return (date(int(match[1]), int(match[2]), 1), match[3]) if match else (None, None)


def recognise(files: Sequence[SourceFile]) -> tuple[list[PoliceFile], list[Problem]]:
    """Tell from each file's header which kind it is.

    Returns
    -------
    known
        The files that are one of the three.
    others
        Why the rest were left out: files of a folder or archive that neither by name nor by header are meant to be any.

    Raises
    ------
    BadInput
        For every file that was asked for, or is meant to be one of the three, and is none; all at once. Also where
        there is no other file.
    """
    known = []
    problems: list[Problem] = []
    others: list[Problem] = []
    for file in files:
        is_meant = file.is_named or published_in(file.published_name)[0] is not None
        try:
            header = read_header(file)
        except BadInput as error:
            has_no_header = all(problem.rule == "no_header" for problem in error.problems)
            (others if has_no_header and not is_meant else problems).extend(error.problems)
            continue
        kind = _kind(header)
        if kind is not None:
            known.append(PoliceFile(file, CONTRACTS[kind], tuple(header), mended_import(file)))
        elif is_meant or _resembles(header):
            problems.append(_unknown(file, header))
        else:
            others.append(_unknown(file, header))
    if problems or not known:
        raise BadInput([*problems, *others])
    return known, others


def _resembles(header: Sequence[str]) -> bool:
    """Whether a header has half the columns of one of the three, so that its file may be a damaged one."""
    return any(2 * len(set(names) & set(header)) >= len(names) for names in COLUMNS.values())


def _kind(header: Sequence[str]) -> str | None:
    for kind, names in COLUMNS.items():
        if set(names) <= set(header) <= set(names) | IGNORED | set(MENDED):
            return kind
    return None


def _unknown(file: SourceFile, header: Sequence[str]) -> Problem:
    nearest, names = max(COLUMNS.items(), key=lambda item: len(set(item[1]) & set(header)))
    missing = [name for name in names if name not in header]
    surplus = [name for name in header if name not in {*names, *IGNORED, *MENDED}]
    words = []
    if missing:
        words.append(f"lacks {', '.join(missing)}")
    if surplus:
        words.append(f"has {', '.join(surplus[:5])} besides")
    return Problem(
        "not_police_uk",
        f"the header is none of data.police.uk's three; as {nearest} it {' and '.join(words)}",
        file=file.name,
        row=1,
        value=",".join(header)[:120],
        expected="the street, outcomes or stop-and-search header as published",
        remedy="Fetch the file again, or import records of your own by a mapping: constabulary import incidents "
        "--suggest.",
    )
