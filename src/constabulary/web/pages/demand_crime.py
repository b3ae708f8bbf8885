"""The crime page: types beside last year, months, outcomes, and harm beside counts."""

from __future__ import annotations

from dataclasses import dataclass

from constabulary.registers.access import Permission
from constabulary.web.demand import tables, words
from constabulary.web.demand.asked import Asked, asking
from constabulary.web.demand.block import Block, block
from constabulary.web.demand.head import Head, head
from constabulary.web.page import Context, Request, Room, page

FIGURES = ("crime_types", "crimes_by_month", "latest_outcomes", "outcomes_by_month", "harm")

WEIGHTS = (
    "Put days of harm by crime type into harm_weights.csv of the force folder to see harm beside counts."
)


@dataclass(frozen=True)
class Crime(Context):
    """What the crime page shows.

    Parameters
    ----------
    head
        The way between the demand pages, filters, notes.
    blocks
        Crime types, months, harm, latest outcomes, outcomes by month; none where no records are held.
    """

    head: Head
    blocks: tuple[Block, ...]


@page(
    "demand/crime/",
    name="demand_crime",
    title="Recorded crime",
    permission=Permission.SEE_RECORDS,
    nav=Room.DEMAND,
    parent="demand",
)
@asking(("crimes", "outcomes"), ("from", "to", "area", "crime_type", "records"))
def crime(request: Request, asked: Asked) -> Crime:
    """Show recorded crime."""
    types, months, latest, outcomes, harm = figures = tuple(asked.figure(name) for name in FIGURES)
    needed = ("crimes", "outcomes")
    if not any(asked.choices.held[table] for table in needed):
        return Crime(words.answer(types), head(asked, "demand_crime", needed, ()), ())
    has_weights = bool(harm.rows) and tables.tells_harm(harm)
    return Crime(
        answer=words.answer(types),
        head=head(asked, "demand_crime", needed, figures),
        blocks=(
            block(
                asked,
                "crime_types",
                types,
                (
                    tables.parts(
                        types,
                        "Crimes by type",
                        "Crime type",
                        "crimes",
                        note="Anti-social behaviour is published with crimes but is none: it is in no share.",
                    ),
                ),
                is_first=True,
            ),
            block(
                asked,
                "crimes_by_month",
                months,
                in_chart=tables.months_by_series(months, "Crimes by type and month", is_months_down=False),
            ),
            block(
                asked,
                "harm",
                harm,
                (tables.harm(harm),) if has_weights else (),
                hint="" if has_weights or not harm.rows else WEIGHTS,
            ),
            block(
                asked,
                "latest_outcomes",
                latest,
                in_chart=tables.parts(latest, "Crimes by latest outcome", "Latest outcome", "crimes"),
            ),
            block(
                asked,
                "outcomes_by_month",
                outcomes,
                in_chart=tables.months_by_series(
                    outcomes, "Outcomes by type and month", is_months_down=False
                ),
            ),
        ),
    )
