"""Damaged files: exact counts or one clear error, never a traceback, never half an import."""

from __future__ import annotations

import csv
import errno
import gzip
import os
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from constabulary.services.workspace.workspaces import Workspace
from constabulary.store.lake import Lake
from constabulary.store.lens import Lens
from constabulary.tables.catalogue import CONTRACTS

Run = Callable[..., Any]
N = 40
MEASURED = """
import atexit
from constabulary.cli import main
atexit.register(lambda: print(open("/proc/self/status").read()))
main()
"""
"""The command line, telling its peak memory at the end (KiB)."""


@pytest.fixture
def street(police: Any) -> Path:
    path: Path = police.street(N)
    return path


@pytest.fixture
def imported(workspace: Workspace, run_json: Run) -> Run:
    """Import files and give rows read, accepted, refused, duplicates, and the problems by rule."""

    def call(*paths: Path) -> tuple[int, int, int, int, dict[str, int]]:
        report = run_json("import", "police-uk", *paths, workspace=workspace)
        problems: dict[str, int] = {}
        for problem in report["problems"]:
            problems[problem["rule"]] = problems.get(problem["rule"], 0) + problem["count"]
        assert report["rows_read"] == report["accepted"] + report["refused"] + report["duplicates"]
        return report["rows_read"], report["accepted"], report["refused"], report["duplicates"], problems

    return call


@pytest.fixture
def turned_away(workspace: Workspace, run: Run, contents: Run) -> Iterator[Run]:
    """Import files that must be turned away whole, and give what was said."""

    def call(*paths: Path, status: int = 3) -> str:
        before = contents(workspace)
        answer = run("import", "police-uk", *paths, workspace=workspace)
        assert answer.exit_code == status, answer.output
        assert answer.stdout == ""
        assert answer.stderr.startswith("Error: ")
        assert "Traceback" not in answer.stderr
        assert contents(workspace) == before
        assert status == 8 or Lake(workspace.lake_path).sweep() == 0
        text: str = answer.stderr
        return text

    yield call


def sql(workspace: Workspace, query: str) -> list[tuple[Any, ...]]:
    lens = Lens(Lake(workspace.lake_path), list(CONTRACTS.values()))
    try:
        return lens.sql(query).rows()
    finally:
        lens.close()


