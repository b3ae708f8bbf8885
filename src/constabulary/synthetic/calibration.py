"""What a synthetic record set was held to, what came out, and whether that says anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from constabulary.core.errors import Problem
from constabulary.core.force import PublishedVolume
from constabulary.synthetic.calendar import Year
from constabulary.synthetic.figures import Figure, passed_over, source_of

Kind = Literal["exact", "sampling", "assumed"]


@dataclass(frozen=True)
class Calibration:
    """One figure of a synthetic record set beside the figure it was held to.

    Parameters
    ----------
    measure, part
        What, and which part of it.
    from_on, to_on
        The period.
    source
        The publication, or the name of the assumption.
    target
        The figure aimed at; None for a pattern of many numbers.
    achieved
        The figure of the records.
    kind
        exact: equal to a published figure; sampling: equal to one but for chance; assumed: hands back an
        assumption of the generator and is evidence of nothing.
    is_of_other_year
        Whether the figure was published for another year than this one.
    """

    measure: str
    part: str | None
    from_on: date
    to_on: date
    source: str
    target: float | None
    achieved: float | None
    kind: Kind
    is_of_other_year: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as `constabulary synthesise --json` prints it."""
        return asdict(self) | {"from_on": self.from_on.isoformat(), "to_on": self.to_on.isoformat()}


@dataclass
class Ledger:
    """Where each step of making a year up writes what it was held to, and what a reader should know."""

    year: Year
    lines: list[Calibration] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)

    def figure(
        self,
        figure: Figure,
        target: float,
        achieved: float,
        kind: Kind,
        measure: str | None = None,
        n: float = 0,
    ) -> None:
        """Write down a yearly published figure; `n` is the whole where it is a share.

        One that was typed into the force folder as assumed is called so.
        """
        volume = figure.volume
        kind = "assumed" if volume.status == "assumed" else kind
        self._add(
            measure or volume.measure,
            volume.part,
            figure.source,
            target,
            achieved,
            kind,
            not figure.is_of_year,
        )
        self.notices += passed_over(figure, self.year, n)

    def month(self, volume: PublishedVolume, achieved: int) -> None:
        """Write down a published figure of one month."""
        kind: Kind = "assumed" if volume.status == "assumed" else "exact"
        period = (volume.period_start_on, volume.period_end_on)
        self.lines.append(
            Calibration(
                volume.measure, volume.part, *period, source_of(volume), int(volume.value), achieved, kind
            )
        )

    def assumed(
        self, measure: str, part: str | None, source: str, target: float | None, achieved: float | None
    ) -> None:
        """Write down a figure that hands back an assumption; `source` names the parameter or what stands for one."""
        self._add(measure, part, source, target, achieved, "assumed", False)

    def notice(self, rule: str, message: str) -> None:
        """Write down something a reader should know."""
        self.notices.append(Problem(rule, message))

    def close(self) -> None:
        """Write down how many figures of the year were published for another one."""
        n_others = sum(line.is_of_other_year for line in self.lines)
        if n_others:
            self.notice(
                "figures_of_another_year",
                f"{self.year.first_on} to {self.year.last_on}: {n_others} figures are not published for this year; "
                "those of another year stand in",
            )

    def _add(
        self,
        measure: str,
        part: str | None,
        source: str,
        target: float | None,
        achieved: float | None,
        kind: Kind,
        is_of_other_year: bool,
    ) -> None:
        period = (self.year.first_on, self.year.last_on)
        self.lines.append(
            Calibration(measure, part, *period, source, target, achieved, kind, is_of_other_year)
        )
