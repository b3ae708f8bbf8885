"""Money: printed tables recalculated by every path they allow, and the arithmetic of the precept."""

from constabulary.finance.classes import CLASSES
from constabulary.finance.printed import Cell, Key, Printed, printed_in
from constabulary.finance.reading import Grid, Reading, read_table
from constabulary.finance.reconcile import reconcile
from constabulary.finance.result import Check, Reconciliation
from constabulary.finance.suggest import Suggestion, suggest

__all__ = [
    "CLASSES",
    "Cell",
    "Check",
    "Grid",
    "Key",
    "Printed",
    "Reading",
    "Reconciliation",
    "Suggestion",
    "printed_in",
    "read_table",
    "reconcile",
    "suggest",
]
