"""What a question of places is made of: demand, sites, minutes between them, and what is already decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem

Floats = NDArray[np.float64]
Clock = Callable[[], float]
"""Says how much time is left to work (s)."""


def forever() -> float:
    """Leave all the time there is."""
    return float("inf")


@dataclass(frozen=True)
class Siting:
    """Places that bring demand, and sites that units may wait at.

    Parameters
    ----------
    weights
        Demand of each place (calls, incidents, people: any one measure), shape (places,).
    minutes
        Travel time, or any other cost, from each site to each place; infinite where there is no way. Shape (places,
        sites).
    place_ids, site_ids
        Names for people, shapes (places,) and (sites,).
    fixed
        Numbers of the sites that are open whatever the answer.
    capacities
        The most demand each site can serve, shape (sites,); None: no site is ever full.
    """

    weights: Floats
    minutes: Floats
    place_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    fixed: tuple[int, ...] = ()
    capacities: Floats | None = None

    @property
    def n_places(self) -> int:
        """How many places bring demand."""
        return int(self.minutes.shape[0])

    @property
    def n_sites(self) -> int:
        """How many sites there are to choose from."""
        return int(self.minutes.shape[1])

    @property
    def costs(self) -> Floats:
        """Demand times minutes, shape (places, sites); a place without demand costs nothing."""
        with np.errstate(invalid="ignore"):
            costs = self.weights[:, None] * self.minutes
        return np.asarray(np.where(self.weights[:, None] > 0.0, costs, 0.0), dtype=np.float64)


@dataclass(frozen=True)
class Sites:
    """One set of sites and what it is worth.

    Parameters
    ----------
    n_units
        Units by site number, in order of number; 1 each but where several may share a site.
    objective
        What was asked for: mean minutes times demand, the longest journey, or demand covered.
    """

    n_units: tuple[tuple[int, int], ...]
    objective: float

    @property
    def sites(self) -> tuple[int, ...]:
        """The sites that are open."""
        return tuple(site for site, _ in self.n_units)


@dataclass(frozen=True)
class SitingAnswer:
    """The best sites found, what no answer can better, and those next to it.

    Parameters
    ----------
    best
        The sites proposed.
    bound
        No answer is better than this.
    is_proven
        Whether the best found is certainly the best there is.
    alternatives
        The next best sets, best first; certainly so where `is_proven`.
    """

    best: Sites
    bound: float
    is_proven: bool
    alternatives: tuple[Sites, ...] = field(default=())


def check_number_of_sites(problem: Siting, n_sites: int) -> None:
    """Raise where so many sites cannot be open.

    Parameters
    ----------
    problem
        The places and sites.
    n_sites
        How many are to be open.

    Raises
    ------
    BadInput
        Where there are fewer sites, or more of them are fixed.
    """
    lowest = max(1, len(problem.fixed))
    if not lowest <= n_sites <= problem.n_sites:
        raise BadInput(
            Problem(
                "out_of_range",
                f"{n_sites} {'site' if n_sites == 1 else 'sites'} cannot be open.",
                column="n_sites",
                value=str(n_sites),
                expected=f"a whole number from {lowest}{' (sites fixed)' if problem.fixed else ''} to "
                f"{problem.n_sites} (sites there are)",
            )
        )


def unserved(n_sites: int, is_certain: bool = True) -> Problem:
    """Return the problem that so many sites do not serve all demand.

    Parameters
    ----------
    n_sites
        How many were to be open.
    is_certain
        Whether there are none, and not just none that were found in the time allowed.
    """
    out_of_time = "" if is_certain else ", or none that can were found in the time allowed"
    return Problem(
        "out_of_reach",
        f"{n_sites} {'site' if n_sites == 1 else 'sites'} cannot serve every place with demand{out_of_time}.",
        remedy="Open more sites, give them room for more demand, or mend the minutes.",
    )
