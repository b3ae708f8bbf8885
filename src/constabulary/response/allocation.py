"""Officers by district and shift: a guide by formulas to where one more of them does most, before simulation judges.

The guide takes each district in each half-hour as a queue of its own units with journeys from the nearest free one, as
`need` does, and gives out officers one after another to the district and shift where they bring most (marginal
allocation, best where each further one brings less). Units that help across borders, meals and much else it leaves to
the simulation.

References
----------
B. Fox, Discrete optimization via marginal analysis, Management Science 13 (1966).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.response.clock import SLOTS
from constabulary.response.draws import Floats
from constabulary.response.need import AreaWork, NearestJourneys, loads_of, share_in_time, work_of
from constabulary.response.rosters import RosterLine
from constabulary.response.rota.shifts import Shift, cover_of
from constabulary.response.setup import Setup

GOALS = ("best", "equal")
"""Most incidents in time at a given cost; the worst district as good as can be at it."""

_N_LOADS = 12
_BEYOND = 24
"""Units beyond the load up to which the guide knows what one more brings."""


@dataclass(frozen=True)
class Kind:
    """A shift of the roster: the days it starts on and its times."""

    weekdays: tuple[int, ...]
    start_min: int
    length_min: int

    @property
    def hours(self) -> float:
        """Hours a week of one officer on it every time."""
        return len(self.weekdays) * self.length_min / 60.0


@dataclass(frozen=True)
class Guide:
    """What the formulas say of officers by district and shift.

    Parameters
    ----------
    district_ids, kinds
        Rows and columns of every table of officers.
    now
        Officers rostered as it stands, shape (districts, kinds).
    incidents
        Most urgent incidents in each half-hour, shape (districts, 336).
    tables
        By district: units, and the share in time with them at each of some loads, shape (loads, units).
    load_class
        Which of those loads each half-hour has, shape (districts, 336).
    units_each
        Units that one officer rostered on a shift brings to each half-hour, shape (kinds, 336).
    """

    district_ids: tuple[str, ...]
    kinds: tuple[Kind, ...]
    now: Floats
    incidents: Floats
    tables: tuple[Floats, ...]
    load_class: np.ndarray
    units_each: Floats

    @property
    def now_h(self) -> float:
        """Officer-hours rostered in a week as it stands."""
        return self.hours(self.now)

    def hours(self, officers: Floats) -> float:
        """Return officer-hours rostered in a week."""
        return float((officers @ [kind.hours for kind in self.kinds]).sum())

    def district_share(self, district: int, officers: Floats) -> float:
        """Return the share of a district's most urgent incidents in time with officers of shape (kinds,)."""
        weight = self.incidents[district]
        total = float(weight.sum())
        return float(weight @ self._in_time(district, officers @ self.units_each)) / total if total else 1.0

    def shares(self, officers: Floats) -> Floats:
        """Return that share for every district, shape (districts,)."""
        return np.array([self.district_share(d, row) for d, row in enumerate(officers)])

    def overall(self, officers: Floats) -> float:
        """Return that share over all districts."""
        weight = self.incidents.sum(axis=1)
        return float(weight @ self.shares(officers) / weight.sum())

    def _in_time(self, district: int, units: Floats) -> Floats:
        table = self.tables[district]
        at = np.clip(units, 0.0, table.shape[1] - 1.0)
        low = np.minimum(np.floor(at).astype(np.int64), table.shape[1] - 2)
        row = self.load_class[district]
        return np.asarray(table[row, low] + (at - low) * (table[row, low + 1] - table[row, low]))


def guide_of(setup: Setup, seed: int = 1) -> Guide:
    """Return the guide to a structure's roster.

    Parameters
    ----------
    setup
        The structure, ready to be simulated; each district is looked at for itself.
    seed
        Of what is drawn for mean times and journeys.
    """
    districts = setup.places.district_ids
    apart = replace(setup, area_ids=districts, area_of_district=np.arange(len(districts)))
    works = work_of(apart, seed)
    kinds = tuple(
        sorted(
            {Kind(line.weekdays, line.start_min, line.length_min) for line in setup.lines},
            key=lambda one: (one.start_min, one.length_min, one.weekdays),
        )
    )
    now = np.zeros((len(districts), len(kinds)))
    for line in setup.lines:
        now[line.district, kinds.index(Kind(line.weekdays, line.start_min, line.length_min))] += line.officers
    there = (1.0 - works[0].away_share) / works[0].officers_a_unit
    units_each = np.array(
        [
            there
            * sum(cover_of(Shift(kind.start_min, kind.length_min), day, SLOTS, 30) for day in kind.weekdays)
            for kind in kinds
        ]
    )
    tables, classes = zip(*(_table(work, seed) for work in works), strict=True)
    return Guide(
        districts,
        kinds,
        now,
        np.stack([work.incidents_per_h[:, 0] / 2.0 for work in works]),
        tables,
        np.stack(classes),
        units_each,
    )


