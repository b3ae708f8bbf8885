"""A backup holds the whole workspace, and nothing that is not whole is ever restored."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from constabulary.core.errors import BadInput, NotPermitted, WorkspaceBusy, WorkspaceMissing
from constabulary.registers import copying
from constabulary.registers.access import Person
from constabulary.services.records.imports import import_police_uk, list_imports, refused_rows
from constabulary.services.upkeep import backup
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace, new_workspace, open_workspace
from constabulary.store.lake import Lake
from constabulary.store.whole import write_whole
from constabulary.tables.catalogue import CONTRACTS

KEY = 64 * "a"
HERE = runs.at_this_computer("the keeper")
STREET = f"""\
Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,\
Last outcome category,Context
{KEY},2024-01,Cambridgeshire Constabulary,Cambridgeshire Constabulary,0.12,52.2,Mill Rd,E01017994,Cambridge 007A,Drugs,,
,2024-01,Cambridgeshire Constabulary,Cambridgeshire Constabulary,0.12,52.2,Mill Rd,E01017994,Cambridge 007A,Drugs,,
{KEY},2024-13,Cambridgeshire Constabulary,Cambridgeshire Constabulary,0.12,52.2,Mill Rd,E01017994,Cambridge 007A,Drugs,,
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace with an import, a refused row, a kept result, an upload and a waiting run; never changed."""
    folder = tmp_path_factory.mktemp("kept")
    workspace = new_workspace(folder / "workspace", "cambridgeshire")
    file = folder / "2024-01-cambridgeshire-street.csv"
    file.write_text(STREET, encoding="utf-8")
    import_police_uk(workspace, [file], by="a test")
    uploads = runs.save_uploads(workspace, [(file.name, io.BytesIO(STREET.encode()))])
    runs.start(workspace, "import-police-uk", {"paths": uploads}, HERE)
    (workspace.results_path / "0123.json").write_text('{"mean": 1.5}', encoding="utf-8")
    (workspace.path / "lake.lock").touch()
    (workspace.path / "secret_key").write_text("not to be told")
    return workspace


@pytest.fixture(scope="module")
def entries(kept: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what is in its backup, by name, in order."""
    file = tmp_path_factory.mktemp("archive") / "b.zip"
    backup.back_up(kept, file, HERE)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(workspace: Workspace) -> dict[str, list[dict[str, Any]]]:
    lake = Lake(workspace.lake_path)
    found = {}
    for name in [*CONTRACTS, "refused"]:
        files = [*lake.files(name).whole, *lake.files(name).partly]
        frames = [pl.read_parquet(file, glob=False) for file in files]
        found[name] = [row for frame in frames for row in frame.to_dicts()]
    return found


def dump(workspace: Workspace) -> list[str]:
    with closing(sqlite3.connect(workspace.path / "registers.sqlite3")) as connection:
        return [line for line in connection.iterdump() if not line.startswith("PRAGMA")]


