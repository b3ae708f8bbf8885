"""Filters that stand in the address of a page: their form, and what is shown where one of them cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import HttpResponse

from constabulary.web import form
from constabulary.web.page import Context, Page, Request, pages, render

Options = Mapping[str, tuple[str, form.Choices]]
"""Lists of a page by their word in the address: label, and values with their words; the first is usual."""


class FilterForm(form.Form):
    """The filters of one page as they stand in the address; a room's own form adds fields to the lists.

    Parameters
    ----------
    given
        Words and values of the address; what is left out or empty is as usual.
    options
        The page's lists.
    """

    def __init__(self, given: Mapping[str, str], options: Options) -> None:
        usual = {word: values[0][0] for word, (_, values) in options.items()}
        super().__init__({**usual, **{word: text for word, text in given.items() if text}})
        for word, (label, values) in options.items():
            self.fields[word] = form.Select(label, values)


@dataclass(frozen=True)
class Refused(Context):
    """What a page shows where its address asks for what cannot be.

    Parameters
    ----------
    filters
        The form, with what is wrong in it.
    """

    filters: FilterForm


def page_of(request: Request) -> Page:
    """Return the page that a request asks for."""
    return next(one for one in pages() if one.name == request.resolver_match.view_name)


def refused(request: Request, filters: FilterForm) -> HttpResponse:
    """Return the page of a request with what is wrong in its filters told at their fields, with status 400."""
    one = replace(page_of(request), name="filters_refused")
    return render(request, one, Refused("", filters), status=400)