def give_out(guide: Guide, goal: str, budget_h: float) -> Floats:
    """Return officers by district and shift, given out one after another, shape (districts, kinds).

    Parameters
    ----------
    guide
        What one more brings.
    goal
        One of `GOALS`.
    budget_h
        Officer-hours a week there are.

    Raises
    ------
    BadInput
        Where the goal is unknown.
    """
    if goal not in GOALS:
        raise BadInput(
            Problem("unknown_goal", f'"{goal}" is no goal.', column="goal", expected=", ".join(GOALS))
        )
    hours = np.array([kind.hours for kind in guide.kinds])
    # A shift that nobody of a district works is not one of its people's pattern.
    is_worked = guide.now > 0.0
    officers = np.where(is_worked, 1.0, 0.0)
    shares = guide.shares(officers)
    gains = np.stack([_gains(guide, district, officers[district]) for district in range(len(officers))])
    weight = guide.incidents.sum(axis=1)
    while True:
        allowed = is_worked & (hours <= budget_h - guide.hours(officers) + 1e-9)
        if not allowed.any():
            return officers
        worth = np.where(allowed, gains * weight[:, None] / hours, -np.inf)
        if goal == "equal":
            worst = int(np.argmin(np.where(allowed.any(axis=1), shares, np.inf)))
            worth = np.where(np.arange(len(worth))[:, None] == worst, worth, -np.inf)
        district, kind = np.unravel_index(int(np.argmax(worth)), worth.shape)
        officers[district, kind] += 1.0
        shares[district] = guide.district_share(int(district), officers[district])
        gains[district] = _gains(guide, int(district), officers[district])


def with_officers(setup: Setup, guide: Guide, officers: Floats) -> Setup:
    """Return a structure with officers by district and shift, its crews and absences as they are on average.

    Parameters
    ----------
    setup
        The structure.
    guide
        Its guide.
    officers
        Officers rostered, shape (districts, kinds).
    """
    lines = []
    for number, kind in enumerate(guide.kinds):
        same = [line for line in setup.lines if Kind(line.weekdays, line.start_min, line.length_min) == kind]
        total = sum(line.officers for line in same) or 1.0
        paired = sum(line.officers * line.double_crewed_share for line in same) / total
        away = sum(line.officers * line.away_share for line in same) / total
        lines += [
            RosterLine(
                f"{name} {number}",
                district,
                kind.weekdays,
                kind.start_min,
                kind.length_min,
                float(officers[district, number]),
                paired,
                away,
            )
            for district, name in enumerate(guide.district_ids)
            if officers[district, number] > 0
        ]
    return replace(setup, lines=tuple(lines))


def _gains(guide: Guide, district: int, officers: Floats) -> Floats:
    """Return what one officer more on each shift changes in a district's share, shape (kinds,)."""
    now = guide.district_share(district, officers)
    return np.array([guide.district_share(district, officers + more) - now for more in np.eye(len(officers))])


def _table(work: AreaWork, seed: int) -> tuple[Floats, np.ndarray]:
    """Return the share of most urgent incidents in time by load and units, and the load of each half-hour."""
    journeys = NearestJourneys(work, seed)
    bound_s, loads = loads_of(work, journeys)
    total = loads.sum(axis=1)
    edges = np.quantile(total, np.linspace(0.0, 1.0, _N_LOADS + 1)[1:-1])
    load_class = np.searchsorted(edges, total, side="left")
    n_most = int(np.ceil(total.max(initial=0.0))) + _BEYOND
    table = np.zeros((_N_LOADS, n_most + 1))
    for one in range(_N_LOADS):
        inside = load_class == one
        if not inside.any():
            continue
        mean = loads[inside].mean(axis=0)
        for n_units in range(1, n_most + 1):
            if n_units <= mean.sum():
                # A queue that grows without end reaches nobody in time; a little for each unit still shows the way up.
                table[one, n_units] = 0.1 * n_units / max(float(mean.sum()), 1.0)
            else:
                table[one, n_units] = max(
                    share_in_time(mean, bound_s, n_units, 0, journeys), table[one, n_units - 1]
                )
    return table, load_class
