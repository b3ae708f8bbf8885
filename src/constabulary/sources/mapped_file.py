"""A supplier's CSV file or sheet read through a mapping to one of our tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from constabulary.core.errors import Problem
from constabulary.sources.clocks import Instants, number
from constabulary.sources.csv_parts import Part
from constabulary.sources.evidence import NO, YES
from constabulary.sources.files import SourceFile
from constabulary.sources.grid_reference import longitude_latitude
from constabulary.sources.layout import Layout
from constabulary.sources.mapping import GRID, SECONDS, From, Mapping
from constabulary.sources.mapping_file import missing_columns
from constabulary.tables.check import Failure, by_distinct, typed
from constabulary.tables.contract import Contract, Kind

_YES_OR_NO = "yes or no in the columns that [flags] names"
TRUTHS = {"y": "true", "n": "false", "t": "true", "f": "false", "x": "true"}


@dataclass(frozen=True)
class MappedFile:
    """One file and the mapping it is read by.

    Parameters
    ----------
    file
        Where it is.
    contract
        The table it feeds, its code columns holding the force's lists in `allowed`.
    mapping
        How it is read.
    layout
        How it is laid out.
    """

    file: SourceFile
    contract: Contract
    mapping: Mapping
    layout: Layout

    @property
    def header(self) -> Sequence[str]:
        """Its column names."""
        return self.layout.header

    @property
    def mends(self) -> str | None:
        """The import whose refused rows these are, mended; None for any other file."""
        return self.layout.mends

    @property
    def delimiter(self) -> str:
        """What stands between two fields of a line."""
        return self.layout.delimiter

    def problems(self) -> list[Problem]:
        """Return what keeps the mapping from reading this file."""
        return list(missing_columns(self.mapping, self.contract, self.header, self.file.published_name))

    def parts(self) -> Iterator[tuple[Part, pl.DataFrame, pl.DataFrame]]:
        """Yield each part, its text under our column names, and the same typed."""
        codes = {
            source.names[0]
            for name, source in self._supplied()
            if len(source.names) == 1 and self.contract.column(name).kind in {Kind.CODE, Kind.TRUTH}
        }
        for part in self.layout.parts(sorted(codes)):
            yield self._mapped(part)

    def _supplied(self) -> list[tuple[str, From]]:
        return [(name, source) for name, source in self.mapping.columns.items() if name not in GRID]

    def _mapped(self, part: Part) -> tuple[Part, pl.DataFrame, pl.DataFrame]:
        shown: dict[str, pl.Series] = {}
        standard: dict[str, pl.Series] = {}
        instants = Instants(self.mapping)
        for name, source in self._supplied():
            match self.contract.column(name).kind:
                case Kind.INSTANT:
                    shown[name] = self._joined(part, source)
                    instants.read(name, source, shown[name])
                case Kind.NUMBER | Kind.WHOLE:
                    shown[name] = self._joined(part, source)
                    numbers = [
                        number(self._joined(part, replace(source, names=(one,)))) for one in source.names
                    ]
                    total = pl.select(pl.sum_horizontal(numbers)).to_series() * SECONDS[source.unit]
                    is_given = pl.select(
                        pl.all_horizontal(*(series.is_not_null() for series in numbers))
                    ).to_series()
                    if self.contract.column(name).kind is Kind.WHOLE:
                        is_given &= (total == total.round()).fill_null(value=False)
                    standard[name] = pl.select(pl.when(is_given).then(total)).to_series()
                case _:
                    shown[name], standard[name] = self._coded(part, name, source)
        for name, constant in self.mapping.constants.items():
            standard[name] = shown[name] = pl.repeat(
                constant or None, part.text.height, dtype=pl.String, eager=True
            )
        failures = [*part.failures]
        if self.mapping.flags:
            flagged, odd = self._flagged(part)
            failures.append(Failure("unreadable", "qualifiers", odd.is_not_null(), _YES_OR_NO))
            known = standard.get("qualifiers", pl.repeat(None, part.text.height, dtype=pl.String, eager=True))
            both = pl.concat_str(known.cast(pl.String), flagged, separator=";", ignore_nulls=True)
            standard["qualifiers"] = pl.select(pl.when(both != "").then(both)).to_series()
            shown["qualifiers"] = pl.select(pl.coalesce(odd, standard["qualifiers"])).to_series()
        if GRID[0] in self.mapping.columns:
            failures += self._placed(part, shown, standard)
        frame = typed(pl.DataFrame({"": part.line_no, **standard}), self.contract)
        frame = frame.with_columns(
            series.alias(name) for name, series in instants.worked_out(self.contract).items()
        )
        failures += instants.failures()
        return replace(part, failures=failures), pl.DataFrame(shown), frame

    def _joined(self, part: Part, source: From) -> pl.Series:
        empty = [spelling.casefold() for spelling in (*self.mapping.empty, *source.empty, "")]
        columns: list[pl.Series] = []
        for name in source.names:
            text = part.text[name].cast(pl.String).str.strip_chars()
            if len(columns) == 0 and len(source.names) > 1:
                text = text.str.replace(r"[ T]00:00:00$", "")
            is_empty = text.str.to_lowercase().is_in(empty)
            columns.append(pl.select(pl.when(~is_empty).then(text)).to_series())
        joined = pl.select(pl.concat_str(columns, separator=" ", ignore_nulls=True)).to_series()
        return pl.select(pl.when(joined != "").then(joined)).to_series()

    def _coded(self, part: Part, name: str, source: From) -> tuple[pl.Series, pl.Series]:
        """Return a column's codes as the supplier wrote them and as the mapping reads them, both empty for nothing."""
        text = part.text[source.names[0]] if len(source.names) == 1 else self._joined(part, source)
        column = self.contract.column(name)
        if column.kind is Kind.TEXT and name not in self.mapping.values:
            plain = self._joined(part, source)
            return plain, plain
        codes = [code for code in text.unique().cast(pl.String) if code is not None]
        meanings = {code: self._meaning(name, source, code) for code in codes}
        if column.kind is Kind.TRUTH:
            meanings = {code: TRUTHS.get((one or "").lower(), one) for code, one in meanings.items()}
        mapped = by_distinct(
            text, pl.col("value").replace_strict(meanings, default=None, return_dtype=pl.String), pl.String()
        )
        shown = pl.select(pl.when(mapped.is_not_null()).then(text.cast(pl.String))).to_series()
        return shown, mapped

    def _meaning(self, name: str, source: From, code: str) -> str | None:
        parts = code.split(source.split) if source.split else [code]
        meanings = [
            meaning
            for part in parts
            for meaning in (self.mapping.meaning(name, part) or "").split(";")
            if meaning
        ]
        return ";".join(dict.fromkeys(meanings)) or None

    def _flagged(self, part: Part) -> tuple[pl.Series, pl.Series]:
        """Return the qualifiers that the flags give, and values of flags that say neither yes nor no."""
        marks, odd = [], []
        for qualifier, name in self.mapping.flags.items():
            value = self._joined(part, From((name,)))
            said = value.str.to_lowercase()
            marks.append(pl.when(said.is_in(YES)).then(pl.lit(qualifier)))
            odd.append(pl.when(~said.is_in(YES | NO)).then(value))
        flagged = part.text.select(pl.concat_str(marks, separator=";", ignore_nulls=True)).to_series()
        return (
            pl.select(pl.when(flagged != "").then(flagged)).to_series(),
            part.text.select(pl.coalesce(odd)).to_series(),
        )

    def _placed(
        self, part: Part, shown: dict[str, pl.Series], standard: dict[str, pl.Series]
    ) -> list[Failure]:
        """Turn grid references into longitude and latitude, and tell those that are none."""
        eastings, northings = (self._joined(part, self.mapping.columns[name]) for name in GRID)
        longitude, latitude = longitude_latitude(number(eastings), number(northings))
        shown["longitude"], shown["latitude"] = eastings, northings
        standard["longitude"], standard["latitude"] = longitude, latitude
        is_wrong = longitude.is_null() & (eastings.is_not_null() | northings.is_not_null())
        expected = "an easting from 0 to 700,000 and a northing from 0 to 1,300,000 (metres)"
        return [
            Failure("not_on_grid", "longitude", is_wrong, expected),
            Failure("not_on_grid", "latitude", is_wrong & longitude.is_not_null(), expected),
        ]
