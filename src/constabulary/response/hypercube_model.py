"""What the hypercube model is asked: places, the units they prefer, and what becomes of calls that find none free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem

KEYS = ("atoms", "service_rate", "preferences", "line")
LINES = ("infinite", "zero")
LEAST, MOST = 1e-9, 1e9
RATES = "a number from 0.000000001 to 1,000,000,000"
"""Rates between which every answer is a number; true is no rate, nor is false."""


@dataclass(frozen=True)
class HypercubeModel:
    """Units that answer calls from atoms of a map, the first free unit of an atom's list each time.

    Parameters
    ----------
    rates
        Calls of each atom in a unit of time, shape (atoms,).
    service_rate
        Calls a busy unit finishes in the same unit of time.
    preferences
        Unit numbers from 0 by atom, the first choice first, shape (atoms, units). Whoever orders units by travel
        time breaks ties by unit number, as `by_nearness` does.
    line
        `infinite`: a call that finds every unit busy waits, and waiting calls are answered in turn; `zero`: it is
        lost, or answered by others.
    """

    rates: NDArray[np.float64]
    service_rate: float
    preferences: NDArray[np.int64]
    line: str

    @property
    def n_units(self) -> int:
        """How many units there are."""
        return int(self.preferences.shape[1])

    @property
    def load_erlangs(self) -> float:
        """Units that would be busy on average, were there enough of them (erlangs)."""
        return float(self.rates.sum()) / self.service_rate

    @property
    def is_stable(self) -> bool:
        """Whether the units can keep up; always so where nobody waits."""
        return self.line == "zero" or self.load_erlangs < self.n_units


def by_nearness(minutes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return preference lists, nearest unit first; ties go to the lower unit number.

    Parameters
    ----------
    minutes
        Travel time of each unit to each atom (min), shape (units, atoms).

    Examples
    --------
    >>> by_nearness(np.array([[3.0, 5.0], [3.0, 4.0]])).tolist()
    [[0, 1], [1, 0]]
    """
    return np.argsort(np.asarray(minutes).T, axis=1, kind="stable").astype(np.int64)


def hypercube_model(content: object, file: str | None = None) -> HypercubeModel:
    """Return the model that plain JSON values describe.

    Parameters
    ----------
    content
        A mapping with ``atoms`` ([{"rate": 0.25}, ...]), ``service_rate``, ``preferences`` (a list of all unit numbers
        for each atom, the first choice first) and ``line`` (``infinite`` or ``zero``).
    file
        The file it came from, for messages.

    Raises
    ------
    BadInput
        With everything that is wrong with it.
    """
    if not isinstance(content, Mapping):
        raise BadInput(_problem(file, "not_a_model", None, content, "an object with " + ", ".join(KEYS)))
    problems = [
        _problem(
            file, "unknown_key", str(key), None, "only " + ", ".join(KEYS), "Take it out or mend its name."
        )
        for key in content
        if key not in KEYS
    ]
    problems += [
        _problem(file, "missing_key", key, None, "it to be there") for key in KEYS if key not in content
    ]
    rates, found = _rates(content.get("atoms", []), file)
    problems += found
    service_rate = content.get("service_rate", 1.0)
    if not _is_rate(service_rate):
        problems.append(_problem(file, "bad_rate", "service_rate", service_rate, RATES))
    preferences, found = _preferences(content.get("preferences", []), file)
    problems += found
    if not found and "preferences" in content and len(preferences) != len(rates):
        problems.append(
            _problem(
                file,
                "wrong_length",
                "preferences",
                len(preferences),
                f"a list for each of {len(rates)} atoms",
            )
        )
    line = content.get("line", LINES[0])
    if line not in LINES:
        problems.append(_problem(file, "bad_line", "line", line, " or ".join(LINES)))
    if problems:
        raise BadInput(problems)
    return HypercubeModel(
        np.array(rates, dtype=np.float64),
        float(service_rate),
        np.array(preferences, dtype=np.int64),
        str(line),
    )


def _rates(atoms: object, file: str | None) -> tuple[Sequence[float], list[Problem]]:
    if not isinstance(atoms, list):
        return [], [_problem(file, "bad_atoms", "atoms", atoms, 'a list of {"rate": number}')]
    problems = []
    rates: list[float] = []
    for j, atom in enumerate(atoms):
        rate: Any = atom.get("rate") if isinstance(atom, Mapping) else None
        if not isinstance(atom, Mapping) or set(atom) != {"rate"}:
            problems.append(
                _problem(file, "bad_atom", f"atoms[{j}]", atom, '{"rate": number} and no other key')
            )
        elif rate is False or (rate != 0 and not _is_rate(rate)):
            problems.append(_problem(file, "bad_rate", f"atoms[{j}].rate", rate, f"0, or {RATES}"))
        rates.append(rate)
    if not problems and not any(rates):
        problems.append(_problem(file, "no_calls", "atoms", None, "at least one atom with a rate above 0"))
    return rates, problems


def _preferences(lists: object, file: str | None) -> tuple[list[list[int]], list[Problem]]:
    if not isinstance(lists, list):
        return [], [
            _problem(file, "bad_preferences", "preferences", lists, "a list of lists of unit numbers")
        ]
    n_units = max((len(one) for one in lists if isinstance(one, list)), default=0)
    problems = []
    for j, one in enumerate(lists):
        if (
            not isinstance(one, list)
            or not one
            or not all(isinstance(unit, int) and not isinstance(unit, bool) for unit in one)
            or sorted(one) != list(range(n_units))
        ):
            expected = f"each unit number from 0 to {n_units - 1} once" if n_units else "unit numbers from 0"
            problems.append(_problem(file, "not_a_permutation", f"preferences[{j}]", one, expected))
    return lists, problems


def _is_rate(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and LEAST <= value <= MOST


def _problem(
    file: str | None, rule: str, column: str | None, value: object, expected: str, remedy: str | None = None
) -> Problem:
    shown = None if value is None else f"{value}"[:80]
    message = f"{shown} cannot be used." if shown is not None else rule.replace("_", " ") + "."
    return Problem(
        rule=rule, message=message, file=file, column=column, value=shown, expected=expected, remedy=remedy
    )
