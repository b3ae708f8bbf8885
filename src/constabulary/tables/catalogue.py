"""All contracts by name: the one list that imports, the lake, the lens and the manual go by."""

from collections.abc import Mapping

from constabulary.tables.calls import CALLS
from constabulary.tables.contract import Contract
from constabulary.tables.crimes import CRIMES
from constabulary.tables.incidents import INCIDENTS
from constabulary.tables.observations import OBSERVATIONS
from constabulary.tables.outcomes import OUTCOMES
from constabulary.tables.pings import PINGS
from constabulary.tables.shifts import SHIFTS
from constabulary.tables.stops import STOPS

CONTRACTS: Mapping[str, Contract] = {
    contract.name: contract
    for contract in (CALLS, INCIDENTS, CRIMES, OUTCOMES, STOPS, PINGS, SHIFTS, OBSERVATIONS)
}
"""Every table that holds records."""