@pytest.mark.parametrize("kind", [".zip", ".tar.gz"])
def test_a_restored_workspace_has_every_row_import_result_and_register_of_the_first(
    kept: Workspace, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / f"backup{kind}"
    made = backup.back_up(kept, file, HERE)
    assert made.has_registers
    restored = backup.restore(file, tmp_path / "restored")
    again = open_workspace(tmp_path / "restored")

    assert restored.n_files == made.n_files
    assert rows(again) == rows(kept)
    assert len(rows(again)["crimes"]) == 2
    assert list_imports(again) == list_imports(kept)
    assert refused_rows(again, "000001")["line"].to_list() == refused_rows(kept, "000001")["line"].to_list()
    assert dump(again) == dump(kept)
    assert "registers_run" in "".join(dump(again))
    assert (again.results_path / "0123.json").read_text() == '{"mean": 1.5}'
    force = {path.relative_to(kept.force_path): path.read_bytes() for path in kept.force_path.rglob("*.*")}
    assert {
        path.relative_to(again.force_path): path.read_bytes() for path in again.force_path.rglob("*.*")
    } == force
    runs.work(again, once=True)
    assert runs.list_runs(again)[0].state == "done"


def test_locks_and_the_key_that_signs_forms_stay_behind(kept: Workspace, entries: dict[str, bytes]) -> None:
    assert (kept.path / "secret_key").exists()
    assert not [name for name in entries if "secret" in name or name.endswith((".lock", "-wal", "-shm"))]


def test_taking_a_backup_needs_the_permission_to_take_records_away(kept: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted):
        backup.back_up(kept, tmp_path / "b.zip", Person("a stranger", is_at_this_computer=False))
    assert not (tmp_path / "b.zip").exists()


def test_no_backup_is_taken_while_another_process_writes(kept: Workspace, tmp_path: Path) -> None:
    with kept.writing(), pytest.raises(WorkspaceBusy):
        backup.back_up(kept, tmp_path / "b.zip", HERE)
    assert [path.name for path in tmp_path.iterdir() if "b.zip" in path.name] == []


@pytest.mark.parametrize(
    ("name", "message"),
    [("b.rar", "no such kind"), ("absent/b.zip", "folder")],
)
def test_a_backup_goes_to_a_new_file_outside_the_workspace(
    kept: Workspace, tmp_path: Path, name: str, message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        backup.back_up(kept, tmp_path / name, HERE)
    with pytest.raises(BadInput, match="lie in the workspace"):
        backup.back_up(kept, kept.path / "b.zip", HERE)


def test_an_earlier_backup_is_not_overwritten(kept: Workspace, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("precious")
    with pytest.raises(BadInput, match="exists"):
        backup.back_up(kept, tmp_path / "b.zip", HERE)
    assert (tmp_path / "b.zip").read_text() == "precious"


def test_a_folder_with_something_in_it_is_not_restored_into(
    entries: dict[str, bytes], tmp_path: Path
) -> None:
    write(tmp_path / "b.zip", entries)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").touch()
    with pytest.raises(BadInput, match="not empty"):
        backup.restore(tmp_path / "b.zip", tmp_path / "full")


def test_nothing_is_restored_under_a_name_that_the_lake_cannot_bear(
    entries: dict[str, bytes], tmp_path: Path
) -> None:
    write(tmp_path / "b.zip", entries)
    with pytest.raises(BadInput, match="the name of the folder"):
        backup.restore(tmp_path / "b.zip", tmp_path / "work [1]")
    assert [one.name for one in tmp_path.iterdir()] == ["b.zip"]


Change = Callable[[dict[str, bytes]], None]


def drop(entries: dict[str, bytes]) -> None:
    del entries["force/force.toml"]


def alter(entries: dict[str, bytes]) -> None:
    entries["force/force.toml"] = entries["force/force.toml"].replace(b"a", b"b", 1)


def lengthen(entries: dict[str, bytes]) -> None:
    entries["force/force.toml"] += b"\n"


def add(entries: dict[str, bytes]) -> None:
    entries["force/more.csv"] = b"x"


def list_and_add(name: str) -> Change:
    def change(entries: dict[str, bytes]) -> None:
        listed = json.loads(entries["backup.json"])
        sha256 = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of "x"
        listed["files"].append({"path": name, "bytes": 1, "sha256": sha256})
        entries["backup.json"] = json.dumps(listed).encode()
        entries[name] = b"x"

    return change


def unlist(entries: dict[str, bytes]) -> None:
    del entries["backup.json"]


def garble(entries: dict[str, bytes]) -> None:
    entries["backup.json"] = b"[1]"


@pytest.mark.parametrize("kind", [".zip", ".tar.gz"])
@pytest.mark.parametrize(
    "change",
    [
        *(drop, alter, lengthen, add, unlist, garble),
        *map(
            list_and_add, ["../evil", "/evil", "force/../../evil", "C:/evil", "force\\..\\evil", "secret_key"]
        ),
    ],
)
def test_an_archive_that_was_tampered_with_restores_nothing(
    entries: dict[str, bytes], tmp_path: Path, change: Change, kind: str
) -> None:
    changed = dict(entries)
    change(changed)
    evil = tmp_path / f"evil{kind}"
    write(evil, changed)
    with pytest.raises(BadInput, match="the archive"):
        backup.restore(evil, tmp_path / "restored")
    assert [path.name for path in tmp_path.iterdir()] == [evil.name]


@pytest.mark.parametrize("kind", [".zip", ".tar.gz"])
def test_the_same_archive_written_again_is_restored(
    entries: dict[str, bytes], tmp_path: Path, kind: str
) -> None:
    write(tmp_path / f"same{kind}", entries)
    assert backup.restore(tmp_path / f"same{kind}", tmp_path / "restored").n_files == len(entries) - 1


def test_a_link_in_an_archive_restores_nothing(entries: dict[str, bytes], tmp_path: Path) -> None:
    file = tmp_path / "evil.tar.gz"
    with tarfile.open(file, "w:gz") as evil:
        for name, content in entries.items():
            info = tarfile.TarInfo(name)
            if name == "force/force.toml":
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/hostname"
            else:
                info.size = len(content)
            evil.addfile(info, io.BytesIO(content))
    with pytest.raises(BadInput, match="the archive"):
        backup.restore(file, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


@pytest.mark.parametrize("kind", [".zip", ".tar.gz"])
@pytest.mark.parametrize("kept_share", [0.0, 0.1, 0.5, 0.99])
def test_a_cut_archive_restores_nothing(
    entries: dict[str, bytes], tmp_path: Path, kind: str, kept_share: float
) -> None:
    file = tmp_path / f"b{kind}"
    write(file, entries)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * kept_share)])
    with pytest.raises(BadInput, match="the archive"):
        backup.restore(file, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


@pytest.mark.parametrize("kind", [".zip", ".tar.gz"])
@pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.9])
def test_an_archive_with_a_changed_byte_restores_nothing_or_the_same(
    entries: dict[str, bytes], tmp_path: Path, kind: str, place: float
) -> None:
    file = tmp_path / f"b{kind}"
    write(file, entries)
    content = bytearray(file.read_bytes())
    content[int(len(content) * place)] ^= 0x55
    file.write_bytes(content)
    try:
        backup.restore(file, tmp_path / "restored")
    except BadInput:
        assert not (tmp_path / "restored").exists()
    else:
        for name, expected in entries.items():
            assert name == "backup.json" or (tmp_path / "restored" / name).read_bytes() == expected


