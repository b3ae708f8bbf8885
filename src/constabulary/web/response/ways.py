"""The way between the pages of response."""

from __future__ import annotations

from django.urls import reverse

from constabulary.web.page import Page
from constabulary.web.table import Way

WAYS = {
    "response": "Simulation",
    "response_posts": "What posts buy",
    "response_day": "A day",
    "response_model": "Model and records",
    "response_workforce": "On duty",
    "response_sites": "Sites",
    "response_rota": "Rota",
    "response_officers": "Officers",
    "response_staffing": "Call takers",
    "response_assumptions": "Assumptions",
}
"""Pages of the room and their words in the row, in its order."""


def ways(shown: Page) -> tuple[Way, ...]:
    """Return the ways between the pages of response; a kept result stands with the page that leads to it.

    Parameters
    ----------
    shown
        The page shown.
    """
    current = shown.name if shown.name in WAYS else shown.parent
    return tuple(Way(title, reverse(name), name == current) for name, title in WAYS.items())
