"""Reads what people said of measures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from constabulary.registers.models import Commentary, StepChange


@dataclass(frozen=True)
class Remark:
    """A commentary, or a step change confirmed.

    Parameters
    ----------
    remark_id
        Its number.
    measure, period
        Of which measure and period; limits of a step begin at the period.
    text
        What was said, or the reason of the step.
    by, at
        By whom, and when (UTC).
    value
        Of a commentary: the figure it was written on [unit of the measure], None where there was none.
    """

    remark_id: int
    measure: str
    period: str
    text: str
    by: str
    at: datetime
    value: float | None = None


def record(row: Any) -> Remark:
    """Return a row as a frozen result."""
    return Remark(row.pk, row.measure, row.period, row.text, row.by, row.at, getattr(row, "value", None))


def commentary() -> tuple[Remark, ...]:
    """Return every commentary that stands, the oldest first."""
    return tuple(map(record, Commentary.objects.filter(taken_back_at=None)))


def step_changes() -> tuple[Remark, ...]:
    """Return every confirmed step change that stands, the oldest first."""
    return tuple(map(record, StepChange.objects.filter(taken_back_at=None)))
