"""Template tags that rooms add to those of GOV.UK; every template has them without loading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.template.library import Library

from constabulary.web.response.ways import ways

register = Library()
_ways: Callable[[Callable[..., object]], object] = register.inclusion_tag(
    "partials/ways.html", takes_context=True
)


@_ways
def response_ways(context: Mapping[str, Any]) -> dict[str, object]:
    """Write the way between the pages of response: {% response_ways %}."""
    return {"room": "Response", "ways": ways(context["page"])}
