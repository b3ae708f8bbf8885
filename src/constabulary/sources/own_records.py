"""The two kinds of a force's own records, and what their columns are called in the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from constabulary.core.force import Force
from constabulary.tables.contract import Contract


@dataclass(frozen=True)
class OwnRecords:
    """One import of a force's own records.

    Parameters
    ----------
    contract
        The table it feeds.
    hints
        What suppliers call our columns, in small letters without punctuation, the likeliest first.
    """

    contract: Contract
    hints: Mapping[str, Sequence[str]]

    @property
    def kind(self) -> str:
        """The import's name on the command line and in import records."""
        return self.contract.name

    def of_force(self, force: Force) -> Contract:
        """Return the contract with the force's own lists as the only values allowed."""
        lists = {
            name: tuple(entry.id for entry in getattr(force, section)) for name, section in SECTIONS.items()
        }
        columns = (
            replace(column, allowed=lists.get(column.name, column.allowed))
            for column in self.contract.columns
        )
        return replace(self.contract, columns=tuple(columns))


SECTIONS = {
    "channel": "channels",
    "opening_category": "incident_categories",
    "category": "incident_categories",
    "grade": "grades",
    "qualifiers": "qualifiers",
}
"""The list in force.toml that each code column goes by."""
