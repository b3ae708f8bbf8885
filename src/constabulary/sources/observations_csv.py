"""Figures of measures by period, from CSV or Excel."""

from dataclasses import dataclass, replace

from constabulary.core.force import Force
from constabulary.sources.own_records import OwnRecords
from constabulary.tables.contract import Contract
from constabulary.tables.observations import OBSERVATIONS


@dataclass(frozen=True)
class Observations(OwnRecords):
    """The import of figures: their measures are those of the force folder and those of the package."""

    def of_force(self, force: Force) -> Contract:
        """Return the contract with the measures and places of a force as the only values allowed."""
        # Here, because the charts that come with them load longer than most imports take.
        from constabulary.performance.measures import MEASURES

        measures = tuple(dict.fromkeys([*(one.id for one in force.measures), *MEASURES]))
        places = (*(one.id for one in force.districts), *(one.id for one in force.areas))
        allowed = {"measure": measures, "area_id": places}
        columns = (
            replace(column, allowed=allowed[column.name], pattern=None) if column.name in allowed else column
            for column in self.contract.columns
        )
        return replace(self.contract, columns=tuple(columns))


OBSERVATIONS_CSV = Observations(
    contract=OBSERVATIONS,
    hints={
        "measure": ("measure", "indicator", "kpi", "metric", "name"),
        "breakdown": ("breakdown", "dimension"),
        "part": ("part", "category", "group"),
        "area_id": ("area id", "area", "district"),
        "period_start_on": ("period start on", "period start", "from", "start date", "start"),
        "period_end_on": ("period end on", "period end", "to", "end date", "end"),
        "value": ("value", "figure", "result", "actual"),
        "unit": ("unit", "units"),
        "basis": ("basis", "type"),
        "note": ("note", "notes", "comment"),
    },
)
