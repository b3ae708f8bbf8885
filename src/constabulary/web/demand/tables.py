"""The tables of the demand pages: rows of a figure as people read them, each column with its unit."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from constabulary.services.demand.picture import Figure
from constabulary.services.demand.reading import channel_peaks, days_of_week
from constabulary.services.workspace.force import force_overview
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web.numbers import MISSING, difference, month, number, percent, readable
from constabulary.web.table import Cell, Column, Table

Row = Mapping[str, Any]
COMPARED = (
    Column("Same months", "this year", is_number=True),
    Column("Same months", "a year before", is_number=True),
    Column("Change", is_number=True),
)


class Sources:
    """Leads from the words of a source to its page in the force folder.

    Parameters
    ----------
    workspace
        Whose force folder.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._sources = sorted(force_overview(workspace).sources, key=lambda one: -len(one.title))

    def cell(self, words: str | None) -> Cell:
        """Return the source as a cell that leads to its document; a dash where there is none."""
        if not words:
            return Cell(MISSING)
        found = next((one for one in self._sources if words.startswith(one.title)), None)
        return Cell(words, reverse("force_source", args=[found.id]) if found else "")


def change(row: Row) -> str:
    """Return the change on the same months a year before, with its sign."""
    share = row["change"]
    return MISSING if share is None else f"{difference(share * 100, 1)}%"


def compared(row: Row) -> tuple[str, str, str]:
    """Return the cells of `COMPARED`."""
    return number(row["compared"]), number(row["last_year"]), change(row)


def has_compared(rows: Sequence[Row]) -> bool:
    """Return whether any row has a year before to stand beside."""
    return any(row["last_year"] is not None for row in rows)


def parts(
    figure: Figure, caption: str, what: str, of: str, sources: Sources | None = None, note: str = ""
) -> Table:
    """Return the parts of a whole: count, share, per day, published share, last year."""
    rows = figure.table
    with_year = has_compared(rows)
    with_published = any(row["published_share"] is not None for row in rows)
    columns = [
        Column(what),
        Column("Count", is_number=True),
        Column("Per day", is_number=True),
        Column("Share", f"of {of}", is_number=True),
    ]
    if with_published:
        columns += [Column("Share published", is_number=True), Column("Source", is_long=True)]
    columns += COMPARED if with_year else ()
    body: list[list[Cell | str]] = []
    for row in rows:
        cells: list[Cell | str] = [
            row["name"],
            number(row["count"]),
            number(row["per_day"], 1),
            percent(row["share"]),
        ]
        if with_published:
            cells += [percent(row["published_share"]), sources.cell(row["source"]) if sources else MISSING]
        cells += compared(row) if with_year else ()
        body.append(cells)
    return Table(caption, columns, body, note=note)


def typical_day(figure: Figure, sources: Sources) -> Table:
    """Return the typical day where it can be calculated: published, calculated, difference, basis, source."""
    return Table(
        "Published beside calculated",
        (
            Column("Measure"),
            Column("Published", "a day", is_number=True),
            Column("Calculated", "a day", is_number=True),
            Column("Difference", "a day", is_number=True),
            Column("Basis of the calculated", is_long=True),
            Column("Source of the published"),
        ),
        [
            (
                row["name"],
                number(row["published"], _places(row["published"])),
                number(row["calculated"], 1),
                difference(row["difference"], 1),
                calculated_basis(row),
                sources.cell(row["source"]),
            )
            for row in figure.table
            if row["calculated"] is not None
        ],
        note="The difference is calculated less published.",
    )


def only_published(figure: Figure, sources: Sources) -> Table | None:
    """Return the published figures of a typical day that no records answer, with the reason; None where all are."""
    rows = [row for row in figure.table if row["calculated"] is None]
    if not rows:
        return None
    return Table(
        "Published, and not calculated",
        (
            Column("Measure"),
            Column("Published", "a day", is_number=True),
            Column("Why it is not calculated", is_long=True),
            Column("Source of the published"),
        ),
        [
            (
                row["name"],
                number(row["published"], _places(row["published"])),
                calculated_basis(row),
                sources.cell(row["source"]),
            )
            for row in rows
        ],
        is_caption_hidden=True,
    )


