"""Queues of callers and the hypercube model as JSON: the same as the command line gives with `--json`."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Schema

from constabulary.registers.access import Permission
from constabulary.services.response.formula_answers import ErlangAnswer, HypercubeAnswer
from constabulary.services.response.formulas import erlang, solve_hypercube_text
from constabulary.web import api
from constabulary.web.api_words import PASTED, Word
from constabulary.web.page import Request

LEAST, MOST = 1e-6, 1e9
MOST_UNITS = 15
"""Units that are solved exactly here: 18, which the command solves, cost seconds and 6 MB, 15 a tenth of that."""


class QueueWords(Schema):
    """What is asked of a queue of callers, in the words of the command line."""

    calls_per_h: Annotated[float, Word("Calls that come.", unit="calls an hour", least=0, most=MOST)]
    handling_s: Annotated[
        float, Word("Mean handling time, wrap-up too.", unit="seconds", least=LEAST, most=MOST)
    ]
    agents: Annotated[int, Word("Agents answering.", unit="agents", least=0, most=1_000_000)]
    within_s: Annotated[float, Word("The time to answer within.", unit="seconds", least=0, most=MOST)] = 10.0
    patience_s: (
        Annotated[
            float,
            Word(
                "Mean time after which a waiting caller gives up; left out, nobody does.",
                unit="seconds",
                least=LEAST,
                most=MOST,
            ),
        ]
        | None
    ) = None


class ModelWords(Schema):
    """What is asked of the hypercube model."""

    model: Annotated[
        str,
        Word(
            "The model as JSON: atoms, service_rate, preferences and line, as the command's file has them. "
            f"At most {MOST_UNITS} units are solved exactly here.",
            longest=PASTED,
        ),
    ]


@api.route(
    "response/erlang",
    name="response_erlang",
    title="How a queue of callers fares by formula",
    permission=Permission.SEE_PUBLIC,
)
def erlang_json(request: Request, words: Query[QueueWords]) -> ErlangAnswer:
    """Answer with Erlang B, C and A, as `constabulary response erlang --json` does."""
    return erlang(words.calls_per_h, words.handling_s, words.agents, words.within_s, words.patience_s)


@api.route(
    "response/hypercube",
    name="response_hypercube",
    title="How busy each unit is and which is sent where",
    permission=Permission.SEE_PUBLIC,
)
def hypercube_json(request: Request, words: Query[ModelWords]) -> HypercubeAnswer:
    """Answer with the hypercube model, as `constabulary response hypercube --json` does.

    Above 15 units only the approximation is given, where the command solves up to 18 exactly; `reason` says so.
    """
    return solve_hypercube_text(words.model, "the model", most_units=MOST_UNITS)
