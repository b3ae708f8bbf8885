"""A calculator for a queue of callers: how it fares with some agents, and how many a target needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from constabulary.core.errors import ConstabularyError
from constabulary.registers.access import Permission
from constabulary.services.response.formula_answers import ErlangAnswer
from constabulary.services.response.formulas import erlang
from constabulary.web import form, numbers
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Column, Figure, Table

ASKED = {"calls_per_h": "37", "handling_s": "420", "agents": "6", "within_s": "30", "patience_s": "180"}
"""What the calculator shows before anything is asked: a usual hour of a non-emergency line, invented."""
BESIDE = 4
MOST_AGENTS = 2000


@dataclass(frozen=True)
class Staffing(Context):
    """What the calculator shows.

    Parameters
    ----------
    form
        The question, with what is wrong with it.
    figures
        How the queue fares.
    table
        The same with fewer and more agents.
    reasons
        Why a formula gives nothing.
    """

    form: form.Form
    figures: tuple[Figure, ...]
    table: Table | None
    reasons: tuple[str, ...]


class Number(form.Text):
    """A number within a range.

    Parameters
    ----------
    label
        The question.
    least, most
        The range.
    is_whole
        Whether only whole numbers do.
    options
        As for `form.Text`.
    """

    def __init__(
        self, label: str, least: float, most: float, *, is_whole: bool = False, **options: Any
    ) -> None:
        self.least, self.most, self.is_whole = least, most, is_whole
        super().__init__(label, width=10, **options)

    def to_python(self, value: Any) -> Any:
        """Return the number; nothing where nothing was given."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            number = float(text.replace(",", ""))
        except ValueError:
            number = float("nan")
        is_fine = self.least <= number <= self.most and (not self.is_whole or number == int(number))
        if not is_fine:
            kind = "a whole number" if self.is_whole else "a number"
            raise ValidationError(
                f"{self.label} must be {kind} from {self.least:g} to {self.most:,.0f}", code="invalid"
            )
        return int(number) if self.is_whole else number


class StaffingForm(form.Form):
    """A queue of callers."""

    calls_per_h = Number("Calls an hour", 0, 100_000, required="Say how many calls come")
    handling_s = Number("Mean handling time, seconds", 1, 36_000, required="Say how long a call takes")
    agents = Number("Agents", 0, MOST_AGENTS, is_whole=True, required="Say how many agents answer")
    within_s = Number("Answer within, seconds", 0, 36_000, required="Say how soon to answer")
    patience_s = Number("Mean patience, seconds", 1, 36_000, hint="Empty: nobody gives up.")


@page(
    "response/staffing/",
    name="response_staffing",
    title="Staffing calculator",
    permission=Permission.SEE_PUBLIC,
    nav=Room.RESPONSE,
    parent="response",
)
def staffing(request: Request) -> Staffing:
    """Work out how a queue fares."""
    sent = StaffingForm(request.GET or ASKED)
    if not sent.is_valid():
        return Staffing("Mend the question to see how the queue fares.", sent, (), None, ())
    asked = sent.cleaned_data
    try:
        found = _fares(asked, asked["agents"])
    except ConstabularyError as error:
        sent.add_error(None, ValidationError([str(problem) for problem in error.problems]))
        return Staffing("Mend the question to see how the queue fares.", sent, (), None, ())
    model = found["erlang_a"] or found["erlang_c"]
    agents = numbers.several(asked["agents"], "agent")
    within = numbers.number(asked["within_s"])
    answer = (
        f"{agents} answer {numbers.percent(model['within_share'])} of callers within {within} seconds."
        if model
        else f"{agents} cannot keep up: the queue would grow without end."
    )
    return Staffing(
        answer, sent, _figures(model, found), _table(asked), tuple(dict.fromkeys(found["reason"].values()))
    )


def _fares(asked: Mapping[str, Any], n_agents: int) -> ErlangAnswer:
    return erlang(
        asked["calls_per_h"], asked["handling_s"], n_agents, asked["within_s"], asked["patience_s"] or None
    )


def _figures(model: Mapping[str, Any] | None, found: Mapping[str, Any]) -> tuple[Figure, ...]:
    if model is None:
        return ()
    shown = [
        Figure("Answered in time", numbers.percent(model["within_share"])),
        Figure("Mean wait of all callers", numbers.number(model["mean_wait_s"], 1), "seconds"),
        Figure("Callers who wait at all", numbers.percent(model["wait_probability"])),
        Figure("Agents' time busy", numbers.percent(model["occupancy"])),
    ]
    if "abandoned_share" in model:
        shown.append(Figure("Callers who give up", numbers.percent(model["abandoned_share"])))
    shown.append(
        Figure("Lost if none could wait", numbers.percent(found["erlang_b"]["blocking"]), basis="Erlang B")
    )
    return tuple(shown)


def _table(asked: Mapping[str, Any]) -> Table:
    first = max(asked["agents"] - BESIDE, 0)
    rows = []
    for n_agents in range(first, min(first + 2 * BESIDE + 1, MOST_AGENTS + 1)):
        found = _fares(asked, n_agents)
        model: Mapping[str, Any] = found["erlang_a"] or found["erlang_c"] or {}
        rows.append(
            (
                numbers.number(n_agents),
                numbers.percent(model.get("within_share")),
                numbers.number(model.get("mean_wait_s"), 1),
                numbers.percent(model.get("abandoned_share")),
                numbers.percent(model.get("occupancy")),
            )
        )
    return Table(
        "With fewer and more agents",
        (
            Column("Agents", is_number=True),
            Column("Answered in time", is_number=True),
            Column("Mean wait", "seconds", is_number=True),
            Column("Give up", is_number=True),
            Column("Busy", is_number=True),
        ),
        rows,
        note=f"Erlang {'A' if asked['patience_s'] else 'C'}; shares are of all callers. A dash: the queue would grow "
        "without end, or nobody gives up.",
    )
