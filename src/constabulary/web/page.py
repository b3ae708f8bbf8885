"""Declares pages: each names its path, title, room and permission, and none can be declared without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import ResolverMatch, URLPattern, reverse
from django.urls import path as url_path

from constabulary.registers.access import Permission, Person
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web.address_words import AddressWords


class Room(Enum):
    """The navigation, by question. A room's front page is the page whose path is the room's value."""

    DEMAND = "demand/"
    COVER = "cover/"
    RESPONSE = "response/"
    MONEY = "money/"
    PERFORMANCE = "performance/"
    REGISTERS = "registers/"
    PUBLICATIONS = "publications/"
    DATA = "data/"

    @property
    def title(self) -> str:
        """The word in the navigation."""
        return self.name.capitalize()


class Request(HttpRequest):
    """A request as pages see it, after `constabulary.web.gate` has let it in."""

    workspace: Workspace
    """The workspace this site serves; services take it."""
    person: Person
    """On whose behalf."""
    resolver_match: ResolverMatch
    """The page it asks for, which was found before."""


@dataclass(frozen=True)
class Context:
    """What a template may use; each page extends it and documents its fields.

    Parameters
    ----------
    answer
        The page's answer in one plain sentence with the figure in it.
    """

    answer: str


View = Callable[..., Context | HttpResponseBase]
V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True)
class Page:
    """One declared page, download or API route.

    Parameters
    ----------
    path
        Its address without the leading slash, in Django's notation.
    name
        Its name for `reverse` and `{% url %}`; its template is `pages/NAME.html`.
    title
        Its heading.
    permission
        What the person asking needs.
    nav
        The room it belongs to, or none.
    parent
        The name of the page above it, for the breadcrumbs; that page takes nothing from its path.
    methods
        The HTTP methods it answers.
    is_api
        True for a route of the API, whose refusals are JSON.
    view
        The function that answers.
    """

    path: str
    name: str
    title: str
    permission: Permission
    nav: Room | None
    parent: str | None
    methods: tuple[str, ...]
    is_api: bool
    view: View


_pages: dict[str, Page] = {}


def declare(declared: Page) -> None:
    """Add a page to the registry.

    Raises
    ------
    TypeError
        If its permission is not a `Permission`, or its name or path is taken.
    """
    if not isinstance(declared.permission, Permission):
        raise TypeError(f"{declared.name} must declare a Permission; it has {declared.permission!r}.")
    if declared.name in _pages or any(declared.path == other.path for other in _pages.values()):
        raise TypeError(
            f"There is a page of the name {declared.name!r} or with the path {declared.path!r} already."
        )
    _pages[declared.name] = declared


def page(
    path: str,
    *,
    name: str,
    title: str,
    permission: Permission,
    nav: Room | None = None,
    parent: str | None = None,
    methods: tuple[str, ...] = ("GET", "HEAD"),
) -> Callable[[V], V]:
    """Declare a function as a page or download.

    The function takes a `Request` and what its path captures, and returns a frozen dataclass that extends
    `Context`, shown with the template `pages/NAME.html`, or an `HttpResponse` (a download, a redirect).

    Parameters
    ----------
    path, name, title, permission, nav, parent, methods
        See `Page`.

    Raises
    ------
    TypeError
        If no permission is declared, or the name or path is taken.
    """

    def declare_view(view: V) -> V:
        declare(Page(path, name, title, permission, nav, parent, methods, is_api=False, view=view))
        return view

    return declare_view


def declared(name: str) -> Page | None:
    """Return the page of a name, if there is one."""
    return _pages.get(name)


def pages() -> Iterator[Page]:
    """Give every declared page and API route, in the order of declaration."""
    yield from tuple(_pages.values())


def url_patterns() -> list[URLPattern]:
    """Return the URL patterns of the declared pages; API routes are mounted by `constabulary.web.api`."""
    return [url_path(one.path, _answer(one), name=one.name) for one in pages() if not one.is_api]


def _answer(one: Page) -> Callable[..., HttpResponseBase]:
    def view(request: Request, **captured: Any) -> HttpResponseBase:
        if request.method not in one.methods:
            return HttpResponseNotAllowed(one.methods)
        shown = one.view(request, **captured)
        return shown if isinstance(shown, HttpResponseBase) else render(request, one, shown)

    return view


def render(request: Request, one: Page, shown: Context, status: int = 200) -> HttpResponse:
    """Show a context with its page's template.

    Parameters
    ----------
    request
        The request.
    one
        The page.
    shown
        The frozen dataclass with what the template uses; a field `title` stands in for the page's title.
    status
        The HTTP status.
    """
    if not (is_dataclass(shown) and isinstance(shown, Context) and shown.__dataclass_params__.frozen):  # type: ignore[attr-defined]
        raise TypeError(f"The page {one.name} must return a frozen dataclass that extends Context.")
    context = {"page": one, "title": one.title, "breadcrumbs": breadcrumbs(one)}
    context |= {field.name: getattr(shown, field.name) for field in fields(shown)}
    # Called where it is told, after forms at the head of the page have read their words.
    context["unread"] = request.GET.unread if isinstance(request.GET, AddressWords) else ()
    return TemplateResponse(request, f"pages/{one.name}.html", context | frame(one.nav), status=status)


def frame(nav: Room | None = None) -> dict[str, object]:
    """Return what the layout needs on every page: the rooms that exist, and the current one."""
    return {
        "rooms": [room for room in Room if any(one.path == room.value for one in pages())],
        "current_room": nav,
    }


def breadcrumbs(one: Page) -> list[tuple[str, str]]:
    """Return title and address of the pages above a page, the highest first."""
    above: list[tuple[str, str]] = []
    while one.parent is not None:
        parent = declared(one.parent)
        if parent is None:
            raise TypeError(f"The page {one.name} names a parent that does not exist: {one.parent!r}.")
        above.insert(0, (parent.title, reverse(parent.name)))
        one = parent
    return above
