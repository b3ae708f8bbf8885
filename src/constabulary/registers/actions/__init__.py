"""What people change in the registers: permission, change and audit row in one transaction."""

from constabulary.registers.actions.audited import audited, note
from constabulary.registers.actions.performance import comment, confirm_step, take_back
from constabulary.registers.actions.runs import start_run, stop_run

__all__ = ["audited", "comment", "confirm_step", "note", "start_run", "stop_run", "take_back"]