def spread(figure: Figure) -> Table:
    """Return how days differ, the period of each published figure, and how printed figures fit each other."""
    return Table(
        "Spread over the days, published periods, printed checks",
        (
            Column("Measure"),
            Column("Median day", is_number=True),
            Column("1 day in 10 is below", is_number=True),
            Column("1 day in 10 is above", is_number=True),
            Column("Basis of the published", is_long=True),
            Column("Printed figures checked", is_long=True),
        ),
        [
            (
                row["name"],
                number(row["median"]),
                number(row["p10"]),
                number(row["p90"]),
                readable(_halves(row)[0]),
                readable(row["printed_check"] or MISSING),
            )
            for row in figure.table
        ],
        note="Crimes are published by month, so their days cannot be told apart.",
        is_caption_hidden=True,
    )


def _halves(row: Row) -> tuple[str, str]:
    """Return what a basis says of the published figure, and of the calculated one."""
    basis = str(row["basis"])
    for start in ("Not calculated:", "Calculated:"):
        before, found, after = basis.partition(start)
        if found:
            return before.strip(), after.strip()
    return basis, ""


def calculated_basis(row: Row) -> str:
    """Return what a calculated figure of the typical day rests on: records, days, period; or why there is none."""
    said = readable(_halves(row)[1])
    return said[:1].upper() + said[1:]


def crime_or_not(figure: Figure, sources: Sources) -> Table:
    """Return crime beside non-crime, with the published share."""
    totals = figure.totals
    whole = totals["all"].count
    share, published = totals["crime_share"], totals["published_crime_share"]
    source = sources.cell(totals["source"])
    return Table(
        "Crime and non-crime",
        (
            Column("Closed as"),
            Column("Count", is_number=True),
            Column("Per day", is_number=True),
            Column("Share", "of incidents", is_number=True),
            Column("Share published", is_number=True),
            Column("Source", is_long=True),
        ),
        [
            (
                name,
                number(totals[key].count),
                number(totals[key].per_day, 1),
                percent(totals[key].count / whole if whole else None),
                percent(printed),
                source if printed is not None else MISSING,
            )
            for name, key, printed in (
                ("Crime", "crime", published if share is not None else None),
                ("Non-crime", "non_crime", None if published is None else 1 - published),
                ("All incidents", "all", None),
            )
        ],
        is_caption_hidden=True,
    )


def months_by_series(figure: Figure, caption: str, *, is_months_down: bool = True) -> Table:
    """Return a figure by month and series, a column a series; the highest and lowest months are marked in words.

    With `is_months_down` False the series go down and the months across.
    """
    series = dict.fromkeys((row.id, row.name) for row in figure.rows)
    every_month = list(dict.fromkeys(row.month for row in figure.rows))
    by_place = {(row.month, row.id): row for row in figure.rows}

    def cell(of_month: str, key: str | None) -> Cell:
        row = by_place[of_month, key]
        marks = filter(None, ("in part" if row.is_partial else "", row.peak or ""))
        return Cell(number(row.count), mark=", ".join(marks))

    if is_months_down:
        return Table(
            caption,
            (Column("Month"), *(Column(name, is_number=True) for _, name in series)),
            [(month(one), *(cell(one, key) for key, _ in series)) for one in every_month],
        )
    return Table(
        caption,
        (Column("Type"), *(Column(month(one), is_number=True) for one in every_month)),
        [(name, *(cell(one, key) for one in every_month)) for key, name in series],
    )


def peaks(figure: Figure, sources: Sources) -> Table:
    """Return each channel's highest and lowest month beside the published ones."""
    return Table(
        "Highest and lowest months: published beside counted",
        (
            Column("Channel"),
            Column("Month that is"),
            Column("Counted in"),
            Column("Counted", "contacts", is_number=True),
            Column("Published for"),
            Column("Published", "contacts", is_number=True),
            Column("Difference", is_number=True),
            Column("Source", is_long=True),
        ),
        [
            (
                one.name,
                one.peak,
                month(one.month) if one.month else MISSING,
                number(one.count),
                month(one.published_month) if one.published_month else MISSING,
                number(one.published_count),
                difference(one.difference),
                sources.cell(one.source),
            )
            for one in channel_peaks(figure)
        ],
        note="Only months that the records cover whole are called highest or lowest.",
    )