def edit(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> Path:
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    return path


def stored(workspace: Workspace) -> list[tuple[Any, ...]]:
    return sql(
        workspace, "SELECT source_row, crime_id, longitude, location, last_outcome FROM crimes ORDER BY 1"
    )


@pytest.mark.parametrize("change", ["BOM", "CRLF", "no last line break", "blank lines at the end"])
def test_another_dress_of_the_same_rows_is_read_alike(
    workspace: Workspace, imported: Run, street: Path, change: str
) -> None:
    with street.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    raw = street.read_bytes()
    street.write_bytes(
        {"BOM": b"\xef\xbb\xbf" + raw, "CRLF": raw.replace(b"\n", b"\r\n"), "no last line break": raw[:-1],
         "blank lines at the end": raw + b"\n\r\n"}[change]
    )  # fmt: skip
    told = {"no_final_line_break": 1} if change == "no last line break" else {}
    assert imported(street) == (N, N, 0, 0, told)
    assert stored(workspace) == [
        (number, row[0] or None, float(row[4]) if row[4] else None, row[6], row[10] or None)
        for number, row in enumerate(rows, start=2)
    ]


def test_lines_in_windows_1252_are_read_as_such_beside_lines_in_utf_8(
    workspace: Workspace, imported: Run, street: Path
) -> None:
    def change(lines: list[bytes]) -> list[bytes]:
        lines[3] = lines[3].replace(b"Mill Road", "Café Row’s End".encode("cp1252"))
        lines[5] = lines[5].replace(b"Mill Road", "Llŷn Street".encode())
        return lines

    assert imported(edit(street, change)) == (N, N, 0, 0, {"read_as_windows_1252": 1})
    found = dict(sql(workspace, "SELECT source_row, location FROM crimes WHERE source_row IN (4, 6)"))
    assert found == {4: "On or near Café Row’s End", 6: "On or near Llŷn Street"}


def test_months_with_day_and_year_swapped_are_refused_one_by_one(imported: Run, street: Path) -> None:
    street.write_text(street.read_text().replace(",2024-10,", ",10-2024,"))
    assert imported(street) == (N, 0, N, 0, {"unreadable": N})


def test_a_cut_gzip_is_turned_away(turned_away: Run, street: Path, tmp_path: Path) -> None:
    packed = gzip.compress(street.read_bytes())
    for share in (0.3, 0.99):
        cut = tmp_path / "2024-10-cambridgeshire-street.csv.gz"
        cut.write_bytes(packed[: int(len(packed) * share)])
        assert "cut short or damaged" in turned_away(cut)


def test_a_gzip_with_a_wrong_byte_is_turned_away(turned_away: Run, street: Path, tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(street.read_bytes()))
    packed[len(packed) // 2] ^= 0xFF
    bad = tmp_path / "bad.csv.gz"
    bad.write_bytes(packed)
    assert "cut short or damaged" in turned_away(bad)


def test_one_damaged_file_among_good_ones_turns_all_of_them_away(
    turned_away: Run, police: Any, street: Path
) -> None:
    police.street(5, "2024-11"), police.stops(5)
    (street.parent / "z-street.csv.gz").write_bytes(gzip.compress(street.read_bytes())[:-9])
    assert "z-street.csv.gz" in turned_away(police.folder)


def test_a_file_cut_in_the_middle_of_a_row_loses_that_row_alone_and_says_so(
    imported: Run, street: Path
) -> None:
    raw = street.read_bytes()
    last = raw.rstrip(b"\n").rfind(b"\n")
    street.write_bytes(raw[: last + 90])
    assert imported(street) == (N, N - 1, 1, 0, {"wrong_number_of_fields": 1, "no_final_line_break": 1})


def test_a_header_met_again_further_down_is_refused_as_a_row(imported: Run, street: Path) -> None:
    edit(street, lambda lines: [*lines[:11], lines[0], *lines[11:]])
    read, accepted, refused, _, problems = imported(street)
    assert (read, accepted, refused) == (N + 1, N, 1)
    assert set(problems) == {"unreadable", "malformed", "not_in_list"}


@pytest.mark.parametrize(("change", "words"), [
    (lambda lines: [b"Cambridgeshire Constabulary,,,\n", *lines], "as "),
    (lambda lines: [lines[0].rstrip() + b"," + lines[0], *lines[1:]], "besides"),
    (lambda lines: [lines[0].replace(b"Longitude,", b""), *lines[1:]], "lacks Longitude"),
    (lambda lines: [lines[0].replace(b"Context", b"Context,Officer"), *lines[1:]], "has Officer besides"),
    (lambda lines: [lines[0].replace(b"Falls within", b"Month"), *lines[1:]], "lacks Falls within"),
    (lambda lines: lines[1:], "the header is none"),
    (lambda lines: [lines[0].rstrip() + lines[1], *lines[2:]], "the header is none"),
    (lambda lines: [b"".join(lines).decode().encode("utf-16")], "does not begin with a line of column names"),
    (lambda lines: [b"".join(lines).replace(b"\n", b"\r")], "does not begin with a line of column names"),
    (lambda lines: [], "does not begin with a line of column names"),
    (lambda lines: [b"\n", *lines], "does not begin with a line of column names"),
    (lambda lines: [b"\x00" * 4096], "does not begin with a line of column names"),
    (lambda lines: [b"a," * 100_000, *lines], "does not begin with a line of column names"),
], ids=["title above", "two headers in one", "column missing", "column more", "column twice", "no header",
        "header and row in one", "UTF-16", "old Mac line ends", "empty file", "empty line first", "zeros",
        "very long header"])  # fmt: skip
def test_a_header_that_is_none_of_the_three_turns_the_file_away(
    turned_away: Run, street: Path, change: Callable[[list[bytes]], list[bytes]], words: str
) -> None:
    said = turned_away(edit(street, change))
    assert words in said
    assert len(said.splitlines()) == 1


def test_a_header_alone_is_a_file_of_no_rows(imported: Run, street: Path) -> None:
    assert imported(edit(street, lambda lines: lines[:1])) == (0, 0, 0, 0, {})


def test_commas_line_breaks_and_quotation_marks_inside_quotes_belong_to_the_value(
    workspace: Workspace, imported: Run, police: Any, street: Path
) -> None:
    rows = police.street_rows(N)
    rows[3][8] = "Bournemouth, Christchurch and Poole 009D"
    rows[4][6] = 'On or near "The Crown", Mill Road'
    rows[5][6] = "On or near Mill Road\nrear entrance"
    with street.open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream))
    police.write(street, header, rows)
    assert imported(street) == (N, N, 0, 0, {})
    places = {row: place for row, _, _, place, _ in stored(workspace)}
    assert (places[6], places[7]) == (rows[4][6], rows[5][6])
    assert 8 not in places
    assert max(places) == N + 2


