"""What people say of measures: comment on an exception, confirm a step change, take either back."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.registers.access import Permission, Person
from constabulary.registers.actions.audited import audited
from constabulary.registers.models import Commentary, StepChange
from constabulary.registers.queries.performance import record
from constabulary.registers.records import Remark

NEEDED = Permission.COMMENT_ON_MEASURES
MOST_TOLD = 200
"""Letters that a row of the audit trail has room for."""


def comment(person: Person, measure: str, period: str, text: str, value: float | None) -> Remark:
    """Keep what a person says of one period of a measure.

    Parameters
    ----------
    person
        Who says it.
    measure, period
        Of which measure and period.
    text
        What they say.
    value
        The figure they say it of [unit of the measure]; None where there is none.

    Raises
    ------
    NotPermitted
        If the person may not.
    BadInput
        If nothing is said.
    """
    said = _said(text, "text", "a sentence on what happened and what is done about it")
    with audited(person, NEEDED, "comment on measure") as subject:
        row = Commentary.objects.create(
            measure=measure, period=period, text=said, by=person.name, value=value
        )
        subject.about = f"commentary {row.pk} on {measure}, {period}"[:MOST_TOLD]
    return record(row)


def confirm_step(person: Person, measure: str, period: str, reason: str) -> Remark:
    """Confirm that a measure changed for good, from a period on.

    Parameters
    ----------
    person
        Who confirms it.
    measure, period
        The measure, and the first period after the change.
    reason
        Why: what changed in the world or in the counting.

    Raises
    ------
    NotPermitted
        If the person may not.
    BadInput
        If no reason is given, or the step is confirmed already.
    """
    said = _said(reason, "reason", "what changed in the world or in the counting")
    with audited(person, NEEDED, "confirm step change") as subject:
        if StepChange.objects.filter(measure=measure, period=period, taken_back_at=None).exists():
            message = f"the step of {measure} at {period} is confirmed already."
            raise BadInput(
                Problem("confirmed_already", message, column="period", remedy="Take it back first.")
            )
        row = StepChange.objects.create(measure=measure, period=period, text=said, by=person.name)
        subject.about = f"step change {row.pk} of {measure}, {period}"[:MOST_TOLD]
    return record(row)


def take_back(person: Person, kind: str, remark_id: int) -> Remark:
    """Take a commentary or a step change back; what was said stays in the register.

    Parameters
    ----------
    person
        Who takes it back.
    kind
        commentary or step.
    remark_id
        Its number.

    Raises
    ------
    NotPermitted
        If the person may not.
    NothingThere
        If there is none of that number that stands.
    """
    model: Any = {"commentary": Commentary, "step": StepChange}[kind]
    with audited(person, NEEDED, f"take back {kind}", f"{kind} {remark_id}"):
        row = model.objects.select_for_update().filter(pk=remark_id, taken_back_at=None).first()
        if row is None:
            raise NothingThere(Problem("no_such_remark", f"there is no {kind} {remark_id} that stands"))
        row.taken_back_by, row.taken_back_at = person.name, timezone.now()
        row.save(update_fields=["taken_back_by", "taken_back_at"])
    return record(row)


def _said(text: str, column: str, expected: str) -> str:
    if not text.strip():
        raise BadInput(Problem("nothing_said", "nothing is said.", column=column, expected=expected))
    return text.strip()
