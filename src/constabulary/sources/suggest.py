"""Proposes a mapping for a supplier's file: names matched by likeness, values looked at, doubts said in comments."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.sources.csv_parts import Part
from constabulary.sources.date_doubts import DateDoubt, date_doubts
from constabulary.sources.evidence import Evidence, time_format
from constabulary.sources.files import SourceFile
from constabulary.sources.layout import Layout, read_layout
from constabulary.sources.mapping import GRID, as_toml
from constabulary.sources.own_records import OwnRecords
from constabulary.sources.parquet import is_parquet
from constabulary.sources.xlsx import Sheet, is_workbook, sheet_names
from constabulary.tables.contract import Column, Contract, Kind

SURE, LIKELY = 0.85, 0.6
MOST_CODES = 60
"""Codes of a column listed in a proposal; a column with more has no list."""
_SAMPLE_ROWS = 50_000
_GROUPED = r"^[+-]?\d{1,3}(?:[., '\u00a0]\d{3})*,\d+$|^[+-]?\d{1,3}(?:,\d{3})+\.\d+$"
"""Numbers with signs between thousands or a comma for decimals."""
_NOTHINGS = frozenset(
    {"null", "(null)", "none", "(none)", "nil", "(blank)", "n/a", "na", "nan", "nat", "-", "--", "?"}
    | {"#n/a", "#value!", "#ref!", "#div/0!", "#name?", "#num!", "#null!"}
)
"""Spellings of "nothing" that exports have, in small letters."""


@dataclass(frozen=True)
class Match:
    """A supplier's columns proposed for one of ours.

    Parameters
    ----------
    names
        Their columns.
    score
        How sure, 0 to 1.
    form, more
        Format of its clock times, where it needs one, and further formats.
    why
        What speaks for it, or a doubt.
    """

    names: tuple[str, ...]
    score: float
    form: str | None = None
    why: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A proposed mapping.

    Parameters
    ----------
    text
        The mapping file (TOML), with comments on what is uncertain and what was not matched.
    doubts
        What would be read wrongly and not refused; `text` begins with it.
    """

    text: str
    doubts: tuple[DateDoubt, ...]


def suggested(
    file: SourceFile, source: OwnRecords, contract: Contract, force_id: str, time_zone: str
) -> Proposal:
    """Return a proposed mapping file; see `constabulary.services.records.own_records.suggest_mapping`."""
    names = sheet_names(file) if is_workbook(file) else []
    sheets: dict[str | None, Sheet | None] = {name: Sheet(file, name) for name in names} or {None: None}
    headers = {name: _header(file, rows) for name, rows in sheets.items()}
    # A hidden sheet holds what a workbook looks things up in.
    shown = [name for name, rows in sheets.items() if rows is None or not rows.is_hidden]
    sheet = max(shown or sheets, key=lambda name: headers[name][0])
    header_row = headers[sheet][1]
    layout = read_layout(file, header_row=header_row, sheet=sheet)
    part = next(layout.parts(()), None)
    if part is None:
        raise BadInput(
            Problem(
                "no_rows",
                "the file has a header and no rows.",
                file=file.name,
                expected="some rows to look at",
            )
        )
    if part.misshapen.mean() > 0.5:  # type: ignore[operator]
        raise BadInput(_unlike_header(file, layout, part))
    sample = part.text.head(_SAMPLE_ROWS).select(pl.all().cast(pl.String).str.strip_chars())
    empty, sample = _without_nothings(sample)
    evidence = {name: Evidence.of(sample[name]) for name in sample.columns}
    matches = _matches(source, contract, evidence)
    needed = {column.name for column in contract.supplied if column.required}
    perhaps = {name: match for name, match in matches.items() if name not in needed and match.score < SURE}
    matches = {name: match for name, match in matches.items() if name not in perhaps}
    _add_key(contract, evidence, sample, matches)
    others = [name for name in sheets if name not in (sheet, None)]
    where = [f"sheet = {as_toml(sheet)}  # check: not {' or '.join(others)}"] if sheet and others else []
    if not is_parquet(file):
        where.append(f"header_row = {layout.header_row}")
    if not (is_workbook(file) or is_parquet(file)):
        where.append(f"delimiter = {as_toml(layout.delimiter)}")
    used = {name for match in matches.values() for name in match.names}
    flags = _flags(contract, {name: seen for name, seen in evidence.items() if name not in used})
    doubts = tuple(
        doubt
        for column, match in {**matches, **perhaps}.items()
        for doubt in date_doubts(column, match.names, match.form, evidence)
    )
    text = _written(
        file, where, contract, force_id, time_zone, sample, matches, perhaps, flags, empty, doubts
    )
    return Proposal(text, doubts)