def test_empty_values_in_quotation_marks_are_empty(
    workspace: Workspace, imported: Run, police: Any, street: Path
) -> None:
    rows = police.street_rows(N)
    with street.open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream))
    with street.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([header, *rows])
    assert imported(street) == (N, N, 0, 0, {})
    empty = sum(not row[0] for row in rows), sum(not row[4] for row in rows), sum(not row[10] for row in rows)
    query = ", ".join(f"count(*) - count({name})" for name in ("crime_id", "longitude", "last_outcome"))
    assert sql(workspace, f"SELECT {query} FROM crimes") == [empty]


@pytest.mark.parametrize("n_quotes", [1, 2])
def test_a_quotation_mark_never_closed_costs_its_own_line_alone(
    imported: Run, street: Path, n_quotes: int
) -> None:
    def change(lines: list[bytes]) -> list[bytes]:
        for number in (5, 25)[:n_quotes]:
            lines[number] = lines[number].replace(b",On or near", b',"On or near')
        return lines

    assert imported(edit(street, change)) == (N, N - n_quotes, n_quotes, 0, {"garbled_line": n_quotes})


def test_a_quotation_mark_inside_a_value_is_part_of_it(
    workspace: Workspace, imported: Run, street: Path
) -> None:
    edit(street, lambda lines: [lines[0], lines[1].replace(b"Mill Road", b'5" Main'), *lines[2:]])
    assert imported(street) == (N, N, 0, 0, {})
    assert stored(workspace)[0][3] == 'On or near 5" Main'


def test_rows_of_too_few_and_too_many_fields_are_refused_even_where_they_cancel_out(
    imported: Run, street: Path
) -> None:
    def change(lines: list[bytes]) -> list[bytes]:
        lines[7] = lines[7].replace(b",", b"", 1)
        lines[9] = b"," + lines[9]
        lines[12] = b" \n"
        return lines

    assert imported(edit(street, change)) == (N, N - 3, 3, 0, {"wrong_number_of_fields": 3})


def test_zero_bytes_garble_their_lines_alone(imported: Run, street: Path) -> None:
    def change(lines: list[bytes]) -> list[bytes]:
        lines[7] = lines[7].replace(b"Mill", b"M\x00ll")
        lines[8] = b"\x00" * 300 + b"\n"
        return lines

    assert imported(edit(street, change)) == (N, N - 2, 2, 0, {"garbled_line": 2})


def test_a_line_of_a_million_characters_is_refused(imported: Run, street: Path) -> None:
    edit(street, lambda lines: [*lines[:3], lines[3].replace(b"Mill Road", b"x" * 1_000_000), *lines[4:]])
    assert imported(street) == (N, N - 1, 1, 0, {"garbled_line": 1})


def test_a_file_without_line_breaks_is_turned_away_before_it_fills_the_memory(
    turned_away: Run, street: Path
) -> None:
    street.write_bytes(street.read_bytes() + b"x" * (64 * 1024 * 1024))
    assert "no line break" in turned_away(street)


