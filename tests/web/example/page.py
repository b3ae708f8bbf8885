"""A page that uses every part of the shell: the pattern for a new page, and what the shell's tests look at."""

from __future__ import annotations

from dataclasses import dataclass

from constabulary.registers.access import Permission
from constabulary.web import form, numbers
from constabulary.web.page import Context, Request, page
from constabulary.web.table import Cell, Chart, Column, Figure, Leaf, Table, leaf_of

N_ROWS = 120


@dataclass(frozen=True)
class Example(Context):
    """What the example page shows.

    Parameters
    ----------
    filters
        The filters, as they stand in the address.
    figures
        A few figures with their working.
    chart
        A chart with its data table.
    table
        One part of a long table.
    leaf
        Which part it is.
    """

    filters: form.Form
    figures: tuple[Figure, ...]
    chart: Chart
    table: Table
    leaf: Leaf


class Filters(form.Form):
    """What the figures are narrowed to."""

    area = form.Select("Area", [("", "Whole force"), ("north", "North")])
    qualifiers = form.Checkboxes(
        "Qualifiers", [("mental-health", "Mental health"), ("domestic", "Domestic abuse")]
    )
    measure = form.Radios(
        "Measure", [("count", "Count"), ("rate", "Rate")], hints={"rate": "For each 1,000 people."}
    )
    from_on = form.Date("From", hint="For example, 31 3 2026.")
    least = form.Text("Least count", suffix="records", width=5)


@page("example/", name="example", title="Example", permission=Permission.SEE_PUBLIC)
def example(request: Request) -> Example:
    """Show the parts of the shell."""
    leaf = leaf_of(request.GET, N_ROWS, 20)
    table = Table(
        "Records by street",
        (
            Column("Street"),
            Column("Records", is_number=True),
            Column("Rate", "per 1,000 people", is_number=True),
        ),
        [
            (
                f"Street {n}",
                Cell(numbers.number(n * 1000), "/example/", f"the working of street {n}"),
                numbers.number(n / 7, 1),
            )
            for n in range(leaf.start, leaf.start + 20)
        ],
        note="Invented figures.",
    )
    return Example(
        answer="There were 7,140,000 records, 3.4% more than in the year before.",
        filters=Filters(request.GET or None),
        figures=(
            Figure("Records", "7,140,000", working="/example/", basis="calculated"),
            Figure("Rate", "8.4", "per 1,000 people"),
        ),
        chart=Chart(
            "Records by hour",
            "/static/favicon.svg",
            "Three bars, each higher than the one before.",
            table,
            "/example/",
        ),
        table=table,
        leaf=leaf,
    )