def _unlike_header(file: SourceFile, layout: Layout, part: Part) -> Problem:
    """Return what is wrong with a file most of whose rows have another number of fields than its header."""
    first = part.misshapen.arg_true()[0]
    return Problem(
        "rows_unlike_header",
        f"most rows have another number of fields than row {layout.header_row}, which was taken for the header.",
        file=file.name,
        row=part.line_no[first],
        value=part.lines([first])[0][:120],
        expected=f"{len(layout.header)} fields parted by {as_toml(layout.delimiter)}",
        remedy="Give the header as many fields as the rows have, an empty one too where rows end with a delimiter.",
    )


def likeness(theirs: str, hints: Iterable[str]) -> float:
    """Return how like a column name is to what we expect, 0 to 1.

    Examples
    --------
    >>> likeness("Incident_Number", ["incident number", "incident id"])
    1.0
    """
    words = _words(theirs)
    best = 0.0
    for rank, hint in enumerate(hints):
        if words == hint:
            return 1.0 - 0.005 * rank
        have, want = set(words.split()), set(hint.split())
        shared = len(have & want) / len(have | want)
        ratio = difflib.SequenceMatcher(None, words, hint).ratio()
        within = 0.7 if want <= have else 0.0
        best = max(best, 0.95 * max(shared, 0.9 * ratio, within) - 0.005 * rank)
    return best


def _words(name: str) -> str:
    parted = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    words = re.sub(r"[^a-z0-9]+", " ", parted.lower()).split()
    return " ".join(
        word for word in words if word not in {"time", "datetime", "at", "date", "dt", "of", "the"}
    ) or " ".join(words)


def _without_nothings(sample: pl.DataFrame) -> tuple[list[str], pl.DataFrame]:
    """Return the spellings of "nothing" that are there, and the sample with nothing in their place."""
    is_nothing = pl.all().str.to_lowercase().is_in(_NOTHINGS)
    found = {
        value
        for name in sample.columns
        for value in sample[name].filter(sample[name].str.to_lowercase().is_in(_NOTHINGS)).unique()
    }
    return sorted(found), sample.with_columns(pl.when(~is_nothing).then(pl.all()))


def _flags(contract: Contract, unused: Mapping[str, Evidence]) -> dict[str, str]:
    """Return, by qualifier of the force, the column called most like it that says yes or no, none used twice."""
    allowed = next((column.allowed for column in contract.supplied if column.name == "qualifiers"), None)
    truths = [name for name, seen in unused.items() if seen.is_truth]
    scores = {(one, name): likeness(name, [_words(one)]) for one in allowed or () for name in truths}
    flags: dict[str, str] = {}
    for qualifier, name in sorted(scores, key=lambda pair: -scores[pair]):
        if scores[qualifier, name] >= LIKELY and qualifier not in flags and name not in flags.values():
            flags[qualifier] = name
    return flags


def _matches(source: OwnRecords, contract: Contract, evidence: Mapping[str, Evidence]) -> dict[str, Match]:
    """Return the best columns for each of ours, no column used twice."""
    wanted = [column for column in contract.supplied if column.name not in {"longitude", "latitude"}]
    pairs: list[tuple[float, int, str, Match]] = []
    for order, column in enumerate(wanted):
        hints = [
            _words(hint) for hint in (column.name.removesuffix("_at"), *source.hints.get(column.name, ()))
        ]
        pairs += [(match.score, -order, column.name, match) for match in _candidates(column, hints, evidence)]
    for name in ("longitude", "latitude", *GRID):
        for theirs, seen in evidence.items():
            score = likeness(theirs, [_words(hint) for hint in source.hints.get(name, ())])
            if score >= LIKELY and seen.is_within(name):
                pairs.append(
                    (
                        score * (0.5 + 0.5 * seen.filled),
                        0,
                        name,
                        Match((theirs,), score, why=f"{seen.filled:.0%} filled"),
                    )
                )
    chosen: dict[str, Match] = {}
    used: set[str] = set()
    for score, _, name, match in sorted(pairs, key=lambda pair: (-pair[0], -pair[1])):
        if score >= LIKELY - 0.1 and name not in chosen and not used & set(match.names):
            chosen[name] = match
            used |= set(match.names)
    _add_time(contract, chosen)
    return _one_place(chosen)


