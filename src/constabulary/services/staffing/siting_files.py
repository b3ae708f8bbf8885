"""Reads files of places, sites and minutes: the OR-Library's p-median format, and CSV in rows or as a table."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.response.siting.problem import Siting

ROW_COLUMNS = ("place_id", "site_id", "minutes")
OPTIONAL_COLUMNS = ("demand", "capacity")


@dataclass(frozen=True)
class SitingFile:
    """What a file of places and sites holds.

    Parameters
    ----------
    problem
        Places, sites and minutes.
    n_sites
        How many sites the file asks for; None where it does not say.
    has_node_numbers
        Whether sites are nodes of a graph, numbered from 1 (OR-Library).
    """

    problem: Siting
    n_sites: int | None = None
    has_node_numbers: bool = False


def read_siting(content: str, file: str) -> SitingFile:
    """Return what the text of a file says, whatever its format.

    Parameters
    ----------
    content
        An OR-Library p-median file (nodes, edges and p, then an edge a line), or CSV: rows with ``place_id``,
        ``site_id`` and ``minutes``, and if wanted ``demand`` of the place and ``capacity`` of the site; or a table
        with ``place_id``, if wanted ``demand``, and a column of minutes for each site.
    file
        Its name, for messages.

    Raises
    ------
    BadInput
        With everything that is wrong with it.
    """
    first = content.lstrip().partition("\n")[0]
    if len(first.split()) == 3 and all(part.isdigit() for part in first.split()):
        return _or_library(content, file)
    rows = csv.reader(io.StringIO(content))
    header = [name.strip() for name in next(rows, [])]
    if "place_id" not in header or len(set(header)) != len(header):
        raise BadInput(
            Problem(
                "wrong_columns",
                f"has the columns {', '.join(header) or 'none'}.",
                file,
                1,
                expected="place_id, site_id, minutes and if wanted demand, capacity; or place_id, if wanted demand, "
                "and a column of minutes for each site; or the OR-Library's p-median format",
            )
        )
    lines = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    wrong = [(line, row) for line, row in lines if len(row) != len(header)]
    if wrong:
        raise BadInput(
            Problem(
                "wrong_columns",
                f"has {len(wrong[0][1])} cells.",
                file,
                wrong[0][0],
                expected=f"{len(header)} cells, one for each column",
                count=len(wrong),
            )
        )
    if "site_id" in header:
        return SitingFile(_from_rows(header, lines, file))
    return SitingFile(_from_table(header, lines, file))


def _or_library(content: str, file: str) -> SitingFile:
    try:
        numbers = np.array(content.split(), dtype=np.float64)
    except ValueError:
        raise BadInput(Problem("not_numbers", "holds something that is no number.", file)) from None
    n_nodes, n_edges, n_sites = (int(one) for one in numbers[:3])
    if len(numbers) != 3 + 3 * n_edges or n_nodes < 1:
        raise BadInput(
            Problem(
                "wrong_length",
                f"holds {len(numbers) - 3:,} numbers after the first three.",
                file,
                expected=f"three for each of {n_edges:,} edges",
            )
        )
    edges = numbers[3:].reshape(-1, 3)
    ends = edges[:, :2].astype(np.int64) - 1
    if (ends < 0).any() or (ends >= n_nodes).any() or (edges[:, 2] < 0).any():
        raise BadInput(
            Problem(
                "out_of_range",
                "has an edge that cannot be used.",
                file,
                expected=f"nodes from 1 to {n_nodes} and costs of 0 or more",
            )
        )
    minutes = np.full((n_nodes, n_nodes), np.inf)
    np.fill_diagonal(minutes, 0.0)
    for (one, other), cost in zip(ends.tolist(), edges[:, 2].tolist(), strict=True):
        minutes[one, other] = minutes[other, one] = cost  # where an edge stands twice the last counts
    for via in range(n_nodes):
        np.minimum(minutes, minutes[:, via, None] + minutes[None, via], out=minutes)
    names = tuple(str(node) for node in range(1, n_nodes + 1))
    return SitingFile(Siting(np.ones(n_nodes), minutes, names, names), n_sites, has_node_numbers=True)


def _from_rows(header: Sequence[str], lines: Sequence[tuple[int, list[str]]], file: str) -> Siting:
    unknown = [name for name in header if name not in (*ROW_COLUMNS, *OPTIONAL_COLUMNS)]
    if unknown or "minutes" not in header:
        raise BadInput(
            Problem(
                "wrong_columns",
                f"has the columns {', '.join(header)}.",
                file,
                1,
                expected=", ".join(ROW_COLUMNS) + " and if wanted " + ", ".join(OPTIONAL_COLUMNS),
            )
        )
    problems: list[Problem] = []
    places: dict[str, int] = {}
    sites: dict[str, int] = {}
    weight: dict[int, float] = {}
    room: dict[int, float] = {}
    pairs: dict[tuple[int, int], float] = {}
    for line, cells in lines:
        row = dict(zip(header, cells, strict=True))
        place = places.setdefault(row["place_id"].strip(), len(places))
        site = sites.setdefault(row["site_id"].strip(), len(sites))
        minutes = _number(row, "minutes", file, line, problems)
        problems += [_unnamed(file, line, name) for name in ("place_id", "site_id") if not row[name].strip()]
        if (place, site) in pairs:
            problems.append(
                Problem(
                    "repeated_pair",
                    f"{row['place_id']} and {row['site_id']} stand together before.",
                    file,
                    line,
                    remedy="Keep one row for each pair.",
                )
            )
        pairs[place, site] = minutes
        for column, known, key in (("demand", weight, place), ("capacity", room, site)):
            if column in header:
                value = _number(row, column, file, line, problems)
                if math.isfinite(value) and known.setdefault(key, value) != value:
                    problems.append(_contradiction(row, column, value, known[key], file, line))
    if not pairs:
        problems.append(Problem("too_few_rows", "has no rows.", file, expected="a row for each pair"))
    if problems:
        raise BadInput(problems)
    table = np.full((len(places), len(sites)), np.inf)
    for (place, site), minutes in pairs.items():
        table[place, site] = minutes
    return Siting(
        np.array([weight.get(place, 1.0) for place in range(len(places))]),
        table,
        tuple(places),
        tuple(sites),
        capacities=np.array([room[site] for site in range(len(sites))]) if room else None,
    )


def _from_table(header: Sequence[str], lines: Sequence[tuple[int, list[str]]], file: str) -> Siting:
    problems: list[Problem] = []
    sites = tuple(name for name in header if name not in ("place_id", "demand"))
    if "" in sites:
        problems.append(_unnamed(file, 1, "heading of a column"))
    places: list[str] = []
    weights: list[float] = []
    table: list[list[float]] = []
    for line, cells in lines:
        row = dict(zip(header, cells, strict=True))
        if not row["place_id"].strip():
            problems.append(_unnamed(file, line, "place_id"))
        if row["place_id"].strip() in places:
            problems.append(
                Problem("repeated_place", f"{row['place_id']} stands before.", file, line, remedy="Keep one.")
            )
        places.append(row["place_id"].strip())
        weights.append(_number(row, "demand", file, line, problems) if "demand" in header else 1.0)
        table.append([_number(row, site, file, line, problems, may_be_empty=True) for site in sites])
    if not places or not sites:
        problems.append(
            Problem("too_few_rows", "has no places or no sites.", file, expected="one or more of each")
        )
    if problems:
        raise BadInput(problems)
    return Siting(np.array(weights), np.array(table), tuple(places), sites)


def _contradiction(
    row: Mapping[str, str], column: str, value: float, known: float, file: str, line: int
) -> Problem:
    message = f"{value:g} is not what an earlier row says."
    return Problem("contradiction", message, file, line, column, row[column], f"{known:g}, as before")


def _unnamed(file: str, line: int, column: str) -> Problem:
    return Problem("missing_value", "is empty.", file, line, column, "", "a name")


def _number(
    row: Mapping[str, str],
    column: str,
    file: str,
    line: int,
    problems: list[Problem],
    may_be_empty: bool = False,
) -> float:
    text = row[column].strip()
    if may_be_empty and not text:
        return math.inf
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0.0:
        problems.append(
            Problem(
                f"bad_{column}", f'"{text}" cannot be used.', file, line, column, text, "a number, 0 or more"
            )
        )
    return value