def test_a_backup_of_a_later_release_is_refused(entries: dict[str, bytes], tmp_path: Path) -> None:
    later = dict(entries)
    marker = later["workspace.json"] = b'{"format": 99}'
    listed = json.loads(later["backup.json"])
    [entry] = [file for file in listed["files"] if file["path"] == "workspace.json"]
    entry |= {"bytes": len(marker), "sha256": hashlib.sha256(marker).hexdigest()}
    later["backup.json"] = json.dumps(listed).encode()
    write(tmp_path / "b.zip", later)
    with pytest.raises(WorkspaceMissing, match="later release"):
        backup.restore(tmp_path / "b.zip", tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


def test_damaged_registers_are_found_before_they_are_backed_up(
    entries: dict[str, bytes], tmp_path: Path
) -> None:
    content = bytearray(entries["registers.sqlite3"])
    content[4096:12288] = b"\xff" * 8192
    (tmp_path / "registers.sqlite3").write_bytes(content)
    with pytest.raises(copying.RegistersDamaged):
        copying.copy(tmp_path, tmp_path / "copy")


def test_the_commands_back_up_and_restore(kept: Workspace, tmp_path: Path, run: Any, run_json: Any) -> None:
    made = run_json("backup", tmp_path / "b.zip", workspace=kept)
    assert made["registers"] is True
    restored = run_json("restore", tmp_path / "b.zip", tmp_path / "restored")
    assert (restored["files"], restored["bytes"]) == (made["files"], made["bytes"])
    assert "not empty" in run("restore", tmp_path / "b.zip", tmp_path / "restored").output


def write(file: Path, entries: dict[str, bytes]) -> None:
    if file.name.endswith(".zip"):
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in entries.items():
                archive.writestr(name, content)
        return
    with tarfile.open(file, "w:gz") as tar:
        for name, content in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def backed_up(workspace: Workspace, file: Path) -> dict[str, bytes]:
    backup.back_up(workspace, file, HERE)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_a_person_keeps_in_the_force_folder_is_backed_up_whatever_it_is_called(
    workspace: Workspace, tmp_path: Path
) -> None:
    (workspace.force_path / "rota.csv.partial").write_text("mine")
    (workspace.force_path / "north.lock").write_text("mine too")
    old = workspace.force_path / "old notes.txt"
    old.write_text("of long ago")
    os.utime(old, (0, 0))
    (workspace.results_path / "0123.json.aabbccdd.partial").write_text("begun")
    found = backed_up(workspace, tmp_path / "b.zip")
    assert found["force/rota.csv.partial"] == b"mine"
    assert found["force/north.lock"] == b"mine too"
    assert found["force/old notes.txt"] == b"of long ago"
    assert not [name for name in found if name.startswith("results/")]


@pytest.mark.skipif(os.name != "posix", reason="links need a right of their own on Windows")
def test_a_lake_and_files_that_links_lead_to_are_backed_up_as_they_are(
    kept: Workspace, entries: dict[str, bytes], tmp_path: Path
) -> None:
    copy = tmp_path / "workspace"
    shutil.copytree(kept.path, copy)
    (copy / "lake").rename(tmp_path / "a larger disc")
    (copy / "lake").symlink_to(tmp_path / "a larger disc")
    (copy / "results" / "round").symlink_to(copy / "results")
    found = backed_up(open_workspace(copy), tmp_path / "b.zip")
    lake = {name: content for name, content in entries.items() if name.startswith("lake/")}
    assert lake and {name: found[name] for name in found if name.startswith("lake/")} == lake
    assert "results/0123.json" in found
    (copy / "force" / "own.csv").symlink_to(tmp_path / "gone")
    with pytest.raises(BadInput, match="leads to nothing"):
        backup.back_up(open_workspace(copy), tmp_path / "c.zip", HERE)


@pytest.mark.skipif(os.name != "posix", reason="links need a right of their own on Windows")
def test_a_folder_with_two_names_is_backed_up_under_both(workspace: Workspace, tmp_path: Path) -> None:
    (workspace.force_path / "2024").mkdir()
    (workspace.force_path / "2024" / "own.csv").write_text("mine")
    for name in ("1-current", "current"):
        (workspace.force_path / name).symlink_to(workspace.force_path / "2024")
    (workspace.force_path / "2024" / "round").symlink_to(workspace.path)
    found = backed_up(workspace, tmp_path / "b.zip")
    own = {name: content for name, content in found.items() if name.endswith("own.csv")}
    assert own == dict.fromkeys((f"force/{one}/own.csv" for one in ("2024", "1-current", "current")), b"mine")


def test_a_folder_that_must_not_be_read_is_told_and_not_left_out(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut = workspace.force_path / "shut"
    shut.mkdir()
    scandir = os.scandir

    def guarded(path: Any = ".") -> Any:
        if str(path) == str(shut):
            raise PermissionError(errno.EACCES, "Permission denied", str(shut))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    with pytest.raises(PermissionError, match="shut"):
        backup.back_up(workspace, tmp_path / "b.zip", HERE)
    assert not list(tmp_path.glob("b.zip*"))


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
@pytest.mark.parametrize("name", [b"plan: draft.txt", b"caf\xe9.txt"])
def test_a_file_that_could_not_be_restored_everywhere_is_told_before_anything_is_written(
    workspace: Workspace, tmp_path: Path, name: bytes
) -> None:
    (workspace.force_path / os.fsdecode(name)).write_text("x")
    with pytest.raises(BadInput, match="a name that not every system can hold"):
        backup.back_up(workspace, tmp_path / "b.zip", HERE)
    assert not list(tmp_path.glob("b.zip*"))


@pytest.mark.parametrize("kind", [".zip", ".tar.gz"])
@pytest.mark.parametrize("change", ["added", "removed", "replaced", "cut short"])
def test_results_that_a_run_changes_meanwhile_leave_a_whole_backup_of_one_moment(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, change: str
) -> None:
    result = workspace.results_path / "0001.json"
    result.write_text('{"mean": 1.5}')
    write = backup._write
    seen = []

    def changing(*arguments: Any) -> None:
        if not seen:
            match change:
                case "added":
                    (workspace.results_path / "0002.json").write_text("{}")
                case "removed":
                    result.unlink()
                case "replaced":
                    write_whole(result, '{"mean": 2.5}')
                case "cut short":
                    result.write_text("{}")
        seen.append(change)
        write(*arguments)

    monkeypatch.setattr(backup, "_write", changing)
    backup.back_up(workspace, tmp_path / f"b{kind}", HERE)
    backup.restore(tmp_path / f"b{kind}", tmp_path / "restored")
    found = {path.name: path.read_text() for path in (tmp_path / "restored" / "results").iterdir()}
    assert (
        found
        == {
            "added": {"0001.json": '{"mean": 1.5}'},
            "removed": {},
            "replaced": {"0001.json": '{"mean": 2.5}'},
            "cut short": {"0001.json": "{}"},
        }[change]
    )
    assert len(seen) == (1 if change == "added" else 2)


def test_a_file_that_never_rests_is_named_and_leaves_no_backup(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = workspace.results_path / "0001.json"
    result.write_text("")
    write = backup._write

    def growing(*arguments: Any) -> None:
        result.write_text(result.read_text() + "x")
        write(*arguments)

    monkeypatch.setattr(backup, "_write", growing)
    with pytest.raises(WorkspaceBusy, match=r"results/0001.json: the file changes again and again"):
        backup.back_up(workspace, tmp_path / "b.zip", HERE)
    assert not list(tmp_path.glob("b.zip*"))
