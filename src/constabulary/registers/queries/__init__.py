"""What the registers hold, as frozen results; reading needs no models outside this room."""

from constabulary.registers.queries.audit import audited_lately, n_audited
from constabulary.registers.queries.performance import commentary, step_changes
from constabulary.registers.queries.runs import run, runs, unfinished_runs

__all__ = [
    "audited_lately",
    "commentary",
    "n_audited",
    "run",
    "runs",
    "step_changes",
    "unfinished_runs",
]
