"""One import from files to lake: read in parts, check, part good rows from refused, keep, announce.

Which supplier the files come from is the source's business; everything after reading is the same for all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.core.progress import Progress
from constabulary.numeric.seen import SeenKeys
from constabulary.services.records.editions import covered, n_replaced
from constabulary.services.records.refusals import MOST_VALUES, failures_of, keep_refused, notice_of
from constabulary.sources.csv_parts import Part
from constabulary.sources.files import SourceFile, sha256_of
from constabulary.sources.mended import MENDED
from constabulary.store.lake import ImportWriter, Lake
from constabulary.store.records import FileRecord, ImportRecord, Notice, edition_order
from constabulary.tables.check import by_distinct, check, is_constant
from constabulary.tables.contract import Contract, Kind

DAYS_A_SHELF = 31
"""Days whose keys are compared with each other: about a month, as files come by the month."""


class Reader(Protocol):
    """A file of a known supplier, ready to be read to one contract."""

    @property
    def file(self) -> SourceFile:
        """Where it is."""

    @property
    def contract(self) -> Contract:
        """The table it feeds."""

    @property
    def header(self) -> Sequence[str]:
        """Its column names as they stand in the file."""

    @property
    def mends(self) -> str | None:
        """The import whose refused rows these are, mended; None for any other file."""

    @property
    def delimiter(self) -> str:
        """What stands between two fields of a line."""

    def parts(self) -> Iterator[tuple[Part, pl.DataFrame, pl.DataFrame]]:
        """Yield each part, its text under our column names, and the same typed."""


class Derive(Protocol):
    """What the import works out for accepted rows: the contract's derived columns but the trace."""

    def __call__(self, frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
        """Return the frame with the derived columns added."""


@dataclass(frozen=True)
class Ingested:
    """What came of one or several imports made together.

    Parameters
    ----------
    imports
        The imports announced; none where every file was known already.
    files
        Every file read, known ones too.
    notices
        What was noticed, refusals first.
    """

    imports: tuple[ImportRecord, ...]
    files: tuple[FileRecord, ...]
    notices: tuple[Notice, ...]

    @property
    def n_superseded(self) -> int:
        """Rows of earlier editions replaced."""
        return sum(record.n_superseded for record in self.imports)


@dataclass
class _Tally:
    """Counts of one import as it is read."""

    coverage: Counter[tuple[str, str, date]] = field(default_factory=Counter)
    notices: dict[tuple[str, str | None], Notice] = field(default_factory=dict)

    def notice(self, new: Notice) -> None:
        known = self.notices.get((new.rule, new.column))
        if known:
            values = (Counter(dict(known.values)) + Counter(dict(new.values))).most_common(MOST_VALUES)
            new = replace(known, count=known.count + new.count, values=tuple(values))
        self.notices[new.rule, new.column] = new


class _Steps:
    """Tells progress through one file, packed or not, and sees that it stays as it is meanwhile."""

    def __init__(self, progress: Progress, done_bytes: float, total_bytes: float, file: SourceFile) -> None:
        self._progress = progress
        self._done_bytes = done_bytes
        self._total_bytes = total_bytes
        self._file = file
        self._state = file.state
        self._n_bytes = 0
        self.file_bytes = file.packed_bytes

    def read(self, n_bytes: int) -> None:
        """Say that so many bytes more were read and kept."""
        self._n_bytes += n_bytes
        # A packed file holds more than its size: the last stretch of it then comes at once.
        done_bytes = self._done_bytes + min(self._n_bytes, self.file_bytes)
        self._progress(done_bytes, self._total_bytes, f"Reading {self._file.published_name}")
        self.see()

    def see(self) -> None:
        """See that the file is as it was when it was begun; one that grows as it is read might have no end."""
        if self._file.state != self._state:
            raise BadInput(
                Problem(
                    "changed_while_read",
                    "the file changed while it was read",
                    file=self._file.name,
                    expected="a file at rest",
                    remedy="Wait until it is written and import it again; nothing of it was kept.",
                )
            )


def ingest(
    lake: Lake,
    batches: Sequence[Sequence[Reader]],
    template: ImportRecord,
    derive: Derive,
    progress: Progress,
    *,
    is_trial: bool = False,
) -> Ingested:
    """Import batches of files, each batch one edition, all of them or none.

    Parameters
    ----------
    lake
        Where to; the caller holds the workspace for writing.
    batches
        The files of each edition, earlier editions first; files that mend an import are batches of their own.
    template
        What is known of the imports before reading: kind, at, by, edition, mapping.
    derive
        Works out the derived columns.
    progress
        Told the bytes done.
    is_trial
        Whether to find out what would come of it, and keep nothing.

    Returns
    -------
    Ingested
        Every file with rows read = accepted + refused + duplicates.

    Raises
    ------
    BadInput
        If a file is damaged; nothing is then imported.
    """
    lake.sweep()
    _find_mended(lake, batches)
    known = {file.sha256: file for record in lake.imports() if record.is_live for file in record.files}
    total_bytes = sum(reader.file.packed_bytes for batch in batches for reader in batch) or 1
    done_bytes = 0
    writers: list[ImportWriter] = []
    imports: list[ImportRecord] = []
    every_file: list[FileRecord] = []
    told = _Tally()
    try:
        for batch in batches:
            import_id = lake.next_import_id([record.import_id for record in imports])
            writer = lake.writer(import_id)
            writers.append(writer)
            record = replace(template, import_id=import_id, edition_of=batch[0].mends)
            tally = _Tally()
            seen = _seen_before(lake, record, batch, dict(zip(imports, writers, strict=False)))
            files: list[FileRecord] = []
            for reader in batch:
                steps = _Steps(progress, done_bytes, total_bytes, reader.file)
                steps.read(0)
                sha256 = sha256_of(reader.file)
                if sha256 in known:
                    file = replace(
                        known[sha256],
                        name=reader.file.name,
                        n_accepted=0,
                        n_refused=0,
                        n_duplicates=known[sha256].n_read,
                    )
                    tally.notice(Notice("file_already_imported", 1, is_refusal=False, file=reader.file.name))
                else:
                    file = _ingest_file(reader, sha256, len(files), writer, seen, derive, tally, steps)
                    files.append(file)
                    known[sha256] = file
                every_file.append(file)
                done_bytes += steps.file_bytes
            if files:
                imports.append(_finished(record, files, tally, [*lake.imports(), *imports]))
            else:
                writers.pop()
            for notice in tally.notices.values():
                told.notice(notice)
        progress(total_bytes, total_bytes, "Keeping")
        if is_trial:
            lake.discard(writers)
        elif imports:
            lake.announce(imports, writers)
    except BaseException:
        lake.discard(writers)
        raise
    notices = sorted(told.notices.values(), key=lambda notice: not notice.is_refusal)
    return Ingested(tuple(imports), tuple(every_file), tuple(notices))


class _FileIntake:
    """One file on its way into the lake: counts what becomes of its rows, part by part."""

    def __init__(
        self,
        reader: Reader,
        file_no: int,
        writer: ImportWriter,
        seen: SeenKeys,
        derive: Derive,
        tally: _Tally,
    ) -> None:
        self._contract = reader.contract
        key = self._contract.key
        columns = (key, self._contract.period, self._contract.scope) if key else ()
        self._is_key_derived = any(self._contract.column(name).derived for name in columns)
        self._name = reader.file.name
        self._file_no = file_no
        self._writer = writer
        self._seen = seen
        self._derive = derive
        self._tally = tally
        self.n_read = self.n_refused = self.n_duplicates = 0
        self.n_by_period: Counter[date] = Counter()

    def take(self, read: tuple[Part, pl.DataFrame, pl.DataFrame]) -> int:
        """Take in one part, and return its size (bytes).

        No frame of a part outlives it, so that Polars forgets its categories and looks those of the next part up in
        a small table: with every street of several forces in it, reading takes a third longer.
        """
        part, text, frame = read
        failures = failures_of(part, check(frame, text, self._contract))
        is_refused = _all(frame, is_so=False)
        for failure in failures:
            is_refused |= failure.is_broken
        self.n_read += frame.height
        self.n_refused += int(is_refused.sum())
        if failures:
            keep_refused(self._writer, self._contract, self._file_no, part, text, failures, is_refused)
            for failure in failures:
                self._tally.notice(notice_of(failure, self._name, part, text))
        self._note(part)
        frame = frame.with_columns(part.line_no.alias("source_row"))
        is_kept = ~is_refused
        if not self._is_key_derived:
            is_kept &= ~self._met_before(frame, is_kept)
        kept = frame.filter(is_kept)
        kept = kept.with_columns(pl.Series("file_no", [self._file_no]).new_from_index(0, kept.height))
        accepted = self._derive(kept, self._contract)
        if n_placed := _n_placed(kept, accepted):
            self.notice("placed_by_point", n_placed, column="lsoa_code")
        if self._is_key_derived:
            accepted = accepted.filter(~self._met_before(accepted, _all(accepted, is_so=True)))
        self._keep(accepted)
        return len(part.body)

    def _note(self, part: Part) -> None:
        """Tell what is odd about a part and no reason to refuse a row."""
        if part.n_recoded:
            self.notice("read_as_windows_1252", part.n_recoded, expected="UTF-8")
        if part.is_cut:
            self.notice(
                "no_final_line_break",
                1,
                row=part.line_no[-1] if part.line_no.len() else None,
                expected="a line break after the last row; without one the file may be cut short",
            )

    def _met_before(self, rows: pl.DataFrame, is_asked: pl.Series) -> pl.Series:
        """Return which of the rows asked for have a key that was met before, and tell of them."""
        key = self._contract.key
        if key is None:
            return _all(rows, is_so=False)
        is_seen = _is_seen(rows, self._contract, self._seen, is_asked)
        if n_seen := int(is_seen.sum()):
            first = is_seen.arg_true()[0]
            self.n_duplicates += n_seen
            self.notice(
                "duplicate_key",
                n_seen,
                row=rows["source_row"][first],
                column=key,
                value=str(rows[key][first]),
            )
        return is_seen

    def _keep(self, accepted: pl.DataFrame) -> None:
        contract = self._contract
        if "is_ambiguous_hour" in accepted.columns and (n_twice := int(accepted["is_ambiguous_hour"].sum())):
            first = accepted.filter("is_ambiguous_hour")["source_row"][0]
            self.notice("hour_that_came_twice", n_twice, row=first)
        if contract.is_feed:
            accepted = accepted.sort(contract.period, maintain_order=True)
        self._writer.write(contract.name, accepted[contract.schema.names()])
        for scope, period, count in _counted(accepted, contract):
            self._tally.coverage[contract.name, scope, period] += count
            self.n_by_period[period] += count

    def notice(self, rule: str, count: int, **told: Any) -> None:
        """Tell something noticed that is no reason to refuse a row."""
        self._tally.notice(Notice(rule, count, is_refusal=False, file=self._name, **told))


def _ingest_file(
    reader: Reader,
    sha256: str,
    file_no: int,
    writer: ImportWriter,
    seen: SeenKeys,
    derive: Derive,
    tally: _Tally,
    steps: _Steps,
) -> FileRecord:
    intake = _FileIntake(reader, file_no, writer, seen, derive, tally)
    for n_bytes in map(intake.take, reader.parts()):
        steps.read(n_bytes)
    steps.see()
    if reader.contract.column(reader.contract.period).kind is Kind.MONTH and not reader.mends:
        # A stray month makes the file an edition of that month, and hides what an earlier edition holds of it.
        n_stray = intake.n_by_period.total() - max(intake.n_by_period.values(), default=0)
        if n_stray:
            intake.notice("several_months", n_stray, column=reader.contract.period)
    n_accepted = intake.n_read - intake.n_refused - intake.n_duplicates
    return FileRecord(
        reader.file.name,
        sha256,
        intake.n_read,
        n_accepted,
        intake.n_refused,
        intake.n_duplicates,
        tuple(reader.header),
        reader.delimiter,
    )


def _all(rows: pl.DataFrame, *, is_so: bool) -> pl.Series:
    """Return the same truth for each row."""
    return pl.Series([is_so]).new_from_index(0, rows.height)


def _counted(accepted: pl.DataFrame, contract: Contract) -> list[tuple[str, date, int]]:
    """Return the number of rows by scope and period."""
    scope, period = accepted[contract.scope], accepted[contract.period]
    if is_constant(scope) and is_constant(period):
        return [(scope[0], period[0], accepted.height)]
    return accepted.group_by(contract.scope, contract.period).len().rows()


def _n_placed(read: pl.DataFrame, derived: pl.DataFrame) -> int:
    """Count the rows whose area the supplier did not record and the import found from the map point."""
    return (
        read["lsoa_code"].null_count() - derived["lsoa_code"].null_count()
        if "lsoa_code" in read.columns
        else 0
    )


def _is_seen(frame: pl.DataFrame, contract: Contract, seen: SeenKeys, is_asked: pl.Series) -> pl.Series:
    """Return which of the rows asked for have a key that was met before; a row without a key has none."""
    key = contract.key or ""
    is_asked &= frame[key].is_not_null()
    rows = frame[[key, contract.period, contract.scope]].filter(is_asked)
    period = rows[contract.period]
    # By the texts: the codes of categories hold only as long as some frame uses them.
    scope = by_distinct(rows[contract.scope], pl.col("value").hash(3), pl.UInt64())
    hashes = rows[key].hash(1) ^ period.hash(2)
    shelves = (period.to_physical().cast(pl.Int64()) // DAYS_A_SHELF).reinterpret(signed=False) ^ scope
    marks = is_asked.to_numpy().copy()
    marks[marks] = seen.add(hashes.to_numpy(), shelves.to_numpy())
    return pl.Series(marks)


def _seen_before(
    lake: Lake, record: ImportRecord, batch: Sequence[Reader], staged: Mapping[ImportRecord, ImportWriter]
) -> SeenKeys:
    """Return the keys of the edition that this import adds to, where it adds to one."""
    seen = SeenKeys()
    every = lake.imports()
    rank = edition_order([*every, *staged, record])
    same = {
        other.import_id
        for other in every
        if other.is_live and rank[other.import_id] == rank[record.import_id]
    }
    for contract in {reader.contract.name: reader.contract for reader in batch}.values():
        if contract.key is None:
            continue
        paths = lake.files_of(contract.name, same)
        for other, writer in staged.items():
            if rank[other.import_id] == rank[record.import_id]:
                paths += writer.staged(contract.name)
        for path in paths:
            columns = [contract.key, contract.period, contract.scope]
            rows = pl.read_parquet(path, columns=columns, glob=False, hive_partitioning=False)
            _is_seen(rows, contract, seen, rows[contract.key].is_not_null())
    return seen


def _find_mended(lake: Lake, batches: Sequence[Sequence[Reader]]) -> None:
    """See that the imports whose rows were mended are there, lest a few rows pass for an edition of their own."""
    live = {record.import_id for record in lake.imports() if record.is_live}
    problems = [
        Problem(
            "mends_no_import",
            f'these are refused rows of import "{reader.mends}", and there is no such import here',
            file=reader.file.name,
            column=MENDED[0],
            value=reader.mends,
            expected="rows refused by an import of this workspace that is not withdrawn",
            remedy="Import them where they were refused, or import the whole file anew.",
        )
        for batch in batches
        for reader in batch
        if reader.mends is not None and reader.mends not in live
    ]
    if problems:
        raise BadInput(problems)


def _finished(
    record: ImportRecord, files: Sequence[FileRecord], tally: _Tally, earlier: Sequence[ImportRecord]
) -> ImportRecord:
    by_scope: dict[tuple[str, str], Counter[tuple[str, str, date]]] = {}
    for (table, scope, period), n_rows in tally.coverage.items():
        by_scope.setdefault((table, scope), Counter())[table, scope, period] = n_rows
    coverage = tuple(
        part for (table, scope), counts in sorted(by_scope.items()) for part in covered(table, scope, counts)
    )
    finished = replace(record, files=tuple(files), coverage=coverage)
    n_superseded, n_hidden = n_replaced(finished, earlier)
    if n_hidden:
        tally.notice(Notice("hidden_by_later_edition", n_hidden, is_refusal=False))
    return replace(finished, notices=tuple(tally.notices.values()), n_superseded=n_superseded)
