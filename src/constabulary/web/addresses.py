"""Addresses of pages and files, with what is asked of them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse


def address(name: str, /, *captured: str, **asked: str) -> str:
    """Return the address of a page or file.

    Parameters
    ----------
    name
        Its name.
    captured
        The parts of its address that vary, in order.
    asked
        The words behind the question mark; without any there is no question mark.
    """
    path: str = reverse(name, args=captured)
    return f"{path}?{urlencode(asked)}" if asked else path
