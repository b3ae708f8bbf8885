"""The contract of observations: one row a figure of a measure for a period, typed or exported by somebody."""

import polars as pl

from constabulary.core.force.schema import BASES, UNITS
from constabulary.tables.contract import TRACE, Column, Contract, Kind, Order

_ID = r"[A-Za-z0-9][A-Za-z0-9_.-]*"

OBSERVATIONS = Contract(
    name="observations",
    description="Figures of measures by period that no table of records holds: surveys, casualties, duties, visits. "
    "The columns are those of the published volumes of a force folder.",
    columns=(
        Column(
            "observation_id",
            Kind.TEXT,
            "Series and period: what a row is a figure of.",
            required=True,
            derived=True,
        ),
        Column(
            "series",
            Kind.CODE,
            "Measure, breakdown, part and area, with basis and unit: what a later edition replaces.",
            required=True,
            derived=True,
        ),
        Column(
            "measure", Kind.CODE, "The measure: one of the force folder or of the package.", required=True
        ),
        Column("breakdown", Kind.CODE, "How it is split; empty for the whole.", pattern=_ID),
        Column("part", Kind.CODE, "Which part; empty for the whole.", pattern=_ID),
        Column("area_id", Kind.CODE, "District or area; empty for the whole force.", pattern=_ID),
        Column("period_start_on", Kind.DATE, "First day of the period.", required=True, example="2024-03-01"),
        Column("period_end_on", Kind.DATE, "Last day of the period.", required=True, example="2024-03-31"),
        Column("value", Kind.NUMBER, "The figure, in its unit.", required=True, lowest=-1e12, highest=1e12),
        Column("unit", Kind.CODE, "Its unit.", required=True, allowed=tuple(UNITS)),
        Column("basis", Kind.CODE, "How it relates to its period.", required=True, allowed=tuple(BASES)),
        Column("note", Kind.TEXT, "What a reader should know."),
        *TRACE,
    ),
    period="period_end_on",
    scope="series",
    key="observation_id",
    orders=(Order("period_start_on", "period_end_on"),),
    is_feed=True,
)


def named() -> list[pl.Expr]:
    """Return the derived columns of accepted rows: the series of each, and the series with its period."""
    parts = [pl.col(name).cast(pl.String) for name in ("measure", "breakdown", "part")]
    place = pl.format("@{}", pl.col("area_id").cast(pl.String)).fill_null("")
    how = pl.format(" {} {}", pl.col("basis").cast(pl.String), pl.col("unit").cast(pl.String))
    series = pl.concat_str(pl.concat_str(parts, separator=".", ignore_nulls=True), place, how)
    period = pl.format(" {} to {}", pl.col("period_start_on"), pl.col("period_end_on"))
    return [
        series.cast(pl.Categorical()).alias("series"),
        pl.concat_str(series, period).alias("observation_id"),
    ]
