"""The audit trail: reading who did what and when, and noting what is done outside the registers."""

from __future__ import annotations

from constabulary import registers
from constabulary.registers.access import Permission, Person
from constabulary.registers.records import AuditEntry
from constabulary.store.workspace import Workspace


def n_entries(workspace: Workspace) -> int:
    """Return how many entries the trail has."""
    registers.open(workspace.path)
    from constabulary.registers import queries

    return queries.n_audited()


def entries(workspace: Workspace, start: int = 0, limit: int = 50) -> tuple[AuditEntry, ...]:
    """Return a stretch of the trail, the latest first.

    Parameters
    ----------
    workspace
        Whose.
    start
        How many of the latest to leave out.
    limit
        How many at most.
    """
    registers.open(workspace.path)
    from constabulary.registers import queries

    return queries.audited_lately(start, limit)


def note(workspace: Workspace, by: Person, permission: Permission, action: str, about: str) -> None:
    """Write down something that a person does outside the registers, such as taking refused rows away.

    Parameters
    ----------
    workspace
        Where.
    by
        Who.
    permission
        What they need for it.
    action, about
        What is done, as a verb, and to what, by kind and number; never a value of a record.

    Raises
    ------
    NotPermitted
        If the person may not.
    """
    registers.open(workspace.path)
    from constabulary.registers import actions

    actions.note(by, permission, action, about)
