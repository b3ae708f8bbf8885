"""What the services of money share: whose force folder is meant, its sources, and results as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from constabulary.core.force import Force, list_shipped
from constabulary.core.force.model import Typed
from constabulary.core.provenance import Stamp
from constabulary.services.workspace.workspaces import Workspace, check_force, open_force

__all__ = ["force_for", "plain", "source_of", "stamp_of"]

PENNY = Decimal("0.01")


def force_for(workspace: Workspace | None, force: str | None = None) -> Force:
    """Return the force folder meant.

    Parameters
    ----------
    workspace
        Whose force folder; without one and without `force`, the first shipped force.
    force
        A shipped force, or the path of a force folder.

    Raises
    ------
    BadForceFolder
        If the folder breaks a rule of its own.
    """
    if workspace is not None and force is None:
        return open_force(workspace)
    return check_force(force or list_shipped()[0])


def stamp_of(force: Force, **asked: Any) -> Stamp:
    """Return the stamp of a result made from a force folder; `asked` are the options, plain JSON values."""
    return Stamp({"force folder": force.files_sha256}, {"force": force.id, **asked})


def source_of(force: Force, row: Typed) -> str:
    """Return what a row rests on, for people: its document and place, or why it is assumed."""
    place = force.cited(row.source_id, row.where)
    if row.status == "printed":
        return place
    return f"{row.status}: {row.note}" + (f" ({place})" if place else "")


def plain(value: Any, name: str = "") -> Any:
    """Return a result as plain JSON values.

    Parameters
    ----------
    value
        Dataclasses become objects, days texts, decimals numbers; money (a name in `_gbp`) has two decimals.
    name
        The field's name.
    """
    if is_dataclass(value) and not isinstance(value, type):
        kept = [one.name for one in fields(value)]
        if isinstance(value, Typed):
            kept = [one for one in kept if one not in {"file", "line"}]
        return {one: plain(getattr(value, one), one) for one in kept}
    if isinstance(value, Mapping):
        return {str(key): plain(one, name) for key, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(one, name) for one in value]
    if isinstance(value, Decimal):
        # Nothing is never told as minus nothing.
        return float((value.quantize(PENNY, ROUND_HALF_UP) if name.endswith("_gbp") else value) + 0)
    return value.isoformat() if isinstance(value, date) else value
