"""Every transcribed figure of money and workforce against the text of the document it was typed from."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from constabulary.core.force import load_force, shipped_force

DOCUMENTS = {
    "plan_2013_16": "2013-police-and-crime-plan-2013-16.txt",
    "police_cover_2014": "2014-11-distribution-of-police-cover.txt",
    "annual_report_2017_18": "2018-annual-report-2017-18.txt",
    "board_pack_2019": "2019-06-business-coordination-board.txt",
}


@pytest.fixture(scope="module")
def documents(shared_data: Path) -> dict[str, str]:
    folder = shared_data.parent / "source"
    if not folder.is_dir():
        pytest.skip("the source documents (../shared/source beside the project) are not here")
    return {name: (folder / file).read_text(encoding="utf-8") for name, file in DOCUMENTS.items()}


@pytest.fixture(scope="module")
def cells():
    return load_force(shipped_force("cambridgeshire")).printed_cells


def test_every_printed_figure_stands_in_its_document(documents, cells):
    absent = [
        (cell.table_id, cell.line_id, cell.printed)
        for cell in cells
        if not re.search(rf"(?<![\d.,]){re.escape(cell.printed)}(?!\d)", documents[cell.source_id])
    ]
    assert absent == []


def test_every_figure_of_the_2013_forecast_stands_in_its_row_and_column(documents, cells):
    text = documents["plan_2013_16"]
    header = next(line for line in text.split("\n") if "Ref.\tBudget 2012/13" in line).split("\t")
    rows = text[text.index("Ref.\tBudget 2012/13") : text.index("## Appendix 2")].split("\n")[1:]
    found = {}
    for row in rows:
        label, ref, *values = [re.sub(r"<[^>]*>", "", cell).strip() for cell in [*row.split("\t"), ""]]
        for heading, value in zip(header[2:], values, strict=False):
            if value:
                found[ref or label, re.search(r"\d{4}/\d\d", heading).group()] = (label, value)
    ours = {
        (cell.ref or cell.label, cell.period): (cell.label, cell.printed)
        for cell in cells
        if cell.table_id == "mtfp_2013_14"
    }
    assert ours == found


@pytest.mark.parametrize(
    ("table", "source", "start", "end"),
    [
        (
            "community_safety_fund_2013_14",
            "plan_2013_16",
            "Partner\tAllocation 2013/14",
            "The Commissioner will hold",
        ),
        ("police_officers_2013_14", "plan_2013_16", "Local Policing\t986.4", "Police Staff\t2012/13"),
        ("police_staff_2013_14", "plan_2013_16", "Police Staff\t837", "\\* excluding"),
        ("territorial_establishment_2014", "police_cover_2014", "Cambridge City\t28", "Within each District"),
        ("funding_2017_18", "annual_report_2017_18", "Council tax\t51.6", "Reserves: Total"),
    ],
)
def test_a_table_has_every_figure_of_its_rows_as_often_as_printed(
    documents, cells, table, source, start, end
):
    text = documents[source]
    part = text[text.index(start) : text.index(end, text.index(start))]
    printed = Counter()
    for row in part.strip().split("\n"):
        label, *values = [re.sub(r"<[^>]*>", "", cell).strip() for cell in row.split("\t")]
        printed.update(
            (label, value) for value in values if re.search(r"\d", value) and value != "Allocation 2013/14"
        )
    assert Counter((cell.label, cell.printed) for cell in cells if cell.table_id == table) == printed


def test_the_workforce_table_of_2019_20_has_the_figures_of_the_page_in_order(documents, cells):
    text = documents["board_pack_2019"]
    part = text[text.index("Table 1") : text.index("Budget assumptions beyond")]
    figures = re.findall(r"^(\d[\d,]*)$", part, re.MULTILINE)
    ours = [cell.printed for cell in cells if cell.table_id == "workforce_2019_20"]
    assert Counter(ours) == Counter(figures[: len(ours)])
