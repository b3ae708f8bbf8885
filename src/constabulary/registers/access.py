"""Who may do what: every page, API route and download names a permission, and no holds unless yes is said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Permission(Enum):
    """What a person may be allowed to do; the value is the sentence shown when they are not."""

    SEE_PUBLIC = "see what the public may see"
    SEE_FORCE_FOLDER = "see the force folder and its sources"
    SEE_RECORDS = "see figures made from the force's records"
    SEE_ROWS = "see single records and refused rows"
    IMPORT_RECORDS = "import records and withdraw imports"
    EXPORT_RECORDS = "take records away as files"
    RUN_WORK = "start and stop long work"
    COMMENT_ON_MEASURES = "comment on measures and confirm step changes"
    SEE_AUDIT = "see who did what and when"


@dataclass(frozen=True)
class Person:
    """The person on whose behalf something is asked.

    Parameters
    ----------
    name
        How the person is named in registers.
    is_at_this_computer
        True when the request was made on the computer that runs the site.
    """

    name: str
    is_at_this_computer: bool


@dataclass(frozen=True)
class Decision:
    """Whether a person may do something.

    Parameters
    ----------
    is_allowed
        True when they may.
    reason
        Why, in one sentence for that person.
    """

    is_allowed: bool
    reason: str


SINGLE_USER = "Single-user mode: whoever uses this computer may do everything, and nobody else anything."
"""What holds until accounts come."""


def permitted(person: Person, permission: Permission) -> Decision:
    """Decide whether a person may do something.

    Until accounts come there is one rule, that of the single user (`SINGLE_USER`).

    Parameters
    ----------
    person
        Who asks.
    permission
        What for.
    """
    if person.is_at_this_computer:
        return Decision(True, SINGLE_USER)
    return Decision(
        False,
        f"You may not {permission.value} from another computer: this site runs in single-user mode, "
        "for the person at the computer it runs on.",
    )
