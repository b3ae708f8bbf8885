"""The declared shape of a force folder: every file, section, key and column, with what each is for.

Reading, checking and the printed manual all go by this one declaration: what every force has stands here, what
one room of the house needs in `rooms`. Nothing else declares a column.
"""

from __future__ import annotations

from constabulary.core.crime_types import CRIME_TYPES
from constabulary.core.force import rooms
from constabulary.core.force.declared import EVIDENCE, ID, Column, Section, Table

UNITS = {
    "count": "number of things; whole",
    "share": "part of a whole, 0 to 1 (19.1% is 0.191)",
    "change": "growth as a share (an increase of 7% is 0.07, a fall of 15% is -0.15)",
    "rate_per_1000": "number for each 1,000 residents",
    "fte": "full-time equivalent posts",
    "hours": "hours",
    "days": "days",
    "gbp": "pounds",
    "rank": "place in an order of which 1 is first",
    "score": "points on the scale of whoever scored; more only means more on that scale",
    "square_miles": "square miles",
}

BASES = {
    "total": "everything in the period",
    "typical_day": "printed as what a typical day brings, with no more said of how it was worked out",
    "mean_per_day": "printed as an average a day over the period",
    "mean_per_month": "printed as an average a month over the period",
    "mean_each": "average over the cases of the period",
    "highest_month": "the highest month of a year; the period is that month",
    "lowest_month": "the lowest month of a year; the period is that month",
    "share": "share of the measure's total over the period",
    "rate": "rate over the period",
    "as_at": "the position on the last day of the period",
    "change_on_year_before": "growth on the same period a year before",
    "change_over_period": "growth from the beginning of the period to its end",
}

UNITS_OF_BASIS = {
    "share": {"share"},
    "rate": {"rate_per_1000"},
    "change_on_year_before": {"change"},
    "change_over_period": {"change"},
    "total": {"count", "hours", "gbp"},
    "highest_month": {"count"},
    "lowest_month": {"count"},
    "typical_day": {"count", "hours"},
    "mean_per_day": {"count", "hours"},
    "mean_per_month": {"count", "hours"},
    "mean_each": {"hours", "days", "count", "gbp"},
    "as_at": {"count", "fte", "square_miles", "rank", "score"},
}

PRINTED_UNITS = {
    "gbp": "pounds; £'000 multiplied out",
    "fte": "full-time equivalent posts",
    "count": "number of things or people",
    "share": "part of a whole, 0 to 1 (39.0% is 0.390)",
    "change": "growth as a share (1.2% is 0.012)",
}

BOUNDS = {"about": "printed as roughly this", "over": "printed as more than", "under": "printed as less than"}
CLOCK_STARTS = {"offered": "the contact begins to wait", "created": "the incident record is opened"}
CLOCK_STOPS = {"answered": "somebody answers", "arrived": "the first unit arrives"}


NAME = Column("name", "Name shown to people.")

FORCE_KEYS = (
    Column("schema", "The version of this format: 1.", "whole", True, ("1",)),
    Column("id", ID, "id"),
    NAME,
    Column(
        "police_uk_names", 'Names in "Reported by" of data.police.uk files that mean this force.', "texts"
    ),
    Column("time_zone", "IANA name of local time, such as Europe/London."),
    Column("district_label", "What one district is called here."),
    Column("area_label", "What one policing area (several districts) is called here."),
)

SECTIONS = (
    Section(
        "grades",
        "How urgent an incident is, most urgent first.",
        (NAME, Column("is_attended", "Somebody is sent; true when left out.", "flag", False), *EVIDENCE),
    ),
    Section("ranks", "Ranks, lowest first.", (NAME, *EVIDENCE)),
    Section("roles", "Kinds of people the establishment counts.", (NAME, *EVIDENCE)),
    Section(
        "channels",
        "Ways the public reaches the force.",
        (
            NAME,
            Column("is_emergency", "Answered before the others; false when left out.", "flag", False),
            Column("is_call", "A voice call; true when left out.", "flag", False),
            *EVIDENCE,
        ),
    ),
    Section(
        "incident_categories",
        "Groups an incident is closed under.",
        (NAME, Column("is_crime", "true for crime, false for the non-crime groups.", "flag"), *EVIDENCE),
    ),
    Section("qualifiers", "Marks an incident may carry beside its category.", (NAME, *EVIDENCE)),
    Section("layers", "From whom resources come, widest first.", (NAME, *EVIDENCE)),
    Section(
        "adds_up",
        "Measures with a breakdown whose parts make up the whole; sums are checked and differences shown.",
        (Column("breakdown", "The breakdown that is complete."),),
        required=False,
    ),
)

SOURCE_KEYS = (
    Column("title", "Title of the document."),
    Column("publisher", "Who published it."),
    Column("published", "When, as far as is known: 2018, 2018-05 or 2018-05-31."),
    Column("url", "Address.", required=False),
    Column("licence", "Licence or attribution it asks for.", required=False),
    Column("note", "Anything a reader should know.", required=False),
)

AREA_OR_DISTRICT = ("districts", "areas")

