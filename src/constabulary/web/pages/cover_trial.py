"""Before and after a change: what a shift did in two periods, as the 2014 trial of mobile working asked."""

from __future__ import annotations

from constabulary.registers.access import Permission
from constabulary.services.cover.duty import teams_of
from constabulary.services.cover.figures import measure
from constabulary.web.cover.asked import TWO_PERIODS, Asked, asking
from constabulary.web.cover.head import block, head
from constabulary.web.filters import Options
from constabulary.web.page import Request, Room, page
from constabulary.web.pages.cover_measures import OneMeasure
from constabulary.web.wording import words


def teams(request: Request) -> Options:
    """Return the list of teams that shifts name."""
    names = teams_of(request.workspace)
    return {"team": ("Shifts of", (("", "All teams"), *((name, words(name)) for name in names)))}


@page(
    "cover/trial/",
    name="cover_trial",
    title="Before and after a change",
    permission=Permission.SEE_RECORDS,
    nav=Room.COVER,
    parent="cover",
)
@asking(teams, TWO_PERIODS)
def trial(request: Request, asked: Asked) -> OneMeasure:
    """Show what a shift did in two periods; where none are asked for, in the halves of what is held."""
    before, after = asked.spans()
    found = measure(request.workspace, "trial", before=before, after=after, team=asked.of("team") or None)
    return OneMeasure(found.answer, head(asked, "cover_trial", found), (block(asked, found),))