def week(figure: Figure, noun: str) -> tuple[Table, Table]:
    """Return each day's busiest and quietest hour, and all 168 hours."""
    days = days_of_week(figure)
    first = Table(
        "The busiest and quietest hour of each day",
        (
            Column("Day"),
            Column("Busiest hour", "starting"),
            Column(f"Mean {noun}", "in that hour", is_number=True),
            Column("Quietest hour", "starting"),
            Column(f"Mean {noun}", "in that hour", is_number=True),
            Column(f"{noun.capitalize()}", "mean of the whole day", is_number=True),
        ),
        [
            (
                one.day,
                f"{one.busiest_hour:02}:00",
                number(one.busiest_mean, 1),
                f"{one.quietest_hour:02}:00",
                number(one.quietest_mean, 1),
                number(one.per_day, 1),
            )
            for one in days
        ],
    )
    names = list(dict.fromkeys(row.day for row in figure.rows))
    mean = {(row.day, row.hour): row.mean for row in figure.rows}
    hours = Table(
        f"Mean {noun} in each hour of the week",
        (Column("Hour starting"), *(Column(name, is_number=True) for name in names)),
        [(f"{hour:02}:00", *(number(mean[name, hour], 1) for name in names)) for hour in range(24)],
        note="Local time. Hours that a change of the clocks takes away or adds count as they happened.",
    )
    return first, hours


def season(figure: Figure, noun: str) -> Table:
    """Return the months of the calendar, each per day."""
    return Table(
        f"{noun.capitalize()} a day by month of the year",
        (
            Column("Month"),
            Column(noun.capitalize(), is_number=True),
            Column("Days covered", is_number=True),
            Column("Per day", is_number=True),
            Column("Against the mean day", is_number=True),
        ),
        [
            (
                month_name[row["month_of_year"]],
                number(row["count"] if row["n_days"] else None),
                number(row["n_days"]),
                number(row["per_day"], 1),
                MISSING if row["index"] is None else f"{difference((row['index'] - 1) * 100, 1)}%",
            )
            for row in figure.table
        ],
    )


def tells_harm(figure: Figure) -> bool:
    """Return whether crimes weigh differently: with one weight for all, harm says no more than counts."""
    return len(set(figure.totals["weights"].days.values())) > 1


def harm(figure: Figure) -> Table:
    """Return crime types with count and harm side by side."""
    rows = figure.table
    with_year = has_compared(rows)
    weights = figure.totals["weights"]
    unweighted = ", ".join(figure.totals.get("unweighted", ()))
    note = f"Weights: {weights.name}, {weights.version}. {weights.source}"
    if unweighted:
        note += f" Not weighed, and in neither share: {unweighted}."
    return Table(
        "Harm beside counts",
        (
            Column("Crime type"),
            Column("Count", is_number=True),
            Column("Share", "of crimes weighed", is_number=True),
            Column("Weight", "days a crime", is_number=True),
            Column("Harm", "days", is_number=True),
            Column("Share", "of harm", is_number=True),
            *(COMPARED if with_year else ()),
        ),
        [
            (
                row["crime_type"],
                number(row["count"]),
                percent(row["share_of_count"]),
                number(row["weight_days"], 1) if row["weight_days"] is not None else "no weight",
                number(row["harm_days"]),
                percent(row["share_of_harm"]),
                *(compared(row) if with_year else ()),
            )
            for row in rows
        ],
        note=note,
    )


def places(rows: Sequence[Row], caption: str, links: Mapping[str, str], note: str = "") -> Table:
    """Return areas with count, rate and last year; links lead by the area's id."""
    with_year, with_caution = has_compared(rows), any(row["is_small"] for row in rows)
    with_note = any(_note(row) for row in rows)
    with_rate = any(row["rate_per_1000"] is not None for row in rows if row["level"] != "force")
    columns = [Column("Area"), Column("Count", is_number=True)]
    columns += [Column("Rate", "per 1,000 residents", is_number=True)] if with_rate else []
    columns += COMPARED if with_year else ()
    columns += [Column("Caution")] if with_caution else []
    columns += [Column("Note")] if with_note else []
    body: list[list[Cell | str]] = []
    for row in rows:
        cells: list[Cell | str] = [Cell(row["name"], links.get(row["id"], "")), number(row["count"])]
        cells += [number(row["rate_per_1000"], 1)] if with_rate else []
        cells += compared(row) if with_year else ()
        cells += ["small number" if row["is_small"] else ""] if with_caution else []
        cells += [_note(row)] if with_note else []
        body.append(cells)
    return Table(caption, columns, body, note=note)


def _note(row: Row) -> str:
    # Why there is no rate stands once above the table.
    return "; ".join(part for part in (row["note"] or "").split("; ") if "rate" not in part)


def _places(value: float | None) -> int:
    return 0 if value is None or float(value).is_integer() else 1