TABLES = (
    Table(
        "districts",
        "geography/districts.csv",
        "The districts and their residents.",
        (
            Column("district_id", "ONS code of the district.", "id"),
            Column("name", "Name as LSOA names begin with it."),
            Column("population", "Residents.", "whole"),
            Column("population_on", "Day the residents were counted or estimated for.", "date"),
            *EVIDENCE,
        ),
        ("district_id",),
    ),
    Table(
        "areas",
        "geography/areas.csv",
        "Policing areas made of districts. The file may be left out.",
        (Column("area_id", ID, "id"), NAME, *EVIDENCE),
        ("area_id",),
        required=False,
    ),
    Table(
        "area_districts",
        "geography/area_districts.csv",
        "Which district belongs to which area.",
        (
            Column("area_id", "The area.", "id", True, (), ("areas",)),
            Column("district_id", "The district.", "id", True, (), ("districts",)),
            *EVIDENCE,
        ),
        ("district_id",),
        required=False,
    ),
    Table(
        "measures",
        "measures.csv",
        "What the published volumes count.",
        (Column("measure", ID, "id"), NAME, Column("definition", "What is counted and what is not.")),
        ("measure",),
    ),
    Table(
        "volumes",
        "volumes/*.csv",
        "Published figures, one a row; any number of files.",
        (
            Column("measure", "What is counted.", "id", True, (), ("measures",)),
            Column(
                "breakdown",
                "How it is split; empty for the whole. The parts of channel, category and qualifier are "
                "those listed in force.toml.",
                "id",
                False,
            ),
            Column("part", "Which part; empty for the whole.", "id", False),
            Column(
                "area_id", "District or area; empty for the whole force.", "id", False, (), AREA_OR_DISTRICT
            ),
            Column("period_start_on", "First day of the period.", "date"),
            Column("period_end_on", "Last day of the period.", "date"),
            Column("value", "The figure.", "decimal"),
            Column("unit", "; ".join(f"{k}: {v}" for k, v in UNITS.items()), "text", True, tuple(UNITS)),
            Column("basis", "; ".join(f"{k}: {v}" for k, v in BASES.items()), "text", True, tuple(BASES)),
            Column("bound", "; ".join(f"{k}: {v}" for k, v in BOUNDS.items()), "text", False, tuple(BOUNDS)),
            Column(
                "printed",
                "The figure as the document spells it; a number must agree with value.",
                required=False,
            ),
            *EVIDENCE,
        ),
        (
            "measure",
            "breakdown",
            "part",
            "area_id",
            "period_start_on",
            "period_end_on",
            "unit",
            "basis",
            "source_id",
            "where",
        ),
    ),
    Table(
        "establishment",
        "establishment.csv",
        "Posts by place and role.",
        (
            Column(
                "area_id", "District or area; empty for the whole force.", "id", False, (), AREA_OR_DISTRICT
            ),
            Column("role", "The role.", "id", True, (), ("roles",)),
            Column("posts_fte", "Full-time equivalent posts.", "decimal"),
            Column("as_at_on", "The day it held.", "date"),
            *EVIDENCE,
        ),
        ("area_id", "role", "as_at_on"),
    ),
    Table(
        "resource_layers",
        "resource_layers.csv",
        "Units the force can call upon, and their size where printed.",
        (
            Column("unit_id", ID, "id"),
            Column("layer", "The layer.", "id", True, (), ("layers",)),
            NAME,
            Column("part_of", "The larger unit it belongs to.", "id", False, (), ("resource_layers",)),
            Column("size", "How large; empty where nothing is printed.", "decimal", False),
            Column(
                "size_unit",
                "officers, staff or strength (people of any kind).",
                "text",
                False,
                ("officers", "staff", "strength"),
            ),
            Column("bound", "; ".join(f"{k}: {v}" for k, v in BOUNDS.items()), "text", False, tuple(BOUNDS)),
            *EVIDENCE,
        ),
        ("unit_id",),
        required=False,
    ),
    Table(
        "targets",
        "targets.csv",
        "Service standards of channels and grades.",
        (
            Column("target_id", ID, "id"),
            Column("channel", "The channel, or empty.", "id", False, (), ("channels",)),
            Column(
                "grade",
                "The grade, or empty; one of channel and grade is filled.",
                "id",
                False,
                (),
                ("grades",),
            ),
            Column("setting", "urban, rural or empty for both.", "text", False, ("urban", "rural")),
            Column(
                "clock_start",
                "; ".join(f"{k}: {v}" for k, v in CLOCK_STARTS.items()),
                "text",
                True,
                tuple(CLOCK_STARTS),
            ),
            Column(
                "clock_stop",
                "; ".join(f"{k}: {v}" for k, v in CLOCK_STOPS.items()),
                "text",
                True,
                tuple(CLOCK_STOPS),
            ),
            Column("seconds", "The time, in seconds.", "whole"),
            Column("share", "The share wanted within it, 0 to 1; empty where none is set.", "share", False),
            *EVIDENCE,
        ),
        ("target_id",),
        required=False,
    ),
    Table(
        "printed_tables",
        "finance/tables.csv",
        "The inventory of printed tables of money and workforce, with the lines and cells each must have.",
        (
            Column("table_id", ID, "id"),
            Column("title", "The table's title as printed, or what it holds."),
            Column(
                "presence",
                "printed: the document prints it; named_only: the document names it and does not hold it.",
                "text",
                True,
                ("printed", "named_only"),
            ),
            Column("n_lines", "Lines that print a figure.", "whole"),
            Column("n_cells", "Figures printed.", "whole"),
            *EVIDENCE,
        ),
        ("table_id",),
        required=False,
    ),
    Table(
        "printed_cells",
        "finance/printed/*.csv",
        "The figures of the printed tables, one a row, in the order printed; any number of files.",
        (
            Column("table_id", "The table.", "id", True, (), ("printed_tables",)),
            Column("line_id", ID, "id"),
            Column("ref", "Number the document gives the line.", required=False),
            Column("label", "The line's name as printed."),
            Column("period", "The period or column as printed, such as 2013/14."),
            Column("printed", "The cell exactly as printed."),
            Column("value", "The figure in its unit; it must be the printed one.", "decimal"),
            Column(
                "unit",
                "; ".join(f"{k}: {v}" for k, v in PRINTED_UNITS.items()),
                "text",
                True,
                tuple(PRINTED_UNITS),
            ),
            Column("bound", "; ".join(f"{k}: {v}" for k, v in BOUNDS.items()), "text", False, tuple(BOUNDS)),
            *EVIDENCE,
        ),
        ("table_id", "line_id", "period", "unit"),
        required=False,
    ),
    Table(
        "residents",
        "geography/residents.csv",
        "Residents of LSOAs, for rates below the district. The file may be left out.",
        (
            Column("lsoa_code", "ONS code of the LSOA, of either census.", "id"),
            Column("residents", "Residents.", "whole"),
            Column("residents_on", "Day they were counted or estimated for.", "date"),
            *EVIDENCE,
        ),
        ("lsoa_code",),
        required=False,
    ),
    Table(
        "harm_weights",
        "harm_weights.csv",
        "How heavily one crime of each data.police.uk crime type weighs.",
        (
            Column("crime_type", "Crime type as data.police.uk spells it.", choices=CRIME_TYPES),
            Column("weight_days", "Weight of one crime, in days.", "decimal"),
            *EVIDENCE,
        ),
        ("crime_type",),
        required=False,
    ),
    *rooms.TABLES,
)

