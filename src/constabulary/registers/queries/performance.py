"""Reads what people said of measures."""

from __future__ import annotations

from typing import Any

from constabulary.registers.models import Commentary, StepChange
from constabulary.registers.records import Remark


def record(row: Any) -> Remark:
    """Return a row as a frozen result."""
    return Remark(row.pk, row.measure, row.period, row.text, row.by, row.at, getattr(row, "value", None))


def commentary() -> tuple[Remark, ...]:
    """Return every commentary that stands, the oldest first."""
    return tuple(map(record, Commentary.objects.filter(taken_back_at=None)))


def step_changes() -> tuple[Remark, ...]:
    """Return every confirmed step change that stands, the oldest first."""
    return tuple(map(record, StepChange.objects.filter(taken_back_at=None)))
