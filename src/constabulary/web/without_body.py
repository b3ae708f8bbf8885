"""Answers HEAD as GET without the body (RFC 9110, section 9.3.2): pages, downloads and routes of the API alike."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase


class WithoutBody:
    """Middleware that has HEAD answered as GET and keeps the body back, its length told.

    The server sends what it is given: a body after the answer to HEAD would be read as the start of the next answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = ()
        else:
            response.content = b""  # type: ignore[attr-defined]
        return response
