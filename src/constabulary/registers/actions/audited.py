"""The frame of every action: the permission is asked for, the change made and the audit row written, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from constabulary.core.errors import NotPermitted, Problem
from constabulary.registers.access import Permission, Person, permitted
from constabulary.registers.models import AuditRow


@dataclass
class Subject:
    """What an action is about; an action that makes something names it once it is made."""

    about: str = ""


@contextmanager
def audited(person: Person, permission: Permission, action: str, about: str = "") -> Iterator[Subject]:
    """Frame a change.

    Parameters
    ----------
    person
        Who does it.
    permission
        What they need.
    action
        What is done, as a verb.
    about
        What it is done to, by kind and number; never a value of a record.

    Raises
    ------
    NotPermitted
        If the person may not; nothing is changed then.
    """
    decision = permitted(person, permission)
    if not decision.is_allowed:
        raise NotPermitted(Problem("not_permitted", decision.reason))
    with transaction.atomic():
        subject = Subject(about)
        yield subject
        AuditRow.objects.create(by=person.name, action=action, about=subject.about)


def note(person: Person, permission: Permission, action: str, about: str) -> None:
    """Ask for the permission and write the audit row of something that is done outside the registers."""
    with audited(person, permission, action, about):
        pass
