"""Cover as JSON: the same as the command line gives with `--json`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, cast

from ninja import Field, Query, Schema

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.services.cover.edition import PublicAnswer
from constabulary.services.cover.figures import MEASURES, measure
from constabulary.services.cover.kept import kept
from constabulary.services.cover.measure import MeasuredAnswer
from constabulary.services.cover.measures import LEVELS
from constabulary.services.cover.presence import CREDITS, PARTS, presence
from constabulary.services.cover.public import published_cover
from constabulary.services.cover.result import PresenceAnswer
from constabulary.web import api
from constabulary.web.api_words import FirstDay, LastDay, Word
from constabulary.web.page import Request
from constabulary.web.pages.cover_public import NOTHING

WORDS = {"from": "from_on", "to": "to_on", "by": "level", "minutes": "minutes", "hours": "least_hours"}
"""What an address asks of a measure, and what its service calls that."""


Level = Annotated[str, Word("Level of the areas.", one_of=LEVELS)]
PERIOD = r"\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2}"
SUCH_AS = "2018-03-01..2018-03-14"


class Days(Schema):
    """The days of a question, in the words of addresses and of the command line."""

    from_: FirstDay | None = Field(None, alias="from")
    to: LastDay | None = None


class PresenceWords(Days):
    """What is asked of the time units spent in each area."""

    by: Annotated[
        str,
        Word(
            "Level of the areas, hot spots, or cells of H3 at a resolution.",
            one_of=(*LEVELS, "hot_spots", *(f"h3:{resolution}" for resolution in range(16))),
        ),
    ] = "district"
    credit: Annotated[str, Word("How time between two fixes is credited.", one_of=CREDITS)] = "earlier"
    parts: (
        Annotated[
            str, Word(f"What to part time by: any of {', '.join(PARTS)}, with commas.", such_as="hour,role")
        ]
        | None
    ) = None


class MeasureWords(Days):
    """What is asked of a measure; each asks some of these."""

    by: Level | None = None
    minutes: (
        Annotated[float, Word("Within how long of a free unit.", unit="minutes", least=0.01, most=240)] | None
    ) = None
    hours: (
        Annotated[
            float, Word("Without a unit for at least so long.", unit="hours", least=0.01, most=24 * 366)
        ]
        | None
    ) = None


@api.route(
    "cover/presence",
    name="cover_presence",
    title="The time units spent in each area",
    permission=Permission.SEE_RECORDS,
)
def presence_json(request: Request, words: Query[PresenceWords]) -> PresenceAnswer:
    """Answer with the time units spent in each area, as `cover presence --json` prints it."""
    by = words.by
    asked = tuple(part.strip() for part in (words.parts or "").split(",") if part.strip())
    is_whole = (words.from_, words.to, words.credit, asked) == (None, None, "earlier", ())
    if is_whole and not by.startswith("h3:"):
        # Kept with its visits, which are not asked for here.
        about = {**kept(request.workspace, by).about, "visits": None}
        del about["digest"]
        return cast(PresenceAnswer, about)
    found = presence(
        request.workspace, by, from_on=words.from_, to_on=words.to, credit=words.credit, parts=asked
    )
    return found.as_json()


@api.route(
    "cover/trial",
    name="cover_trial",
    title="What a shift did before and after a change",
    permission=Permission.SEE_RECORDS,
)
def trial_json(
    request: Request,
    before: Annotated[
        str,
        Word(
            "First and last day of the time before; half of what is held when left out.",
            pattern=PERIOD,
            such_as=SUCH_AS,
        ),
    ]
    | None = None,
    after: Annotated[
        str,
        Word(
            "First and last day of the time after; half of what is held when left out.",
            pattern=PERIOD,
            such_as=SUCH_AS,
        ),
    ]
    | None = None,
    team: Annotated[str, Word("Only shifts of this team.")] | None = None,
) -> MeasuredAnswer:
    """Answer with the measures of the 2014 trial."""
    periods = {name: _period(name, text) for name, text in (("before", before), ("after", after)) if text}
    return measure(request.workspace, "trial", team=team, **periods).as_json()


@api.route(
    "cover/public",
    name="cover_public",
    title="The public edition of cover",
    permission=Permission.SEE_PUBLIC,
)
def public_json(request: Request, by: Level = "district") -> PublicAnswer:
    """Answer with all and visible hours of every month published, as `cover presence --public --json` prints them."""
    found = published_cover(request.workspace, by)
    if found is None:
        raise NothingThere(NOTHING)
    return found.as_json()


@api.route(
    "cover/{name}",
    name="cover_measure",
    title="One measure of cover",
    permission=Permission.SEE_RECORDS,
)
def measure_json(
    request: Request,
    name: Annotated[str, Word("Name of the measure: visibility, reach, gaps ...")],
    words: Query[MeasureWords],
) -> MeasuredAnswer:
    """Answer with visibility, reach, gaps, gaps_by_hour, gaps_listed, establishment, dosage or planned.

    All ask from and to; visibility and gaps ask by, reach minutes, gaps hours.
    """
    if name in MEASURES:
        api.refuse_unknown(request, [word for word, of in WORDS.items() if of in MEASURES[name][1]])
    asked = words.dict(by_alias=True)
    return measure(request.workspace, name, **{of: asked[word] for word, of in WORDS.items()}).as_json()


def _period(name: str, text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    try:
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        expected = f"two days, such as {SUCH_AS}"
        problem = Problem("no_period", f'"{text}" is no period.', column=name, expected=expected)
        raise BadInput(problem) from None