def test_numbers_that_are_none_and_places_off_the_earth_are_refused(
    imported: Run, police: Any, street: Path
) -> None:
    rows = police.street_rows(N)
    rows[0][4], rows[1][5], rows[2][4], rows[3][5], rows[5][7] = "nan", "inf", "1,5", "-90.5", "E0101797"
    with street.open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream))
    assert imported(police.write(street, header, rows)) == (
        N,
        N - 4,
        4,
        0,
        {"out_of_range": 3, "unreadable": 1},
    )


def test_the_hour_that_comes_twice_keeps_its_two_instants(
    workspace: Workspace, imported: Run, police: Any
) -> None:
    path = police.stops(2)
    text = path.read_text()
    for number, time in ((1, "00:30:00"), (2, "01:30:00")):
        text = text.replace(f"2024-10-{number:02d}T{number - 1:02d}:15:00", f"2024-10-27T{time}")
    path.write_text(text)
    assert imported(path) == (2, 2, 0, 0, {})
    # 27 October 2024 was a Sunday; British Summer Time ended at 01:00 UTC, so both show 01:30 on the clock.
    assert sql(
        workspace, "SELECT strftime(searched_at, '%H:%M'), local_hour_of_week FROM stops ORDER BY 1"
    ) == [
        ("00:30", 6 * 24 + 1),
        ("01:30", 6 * 24 + 1),
    ]


def test_the_hour_that_never_was_is_skipped_by_the_local_clock(
    workspace: Workspace, imported: Run, police: Any
) -> None:
    path = police.stops(2, "2024-03")
    text = path.read_text()
    for number, time in ((1, "00:59:59"), (2, "01:00:00")):
        text = text.replace(f"2024-03-{number:02d}T{number - 1:02d}:15:00", f"2024-03-31T{time}")
    path.write_text(text)
    assert imported(path) == (2, 2, 0, 0, {})
    assert sql(workspace, "SELECT local_hour_of_week FROM stops ORDER BY searched_at") == [(144,), (146,)]


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="this system tells no process its peak memory"
)
@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_a_bomb_is_left_alone_early_and_in_little_memory(
    workspace: Workspace, street: Path, tmp_path: Path, contents: Run, kind: str
) -> None:
    header, *lines = street.read_bytes().splitlines(keepends=True)
    block = lines[5] * 20_000
    packed = gzip.compress(block, 6) * 400  # a gzip file may have several members; 1.5 GB when unpacked
    bomb = tmp_path / f"bomb.{'csv.gz' if kind == 'gz' else 'zip'}"
    if kind == "gz":
        bomb.write_bytes(gzip.compress(header) + packed)
    else:
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x-street.csv", header + block * 40)
    assert bomb.stat().st_size < 10_000_000
    before = contents(workspace)
    command = [sys.executable, "-c", MEASURED, "--workspace", workspace.path, "import", "police-uk", bomb]
    child = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert child.returncode == 3, child.stderr
    assert "unpacks to more than" in child.stderr and "Traceback" not in child.stderr
    peak_kib = int(re.findall(r"VmHWM:\s+(\d+) kB", child.stdout)[0])
    assert peak_kib < 450_000, "the bomb holds three times that"
    assert contents(workspace) == before


def test_an_archive_with_a_password_or_of_nothing_is_turned_away(
    turned_away: Run, street: Path, tmp_path: Path
) -> None:
    locked = tmp_path / "locked.zip"
    with zipfile.ZipFile(locked, "w") as archive:
        archive.write(street, street.name)
    raw = bytearray(locked.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.find(mark) + at] |= 1
    locked.write_bytes(raw)
    assert "password" in turned_away(locked)
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "no such file in the folder or archive" in turned_away(tmp_path / "none.zip")
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.write(street, "2024-10/2024-10-northshire-street.csv")
        archive.write(street, "../2024-10-northshire-outcomes.csv")
    assert "leads out of the archive" in turned_away(tmp_path / "out.zip")
    (tmp_path / "text.zip").write_text("this is no archive")
    assert "damaged" in turned_away(tmp_path / "text.zip")


