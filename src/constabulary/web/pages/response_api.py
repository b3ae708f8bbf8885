"""Queues of callers and the hypercube model as JSON: the same as the command line gives with `--json`."""

from __future__ import annotations

from ninja import Field, Query, Schema

from constabulary.registers.access import Permission
from constabulary.services.response.formula_answers import ErlangAnswer, HypercubeAnswer
from constabulary.services.response.formulas import erlang, solve_hypercube_text
from constabulary.web import api
from constabulary.web.page import Request


class QueueWords(Schema):
    """What is asked of a queue of callers, in the words of the command line."""

    calls_per_h: float = Field(description="Calls an hour.")
    handling_s: float = Field(description="Mean handling time, wrap-up too (s).")
    agents: int = Field(description="Agents answering.")
    within_s: float = Field(10.0, description="The time to answer within (s).")
    patience_s: float | None = Field(
        None, description="Mean time after which a waiting caller gives up (s); left out, nobody does."
    )


class ModelWords(Schema):
    """What is asked of the hypercube model."""

    model: str = Field(
        description="The model as JSON: atoms, service_rate, preferences and line, as the command's file has them."
    )


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
    """Answer with the hypercube model, as `constabulary response hypercube --json` does."""
    return solve_hypercube_text(words.model, "the model")