RULE_KINDS = (
    "sum",
    "of_which",
    "change_of",
    "growth_of",
    "cumulative_of",
    "share_of",
    "product",
    "same_as",
    "plausible_per",
    "bands_of",
)
"""The paths by which a printed figure may be calculated; a rule is exactly one of them."""

_REFERENCE = (
    "A line is named by its id; `table:line@period#unit` names one elsewhere, `-` before it takes it away."
)

RULE_KEYS = (
    Column("table", "The table, by its id; left out where there is only one.", required=False),
    Column("line", "The line that is calculated; `*` is every line.", required=False),
    Column(
        "column",
        "The column that is calculated, in place of a line: sum, change_of and growth_of.",
        required=False,
    ),
    Column("unit", "The unit of the cell meant, where a line has several.", required=False),
    Column("periods", "The periods it holds for; all when left out.", "texts", False),
    Column(
        "sum",
        f"The parts that make it up; `a..b` is a run of lines, `*` every other. {_REFERENCE}",
        "texts",
        False,
    ),
    Column("of_which", "Parts that need not be all of it.", "texts", False),
    Column("change_of", "The line whose change on the period before it is.", required=False),
    Column("growth_of", "The line whose growth on the period before it is, as a share.", required=False),
    Column("cumulative_of", "The line that it adds up over the periods so far.", required=False),
    Column("share_of", "The whole of which it is a share.", required=False),
    Column("part", "With share_of: the part; the same line's money or count when left out.", required=False),
    Column("product", "The figures that are multiplied.", "texts", False),
    Column("over", "With product: the figures it is divided by.", "texts", False),
    Column(
        "per",
        "With product: the year is shared out over days (365), weeks (52) or months (12).",
        "text",
        False,
        ("day", "week", "month"),
    ),
    Column("same_as", "The same figure printed elsewhere.", required=False),
    Column(
        "plausible_per",
        "The unit in which each line has a price, such as fte, that should be like the table's.",
        "text",
        False,
    ),
    Column(
        "against", "With plausible_per: the line whose price the others are held against.", required=False
    ),
    Column(
        "lowest", "With plausible_per: the lowest share of that price that is plausible.", "decimal", False
    ),
    Column("highest", "With plausible_per: the highest.", "decimal", False),
    Column(
        "bands_of", "The band D line; lines band_a to band_h follow by the statutory ratios.", required=False
    ),
    Column("note", "What a reader of the check should know.", required=False),
)

PARTS_OF_BREAKDOWN = {"channel": "channels", "category": "incident_categories", "qualifier": "qualifiers"}

FORCE_FILE = "force.toml"
SOURCES_FILE = "sources.toml"
STRUCTURE_FILE = "finance/structure.toml"
LSOA_FILE = "geography/lsoa_2011.geojson"