def test_what_is_not_there_and_what_holds_nothing_are_told_together(turned_away: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.txt").write_text("x")
    said = turned_away(tmp_path / "missing.csv", tmp_path / "folder")
    assert "missing.csv" in said and "folder" in said
    assert len(said.splitlines()) == 2


def test_a_file_that_may_not_be_read_is_turned_away(
    turned_away: Run, street: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Path.open

    def refuse(self: Path, *how: Any, **more: Any) -> Any:
        if self == street:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        return plain(self, *how, **more)

    monkeypatch.setattr(Path, "open", refuse)
    assert "cannot be read (Permission denied)" in turned_away(street)


def test_a_file_that_changes_while_it_is_read_is_turned_away(
    workspace: Workspace, street: Path, contents: Run
) -> None:
    from constabulary.core.errors import BadInput
    from constabulary.services.records import imports

    before = contents(workspace)

    def grow(done: float, total: float, doing: str) -> None:
        with street.open("a") as stream:
            stream.write("x")

    with pytest.raises(BadInput, match="changed while it was read"):
        imports.import_police_uk(workspace, [street], by="tester", progress=grow)
    assert contents(workspace) == before


@pytest.mark.parametrize("step", ["a part", "a table's commit", "the announcement"])
def test_a_full_disc_changes_nothing_and_the_import_succeeds_once_there_is_room(
    workspace: Workspace,
    turned_away: Run,
    run_json: Run,
    police: Any,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    from constabulary.store import lake

    run_json("import", "police-uk", police.street(10), workspace=workspace)
    paths = [police.street(20, "2024-11"), police.outcomes(5, "2024-11")]

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if step == "a part":
            whole, n_calls = pl.DataFrame.write_parquet, iter(range(100))
            patch.setattr(pl.DataFrame, "write_parquet",
                          lambda *a, **k: whole(*a, **k) if next(n_calls) < 1 else full())  # fmt: skip
        elif step == "a table's commit":
            commit = lake.ImportWriter.commit
            patch.setattr(lake.ImportWriter, "commit", lambda self: (commit(self), full()))
        else:
            patch.setattr(lake, "write_deltalake", full)
        answer = turned_away(*paths, status=8)
    assert "the disc is full; nothing was changed" in answer
    report = run_json("import", "police-uk", *paths, workspace=workspace)
    assert report["accepted"] == 25
    assert sql(workspace, "SELECT (SELECT count(*) FROM crimes), (SELECT count(*) FROM outcomes)") == [
        (30, 5)
    ]
    assert Lake(workspace.lake_path).sweep() == 0


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may mount a small disc")
@pytest.mark.parametrize("seed", range(4))
def test_a_disc_that_really_fills_up_changes_nothing(
    tmp_path: Path, police: Any, run: Run, run_json: Run, contents: Run, seed: int
) -> None:
    from constabulary.services.workspace.workspaces import new_workspace

    disc = tmp_path / "disc"
    disc.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disc], capture_output=True
    ).returncode:
        pytest.skip("this machine mounts no small disc")
    try:
        workspace = new_workspace(disc / "workspace", "cambridgeshire")
        run_json("import", "police-uk", police.street(10), workspace=workspace)
        before = contents(workspace)
        free = os.statvfs(disc).f_bavail * os.statvfs(disc).f_frsize
        room = random.Random(seed).randrange(4096, 200_000)
        (disc / "filler").write_bytes(b"x" * max(0, free - room))
        paths = [police.street(4000, "2024-11"), police.outcomes(500, "2024-11")]
        answer = run("import", "police-uk", *paths, workspace=workspace)
        assert answer.exit_code == 8, answer.output
        assert contents(workspace) == before
        (disc / "filler").unlink()
        assert run_json("import", "police-uk", *paths, workspace=workspace)["accepted"] == 4500
    finally:
        subprocess.run(["umount", "-l", disc], check=True)
