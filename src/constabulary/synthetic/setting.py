"""What every step of making a year up works with: the force, the year's hours, the assumptions and the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from constabulary.core.force import Force
from constabulary.synthetic.assumed import Assumed
from constabulary.synthetic.calendar import Hours, Year
from constabulary.synthetic.calibration import Ledger
from constabulary.synthetic.figures import COUNTS, Figure, find_figure


@dataclass(frozen=True)
class Setting:
    """One year of one force in the making.

    Parameters
    ----------
    force
        Whose published figures, channels, categories and districts count.
    year, hours
        The year and its hours by the force's clock.
    given
        The assumed values.
    growth_rate
        Growth of counts for each year away from the one they were published for.
    ledger
        Where steps write what they were held to.
    """

    force: Force
    year: Year
    hours: Hours
    given: Assumed
    growth_rate: float
    ledger: Ledger

    def figure(
        self,
        measure: str,
        breakdown: str | None = None,
        part: str | None = None,
        *,
        bases: tuple[str, ...] = COUNTS,
        area_id: str | None = None,
    ) -> Figure | None:
        """Return the published figure that the year is held to; None without one."""
        return find_figure(
            self.force,
            self.year,
            measure,
            breakdown,
            part,
            bases=bases,
            area_id=area_id,
            growth_rate=self.growth_rate,
        )
