"""The accessibility statement."""

from __future__ import annotations

from constabulary.registers.access import Permission
from constabulary.web.page import Context, Request, page


@page(
    "accessibility/", name="accessibility", title="Accessibility statement", permission=Permission.SEE_PUBLIC
)
def accessibility(request: Request) -> Context:
    """Say for whom the site works, and for whom it does not."""
    return Context(
        "Every page is meant to work with a keyboard, a screen reader, 400% zoom and without scripts; "
        "it is tested against WCAG 2.2 AA by machine, and not yet by people who need it to work."
    )
