"""The public edition of cover as a result: hours by area and month, hidden where a person could be told from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from constabulary.core.amounts import several
from constabulary.core.answers import Answer, Written, words_of, written
from constabulary.cover.disclosure import Rules

SCHEMA = 1
VISIBLE = (
    "Visible: out of station and not at a job. Hours are those of units, whatever their crew; per 1,000 residents they "
    "are worked out from the rounded hours."
)
"""What visible time of the public edition is."""


@dataclass(frozen=True)
class PublicArea:
    """Hours of units in one area over some months, and in each; None where hidden, or where a month is [h].

    Parameters
    ----------
    area_id, name
        The area.
    hours, by_month
        All time.
    visible_hours, visible_by_month
        Visible time; None too in months that were published without.
    residents
        Who live there; None where not known.
    """

    area_id: str
    name: str
    hours: float | None
    by_month: tuple[float | None, ...]
    visible_hours: float | None
    visible_by_month: tuple[float | None, ...]
    residents: int | None

    @property
    def visible_per_1000(self) -> float | None:
        """Visible hours per 1,000 residents, from the published hours."""
        if self.visible_hours is None or not self.residents:
            return None
        return self.visible_hours / self.residents * 1000


@words_of(PublicArea)
class PublicAreaAnswer(TypedDict):
    """Published time of units in one area; null where it is hidden.

    Parameters
    ----------
    seconds, months
        All time, and that of each month.
    units, officer_hours
        Always null: neither is published.
    visible_s, visible_months
        Visible time, and that of each month.
    visible_per_1000
        Visible hours per 1,000 residents, from the published hours.
    """

    area_id: str
    name: str
    seconds: int | None
    units: None
    officer_hours: None
    months: dict[str, int | None]
    visible_s: int | None
    visible_months: dict[str, int | None]
    visible_per_1000: float | None


@dataclass(frozen=True)
class PublicCover:
    """What the public sees at one level.

    Parameters
    ----------
    by
        The level.
    months
        The months of the edition, such as "2018-03".
    published_on
        When the edition was made.
    rules
        What held of its figures.
    areas
        Every area of the level, most hours first, those without a figure last.
    observed_hours, visible_hours
        Hours in the whole force, and the visible ones; None where hidden [h].
    n_hidden
        Areas without a figure: one of their months is hidden.
    left_out
        What no figure counts, in words.
    crediting
        How time is credited, what is unknown, and the median interval between fixes; of the latest month.
    attribution
        What must be said where areas are shown.
    is_synthetic
        Whether the positions are made up.
    """

    by: str
    months: tuple[str, ...]
    published_on: date
    rules: Rules
    areas: tuple[PublicArea, ...]
    observed_hours: float | None
    visible_hours: float | None
    n_hidden: int
    left_out: str
    crediting: str
    attribution: str
    is_synthetic: bool

    def sentence(self) -> str:
        """Return the answer in one sentence."""
        shown = [one for one in self.areas if one.hours is not None]
        said = self._when()
        if self.observed_hours is None and not shown:
            return f"{said} too few units were seen for any figure."
        units = "synthetic units" if self.is_synthetic else "units"
        said += f" {units} were seen"
        if self.observed_hours is None:
            said += f" in {several(len(shown), 'area')} for as long as may be shown"
        else:
            said += f" for about {self.observed_hours:,.0f} hours"
        if self.observed_hours is not None and self.visible_hours is not None:
            said += f", {self.visible_hours:,.0f} of them visible"
        if shown and len(self.areas) > 1:
            said += f"; the most of any area in {shown[0].name} ({shown[0].hours:,.0f})"
        hidden = self._hidden(self.n_hidden) if self.n_hidden else "every area is shown"
        n_visible = sum(one.visible_hours is not None for one in self.areas)
        if 0 < n_visible < len(shown):
            hidden += f", {n_visible} of {len(self.areas)} with visible time"
        return f"{said}; {hidden}."

    def rate_sentence(self) -> str:
        """Return what it says of visible hours per 1,000 residents; the general answer where that is nothing."""
        rates = sorted(
            (one.visible_per_1000, one.name) for one in self.areas if one.visible_per_1000 is not None
        )
        if not rates:
            return self.sentence()
        said = f"{self._when()} {'synthetic units' if self.is_synthetic else 'units'} were visible"
        if self.visible_hours is not None:
            said += f" for about {self.visible_hours:,.0f} hours"
        said += f"; most per 1,000 residents in {rates[-1][1]} ({rates[-1][0]:,.1f} hours)"
        if len(rates) > 1:
            said += f", least in {rates[0][1]} ({rates[0][0]:,.1f})"
        n_hidden = len(self.areas) - len(rates)
        return f"{said}; {self._hidden(n_hidden)}." if n_hidden else f"{said}."

    def _hidden(self, n: int) -> str:
        return f"{n} of {several(len(self.areas), 'area')} {'is' if n == 1 else 'are'} not shown"

    def as_json(self) -> PublicAnswer:
        """Return the edition as `constabulary cover presence --public --json` prints it."""
        observed = _seconds(self.observed_hours)
        shown = sum(_seconds(one.hours) or 0 for one in self.areas)
        return {
            "schema": SCHEMA,
            "synthetic": self.is_synthetic,
            "public": True,
            "answer": self.sentence(),
            "by": self.by,
            "from": self.months[0],
            "to": self.months[-1],
            "months": list(self.months),
            "published_on": self.published_on.isoformat(),
            "rules": written(self.rules),
            "observed_s": observed,
            "visible_s": _seconds(self.visible_hours),
            "outside_s": None,
            "unknown_s": None,
            "hidden_s": None if observed is None else max(0, observed - shown),
            "hidden_areas": self.n_hidden,
            "areas": [
                {
                    "area_id": one.area_id,
                    "name": one.name,
                    "seconds": _seconds(one.hours),
                    "units": None,
                    "officer_hours": None,
                    "months": self._by_month(one.by_month),
                    "visible_s": _seconds(one.visible_hours),
                    "visible_months": self._by_month(one.visible_by_month),
                    "visible_per_1000": None
                    if one.visible_per_1000 is None
                    else round(one.visible_per_1000, 3),
                }
                for one in self.areas
            ],
            "removed": {},
            "left_out": self.left_out,
            "visible": VISIBLE,
            "crediting": self.crediting,
            "attribution": self.attribution,
        }

    def _when(self) -> str:
        first, last = self.months[0], self.months[-1]
        return f"In {first}" if first == last else f"From {first} to {last}"

    def _by_month(self, hours: tuple[float | None, ...]) -> dict[str, int | None]:
        return {month: _seconds(one) for month, one in zip(self.months, hours, strict=True)}


Months = TypedDict("Months", {"from": str, "to": str})


@words_of(PublicCover)
class PublicAnswer(Answer, Months):
    """The public edition of cover; null where a figure is hidden.

    Parameters
    ----------
    public
        Always true: the figures are fit for the public.
    observed_s, visible_s
        Time in the whole force, and the visible part of it.
    outside_s, unknown_s
        Always null: neither is published.
    hidden_s, hidden_areas
        Time that no area shows, and how many areas have a month hidden.
    removed
        Always empty.
    visible
        What visible time is.
    """

    synthetic: bool
    public: bool
    answer: str
    by: str
    months: list[str]
    published_on: str
    rules: Written[Rules]
    observed_s: int | None
    visible_s: int | None
    outside_s: None
    unknown_s: None
    hidden_s: int | None
    hidden_areas: int
    areas: list[PublicAreaAnswer]
    removed: dict[str, int]
    left_out: str
    visible: str
    crediting: str
    attribution: str


def _seconds(hours: float | None) -> int | None:
    return None if hours is None else round(hours * 3600)