def _add_time(contract: Contract, chosen: dict[str, Match]) -> None:
    """Where nothing is called like the instant that every row needs, propose one that was found for another."""
    instants = [column for column in contract.supplied if column.kind is Kind.INSTANT]
    needed = next((column.name for column in instants if column.required), None)
    found = [column.name for column in instants if column.name in chosen]
    if needed is not None and needed not in chosen and found:
        match = chosen.pop(found[0])
        why = f"check: no column is called like it; this may be {found[0]} instead, {match.why}"
        chosen[needed] = replace(match, score=0.0, why=why)


def _one_place(chosen: dict[str, Match]) -> dict[str, Match]:
    """Keep longitude and latitude or the grid reference, whichever is whole, degrees first."""
    for pair, other in ((("longitude", "latitude"), GRID), (GRID, ("longitude", "latitude"))):
        if all(name in chosen for name in pair):
            return {name: match for name, match in chosen.items() if name not in other}
    return {name: match for name, match in chosen.items() if name not in {"longitude", "latitude", *GRID}}


def _candidates(column: Column, hints: Sequence[str], evidence: Mapping[str, Evidence]) -> Iterable[Match]:
    if column.kind is Kind.INSTANT:
        yield from _instants(hints, evidence)
        return
    for theirs, seen in evidence.items():
        score = likeness(theirs, hints)
        if score < LIKELY or seen.filled == 0 or not seen.fits(column):
            continue
        if column.required and column.kind is Kind.TEXT:
            if seen.distinct < 0.9:
                continue
            score = min(1.0, score + 0.1 * (seen.distinct == 1))
        if column.kind is Kind.CODE and column.allowed:
            score = min(1.0, score + 0.2 * seen.share_in(column.allowed))
        yield Match((theirs,), score, why=f"{seen.filled:.0%} filled, {seen.n_distinct:,} different values")


def _instants(hints: Sequence[str], evidence: Mapping[str, Evidence]) -> Iterable[Match]:
    for theirs, seen in evidence.items():
        form = seen.form
        if form is not None and seen.has_date and seen.has_time:
            score = likeness(theirs, hints)
            more = seen.mixed.more if seen.mixed else ()
            yield Match((theirs,), max(score, LIKELY - 0.1), form, _why(seen.filled, seen), more)
        elif seen.epoch is not None and (score := likeness(theirs, hints)) >= LIKELY:
            counted = "milliseconds" if seen.epoch == "epoch_ms" else "seconds"
            yield Match((theirs,), score, seen.epoch, f"{seen.filled:.0%} filled, {counted} since 1970")
        elif form is not None and seen.has_date:
            for clock, other in evidence.items():
                if other.form is not None and other.has_time and not other.has_date:
                    score = max(
                        likeness(theirs, hints), likeness(clock, hints), likeness(f"{theirs} {clock}", hints)
                    )
                    both = time_format([form, other.form])
                    yield Match(
                        (theirs, clock),
                        max(score - 0.02, LIKELY - 0.1),
                        both,
                        _why(min(seen.filled, other.filled), seen),
                    )


def _why(filled: float, seen: Evidence) -> str:
    doubt = "; check: day and month could stand the other way round" if seen.either_way else seen.doubt
    if seen.mixed:
        doubt = "; check: some are text and others dates of a spreadsheet"
    return f"{filled:.0%} filled{doubt}"


def _add_key(
    contract: Contract, evidence: Mapping[str, Evidence], sample: pl.DataFrame, matches: dict[str, Match]
) -> None:
    """Where no column tells the rows apart, propose the fewest columns that together do."""
    key = contract.key
    if key is None or key in matches:
        return
    single = [
        name
        for name, seen in evidence.items()
        if seen.distinct == 1 and seen.filled == 1 and sample.height > 1
    ]
    if single:
        matches[key] = Match((single[0],), LIKELY, why="a different value in every row")
        return
    joined: list[str] = []
    n_distinct = 0
    while len(joined) < 6:
        gains = {
            name: sample.select([*joined, name]).n_unique() for name in sample.columns if name not in joined
        }
        if not gains or max(gains.values()) <= n_distinct:
            break
        best = max(gains, key=lambda name: gains[name])
        joined.append(best)
        n_distinct = gains[best]
        if n_distinct == sample.height:
            break
    share = n_distinct / sample.height
    why = f"no column tells the rows apart; these together do in {share:.1%} of rows. Rows alike in all are duplicates"
    matches[key] = Match(tuple(joined), 0.0, why=why)


def _header(file: SourceFile, rows: Sheet | None) -> tuple[int, int]:
    """Return how many columns are named in the first row that names most, of the first twenty, and that row."""
    best, most = 1, 0
    for number in range(1, 2 if is_parquet(file) else 21):
        try:
            header = rows.header(number) if rows else read_layout(file, header_row=number).header
        except BadInput:
            continue
        named = [name for name in header if not re.fullmatch(r"column \d+|.* \(\d+\)|[\d .:/-]*", name)]
        if len(named) > most:
            best, most = number, len(named)
    return most, best


