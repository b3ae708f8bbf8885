"""What people change in the registers: permission, change and audit row in one transaction."""

from constabulary.registers.actions.audited import audited, note
from constabulary.registers.actions.runs import start_run, stop_run

__all__ = ["audited", "note", "start_run", "stop_run"]
