"""Lets a request in or not: no page is shown unless it declared a permission and the person has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from constabulary.core.errors import ConstabularyError
from constabulary.registers import access
from constabulary.web import errors, page
from constabulary.web.address_words import AddressWords

WORKSPACE = "constabulary.workspace"
"""The key of the WSGI environment under which `constabulary.web.start` hands over the opened workspace."""

_LOOPBACK_ADDRESSES = frozenset({"127.0.0.1", "::1"})
_PROXY_HEADERS = (
    *("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO"),
    *("HTTP_X_REAL_IP", "HTTP_VIA"),
)


def person_of(request: HttpRequest) -> access.Person:
    """Return the person a request comes from.

    A request that a proxy passed on comes from elsewhere, whatever the last address says.

    Parameters
    ----------
    request
        The request.
    """
    is_passed_on = any(header in request.META for header in _PROXY_HEADERS)
    is_here = request.META.get("REMOTE_ADDR") in _LOOPBACK_ADDRESSES and not is_passed_on
    return access.Person("the person at this computer" if is_here else "somebody elsewhere", is_here)


class Gate:
    """Middleware that decides on every request before its page runs, and answers for errors of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Answer the request."""
        request.workspace = request.META[WORKSPACE]
        request.person = person_of(request)
        return self.get_response(request)

    def process_view(
        self, request: Any, view: object, arguments: object, captured: object
    ) -> HttpResponse | None:
        """Refuse what was not declared or is not permitted; return nothing to let the request in."""
        declared = page.declared(request.resolver_match.view_name)
        if declared is None:
            return errors.refused(request, "This address declares no permission, so nobody may use it.")
        decision = access.permitted(request.person, declared.permission)
        if not decision.is_allowed:
            return errors.refused(request, decision.reason)
        if errors.is_for_programs(request) and request.method not in declared.methods:
            return errors.not_allowed(request, declared.methods)
        if not declared.is_api:  # which refuses what it does not know
            request.GET = AddressWords.of(request.GET)
        return None

    def process_exception(self, request: Any, error: Exception) -> HttpResponse | None:
        """Show errors of ours with what to do about them; leave others to the page for faults."""
        if isinstance(error, ConstabularyError):
            return errors.told(request, error)
        return None
