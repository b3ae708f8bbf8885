"""A plan as a workbook: sheets of inputs and live formulas, and what somebody changed in one that came back."""

from constabulary.finance.workbook.build import build
from constabulary.finance.workbook.cells import Cell, Sheet, address
from constabulary.finance.workbook.changes import Edited, Refusal, edits_in

__all__ = ["Cell", "Edited", "Refusal", "Sheet", "address", "build", "edits_in"]
