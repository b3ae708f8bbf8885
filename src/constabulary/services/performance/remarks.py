"""What people say of measures: commentary on an exception and confirmed step changes, read and written."""

from __future__ import annotations

from dataclasses import dataclass

from constabulary import registers
from constabulary.registers.access import Person
from constabulary.registers.copying import are_in_workspace
from constabulary.registers.records import Remark
from constabulary.services.performance.answers import RemarkAnswer
from constabulary.store.workspace import Workspace


@dataclass(frozen=True)
class Remarks:
    """Everything said of measures that stands.

    Parameters
    ----------
    commentary, steps
        Both the oldest first.
    """

    commentary: tuple[Remark, ...] = ()
    steps: tuple[Remark, ...] = ()

    def of(self, measure: str) -> Remarks:
        """Return what was said of one measure."""
        return Remarks(
            tuple(one for one in self.commentary if one.measure == measure),
            tuple(one for one in self.steps if one.measure == measure),
        )


def remarks_of(workspace: Workspace) -> Remarks:
    """Return what people said of measures; registers that do not exist yet are not made for it."""
    if are_in_workspace(workspace.path) and not (workspace.path / "registers.sqlite3").exists():
        return Remarks()
    registers.open(workspace.path)
    from constabulary.registers import queries

    return Remarks(queries.commentary(), queries.step_changes())


def keep_comment(
    workspace: Workspace, by: Person, measure: str, period: str, text: str, value: float | None
) -> Remark:
    """Keep a commentary; see `registers.actions.comment`."""
    registers.open(workspace.path)
    from constabulary.registers import actions

    return actions.comment(by, measure, period, text, value)


def keep_step(workspace: Workspace, by: Person, measure: str, period: str, reason: str) -> Remark:
    """Keep a confirmed step change; see `registers.actions.confirm_step`."""
    registers.open(workspace.path)
    from constabulary.registers import actions

    return actions.confirm_step(by, measure, period, reason)


def take_back(workspace: Workspace, by: Person, kind: str, remark_id: int) -> Remark:
    """Take a commentary or a step change back; see `registers.actions.take_back`."""
    registers.open(workspace.path)
    from constabulary.registers import actions

    return actions.take_back(by, kind, remark_id)


def as_json(remark: Remark) -> RemarkAnswer:
    """Return a remark as commands and the API give it."""
    return {
        "id": remark.remark_id,
        "measure": remark.measure,
        "period": remark.period,
        "text": remark.text,
        "by": remark.by,
        "at": remark.at.isoformat(),
        "value": remark.value,
    }
