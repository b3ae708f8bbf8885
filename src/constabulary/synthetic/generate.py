"""Makes up the contacts and incidents of a force: whole years, from one seed, held to its published figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from constabulary.core.errors import Problem
from constabulary.core.force import Force
from constabulary.core.progress import Progress, silent
from constabulary.parameters import Parameter
from constabulary.synthetic.arrivals import draw_arrivals
from constabulary.synthetic.assumed import STREAMS, Assumed, kind_of
from constabulary.synthetic.attendance import attend
from constabulary.synthetic.calendar import Year, hours_of
from constabulary.synthetic.calibration import Calibration, Ledger
from constabulary.synthetic.contacts import draw_contacts
from constabulary.synthetic.frames import calls_frame, incidents_frame
from constabulary.synthetic.incidents import draw_categories, draw_qualifiers, open_incidents
from constabulary.synthetic.places import Places, draw_places, read_places, travel_factor
from constabulary.synthetic.setting import Setting

PARTS = (
    "days",
    "contacts",
    "answers",
    "incidents",
    "links",
    "categories",
    "qualifiers",
    "response",
    "places",
)
"""Each part of a year draws from a generator of its own, so that one more draw in one moves no other."""


@dataclass(frozen=True)
class Synthetic:
    """Made-up records and what they were held to.

    Parameters
    ----------
    calls, incidents
        The supplied columns of the two contracts, in order of arrival.
    years
        The years made.
    calibration
        Every figure aimed at beside the figure of the records.
    notices
        What a reader should know: figures of other years used, figures passed over, nothing published.
    """

    calls: pl.DataFrame
    incidents: pl.DataFrame
    years: tuple[Year, ...]
    calibration: tuple[Calibration, ...]
    notices: tuple[Problem, ...]


def synthesise(
    force: Force,
    first_on: date,
    n_years: int,
    seed: int,
    parameters: Mapping[str, Parameter],
    growth_rate: float | None = None,
    progress: Progress = silent,
) -> Synthetic:
    """Make up the contacts and incidents of some years.

    A year of a seed is the same whatever other years are made with it.

    Parameters
    ----------
    force
        Whose published figures and outlines count.
    first_on
        First day of the first year.
    n_years
        How many years.
    seed
        The same seed, force folder and parameters give the same records.
    parameters
        The assumed values, as `load_parameters("synthetic")` returns them.
    growth_rate
        Growth of yearly figures for each year away from the one they were published for; the parameter's when
        None.
    progress
        Told the parts done.

    Returns
    -------
    Synthetic
        The records, and what they were held to.

    Raises
    ------
    BadInput
        If a parameter is missing or wrong, or published parts make more than their whole.

    Examples
    --------
    >>> from constabulary.core.force import load_force, shipped_force
    >>> from constabulary.parameters import load_parameters
    >>> force = load_force(shipped_force("cambridgeshire"))
    >>> made = synthesise(force, date(2017, 4, 1), 1, 1, load_parameters("synthetic"))
    >>> made.incidents.height
    171534
    """
    given = Assumed.of(parameters)
    growth = given.number("growth_rate") if growth_rate is None else growth_rate
    places = read_places(force)
    years = tuple(Year.starting(first_on, number) for number in range(n_years))
    made = []
    for number, year in enumerate(years):
        progress(number, n_years, f"Making up {year.first_on} to {year.last_on}")
        made.append(_year(force, year, seed, given, growth, places))
    progress(n_years, n_years, "Made up")
    return Synthetic(
        calls=pl.concat([each.calls for each in made]),
        incidents=pl.concat([each.incidents for each in made]),
        years=years,
        calibration=tuple(line for each in made for line in each.calibration),
        notices=tuple(dict.fromkeys(notice for each in made for notice in each.notices)),
    )


def _year(
    force: Force, year: Year, seed: int, given: Assumed, growth: float, places: Places | None
) -> Synthetic:
    sequences = np.random.SeedSequence([seed, year.first_on.toordinal()]).spawn(len(PARTS))
    rngs = {part: np.random.default_rng(sequence) for part, sequence in zip(PARTS, sequences, strict=True)}
    hours = hours_of(year, force.time_zone)
    setting = Setting(force, year, hours, given, growth, Ledger(year))
    busy = _busy(rngs["days"], setting)[hours.day_no]
    month = hours.month_of_year()
    weights = {stream: busy * given.pattern(stream, hours.hour_of_week, month) for stream in STREAMS}
    arrivals = [
        draw_arrivals(rngs["contacts"], setting, weights[kind_of(channel)], "contacts", channel.id)
        for channel in force.channels
    ]
    contacts = draw_contacts(rngs["answers"], setting, arrivals)
    counts = draw_arrivals(rngs["incidents"], setting, weights["incident"], "incidents")
    opened = open_incidents(rngs["links"], setting, counts, contacts)
    n = len(opened.received_s)
    categories = draw_categories(rngs["categories"], setting, n)
    has_qualifier = draw_qualifiers(rngs["qualifiers"], setting, n)
    located = far = None
    if places is None:
        setting.ledger.notice("no_outlines", "the force folder has no outlines, so incidents have no place")
    else:
        located = draw_places(rngs["places"], setting, places, n)
        far = travel_factor(places, located.area_no, given.number("travel_size_power"))
    attended = attend(rngs["response"], setting, opened.received_s, far)
    setting.ledger.close()
    return Synthetic(
        calls=calls_frame(force, year, contacts, opened),
        incidents=incidents_frame(
            force, year, contacts, opened, categories, has_qualifier, attended, places, located
        ),
        years=(year,),
        calibration=tuple(setting.ledger.lines),
        notices=tuple(setting.ledger.notices),
    )


def _busy(rng: np.random.Generator, setting: Setting) -> NDArray[np.float64]:
    """Return how busy each day is against a usual one: gamma with mean 1, shape (days,)."""
    variation = setting.given.number("day_variation")
    n_days = setting.year.n_days
    busy = rng.gamma(1 / variation**2, variation**2, n_days) if variation else np.ones(n_days)
    for pattern in ("hour_of_week", "month_weight"):
        setting.ledger.assumed(pattern, None, pattern, None, None)
    setting.ledger.assumed("day_variation", None, "day_variation", variation, float(busy.std() / busy.mean()))
    return busy