def _written(
    file: SourceFile,
    where: list[str],
    contract: Contract,
    force_id: str,
    time_zone: str,
    sample: pl.DataFrame,
    matches: Mapping[str, Match],
    perhaps: Mapping[str, Match],
    flags: Mapping[str, str],
    empty: Sequence[str],
    doubts: Sequence[DateDoubt],
) -> str:
    lines = [
        *(f"# CHECK FIRST {doubt}" for doubt in doubts),
        *(["#"] if doubts else []),
        f"# A mapping for {contract.name}, proposed from {file.published_name} ({sample.height:,} rows looked at).",
        '# Go through the lines marked "check", then try it: --mapping THIS_FILE --dry-run.',
        f"table = {as_toml(contract.name)}",
        f"force = {as_toml(force_id)}",
        f"time_zone = {as_toml(time_zone)}",
        *(
            [f"empty = [{', '.join(map(as_toml, empty))}]  # check: stand for nothing, it seems"]
            if empty
            else []
        ),
        "",
        "[file]",
        *where,
        "",
        "[columns]",
    ]
    names = [column.name for column in contract.supplied]
    in_order = sorted(matches, key=lambda one: (names.index(one) if one in names else len(names), one))
    lines += [_column_line(name, matches[name]) for name in in_order]
    for column in contract.supplied:
        is_placed = column.name in {"longitude", "latitude"} and GRID[0] in matches
        if column.name in perhaps:
            lines.append(f"# {_column_line(column.name, perhaps[column.name])}, perhaps")
        elif column.name not in matches and not is_placed:
            need = "needed: name it here or under [constants]" if column.required else "optional"
            lines.append(f"# {column.name} = {as_toml('')}  # not found ({need}). {column.description}")
    for column in contract.supplied:
        if column.name in matches and column.allowed:
            lines += ["", *_code_lines(column, matches[column.name], sample)]
    if flags:
        lines += ["", "[flags]", *(f"{name} = {as_toml(theirs)}" for name, theirs in flags.items())]
    used = {*flags.values(), *(name for match in matches.values() for name in match.names)}
    if unused := [name for name in sample.columns if name not in used]:
        lines += ["", "# Columns of the file that are not used:"]
        lines += [f"#   {name}{_why_unused(sample[name])}" for name in unused]
    return "\n".join(lines) + "\n"


def _why_unused(values: pl.Series) -> str:
    given = values.drop_nulls()
    is_grouped = given.len() > 0 and given.str.contains(_GROUPED).mean() > 0.5  # type: ignore[operator]
    return (
        "  # check: export numbers with a point for decimals and nothing between thousands"
        if is_grouped
        else ""
    )


def _column_line(name: str, match: Match) -> str:
    mark = "" if match.score >= SURE and "check" not in match.why else "check: "
    if match.form or len(match.names) > 1:
        names = ", ".join(as_toml(one) for one in match.names)
        names = names if len(match.names) == 1 else f"[{names}]"
        form = f", format = {as_toml(match.form)}" if match.form else ""
        if match.more:
            form = f", formats = [{', '.join(map(as_toml, (match.form or '', *match.more)))}]"
        value = f"{{ from = {names}{form} }}"
    else:
        value = as_toml(match.names[0])
    return f"{name} = {value}  # {mark}{match.why.removeprefix(mark)}".replace("\n", " ")


def _code_lines(column: Column, match: Match, sample: pl.DataFrame) -> list[str]:
    """Return a [values] section: codes that are clear, and the others as comments to fill in."""
    allowed = column.allowed or ()
    counted = sample[match.names[0]].drop_nulls().value_counts(sort=True, name="n")
    lines = [f"[values.{column.name}]", f"# Ours: {', '.join(allowed)}. Codes left out here are refused."]
    for code, count in counted.head(MOST_CODES).iter_rows():
        known = {re.sub(r"[^a-z0-9]+", "_", one.lower()): one for one in allowed}
        meaning = known.get(re.sub(r"[^a-z0-9]+", "_", code.lower()).strip("_"))
        if meaning is not None:
            lines.append(f"{as_toml(code)} = {as_toml(meaning)}  # {count:,} rows")
        else:
            lines.append(f"# {as_toml(code)} = {as_toml('')}  # check: {count:,} rows")
    if counted.height > MOST_CODES:
        lines.append(f'# and {counted.height - MOST_CODES:,} more; patterns such as "PSW*" take many at once')
    return lines
