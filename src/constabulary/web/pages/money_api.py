"""The money figures as JSON: the same as the command line gives with `--json`."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import list_shipped, shipped_force
from constabulary.registers.access import Permission
from constabulary.services.finance import solve as finance_solve
from constabulary.services.finance.capital import CapitalAnswer, capital
from constabulary.services.finance.monitoring import METHODS, MonitoringAnswer, monitoring
from constabulary.services.finance.paste import pasted_scenarios
from constabulary.services.finance.pay import EstablishmentAnswer, establishment_cost, posts_cost
from constabulary.services.finance.plan import PlanAnswer, plan_report
from constabulary.services.finance.precept import Given, PreceptAnswer, precept
from constabulary.services.finance.printed import ReconcileAnswer, reconcile_force
from constabulary.services.finance.reserves import ReservesAnswer, reserves
from constabulary.services.finance.risk import (
    FanAnswer,
    ReckonerAnswer,
    SensitivityAnswer,
    fan_report,
    reckoner,
    sensitivity,
)
from constabulary.services.finance.scenarios import (
    BackTestAnswer,
    ChangesAnswer,
    ScenariosAnswer,
    back_test_report,
    changes,
)
from constabulary.services.finance.solve import BandDSolvedAnswer, OfficersAnswer, SavingsAnswer
from constabulary.web import api
from constabulary.web.api_words import PASTED, Word, year
from constabulary.web.page import Request

SEE = Permission.SEE_FORCE_FOLDER
MOST_GBP = 10**11
"""Far beyond the budget of any force (pounds)."""

BandDRise = Annotated[
    Decimal, Word("The rise of band D beyond the plan's, a year.", unit="pounds", least=0.01, most=10_000)
]
Years = Annotated[int, Word("How many years.", unit="years", least=1, most=30)]
Latest = Annotated[str, year("The year; the latest that there is when left out.")]
FirstForecast = Annotated[str, year("Its first year; the first forecast year when left out.")]


@api.route("money/plan", name="money_plan", title="The medium-term financial plan", permission=SEE)
def plan_json(request: Request) -> PlanAnswer:
    """Answer with every line of the plan and its working."""
    return plan_report(request.workspace).as_json()


@api.route("money/precept", name="money_precept", title="The precept of a year", permission=SEE)
def precept_json(
    request: Request,
    year: Latest | None = None,
    band_d: Annotated[
        Decimal, Word("Band D, in place of the one decided.", unit="pounds a year", least=0, most=10_000)
    ]
    | None = None,
    requirement: Annotated[
        Decimal,
        Word(
            "The council tax requirement; band D then follows from it.", unit="pounds", least=0, most=MOST_GBP
        ),
    ]
    | None = None,
) -> PreceptAnswer:
    """Answer with band D, bands A to H, each authority's share, the limit and the resolution."""
    if band_d is not None and requirement is not None:
        raise BadInput(
            Problem(
                "one_of_two", "is decided, or follows from requirement.", column="band_d", remedy="Give one."
            )
        )
    given = Given(band_d_gbp=band_d, requirement_gbp=requirement)
    return precept(request.workspace, period=year, given=given).as_json()


@api.route("money/reserves", name="money_reserves", title="Reserves by purpose", permission=SEE)
def reserves_json(request: Request, years: Years | None = None) -> ReservesAnswer:
    """Answer with reserves year by year and the test of the general reserve."""
    return reserves(request.workspace, n_years=years).as_json()


@api.route("money/capital", name="money_capital", title="The capital account", permission=SEE)
def capital_json(request: Request, years: Years | None = None) -> CapitalAnswer:
    """Answer with the capital account year by year and the prudential indicators."""
    return capital(request.workspace, n_years=years).as_json()


@api.route("money/establishment", name="money_establishment", title="What posts cost", permission=SEE)
def establishment_json(
    request: Request,
    years: Years = 1,
    posts: Annotated[
        Decimal,
        Word(
            "New posts to be costed, which begin in year; without them the force's own are.",
            unit="full-time equivalents",
            least=0.01,
            most=100_000,
        ),
    ]
    | None = None,
    year: Annotated[str, year("With posts: the year they begin in.")] | None = None,
    point: Annotated[
        int, Word("With posts: the pay point they begin at; the lowest when left out.", least=0, most=100)
    ]
    | None = None,
) -> EstablishmentAnswer:
    """Answer with what the force's pay groups cost, or new posts from a year on."""
    if (posts is None) != (year is None) or (posts is None and point is not None):
        raise BadInput(
            Problem("go_together", "go together; point may go with them.", column="posts and year")
        )
    if posts is not None and year is not None:
        return posts_cost(request.workspace, None, posts, year, point=point, n_years=years).as_json()
    return establishment_cost(request.workspace, None, years).as_json()


