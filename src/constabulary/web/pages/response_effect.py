"""What do posts buy: from pounds to officers, units on duty, minutes to an emergency and hours to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, cast

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse

from constabulary.core.amounts import low
from constabulary.core.errors import ConstabularyError, NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.services.response.simulation import kept_results
from constabulary.services.response.workforce import bought
from constabulary.services.response.workforce_answers import EffectAsked
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import api, form, numbers, pictures
from constabulary.web.addresses import address
from constabulary.web.api_words import Word
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.pages.response import THOROUGH
from constabulary.web.pages.response_result import facts_of, names_of, result_of
from constabulary.web.pages.response_staffing import Number
from constabulary.web.response.figures import amount, with_interval
from constabulary.web.response.pictures import bought_picture
from constabulary.web.response.tables import Result
from constabulary.web.staffing.asking import start
from constabulary.web.table import Cell, Chart, Column, Figure, SummaryRow, Table

MOST_STEPS = 12
MOST_GBP = 1e9


@dataclass(frozen=True)
class Effect(Context):
    """What the page of what posts buy shows.

    Parameters
    ----------
    sum_form
        The question what a sum buys; None before any table.
    figures
        What the sum buys.
    chart, table
        What posts buy; None before any table.
    links
        On to the money side, and all figures as JSON.
    facts
        How it was made.
    form
        The form that asks for a table, with what is wrong with it.
    is_worker_missing
        True where no worker lives that would do a run.
    """

    sum_form: form.Form | None
    figures: tuple[Figure, ...]
    chart: Chart | None
    table: Table | None
    links: tuple[Cell, ...]
    facts: tuple[SummaryRow, ...]
    form: form.Form
    is_worker_missing: bool


class SumForm(form.Form):
    """A sum of money."""

    gbp = Number("Pounds a year, more or (with a minus) less", -MOST_GBP, MOST_GBP)


class EffectForm(form.Form):
    """How many posts to try, and how thoroughly."""

    posts = form.Text(
        "Posts more or, with a minus, fewer",
        hint="Several numbers with commas between them, 0 among them.",
        required="Enter how many posts to try",
        width=20,
        initial="-50, 0, 50, 100",
    )
    thorough = form.Radios(
        "How thoroughly",
        tuple((key, words) for key, (words, _, _) in THOROUGH.items()),
        required="Choose how thoroughly",
        initial="quick",
    )

    def clean_posts(self) -> list[float]:
        """Return the numbers of posts."""
        try:
            steps = sorted({float(part) for part in self.cleaned_data["posts"].replace(";", ",").split(",")})
        except ValueError:
            raise ValidationError("Posts must be numbers with commas between them", code="invalid") from None
        if not 2 <= len(steps) <= MOST_STEPS or 0.0 not in steps:
            raise ValidationError(f"Posts must be 2 to {MOST_STEPS} numbers, 0 among them", code="invalid")
        return steps


@page(
    "response/effect/",
    name="response_posts",
    title="What do posts buy?",
    permission=Permission.SEE_RECORDS,
    nav=Room.RESPONSE,
    parent="response",
    methods=("GET", "HEAD", "POST"),
)
def latest(request: Request) -> Effect | HttpResponse:
    """Show the latest table, and ask for one where the form was sent (starting one has its own permission)."""
    sent = EffectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and sent.is_valid():
        _, replications, weeks = THOROUGH[sent.cleaned_data["thorough"]]
        asked = {"steps": sent.cleaned_data["posts"], "replications": replications, "weeks": weeks}
        return start(request, "workforce.effect", asked)
    return _shown(request, _latest(request.workspace), sent)


@page(
    "response/effect/<slug:stamp>/",
    name="response_effect",
    title="What do posts buy?",
    permission=Permission.SEE_RECORDS,
    nav=Room.RESPONSE,
    parent="response_posts",
)
def effect(request: Request, stamp: str) -> Effect:
    """Show one table of what posts buy."""
    return _shown(request, result_of(request.workspace, stamp, "effect"), EffectForm())


@page(
    "response/effect/<slug:stamp>/posts.svg",
    name="response_effect_chart",
    title="Chart of what posts buy",
    permission=Permission.SEE_RECORDS,
)
def chart(request: Request, stamp: str) -> HttpResponse:
    """Draw what posts buy."""
    found = result_of(request.workspace, stamp, "effect")
    return pictures.draw(request, bought_picture(found, _grade(request.workspace, found)), stamp)


@api.route(
    "workforce/effect",
    name="workforce_effect",
    title="What posts, or a sum, buy",
    permission=Permission.SEE_RECORDS,
)
def effect_json(
    request: Request,
    gbp: Annotated[
        float,
        Word("A sum more or, below 0, less.", unit="pounds a year", least=-MOST_GBP, most=MOST_GBP),
    ]
    | None = None,
) -> EffectAsked:
    """Give the latest table of what posts buy as `constabulary workforce effect --json` does, and what `gbp` buys."""
    found = _latest(request.workspace)
    if found is None:
        raise NothingThere(
            Problem(
                "no_result",
                "it was not worked out yet what posts buy",
                remedy="Run one on the page Response.",
            )
        )
    return cast(EffectAsked, {**found, "bought": None if gbp is None else bought(found, gbp)})


def _latest(workspace: Workspace) -> dict[str, Any] | None:
    return next(iter(kept_results(workspace, "effect", most=1)), None)


def _grade(workspace: Workspace, found: Result) -> str:
    grades, _ = names_of(workspace)
    return grades[found["rows"][0]["grade"]]


def _shown(request: Request, found: Result | None, sent: EffectForm) -> Effect:
    is_worker_missing = not runs.has_worker(request.workspace)
    if found is None:
        answer = "What posts buy has not been simulated yet."
        return Effect(answer, None, (), None, None, (), (), sent, is_worker_missing)
    grades, _ = names_of(request.workspace)
    grade = _grade(request.workspace, found)
    stamp = found["stamp"]["id"]
    asked = SumForm(request.GET if "gbp" in request.GET else None)
    answer = _answer(found, grade)
    figures: tuple[Figure, ...] = ()
    if asked.is_bound and asked.is_valid() and asked.cleaned_data["gbp"] is not None:
        try:
            answer, figures = _bought(bought(found, asked.cleaned_data["gbp"]), grade)
        except ConstabularyError as error:
            asked.add_error("gbp", ValidationError([str(problem) for problem in error.problems]))
    return Effect(
        answer,
        sum_form=asked,
        figures=figures,
        chart=pictures.chart(bought_picture(found, grade), partial(address, "response_effect_chart", stamp)),
        table=_table(found, grade),
        links=(
            Cell("What a pound on band D buys", reverse("money_buys")),
            Cell("All figures as JSON", reverse("api:response_result", args=[stamp])),
        ),
        facts=facts_of(dict(found), grades),
        form=sent,
        is_worker_missing=is_worker_missing,
    )


def _answer(found: Result, grade: str) -> str:
    none = next((row for row in found["rows"] if row["posts_added_fte"] == 0), found["rows"][0])
    most = max(found["rows"], key=lambda row: (abs(row["posts_added_fte"]), row["posts_added_fte"]))
    if most["median_s"] is None or none["median_s"] is None:
        return f"Units do not keep up with {low(grade)} incidents in every row of the table."
    added = most["posts_added_fte"]
    which = "more, at" if added > 0 else "fewer, saving"
    posts = f"{abs(added):,g} {'post' if abs(added) == 1 else 'posts'}"
    said = f"{posts} {which} {numbers.money(abs(most['cost_gbp']))} a year,"
    if most["within_target_share"] is None:
        return (
            f"{said} bring the time in which half of {low(grade)} incidents are reached from "
            f"{amount(none['median_s'], 'seconds')} to {amount(most['median_s'], 'seconds')}."
        )
    return (
        f"{said} bring the share of {low(grade)} incidents reached in time from "
        f"{amount(none['within_target_share'], 'share')} to {amount(most['within_target_share'], 'share')}."
    )


def _bought(found: Mapping[str, Any], grade: str) -> tuple[str, tuple[Figure, ...]]:
    change = found["change"]
    seconds, hours, in_time = (
        change[name] for name in ("median_s", "visible_officer_h", "within_target_share")
    )
    answer = (
        f"{numbers.money(found['amount_gbp'])} a year is {numbers.number(found['posts_added_fte'], 1)} posts: half of "
        f"{low(grade)} incidents are reached {numbers.number(abs(seconds), 0)} seconds "
        f"{'sooner' if seconds <= 0 else 'later'}, and {numbers.number(abs(hours), 0)} officer-hours a week "
        f"{'more' if hours >= 0 else 'fewer'} are free for visible patrol."
    )
    return answer, (
        Figure("Posts", numbers.difference(found["posts_added_fte"], 1)),
        Figure("Units on duty", numbers.difference(change["on_duty_units"], 1), basis="on average"),
        Figure(f"{grade} reached in time", numbers.difference(in_time and 100 * in_time, 1), "points"),
        Figure(f"Half of {low(grade)} reached within", numbers.difference(seconds / 60, 2), "minutes"),
        Figure("Uncommitted", numbers.difference(change["uncommitted_h"], 0), "unit-hours a week"),
    )


def _table(found: Result, grade: str) -> Table:
    def told(row: Result, name: str, unit: str) -> str:
        return with_interval({"mean": row[name], "half_width": row[f"{name}_half_width"], "unit": unit})

    return Table(
        "From pounds to minutes",
        (
            Column("Posts", "more or fewer", is_number=True),
            Column("Cost", "£ a year", is_number=True),
            Column("Posts that respond", is_number=True),
            Column("Units on duty", "mean", is_number=True),
            Column(f"{grade} in time", is_number=True),
            Column(f"Half of {low(grade)} within", is_number=True),
            Column("Nine in ten within", is_number=True),
            Column("Uncommitted", "unit-hours a week", is_number=True),
            Column("Free for visible patrol", "officer-hours a week", is_number=True),
        ),
        [
            (
                numbers.difference(row["posts_added_fte"], 0),
                numbers.number(row["cost_gbp"]),
                numbers.number(row["posts_fte"], 1),
                told(row, "on_duty_units", "count"),
                told(row, "within_target_share", "share"),
                told(row, "median_s", "seconds"),
                told(row, "p90_s", "seconds"),
                told(row, "uncommitted_h", "hours_per_week"),
                told(row, "visible_officer_h", "hours_per_week"),
            )
            for row in found["rows"]
        ],
        note=f"{found['scenario']}; {numbers.money(found['cost_gbp_a_post'])} a post and year. A sum between "
        "two rows is read off the straight line between them.",
    )
