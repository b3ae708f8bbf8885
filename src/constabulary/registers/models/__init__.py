"""The rows of the registers; imported by the registers alone."""

from constabulary.registers.models.audit import AuditRow
from constabulary.registers.models.performance import Commentary, StepChange
from constabulary.registers.models.run import Run
from constabulary.tables.contract import Privacy

__all__ = ["PRIVACY", "AuditRow", "Commentary", "Run", "StepChange"]

PRIVACY: dict[str, Privacy] = {
    "AuditRow.id": Privacy.INTERNAL,
    "AuditRow.at": Privacy.INTERNAL,
    "AuditRow.by": Privacy.PERSONAL,
    "AuditRow.action": Privacy.INTERNAL,
    "AuditRow.about": Privacy.INTERNAL,
    "Commentary.id": Privacy.INTERNAL,
    "Commentary.measure": Privacy.INTERNAL,
    "Commentary.period": Privacy.INTERNAL,
    "Commentary.text": Privacy.INTERNAL,
    "Commentary.by": Privacy.PERSONAL,
    "Commentary.at": Privacy.INTERNAL,
    "Commentary.taken_back_by": Privacy.PERSONAL,
    "Commentary.taken_back_at": Privacy.INTERNAL,
    "Commentary.value": Privacy.INTERNAL,
    "StepChange.id": Privacy.INTERNAL,
    "StepChange.measure": Privacy.INTERNAL,
    "StepChange.period": Privacy.INTERNAL,
    "StepChange.text": Privacy.INTERNAL,
    "StepChange.by": Privacy.PERSONAL,
    "StepChange.at": Privacy.INTERNAL,
    "StepChange.taken_back_by": Privacy.PERSONAL,
    "StepChange.taken_back_at": Privacy.INTERNAL,
    "Run.id": Privacy.INTERNAL,
    "Run.name": Privacy.INTERNAL,
    "Run.arguments": Privacy.INTERNAL,
    "Run.state": Privacy.INTERNAL,
    "Run.by": Privacy.PERSONAL,
    "Run.created_at": Privacy.INTERNAL,
    "Run.started_at": Privacy.INTERNAL,
    "Run.finished_at": Privacy.INTERNAL,
    "Run.n_attempts": Privacy.INTERNAL,
    "Run.worker": Privacy.INTERNAL,
    "Run.is_stop_wanted": Privacy.INTERNAL,
    "Run.progress_done": Privacy.INTERNAL,
    "Run.progress_total": Privacy.INTERNAL,
    "Run.doing": Privacy.INTERNAL,
    # An import's report shows one refused value as an example, and so may its error.
    "Run.result": Privacy.PERSONAL,
    "Run.error": Privacy.PERSONAL,
}
"""Who may see each field; a test holds that every field is here."""