@api.route("money/monitoring", name="money_monitoring", title="Budget monitoring", permission=SEE)
def monitoring_json(
    request: Request,
    year: Latest | None = None,
    method: Annotated[
        str,
        Word(
            "How the rest of the year is forecast: as budgeted, or at the rate spent so far.",
            one_of=tuple(METHODS),
        ),
    ] = "profile",
) -> MonitoringAnswer:
    """Answer with the budget against what the force folder says was spent."""
    return monitoring(request.workspace, period=year, method=method).as_json()


@api.route("money/reconcile", name="money_reconcile", title="Printed tables recalculated", permission=SEE)
def reconcile_json(request: Request) -> ReconcileAnswer:
    """Answer with every check of the printed tables."""
    return reconcile_force(request.workspace).as_json()


@api.route("money/scenario", name="money_scenario", title="A pasted scenario beside the plan", permission=SEE)
def scenario_json(
    request: Request,
    rows: Annotated[
        str,
        Word("Rows of a driver or line, a year and a value, with commas or tabs between.", longest=PASTED),
    ],
    title: Annotated[str, Word("What to call the scenario.")] = "Scenario",
) -> ScenariosAnswer:
    """Answer with pasted rows (a driver or line, a year, a value) beside the plan, and the bridge between the gaps."""
    return pasted_scenarios([(title, rows)], request.workspace).as_json()


@api.route(
    "money/back-test", name="money_back_test", title="The plan held against what happened", permission=SEE
)
def back_test_json(request: Request) -> BackTestAnswer:
    """Answer with what lines of the plan came to beside what it forecast."""
    return back_test_report(request.workspace).as_json()


@api.route(
    "money/changes", name="money_changes", title="What changed since a shipped version", permission=SEE
)
def changes_json(
    request: Request,
    before: Annotated[str, Word("A force that comes with the package.", one_of=tuple(list_shipped()))],
) -> ChangesAnswer:
    """Answer with what changed in the plan since that of a force that comes with the package."""
    # A name, never a path: the server's folders are not there to be asked about.
    return changes(str(shipped_force(before)), request.workspace).as_json()


@api.route(
    "money/solve/band-d", name="money_solve_band_d", title="Band D that closes the gap", permission=SEE
)
def band_d_json(request: Request) -> BandDSolvedAnswer:
    """Answer with the band D that closes each year's gap."""
    return finance_solve.band_d(request.workspace).as_json()


@api.route(
    "money/solve/officers", name="money_solve_officers", title="Officers that a rise buys", permission=SEE
)
def officers_json(request: Request, rise: BandDRise, year: FirstForecast | None = None) -> OfficersAnswer:
    """Answer with the officers that a rise of band D buys, and when they come."""
    return finance_solve.officers(rise, request.workspace, year=year).as_json()


@api.route(
    "money/solve/savings", name="money_solve_savings", title="Savings that keep the reserve", permission=SEE
)
def savings_json(
    request: Request,
    reserve: Annotated[
        Decimal,
        Word(
            "The general reserve at the end of the base year; the force folder's when left out.",
            unit="pounds",
            least=0,
            most=MOST_GBP,
        ),
    ]
    | None = None,
) -> SavingsAnswer:
    """Answer with the savings that keep the general reserve above its floor."""
    return finance_solve.savings(request.workspace, reserve_gbp=reserve).as_json()


@api.route("money/reckoner", name="money_reckoner", title="The ready reckoner", permission=SEE)
def reckoner_json(request: Request) -> ReckonerAnswer:
    """Answer with what each rule of thumb does to the gap."""
    return reckoner(request.workspace).as_json()


@api.route("money/sensitivity", name="money_sensitivity", title="What swings the gap", permission=SEE)
def sensitivity_json(
    request: Request,
    year: Annotated[str, year("The year whose gap is looked at; the last when left out.")] | None = None,
) -> SensitivityAnswer:
    """Answer with how far each driver swings the gap of a year."""
    return sensitivity(request.workspace, year=year).as_json()


@api.route("money/fan", name="money_fan", title="The fan of the gap", permission=SEE)
def fan_json(
    request: Request,
    draws: Annotated[int, Word("How many draws.", unit="draws", least=1, most=100_000)] = 10_000,
    seed: Annotated[int, Word("Seed of the random numbers.", least=0, most=2**32 - 1)] = 1,
) -> FanAnswer:
    """Answer with the spread of each year's gap over many draws."""
    return fan_report(request.workspace, n_draws=draws, seed=seed).as_json()
