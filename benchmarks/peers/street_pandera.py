"""The peer of the import: street files read by pandas and held to the same rules by pandera, as their manuals teach.

Run as a program: `python street_pandera.py FOLDER` reads and checks, and parts good rows from refused. With a folder
to write to after that, it does what the import does to plain files of whole months: the hash of each file, repeated
keys, places by name, good rows, refused ones with their lines and every reason, all kept as Parquet. It does not keep
all or nothing, mend Windows-1252, take a file with too many fields in a row, or see that a row has too few.
Runs under pandas 2 and 3, and prints the rows kept and refused, and what the system says of the process.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

CRIME_TYPES = [
    "Anti-social behaviour",
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
]
DISTRICTS = "Cambridge|Fenland|Huntingdonshire|Peterborough|East Cambridgeshire|South Cambridgeshire"
NAMED = rf"^(({DISTRICTS}) [0-9]{{3}})[A-Z]+$"


def text(check: pa.Check | None = None, *, is_required: bool = False) -> pa.Column:
    return pa.Column(str, check, nullable=not is_required)


SCHEMA = pa.DataFrameSchema(
    {
        "Crime ID": text(pa.Check.str_matches(r"^[0-9a-fA-F]{64}$")),
        "Month": pa.Column("datetime64[ns]"),
        "Reported by": text(is_required=True),
        "Falls within": text(),
        "Longitude": pa.Column(float, pa.Check.in_range(-180, 180), nullable=True),
        "Latitude": pa.Column(float, pa.Check.in_range(-90, 90), nullable=True),
        "Location": text(),
        "LSOA code": text(pa.Check.str_matches(r"^[A-Z0-9]{8,9}$")),
        "LSOA name": text(),
        "Crime type": text(pa.Check.isin(CRIME_TYPES), is_required=True),
        "Last outcome category": text(),
    }
)


def months(given: pd.Series) -> pd.Series:
    return pd.to_datetime(given, format="%Y-%m", errors="coerce").astype("datetime64[ns]")


def numbers(given: pd.Series) -> pd.Series:
    return pd.to_numeric(given, errors="coerce")


TYPES = {"Month": months, "Longitude": numbers, "Latitude": numbers}


def checked(path: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return a file's good rows, its refused ones, and every rule each of these broke.

    Months and coordinates are typed apart from the rules: by these, one value that is no number would have its whole
    column of the wrong type, and every row refused.
    """
    frame = pd.read_csv(path, low_memory=False)
    unreadable = []
    for name, as_type in TYPES.items():
        given = frame[name]
        if not pd.api.types.is_float_dtype(given):
            frame[name] = as_type(given)
            rows = frame.index[frame[name].isna() & given.notna()]
            told = {"index": rows, "column": name, "check": "unreadable", "failure_case": given[rows]}
            unreadable.append(pd.DataFrame(told))
    reasons = pd.concat(unreadable)
    try:
        SCHEMA.validate(frame, lazy=True, inplace=True)
    except pa.errors.SchemaErrors as error:
        broken = error.failure_cases[["index", "column", "check", "failure_case"]]
        # A value that could not be read is empty now, and is told once.
        reasons = pd.concat([reasons, broken]).drop_duplicates(["index", "column"])
    is_refused = np.zeros(len(frame), dtype=bool)
    is_refused[reasons["index"].to_numpy(dtype=np.int64)] = True
    return frame[~is_refused], frame[is_refused], reasons


def as_they_stood(path: Path, wanted: set[int]) -> list[str]:
    """Return some lines of a file, counted from 1; typing has lost what a month or a number that is none said."""
    with path.open("rb") as file:
        return [line.decode().rstrip("\r\n") for number, line in enumerate(file, start=1) if number in wanted]


def keep(path: Path, number: int, out: Path, seen: dict[Any, np.ndarray]) -> tuple[int, int]:
    """Do the whole job for one file; return the numbers of rows kept and refused."""
    hashlib.sha256(path.read_bytes()).hexdigest()
    good, refused, reasons = checked(path)
    if len(refused):
        refused.assign(
            source_row=refused.index + 2, line=as_they_stood(path, set(refused.index + 2))
        ).to_parquet(out / f"{number}.refused.parquet", index=False)
        reasons.astype(str).to_parquet(out / f"{number}.reasons.parquet", index=False)
    places = good["LSOA name"].str.extract(NAMED)
    good = good.assign(source_row=good.index + 2, neighbourhood=places[0], district=places[1])
    # A file holds whole months of forces, so keys are compared within it and with other files of its first month.
    edition = tuple(good.iloc[0][["Month", "Reported by"]])
    keys = good["Crime ID"]
    hashed = pd.util.hash_pandas_object(keys, index=False).to_numpy()
    before = seen.get(edition, np.empty(0, dtype=np.uint64))
    good = good[~((keys.duplicated() | np.isin(hashed, before)) & keys.notna())]
    seen[edition] = np.concatenate([before, hashed])
    good.to_parquet(out / f"{number}.parquet", index=False, compression=None)
    return len(good), len(refused)


def main(folder: Path, out: Path | None) -> None:
    """Read every file of a folder, and keep what comes of it where a folder to write to is named."""
    n_kept = n_refused = 0
    seen: dict[Any, np.ndarray] = {}
    if out is not None:
        out.mkdir(parents=True)
    for number, path in enumerate(sorted(folder.rglob("*.csv"))):
        if out is not None:
            n_good, n_bad = keep(path, number, out, seen)
        else:
            n_good, n_bad = (len(part) for part in checked(path)[:2])
        n_kept += n_good
        n_refused += n_bad
    print(n_kept, n_refused)
    print(Path("/proc/self/status").read_text())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
